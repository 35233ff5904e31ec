"""What decides the fate of letters and pieces, read for many at once: rules in force, dossiers, events, holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from ged.mail.dossier_piece import KeptPiece
from ged.mail.filing import Facts, RetentionEvent, RetentionRule, Ruling
from ged.mail.item import Letter
from ged.mail.reason import Reason, Why, because
from ged.mail.schedule import Schedule
from ged.store.database import text_array
from ged.store.dossier_tables import dossier, dossier_letter
from ged.store.holds import Holds
from ged.store.retention_figures import Case
from ged.store.schedule_tables import retention_event
from ged.store.schedules import Schedules
from ged.store.tables import kind
from ged.store.transfer_tables import reception_item


class _Dossier(NamedTuple):
    code: str
    file_code: str | None
    closed_on: date | None


class _Lookup:
    """Finds rulings in one schedule, each once for all the letters that say the same."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._found: dict[tuple[str, Reason], tuple[Ruling, ...]] = {}

    def named(self, code: str, by: Reason) -> tuple[Ruling, ...]:
        """Return the ruling of a rule's code, if the schedule has it."""
        return self._kept(code, by, self._schedule.rule)

    def filed(self, code: str, by: Reason) -> tuple[Ruling, ...]:
        """Return the ruling of what is filed under a code, if the plan gives one."""
        return self._kept(code, by, self._schedule.rule_filed)

    def _kept(self, code: str, by: Reason, find: Callable[[str], RetentionRule | None]) -> tuple[Ruling, ...]:
        if (code, by) not in self._found:
            rule = find(code)
            self._found[code, by] = () if rule is None else (Ruling(rule, by),)
        return self._found[code, by]


class RetentionFacts:
    """Reads facts, five statements for any number of letters; rules and kinds once for each instance and tenant."""

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
        received = self._received(ids)
        found, lookups = {}, {each: _Lookup(schedule) for each, (_, schedule) in schedules.items()}
        for each in letters:
            number = schedules[each.tenant_id][0]
            inside = dossiers.get(each.id, ())
            found[each.id] = Facts(
                version=number,
                rulings=tuple(self._rulings(each, lookups[each.tenant_id], inside, received=each.id in received)),
                dossiers=tuple(one.closed_on for one in inside),
                events=events.get(each.id, ()),
                holds=holds.get(each.id, ()),
                received=each.id in received,
            )
        return found

    def of_pieces(self, pieces: Sequence[KeptPiece], day: date) -> dict[str, Facts]:
        """Return the facts of each piece, by its id: the rule, the closing and the events of its dossier, its holds."""
        tenants = {each.dossier.tenant_id for each in pieces}
        return self.pieces_under(pieces, {each: self._applied(each, day) for each in tenants})

    def pieces_under(
        self, pieces: Sequence[KeptPiece], schedules: dict[str, tuple[int | None, Schedule]]
    ) -> dict[str, Facts]:
        """Return the facts of each piece under a version said for each tenant: its number, and its lines."""
        events = self._events_of_dossiers(list({each.dossier.id for each in pieces}))
        holds = Holds(self._connection).standing_on_pieces([each.piece.id for each in pieces])
        lookups = {each: _Lookup(schedule) for each, (_, schedule) in schedules.items()}
        found = {}
        for each in pieces:
            case = each.dossier
            code = case.file_code
            by = because(Why.BY_DOSSIER, dossier=case.code, code=code or "")
            found[each.piece.id] = Facts(
                version=schedules[case.tenant_id][0],
                rulings=lookups[case.tenant_id].filed(code, by) if code else (),
                dossiers=(case.closed_on,),
                events=events.get(case.id, ()),
                holds=holds.get(each.piece.id, ()),
            )
        return found

    def of_cases(self, tenant_id: str, cases: Collection[Case], day: date) -> dict[Case, Facts]:
        """Return the facts that the pieces of dossiers share, holds aside, where no more is known of each dossier."""
        version, schedule = self._applied(tenant_id, day)
        lookup, events = _Lookup(schedule), self._events_of_dossiers([each.id for each in cases if each.id])
        found = {}
        for each in cases:
            code = each.file_code
            filed = lookup.filed(code, because(Why.BY_CODE, code=code)) if code else ()
            found[each] = Facts(version, filed, (each.closed_on,), events.get(each.id, ()))
        return found

    def _rulings(
        self, letter: Letter, lookup: _Lookup, dossiers: Sequence[_Dossier], *, received: bool
    ) -> Iterator[Ruling]:
        """Give the rulings of a letter; the kind gives none to what another house transferred here to be kept."""
        if not received:
            rule_code, label = self._kind_rules().get(letter.kind or "", ("", ""))
            yield from lookup.named(rule_code, because(Why.BY_KIND, label=label))
        if letter.file_code:
            yield from lookup.filed(letter.file_code, because(Why.BY_CODE, code=letter.file_code))
        for each in dossiers:
            if each.file_code:
                by = because(Why.BY_DOSSIER, dossier=each.code, code=each.file_code)
                yield from lookup.filed(each.file_code, by)

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

    def _received(self, ids: list[str]) -> frozenset[str]:
        came = sa.select(reception_item.c.letter_id).where(reception_item.c.letter_id == sa.any_(text_array(ids)))
        return frozenset(self._connection.scalars(came))

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

    def _events_of_dossiers(self, ids: list[str]) -> dict[str, tuple[RetentionEvent, ...]]:
        event = retention_event.c
        query = sa.select(event.dossier_id, event.name, event.on, event.recorded_by)
        rows = self._connection.execute(
            query.where(event.dossier_id == sa.any_(text_array(ids)), event.withdrawn_at.is_(None))
        )
        found: dict[str, tuple[RetentionEvent, ...]] = {}
        for dossier_id, *rest in rows:
            found[dossier_id] = (*found.get(dossier_id, ()), RetentionEvent(*rest))
        return found
