"""Correspondents, the words and marks by which they are found, and which of them are merged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.errors import Conflict, NotFound
from ged.mail.access import Actor
from ged.mail.correspondent import Card, Correspondent, Sort, marks, name_key, search_words
from ged.store.correspondent_tables import (
    correspondent,
    correspondent_apart,
    correspondent_mark,
    correspondent_word,
)

_LISTS = ("addresses", "emails", "phones")
_CARD = ("sort", "name", "civility", "organisation", "function", *_LISTS)
_COMMON_MARK = 40
"""A mark that more correspondents share (the telephone of a switchboard) says nothing of any two."""


class Correspondents:
    """Reads and keeps correspondents of one tenant at a time; none is ever removed."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def hold_name(self, tenant_id: str, key: str) -> None:
        """Let no other transaction enter a correspondent of that name before this one ends."""
        held = sa.func.hashtextextended(f"correspondent:{tenant_id}:{key}", 0)
        self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(held)))

    def add(self, correspondent_id: str, tenant_id: str, card: Card, actor: Actor, at: datetime) -> Correspondent:
        """Enter a correspondent."""
        added = Correspondent(correspondent_id, tenant_id, card, None, correspondent_id, 1)
        values = _plain(card) | {"created_at": at, "created_by": actor.login, "revision": 1}
        self._connection.execute(
            sa.insert(correspondent).values(
                id=correspondent_id, tenant_id=tenant_id, survivor_id=correspondent_id, **values
            )
        )
        self._index(added)
        return added

    def get(self, correspondent_id: str, tenant_id: str, *, lock: bool = False) -> Correspondent:
        """Return a correspondent, merged or not.

        Raises:
            NotFound: `correspondent.unknown`, there is none, or it is another tenant's.
        """
        query = sa.select(correspondent).where(
            correspondent.c.id == correspondent_id, correspondent.c.tenant_id == tenant_id
        )
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise NotFound(
                "correspondent.unknown",
                "Ce correspondant n'existe pas dans votre annuaire. Cherchez-le par son nom.",
            )
        return _value(row)

    def change(self, current: Correspondent, card: Card) -> Correspondent:
        """Write another card under the next revision.

        Raises:
            Conflict: `correspondent.revision`, somebody changed it since `current` was read.
        """
        result = self._connection.execute(
            sa.update(correspondent)
            .where(correspondent.c.id == current.id, correspondent.c.revision == current.revision)
            .values(**_plain(card), revision=current.revision + 1)
        )
        if result.rowcount != 1:
            raise Conflict(
                "correspondent.revision",
                "Quelqu'un a modifié cette fiche entre-temps. Rien n'a été écrit : relisez-la, puis corrigez.",
            )
        changed = self.get(current.id, current.tenant_id)
        self._index(self.get(changed.survivor_id, changed.tenant_id))
        return changed

    def merge(self, merged: Correspondent, survivor: Correspondent) -> None:
        """Let one stand for another from now on, and for all that were merged into it."""
        self._connection.execute(
            sa.update(correspondent)
            .where(correspondent.c.survivor_id == merged.id)
            .values(survivor_id=survivor.id, revision=correspondent.c.revision + 1)
        )
        self._connection.execute(
            sa.update(correspondent).where(correspondent.c.id == merged.id).values(merged_into=survivor.id)
        )
        self._forget(merged.id)
        self._index(survivor)

    def separate(self, merged: Correspondent) -> Correspondent:
        """Let a merged one, and all that were merged into it before, stand by themselves again."""
        below = sa.select(correspondent.c.id).where(correspondent.c.id == merged.id).cte("below", recursive=True)
        below = below.union_all(sa.select(correspondent.c.id).join(below, correspondent.c.merged_into == below.c.id))
        self._connection.execute(
            sa.update(correspondent)
            .where(correspondent.c.id.in_(sa.select(below.c.id)))
            .values(survivor_id=merged.id, revision=correspondent.c.revision + 1)
        )
        self._connection.execute(
            sa.update(correspondent).where(correspondent.c.id == merged.id).values(merged_into=None)
        )
        self._index(self.get(merged.survivor_id, merged.tenant_id))
        restored = self.get(merged.id, merged.tenant_id)
        self._index(restored)
        return restored

    def members(self, survivor_ids: Iterable[str]) -> dict[str, tuple[Correspondent, ...]]:
        """Return, for each that stands, those that it stands for, itself first."""
        query = (
            sa.select(correspondent)
            .where(correspondent.c.survivor_id.in_(list(survivor_ids)))
            .order_by(correspondent.c.merged_into.is_not(None), correspondent.c.name_key)
        )
        found: dict[str, tuple[Correspondent, ...]] = {}
        for row in self._connection.execute(query):
            found[row.survivor_id] = (*found.get(row.survivor_id, ()), _value(row))
        return found

    def matching(self, tenant_id: str, key: str) -> list[str]:
        """Return the correspondents that a name leads to, by label or else by name: one for each that stands."""
        rows = self._connection.execute(
            sa.select(correspondent.c.id, correspondent.c.survivor_id, correspondent.c.label_key == key)
            .where(
                correspondent.c.tenant_id == tenant_id,
                sa.or_(correspondent.c.name_key == key, correspondent.c.label_key == key),
            )
            .order_by(correspondent.c.merged_into.is_not(None))
        ).all()
        labelled = [row for row in rows if row[2]] or rows
        return list({row[1]: row[0] for row in reversed(labelled)}.values())

    def search(
        self, tenant_id: str, words: Sequence[str], *, limit: int, offset: int = 0
    ) -> tuple[tuple[Correspondent, ...], int]:
        """Return one page of those that have a word beginning with each of some folded words, and how many there are.

        Whose name is the words comes first, then whose name begins with them, then the others by name.
        """
        rules = [correspondent.c.tenant_id == tenant_id, correspondent.c.merged_into.is_(None)]
        rules += [correspondent.c.id.in_(_beginning(tenant_id, word)) for word in words]
        total = self._connection.scalar(sa.select(sa.func.count()).select_from(correspondent).where(*rules)) or 0
        key, name = " ".join(words), correspondent.c.name_key
        first = [(name == key).desc(), name.startswith(key, autoescape=True).desc()] if key else []
        query = sa.select(correspondent).where(*rules)
        query = query.order_by(*first, correspondent.c.name_key, correspondent.c.id).limit(limit).offset(offset)
        return tuple(_value(row) for row in self._connection.execute(query)), total

    def sharing(self, tenant_id: str, beginnings: Iterable[str], *, limit: int) -> tuple[Correspondent, ...]:
        """Return those that have words beginning so, whoever has the most of these beginnings first."""
        each = [_beginning(tenant_id, word).add_columns(sa.literal(word)) for word in beginnings]
        if not each:
            return ()
        shared = sa.union(*each).subquery()
        most = (
            sa.select(shared.c.correspondent_id, sa.func.count().label("beginnings"))
            .group_by(shared.c.correspondent_id)
            .order_by(sa.desc("beginnings"), shared.c.correspondent_id)
            .limit(limit)
            .subquery()
        )
        query = sa.select(correspondent).join(most, most.c.correspondent_id == correspondent.c.id)
        return tuple(_value(row) for row in self._connection.execute(query))

    def alike(self, found: Correspondent) -> list[str]:
        """Return those that share a mark with one and were not said to be others."""
        mine, theirs = correspondent_mark.alias("mine"), correspondent_mark.alias("theirs")
        query = (
            sa.select(theirs.c.correspondent_id)
            .distinct()
            .join(mine, sa.and_(mine.c.tenant_id == theirs.c.tenant_id, mine.c.mark == theirs.c.mark))
            .where(mine.c.tenant_id == found.tenant_id, mine.c.correspondent_id == found.id)
            .where(theirs.c.correspondent_id != found.id)
            .where(~_said_apart(mine.c.correspondent_id, theirs.c.correspondent_id))
            .order_by(theirs.c.correspondent_id)
            .limit(_COMMON_MARK)
        )
        return list(self._connection.scalars(query))

    def alike_pairs(self, tenant_id: str, limit: int) -> list[tuple[str, str]]:
        """Return pairs that share a mark that few have, those that share the most first."""
        counted = (
            sa.select(correspondent_mark.c.mark)
            .where(correspondent_mark.c.tenant_id == tenant_id)
            .group_by(correspondent_mark.c.mark)
            .having(sa.func.count().between(2, _COMMON_MARK))
            .subquery()
        )
        one, other = correspondent_mark.alias("one"), correspondent_mark.alias("other")
        query = (
            sa.select(one.c.correspondent_id, other.c.correspondent_id)
            .select_from(counted)
            .join(one, sa.and_(one.c.mark == counted.c.mark, one.c.tenant_id == tenant_id))
            .join(
                other,
                sa.and_(
                    other.c.mark == counted.c.mark,
                    other.c.tenant_id == tenant_id,
                    one.c.correspondent_id < other.c.correspondent_id,
                ),
            )
            .where(~_said_apart(one.c.correspondent_id, other.c.correspondent_id))
            .group_by(one.c.correspondent_id, other.c.correspondent_id)
            .order_by(sa.func.count().desc(), one.c.correspondent_id, other.c.correspondent_id)
            .limit(limit)
        )
        return [(row[0], row[1]) for row in self._connection.execute(query)]

    def keep_apart(self, one_id: str, other_id: str, actor: Actor, at: datetime) -> None:
        """Remember that two are not one, so that they are not shown as such again."""
        first, second = sorted((one_id, other_id))
        row = {"first_id": first, "second_id": second, "at": at, "by": actor.login}
        self._connection.execute(insert(correspondent_apart).values(**row).on_conflict_do_nothing())

    def _index(self, survivor: Correspondent) -> None:
        """Write the words and marks of one that stands, with those of all that it stands for."""
        cards = [each.card for each in self.members([survivor.id])[survivor.id]]
        self._forget(survivor.id)
        key = {"tenant_id": survivor.tenant_id, "correspondent_id": survivor.id}
        words = [key | {"word": word} for word in sorted({w for card in cards for w in search_words(card)} - {""})]
        marked = [key | {"mark": mark} for mark in sorted({m for card in cards for m in marks(card)})]
        self._connection.execute(sa.insert(correspondent_word), words)
        self._connection.execute(sa.insert(correspondent_mark), marked)

    def _forget(self, correspondent_id: str) -> None:
        for table in (correspondent_word, correspondent_mark):
            self._connection.execute(sa.delete(table).where(table.c.correspondent_id == correspondent_id))


def _beginning(tenant_id: str, word: str) -> sa.Select[Any]:
    """Those with a word that begins so; bounds rather than LIKE, for any character and any plan."""
    column = correspondent_word.c.word
    return sa.select(correspondent_word.c.correspondent_id).where(
        correspondent_word.c.tenant_id == tenant_id, column >= word, column < word + "\U0010ffff"
    )


def _said_apart(one: sa.ColumnElement[str], other: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    return (
        sa.exists()
        .where(correspondent_apart.c.first_id == sa.func.least(one, other))
        .where(correspondent_apart.c.second_id == sa.func.greatest(one, other))
    )


def _plain(card: Card) -> dict[str, Any]:
    values = {name: getattr(card, name) for name in _CARD}
    keys = {"name_key": name_key(card.name), "label_key": name_key(card.label)}
    return values | {name: list(values[name]) for name in _LISTS} | keys


def _value(row: sa.Row[Any]) -> Correspondent:
    values = {name: getattr(row, name) for name in _CARD}
    values |= {name: tuple(values[name]) for name in _LISTS} | {"sort": Sort(row.sort)}
    return Correspondent(row.id, row.tenant_id, Card(**values), row.merged_into, row.survivor_id, row.revision)
