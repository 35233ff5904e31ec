"""Passation de service: what was pending in a post when its holder left, sealed, and taken over by who comes.

The inventory is a PDF that the house seals; two people stand behind it, who made it and who accepted it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ged.errors import Conflict, Forbidden
from ged.mail.access import Actor, Post, Role
from ged.mail.delegation import may_grant
from ged.mail.item import Confidentiality, State
from ged.mail.organisation import Position, Seat
from ged.mail.said import Said


@dataclass(frozen=True, slots=True)
class PendingLetter:
    """One letter in the post's baskets, or one on which it is asked an opinion (`question`, None for none)."""

    number: str
    subject: str
    sender: str
    state: State
    due_date: date | None
    question: str | None = None


@dataclass(frozen=True, slots=True)
class PendingDraft:
    """One draft that the post wrote, or that waits for it."""

    subject: str
    state: State
    author: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """What is pending in a post at an instant.

    Attributes:
        unit: The post's entity, in full.
        papers: Letters whose paper original the post holds, whoever has the letter; `papers_unseen` counts the others.
        unseen: How many lines its maker may not read: they are counted and not named.
        level: The narrowest confidentiality among the lines, which the paper has.
    """

    reference: str
    position: Position
    unit: str
    holders: tuple[str, ...]
    letters: tuple[PendingLetter, ...]
    opinions: tuple[PendingLetter, ...]
    drafts: tuple[PendingDraft, ...]
    papers: tuple[PendingLetter, ...]
    papers_unseen: int
    unseen: int
    level: Confidentiality
    made_at: datetime
    made_by: str

    @property
    def paper_count(self) -> int:
        """How many paper originals the post holds."""
        return len(self.papers) + self.papers_unseen

    @property
    def count(self) -> int:
        """How many things are pending."""
        return len(self.letters) + len(self.opinions) + len(self.drafts) + self.unseen + self.paper_count


@dataclass(frozen=True, slots=True)
class Succession:
    """An inventory that was kept, and who accepted it, once somebody has.

    Attributes:
        sha256: Of the PDF in the vault; its companion `p7s` is the house's seal.
    """

    id: str
    position_id: str
    count: int
    level: Confidentiality
    sha256: str
    size: int
    made_at: datetime
    made_login: str
    made_by: str
    accepted_at: datetime | None
    accepted_login: str | None
    accepted_by: str | None
    remark: str


@dataclass(frozen=True, slots=True)
class Departure:
    """Somebody left a post on a day, and no inventory says what was pending."""

    position_id: str
    name: str
    until: date


def may_see(actor: Actor, one: Succession, position: Position) -> bool:
    """Whether somebody may read an inventory: both who signed it, the post's holder, the head above, the auditor.

    In every case a post of theirs reaches the level of what is in it.
    """
    cleared = [post for post in actor.posts if one.level in post.clearance.up_to()]
    concerned = (
        actor.login in {one.made_login, one.accepted_login}
        or _sits(actor, one.position_id) is not None
        or may_grant(actor, position)
        or any(post.role is Role.AUDITOR for post in cleared)
    )
    return bool(cleared) and concerned


def require_accept(actor: Actor, one: Succession) -> Post:
    """Return the post in which somebody takes over.

    Raises:
        Conflict: `succession.accepted`, somebody did already.
        Forbidden: `succession.not_yours`, the actor does not sit in that post, or made the inventory.
    """
    if one.accepted_at is not None:
        raise Conflict(
            "succession.accepted",
            Said("%(name)s a déjà accepté cette passation. Rien n'a été changé.", name=one.accepted_by or ""),
        )
    post = _sits(actor, one.position_id)
    if post is None or actor.login == one.made_login:
        raise Forbidden(
            "succession.not_yours",
            "Celui qui prend le poste accepte la passation ; celui qui a dressé l'inventaire ne le peut pas.",
            login=actor.login,
        )
    return post


def _sits(actor: Actor, position_id: str) -> Post | None:
    return next((post for post in actor.posts if post.position_id == position_id), None)


def seat_of(seats: tuple[Seat, ...], position_id: str) -> Seat | None:
    """Return one post of a list."""
    return next((seat for seat in seats if seat.position.id == position_id), None)
