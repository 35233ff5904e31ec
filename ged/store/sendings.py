"""Sendings of letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

import sqlalchemy as sa

from ged.mail.dispatch import Plan, Sending, SendingState, unknown_sending
from ged.store.dispatch_tables import sending

_PLAN = [one.name for one in fields(Plan)]
_OWN = [one.name for one in fields(Sending) if one.name != "plan"]


class Sendings:
    """Reads and writes what a letter is sent by."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def of(self, letter_id: str) -> tuple[Sending, ...]:
        """Return the sendings of a letter, in their order."""
        query = sa.select(sending).where(sending.c.letter_id == letter_id).order_by(sending.c.rank, sending.c.id)
        return tuple(_sending(row) for row in self._connection.execute(query))

    def get(self, letter_id: str, sending_id: str) -> Sending:
        """Return one sending of a letter, which the caller holds locked.

        Raises:
            NotFound: `dispatch.unknown`.
        """
        found = next((each for each in self.of(letter_id) if each.id == sending_id), None)
        if found is None:
            raise unknown_sending()
        return found

    def by_message(self, message_id: str) -> Sending | None:
        """Return the sending that a message carries."""
        row = self._connection.execute(sa.select(sending).where(sending.c.message_id == message_id)).one_or_none()
        return _sending(row) if row else None

    def add(self, new: Sequence[Sending]) -> None:
        """Add sendings."""
        if new:
            self._connection.execute(sa.insert(sending), [_row(each) for each in new])

    def change(self, changed: Sending) -> None:
        """Write a sending as it now stands."""
        self._connection.execute(sa.update(sending).where(sending.c.id == changed.id).values(**_row(changed)))

    def drop_ready(self, letter_id: str) -> None:
        """Remove the sendings of a letter that have not left: they are planned anew."""
        self._connection.execute(
            sa.delete(sending).where(sending.c.letter_id == letter_id, sending.c.state == SendingState.READY)
        )

    def on_sheet(self, transmittal_id: str) -> tuple[Sending, ...]:
        """Return the sendings that left on a transmittal and were not called back."""
        query = sa.select(sending).where(sending.c.transmittal_id == transmittal_id)
        return tuple(_sending(row) for row in self._connection.execute(query))


def _row(each: Sending) -> dict[str, Any]:
    return {name: getattr(each, name) for name in _OWN} | asdict(each.plan)


def _sending(row: sa.Row[Any]) -> Sending:
    values = {name: getattr(row, name) for name in _OWN}
    values["state"] = SendingState(row.state)
    return Sending(plan=Plan(**{name: getattr(row, name) for name in _PLAN}), **values)
