"""The register: numbers without holes, one series per (entity, direction, year)."""

from __future__ import annotations

import string
from dataclasses import dataclass

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
