"""The nightly sweep: how far it has come, the list that it is making, and the one that stands until that is whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from ged.mail.filing import Disposition
from ged.mail.item import State
from ged.mail.reason import Reason
from ged.mail.schedule import VersionState
from ged.store.database import driver_connection
from ged.store.disposal_tables import due_piece
from ged.store.reasons import written
from ged.store.schedule_tables import due_next, schedule_version, sweep
from ged.store.tables import due, kind, letter

_GONE = (State.DESTROYED, State.TRANSFERRED)


@dataclass(frozen=True, slots=True)
class DueRecord:
    """A letter whose retention period is over: what is proposed for it, since when, and why.

    Attributes:
        rule: Code of the rule that set the term; None when the law's floor did. `version`: of the schedule.
        selected: Whether a sorting keeps the letter; None where the disposition is no sorting.
    """

    letter_id: str
    disposition: Disposition
    kept_until: date
    reasons: tuple[Reason, ...]
    rule: str | None = None
    version: int | None = None
    selected: bool | None = None


class DuePiece(NamedTuple):
    """A piece of a dossier whose retention period is over, as `DueRecord` is of a letter."""

    piece_id: str
    disposition: Disposition
    kept_until: date
    reasons: tuple[Reason, ...]
    selected: bool | None


class SweptTerm(NamedTuple):
    """What a sweep found of a letter: the rule that sets its term, the last day of it, the version of the schedule.

    `rule` is None where no rule applies, `until` where nobody can say yet, `version` where no schedule is in force.
    """

    letter_id: str
    rule: str | None
    until: date | None
    version: int | None


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep that is under way.

    Attributes:
        rules: What applied when it began, as `Sweeps.rules` gave it.
        after: The id of the last letter that was looked at; "" before the first.
        looked: How many were.
    """

    day: date
    rules: str
    began_at: datetime
    after: str = ""
    looked: int = 0


class Sweeps:
    """Keeps the progress of the one sweep there is, and its lists."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def rules(self, day: date) -> str:
        """Return what decides fates on a day, in a form to be compared: versions in force, and the rules of kinds.

        An approved version never changes: its id stands for its lines.
        """
        version = schedule_version.c
        applied = (
            sa.select(version.tenant_id, version.id)
            .ext(distinct_on(version.tenant_id))
            .where(version.state == VersionState.APPROVED, version.in_force_on <= day)
            .order_by(version.tenant_id, version.in_force_on.desc(), version.number.desc())
        )
        kinds = sa.select(kind.c.code, kind.c.rule).order_by(kind.c.code)
        return "|".join(f"{row[0]}={row[1]}" for query in (applied, kinds) for row in self._connection.execute(query))

    def standing(self) -> Sweep | None:
        """Return the sweep that was begun and has not ended."""
        row = self._connection.execute(sa.select(*(sweep.c[name] for name in Sweep.__slots__))).one_or_none()
        return None if row is None else Sweep(*row)

    def begin(self, new: Sweep) -> None:
        """Begin a sweep; what an earlier one had found without ending is forgotten."""
        self._forget()
        self._connection.execute(sa.insert(sweep).values({name: getattr(new, name) for name in Sweep.__slots__}))

    def go_on(self, records: Sequence[DueRecord], after: str, looked: int) -> None:
        """Keep what a part of the letters gave, and which of them was the last."""
        names = ", ".join(DueRecord.__slots__)
        with (
            driver_connection(self._connection).cursor() as cursor,
            cursor.copy(f"COPY due_next ({names}) FROM STDIN") as copy,
        ):
            for each in records:
                row = {name: getattr(each, name) for name in DueRecord.__slots__} | {"reasons": written(each.reasons)}
                copy.write_row(list(row.values()))
        self._connection.execute(sa.update(sweep).values(after=after, looked=sweep.c.looked + looked))

    def stamp(self, terms: Sequence[SweptTerm]) -> None:
        """Note on letters what was found of them, where that is new; one that somebody writes to is passed over.

        No field that people edit changes, and so neither does the revision.
        """
        given = zip(*terms, strict=True)
        arrays: list[sa.ColumnElement[Any]] = [
            sa.cast(sa.literal(list(each), ARRAY(kind)), ARRAY(kind))
            for each, kind in zip(given, (sa.Text, sa.Text, sa.Date, sa.Integer), strict=True)
        ]
        found = sa.func.unnest(*arrays).table_valued("id", "rule", "until", "version", name="found").render_derived()
        noted = sa.tuple_(letter.c.term_rule, letter.c.kept_until, letter.c.schedule_version)
        version = sa.func.coalesce(found.c.version, letter.c.schedule_version)
        free = (
            sa.select(letter.c.id)
            .join(found, found.c.id == letter.c.id)
            .where(noted.is_distinct_from(sa.tuple_(found.c.rule, found.c.until, version)))
            .with_for_update(of=letter, key_share=True, skip_locked=True)
        )
        noting = sa.update(letter).where(letter.c.id == found.c.id, letter.c.id.in_(free))
        self._connection.execute(
            noting.values(term_rule=found.c.rule, kept_until=found.c.until, schedule_version=version)
        )

    def finish(self, at: datetime) -> int:
        """Put the list that was made in the place of the last one, and give how many letters are on it.

        What was put on hold, destroyed or transferred since it was looked at is not.
        """
        names = list(DueRecord.__slots__)
        found = (
            sa.select(*(due_next.c[name] for name in names), sa.literal(at))
            .join(letter, letter.c.id == due_next.c.letter_id)
            .where(~letter.c.held, letter.c.state.not_in(_GONE))
        )
        self._connection.execute(sa.delete(due))
        self._connection.execute(sa.insert(due).from_select([*names, "listed_at"], found))
        self._forget()
        return self._connection.scalar(sa.select(sa.func.count()).select_from(due)) or 0

    def list_pieces(self, pieces: Sequence[DuePiece], at: datetime) -> None:
        """Put pieces of dossiers that fell due in the place of those of the last sweep.

        They are as many as there are pieces past the law's years in closed dossiers: no part of the list is kept.
        """
        self._connection.execute(sa.delete(due_piece))
        with (
            driver_connection(self._connection).cursor() as cursor,
            cursor.copy(f"COPY due_piece ({', '.join(DuePiece._fields)}, listed_at) FROM STDIN") as copy,
        ):
            for each in pieces:
                copy.write_row([*each[:3], written(each.reasons), each.selected, at])

    def _forget(self) -> None:
        for each in (due_next, sweep):
            self._connection.execute(sa.delete(each))
