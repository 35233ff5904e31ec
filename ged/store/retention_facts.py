"""What decides the fate of letters, read for many at once: rules in force, dossiers, events, holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from ged.mail.filing import Facts, RetentionEvent, Ruling
from ged.mail.item import Letter
from ged.mail.schedule import Schedule
from ged.store.database import text_array
from ged.store.dossier_tables import dossier, dossier_letter
from ged.store.holds import Holds
from ged.store.schedule_tables import retention_event
from ged.store.schedules import Schedules
from ged.store.tables import kind


class _Dossier(NamedTuple):
    code: str
    file_code: str | None
    closed_on: date | None


class RetentionFacts:
    """Reads facts, four statements for any number of letters; rules and kinds once for each instance and tenant."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._schedules: dict[tuple[str, date], tuple[int | None, Schedule]] = {}
        self._kinds: dict[str, tuple[str, str]] | None = None

    def of(self, letters: Sequence[Letter], day: date) -> dict[str, Facts]:
        """Return the facts of each letter, by its id, under the version of its tenant that is in force on a day."""
        return self.under(letters, {each: self._applied(each, day) for each in {one.tenant_id for one in letters}})

    def under(self, letters: Sequence[Letter], schedules: dict[str, tuple[int | None, Schedule]]) -> dict[str, Facts]:
        """Return the facts of each letter under a version said for each tenant: its number, and its lines."""
        ids = [each.id for each in letters]
        dossiers, events, holds = self._dossiers(ids), self._events(ids), Holds(self._connection).standing_on(ids)
        found = {}
        for each in letters:
            number, schedule = schedules[each.tenant_id]
            inside = dossiers.get(each.id, ())
            found[each.id] = Facts(
                version=number,
                rulings=tuple(self._rulings(each, schedule, inside)),
                dossiers=tuple(one.closed_on for one in inside),
                events=events.get(each.id, ()),
                holds=holds.get(each.id, ()),
            )
        return found

    def _rulings(self, letter: Letter, schedule: Schedule, dossiers: Sequence[_Dossier]) -> Iterator[Ruling]:
        rule_code, label = self._kind_rules().get(letter.kind or "", ("", ""))
        by_kind = schedule.rule(rule_code)
        if by_kind is not None:
            yield Ruling(by_kind, f"la nature « {label} »")
        by_code = schedule.rule_filed(letter.file_code) if letter.file_code else None
        if by_code is not None:
            yield Ruling(by_code, f"la cote {letter.file_code}")
        for each in dossiers:
            by_dossier = schedule.rule_filed(each.file_code) if each.file_code else None
            if by_dossier is not None:
                yield Ruling(by_dossier, f"le dossier {each.code}, cote {each.file_code}")

    def _applied(self, tenant_id: str, day: date) -> tuple[int | None, Schedule]:
        key = (tenant_id, day)
        if key not in self._schedules:
            self._schedules[key] = Schedules(self._connection).applied(tenant_id, day)
        return self._schedules[key]

    def _kind_rules(self) -> dict[str, tuple[str, str]]:
        if self._kinds is None:
            rows = self._connection.execute(sa.select(kind.c.code, kind.c.rule, kind.c.label_fr))
            self._kinds = {str(row[0]): (str(row[1]), str(row[2])) for row in rows}
        return self._kinds

    def _dossiers(self, ids: list[str]) -> dict[str, tuple[_Dossier, ...]]:
        some = sa.any_(text_array(ids))
        query = (
            sa.select(dossier_letter.c.letter_id, dossier.c.code, dossier.c.file_code, dossier.c.closed_on)
            .join(dossier, dossier.c.id == dossier_letter.c.dossier_id)
            .where(dossier_letter.c.letter_id == some)
            .order_by(dossier.c.code)
        )
        found: dict[str, tuple[_Dossier, ...]] = {}
        for letter_id, *rest in self._connection.execute(query):
            found[letter_id] = (*found.get(letter_id, ()), _Dossier(*rest))
        return found

    def _events(self, ids: list[str]) -> dict[str, tuple[RetentionEvent, ...]]:
        event, some = retention_event.c, sa.any_(text_array(ids))
        columns = (event.name, event.on, event.recorded_by)
        own = sa.select(event.letter_id, *columns).where(event.letter_id == some, event.withdrawn_at.is_(None))
        shared = (
            sa.select(dossier_letter.c.letter_id, *columns)
            .join(retention_event, event.dossier_id == dossier_letter.c.dossier_id)
            .where(dossier_letter.c.letter_id == some, event.withdrawn_at.is_(None))
        )
        found: dict[str, tuple[RetentionEvent, ...]] = {}
        for letter_id, *rest in self._connection.execute(sa.union_all(own, shared)):
            found[letter_id] = (*found.get(letter_id, ()), RetentionEvent(*rest))
        return found
