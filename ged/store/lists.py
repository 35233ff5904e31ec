"""Lists to choose from, as the configuration folder says them; what leaves them is retired and stays readable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.errors import NotFound
from ged.mail.lists import Letterhead, ReplyTemplate, Term, TermList
from ged.store.lists_tables import letterhead, reply_template, template_file, term
from ged.store.tables import entity


class ListEntries:
    """Reads terms, letterheads and templates, and loads them."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def load(
        self,
        terms: Sequence[Term],
        letterheads: Sequence[Letterhead],
        templates: Sequence[ReplyTemplate],
        files: Mapping[str, bytes],
    ) -> None:
        """Write lists that were checked whole; `files` are the bytes of the templates by digest, kept for ever."""
        for table in (term, letterhead, reply_template):
            self._connection.execute(sa.update(table).values(retired=True))
        self._upsert(term, [asdict(each) for each in terms])
        self._upsert(
            letterhead,
            [asdict(each) | {"lines_fr": list(each.lines_fr), "lines_en": list(each.lines_en)} for each in letterheads],
        )
        for digest, data in files.items():
            self._connection.execute(insert(template_file).values(digest=digest, data=data).on_conflict_do_nothing())
        self._upsert(reply_template, [asdict(each) for each in templates])

    def terms(self, which: TermList) -> tuple[Term, ...]:
        """Return the entries in use of a list, in its order."""
        query = sa.select(*(term.c[name] for name in Term.__slots__)).where(term.c.list == which, ~term.c.retired)
        return tuple(_term(row) for row in self._connection.execute(query.order_by(term.c.rank)))

    def all_terms(self) -> tuple[Term, ...]:
        """Return the entries in use of every list."""
        return tuple(each for which in TermList for each in self.terms(which))

    def letterheads(self, *, tenant_id: str | None = None) -> tuple[Letterhead, ...]:
        """Return the letterheads in use, of one tenant or of all."""
        query = (
            sa.select(*(letterhead.c[name] for name in Letterhead.__slots__))
            .join(entity, entity.c.id == letterhead.c.entity_id)
            .where(~letterhead.c.retired)
            .order_by(letterhead.c.entity_id)
        )
        if tenant_id is not None:
            query = query.where(entity.c.tenant_id == tenant_id)
        rows = self._connection.execute(query)
        return tuple(
            Letterhead(row.entity_id, tuple(row.lines_fr), tuple(row.lines_en), row.city, row.footer) for row in rows
        )

    def templates(self, *, tenant_id: str | None = None) -> tuple[ReplyTemplate, ...]:
        """Return the templates in use, in their order: those open to one tenant, or all."""
        query = (
            sa.select(*(reply_template.c[name] for name in ReplyTemplate.__slots__))
            .outerjoin(entity, entity.c.id == reply_template.c.entity_id)
            .where(~reply_template.c.retired)
            .order_by(reply_template.c.rank)
        )
        if tenant_id is not None:
            query = query.where(sa.or_(reply_template.c.entity_id == "", entity.c.tenant_id == tenant_id))
        return tuple(ReplyTemplate(*row) for row in self._connection.execute(query))

    def template_file(self, digest: str) -> bytes:
        """Return the bytes of a template, also of one that is out of use.

        Raises:
            NotFound: `template.unknown`.
        """
        data = self._connection.scalar(sa.select(template_file.c.data).where(template_file.c.digest == digest))
        if data is None:
            raise NotFound("template.unknown", "Ce modèle n'existe pas, ou plus. Choisissez-en un autre dans la liste.")
        return bytes(data)

    def _upsert(self, table: sa.Table, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        key = [each.name for each in table.primary_key]
        statement = insert(table)
        changes = {name: statement.excluded[name] for name in rows[0] if name not in key}
        changes["retired"] = statement.excluded.retired
        values = [each | {"retired": False} for each in rows]
        self._connection.execute(statement.on_conflict_do_update(index_elements=key, set_=changes), values)


def _term(row: sa.Row[Any]) -> Term:
    return Term(TermList(row.list), row.code, row.label_fr, row.label_en, row.rank)
