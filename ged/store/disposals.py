"""Disposals: their lists, whose lines are letters and pieces of dossiers, and what became of each of their files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.errors import Conflict, NotFound
from ged.mail.access import Actor
from ged.mail.disposal import Disposal, DisposalLine, DisposalState, LineState, ObjectLeft, ObjectState, Signed
from ged.mail.item import Confidentiality
from ged.store.database import text_array
from ged.store.disposal_tables import disposal, disposal_line, disposal_object, due_piece
from ged.store.dossier_pieces import in_our_hands
from ged.store.dossier_tables import dossier, dossier_letter, dossier_piece
from ged.store.dossiers import open_dossiers
from ged.store.letters import seen_by
from ged.store.reasons import read, read_reason, write_reason, written
from ged.store.tables import due, letter

_ELSEWHERE: dict[str, sa.ColumnElement[Any]] = {
    "subject_id": sa.func.coalesce(disposal_line.c.letter_id, disposal_line.c.piece_id),
    "dossier_id": dossier_piece.c.dossier_id,
}
_LINE = [
    _ELSEWHERE[one.name].label(one.name) if one.name in _ELSEWHERE else disposal_line.c[one.name]
    for one in fields(DisposalLine)
]
_SIGNED = ("prepared", "visa", "approved")
_PLAIN = tuple(one.name for one in fields(Disposal) if one.name not in _SIGNED)
_CONDEMNED = (LineState.CONDEMNED, LineState.DESTROYED)
_TAKEN = (LineState.PROPOSED, LineState.CONDEMNED, LineState.DESTROYED, LineState.KEPT)


class Disposals:
    """Keeps lists and lines; nothing here touches the vault."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def next_number(self, tenant_id: str, year: int) -> str:
        """Return the next number of a year, `ELIM-2026-0001`; nobody else takes it before this transaction ends."""
        held = sa.func.hashtextextended(f"disposal:{tenant_id}:{year}", 0)
        self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(held)))
        stem = f"ELIM-{year}-"
        query = sa.select(sa.func.count()).select_from(disposal)
        count = self._connection.scalar(
            query.where(disposal.c.tenant_id == tenant_id, disposal.c.number.startswith(stem))
        )
        return f"{stem}{(count or 0) + 1:04d}"

    def candidates(self, tenant_id: str, tokens: frozenset[str], dispositions: Sequence[str], limit: int) -> list[str]:
        """Return letters of the last sweep that no list has, and no draw has kept, longest over first."""
        taken = sa.select(disposal_line.c.letter_id).where(
            disposal_line.c.state.in_(_TAKEN), disposal_line.c.letter_id.is_not(None)
        )
        query = (
            sa.select(letter.c.id)
            .join(due, due.c.letter_id == letter.c.id)
            .where(letter.c.tenant_id == tenant_id, due.c.disposition.in_(dispositions), ~letter.c.held)
            .where(letter.c.id.not_in(taken), seen_by(tokens))
            .order_by(due.c.kept_until, letter.c.id)
        )
        return list(self._connection.scalars(query.limit(limit)))

    def candidate_pieces(self, actor: Actor, dispositions: Sequence[str], limit: int) -> list[str]:
        """Return pieces of the last sweep that no list has, in dossiers that an actor sees, longest over first."""
        taken = sa.select(disposal_line.c.piece_id).where(
            disposal_line.c.state.in_(_TAKEN), disposal_line.c.piece_id.is_not(None)
        )
        query = (
            sa.select(dossier_piece.c.id)
            .join(due_piece, due_piece.c.piece_id == dossier_piece.c.id)
            .join(dossier, dossier.c.id == dossier_piece.c.dossier_id)
            .where(due_piece.c.disposition.in_(dispositions), in_our_hands())
            .where(dossier_piece.c.id.not_in(taken), open_dossiers(actor))
            .order_by(due_piece.c.kept_until, dossier_piece.c.id)
        )
        return list(self._connection.scalars(query.limit(limit)))

    def add(self, made: Disposal, lines: Sequence[DisposalLine]) -> None:
        """Keep a list with its lines.

        Raises:
            Conflict: `disposal.taken`, another list has one of the letters.
        """
        self._connection.execute(sa.insert(disposal).values(**_row(made)))
        rows = [
            _kept({one.name: getattr(each, one.name) for one in fields(DisposalLine) if one.name not in _ELSEWHERE})
            | {"disposal_id": made.id}
            | _named(each)
            for each in sorted(lines, key=lambda one: one.subject_id)  # in one order, so that nobody waits in a ring
        ]
        added = insert(disposal_line).values(rows).on_conflict_do_nothing().returning(disposal_line.c.rank)
        if len(self._connection.execute(added).all()) < len(rows):
            raise Conflict(
                "disposal.taken",
                "Quelqu'un prépare au même moment un bordereau avec l'un de ces documents. Recommencez.",
            )

    def get(self, disposal_id: str, tenant_id: str | None, *, lock: bool = False) -> Disposal:
        """Return a list of a tenant; None is the machine itself.

        Raises:
            NotFound: `disposal.unknown`.
        """
        query = sa.select(disposal).where(disposal.c.id == disposal_id)
        if tenant_id is not None:
            query = query.where(disposal.c.tenant_id == tenant_id)
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise NotFound("disposal.unknown", "Ce bordereau n'existe pas, ou n'est pas ouvert à votre poste.")
        return _value(row)

    def page(
        self, tenant_id: str, *, limit: int, offset: int = 0, for_positions: Sequence[str] | None = None
    ) -> tuple[tuple[tuple[Disposal, dict[LineState, int]], ...], int]:
        """Return some lists, the last made first, each with its lines counted by state; and how many there are."""
        where = [disposal.c.tenant_id == tenant_id]
        if for_positions is not None:
            where.append(disposal.c.approver_id.in_(for_positions))
        total = self._connection.scalar(sa.select(sa.func.count()).select_from(disposal).where(*where)) or 0
        query = sa.select(disposal).where(*where).order_by(disposal.c.prepared_at.desc(), disposal.c.id)
        found = [_value(row) for row in self._connection.execute(query.limit(limit).offset(offset))]
        counts = {one.id: self.counts(one.id) for one in found}
        return tuple((one, counts[one.id]) for one in found), total

    def counts(self, disposal_id: str) -> dict[LineState, int]:
        """Count the lines of a list by state."""
        query = sa.select(disposal_line.c.state, sa.func.count()).where(disposal_line.c.disposal_id == disposal_id)
        return {LineState(row[0]): row[1] for row in self._connection.execute(query.group_by(disposal_line.c.state))}

    def lines(
        self, disposal_id: str, reader: Actor | None, *, limit: int | None = None, offset: int = 0
    ) -> tuple[DisposalLine, ...]:
        """Return the lines of a list in order, those whose letters and dossiers are open to a reader."""
        query = _lines(*_LINE).where(disposal_line.c.disposal_id == disposal_id, _open_to(reader))
        query = query.order_by(disposal_line.c.rank)
        return tuple(_line(row) for row in self._connection.execute(query.limit(limit).offset(offset)))

    def count_seen(self, disposal_id: str, reader: Actor) -> int:
        """Count the lines of a list whose letters and dossiers are open to a reader."""
        query = _lines(sa.func.count()).where(disposal_line.c.disposal_id == disposal_id, _open_to(reader))
        return self._connection.scalar(query) or 0

    def line(self, disposal_id: str, subject_id: str) -> DisposalLine | None:
        """Return one line; nobody else changes it before this transaction ends."""
        query = _lines(*_LINE).where(disposal_line.c.disposal_id == disposal_id, _is(disposal_line, subject_id))
        row = self._connection.execute(query.with_for_update(of=disposal_line)).one_or_none()
        return _line(row) if row else None

    def change(self, one: Disposal, **changes: Any) -> Disposal:
        """Write what changed of a list and return it."""
        changed = replace(one, **changes)
        self._connection.execute(sa.update(disposal).where(disposal.c.id == one.id).values(**_row(changed)))
        return changed

    def change_line(self, disposal_id: str, subject_id: str, **values: Any) -> None:
        """Write what became of a letter or a piece of a list."""
        key = (disposal_line.c.disposal_id == disposal_id, _is(disposal_line, subject_id))
        self._connection.execute(sa.update(disposal_line).where(*key).values(**_kept(values)))

    def free(self, disposal_id: str) -> None:
        """Take every letter that nothing has happened to yet off a list that is abandoned."""
        waiting = sa.update(disposal_line).where(
            disposal_line.c.disposal_id == disposal_id,
            disposal_line.c.state.in_([LineState.PROPOSED, LineState.KEPT]),
        )
        self._connection.execute(waiting.values(state=LineState.REMOVED, said="Bordereau abandonné."))

    def that_condemned(self, subject_ids: Collection[str]) -> dict[str, tuple[Disposal, DisposalLine]]:
        """Return the list that condemned each of some letters or pieces, and its line there; nothing for the others."""
        which = [disposal_line.c[name] == sa.any_(text_array(list(subject_ids))) for name in ("letter_id", "piece_id")]
        query = _lines(disposal_line.c.disposal_id, *_LINE)
        rows = self._connection.execute(query.where(sa.or_(*which), disposal_line.c.state.in_(_CONDEMNED))).all()
        made = {each: self.get(each, None) for each in {row.disposal_id for row in rows}}
        return {row.subject_id: (made[row.disposal_id], _line(row)) for row in rows}

    def unfinished(self) -> tuple[str, ...]:
        """Return the lists that the machine has in hand."""
        return tuple(
            self._connection.scalars(sa.select(disposal.c.id).where(disposal.c.state == DisposalState.APPROVED))
        )

    def levels(self, disposal_id: str) -> frozenset[Confidentiality]:
        """Return the levels of the letters of a list, and of those in the dossiers of its pieces."""
        line = disposal_line.c
        beside = sa.select(dossier_letter.c.letter_id).join(
            dossier_piece, dossier_piece.c.dossier_id == dossier_letter.c.dossier_id
        )
        beside = beside.join(disposal_line, line.piece_id == dossier_piece.c.id)
        named = sa.select(line.letter_id).where(line.disposal_id == disposal_id)
        every = named.union(beside.where(line.disposal_id == disposal_id))
        levels = sa.select(letter.c.confidentiality).where(letter.c.id.in_(every)).distinct()
        return frozenset(Confidentiality(each) for each in self._connection.scalars(levels))

    def by_certificate(self, sha256: str, tenant_ids: frozenset[str]) -> Disposal | None:
        """Return the list of some tenants whose certificate has these bytes."""
        query = sa.select(disposal).where(disposal.c.certificate == sha256, disposal.c.tenant_id.in_(tenant_ids))
        row = self._connection.execute(query).one_or_none()
        return _value(row) if row else None

    def plan_objects(self, line: DisposalLine, digests: Sequence[str], at: datetime) -> None:
        """Write down every file of a letter or a piece that is to go."""
        rows = [_named(line) | {"digest": one, "state": ObjectState.TO_DO, "at": at} for one in digests]
        if rows:
            self._connection.execute(insert(disposal_object).on_conflict_do_nothing(), rows)

    def objects_to_do(self, subject_id: str) -> tuple[str, ...]:
        """Return the files of a letter or a piece that nothing was done about yet."""
        query = sa.select(disposal_object.c.digest).where(
            _is(disposal_object, subject_id), disposal_object.c.state == ObjectState.TO_DO
        )
        return tuple(self._connection.scalars(query.order_by(disposal_object.c.digest)))

    def settle_object(self, digest: str, state: ObjectState, said: str, at: datetime, *, subject_id: str = "") -> None:
        """Write what became of a file, for one letter or piece or for all that had it."""
        which = [disposal_object.c.digest == digest]
        if subject_id:
            which.append(_is(disposal_object, subject_id))
        self._connection.execute(sa.update(disposal_object).where(*which).values(state=state, said=said, at=at))

    def left(self, disposal_id: str, reader: Actor | None) -> tuple[ObjectLeft, ...]:
        """Return the files of what a list destroyed that are still in the store, where that is open to a reader."""
        same = [disposal_object.c[name] == disposal_line.c[name] for name in ("letter_id", "piece_id")]
        names = ("digest", "state", "said")
        query = (
            _lines(_ELSEWHERE["subject_id"], disposal_line.c.number, *(disposal_object.c[name] for name in names))
            .join(disposal_object, sa.or_(*same))
            .where(disposal_line.c.disposal_id == disposal_id, disposal_line.c.state.in_(_CONDEMNED), _open_to(reader))
            .where(disposal_object.c.state != ObjectState.GONE)
            .order_by(disposal_line.c.rank, disposal_object.c.digest)
        )
        rows = self._connection.execute(query)
        return tuple(ObjectLeft(row[0], row.number, row.digest, ObjectState(row.state), row.said) for row in rows)

    def to_retry(self) -> tuple[str, ...]:
        """Return the files that a lock kept, and those shared with something that may be gone by now."""
        query = sa.select(disposal_object.c.digest).where(
            disposal_object.c.state.in_([ObjectState.REMAINS, ObjectState.SHARED])
        )
        return tuple(self._connection.scalars(query.distinct().order_by(disposal_object.c.digest)))


