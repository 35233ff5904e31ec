"""The register: numbers without holes, one series per (entity, direction, year)."""

from __future__ import annotations

import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ged.errors import Refused
from ged.mail.item import Direction

_PREFIX = {Direction.INCOMING: "ARR", Direction.OUTGOING: "DEP", Direction.INTERNAL: "INT"}
_KNOWN = {"direction", "year", "sequence", "entity"}


@dataclass(frozen=True, slots=True)
class Series:
    """A register (registre) for one year (exercice): the scope in which numbers have no hole."""

    register_id: str
    direction: Direction
    year: int


def check_pattern(pattern: str) -> None:
    """Let pass a number pattern that cannot give one number to two letters of a series.

    Raises:
        Refused: `register.pattern`.
    """
    try:
        fields = {name for _, name, _, _ in string.Formatter().parse(pattern) if name}
        format_number(pattern, Series("x", Direction.INCOMING, 2026), 1, acronym="MMRE")
    except (ValueError, KeyError, IndexError, AttributeError) as error:
        raise Refused("register.pattern", f"Le modèle de numéro « {pattern} » n'est pas lisible.") from error
    if not {"sequence", "year", "direction"} <= fields or not fields <= _KNOWN:
        raise Refused(
            "register.pattern",
            f"Le modèle de numéro « {pattern} » doit porter {{direction}}, {{year}} et {{sequence}}, "
            "et peut porter {entity} en plus.",
        )


def format_number(pattern: str, series: Series, sequence: int, *, acronym: str) -> str:
    """Return the printed number, `ARR-2026-000042` for the pattern `{direction}-{year}-{sequence:06d}`."""
    return pattern.format(direction=_PREFIX[series.direction], year=series.year, sequence=sequence, entity=acronym)


@dataclass(frozen=True, slots=True)
class SeriesReport:
    """What a check of one series found; `faults` are French sentences, empty when it is whole."""

    series: Series
    last: int
    cancelled: int
    faults: tuple[str, ...]

    def sentence(self) -> str:
        """Return the report as one reads it."""
        name = f"{self.series.register_id} {self.series.direction} {self.series.year}"
        if self.faults:
            return f"{name} : {' '.join(self.faults)}"
        return f"{name} : {self.last} numéros, sans trou ni doublon, dates en ordre, {self.cancelled} annulés."

    def plain(self) -> dict[str, object]:
        """Return the report as JSON values."""
        return {
            "register": self.series.register_id,
            "direction": str(self.series.direction),
            "year": self.series.year,
            "last": self.last,
            "cancelled": self.cancelled,
            "faults": list(self.faults),
        }


_SAID = 20
"""Faults that are named one by one; the rest are counted."""


def check_series(series: Series, last: int, entries: Iterable[tuple[int, datetime, bool]]) -> SeriesReport:
    """Check the entries (number, registration instant, cancelled) of a series, in number order, against its counter."""
    faults: list[str] = []
    expected, cancelled, latest = 1, 0, None
    for number, at, is_cancelled in entries:
        cancelled += is_cancelled
        if number < expected:
            faults.append(f"Le numéro {number} est donné deux fois.")
            continue
        if number > expected:
            faults.append(_missing(expected, number - 1))
        if latest is not None and at < latest:
            faults.append(f"Le numéro {number} est daté avant le précédent.")
        expected, latest = number + 1, max(at, latest or at)
    if expected <= last:
        faults.append(_missing(expected, last))
    elif expected - 1 > last:
        faults.append(f"Le compteur dit {last}, mais le numéro {expected - 1} existe.")
    if len(faults) > _SAID:
        faults[_SAID:] = [f"Et {len(faults) - _SAID} autres."]
    return SeriesReport(series, last, cancelled, tuple(faults))


def _missing(first: int, last: int) -> str:
    return f"Il manque le numéro {first}." if first == last else f"Il manque les numéros {first} à {last}."
