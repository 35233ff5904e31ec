"""Every number of every register: no hole, no double, no date that goes back."""

from __future__ import annotations

from collections.abc import Iterator

from ged.mail.audit import Finding
from ged.mail.register import RegisterYear
from ged.mail.register_check import SeriesReport, check_series
from ged.services.audit.ground import Ground, Step
from ged.store.unit import Unit


def check_numbers(ground: Ground, position: str) -> Iterator[Step]:
    """Check each series of each register, number by number; position: the register done last."""
    store = ground.store
    assert store is not None  # noqa: S101 - the table says that this check needs it
    with store.unit() as unit:
        every = unit.audits.registers()
    for register_id in every:
        if register_id <= position:
            continue
        with store.unit() as unit:
            reports = [_report(unit, year) for year in unit.registers.years(register_id)]
        found = tuple(
            Finding(
                "register.faulty",
                f"{one.year.series.register_id} {one.year.series.direction} {one.year.series.year}",
                fault,
            )
            for one in reports
            for fault in one.faults
        )
        yield Step(register_id, sum(max(0, one.year.count) for one in reports), findings=found)


def _report(unit: Unit, year: RegisterYear) -> SeriesReport:
    """Return what a series holds; one that looks wrong is read again while nobody takes a number of it."""
    report = check_series(year, unit.registers.numbers(year.series))
    if report.faults and (locked := unit.registers.lock(year.series, shared=True)) is not None:
        return check_series(locked, unit.registers.numbers(locked.series))
    return report