def _lines(*columns: Any) -> sa.Select[Any]:
    """Select from lines, each with the letter or the piece and the dossier that it names."""
    return (
        sa.select(*columns)
        .select_from(disposal_line)
        .outerjoin(letter, letter.c.id == disposal_line.c.letter_id)
        .outerjoin(dossier_piece, dossier_piece.c.id == disposal_line.c.piece_id)
        .outerjoin(dossier, dossier.c.id == dossier_piece.c.dossier_id)
    )


def _open_to(reader: Actor | None) -> sa.ColumnElement[bool]:
    """Return what parts the lines that a reader may see from all others; None is the machine itself."""
    if reader is None:
        return sa.true()
    return sa.or_(seen_by(reader.tokens()), open_dossiers(reader))


def _is(table: sa.Table, subject_id: str) -> sa.ColumnElement[bool]:
    return sa.or_(table.c.letter_id == subject_id, table.c.piece_id == subject_id)


def _named(line: DisposalLine) -> dict[str, str | None]:
    piece = line.dossier_id is not None
    return {"letter_id": None if piece else line.subject_id, "piece_id": line.subject_id if piece else None}


def _row(one: Disposal) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(one, name) for name in _PLAIN}
    for name in _SIGNED:
        who: Signed | None = getattr(one, name)
        values |= {f"{name}_login": who.login, f"{name}_name": who.name, f"{name}_at": who.at} if who else {}
    return values


def _value(row: sa.Row[Any]) -> Disposal:
    values = {name: getattr(row, name) for name in _PLAIN} | {"state": DisposalState(row.state)}
    for name in _SIGNED:
        parts = [getattr(row, f"{name}_{part}") for part in ("login", "name", "at")]
        values[name] = Signed(*parts) if parts[2] is not None else None
    return Disposal(**values)


def _line(row: sa.Row[Any]) -> DisposalLine:
    values = {one.name: getattr(row, one.name) for one in fields(DisposalLine)}
    told = {"reasons": read(row.reasons), "said": read_reason(row.said) if row.said else None}
    return DisposalLine(**values | told | {"state": LineState(row.state)})


def _kept(values: dict[str, Any]) -> dict[str, Any]:
    """Return values of a line with those that say why as they are kept."""
    if "reasons" in values:
        values |= {"reasons": written(values["reasons"])}
    if "said" in values:
        values |= {"said": write_reason(values["said"]) if values["said"] else ""}
    return values
