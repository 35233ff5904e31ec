"""What an address asks of the journal: days, a person, an act, a letter, what lines are about, where to begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from ged.errors import Refused
from ged.mail.french_dates import parse_date
from ged.mail.journal_query import Concern, JournalQuery
from ged.mail.said import Said


@dataclass(frozen=True, slots=True)
class AskedLines:
    """What an address asks of the journal, as typed."""

    du: str = ""
    au: str = ""
    qui: str = ""
    acte: str = ""
    n: str = ""
    sur: str = ""
    avant: str = ""

    def query(self, today: date) -> JournalQuery:
        """Return what is read.

        Raises:
            Refused: `journal.day`, a day cannot be read.
        """
        return JournalQuery(
            _day(self.du, today),
            _day(self.au, today),
            self.qui.strip(),
            self.acte,
            self.n.strip(),
            next((each for each in Concern if each == self.sur), None),
            before=int(self.avant) if self.avant.isascii() and self.avant.isdigit() else None,
        )

    @property
    def address(self) -> str:
        """The filters that are set, as a query string."""
        given = {"du": self.du, "au": self.au, "qui": self.qui, "acte": self.acte, "n": self.n, "sur": self.sur}
        return urlencode({name: value for name, value in given.items() if value})

    def address_before(self, line: int | None) -> str:
        """Return the address of the page that begins under a line."""
        return f"{self.address}&avant={line}" if self.address else f"avant={line}"


def asked_lines(
    du: str = "", au: str = "", qui: str = "", acte: str = "", n: str = "", sur: str = "", avant: str = ""
) -> AskedLines:
    """Return what the address asks for."""
    return AskedLines(du[:30], au[:30], qui[:80], acte[:60], n[:60], sur[:30], avant[:18])


def _day(typed: str, today: date) -> date | None:
    if not typed.strip():
        return None
    found = parse_date(typed, today)
    if found is None:
        raise Refused(
            "journal.day", Said("Le jour « %(day)s » n'est pas lisible. Écrivez 31/12/2026, ou « hier ».", day=typed)
        )
    return found
