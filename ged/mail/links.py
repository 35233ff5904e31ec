"""Links between letters: what answers what, what follows or replaces it, cites or copies; readable from both ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ged.errors import Refused
from ged.mail.item import Direction, State


class LinkKind(StrEnum):
    """What the first letter is to the second."""

    ANSWERS = "repond_a"
    FOLLOWS = "suite_de"
    REPLACES = "annule_et_remplace"
    CITES = "cite"
    COPIES = "second_exemplaire"


@dataclass(frozen=True, slots=True)
class Link:
    """One letter bound to another, by whom and when."""

    from_id: str
    to_id: str
    kind: LinkKind
    at: datetime
    login: str
    name: str


@dataclass(frozen=True, slots=True)
class Linked:
    """A link seen from one of its ends, with the letter at the other.

    Attributes:
        forward: Whether the letter looked at is the one that answers, follows, replaces or cites.
    """

    kind: LinkKind
    forward: bool
    letter_id: str
    number: str
    direction: Direction
    subject: str
    state: State
    name: str


def refuse_link(from_id: str, to_id: str) -> None:
    """Refuse a link that says nothing.

    Raises:
        Refused: `link.self`.
    """
    if from_id == to_id:
        raise Refused("link.self", "Un courrier ne se lie pas à lui-même. Donnez un autre numéro.", field="numero")
