"""The register: numbers without holes, one series per (entity, direction, year)."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from ged.errors import Conflict, Refused
from ged.mail.french_dates import long_date, long_moment
from ged.mail.item import Direction
from ged.mail.said import Said

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
        raise Refused(
            "register.pattern", Said("Le modèle de numéro « %(pattern)s » n'est pas lisible.", pattern=pattern)
        ) from error
    if not {"sequence", "year", "direction"} <= fields or not fields <= _KNOWN:
        raise Refused(
            "register.pattern",
            Said(
                "Le modèle de numéro « %(pattern)s » doit porter {direction}, {year} et {sequence}, et peut porter "
                "{entity} en plus.",
                pattern=pattern,
            ),
        )


def format_number(pattern: str, series: Series, sequence: int, *, acronym: str) -> str:
    """Return the printed number, `ARR-2026-000042` for the pattern `{direction}-{year}-{sequence:06d}`."""
    return pattern.format(direction=_PREFIX[series.direction], year=series.year, sequence=sequence, entity=acronym)


@dataclass(frozen=True, slots=True)
class RegisterYear:
    """A series as its counter says it: opened at its first number, or before; closed once, for ever.

    Attributes:
        first: The first number of the series: 1, unless it goes on from a paper register.
        last: The last number given; `first - 1` while there is none.
    """

    series: Series
    first: int
    last: int
    last_at: datetime | None
    opened_at: datetime | None
    opened_by: str
    closed_at: datetime | None

    @property
    def count(self) -> int:
        """How many numbers were given."""
        return self.last - self.first + 1

    def over(self, today: date) -> bool:
        """Whether it may be closed: on its last day, or after."""
        return today >= date(self.series.year, 12, 31)


def closed(series: Series, closed_at: datetime) -> Refused:
    """Return the refusal of a number in a series that is closed."""
    return Refused(
        "register.closed",
        Said(
            "L'exercice %(year)s de ce registre est clos depuis le %(day)s : il ne prend plus de numéro. Gardez le pli "
            "et enregistrez-le à partir du 1er janvier %(next)s : il prendra un numéro de %(next)s et gardera sa date "
            "de réception.",
            year=series.year,
            day=long_date(closed_at.date()),
            next=series.year + 1,
        ),
        register=series.register_id,
        direction=str(series.direction),
        year=series.year,
    )


def refuse_early(year: RegisterYear, today: date) -> None:
    """Let pass the closing of a year that is over.

    Raises:
        Refused: `register.too_early`.
    """
    if not year.over(today):
        number = year.series.year
        raise Refused(
            "register.too_early",
            Said(
                "L'exercice %(year)s n'est pas fini. Un registre se clôt à partir du 31 décembre %(year)s, quand plus "
                "rien n'est à y inscrire.",
                year=number,
            ),
        )


@dataclass(frozen=True, slots=True)
class Block:
    """Numbers that were set apart at one instant for work on paper; each is entered afterwards, or cancelled."""

    id: str
    series: Series
    first: int
    last: int
    reserved_at: datetime
    login: str
    name: str
    reason: str
    closed_at: datetime | None

    @property
    def count(self) -> int:
        """How many numbers it holds."""
        return self.last - self.first + 1


def paper_instant(
    block: Block, sequence: int, typed: datetime, entered: Mapping[int, datetime], now: datetime
) -> datetime:
    """Return the registration instant of a number of a block that was used on paper at the minute `typed`.

    Nothing is dated back: a number is used after its block was reserved, hence after every number given before the
    block, and those given after the block are later than the reservation too. Within the block, instants follow
    the numbers: `entered` gives those that are in already. Beside a block that is used elsewhere, other numbers go on
    being given, so that a number of the block may well be later than one given after it.

    Raises:
        Refused: `register.paper_before`, `register.paper_later`, `register.paper_order`.
    """
    at = max(typed, block.reserved_at) if _minute(typed) == _minute(block.reserved_at) else typed
    if at < block.reserved_at:
        raise Refused(
            "register.paper_before",
            Said(
                "Ces numéros ont été réservés %(moment)s : aucun n'a pu servir avant. Corrigez la date ou l'heure.",
                moment=long_moment(block.reserved_at),
            ),
            field="heure",
        )
    if at > now or at.year != block.series.year:
        why = (
            "Corrigez la date ou l'heure : cette heure est à venir."
            if at > now
            else Said("Corrigez la date ou l'heure : ces numéros sont de %(year)s.", year=block.series.year)
        )
        raise Refused("register.paper_later", why, field="heure")
    for other, instant in entered.items():
        if (other < sequence and instant > at) or (other > sequence and instant < at):
            raise Refused(
                "register.paper_order",
                Said(
                    "Le numéro %(number)s du même bloc a servi %(moment)s : l'heure doit suivre l'ordre des numéros. "
                    "Corrigez l'une des deux lignes d'après le relevé.",
                    number=other,
                    moment=long_moment(instant),
                ),
                field="heure",
            )
    return at


def number_done() -> Conflict:
    """Return the refusal of a number that does not wait any more."""
    return Conflict(
        "register.number_done",
        "Ce numéro n'attend plus : il vient d'être saisi ou annulé. Rien n'a été changé ; rechargez la page du bloc.",
    )


def _minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)
