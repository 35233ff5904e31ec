"""Passation de service: the inventory of a post is made, sealed and kept; whoever comes accepts it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from ged.clock import Clock
from ged.errors import NotFound, Refused
from ged.mail.access import Actor
from ged.mail.delegation import may_grant, require_grant
from ged.mail.draft import Draft, DraftListing
from ged.mail.item import Confidentiality, State
from ged.mail.journal import Act
from ged.mail.listing import ListedLetter, Listing
from ged.mail.moves import OPEN, baskets_of
from ged.mail.organisation import Seat
from ged.mail.qualification import Field
from ged.mail.said import Said
from ged.mail.succession import (
    Departure,
    Inventory,
    PendingDraft,
    PendingLetter,
    Succession,
    may_see,
    require_accept,
    seat_of,
)
from ged.ports import Signer, Vault
from ged.store.successions import unknown_succession
from ged.store.unit import Store, Unit

Render = Callable[[Inventory], bytes]
"""Makes the PDF of an inventory; the edge brings it."""
MAX_LINES = 2000
_DRAFTING = (State.IN_PROGRESS, State.TO_APPROVE, State.TO_SIGN, State.APPROVAL_REFUSED)


@dataclass(frozen=True, slots=True)
class SuccessionView:
    """The passations that concern somebody.

    Attributes:
        makeable: The posts whose inventory the actor may make.
        acceptable: Ids of those that wait for the actor.
        left: Who left one of those posts lately without an inventory.
    """

    successions: tuple[Succession, ...]
    seats: dict[str, Seat]
    makeable: tuple[Seat, ...]
    acceptable: frozenset[str]
    left: tuple[Departure, ...]


def view(*, store: Store, actor: Actor, clock: Clock) -> SuccessionView:
    """Return the inventories that the actor may read, and what the actor may do."""
    with store.unit() as unit:
        seats = unit.organisation.seats(actor.post.tenant_id, clock().date())
        known = unit.successions.of([seat.position.id for seat in seats])
        makeable = tuple(seat for seat in seats if may_grant(actor, seat.position))
        left = unit.successions.left([seat.position.id for seat in makeable], clock().date())
    by_id = {seat.position.id: seat for seat in seats}
    mine = {post.position_id for post in actor.posts}
    seen = tuple(one for one in known if may_see(actor, one, by_id[one.position_id].position))
    return SuccessionView(
        seen,
        by_id,
        makeable,
        frozenset(
            one.id
            for one in seen
            if one.accepted_at is None and one.position_id in mine and one.made_login != actor.login
        ),
        left,
    )


def make(
    position_id: str, *, render: Render, store: Store, vault: Vault, signer: Signer, actor: Actor, clock: Clock
) -> Succession:
    """Make the inventory of a post, seal it with the house's key, and keep it.

    Raises:
        NotFound: `succession.post`.
        Forbidden: `delegation.not_yours`, neither the holder nor the head above.
        Refused: `succession.too_long` over 2,000 lines.
    """
    now = clock()
    with store.unit() as unit:
        inventory = _inventory(unit, position_id, actor, now)
    pdf = render(inventory)
    stored = vault.put(BytesIO(pdf), media_type="application/pdf", tenant_id=actor.tenant_id)
    vault.attach(stored.digest, "p7s", signer.sign(bytes.fromhex(stored.digest), now))
    made = Succession(
        id=inventory.reference,
        position_id=position_id,
        count=inventory.count,
        level=inventory.level,
        sha256=stored.digest,
        size=stored.size,
        made_at=now,
        made_login=actor.login,
        made_by=actor.name,
        accepted_at=None,
        accepted_login=None,
        accepted_by=None,
        remark="",
    )
    with store.unit() as unit:
        unit.successions.add(made)
        unit.journal.write(now, Act.SUCCESSION_MADE, actor, position=position_id, count=made.count, sha256=made.sha256)
        unit.commit()
    return made


def accept(succession_id: str, remark: str, *, store: Store, actor: Actor, clock: Clock) -> Succession:
    """Take over: the successor accepts what was found pending, with a remark if there is one to make.

    Raises:
        NotFound: `succession.unknown`.
        Conflict: `succession.accepted`.
        Forbidden: `succession.not_yours`.
    """
    now = clock()
    with store.unit() as unit:
        found = _readable(unit, succession_id, actor, now, lock=True)
        post = require_accept(actor, found)
        unit.successions.accept(found.id, actor, now, remark.strip()[:2000])
        unit.journal.write(
            now, Act.SUCCESSION_ACCEPTED, actor, position=found.position_id, capacity=post.capacity, sha256=found.sha256
        )
        accepted = unit.successions.get(found.id)
        unit.commit()
    return accepted


def open_inventory(
    succession_id: str, *, store: Store, vault: Vault, actor: Actor, clock: Clock
) -> tuple[Succession, AbstractContextManager[BinaryIO]]:
    """Open the PDF of an inventory, byte for byte, and write in the journal that it was read.

    Raises:
        NotFound: `succession.unknown`.
    """
    now = clock()
    with store.unit() as unit:
        found = _readable(unit, succession_id, actor, now)
        unit.journal.write(now, Act.SUCCESSION_READ, actor, sha256=found.sha256)
        unit.commit()
    return found, vault.open(found.sha256)


def recognise_inventory(unit: Unit, sha256: str, actor: Actor, now: datetime) -> Succession | None:
    """Return the inventory that has these bytes, if there is one that the actor may read."""
    for one in unit.successions.by_digest(sha256):
        try:
            return _readable(unit, one.id, actor, now)
        except NotFound:
            continue
    return None


def seal_of(succession_id: str, *, store: Store, vault: Vault, actor: Actor, clock: Clock) -> bytes:
    """Return the house's signature over the PDF of an inventory: detached CMS, DER.

    Raises:
        NotFound: `succession.unknown`.
    """
    with store.unit() as unit:
        found = _readable(unit, succession_id, actor, clock())
    signature = vault.companion(found.sha256, "p7s")
    if signature is None:
        raise unknown_succession()
    return signature


def _readable(unit: Unit, succession_id: str, actor: Actor, now: datetime, *, lock: bool = False) -> Succession:
    found = unit.successions.get(succession_id, lock=lock)
    seat = seat_of(unit.organisation.seats(actor.post.tenant_id, now.date()), found.position_id)
    if seat is None or not may_see(actor, found, seat.position):
        raise unknown_succession()
    return found


def _inventory(unit: Unit, position_id: str, actor: Actor, now: datetime) -> Inventory:
    tenant_id, today = actor.post.tenant_id, now.date()
    seat = seat_of(unit.organisation.seats(tenant_id, today), position_id)
    post = unit.people.post(position_id, today)
    if seat is None or post is None:
        raise NotFound("succession.post", "Ce poste n'existe pas dans votre organisation. Choisissez-en un autre.")
    require_grant(actor, seat.position)
    theirs = Actor(None, "", "", "fr", (post,))
    letters, unseen = _lines(unit, Listing(states=OPEN, baskets=baskets_of(theirs), by_due=True), theirs, actor)
    asked, hidden = _lines(unit, Listing(opinion_of=baskets_of(theirs), newest_first=False), theirs, actor)
    held = Listing(paper_with=baskets_of(theirs))
    papers, _ = _lines(unit, held, theirs, actor)
    (all_held,) = unit.letters.counts([held], None)
    drafts = _drafts(unit, theirs, actor)
    unit_name = next(each.name_fr for each in unit.organisation.every_entity() if each.id == post.entity_id)
    levels = [row.letter.confidentiality for row in (*letters, *asked, *papers)] + [
        each.confidentiality for each in drafts
    ]
    return Inventory(
        reference=secrets.token_urlsafe(16),
        position=seat.position,
        unit=unit_name,
        holders=seat.holders,
        letters=tuple(_pending(row) for row in letters),
        opinions=tuple(_pending(row, _question(unit, row, theirs)) for row in asked),
        drafts=tuple(PendingDraft(each.subject, each.state, each.name) for each in drafts),
        papers=tuple(_pending(row) for row in papers),
        papers_unseen=all_held - len(papers),
        unseen=unseen + hidden,
        level=max(levels, key=lambda level: level.rank, default=Confidentiality.INTERNAL),
        made_at=now,
        made_by=actor.name,
    )


def _lines(unit: Unit, listing: Listing, theirs: Actor, maker: Actor) -> tuple[tuple[ListedLetter, ...], int]:
    """Return the lines of a basket that the maker may read, and how many more the post has."""
    page = unit.letters.page(listing, theirs.tokens() & maker.tokens(), limit=MAX_LINES)
    (whole,) = unit.letters.counts([listing], theirs.tokens())
    if whole > MAX_LINES:
        raise Refused(
            "succession.too_long",
            Said(
                "Cette bannette compte %(count)s courriers ; un inventaire en porte %(most)s. Réaffectez-en d'abord.",
                count=whole,
                most=MAX_LINES,
            ),
        )
    return page.rows, whole - page.total


def _drafts(unit: Unit, theirs: Actor, maker: Actor) -> tuple[Draft, ...]:
    positions = tuple(post.position_id for post in theirs.posts)
    found: dict[str, Draft] = {}
    for listing in (
        DraftListing(states=_DRAFTING, written_by=positions),
        DraftListing(states=_DRAFTING, waiting_for=baskets_of(theirs)),
    ):
        page = unit.drafts.page(listing, maker.tokens(), limit=MAX_LINES)
        found.update({each.id: each for each in page.rows})
    return tuple(found.values())


def _pending(row: ListedLetter, question: str | None = None) -> PendingLetter:
    letter = row.letter
    return PendingLetter(
        letter.number,
        row.shown(Field.SUBJECT) or letter.filename,
        row.shown(Field.SENDER),
        letter.state,
        letter.due_date,
        question,
    )


def _question(unit: Unit, row: ListedLetter, theirs: Actor) -> str:
    positions, units = baskets_of(theirs)
    asked = [
        each.question
        for each in unit.opinions.of(row.letter.id)
        if each.awaited and (each.position_id in positions or (each.position_id is None and each.entity_id in units))
    ]
    return " ; ".join(each for each in asked if each)
