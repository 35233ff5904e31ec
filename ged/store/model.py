"""The organisation in use, read back whole: what `ged export-model` writes and `ged init` would load again."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from ged.mail.calendar import Holiday
from ged.mail.item import Priority
from ged.mail.organisation import Delay, Organisation, Person, TenantCalendar
from ged.mail.schedule import Schedule
from ged.store.absences import Absences
from ged.store.circuits import CircuitTemplates
from ged.store.delegations import Delegations
from ged.store.dossier_pieces import DossierPieces
from ged.store.lists import ListEntries
from ged.store.organisation import Organisations
from ged.store.reminders import Reminders
from ged.store.schedules import Schedules
from ged.store.second_numbers import SecondNumbers
from ged.store.stations import Stations
from ged.store.tables import (
    delay,
    holiday,
    person,
    tenant_calendar,
)


class Model:
    """Reads the organisation in use; what is retired, and holdings that are over, are history and stay out."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def whole(self, today: date) -> Organisation:
        """Return the organisation of all tenants."""
        standing, lists = Organisations(self._connection), ListEntries(self._connection)
        return Organisation(
            entities=standing.entities(),
            positions=standing.positions(),
            people=tuple(
                Person(row.login, row.name, row.language) for row in self._rows(person, Person, person.c.active)
            ),
            holdings=standing.holdings(today),
            kinds=standing.kinds(),
            schedules=self._schedules(standing, today),
            mentions=standing.mentions(),
            synonyms=standing.synonyms(),
            holidays=tuple(Holiday(row.country, row.day, row.name) for row in self._rows(holiday, Holiday)),
            calendars=tuple(
                TenantCalendar(row.tenant_id, row.country, tuple(row.week))
                for row in self._rows(tenant_calendar, TenantCalendar)
            ),
            delays=tuple(Delay(Priority(row.priority), row.working_days) for row in self._rows(delay, Delay)),
            terms=lists.all_terms(),
            letterheads=lists.letterheads(),
            templates=lists.templates(),
            reminders=Reminders(self._connection).rules(),
            addresses=Reminders(self._connection).addresses(),
            leaves=Absences(self._connection).standing(today),
            grants=tuple(each.grant for each in Delegations(self._connection).standing(today)),
            circuits=CircuitTemplates(self._connection).all(),
            stations=Stations(self._connection).all(),
            dossiers=DossierPieces(self._connection).model(),
            second_patterns=SecondNumbers(self._connection).patterns(),
            files={each.digest: lists.template_file(each.digest) for each in lists.templates()},
        )

    def _schedules(self, standing: Organisations, today: date) -> dict[str, Schedule]:
        tenants = sorted({each.tenant_id for each in standing.entities()})
        return {each: Schedules(self._connection).applied(each, today)[1] for each in tenants}

    def _rows(self, table: sa.Table, value: Any, *rules: sa.ColumnElement[bool]) -> list[sa.Row[Any]]:
        columns = [table.c[name] for name in value.__slots__]
        return list(self._connection.execute(sa.select(*columns).where(*rules).order_by(*columns[:2])))
