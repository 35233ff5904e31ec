"""Dossiers, filtered by the units whose dossiers the asker sees, and the letters put in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.errors import Conflict, NotFound
from ged.mail.access import Actor, Right
from ged.mail.dossier import Dossier, search_text, units_seen
from ged.mail.said import Said
from ged.store.database import text_array
from ged.store.dossier_tables import dossier, dossier_letter

_COLUMNS = [dossier.c[name] for name in Dossier.__slots__]


class Dossiers:
    """Opens, finds and fills dossiers; nothing is removed but a letter's place in one."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def next_code(self, tenant_id: str, stem: str) -> str:
        """Return the next free code that begins so; nobody else takes it before this transaction ends."""
        held = sa.func.hashtextextended(f"dossier:{tenant_id}:{stem}", 0)
        self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(held)))
        query = sa.select(dossier.c.code).where(dossier.c.tenant_id == tenant_id, dossier.c.code.startswith(stem))
        taken = {code.removeprefix(stem) for code in self._connection.scalars(query)}
        last = max((int(end) for end in taken if end.isascii() and end.isdigit()), default=0)
        return f"{stem}{last + 1:03d}"

    def add(self, opened: Dossier, actor: Actor) -> None:
        """Open a dossier.

        Raises:
            Conflict: `dossier.code`, another has that code.
        """
        values: dict[str, Any] = {name: getattr(opened, name) for name in Dossier.__slots__}
        values |= {
            "units": list(opened.units),
            "parts": list(opened.parts),
            "search_text": search_text(opened.code, opened.title),
        }
        statement = insert(dossier).values(**values, created_by=actor.login)
        free = statement.on_conflict_do_nothing(index_elements=["tenant_id", "code"]).returning(dossier.c.id)
        if self._connection.execute(free).first() is None:
            raise _taken(opened.code)

    def get(self, dossier_id: str, actor: Actor, *, lock: bool = False) -> Dossier:
        """Return a dossier that the actor sees.

        Raises:
            NotFound: `dossier.unknown`.
        """
        query = sa.select(*_COLUMNS).where(dossier.c.id == dossier_id, seen_dossiers(actor))
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise unknown_dossier()
        return dossier_of(row)

    def seen(self, dossier_id: str, actor: Actor) -> bool:
        """Return whether an actor sees a dossier."""
        query = sa.select(dossier.c.id).where(dossier.c.id == dossier_id, seen_dossiers(actor))
        return self._connection.execute(query).first() is not None

    def change(self, current: Dossier, *, code: str, title: str, units: Sequence[str], parts: Sequence[str]) -> None:
        """Write a dossier's code, title, units and parts under the next revision.

        Raises:
            Conflict: `dossier.revision`, `dossier.code`.
        """
        other = sa.select(dossier.c.id).where(
            dossier.c.tenant_id == current.tenant_id, dossier.c.code == code, dossier.c.id != current.id
        )
        if self._connection.execute(other).first() is not None:
            raise _taken(code)
        words = search_text(code, title)
        self._write(current, code=code, title=title, units=list(units), parts=list(parts), search_text=words)

    def close(self, current: Dossier, day: date | None) -> None:
        """Close a dossier on a day, or open it again (None)."""
        self._write(current, closed_on=day)

    def file_under(self, current: Dossier, code: str | None) -> None:
        """File a dossier under a code of the plan, or under none."""
        self._write(current, file_code=code)

    def search(
        self, words: Sequence[str], actor: Actor, *, limit: int, offset: int = 0, only_open: bool = False
    ) -> tuple[tuple[Dossier, ...], int]:
        """Return one page of the dossiers whose words begin so, the last opened first, and how many there are."""
        rules = [seen_dossiers(actor), *(dossier.c.search_text.contains(f" {word}", autoescape=True) for word in words)]
        if only_open:
            rules.append(dossier.c.closed_on.is_(None))
        total = self._connection.scalar(sa.select(sa.func.count()).select_from(dossier).where(*rules)) or 0
        query = sa.select(*_COLUMNS).where(*rules).order_by(dossier.c.created_at.desc(), dossier.c.id)
        return tuple(dossier_of(row) for row in self._connection.execute(query.limit(limit).offset(offset))), total

    def by_code(self, code: str, actor: Actor) -> Dossier | None:
        """Return the dossier of a code, if the actor sees one."""
        query = sa.select(*_COLUMNS).where(sa.func.upper(dossier.c.code) == code.strip().upper(), seen_dossiers(actor))
        row = self._connection.execute(query).one_or_none()
        return dossier_of(row) if row else None

    def holding(self, letter_id: str, actor: Actor) -> tuple[Dossier, ...]:
        """Return the dossiers that a letter lies in, of those that the actor sees."""
        query = sa.select(*_COLUMNS).join(dossier_letter, dossier_letter.c.dossier_id == dossier.c.id)
        query = query.where(dossier_letter.c.letter_id == letter_id, seen_dossiers(actor)).order_by(dossier.c.code)
        return tuple(dossier_of(row) for row in self._connection.execute(query))

    def put(self, dossier_id: str, letter_id: str, actor: Actor, at: datetime) -> bool:
        """Put a letter in; give whether it was not there yet."""
        row = {"dossier_id": dossier_id, "letter_id": letter_id, "at": at, "by": actor.login}
        added = insert(dossier_letter).values(**row).on_conflict_do_nothing().returning(dossier_letter.c.letter_id)
        return self._connection.execute(added).first() is not None

    def take(self, dossier_id: str, letter_id: str) -> bool:
        """Take a letter out; give whether it was there."""
        key = (dossier_letter.c.dossier_id == dossier_id, dossier_letter.c.letter_id == letter_id)
        return bool(self._connection.execute(sa.delete(dossier_letter).where(*key)).rowcount)

    def add_part(self, current: Dossier, part: str) -> None:
        """Give a dossier one more part, after those that it has."""
        self._write(current, parts=[*current.parts, part])

    def letters_in(self, dossier_id: str) -> tuple[str, ...]:
        """Return the letters that lie in a dossier, by id."""
        query = sa.select(dossier_letter.c.letter_id).where(dossier_letter.c.dossier_id == dossier_id)
        return tuple(self._connection.scalars(query.order_by(dossier_letter.c.letter_id)))

    def _write(self, current: Dossier, **values: object) -> None:
        result = self._connection.execute(
            sa.update(dossier)
            .where(dossier.c.id == current.id, dossier.c.revision == current.revision)
            .values(**values, revision=current.revision + 1)
        )
        if result.rowcount != 1:
            raise Conflict(
                "dossier.revision", "Quelqu'un a modifié ce dossier entre-temps. Rien n'a été écrit : relisez-le."
            )


