"""The letters as they stand. The access filter is added here, in `seen_by`, and nowhere else in SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from ged.errors import Conflict
from ged.mail.access import readers_of, unknown_letter
from ged.mail.item import Confidentiality, Direction, Letter, Priority, Reading, Sealing, State
from ged.mail.listing import Cursor, LetterPage, ListedLetter, Listing, Neighbours
from ged.mail.team import Load
from ged.store.custody import Custody
from ged.store.database import Question, among, among_given, text_array
from ged.store.filing_rules import governed
from ged.store.listing_rules import order_of, rules_of
from ged.store.proposals import Proposals
from ged.store.register_tables import second_number
from ged.store.reminders import Reminders
from ged.store.second_numbers import SecondNumbers
from ged.store.steps import Steps
from ged.store.tables import entity, letter, original

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
_PLACES = [
    (Letter.__slots__.index(name), {str(each): each for each in members}) for name, members in _ENUMERATIONS.items()
]
_CONCERNED = Letter.__slots__.index("concerned")
_JOINED = frozenset({"original_size", "media_type"})


def _value(row: Iterable[Any]) -> Letter:
    values: list[Any] = list(row)
    for place, members in _PLACES:
        values[place] = members[values[place]]
    values[_CONCERNED] = tuple(values[_CONCERNED])
    return Letter(*values)


def _column(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def seen_by(tokens: Tokens) -> sa.ColumnElement[bool]:
    """Return what parts the letters that these tokens open from all others."""
    return sa.true() if tokens is None else letter.c.reader_tokens.overlap(text_array(tokens))


def _where(listing: Listing, tokens: Tokens) -> sa.ColumnElement[bool]:
    return sa.and_(seen_by(tokens), *rules_of(listing))


_COLUMNS = [
    original.c.size.label("original_size") if name == "original_size"
    else original.c.media_type if name == "media_type"
    else letter.c[name]
    for name in Letter.__slots__
]  # fmt: skip


_SELECT = sa.select(*_COLUMNS).join(original, original.c.sha256 == letter.c.original)
"""Made once: to put together what is the same each time takes longer than to ask it."""
_MANY = Question(_SELECT.where(among_given(letter.c.id, "ids")))


class Letters:
    """Reads and writes letters; every write raises the revision.

    `before` is called with the id of a letter that is about to change.
    """

    def __init__(self, connection: sa.Connection, before: Callable[[str], None]) -> None:
        self._connection, self._before = connection, before

    def add(self, new: Letter) -> None:
        """Enter a letter, its reader tokens with it."""
        values = {name: _column(getattr(new, name)) for name in Letter.__slots__ if name not in _JOINED}
        self._connection.execute(sa.insert(letter).values(**values, reader_tokens=self._tokens_of(new)))

    def get(self, letter_id: str, tokens: Tokens, *, lock: bool = False) -> Letter:
        """Return a letter; with `lock`, nobody else changes it before this transaction ends.

        Rows that name it may be added meanwhile.

        Raises:
            NotFound: `letter.unknown`, there is none, or none that these tokens open.
        """
        query = _SELECT.where(letter.c.id == letter_id, seen_by(tokens))
        if lock:
            query = query.with_for_update(of=letter, key_share=True)
        row = self._connection.execute(query).one_or_none()
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
        return [_value(row) for row in _MANY.ask(self._connection, ids=sorted(letter_ids))]

    def keep_still(self, letter_ids: Sequence[str]) -> None:
        """Wait for whoever writes to letters: nobody else does before this transaction ends. By id, as all who lock."""
        ids = sa.select(letter.c.id).where(letter.c.id == sa.any_(text_array(letter_ids))).order_by(letter.c.id)
        self._connection.execute(ids.with_for_update(key_share=True))

    def with_computed_deadline(self, states: Sequence[State]) -> list[Letter]:
        """Return the letters in some states whose deadline was computed from a number of working days."""
        query = _SELECT.where(letter.c.delay_days.is_not(None), letter.c.state.in_(states)).order_by(letter.c.id)
        return [_value(row) for row in self._connection.execute(query.with_for_update(of=letter))]

    def ids_after(self, letter_id: str, limit: int) -> list[str]:
        """Return ids in their own order, after one of them: a walk over everything that writers do not disturb."""
        query = sa.select(letter.c.id).where(letter.c.id > letter_id).order_by(letter.c.id).limit(limit)
        return list(self._connection.scalars(query))

    def kept_after(self, letter_id: str, limit: int) -> list[Letter]:
        """Return letters that are neither destroyed nor transferred, as they were registered, after one of them.

        Letters registered together lie together on the disk: a walk in this order reads and writes each page once.
        """
        query = _SELECT.where(letter.c.state.not_in((State.DESTROYED, State.TRANSFERRED)))
        place = sa.tuple_(letter.c.registered_at, letter.c.id)
        at = self._connection.scalar(sa.select(letter.c.registered_at).where(letter.c.id == letter_id))
        if at is not None:
            query = query.where(place > sa.tuple_(sa.literal(at), sa.literal(letter_id)))
        rows = self._connection.execute(query.order_by(letter.c.registered_at, letter.c.id).limit(limit))
        return [_value(row) for row in rows]

    def revisions_after(self, letter_id: str, limit: int) -> dict[str, int]:
        """Return the revision of letters by id, after one of them, in the order of `ids_after`."""
        query = sa.select(letter.c.id, letter.c.revision).where(letter.c.id > letter_id).order_by(letter.c.id)
        return {row.id: row.revision for row in self._connection.execute(query.limit(limit))}

    def revisions(self, letter_ids: Sequence[str]) -> dict[str, int]:
        """Return the revision of each of these letters that there is."""
        query = sa.select(letter.c.id, letter.c.revision).where(among(letter.c.id, letter_ids))
        return {row.id: row.revision for row in self._connection.execute(query)}

    def governed_after(
        self, tenant_id: str, kinds: Sequence[str], codes: Sequence[str], letter_id: str, limit: int
    ) -> list[Letter]:
        """Return letters still ours of some kinds, filed under some codes or in a dossier that is, by id after one."""
        ours = letter.c.state.not_in([State.TRANSFERRED, State.DESTROYED])
        mine = (letter.c.tenant_id == tenant_id, letter.c.id > letter_id, ours, governed(kinds, codes))
        query = _SELECT.where(*mine).order_by(letter.c.id).limit(limit)
        return [_value(row) for row in self._connection.execute(query)]

    def count_by_code(self, tokens: Tokens) -> dict[str, int]:
        """Count the letters filed under each code of the plan, of those that these tokens open."""
        query = sa.select(letter.c.file_code, sa.func.count()).where(letter.c.file_code.is_not(None), seen_by(tokens))
        return {str(row[0]): int(row[1]) for row in self._connection.execute(query.group_by(letter.c.file_code))}

    def count(self) -> int:
        """Count every letter of the installation."""
        return self._connection.scalar(sa.select(sa.func.count()).select_from(letter)) or 0

    def by_number(self, number: str, tokens: Tokens) -> list[Letter]:
        """Return the letters of that registration number, one a register at most; then those a service gave it to."""
        wanted = number.strip().upper()
        registered = sa.func.upper(letter.c.number) == wanted
        given = sa.select(second_number.c.letter_id).where(sa.func.upper(second_number.c.number) == wanted)
        query = _SELECT.where(sa.or_(registered, letter.c.id.in_(given)), seen_by(tokens)).order_by(registered.desc())
        return [_value(row) for row in self._connection.execute(query)]

    def of_sequence(
        self, tenant_id: str, sequence: int, years: Sequence[int], tokens: Tokens
    ) -> list[tuple[Letter, tuple[str, ...]]]:
        """Return a tenant's letters of a sequence in some years, in any register or service, each with its numbers.

        Both searches stand on the unique index of a series: register or service, year, sequence.
        """
        units = sa.select(entity.c.id).where(entity.c.tenant_id == tenant_id)
        given = sa.select(second_number.c.letter_id).where(
            second_number.c.entity_id.in_(units), second_number.c.year.in_(years), second_number.c.sequence == sequence
        )
        registered = sa.and_(
            letter.c.register_id.in_(units),
            letter.c.direction.in_(list(Direction)),
            letter.c.year.in_(years),
            letter.c.sequence == sequence,
        )
        ids = sa.union(sa.select(letter.c.id).where(registered), given).subquery()
        query = _SELECT.where(letter.c.id.in_(sa.select(ids.c.id)), seen_by(tokens)).order_by(letter.c.registered_at)
        found = [_value(row) for row in self._connection.execute(query)]
        seconds = SecondNumbers(self._connection).of_letters([one.id for one in found])
        return [(one, (one.number, *(each.number for each in seconds.get(one.id, ())))) for one in found]

    def by_original(self, sha256: str, tokens: Tokens, *, register_id: str | None = None) -> list[Letter]:
        """Return the letters whose original has that digest, oldest first."""
        query = _SELECT.where(letter.c.original == sha256, seen_by(tokens)).order_by(letter.c.registered_at)
        if register_id is not None:
            query = query.where(letter.c.register_id == register_id)
        return [_value(row) for row in self._connection.execute(query)]

    def change(self, current: Letter, **changes: object) -> Letter:
        """Write changed fields under the next revision and return the letter as it now stands.

        Raises:
            Conflict: `letter.revision`, somebody changed it since `current` was read.
        """
        self._before(current.id)
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
        where = _where(listing, tokens)
        total = self._connection.scalar(sa.select(sa.func.count()).select_from(letter).where(where)) or 0
        query = _SELECT.where(where).order_by(*order_of(listing)).limit(limit + 1).offset(offset)
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
            sa.select(sa.func.count()).select_from(letter).where(_where(one, tokens)).scalar_subquery()
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
        where = _where(listing, tokens)
        order = order_of(listing)
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

    def waiting_for_seal(self, limit: int, *, besides: str) -> tuple[Letter, ...]:
        """Return the letters whose seal waits, but for one, the oldest first."""
        query = _SELECT.where(letter.c.sealing == Sealing.PENDING, letter.c.id != besides)
        rows = self._connection.execute(query.order_by(letter.c.registered_at, letter.c.id).limit(limit))
        return tuple(_value(row) for row in rows)

    def count_pending_seals(self) -> int:
        """Count the letters whose seal waits."""
        return (
            self._connection.scalar(
                sa.select(sa.func.count()).select_from(letter).where(letter.c.sealing == Sealing.PENDING)
            )
            or 0
        )

    @staticmethod
    def _tokens_of(value: Letter) -> list[str]:
        return sorted(readers_of(value))
