"""Texts of pages as people corrected them: added version by version, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from ged.mail.access import Actor
from ged.mail.page_text import TextVersion
from ged.store.database import among
from ged.store.page_text_tables import page_text

_C = page_text.c


def standing_text(letter_id: sa.ColumnElement[str], number: sa.ColumnElement[int]) -> sa.ColumnElement[str | None]:
    """Return the last version of a page of the query around it, as a column; null for one that nobody corrected."""
    of_page = sa.select(_C.text).where(_C.letter_id == letter_id, _C.number == number)
    return of_page.order_by(_C.version.desc()).limit(1).scalar_subquery()


class PageTexts:
    """Reads and adds versions."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def standing(self, letter_ids: Sequence[str]) -> dict[tuple[str, int], str]:
        """Return the last version of each corrected page of some letters, by letter and page number."""
        query = (
            sa.select(_C.letter_id, _C.number, _C.text)
            .where(among(_C.letter_id, letter_ids))
            .order_by(_C.letter_id, _C.number, _C.version)
        )
        return {(row.letter_id, row.number): row.text for row in self._connection.execute(query)}

    def of(self, letter_id: str, number: int) -> tuple[TextVersion, ...]:
        """Return the versions of a page, first to last."""
        columns = (_C.number, _C.version, _C.text, _C.at, _C.name)
        query = sa.select(*columns).where(_C.letter_id == letter_id, _C.number == number).order_by(_C.version)
        return tuple(TextVersion(*row) for row in self._connection.execute(query))

    def add(self, letter_id: str, version: TextVersion, actor: Actor, at: datetime) -> None:
        """Add a version."""
        self._connection.execute(
            sa.insert(page_text).values(
                letter_id=letter_id,
                number=version.number,
                version=version.version,
                text=version.text,
                at=at,
                login=actor.login,
                name=actor.name,
            )
        )
