"""Routing: a letter moves from one basket to another, by one named act, in one transaction."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from ged.clock import Clock
from ged.errors import NotFound, Refused
from ged.mail.access import Actor
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.mail.moves import Destination, Move, Order, Party, Step, holder_of, outcome, parties, post_of_move
from ged.mail.opinion import Opinion
from ged.mail.organisation import Entity, Seat
from ged.mail.register import Series
from ged.mail.said import Said
from ged.services.dispatch import refuse_partly_gone
from ged.services.notify import tell_of_move
from ged.services.stand import stand
from ged.store.unit import Store, Unit


def move(letter_id: str, order: Order, *, store: Store, actor: Actor, clock: Clock) -> Letter:
    """Make a move: the letter, its step, the journal and the index together, or nothing.

    Raises:
        NotFound: `letter.unknown`, `move.destination`.
        Conflict: `move.stale`, `move.opened`, `dispatch.partly_gone`.
        Forbidden: `move.party`.
        Refused: `move.state`, `move.no_reason`, `move.no_destination`, `move.past_due`, `move.mention`,
            `move.closed`, `move.no_holder`, `move.absent`, `move.clearance`, `register.closed_number`.
    """
    with store.unit() as unit:
        changed = make_move(unit, unit.letters.get(letter_id, actor.tokens(), lock=True), order, actor, clock())
        unit.commit()
    return changed


def make_move(unit: Unit, letter: Letter, order: Order, actor: Actor, now: datetime) -> Letter:
    """Make a move of a letter that is locked, in the caller's transaction; raises as `move` does."""
    last = unit.steps.last(letter.id)
    calendar = unit.organisation.calendar(letter.tenant_id)
    after = outcome(letter, order, last, actor=actor, today=now.date(), calendar=calendar)
    _refuse_unknown(unit, letter, order, now.date())
    if order.move is Move.CANCEL:
        _refuse_closed(unit, letter)
        refuse_partly_gone(unit, letter)
    if order.move is Move.RECALL and last is not None:
        unit.steps.undo(last.id, now)
    post = post_of_move(actor, letter, order.move, last)
    unit.steps.add(letter, order, after, actor, now, post=post)
    unit.asides.drop(letter.id)
    if order.move is Move.ASK and order.to is not None:
        unit.opinions.ask(_question(letter, order, order.to, actor, now))
    changed = stand(unit, letter, after)
    unit.journal.write(now, Act.MOVED, actor, letter.id, move=order.move, before=letter.state, after=changed.state)
    tell_of_move(unit, changed, order, actor, now)
    unit.outbox.add(letter.id, now)
    return changed


def steps_opened(unit: Unit, letter: Letter, actor: Actor, now: datetime) -> tuple[Step, ...]:
    """Return the steps of a letter that somebody opens, noting in the caller's transaction if it is the addressee."""
    steps = unit.steps.of(letter.id)
    last = steps[-1] if steps else None
    if last is None or last.opened_at is not None or last.login == actor.login or holder_of(letter) is None:
        return steps
    if parties(actor, letter).isdisjoint({Party.HOLDER, Party.LEADER, Party.REGISTRY}):
        return steps
    if unit.steps.open(last.id, actor, now):
        unit.journal.write(now, Act.OPENED, actor, letter.id, step=last.id)
    return unit.steps.of(letter.id)


def _refuse_closed(unit: Unit, letter: Letter) -> None:
    """A number of a closed year is on its closing print: it stays as it is."""
    year = unit.registers.lock(Series(letter.register_id, letter.direction, letter.year), shared=True)
    if year is not None and year.closed_at is not None:
        raise Refused(
            "register.closed_number",
            Said(
                "L'exercice %(year)s de ce registre est clos : son numéro ne s'annule plus. Affectez ce courrier, puis "
                "classez-le sans suite avec le motif.",
                year=letter.year,
            ),
        )


def _refuse_unknown(unit: Unit, letter: Letter, order: Order, today: date) -> None:
    """Refuse what the lists do not hold, and an addressee who could not open what is sent."""
    if order.mention and order.mention not in {each.code for each in unit.organisation.mentions()}:
        raise Refused(
            "move.mention", "Cette mention n'existe plus dans la liste. Choisissez-en une autre.", field="mention"
        )
    known = {each.id: each for each in unit.organisation.entities(tenant_id=letter.tenant_id)}
    sent_to = {order.to.entity_id} if order.to else set()
    if not known.keys() >= sent_to | set(order.copies):
        raise _unknown()
    for entity in (known[each] for each in sorted(sent_to | set(order.copies))):
        if not entity.open_on(today):
            raise closed(entity)
    if order.to is not None:
        seats = unit.organisation.seats(letter.tenant_id, today)
        _refuse_addressee(
            letter,
            order.to,
            [seat for seat in seats if seat.position.entity_id == order.to.entity_id],
            confirmed=order.confirmed,
        )


def _refuse_addressee(letter: Letter, to: Destination, seats: list[Seat], *, confirmed: bool) -> None:
    """A position must be held today; whoever receives must be cleared. A unit nobody sits in is seen from above it."""
    if to.position_id is not None:
        seats = [seat for seat in seats if seat.position.id == to.position_id]
        if not seats:
            raise _unknown()
        if not seats[0].holders:
            raise Refused(
                "move.no_holder",
                Said(
                    "Personne n'occupe aujourd'hui le poste « %(post)s ». Choisissez-en un autre.",
                    post=seats[0].position.title,
                ),
                field="a",
            )
        if seats[0].deserted and not confirmed:
            raise Refused(
                "move.absent",
                Said(
                    "%(names)s : absence jusqu'au %(day)s, sans intérim. Confirmez pour lui envoyer quand même ce "
                    "courrier, ou choisissez quelqu'un d'autre.",
                    names=", ".join(seats[0].holders),
                    day=f"{seats[0].absent_until:%d/%m/%Y}",
                ),
                field="a",
            )
    held = [seat for seat in seats if seat.holders]
    if held and not any(letter.confidentiality in seat.position.clearance.up_to() for seat in held):
        raise Refused(
            "move.clearance",
            "Ce destinataire n'est pas habilité à lire un courrier de cette confidentialité. Choisissez-en un autre.",
            field="a",
        )


def closed(entity: Entity) -> Refused:
    """Return the refusal of a unit that receives no letter on that day."""
    return Refused(
        "move.closed",
        Said(
            "%(unit)s ne reçoit pas de courrier aujourd'hui : ce service est fermé, ou pas encore ouvert. "
            "Choisissez-en un autre.",
            unit=entity.acronym,
        ),
        field="a",
    )


def _unknown() -> NotFound:
    return NotFound("move.destination", "Ce destinataire n'existe pas dans votre organisation. Choisissez-en un autre.")


def _question(letter: Letter, order: Order, to: Destination, actor: Actor, now: datetime) -> Opinion:
    return Opinion(
        id=secrets.token_urlsafe(16),
        letter_id=letter.id,
        entity_id=to.entity_id,
        position_id=to.position_id,
        question=order.text.strip(),
        due_date=order.due_date,
        asked_at=now,
        asked_by=actor.name,
        given_at=None,
        given_by=None,
        verdict=None,
        text=None,
        withdrawn_at=None,
    )
