"""Boxes of the paper archives: what is in each, what is lent, what left for good."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ged.errors import Conflict, NotFound
from ged.mail.box import Box, Boxed, BoxSheet, GoneLine, PaperGone
from ged.mail.custody import Way
from ged.mail.said import Said
from ged.store.box_tables import box, box_paper, paper_gone, paper_gone_line
from ged.store.disposal_tables import disposal
from ged.store.letters import seen_by
from ged.store.paper_tables import hand_over
from ged.store.tables import letter

_SHEET = tuple(one.name for one in fields(BoxSheet))
_GONE = tuple(one.name for one in fields(PaperGone))
_IN = sa.and_(box_paper.c.box_id == box.c.id, box_paper.c.out_at.is_(None))
_DATED = sa.func.coalesce(letter.c.letter_date, sa.cast(letter.c.received_at, sa.Date))


class Boxes:
    """Keeps boxes and what is in them; a letter's paper has one box at most."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, made: Box) -> None:
        """Add a box.

        Raises:
            Conflict: `box.taken`.
        """
        plain = {name: getattr(made, name) for name in ("id", "tenant_id", "made_at", "made_by", "login")}
        self._refuse_taken(made.tenant_id, made.sheet.cote, made.id)
        self._connection.execute(sa.insert(box).values(**plain, **_written(made.sheet)))

    def amend(self, one: Box, sheet: BoxSheet) -> None:
        """Write anew what is on a box.

        Raises:
            Conflict: `box.taken`.
        """
        self._refuse_taken(one.tenant_id, sheet.cote, one.id)
        self._connection.execute(sa.update(box).where(box.c.id == one.id).values(**_written(sheet)))

    def get(self, box_id: str, tenant_id: str, *, lock: bool = False) -> Box:
        """Return a box of a tenant, by its id.

        Raises:
            NotFound: `box.unknown`.
        """
        where = (box.c.id == box_id, box.c.tenant_id == tenant_id)
        if lock:
            self._connection.execute(sa.select(box.c.id).where(*where).with_for_update())
        row = self._connection.execute(_boxes().where(*where)).one_or_none()
        if row is None:
            raise NotFound("box.unknown", "Cette boîte n'existe pas, ou n'est pas de votre organisation.")
        return _box(row)

    def used(self, box_id: str) -> bool:
        """Whether any paper is, or was, in a box."""
        return bool(self._connection.scalar(sa.select(sa.exists().where(box_paper.c.box_id == box_id))))

    def remove(self, one: Box) -> None:
        """Take away a box that nothing was ever in: the database refuses any other."""
        self._connection.execute(sa.delete(box).where(box.c.id == one.id))

    def page(self, tenant_id: str, words: str, *, limit: int | None, offset: int = 0) -> tuple[tuple[Box, ...], int]:
        """Return some boxes of a tenant by cote, those where every word stands on the box; and how many there are."""
        written = sa.func.concat_ws(" ", *(box.c[name] for name in ("cote", "label", "room", "bay", "shelf", "dates")))
        where = [box.c.tenant_id == tenant_id]
        where += [sa.func.lower(written).contains(word.lower(), autoescape=True) for word in words.split()[:10]]
        total = self._connection.scalar(sa.select(sa.func.count()).select_from(box).where(*where)) or 0
        rows = self._connection.execute(_boxes().where(*where).order_by(box.c.cote).limit(limit).offset(offset))
        return tuple(_box(row) for row in rows), total

    def papers(
        self, box_id: str, tokens: frozenset[str], *, limit: int, offset: int = 0
    ) -> tuple[tuple[Boxed, ...], int]:
        """Return what is in a box, last put first, of the letters that these tokens open; and how many those are."""
        query = _boxed().join(letter, letter.c.id == box_paper.c.letter_id)
        query = query.where(box_paper.c.box_id == box_id, seen_by(tokens))
        total = self._connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
        query = query.order_by(box_paper.c.put_at.desc(), letter.c.number).limit(limit).offset(offset)
        return tuple(_place(row) for row in self._connection.execute(query)), total

    def places(self, letter_ids: Sequence[str]) -> dict[str, Boxed]:
        """Return the box of each of several letters whose paper is in one."""
        query = _boxed().where(box_paper.c.letter_id.in_(letter_ids))
        return {row.letter_id: _place(row) for row in self._connection.execute(query)}

    def put(self, letter_id: str, box_id: str, name: str, login: str, at: datetime) -> None:
        """Make a box the place of a letter's paper, instead of any other."""
        self.take_out(letter_id, name, "autre boîte", at)
        values = {"id": secrets.token_urlsafe(16), "box_id": box_id, "letter_id": letter_id}
        self._connection.execute(sa.insert(box_paper).values(**values, put_at=at, put_by=name, login=login))

    def take_out(self, letter_id: str, name: str, why: str, at: datetime) -> None:
        """Write that no box is the place of a letter's paper any more."""
        there = sa.update(box_paper).where(box_paper.c.letter_id == letter_id, box_paper.c.out_at.is_(None))
        self._connection.execute(there.values(out_at=at, out_by=name, why=why))

    def lent(
        self, tenant_id: str, tokens: frozenset[str], *, limit: int, offset: int = 0
    ) -> tuple[tuple[str, ...], int]:
        """Return the letters whose paper is lent from a box, first to come back first; and how many they are."""
        query = (
            sa.select(box_paper.c.letter_id)
            .join(box, _IN)
            .join(letter, letter.c.id == box_paper.c.letter_id)
            .join(hand_over, sa.and_(hand_over.c.letter_id == letter.c.id, hand_over.c.standing))
            .where(box.c.tenant_id == tenant_id, hand_over.c.way == Way.LENT, seen_by(tokens))
        )
        total = self._connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
        query = query.order_by(hand_over.c.return_by, letter.c.id).limit(limit).offset(offset)
        return tuple(self._connection.scalars(query)), total

    def add_gone(self, gone: PaperGone, cotes: Mapping[str, str]) -> None:
        """Write that paper left for good: of which letters, each with the box that it was in, or ""."""
        self._connection.execute(sa.insert(paper_gone).values({name: getattr(gone, name) for name in _GONE}))
        lines = [{"gone_id": gone.id, "letter_id": each, "cote": cote} for each, cote in cotes.items()]
        self._connection.execute(sa.insert(paper_gone_line), lines)

    def gone(self, letter_ids: Sequence[str]) -> dict[str, PaperGone]:
        """Return by which act the paper of each of several letters left for good, the last one."""
        query = sa.select(paper_gone_line.c.letter_id, *(paper_gone.c[name] for name in _GONE))
        query = query.join(paper_gone, paper_gone.c.id == paper_gone_line.c.gone_id)
        query = query.where(paper_gone_line.c.letter_id.in_(letter_ids)).order_by(paper_gone.c.recorded_at)
        return {row.letter_id: PaperGone(*row[1:]) for row in self._connection.execute(query)}

    def stood(self, letter_ids: Sequence[str]) -> dict[str, str]:
        """Return the box that the paper of each of several letters was in when it left for good, "" where in none."""
        query = sa.select(paper_gone_line.c.letter_id, paper_gone_line.c.cote)
        query = query.join(paper_gone, paper_gone.c.id == paper_gone_line.c.gone_id)
        query = query.where(paper_gone_line.c.letter_id.in_(letter_ids)).order_by(paper_gone.c.recorded_at)
        return {row.letter_id: row.cote for row in self._connection.execute(query)}

    def act(self, gone_id: str, tenant_id: str | None, *, lock: bool = False) -> PaperGone:
        """Return an act by which paper left for good; None is the machine itself.

        Raises:
            NotFound: `paper_list.unknown`.
        """
        query = sa.select(*(paper_gone.c[name] for name in _GONE)).where(paper_gone.c.id == gone_id)
        if tenant_id is not None:
            query = query.where(paper_gone.c.tenant_id == tenant_id)
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise NotFound("paper_list.unknown", "Cette destruction n'existe pas, ou n'est pas de votre organisation.")
        return PaperGone(*row)

    def change_act(self, gone: PaperGone, **values: Any) -> PaperGone:
        """Write what was added to an act, and return it."""
        self._connection.execute(sa.update(paper_gone).where(paper_gone.c.id == gone.id).values(**values))
        return replace(gone, **values)

    def act_lines(self, gone_id: str) -> tuple[GoneLine, ...]:
        """Return the papers of an act, by number."""
        found = (paper_gone_line.c.letter_id, letter.c.number, letter.c.original, paper_gone_line.c.cote)
        query = sa.select(*found).join(letter, letter.c.id == paper_gone_line.c.letter_id)
        query = query.where(paper_gone_line.c.gone_id == gone_id).order_by(letter.c.number)
        return tuple(GoneLine(*row) for row in self._connection.execute(query))

    def by_certificate(self, sha256: str, tenant_ids: frozenset[str]) -> PaperGone | None:
        """Return the destruction, of some tenants, whose certificate has these bytes."""
        query = sa.select(*(paper_gone.c[name] for name in _GONE))
        query = query.where(paper_gone.c.certificate == sha256, paper_gone.c.tenant_id.in_(tenant_ids))
        row = self._connection.execute(query).one_or_none()
        return PaperGone(*row) if row else None

    def uncertified(self) -> tuple[str, ...]:
        """Return the destructions whose certificate is not sealed yet, first to last."""
        query = sa.select(paper_gone.c.id).join(disposal, disposal.c.id == paper_gone.c.about)
        query = query.where(paper_gone.c.leaf_index.is_(None)).order_by(paper_gone.c.recorded_at)
        return tuple(self._connection.scalars(query))

    def _refuse_taken(self, tenant_id: str, cote: str, box_id: str) -> None:
        held = sa.func.hashtextextended(f"box:{tenant_id}:{cote}", 0)
        self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(held)))
        same = sa.select(box.c.id).where(box.c.tenant_id == tenant_id, box.c.cote == cote, box.c.id != box_id)
        if self._connection.execute(same).first() is not None:
            raise Conflict(
                "box.taken",
                Said("Une boîte porte déjà la cote %(code)s. Choisissez-en une autre.", code=cote),
                field="cote",
            )


