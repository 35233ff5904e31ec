"""What a listing asks for, as SQL conditions on the letter, and its order; who may read is added elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from ged.mail.item import Priority, Reading
from ged.mail.listing import Listing
from ged.store.envelope_tables import sealed_envelope
from ged.store.filing_rules import filing_rules
from ged.store.notice_tables import escalation
from ged.store.paper_tables import hand_over
from ged.store.routing_tables import aside, follow, opinion
from ged.store.slip_tables import routing_slip
from ged.store.tables import due, letter, position
from ged.store.transfer_tables import taken_at

Condition = sa.ColumnElement[bool]
_URGENT = (Priority.URGENT, Priority.VERY_URGENT)


def rules_of(listing: Listing) -> Iterator[Condition]:
    """Yield every condition of a listing; all of them must hold."""
    yield from _of_the_register(listing)
    yield from _of_the_holder(listing)
    yield from _of_a_person(listing)
    yield from _of_the_paper(listing)
    yield from filing_rules(listing)


def order_of(listing: Listing) -> list[sa.ColumnElement[Any]]:
    """Return the order of a listing, the same at every asking."""
    if listing.paper_of is not None:
        back = sa.select(hand_over.c.return_by).where(hand_over.c.letter_id == letter.c.id, hand_over.c.standing)
        return [back.scalar_subquery(), letter.c.registered_at, letter.c.id]
    if listing.transferred:
        return [taken_at(letter.c.id).desc(), letter.c.id]
    if listing.fallen_due:
        over = sa.select(due.c.kept_until).where(due.c.letter_id == letter.c.id)
        return [over.scalar_subquery(), letter.c.id]
    if listing.by_due:
        return [letter.c.due_date.asc().nulls_last(), letter.c.registered_at, letter.c.id]
    columns: list[sa.ColumnElement[Any]] = [letter.c.registered_at, letter.c.sequence, letter.c.id]
    return [column.desc() if listing.newest_first else column.asc() for column in columns]


def _of_the_register(listing: Listing) -> Iterator[Condition]:
    if listing.states:
        yield letter.c.state.in_(listing.states)
    if listing.direction is not None:
        yield letter.c.direction == listing.direction
    if listing.year is not None:
        yield letter.c.year == listing.year
    if listing.urgent:
        yield letter.c.priority.in_(_URGENT)
    if listing.being_read:
        yield letter.c.reading == Reading.PENDING
    if listing.since is not None:
        yield letter.c.registered_at >= datetime.combine(listing.since, time.min, UTC)
    if listing.until is not None:
        yield letter.c.registered_at < datetime.combine(listing.until + timedelta(days=1), time.min, UTC)


def _of_the_holder(listing: Listing) -> Iterator[Condition]:
    brought = _brought_up(listing)
    if listing.baskets is not None:
        yield sa.or_(_lies_with(letter.c.position_id, letter.c.service_id, listing.baskets), brought)
    if listing.services:
        yield sa.or_(letter.c.service_id.in_(listing.services), brought)
    if listing.late_on is not None:
        yield letter.c.due_date < listing.late_on


def _brought_up(listing: Listing) -> Condition:
    """Letters that a late deadline brought before somebody above, as long as that deadline stands."""
    if not listing.escalated_to:
        return sa.false()
    return letter.c.id.in_(
        sa.select(escalation.c.letter_id).where(
            escalation.c.position_id.in_(listing.escalated_to), escalation.c.due_date == letter.c.due_date
        )
    )


def _of_a_person(listing: Listing) -> Iterator[Condition]:
    if listing.followed_by is not None:
        yield letter.c.id.in_(sa.select(follow.c.letter_id).where(follow.c.person_id == listing.followed_by))
    if listing.aside_by is not None:
        yield letter.c.id.in_(_aside(*listing.aside_by))
    if listing.not_aside_by is not None:
        yield letter.c.id.not_in(_aside(*listing.not_aside_by))
    if listing.opinion_of is not None:
        asked = sa.select(opinion.c.letter_id).where(
            opinion.c.given_at.is_(None),
            opinion.c.withdrawn_at.is_(None),
            _lies_with(opinion.c.position_id, opinion.c.entity_id, listing.opinion_of),
        )
        yield letter.c.id.in_(asked)


def _aside(person_id: str, day: date) -> sa.Select[tuple[str]]:
    return sa.select(aside.c.letter_id).where(aside.c.person_id == person_id, aside.c.until > day)


def _of_the_paper(listing: Listing) -> Iterator[Condition]:
    if listing.slips_of is not None:
        yield _slip_waits(listing.slips_of)
    if listing.sealed_for is not None:
        given = sa.select(sealed_envelope.c.letter_id).where(
            sealed_envelope.c.position_id.in_(listing.sealed_for),
            sealed_envelope.c.handed_at.is_not(None),
            sealed_envelope.c.kept_at.is_(None),
            sealed_envelope.c.released_at.is_(None),
        )
        yield letter.c.id.in_(given)
    if listing.paper_apart is not None:
        yield _paper_apart(listing.paper_apart)
    if listing.paper_with is not None:
        theirs = _lies_with(hand_over.c.to_position, hand_over.c.to_entity, listing.paper_with)
        yield letter.c.id.in_(sa.select(hand_over.c.letter_id).where(hand_over.c.standing, theirs))
    if listing.paper_of is not None:
        positions, units, registers = listing.paper_of
        lent = sa.select(hand_over.c.letter_id).where(
            hand_over.c.standing,
            hand_over.c.return_by.is_not(None),
            sa.or_(
                hand_over.c.to_position.in_(positions),
                hand_over.c.to_entity.in_(units),
                letter.c.register_id.in_(registers),
            ),
        )
        yield letter.c.id.in_(lent)


def _slip_waits(whose: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]) -> sa.ColumnElement[bool]:
    positions, units, registers = whose
    waiting = (
        sa.select(routing_slip.c.letter_id)
        .join(position, position.c.id == routing_slip.c.position_id)
        .where(
            routing_slip.c.returned_at.is_not(None),
            routing_slip.c.closed_at.is_(None),
            sa.or_(
                routing_slip.c.position_id.in_(positions),
                routing_slip.c.register_id.in_(registers),
                position.c.entity_id.in_(units),
            ),
        )
    )
    return letter.c.id.in_(waiting)


def _paper_apart(keepers: tuple[tuple[str, ...], tuple[str, ...]]) -> sa.ColumnElement[bool]:
    positions, units = keepers
    held = sa.select(hand_over.c.letter_id).where(
        hand_over.c.letter_id == letter.c.id,
        hand_over.c.standing,
        sa.or_(hand_over.c.to_position.in_(positions), hand_over.c.to_entity.in_(units)),
        hand_over.c.to_entity != letter.c.service_id,
    )
    coming = sa.select(hand_over.c.letter_id).where(
        hand_over.c.letter_id == letter.c.id, hand_over.c.received_at.is_(None), hand_over.c.withdrawn_at.is_(None)
    )
    return sa.and_(held.exists(), ~coming.exists())


def _lies_with(
    position: sa.ColumnElement[Any], unit: sa.ColumnElement[Any], baskets: tuple[tuple[str, ...], tuple[str, ...]]
) -> sa.ColumnElement[bool]:
    positions, units = baskets
    return sa.or_(position.in_(positions), sa.and_(position.is_(None), unit.in_(units)))
