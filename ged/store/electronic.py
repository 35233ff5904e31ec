"""E-mail that came in: the pieces of letters, how each came, what came back to our messages, what was set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.errors import NotFound
from ged.mail.electronic import DoorState, MailArrival, NoReceipt, Piece, Returned, ReturnKind, SetAside
from ged.mail.message import Purpose
from ged.store.mail_tables import mail_arrival, mail_aside, mail_door, message, message_return, piece

_PIECE = [piece.c[one.name] for one in fields(Piece)]
_ASIDE = [mail_aside.c[one.name] for one in fields(SetAside)]
_SHOWN = 100


class Electronic:
    """Adds what a message brought, and finds it again."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add_pieces(self, pieces: Sequence[Piece]) -> None:
        """Add the pieces of a letter."""
        if pieces:
            self._connection.execute(sa.insert(piece), [asdict(each) for each in pieces])

    def pieces(self, letter_id: str) -> tuple[Piece, ...]:
        """Return the pieces of a letter, in their order."""
        query = sa.select(*_PIECE).where(piece.c.letter_id == letter_id).order_by(piece.c.rank)
        return tuple(Piece(*row) for row in self._connection.execute(query))

    def show_pieces(self, letter_id: str, shown: Mapping[int, tuple[int, str]]) -> None:
        """Write of pieces, by rank, on how many pages they are shown, and why not."""
        for rank, (page_count, remark) in shown.items():
            self._connection.execute(
                sa.update(piece)
                .where(piece.c.letter_id == letter_id, piece.c.rank == rank)
                .values(page_count=page_count, remark=remark)
            )

    def add_arrival(self, arrival: MailArrival) -> None:
        """Add how a letter came."""
        self._connection.execute(sa.insert(mail_arrival).values(**asdict(arrival)))

    def arrival(self, letter_id: str) -> MailArrival | None:
        """Return how a letter came by e-mail; None when it came otherwise."""
        query = sa.select(mail_arrival).where(mail_arrival.c.letter_id == letter_id)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        values = {one.name: getattr(row, one.name) for one in fields(MailArrival)}
        reason = NoReceipt(row.no_receipt) if row.no_receipt else None
        return MailArrival(**(values | {"no_receipt": reason}))

    def receipts_since(self, address: str, since: datetime) -> int:
        """Count the acknowledgements handed over to an address since an instant."""
        query = sa.select(sa.func.count()).where(
            message.c.purpose == Purpose.ACKNOWLEDGEMENT,
            sa.func.lower(message.c.to) == address.lower(),
            message.c.made_at >= since,
        )
        return self._connection.scalar(query) or 0

    def add_return(self, returned: Returned) -> bool:
        """Attach what came back to a message, once; give whether it is new."""
        result = self._connection.execute(insert(message_return).values(**asdict(returned)).on_conflict_do_nothing())
        return bool(result.rowcount)

    def returns(self, message_ids: Sequence[str]) -> dict[str, tuple[Returned, ...]]:
        """Return what came back to each of some messages, first to last."""
        query = sa.select(message_return).where(message_return.c.message_id.in_(message_ids))
        found: dict[str, tuple[Returned, ...]] = {}
        for row in self._connection.execute(query.order_by(message_return.c.at)):
            values = {one.name: getattr(row, one.name) for one in fields(Returned)}
            back = Returned(**(values | {"kind": ReturnKind(row.kind)}))
            found[back.message_id] = (*found.get(back.message_id, ()), back)
        return found

    def set_aside(self, aside: SetAside) -> None:
        """Keep a message for a person to decide on; the same one again stays as it was decided."""
        self._connection.execute(insert(mail_aside).values(**asdict(aside)).on_conflict_do_nothing())

    def asides(self, registers: Sequence[str]) -> tuple[SetAside, ...]:
        """Return what waits for a decision in some registers, then what was decided last."""
        query = (
            sa.select(*_ASIDE)
            .where(mail_aside.c.register_id.in_(registers))
            .order_by(mail_aside.c.settled_at.is_not(None), mail_aside.c.at.desc())
        )
        return tuple(SetAside(*row) for row in self._connection.execute(query.limit(_SHOWN)))

    def aside(self, aside_id: str, registers: Sequence[str]) -> SetAside:
        """Return one message set aside in some registers, held for this transaction.

        Raises:
            NotFound: `mail.unknown`.
        """
        query = sa.select(*_ASIDE).where(mail_aside.c.id == aside_id, mail_aside.c.register_id.in_(registers))
        row = self._connection.execute(query.with_for_update()).one_or_none()
        if row is None:
            raise NotFound("mail.unknown", "Ce message n'existe pas, ou il n'est pas de vous.")
        return SetAside(*row)

    def settle_aside(self, aside_id: str, name: str, at: datetime, letter_id: str | None) -> None:
        """Write what a person decided of a message set aside."""
        self._connection.execute(
            sa.update(mail_aside)
            .where(mail_aside.c.id == aside_id)
            .values(settled_at=at, settled_by=name, letter_id=letter_id)
        )

    def count_asides(self, registers: Sequence[str] | None = None) -> int:
        """Count the messages that wait for a decision, in some registers or in all."""
        query = sa.select(sa.func.count()).where(mail_aside.c.settled_at.is_(None))
        if registers is not None:
            query = query.where(mail_aside.c.register_id.in_(registers))
        return self._connection.scalar(query) or 0

    def note_door(self, state: DoorState) -> None:
        """Write how a door stands."""
        values = asdict(state)
        statement = insert(mail_door).values(**values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=[mail_door.c.name], set_=values))

    def doors(self) -> tuple[DoorState, ...]:
        """Return how each door stood when it last did its round."""
        query = sa.select(*(mail_door.c[one.name] for one in fields(DoorState))).order_by(mail_door.c.name)
        return tuple(DoorState(*row) for row in self._connection.execute(query))
