"""Prints of registers that are kept: by id and by digest, each read by those cleared for what it shows."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

import sqlalchemy as sa

from ged.errors import NotFound
from ged.mail.access import reader_tokens
from ged.mail.item import Confidentiality, Direction
from ged.mail.register_book import RegisterPrint
from ged.store.database import text_array
from ged.store.register_tables import register_print
from ged.store.tables import entity

_COLUMNS = [register_print.c[one.name] for one in fields(RegisterPrint)]


class RegisterPrints:
    """Adds prints and gives them back; nothing here changes or removes one."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, made: RegisterPrint, tenant_id: str) -> None:
        """Keep what is known of a print whose bytes are durable."""
        tokens = reader_tokens(tenant_id=tenant_id, register_id=made.register_id, service_id=None, level=made.level)
        self._connection.execute(sa.insert(register_print).values(**asdict(made), reader_tokens=sorted(tokens)))

    def page(self, tokens: frozenset[str], *, limit: int, offset: int = 0) -> tuple[tuple[RegisterPrint, ...], int]:
        """Return some prints, newest first, and how many there are in all."""
        where = register_print.c.reader_tokens.overlap(text_array(tokens))
        total = self._connection.scalar(sa.select(sa.func.count()).select_from(register_print).where(where)) or 0
        query = sa.select(*_COLUMNS).where(where).order_by(register_print.c.printed_at.desc(), register_print.c.id)
        return tuple(_print(row) for row in self._connection.execute(query.limit(limit).offset(offset))), total

    def get(self, print_id: str, tokens: frozenset[str]) -> RegisterPrint:
        """Return one print.

        Raises:
            NotFound: `register.no_print`, there is none, or none that these tokens open.
        """
        where = sa.and_(register_print.c.id == print_id, register_print.c.reader_tokens.overlap(text_array(tokens)))
        row = self._connection.execute(sa.select(*_COLUMNS).where(where)).one_or_none()
        if row is None:
            raise NotFound("register.no_print", "Cette impression n'existe pas, ou n'est pas ouverte à votre poste.")
        return _print(row)

    def by_digest(self, sha256: str, tenant_ids: frozenset[str]) -> RegisterPrint | None:
        """Return the print of some tenants that has these bytes, if one has."""
        query = (
            sa.select(*_COLUMNS)
            .join(entity, entity.c.id == register_print.c.register_id)
            .where(register_print.c.sha256 == sha256, entity.c.tenant_id.in_(tenant_ids))
            .limit(1)
        )
        row = self._connection.execute(query).one_or_none()
        return _print(row) if row else None


def _print(row: sa.Row[Any]) -> RegisterPrint:
    values = {one.name: getattr(row, one.name) for one in fields(RegisterPrint)}
    values |= {"direction": Direction(row.direction), "level": Confidentiality(row.level)}
    return RegisterPrint(**values)
