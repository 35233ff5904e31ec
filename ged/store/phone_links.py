"""Links of telephones: one a session, taken by one telephone."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime

import sqlalchemy as sa

from ged.mail.photo import PhoneLink
from ged.store.upload_tables import phone_link


class PhoneLinks:
    """Reads and writes links."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def put(self, new: PhoneLink, now: datetime) -> None:
        """Make a link the one of its session; those that are over go."""
        over = sa.or_(phone_link.c.session == new.session, phone_link.c.expires_at <= now)
        self._connection.execute(sa.delete(phone_link).where(over))
        self._connection.execute(sa.insert(phone_link).values(**asdict(new)))

    def get(self, link: str, now: datetime) -> PhoneLink | None:
        """Return a link that stands."""
        query = sa.select(*(phone_link.c[one.name] for one in fields(PhoneLink)))
        row = self._connection.execute(
            query.where(phone_link.c.link == link, phone_link.c.expires_at > now)
        ).one_or_none()
        return PhoneLink(*row) if row else None

    def bind(self, link: str, phone: str) -> bool:
        """Give a link to a telephone; give whether it was free."""
        free = sa.update(phone_link).where(phone_link.c.link == link, phone_link.c.phone == "")
        return bool(self._connection.execute(free.values(phone=phone)).rowcount)
