"""Dossiers (affaires): letters brought together under a code and a title, owned by a unit, open until they are closed.

A dossier opens no letter: whoever sees it sees those of its letters that they may read anyway, and only counts those.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ged.mail.access import KEEPS_REGISTER, Actor, Right, Role
from ged.mail.folding import folded_words

_EVERY = "*"
"""Stands for every unit of a tenant in a token: no unit is called so."""
_SEES_ALL = KEEPS_REGISTER | {Role.AUDITOR, Role.ARCHIVIST}


@dataclass(frozen=True, slots=True)
class Dossier:
    """One dossier.

    Attributes:
        code: As people call it, `2026-DAF-004`; unique within the tenant.
        owner_id: The unit that answers for it.
        units: Every unit that it is open to, the owner's included; those above them see it too.
        parts: What its pieces are sorted under, in order.
        file_code: Its code in the file plan, whose rule its letters fall under too; None while nobody said.
        closed_on: Since when nothing goes in or out; None while it is open.
    """

    id: str
    tenant_id: str
    code: str
    title: str
    owner_id: str
    units: tuple[str, ...]
    closed_on: date | None
    revision: int
    created_at: datetime
    parts: tuple[str, ...] = ()
    file_code: str | None = None

    @property
    def label(self) -> str:
        """Code and title: what is suggested, and read back, in a field."""
        return f"{self.code} · {self.title}"


def units_seen(actor: Actor) -> tuple[str, ...] | None:
    """Return the units whose dossiers an actor sees; None for all of the tenant's."""
    if any(post.role in _SEES_ALL for post in actor.posts):
        return None
    posts = (post for post in actor.posts if post.role is not Role.ADMINISTRATOR)
    return tuple(dict.fromkeys(entity for post in posts for entity in post.reach))


def piece_readers(dossier: Dossier) -> frozenset[str]:
    """Return the tokens of which an actor needs one to find the pieces of a dossier (`piece_tokens`)."""
    return frozenset(f"dos:{dossier.tenant_id}:{unit}" for unit in (*dossier.units, _EVERY))


def piece_tokens(actor: Actor) -> frozenset[str]:
    """Return by which tokens an actor finds pieces of dossiers: those that they would see, by the rule of SQL."""
    if not actor.posts or not actor.has(Right.SEE_DOSSIERS):
        return frozenset()
    units = units_seen(actor)
    return frozenset(f"dos:{actor.tenant_id}:{unit}" for unit in ((_EVERY,) if units is None else units))


def tidy_parts(parts: Iterable[str]) -> tuple[str, ...]:
    """Return the names of parts, each once, without the spaces and the empty lines that people type."""
    return tuple(dict.fromkeys(tidy for each in parts if (tidy := " ".join(each.split()))))


def dossier_faults(code: str, title: str, parts: Sequence[str] = ()) -> dict[str, str]:
    """Return the French sentence for each faulty field; a code may be left to the house."""
    found: dict[str, str] = {}
    if code and (len(code) > 40 or "·" in code):
        found["code"] = "Un code compte 40 caractères au plus, sans « · », par exemple 2026-DAF-004."
    if not folded_words(title) or len(title) > 200:
        found["title"] = "Donnez au dossier un titre de 200 caractères au plus, par exemple « Carrière de Tsévié »."
    if len(parts) > 40 or any(len(each) > 80 for each in parts):
        found["parts"] = "Un dossier a 40 parties au plus, de 80 caractères au plus."
    return found


def search_text(code: str, title: str) -> str:
    """Return what a dossier is searched in: code and title, folded, a space before each word."""
    return " " + " ".join(folded_words(f"{code} {title}"))
