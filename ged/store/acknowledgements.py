"""Acknowledgements of receipt, by letter and by token."""

from __future__ import annotations

from dataclasses import asdict, fields

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.mail.acknowledgement import Acknowledgement
from ged.store.routing_tables import acknowledgement

_COLUMNS = [acknowledgement.c[one.name] for one in fields(Acknowledgement)]


class Acknowledgements:
    """Keeps one acknowledgement a letter."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def keep(self, made: Acknowledgement) -> Acknowledgement:
        """Add one, and return the one that stands: the first."""
        self._connection.execute(insert(acknowledgement).values(**asdict(made)).on_conflict_do_nothing())
        query = sa.select(*_COLUMNS).where(acknowledgement.c.letter_id == made.letter_id)
        return Acknowledgement(*self._connection.execute(query).one())

    def letter_of(self, token: str) -> str | None:
        """Return the letter that a token stands for; None for a token that was never given."""
        return self._connection.scalar(sa.select(acknowledgement.c.letter_id).where(acknowledgement.c.token == token))
