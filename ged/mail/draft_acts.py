"""What may be done with a draft: one row for each act, and the pure rules that let it pass or refuse it.

Until it is signed or abandoned a draft waits for its author or for exactly one stage of its circuit. An act is
made on a screen that showed a revision and, where it agrees or refuses, a digest: another one that stands refuses
it and says who acted. Visas given side by side do not hinder each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ged.mail.access import Actor, Capacity, Post, Role
from ged.mail.calendar import WorkingCalendar
from ged.mail.circuit import Approver, Said, Stage, StageKind
from ged.mail.draft import IN_CIRCUIT, WITH_AUTHOR, WRITING, Draft
from ged.mail.item import State
from ged.mail.organisation import Seat


class DraftAct(StrEnum):
    """A named act on a draft."""

    WRITE = "ecrire"
    START = "envoyer"
    APPROVE = "viser"
    ADVISE = "donner_avis"
    SIGN = "signer"
    REFUSE = "refuser"
    SKIP = "passer_outre"
    INSERT = "ajouter_etape"
    WITHDRAW = "reprendre"
    ABANDON = "abandonner"
    NOTE = "annoter"


class DraftParty(StrEnum):
    """Who somebody is to a draft."""

    AUTHOR = "auteur"
    APPROVER = "viseur"
    ABOVE = "hierarchie"


@dataclass(frozen=True, slots=True)
class DraftRule:
    """One row: from which states, by whom, at which sorts of stage, and whether a reason must be said."""

    sources: tuple[State, ...]
    party: DraftParty
    kinds: frozenset[StageKind] = frozenset(StageKind)
    reason: bool = False


_VISA, _ADVICE, _SIGNATURE = (frozenset({kind}) for kind in StageKind)
DRAFT_RULES: dict[DraftAct, DraftRule] = {
    DraftAct.WRITE: DraftRule(WITH_AUTHOR, DraftParty.AUTHOR),
    DraftAct.START: DraftRule(WITH_AUTHOR, DraftParty.AUTHOR),
    DraftAct.APPROVE: DraftRule(IN_CIRCUIT, DraftParty.APPROVER, _VISA),
    DraftAct.ADVISE: DraftRule(IN_CIRCUIT, DraftParty.APPROVER, _ADVICE),
    DraftAct.SIGN: DraftRule(IN_CIRCUIT, DraftParty.APPROVER, _SIGNATURE),
    DraftAct.REFUSE: DraftRule(IN_CIRCUIT, DraftParty.APPROVER, _VISA | _SIGNATURE, reason=True),
    DraftAct.INSERT: DraftRule(IN_CIRCUIT, DraftParty.APPROVER),
    DraftAct.SKIP: DraftRule(IN_CIRCUIT, DraftParty.ABOVE, _VISA | _ADVICE, reason=True),
    DraftAct.WITHDRAW: DraftRule(IN_CIRCUIT, DraftParty.AUTHOR),
    DraftAct.ABANDON: DraftRule(WITH_AUTHOR, DraftParty.AUTHOR, reason=True),
}
"""Every act but the note, which any reader may add."""


@dataclass(frozen=True, slots=True)
class DraftOrder:
    """What somebody asks for, on a screen that showed `revision`.

    Attributes:
        digest: Of the version that was read, where the act speaks of it.
        said: The sense of an advice.
        to_author: Whether a refusal goes all the way back, and not one stage.
        stage: The stage to add before the one that waits.
        approver: Whom a skip passes over.
    """

    act: DraftAct
    revision: int
    digest: str = ""
    text: str = ""
    said: Said | None = None
    to_author: bool = False
    stage: Stage | None = None
    approver: Approver | None = None


@dataclass(frozen=True, slots=True)
class DraftStep:
    """One act that was done; `opened_at` says when the next person first opened the draft.

    Attributes:
        id: Given when it is recorded; 0 before.
        stage: Index of the stage that it was done at, from 0; None while the draft lay with its author.
    """

    id: int
    draft_id: str
    act: DraftAct
    at: datetime
    login: str
    name: str
    title: str
    capacity: Capacity
    instrument: str
    version: int
    stage: int | None
    said: Said | None
    text: str
    opened_at: datetime | None
    opened_by: str | None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the rules must know beside the draft: when it is, who sits where, when the tenant works."""

    now: datetime
    seats: tuple[Seat, ...]
    units: frozenset[str]
    calendar: WorkingCalendar


def acting(actor: Actor, draft: Draft) -> tuple[Approver, Post] | None:
    """Return for whom the actor can speak at the stage that waits, and in which post; one's own post first.

    A delegation that is limited to some kinds of document signs no other.
    """
    posts = sorted(_cleared(actor, draft), key=lambda post: post.capacity is not Capacity.HOLDER)
    if draft.state is State.TO_SIGN:
        posts = [post for post in posts if post.signs(draft.kind or None)]
    waiting = draft.waiting
    for post in posts:
        for each in waiting:
            if each.position_id == post.position_id:
                return each, post
    for post in posts:
        for each in waiting:
            if each.position_id is None and each.entity_id == post.entity_id and post.role in WRITING:
                return each, post
    return None


def authorpost_for(actor: Actor, draft: Draft) -> Post | None:
    """Return the post in which the actor writes the draft, if any."""
    return next((post for post in _cleared(actor, draft) if post.position_id == draft.position_id), None)


def leadingpost_for(actor: Actor, draft: Draft, passed: Approver | None = None) -> Post | None:
    """Return the post above an approver who is waited for, or above the one given; never the author's own."""
    for post in _cleared(actor, draft):
        if post.role is not Role.HEAD or post.position_id == draft.position_id:
            continue
        for each in draft.waiting:
            if each.entity_id in post.reach and each.position_id != post.position_id and passed in {None, each}:
                return post
    return None


def stage_of(draft: Draft) -> Stage | None:
    """Return the stage that the draft waits at."""
    at = draft.circuit.at(draft.digest)
    return draft.circuit.stages[at] if draft.state in IN_CIRCUIT and at < len(draft.circuit.stages) else None


def open_acts(actor: Actor, draft: Draft, last: DraftStep | None) -> tuple[DraftAct, ...]:
    """Return what the actor may do with the draft now, in the order of the table."""
    stage = stage_of(draft)
    found = [
        act
        for act, rule in DRAFT_RULES.items()
        if draft.state in rule.sources
        and (stage is None or stage.kind in rule.kinds)
        and post_for(rule.party, actor, draft, None) is not None
        and (act is not DraftAct.WITHDRAW or not_opened(last))
    ]
    return tuple(found)


def not_opened(last: DraftStep | None) -> bool:
    """Whether the last act sent the draft off and nobody has opened it since."""
    return last is not None and last.act is DraftAct.START and last.opened_at is None


def post_for(party: DraftParty, actor: Actor, draft: Draft, passed: Approver | None) -> Post | None:
    """Return the post in which the actor is that party to the draft."""
    if party is DraftParty.AUTHOR:
        return authorpost_for(actor, draft)
    if party is DraftParty.ABOVE:
        return leadingpost_for(actor, draft, passed)
    found = acting(actor, draft)
    return found[1] if found else None


def _cleared(actor: Actor, draft: Draft) -> tuple[Post, ...]:
    return tuple(
        post
        for post in actor.posts
        if post.tenant_id == draft.tenant_id and draft.confidentiality in post.clearance.up_to()
    )