def _written(sheet: BoxSheet) -> dict[str, Any]:
    return {name: getattr(sheet, name) for name in _SHEET}


def _boxes() -> sa.Select[Any]:
    inside = (
        sa.select(
            sa.func.count().label("count"), sa.func.min(_DATED).label("earliest"), sa.func.max(_DATED).label("latest")
        )
        .select_from(box_paper)
        .join(letter, letter.c.id == box_paper.c.letter_id)
        .where(_IN)
        .lateral("inside")
    )
    return sa.select(box, inside.c["count"].label("inside_count"), inside.c.earliest, inside.c.latest).join(
        inside, sa.true()
    )


def _box(row: sa.Row[Any]) -> Box:
    return Box(
        id=row.id,
        tenant_id=row.tenant_id,
        sheet=_sheet(row),
        made_at=row.made_at,
        made_by=row.made_by,
        login=row.login,
        count=row.inside_count,
        first=row.earliest,
        last=row.latest,
    )


def _sheet(row: sa.Row[Any]) -> BoxSheet:
    return BoxSheet(**{name: getattr(row, name) for name in _SHEET})


def _boxed() -> sa.Select[Any]:
    found = (box_paper.c.letter_id, box_paper.c.box_id, box_paper.c.put_at, box_paper.c.put_by)
    return sa.select(*found, *(box.c[name] for name in _SHEET)).join(box, _IN)


def _place(row: sa.Row[Any]) -> Boxed:
    sheet = _sheet(row)
    return Boxed(row.letter_id, row.box_id, sheet.cote, sheet.place, row.put_at, row.put_by)
