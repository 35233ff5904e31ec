"""Checking registers: each series must run without a hole or a double, and never go back in time."""

from __future__ import annotations

from dataclasses import dataclass

from ged.mail.access import Actor, Right, require
from ged.mail.register_book import RegisterClosing
from ged.mail.register_check import SeriesReport, check_series
from ged.services.register_book import register_of
from ged.store.unit import Store


@dataclass(frozen=True, slots=True)
class CheckedYear:
    """A series with what its check found, and how it was closed if it was."""

    report: SeriesReport
    closing: RegisterClosing | None


def check_registers(register_id: str = "", *, store: Store, actor: Actor) -> tuple[CheckedYear, ...]:
    """Check every series of a register, number by number, the last year first; with "", of the actor's first.

    Raises:
        Forbidden: `access.right`.
        NotFound: `register.unknown`.
    """
    require(actor, Right.SEE_REGISTER)
    with store.unit() as unit:
        office = register_of(unit, register_id, actor)
        closings = unit.register_closings.of(office.id)
        return tuple(
            CheckedYear(check_series(year, unit.registers.numbers(year.series)), closings.get(year.series))
            for year in unit.registers.years(office.id)
        )
