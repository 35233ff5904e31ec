"""The letters as they stand. The access filter is added here, in `seen_by`, and nowhere else in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from ged.errors import Conflict
from ged.mail.access import readers_of, unknown_letter
from ged.mail.item import Confidentiality, Direction, Letter, Priority, Reading, Sealing, State
from ged.mail.listing import Cursor, LetterPage, ListedLetter, Listing, Neighbours
from ged.mail.team import Load
from ged.store.custody import Custody
from ged.store.database import text_array
from ged.store.filing_rules import filing_rules
from ged.store.notice_tables import escalation
from ged.store.paper_tables import hand_over
from ged.store.proposals import Proposals
from ged.store.reminders import Reminders
from ged.store.routing_tables import aside, follow, opinion
from ged.store.steps import Steps
from ged.store.tables import letter, original

Tokens = frozenset[str] | None
"""What the asker may read; None is the machine itself, at its own work, and never a person."""

_ENUMERATIONS: dict[str, Any] = {
    "direction": Direction,
    "state": State,
    "confidentiality": Confidentiality,
    "priority": Priority,
    "reading": Reading,
    "sealing": Sealing,
}
_JOINED = frozenset({"original_size", "media_type"})
_URGENT = (Priority.URGENT, Priority.VERY_URGENT)


def _value(row: sa.Row[Any]) -> Letter:
    fields = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a mapping
    for name, enumeration in _ENUMERATIONS.items():
        fields[name] = enumeration(fields[name])
    fields["concerned"] = tuple(fields["concerned"])
    return Letter(**fields)


def _column(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _lies_with(
    position: sa.ColumnElement[Any], unit: sa.ColumnElement[Any], baskets: tuple[tuple[str, ...], tuple[str, ...]]
) -> sa.ColumnElement[bool]:
    positions, units = baskets
    return sa.or_(position.in_(positions), sa.and_(position.is_(None), unit.in_(units)))


def seen_by(tokens: Tokens) -> sa.ColumnElement[bool]:
    """Return what parts the letters that these tokens open from all others."""
    return sa.true() if tokens is None else letter.c.reader_tokens.overlap(text_array(tokens))


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


_COLUMNS = [
    original.c.size.label("original_size") if name == "original_size"
    else original.c.media_type if name == "media_type"
    else letter.c[name]
    for name in Letter.__slots__
]  # fmt: skip


def _select() -> sa.Select[Any]:
    return sa.select(*_COLUMNS).join(original, original.c.sha256 == letter.c.original)


class Letters:
    """Reads and writes letters; every write raises the revision."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, new: Letter) -> None:
        """Enter a letter, its reader tokens with it."""
        values = {name: _column(getattr(new, name)) for name in Letter.__slots__ if name not in _JOINED}
        self._connection.execute(sa.insert(letter).values(**values, reader_tokens=self._tokens_of(new)))

    def get(self, letter_id: str, tokens: Tokens, *, lock: bool = False) -> Letter:
        """Return a letter; with `lock`, nobody else changes it before this transaction ends.

        Raises:
            NotFound: `letter.unknown`, there is none, or none that these tokens open.
        """
        query = _select().where(letter.c.id == letter_id, seen_by(tokens))
        row = self._connection.execute(query.with_for_update(of=letter) if lock else query).one_or_none()
        if row is None:
            raise unknown_letter()
        return _value(row)

    def seen(self, letter_id: str, tokens: Tokens) -> bool:
        """Whether these tokens open a letter."""
        return (
            self._connection.scalar(sa.select(letter.c.id).where(letter.c.id == letter_id, seen_by(tokens))) is not None
        )

    def many(self, letter_ids: list[str]) -> list[Letter]:
        """Return letters by id, for the index; ids that do not exist are left out."""
        return [_value(row) for row in self._connection.execute(_select().where(letter.c.id.in_(letter_ids)))]

    def with_computed_deadline(self, states: Sequence[State]) -> list[Letter]:
        """Return the letters in some states whose deadline was computed from a number of working days."""
        query = _select().where(letter.c.delay_days.is_not(None), letter.c.state.in_(states)).order_by(letter.c.id)
        return [_value(row) for row in self._connection.execute(query.with_for_update(of=letter))]

    def ids_after(self, letter_id: str, limit: int) -> list[str]:
        """Return ids in their own order, after one of them: a walk over everything that writers do not disturb."""
        query = sa.select(letter.c.id).where(letter.c.id > letter_id).order_by(letter.c.id).limit(limit)
        return list(self._connection.scalars(query))

    def count(self) -> int:
        """Count every letter of the installation."""
        return self._connection.scalar(sa.select(sa.func.count()).select_from(letter)) or 0

    def by_number(self, number: str, tokens: Tokens) -> list[Letter]:
        """Return the letters of that printed number: one a register at most."""
        query = _select().where(sa.func.upper(letter.c.number) == number.strip().upper(), seen_by(tokens))
        return [_value(row) for row in self._connection.execute(query)]

    def by_original(self, sha256: str, tokens: Tokens, *, register_id: str | None = None) -> list[Letter]:
        """Return the letters whose original has that digest, oldest first."""
        query = _select().where(letter.c.original == sha256, seen_by(tokens)).order_by(letter.c.registered_at)
        if register_id is not None:
            query = query.where(letter.c.register_id == register_id)
        return [_value(row) for row in self._connection.execute(query)]

    def change(self, current: Letter, **changes: object) -> Letter:
        """Write changed fields under the next revision and return the letter as it now stands.

        Raises:
            Conflict: `letter.revision`, somebody changed it since `current` was read.
        """
        stored = {name: _column(value) for name, value in changes.items() if name not in _JOINED}
        merged = {name: getattr(current, name) for name in Letter.__slots__} | changes
        changed = Letter(**(merged | {"revision": current.revision + 1}))
        result = self._connection.execute(
            sa.update(letter)
            .where(letter.c.id == current.id, letter.c.revision == current.revision)
            .values(**stored, revision=changed.revision, reader_tokens=self._tokens_of(changed))
        )
        if result.rowcount != 1:
            raise Conflict(
                "letter.revision",
                "Quelqu'un a modifié ce courrier entre-temps. Votre saisie est gardée : comparez les deux versions.",
                letter_id=current.id,
                expected=current.revision,
            )
        return changed

    def page(
        self, listing: Listing, tokens: Tokens, *, limit: int, offset: int = 0, after: Cursor | None = None
    ) -> LetterPage:
        """Return one page of a list, by offset or after a cursor, with what the machine proposes for each row."""
        where = self._where(listing, tokens)
        total = self._connection.scalar(sa.select(sa.func.count()).select_from(letter).where(where)) or 0
        query = _select().where(where).order_by(*self._order(listing)).limit(limit + 1).offset(offset)
        if after is not None:
            key = sa.tuple_(letter.c.registered_at, letter.c.id)
            mark = sa.tuple_(sa.literal(after.registered_at), sa.literal(after.letter_id))
            query = query.where(key < mark if listing.newest_first else key > mark)
        found = [_value(row) for row in self._connection.execute(query)]
        shown = found[:limit]
        proposed = Proposals(self._connection).of_letters([row.id for row in shown])
        steps = Steps(self._connection).last_ids([row.id for row in shown])
        papers = Custody(self._connection).standing([row.id for row in shown])
        brought = Reminders(self._connection).escalated([row.id for row in shown])
        return LetterPage(
            rows=tuple(
                ListedLetter(row, proposed.get(row.id, {}), steps.get(row.id), papers.get(row.id), row.id in brought)
                for row in shown
            ),
            total=total,
            following=Cursor(shown[-1].registered_at, shown[-1].id) if len(found) > limit else None,
        )

    def counts(self, listings: Sequence[Listing], tokens: Tokens) -> tuple[int, ...]:
        """Count several lists at once, each as `page` counts it."""
        if not listings:
            return ()
        each = [
            sa.select(sa.func.count()).select_from(letter).where(self._where(one, tokens)).scalar_subquery()
            for one in listings
        ]
        return tuple(self._connection.execute(sa.select(*each)).one())

    def loads(self, states: Sequence[State], services: Sequence[str], today: date, tokens: Tokens) -> tuple[Load, ...]:
        """Count the letters in some states, and the late ones among them, in each basket of some units."""
        late = sa.func.count().filter(letter.c.due_date < today)
        query = (
            sa.select(letter.c.service_id, letter.c.position_id, sa.func.count(), late)
            .where(letter.c.state.in_(states), letter.c.service_id.in_(services), seen_by(tokens))
            .group_by(letter.c.service_id, letter.c.position_id)
        )
        return tuple(Load(*row) for row in self._connection.execute(query))

    def neighbours(self, letter_id: str, listing: Listing, tokens: Tokens) -> Neighbours:
        """Return the place of a letter in a list, and who stands before and after it."""
        where = self._where(listing, tokens)
        order = self._order(listing)
        ranked = sa.select(
            letter.c.id,
            sa.func.row_number().over(order_by=order).label("position"),
            sa.func.lag(letter.c.id).over(order_by=order).label("previous_id"),
            sa.func.lead(letter.c.id).over(order_by=order).label("following_id"),
            sa.func.count().over().label("total"),
        ).where(where)
        inner = ranked.subquery()
        row = self._connection.execute(sa.select(inner).where(inner.c.id == letter_id)).one_or_none()
        if row is None:
            total = self._connection.scalar(sa.select(sa.func.count()).select_from(letter).where(where)) or 0
            return Neighbours(position=0, total=total, previous_id=None, following_id=None)
        return Neighbours(row.position, row.total, row.previous_id, row.following_id)

    def count_pending_seals(self) -> int:
        """Count the letters whose seal waits."""
        return (
            self._connection.scalar(
                sa.select(sa.func.count()).select_from(letter).where(letter.c.sealing == Sealing.PENDING)
            )
            or 0
        )

    def _where(self, listing: Listing, tokens: Tokens) -> sa.ColumnElement[bool]:
        rules: list[sa.ColumnElement[bool]] = [seen_by(tokens)]
        if listing.states:
            rules.append(letter.c.state.in_(listing.states))
        if listing.direction is not None:
            rules.append(letter.c.direction == listing.direction)
        if listing.year is not None:
            rules.append(letter.c.year == listing.year)
        if listing.urgent:
            rules.append(letter.c.priority.in_(_URGENT))
        if listing.being_read:
            rules.append(letter.c.reading == Reading.PENDING)
        if listing.since is not None:
            rules.append(letter.c.registered_at >= datetime.combine(listing.since, time.min, UTC))
        if listing.until is not None:
            end = datetime.combine(listing.until + timedelta(days=1), time.min, UTC)
            rules.append(letter.c.registered_at < end)
        return sa.and_(*rules, *self._routing_rules(listing), *filing_rules(listing))

    def _routing_rules(self, listing: Listing) -> list[sa.ColumnElement[bool]]:
        rules: list[sa.ColumnElement[bool]] = []
        brought: sa.ColumnElement[bool] = sa.false()
        if listing.escalated_to:
            brought = letter.c.id.in_(
                sa.select(escalation.c.letter_id).where(
                    escalation.c.position_id.in_(listing.escalated_to), escalation.c.due_date == letter.c.due_date
                )
            )
        if listing.baskets is not None:
            rules.append(sa.or_(_lies_with(letter.c.position_id, letter.c.service_id, listing.baskets), brought))
        if listing.services:
            rules.append(sa.or_(letter.c.service_id.in_(listing.services), brought))
        if listing.late_on is not None:
            rules.append(letter.c.due_date < listing.late_on)
        if listing.followed_by is not None:
            rules.append(
                letter.c.id.in_(sa.select(follow.c.letter_id).where(follow.c.person_id == listing.followed_by))
            )
        for chosen, wanted in ((listing.aside_by, True), (listing.not_aside_by, False)):
            if chosen is not None:
                person_id, day = chosen
                away = sa.select(aside.c.letter_id).where(aside.c.person_id == person_id, aside.c.until > day)
                rules.append(letter.c.id.in_(away) if wanted else letter.c.id.not_in(away))
        if listing.opinion_of is not None:
            asked = sa.select(opinion.c.letter_id).where(
                opinion.c.given_at.is_(None),
                opinion.c.withdrawn_at.is_(None),
                _lies_with(opinion.c.position_id, opinion.c.entity_id, listing.opinion_of),
            )
            rules.append(letter.c.id.in_(asked))
        if listing.paper_apart is not None:
            rules.append(_paper_apart(listing.paper_apart))
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
            rules.append(letter.c.id.in_(lent))
        return rules

    def _order(self, listing: Listing) -> list[sa.ColumnElement[Any]]:
        if listing.paper_of is not None:
            back = sa.select(hand_over.c.return_by).where(hand_over.c.letter_id == letter.c.id, hand_over.c.standing)
            return [back.scalar_subquery(), letter.c.registered_at, letter.c.id]
        if listing.by_due:
            return [letter.c.due_date.asc().nulls_last(), letter.c.registered_at, letter.c.id]
        columns: list[sa.ColumnElement[Any]] = [letter.c.registered_at, letter.c.sequence, letter.c.id]
        return [column.desc() if listing.newest_first else column.asc() for column in columns]

    @staticmethod
    def _tokens_of(value: Letter) -> list[str]:
        return sorted(readers_of(value))
