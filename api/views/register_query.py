"""What an address asks of a register: days, a number, a state, an office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends

from ged.mail.french_dates import parse_date
from ged.mail.item import Direction
from ged.mail.register_book import RegisterQuery


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of a register, as typed."""

    du: str = ""
    au: str = ""
    n: str = ""
    etat: str = ""
    registre: str = ""

    def period(self, today: date) -> tuple[date, date]:
        """Return the period typed; without one, this year up to today."""
        first = parse_date(self.du, today) if self.du.strip() else None
        last = parse_date(self.au, today) if self.au.strip() else None
        return first or today.replace(month=1, day=1), last or today

    def query(self, direction: Direction, today: date) -> RegisterQuery:
        """Return what is read; a number is looked for in every year, unless days are typed too."""
        since, until = self.period(today)
        anywhere = bool(self.n.strip()) and not self.du.strip() and not self.au.strip()
        return RegisterQuery(
            self.registre,
            direction,
            None if anywhere else since,
            None if anywhere else until,
            number=self.n,
            state=self.etat,
        )

    @property
    def address(self) -> str:
        """The filters that are set, as a query string."""
        given = {"du": self.du, "au": self.au, "n": self.n, "etat": self.etat, "registre": self.registre}
        return urlencode({name: value for name, value in given.items() if value})


def asked_of(du: str = "", au: str = "", n: str = "", etat: str = "", registre: str = "") -> Asked:
    """Return what the address asks for."""
    return Asked(du[:30], au[:30], n[:60], etat[:30], registre)


AskedDep = Annotated[Asked, Depends(asked_of)]


def asked_in(query: str) -> Asked:
    """Return what a query string asks for."""
    given = dict(parse_qsl(query))
    return asked_of(**{name: given[name] for name in Asked.__slots__ if name in given})
