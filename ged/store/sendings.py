"""Sendings of letters and the sheets that they leave on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

import sqlalchemy as sa

from ged.mail.dispatch import DispatchSlip, Plan, Sending, SendingState, unknown_sending
from ged.store.dispatch_tables import sending, slip

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

    def add_slip(self, made: DispatchSlip) -> None:
        """Add a sheet."""
        self._connection.execute(sa.insert(slip).values(**asdict(made)))

    def count_slips(self, register_id: str, start: str) -> int:
        """Count the sheets of a register whose numbers begin so, while nobody else adds one."""
        self._connection.execute(
            sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"slip:{register_id}:{start}", 0)))
        )
        query = sa.select(sa.func.count()).select_from(slip)
        return (
            self._connection.scalar(query.where(slip.c.register_id == register_id, slip.c.number.startswith(start)))
            or 0
        )

    def slip(self, slip_id: str) -> DispatchSlip | None:
        """Return a sheet."""
        return self._one_slip(slip.c.id == slip_id)

    def slip_by_code(self, code: str, *, lock: bool = False) -> DispatchSlip | None:
        """Return the sheet of a code."""
        return self._one_slip(slip.c.code == code, lock=lock)

    def on_slip(self, slip_id: str) -> tuple[Sending, ...]:
        """Return the sendings that left on a sheet."""
        query = sa.select(sending).where(sending.c.slip_id == slip_id).order_by(sending.c.letter_id, sending.c.rank)
        return tuple(_sending(row) for row in self._connection.execute(query))

    def discharge(self, received: DispatchSlip) -> None:
        """Write when a sheet was received and by whom."""
        values = {"received_at": received.received_at, "received_by": received.received_by}
        self._connection.execute(sa.update(slip).where(slip.c.id == received.id).values(**values))

    def _one_slip(self, where: sa.ColumnElement[bool], *, lock: bool = False) -> DispatchSlip | None:
        query = sa.select(*(slip.c[one.name] for one in fields(DispatchSlip))).where(where)
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        return DispatchSlip(*row) if row else None


def _row(each: Sending) -> dict[str, Any]:
    return {name: getattr(each, name) for name in _OWN} | asdict(each.plan)


def _sending(row: sa.Row[Any]) -> Sending:
    values = {name: getattr(row, name) for name in _OWN}
    values["state"] = SendingState(row.state)
    return Sending(plan=Plan(**{name: getattr(row, name) for name in _PLAN}), **values)
