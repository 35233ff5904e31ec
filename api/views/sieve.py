"""The filters of a list, as they stand in its address; what a basket lists under them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Request

from ged.mail.access import Actor
from ged.mail.baskets import basket_of, closed_reach
from ged.mail.french_dates import parse_date
from ged.mail.item import Priority
from ged.mail.listing import Listing
from ged.mail.sieve import Sieve


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters as typed: text only, named as the address names them."""

    filtre: str = ""
    service: str = ""
    nature: str = ""
    priorite: str = ""
    expediteur: str = ""
    echeance_du: str = ""
    echeance_au: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Filters:
        """Return the filters among the values of an address."""
        return cls(**{name: " ".join(given[name].split())[:100] for name in cls.__slots__ if name in given})

    @property
    def given(self) -> dict[str, str]:
        """The filters that are set."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def query(self) -> str:
        """The filters that are set, as a query string, always in one order."""
        return urlencode(self.given)

    @property
    def narrowing(self) -> int:
        """How many are set, beside the quick one."""
        return len(self.given) - bool(self.filtre)

    def faults(self, today: date) -> set[str]:
        """Return the names of the days that cannot be read; they narrow nothing."""
        days = ("echeance_du", "echeance_au")
        return {name for name in days if getattr(self, name) and parse_date(getattr(self, name), today) is None}

    def sieve(self, today: date) -> Sieve:
        """Return what a letter must be; words of a day (« aujourd'hui ») are read anew at each asking."""
        return Sieve(
            service=self.service,
            kind=self.nature,
            priority=Priority(self.priorite) if self.priorite in set(Priority) else None,
            sender=self.expediteur,
            due_since=parse_date(self.echeance_du, today) if self.echeance_du else None,
            due_until=parse_date(self.echeance_au, today) if self.echeance_au else None,
        )


def filters_of(request: Request) -> Filters:
    """Return the filters of the address asked for."""
    return Filters.of(request.query_params)


FiltersDep = Annotated[Filters, Depends(filters_of)]


CLOSED = "fermes"
"""The filter of « Mon service » on the units that no longer receive letters."""


def filters_in(query: str) -> Filters:
    """Return the filters of a query string."""
    return Filters.of(dict(parse_qsl(query)))


def listing_of(slug: str, filters: Filters, actor: Actor, today: date) -> Listing:
    """Return what a basket lists under filters.

    Raises:
        NotFound: `basket.unknown`.
    """
    listing = basket_of(slug, actor).listing(actor, today)
    if filters.filtre == CLOSED and slug == "mon-service":
        listing = replace(listing, services=closed_reach(actor))
    urgent, being_read = filters.filtre == "urgent", filters.filtre == "lecture"
    return replace(listing, sieve=filters.sieve(today), urgent=urgent, being_read=being_read)