def unknown_dossier() -> NotFound:
    """Return the one answer for a dossier that is not there and for one that the asker may not see."""
    return NotFound("dossier.unknown", "Ce dossier n'existe pas, ou n'est pas ouvert à votre service.")


def _taken(code: str) -> Conflict:
    return Conflict(
        "dossier.code", Said("Un autre dossier porte déjà le code %(code)s. Choisissez-en un autre.", code=code)
    )


def seen_dossiers(actor: Actor) -> sa.ColumnElement[bool]:
    """Return what parts the dossiers that an actor sees from all others."""
    units = units_seen(actor)
    mine = dossier.c.tenant_id == actor.post.tenant_id
    return mine if units is None else sa.and_(mine, dossier.c.units.overlap(text_array(units)))


def open_dossiers(actor: Actor) -> sa.ColumnElement[bool]:
    """Return what parts the dossiers whose pieces an actor may read from all others."""
    return seen_dossiers(actor) if actor.has(Right.SEE_DOSSIERS) else sa.false()


def dossier_of(row: sa.Row[Any]) -> Dossier:
    """Return a dossier of a row that has its columns by name."""
    values = {name: getattr(row, name) for name in Dossier.__slots__}
    return Dossier(**(values | {"units": tuple(row.units), "parts": tuple(row.parts)}))
