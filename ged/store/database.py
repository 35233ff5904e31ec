"""What every table family needs of SQLAlchemy and psycopg, in one place."""

from __future__ import annotations

import select
from collections.abc import Iterable
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DisconnectionError, OperationalError

_DIALECT: sa.Dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]


def driver_connection(connection: sa.Connection) -> psycopg.Connection[Any]:
    """Return the psycopg connection under a SQLAlchemy one, in the same transaction."""
    return connection.connection.driver_connection  # type: ignore[return-value]


def refuse_cut(connection: psycopg.Connection[Any], _record: object, _pool: object) -> None:
    """Refuse a connection of the pool that the server has closed: the pool then opens another.

    The server says nothing on a connection that nobody uses, but that it ends it. A question instead (`pool_pre_ping`)
    is a round trip before each transaction, and knows no more of the moment after.

    Raises:
        DisconnectionError: there is something to read, or nothing to ask any more.
    """
    try:
        line = select.poll()
        line.register(connection.fileno(), select.POLLIN)  # an end or an error of the line is told unasked
        cut = bool(line.poll(0))
    except psycopg.OperationalError:  # closed on our side
        cut = True
    if cut:
        raise DisconnectionError


class Question:
    """A question that never changes but for what is given: put into SQL once, and asked of the driver itself.

    To put it together, and to hand over what comes back, takes SQLAlchemy as long as asking takes.
    """

    def __init__(self, statement: sa.Select[Any] | sa.CompoundSelect[Any]) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        self._sql, self._given = str(compiled), compiled.params
        kinds = [each.type for each in statement.selected_columns]
        self._kept = [(place, kind) for place, kind in enumerate(kinds) if isinstance(kind, sa.TypeDecorator)]

    def ask(self, connection: sa.Connection, **given: object) -> list[tuple[Any, ...]]:
        """Return the rows, in the transaction of a connection; raise as SQLAlchemy does where the database is gone."""
        driver = driver_connection(connection)
        try:
            rows = driver.execute(self._sql, {**self._given, **given}).fetchall()
        except psycopg.OperationalError as error:
            if driver.broken:
                connection.invalidate(error)
            raise OperationalError(self._sql, None, error) from error
        return [self._read(row) for row in rows] if self._kept else rows

    def _read(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return a row with what columns keep in a way of their own as it was given to them."""
        values = list(row)
        for place, kind in self._kept:
            values[place] = kind.process_result_value(values[place], _DIALECT)
        return tuple(values)


def text_array(values: Iterable[str]) -> sa.ColumnElement[Any]:
    """Return a bound `text[]`, empty ones included."""
    return sa.cast(sa.literal(sorted(values), ARRAY(sa.Text)), ARRAY(sa.Text))


def among(column: sa.ColumnElement[Any], values: Iterable[Any]) -> sa.ColumnElement[bool]:
    """Return whether a column holds one of some values, sent as one array: a thousand parameters cost 20 ms."""
    kind = ARRAY(column.type)
    return column == sa.any_(sa.cast(sa.literal(sorted(values), kind), kind))


def among_given(column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
    """Return whether a column holds one of the values that a `Question` is given by a name, as a list."""
    kind = ARRAY(column.type)
    return column == sa.any_(sa.cast(sa.bindparam(name, type_=kind), kind))


def only(row: sa.Row[Any] | None) -> dict[str, Any] | None:
    """Return a row as a dictionary, or None."""
    return None if row is None else dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a mapping
