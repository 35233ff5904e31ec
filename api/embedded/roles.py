"""The users of the embedded database: the pages and the worker as one, the shipper of the journal as another.

Whoever owns the tables keeps the schema and does nothing else.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from api.embedded.cluster import write_secret
from ged.store.rights import SHIP, WEB, give_rights


@dataclass(frozen=True, slots=True)
class Addresses:
    """The database, as each of its users reaches it."""

    web: str
    ship: str


def embedded_addresses(owner: str, folder: Path) -> Addresses:
    """Return the addresses of the two users, made if need be; their passwords lie beside the owner's.

    Raises:
        Unavailable: `store.unavailable`.
    """

    def password(role: str, there: bool) -> tuple[str, bool]:
        kept = folder / f"password-{role}"
        if there and kept.exists():
            return kept.read_text(encoding="ascii"), False
        fresh = secrets.token_urlsafe(32)
        write_secret(kept, fresh)
        return fresh, True

    found = give_rights(owner, password)
    return Addresses(_as(owner, WEB, found[WEB]), _as(owner, SHIP, found[SHIP]))


def _as(url: str, role: str, password: str) -> str:
    return make_url(url).set(username=role, password=password).render_as_string(hide_password=False)
