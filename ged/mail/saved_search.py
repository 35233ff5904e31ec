"""Searches that are kept: as a saved view whose place is the search, which may alert its owner of new letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

PLACE = "recherche"
"""The place of a saved view that is a search; its query is `q=…&tri=…`, as the address has it."""
MOST_RECENT = 20
"""Searches remembered of one person."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A kept search that alerts, and whom.

    Attributes:
        query: As in the address.
        login: Whose it is: rights are those of that person when a letter is looked at.
        since: Letters registered before say nothing.
    """

    view_id: str
    name: str
    query: str
    login: str
    since: datetime
