"""The journal as auditors read it: by page, from the newest line down, each page as quick as the first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from ged.mail.journal import Act, JournalRow
from ged.mail.journal_query import CONCERNS, Concern, JournalLine, JournalQuery
from ged.store.letters import seen_by
from ged.store.shipping_tables import journal_mark
from ged.store.tables import entity, holding, journal, letter, person, position

_COLUMNS = [journal.c[name] for name in ("id", "at", "act", "login", "name", "letter_id", "about", "details")]
_TOLD = frozenset(
    {
        "session",
        "telephone",
        "jeton",
        "personne",
        "organisation",
        "modele",
        "index",
        "journal",
        "liste",
        "cles",
        "coffre",
    }
)
"""First words of acts whose details nobody writes a letter's words in; of others without a letter, none are told."""
_ASKED = frozenset({Act.JOURNAL_READ, Act.JOURNAL_EXPORTED})
"""Acts whose details say what somebody asked of the journal: the number of a letter, it may be."""


class JournalReading:
    """Reads lines of one tenant: those about its letters, and those of nobody of another one."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def page(
        self, query: JournalQuery, tenant_id: str, tokens: frozenset[str], *, limit: int, letters: bool = True
    ) -> tuple[JournalLine, ...]:
        """Return at most `limit` lines; without `letters`, only those that are about none."""
        seen = sa.and_(letter.c.id.is_not(None), seen_by(tokens))
        asked = (
            sa.select(*_COLUMNS, letter.c.number, seen.label("seen"), journal_mark.c.position, journal_mark.c.logged_at)
            .select_from(journal)
            .outerjoin(letter, letter.c.id == journal.c.letter_id)
            .outerjoin(journal_mark, journal_mark.c.journal_id == journal.c.id)
            .where(
                sa.or_(letter.c.id.is_(None), letter.c.tenant_id == tenant_id),
                sa.or_(letter.c.id.is_not(None), journal.c.login.not_in(self._strangers(tenant_id))),
                *_rules(query),
            )
        )
        if not letters:
            asked = asked.where(journal.c.letter_id.is_(None))
        if query.number:
            asked = asked.where(letter.c.number == query.number, seen)
        rows: sa.CursorResult[Any] = self._connection.execute(asked.order_by(journal.c.id.desc()).limit(limit))
        return tuple(_line(row, letters=letters) for row in rows)

    def _strangers(self, tenant_id: str) -> list[str]:
        """Return the logins of those who only ever held posts of other tenants."""
        held = (
            sa.select(person.c.login, sa.func.bool_or(entity.c.tenant_id == tenant_id).label("ours"))
            .join(holding, holding.c.person_id == person.c.id)
            .join(position, position.c.id == holding.c.position_id)
            .join(entity, entity.c.id == position.c.entity_id)
            .group_by(person.c.login)
        )
        return [row.login for row in self._connection.execute(held) if not row.ours]


def _rules(query: JournalQuery) -> Iterator[sa.ColumnElement[bool]]:
    if query.since is not None:
        yield journal.c.at >= datetime.combine(query.since, time(), UTC)
    if query.until is not None:
        yield journal.c.at < datetime.combine(query.until, time(), UTC) + timedelta(days=1)
    if query.person:
        named = journal.c.name.istartswith(query.person, autoescape=True)
        yield sa.or_(journal.c.login == query.person, named)
    if query.act:
        yield journal.c.act == query.act
    if query.line is not None:
        yield journal.c.id == query.line
    if query.before is not None:
        yield journal.c.id < query.before
    if query.concern is Concern.LETTERS:
        yield journal.c.letter_id.is_not(None)
    elif query.concern is not None:
        yield journal.c.letter_id.is_(None)
        subject = sa.func.split_part(journal.c.act, ".", 1)
        known = [each for subjects in CONCERNS.values() for each in subjects]
        yield subject.in_(CONCERNS[query.concern]) if query.concern in CONCERNS else subject.not_in(known)


def _line(row: Sequence[Any], *, letters: bool) -> JournalLine:
    said = JournalRow(*row[:8])
    number, seen, place, logged_at = row[8:]
    if said.letter_id is not None:
        shown = said if seen else replace(said, details={}, letter_id=None)
        return JournalLine(shown, number if seen else "", bool(seen), place, logged_at)
    told = said.act.partition(".")[0] in _TOLD
    shown = (said if letters else _without_number(said)) if told else replace(said, details={})
    return JournalLine(shown, "", shown == said, place, logged_at)


def _without_number(row: JournalRow) -> JournalRow:
    """Return a line without the letter that somebody asked the journal about."""
    asked = row.details.get("asked")
    if row.act not in _ASKED or not isinstance(asked, dict):
        return row
    kept = {name: value for name, value in asked.items() if name != "number"}
    return replace(row, details=row.details | {"asked": kept})
