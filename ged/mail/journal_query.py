"""What an auditor asks of the journal, and each line as it is shown: with its entry in the log, within rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ged.mail.journal import JournalRow


class Concern(StrEnum):
    """What lines are about."""

    LETTERS = "courriers"
    SIGN_INS = "sessions"
    ADMINISTRATION = "administration"
    OTHER = "autres"


CONCERNS: dict[Concern, tuple[str, ...]] = {
    Concern.SIGN_INS: ("session", "telephone", "jeton", "personne"),
    Concern.ADMINISTRATION: (
        "organisation",
        "modele",
        "index",
        "quarantaine",
        "journal",
        "delegation",
        "absence",
        "cles",
        "coffre",
    ),
}
"""The first words of acts by what they are about; other lines without a letter are OTHER."""


@dataclass(frozen=True, slots=True)
class JournalQuery:
    """Which lines, newest first.

    Attributes:
        since: The first day; `until` the last, both included.
        person: A login, or the beginning of a name.
        act: The code of an act; "" for all.
        number: The printed number of a letter; "" for all.
        line: One line by its id; None for all.
        before: Lines older than this one by id: where the page before ended.
    """

    since: date | None = None
    until: date | None = None
    person: str = ""
    act: str = ""
    number: str = ""
    concern: Concern | None = None
    line: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line as its reader may see it.

    Attributes:
        row: The line; its details are empty where they are not the reader's to see.
        number: Of the letter; "" where there is none, or it is not open to the reader.
        open: Whether nothing of the line is kept from the reader.
        position: Of its entry in the log; None while it waits.
    """

    row: JournalRow
    number: str
    open: bool
    position: int | None
    logged_at: datetime | None
