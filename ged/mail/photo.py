"""Photographs taken with a telephone: the link that lets one deposit them for a session of somebody's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

PHOTO, SCANNER = "photo", "scanner"
PAGES = frozenset({PHOTO, SCANNER})
"""The doors of single pages: one waits, whole, until its owner sends it with others as a letter."""
LINK_LIFE = timedelta(minutes=30)
MOST_PHOTOS = 60


@dataclass(frozen=True, slots=True)
class PhoneLink:
    """A link shown on a screen; only hashes of its secrets are kept.

    Attributes:
        session: Hash of the session that it deposits for; it ends with it.
        phone: Hash of the secret of the one telephone that took it; "" until then.
    """

    link: str
    session: str
    phone: str
    expires_at: datetime
