"""The second number (numéro de service): a service's own, on a letter it has, beside the registration number."""

from __future__ import annotations

import string
from dataclasses import dataclass
from datetime import datetime

from ged.errors import Refused
from ged.mail.access import Actor, Role
from ged.mail.item import Letter
from ged.mail.moves import LEADING, OPEN
from ged.mail.said import Said

_KNOWN = {"year", "sequence", "entity"}
_GIVES = LEADING | {Role.OFFICER, Role.SECRETARY}


@dataclass(frozen=True, slots=True)
class SecondPattern:
    """How a service prints its own numbers; a service without one gives none."""

    entity_id: str
    pattern: str


@dataclass(frozen=True, slots=True)
class SecondNumber:
    """The number that a service gave to a letter: gapless within (service, year), never taken back."""

    letter_id: str
    entity_id: str
    year: int
    sequence: int
    number: str
    given_at: datetime
    name: str


def check_second_pattern(pattern: str) -> None:
    """Let pass a pattern that cannot give one number to two letters of a service.

    Raises:
        Refused: `register.pattern`.
    """
    try:
        fields = {name for _, name, _, _ in string.Formatter().parse(pattern) if name}
        format_second(pattern, 2026, 1, acronym="DAF")
    except (ValueError, KeyError, IndexError, AttributeError) as error:
        raise Refused(
            "register.pattern", Said("Le modèle de numéro « %(pattern)s » n'est pas lisible.", pattern=pattern)
        ) from error
    if not {"sequence", "year"} <= fields or not fields <= _KNOWN:
        raise Refused(
            "register.pattern",
            Said(
                "Le modèle de numéro « %(pattern)s » doit porter {year} et {sequence}, et peut porter {entity}.",
                pattern=pattern,
            ),
        )


def format_second(pattern: str, year: int, sequence: int, *, acronym: str) -> str:
    """Return the printed number, `DAF/2026/0042` for the pattern `{entity}/{year}/{sequence:04d}`."""
    return pattern.format(year=year, sequence=sequence, entity=acronym)


def numbering_unit(actor: Actor, letter: Letter) -> str | None:
    """Return the unit in whose name an actor may number a letter: the one that has it to work on, if they sit in it."""
    if letter.state not in OPEN or letter.service_id is None:
        return None
    sits = (
        post.entity_id == letter.service_id and post.role in _GIVES and letter.confidentiality in post.clearance.up_to()
        for post in actor.posts
    )
    return letter.service_id if any(sits) else None
