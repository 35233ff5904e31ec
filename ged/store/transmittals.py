"""Transmittals and discharges: numbered from a locked row, listed for who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.mail.custody import Keeper, Way
from ged.mail.dispatch import SendingState
from ged.mail.transmittal import Discharge, Scope, Transmittal, TransmittalLine, unknown_transmittal
from ged.store.dispatch_tables import sending
from ged.store.paper_tables import discharge, hand_over, transmittal, transmittal_counter, transmittal_line

_DERIVED = frozenset({"keeper", "discharge", "lines", "awaited"})
_PLAIN = tuple(name for name in Transmittal.__slots__ if name not in _DERIVED)
_LINE = tuple(name for name in TransmittalLine.__slots__ if name != "called_back")
_AWAITED = (
    sa.select(sa.func.count())
    .select_from(transmittal_line)
    .outerjoin(hand_over, hand_over.c.id == transmittal_line.c.hand_over_id)
    .outerjoin(sending, sending.c.id == transmittal_line.c.sending_id)
    .where(
        transmittal_line.c.transmittal_id == transmittal.c.id,
        sa.or_(
            sa.and_(hand_over.c.id.is_not(None), hand_over.c.received_at.is_(None), hand_over.c.withdrawn_at.is_(None)),
            sa.and_(sending.c.transmittal_id == transmittal.c.id, sending.c.state == SendingState.SENT),
        ),
    )
    .scalar_subquery()
    .label("awaited")
)


class Transmittals:
    """Makes, finds and closes transmittals."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def take(self, entity_id: str, kind: str, year: int) -> int:
        """Return the next number of a series; its row stays locked until the transaction ends, so no hole is left."""
        key = {"entity_id": entity_id, "kind": kind, "year": year}
        self._connection.execute(insert(transmittal_counter).values(**key, last_sequence=0).on_conflict_do_nothing())
        this_series = sa.and_(*(transmittal_counter.c[name] == value for name, value in key.items()))
        taken = sa.update(transmittal_counter).where(this_series)
        taken = taken.values(last_sequence=transmittal_counter.c.last_sequence + 1)
        return int(self._connection.scalar(taken.returning(transmittal_counter.c.last_sequence)) or 0)

    def add(self, made: Transmittal) -> None:
        """Add a transmittal with its lines."""
        self._connection.execute(
            sa.insert(transmittal).values(
                {name: getattr(made, name) for name in _PLAIN}
                | {"to_entity": made.keeper.entity_id, "to_position": made.keeper.position_id}
                | {"to_outside": made.keeper.outside}
            )
        )
        rows = [{name: getattr(line, name) for name in _LINE} | {"transmittal_id": made.id} for line in made.lines]
        self._connection.execute(sa.insert(transmittal_line), rows)

    def get(self, transmittal_id: str, scope: Scope, *, lock: bool = False) -> Transmittal:
        """Return a transmittal that somebody may see.

        Raises:
            NotFound: `transmittal.unknown`.
        """
        return self._one(sa.and_(transmittal.c.id == transmittal_id, _seen(scope)), lock=lock)

    def by_code(self, code: str, *, lock: bool = False) -> Transmittal:
        """Return the transmittal whose sheet carries a code.

        Raises:
            NotFound: `transmittal.unknown`.
        """
        return self._one(transmittal.c.code == code, lock=lock)

    def by_codes(self, codes: Sequence[str], register_id: str) -> dict[str, Transmittal]:
        """Return the transmittals of a register that carry one of some codes, by code."""
        query = _select().where(transmittal.c.code.in_(codes), transmittal.c.register_id == register_id)
        return {row.code: self._value(row) for row in self._connection.execute(query).all()}

    def page(self, scope: Scope, *, limit: int, offset: int = 0) -> tuple[tuple[Transmittal, ...], int]:
        """Return one page of the transmittals that somebody may see, newest first, and how many there are."""
        total = self._connection.scalar(sa.select(sa.func.count()).select_from(transmittal).where(_seen(scope))) or 0
        query = _select().where(_seen(scope)).order_by(transmittal.c.made_at.desc(), transmittal.c.id)
        rows = self._connection.execute(query.limit(limit).offset(offset)).all()
        return tuple(self._value(row) for row in rows), total

    def numbers(self, transmittal_ids: Sequence[str], scope: Scope) -> dict[str, str]:
        """Return the numbers of those of some transmittals that somebody may see, by id."""
        query = sa.select(transmittal.c.id, transmittal.c.number)
        found = self._connection.execute(query.where(transmittal.c.id.in_(transmittal_ids), _seen(scope)))
        return {row.id: row.number for row in found}

    def of_letter(self, letter_id: str) -> dict[str, tuple[str, str]]:
        """Return (id, number) of the transmittal of each hand-over of a letter that has one, by hand-over."""
        query = (
            sa.select(transmittal_line.c.hand_over_id, transmittal.c.id, transmittal.c.number)
            .join(transmittal, transmittal.c.id == transmittal_line.c.transmittal_id)
            .where(transmittal_line.c.letter_id == letter_id, transmittal_line.c.hand_over_id.is_not(None))
        )
        return {row[0]: (row[1], row[2]) for row in self._connection.execute(query)}

    def awaited_hand_overs(self, transmittal_id: str) -> list[str]:
        """Return the ids of the hand-overs of a transmittal that nobody has attested."""
        query = (
            sa.select(hand_over.c.id)
            .join(transmittal_line, transmittal_line.c.hand_over_id == hand_over.c.id)
            .where(
                transmittal_line.c.transmittal_id == transmittal_id,
                hand_over.c.received_at.is_(None),
                hand_over.c.withdrawn_at.is_(None),
            )
        )
        return list(self._connection.scalars(query))

    def discharge(self, transmittal_id: str, given: Discharge) -> None:
        """Write the discharge of a transmittal."""
        self.add_discharge(given)
        self._change(transmittal_id, discharge_id=given.id)

    def add_discharge(self, given: Discharge) -> None:
        """Add a discharge."""
        values = {name: getattr(given, name) for name in Discharge.__slots__}
        self._connection.execute(sa.insert(discharge).values(**values))

    def keep_scan(self, transmittal_id: str, digest: str, media_type: str) -> None:
        """Attach the returned sheet."""
        self._change(transmittal_id, scan=digest, scan_type=media_type)

    def withdraw(self, transmittal_id: str, at: datetime) -> None:
        """Write that a transmittal was cancelled; its number stays."""
        self._change(transmittal_id, withdrawn_at=at)

    def discharge_of(self, hand_over_id: str) -> Discharge | None:
        """Return by what a hand-over was discharged, where more than a tap was kept."""
        query = sa.select(discharge).join(hand_over, hand_over.c.discharge_id == discharge.c.id)
        row = self._connection.execute(query.where(hand_over.c.id == hand_over_id)).one_or_none()
        return None if row is None else _discharge(row)

    def _change(self, transmittal_id: str, **values: object) -> None:
        self._connection.execute(sa.update(transmittal).where(transmittal.c.id == transmittal_id).values(**values))

    def _one(self, where: sa.ColumnElement[bool], *, lock: bool) -> Transmittal:
        query = _select().where(where)
        row = self._connection.execute(query.with_for_update(of=transmittal) if lock else query).one_or_none()
        if row is None:
            raise unknown_transmittal()
        return self._value(row)

    def _value(self, row: sa.Row[Any]) -> Transmittal:
        elsewhere = sending.c.transmittal_id.is_distinct_from(transmittal_line.c.transmittal_id)
        gone = sa.and_(sending.c.id.is_not(None), elsewhere)
        query: sa.Select[Any] = sa.select(*(transmittal_line.c[name] for name in _LINE), gone)
        query = query.outerjoin(sending, sending.c.id == transmittal_line.c.sending_id)
        query = query.where(transmittal_line.c.transmittal_id == row.id).order_by(transmittal_line.c.rank)
        found = None
        if row.discharge_id is not None:
            found = _discharge(
                self._connection.execute(sa.select(discharge).where(discharge.c.id == row.discharge_id)).one()
            )
        return Transmittal(
            keeper=Keeper(row.to_entity, row.to_position, row.to_outside),
            discharge=found,
            lines=tuple(TransmittalLine(*line) for line in self._connection.execute(query)),
            awaited=row.awaited,
            **{name: getattr(row, name) for name in _PLAIN},
        )


def _select() -> sa.Select[Any]:
    return sa.select(transmittal, _AWAITED)


def _seen(scope: Scope) -> sa.ColumnElement[bool]:
    return sa.or_(
        transmittal.c.entity_id.in_(scope.units),
        transmittal.c.to_entity.in_(scope.units),
        transmittal.c.to_position.in_(scope.positions),
        transmittal.c.register_id.in_(scope.registers),
        transmittal.c.tenant_id.in_(scope.tenants),
    )


def _discharge(row: sa.Row[Any]) -> Discharge:
    values = {name: getattr(row, name) for name in Discharge.__slots__}
    return Discharge(**(values | {"way": Way(row.way)}))
