"""Messages that leave by e-mail: added in the transaction of an act, changed only by who sends them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ged.errors import NotFound
from ged.mail.message import Enclosure, Message, MessageState, Purpose
from ged.store.mail_tables import message
from ged.store.tables import letter

_SHOWN = 100
"""Messages on one page of the list."""


class Messages:
    """Adds, finds and settles messages."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, new: Message) -> None:
        """Add a message that waits."""
        self._connection.execute(
            sa.insert(message).values(**(asdict(new) | {"enclosures": [asdict(each) for each in new.enclosures]}))
        )

    def get(self, message_id: str, *, lock: bool = False) -> Message:
        """Return one message.

        Raises:
            NotFound: `mail.unknown`.
        """
        query = sa.select(message).where(message.c.id == message_id)
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise NotFound("mail.unknown", "Ce message n'existe pas, ou il n'est pas de vous.")
        return _message(row)

    def known(self, message_ids: Sequence[str]) -> list[str]:
        """Return those of some ids that are messages of ours."""
        return list(self._connection.scalars(sa.select(message.c.id).where(message.c.id.in_(message_ids))))

    def change(self, message_id: str, **changes: object) -> None:
        """Write where a message stands."""
        self._connection.execute(sa.update(message).where(message.c.id == message_id).values(**changes))

    def due(self, now: datetime, limit: int) -> list[str]:
        """Return the ids of messages whose next try has come, oldest first."""
        query = sa.select(message.c.id).where(message.c.state == MessageState.WAITING, message.c.next_try <= now)
        return list(self._connection.scalars(query.order_by(message.c.made_at).limit(limit)))

    def of(self, letter_id: str) -> tuple[Message, ...]:
        """Return the messages about a letter, first to last."""
        query = sa.select(message).where(message.c.letter_id == letter_id).order_by(message.c.made_at)
        return tuple(_message(row) for row in self._connection.execute(query))

    def listed(self, login: str, tenants: Collection[str] = ()) -> tuple[tuple[Message, str], ...]:
        """Return the last messages of one person's acts, and of whole tenants, those that failed first.

        With each comes the number of its letter, "" when it is about none.
        """
        query = (
            sa.select(message, letter.c.number)
            .outerjoin(letter, letter.c.id == message.c.letter_id)
            .order_by((message.c.state == MessageState.FAILED).desc(), message.c.made_at.desc())
        )
        rules = [message.c.login == login]
        if tenants:
            rules.append(sa.or_(letter.c.tenant_id.in_(tenants), message.c.letter_id.is_(None)))
        query = query.where(sa.or_(*rules))
        return tuple((_message(row), row.number or "") for row in self._connection.execute(query.limit(_SHOWN)))

    def counted(self) -> dict[str, int]:
        """Count the messages by their state."""
        query = sa.select(message.c.state, sa.func.count()).group_by(message.c.state)
        return {row[0]: row[1] for row in self._connection.execute(query)}


def _message(row: sa.Row[Any]) -> Message:
    values = {one.name: getattr(row, one.name) for one in fields(Message)}
    values |= {"purpose": Purpose(row.purpose), "state": MessageState(row.state)}
    return Message(**(values | {"enclosures": tuple(Enclosure(**each) for each in row.enclosures)}))
