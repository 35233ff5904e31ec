"""A slip that came back: what its ticks propose, confirmed by a person in the name of the authority who signed it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from typing import BinaryIO

from ged.clock import Clock
from ged.errors import Conflict, Forbidden, NotFound
from ged.mail.access import Actor, Post
from ged.mail.custody import keeps_register
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.mail.moves import Move, Order
from ged.mail.organisation import Seat
from ged.mail.said import Said
from ged.mail.slip import Proposed, RoutingSlip, proposed
from ged.ports import Vault
from ged.services.route import make_move
from ged.store.unit import Store, Unit


@dataclass(frozen=True, slots=True)
class SlipFile:
    """A slip that came back, with what a person needs to decide on it."""

    slip: RoutingSlip
    letter: Letter
    authority: Seat
    proposed: Proposed
    last_step: int | None
    may_confirm: bool


def slip_file(slip_id: str, *, store: Store, actor: Actor, clock: Clock) -> SlipFile:
    """Return a slip with what it proposes.

    Raises:
        NotFound: `routing_slip.unknown`, `letter.unknown`.
    """
    today = clock().date()
    with store.unit() as unit:
        slip = unit.slips.get(slip_id)
        letter = unit.letters.get(slip.letter_id, actor.tokens())
        last = unit.steps.last(letter.id)
        seats = unit.organisation.seats(slip.tenant_id, today)
        return SlipFile(
            slip=slip,
            letter=letter,
            authority=next(seat for seat in seats if seat.position.id == slip.position_id),
            proposed=proposed(slip, today, unit.organisation.calendar(letter.tenant_id)),
            last_step=last.id if last else None,
            may_confirm=_may_confirm(unit, slip, letter, actor, today),
        )


def waiting_slip(letter_id: str, *, store: Store, actor: Actor) -> RoutingSlip | None:
    """Return the slip of a letter that came back and waits to be confirmed.

    Raises:
        NotFound: `letter.unknown`.
    """
    with store.unit() as unit:
        unit.letters.get(letter_id, actor.tokens())
        return unit.slips.waiting([letter_id]).get(letter_id)


def confirm_slip(slip_id: str, order: Order, *, store: Store, actor: Actor, clock: Clock) -> Letter:
    """Assign the letter as the slip says, by the authority's own right, typed by the actor.

    Raises:
        NotFound: `routing_slip.unknown`, `letter.unknown`.
        Forbidden: `routing_slip.not_yours`; `move.party`, the authority has no say on the letter any more.
        Conflict: `routing_slip.closed`, `move.stale`.
        Refused: whatever an assignment is refused for.
    """
    now = clock()
    with store.unit() as unit:
        slip, letter = _open(unit, slip_id, actor, now.date())
        post = _post_of(unit, slip, now.date())
        seats = unit.organisation.seats(slip.tenant_id, now.date())
        holders = next((seat.holders for seat in seats if seat.position.id == slip.position_id), ())
        signer = ", ".join(holders) or post.title
        name = actor.name if actor.name in holders else f"{signer}, saisi par {actor.name} d'après la fiche signée"
        order = replace(order, move=Move.ASSIGN)
        changed = make_move(unit, letter, order, Actor(actor.person_id, actor.login, name, "fr", (post,)), now)
        step = unit.steps.last(letter.id)
        unit.slips.close(slip.id, now, actor.name, step.id if step else None)
        unit.journal.write(now, Act.SLIP_CONFIRMED, actor, letter.id, authority=slip.position_id, scan=slip.scan)
        unit.commit()
    return changed


def set_aside(slip_id: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Leave a slip without effect: it stays with the letter, and proposes nothing any more.

    Raises:
        NotFound: `routing_slip.unknown`, `letter.unknown`.
        Forbidden: `routing_slip.not_yours`.
        Conflict: `routing_slip.closed`.
    """
    now = clock()
    with store.unit() as unit:
        slip, letter = _open(unit, slip_id, actor, now.date())
        unit.slips.close(slip.id, now, actor.name, None)
        unit.journal.write(now, Act.SLIP_SET_ASIDE, actor, letter.id, scan=slip.scan)
        unit.commit()


def slip_picture(
    slip_id: str, *, store: Store, vault: Vault, actor: Actor, clock: Clock
) -> AbstractContextManager[BinaryIO]:
    """Open the picture of a slip, laid straight.

    Raises:
        NotFound: `routing_slip.unknown`, `letter.unknown`, `routing_slip.no_picture`.
    """
    with store.unit() as unit:
        slip = unit.slips.get(slip_id)
        unit.letters.get(slip.letter_id, actor.tokens())
        if slip.picture is None:
            raise NotFound(
                "routing_slip.no_picture",
                "Cette fiche n'a pas d'image redressée. Ouvrez la pièce comme elle est venue.",
            )
        unit.journal.write_once(clock(), Act.PAPER_READ, actor, slip.letter_id, slip.letter_id, what="fiche")
        unit.commit()
    return vault.open(slip.picture)


def _open(unit: Unit, slip_id: str, actor: Actor, today: date) -> tuple[RoutingSlip, Letter]:
    slip = unit.slips.get(slip_id)
    letter = unit.letters.get(slip.letter_id, actor.tokens(), lock=True)
    slip = unit.slips.get(slip_id, lock=True)
    if not _may_confirm(unit, slip, letter, actor, today):
        raise Forbidden(
            "routing_slip.not_yours", "L'imputation est confirmée par l'autorité, son secrétariat ou le bureau d'ordre."
        )
    if not slip.waits:
        raise Conflict(
            "routing_slip.closed",
            Said("Cette fiche est déjà traitée par %(name)s, ou elle n'est pas revenue.", name=slip.closed_by)
            if slip.closed_by
            else "Cette fiche est déjà traitée, ou elle n'est pas revenue.",
        )
    return slip, letter


def _may_confirm(unit: Unit, slip: RoutingSlip, letter: Letter, actor: Actor, today: date) -> bool:
    """Whether the actor is the authority, its secretariat, or of the registry."""
    if keeps_register(actor, letter) or any(post.position_id == slip.position_id for post in actor.posts):
        return True
    place = _post_of(unit, slip, today).entity_id
    return any(post.serves(slip.position_id, place) for post in actor.posts)


def _post_of(unit: Unit, slip: RoutingSlip, today: date) -> Post:
    post = unit.people.post(slip.position_id, today)
    if post is None:
        raise NotFound("routing_slip.unknown", "Le poste de cette fiche n'existe plus.")
    return post
