"""Sieves and saved views: what narrows a list further, and a list that somebody gave a name to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ged.errors import Refused
from ged.mail.item import Priority

LONGEST_NAME = 60
MOST_VIEWS = 30
"""Views of one person: each is counted on every page."""


@dataclass(frozen=True, slots=True)
class Sieve:
    """What a letter must also be to stay in a list; an empty choice lets everything through.

    Attributes:
        sender: Words that the sender must hold, accents and case aside.
        due_since: First day of the deadline, `due_until` its last, both in.
    """

    service: str = ""
    kind: str = ""
    priority: Priority | None = None
    sender: str = ""
    due_since: date | None = None
    due_until: date | None = None


@dataclass(frozen=True, slots=True)
class SavedView:
    """A list under a name of its owner's: where it is, and the filters of its address."""

    id: str
    person_id: str
    name: str
    place: str
    query: str
    made_at: datetime


def view_name(typed: str) -> str:
    """Return the name of a view, spaces made single.

    Raises:
        Refused: `view.name`.
    """
    name = " ".join(typed.split())
    if not name or len(name) > LONGEST_NAME:
        raise Refused("view.name", "Donnez à la vue un nom de 60 caractères au plus.", field="nom")
    return name
