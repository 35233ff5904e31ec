"""Checking a series: no hole, no double, no date that goes back; reserved and cancelled numbers accounted for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ged.mail.register import RegisterYear
from ged.mail.said import Said

_SAID = 20
"""Faults that are named one by one; the rest are counted."""


class Use(StrEnum):
    """What a number was given for."""

    LETTER = "courrier"
    CANCELLED = "annule"
    RESERVED = "numero_reserve"


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a series as it is stored: its registration instant, and its block with when that was reserved."""

    sequence: int
    at: datetime
    use: Use
    block: str | None = None
    reserved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeriesReport:
    """What a check of one series found; `faults` are French sentences, empty when it is whole.

    Attributes:
        reserved: Numbers set apart for paper that are neither entered nor cancelled yet.
        on_paper: Numbers entered afterwards from paper.
    """

    year: RegisterYear
    cancelled: int
    reserved: int
    on_paper: int
    faults: tuple[str, ...]

    def sentence(self) -> str:
        """Return the report as one reads it."""
        series = self.year.series
        name = f"{series.register_id} {series.direction} {series.year}"
        if self.faults:
            return f"{name} : {' '.join(self.faults)}"
        counts = f"{self.cancelled} annulés, {self.on_paper} saisis d'après le papier, {self.reserved} encore réservés"
        closing = f" ; clos le {self.year.closed_at:%d/%m/%Y}" if self.year.closed_at else ""
        return f"{name} : {self.year.count} numéros, sans trou ni doublon, dates en ordre ; {counts}{closing}."

    def plain(self) -> dict[str, object]:
        """Return the report as JSON values."""
        year = self.year
        return {
            "register": year.series.register_id,
            "direction": str(year.series.direction),
            "year": year.series.year,
            "first": year.first,
            "last": year.last,
            "cancelled": self.cancelled,
            "reserved": self.reserved,
            "on_paper": self.on_paper,
            "opened_at": year.opened_at.isoformat() if year.opened_at else None,
            "closed_at": year.closed_at.isoformat() if year.closed_at else None,
            "faults": list(self.faults),
        }


def check_series(year: RegisterYear, numbers: Iterable[Number]) -> SeriesReport:
    """Check the numbers of a series, in order, against its counter."""
    faults: list[str] = []
    found = dict.fromkeys(Use, 0)
    expected, on_paper = year.first, 0
    dates = _Dates()
    for number in numbers:
        found[number.use] += 1
        on_paper += number.use is Use.LETTER and number.block is not None
        if number.sequence < expected:
            before = number.sequence < year.first
            faults.append(
                Said("Le numéro %(number)s précède le premier.", number=number.sequence)
                if before
                else Said("Le numéro %(number)s est donné deux fois.", number=number.sequence)
            )
            continue
        if number.sequence > expected:
            faults.append(_missing(expected, number.sequence - 1))
        faults += dates.faults_of(number)
        expected = number.sequence + 1
    if expected <= year.last:
        faults.append(_missing(expected, year.last))
    elif expected - 1 > year.last:
        faults.append(
            Said("Le compteur dit %(last)s, mais le numéro %(number)s existe.", last=year.last, number=expected - 1)
        )
    if len(faults) > _SAID:
        faults[_SAID:] = [Said("Et %(count)s autres.", count=len(faults) - _SAID)]
    return SeriesReport(year, found[Use.CANCELLED], found[Use.RESERVED], on_paper, tuple(faults))


class _Dates:
    """Walks the instants: outside blocks they never go back; within a block neither, from its reservation on."""

    def __init__(self) -> None:
        self._latest: datetime | None = None
        self._block: str | None = None
        self._in_block: datetime | None = None

    def faults_of(self, number: Number) -> list[str]:
        if number.reserved_at is None:
            at, self._block = number.at, None
            late = self._latest is not None and at < self._latest
            self._latest = max(at, self._latest or at)
            return [Said("Le numéro %(number)s est daté avant le précédent.", number=number.sequence)] if late else []
        faults = list[str]()
        if number.block != self._block:
            if self._latest is not None and number.reserved_at < self._latest:
                faults.append(Said("Le numéro %(number)s a été réservé avant le précédent.", number=number.sequence))
            self._block, self._in_block = number.block, number.reserved_at
            self._latest = max(number.reserved_at, self._latest or number.reserved_at)
        if number.use is Use.LETTER:
            if self._in_block is not None and number.at < self._in_block:
                faults.append(
                    Said("Le numéro %(number)s, saisi d'après le papier, est daté trop tôt.", number=number.sequence)
                )
            self._in_block = max(number.at, self._in_block or number.at)
        return faults


def _missing(first: int, last: int) -> str:
    if first == last:
        return Said("Il manque le numéro %(number)s.", number=first)
    return Said("Il manque les numéros %(first)s à %(last)s.", first=first, last=last)
