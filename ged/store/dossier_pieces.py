"""Pieces of dossiers, their versions, and what the configuration says of them; the caller was let into the dossier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ged.errors import Conflict, NotFound
from ged.mail.access import Actor
from ged.mail.dossier import Dossier
from ged.mail.dossier_piece import (
    DossierModel,
    DossierPiece,
    DossierTemplate,
    FieldType,
    IndexedPiece,
    KeptPiece,
    PieceField,
    PieceKind,
    Said,
    Version,
    search_text,
)
from ged.mail.item import Reading
from ged.store.database import text_array
from ged.store.dossier_tables import dossier, dossier_piece, dossier_template, dossier_version, piece_field, piece_kind
from ged.store.dossiers import open_dossiers
from ged.store.seals import SealRecord
from ged.store.tables import original
from ged.store.transfer_tables import reception_item

_PIECE = [dossier_piece.c[name] for name in DossierPiece.__slots__]
_DOSSIER = [dossier.c[name] for name in Dossier.__slots__]
_ENTRY_REVISION = dossier_piece.c.entry_revision
_JOINED = {"size": original.c.size, "media_type": original.c.media_type}
_VERSION = [_JOINED[name].label(name) if name in _JOINED else dossier_version.c[name] for name in Version.__slots__]


class DossierPieces:
    """Adds pieces and versions, and never removes a row of one."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def of(self, dossier_id: str, words: Sequence[str] = ()) -> tuple[DossierPiece, ...]:
        """Return the pieces of a dossier by part and title, those whose words begin so."""
        rules = [dossier_piece.c.search_text.contains(f" {word}", autoescape=True) for word in words]
        query = sa.select(*_PIECE).where(dossier_piece.c.dossier_id == dossier_id, *rules)
        rows = self._connection.execute(query.order_by(dossier_piece.c.part, dossier_piece.c.title, dossier_piece.c.id))
        return tuple(DossierPiece(*row) for row in rows)

    def get(self, dossier_id: str, piece_id: str, *, lock: bool = False) -> DossierPiece:
        """Return a piece of a dossier.

        Raises:
            NotFound: `dossier_piece.unknown`.
        """
        query = sa.select(*_PIECE).where(dossier_piece.c.id == piece_id, dossier_piece.c.dossier_id == dossier_id)
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise _unknown()
        return DossierPiece(*row)

    def add(self, new: DossierPiece) -> None:
        """Add a piece, its first version still to be added."""
        values = {name: getattr(new, name) for name in DossierPiece.__slots__}
        values |= {"metadata": dict(new.metadata), "search_text": search_text(new.title, new.metadata)}
        self._connection.execute(sa.insert(dossier_piece).values(**values))

    def describe(self, piece: DossierPiece, said: Said) -> None:
        """Write what is said of a piece. Raises `Conflict` as `change` does."""
        metadata = dict(said.metadata)
        words = search_text(said.title, metadata)
        self.change(piece, title=said.title, part=said.part, kind=said.kind, metadata=metadata, search_text=words)

    def reserve(self, piece: DossierPiece, actor: Actor | None, at: datetime | None) -> None:
        """Let one person alone bring the next version, or anybody again (None). Raises as `change` does."""
        login, name = (actor.login, actor.name) if actor else ("", "")
        self.change(piece, reserved_by=login, reserved_name=name, reserved_at=at)

    def change(self, piece: DossierPiece, **values: object) -> None:
        """Write some columns of a piece under the next revision.

        Raises:
            Conflict: `dossier_piece.revision`, somebody was first.
        """
        result = self._connection.execute(
            sa.update(dossier_piece)
            .where(dossier_piece.c.id == piece.id, dossier_piece.c.revision == piece.revision)
            .values(**values, revision=piece.revision + 1)
        )
        if result.rowcount != 1:
            raise Conflict(
                "dossier_piece.revision",
                "Quelqu'un a modifié cette pièce entre-temps. Rien n'a été écrit : relisez-la.",
            )

    def add_version(self, new: Version) -> None:
        """Add a version of a piece."""
        values = {name: getattr(new, name) for name in Version.__slots__ if name not in _JOINED}
        self._connection.execute(sa.insert(dossier_version).values(**values))

    def versions(self, piece_ids: Sequence[str]) -> dict[str, tuple[Version, ...]]:
        """Return the versions of each of several pieces, newest first."""
        query = _versions().where(dossier_version.c.piece_id.in_(piece_ids)).order_by(dossier_version.c.number.desc())
        found: dict[str, tuple[Version, ...]] = {}
        for row in self._connection.execute(query):
            found[row.piece_id] = (*found.get(row.piece_id, ()), _version(row))
        return found

    def kept_in(self, dossier_id: str) -> tuple[KeptPiece, ...]:
        """Return the pieces of a dossier as their fate sees them, in no order."""
        return self._kept(dossier_piece.c.dossier_id == dossier_id)

    def kept(self, piece_ids: Sequence[str]) -> tuple[KeptPiece, ...]:
        """Return pieces as their fate sees them, in the order asked for."""
        found = {each.piece.id: each for each in self._kept(dossier_piece.c.id == sa.any_(text_array(piece_ids)))}
        return tuple(found[each] for each in piece_ids if each in found)

    def kept_still(self, dossier_id: str, piece_id: str) -> KeptPiece:
        """Return a piece; neither it nor its dossier changes before this transaction ends."""
        self._connection.execute(sa.select(dossier.c.id).where(dossier.c.id == dossier_id).with_for_update())
        return self.kept([piece_id])[0]

    def old(self, before: datetime) -> tuple[KeptPiece, ...]:
        """Return the pieces that may have fallen due: still ours, nothing of theirs brought since, dossier closed.

        A dossier without a file code has no rule, and its pieces are kept.
        """
        young = sa.select(dossier_version.c.piece_id).where(dossier_version.c.added_at >= before)
        closed = (dossier.c.closed_on.is_not(None), dossier.c.file_code.is_not(None))
        return self._kept(*closed, in_our_hands(), ~sa.exists(young.where(_of_piece(dossier_version))))

    def standing_after(self, after: str, limit: int) -> tuple[KeptPiece, ...]:
        """Return pieces that are still ours, by id after one of them."""
        ids = sa.select(dossier_piece.c.id).where(dossier_piece.c.id > after, in_our_hands())
        return self.kept(list(self._connection.scalars(ids.order_by(dossier_piece.c.id).limit(limit))))

    def filed_after(self, tenant_id: str, codes: Sequence[str], after: str, limit: int) -> tuple[KeptPiece, ...]:
        """Return pieces that are still ours, of a tenant's dossiers filed under some codes, by id after one of them."""
        filed = (dossier.c.tenant_id == tenant_id, dossier.c.file_code.in_(codes))
        ids = sa.select(dossier_piece.c.id).join(dossier).where(*filed, dossier_piece.c.id > after, in_our_hands())
        return self.kept(list(self._connection.scalars(ids.order_by(dossier_piece.c.id).limit(limit))))

    def condemn(self, piece_id: str, at: datetime) -> None:
        """Write that nothing can save the versions of a piece any more."""
        self._connection.execute(sa.update(dossier_piece).where(dossier_piece.c.id == piece_id).values(condemned_at=at))

    def give(self, piece_id: str, at: datetime) -> None:
        """Write that an archive has taken a piece: nothing of it changes here any more."""
        given = sa.update(dossier_piece).where(dossier_piece.c.id == piece_id)
        self._connection.execute(given.values(transferred_at=at, reserved_by="", reserved_name="", reserved_at=None))

    def by_digest(self, sha256: str) -> tuple[tuple[Version, str], ...]:
        """Return the versions that have these bytes, each with the id of its dossier: the caller asks who may see."""
        query = _versions().add_columns(dossier_piece.c.dossier_id).join(dossier_piece)
        rows = self._connection.execute(query.where(dossier_version.c.sha256 == sha256).order_by("added_at", "id"))
        return tuple((_version(row[:-1]), row.dossier_id) for row in rows)

    def seal_of(self, version_id: str) -> SealRecord | None:
        """Return the seal of a version, if it has one."""
        columns = [dossier_version.c[name] for name in SealRecord.__slots__]
        rule = (dossier_version.c.id == version_id, dossier_version.c.sealed_at.is_not(None))
        row = self._connection.execute(sa.select(*columns).where(*rule)).one_or_none()
        return None if row is None else SealRecord(*row)

    def _kept(self, *where: sa.ColumnElement[bool]) -> tuple[KeptPiece, ...]:
        latest = dossier_version.alias("latest")
        own = _of_piece(dossier_version)
        last, first = (
            sa.select(end(dossier_version.c.added_at)).where(own).scalar_subquery()
            for end in (sa.func.max, sa.func.min)
        )
        waits = sa.exists(sa.select(dossier_version.c.id).where(own, dossier_version.c.leaf_index.is_(None)))
        query = (
            sa.select(*_PIECE, *_DOSSIER, last, first, latest.c.sha256, ~waits, latest.c.reading != Reading.PENDING)
            .join(dossier, dossier.c.id == dossier_piece.c.dossier_id)
            .join(latest, sa.and_(_of_piece(latest), latest.c.number == dossier_piece.c.latest))
            .where(*where)
        )
        split = len(_PIECE)
        found = []
        for row in self._connection.execute(query):
            case = Dossier(*row[split:-5])
            case = replace(case, units=tuple(case.units), parts=tuple(case.parts))
            found.append(KeptPiece(DossierPiece(*row[:split]), case, *row[-5:]))
        return tuple(found)

    def indexed(self, piece_ids: Sequence[str], actor: Actor | None = None) -> dict[str, IndexedPiece]:
        """Return pieces as the index knows them, by id; of an actor, those that count and that the actor may read."""
        rules = [dossier_piece.c.id == sa.any_(text_array(piece_ids))]
        if actor is not None:
            count = sa.and_(dossier_piece.c.withdrawn == "", dossier_piece.c.condemned_at.is_(None))
            rules += [open_dossiers(actor), count]
        latest = sa.and_(_of_piece(dossier_version), dossier_version.c.number == dossier_piece.c.latest)
        query = (
            sa.select(*_PIECE, *_DOSSIER, dossier_version.c.filename, dossier_version.c.added_at, _ENTRY_REVISION)
            .add_columns(reception_item.c.facts)  # of one that another house transferred
            .join(dossier, dossier.c.id == dossier_piece.c.dossier_id)
            .join(dossier_version, latest)
            .outerjoin(reception_item, reception_item.c.piece_id == dossier_piece.c.id)
            .where(*rules)
        )
        split = len(_PIECE)
        found = {}
        for row in self._connection.execute(query):
            case = Dossier(*row[split:-4])
            case = replace(case, units=tuple(case.units), parts=tuple(case.parts))
            told = tuple(str(value) for _code, _name, value in row.facts or ())
            found[row[0]] = IndexedPiece(DossierPiece(*row[:split]), case, row[-4], row[-3], row[-2], told)
        return found

    def entries_after(self, piece_id: str, limit: int) -> dict[str, int]:
        """Return the revision of pieces as entries of the index, by id after one of them, in an order of its own."""
        columns = (dossier_piece.c.id, _ENTRY_REVISION)
        query = sa.select(*columns).where(dossier_piece.c.id > piece_id).order_by(dossier_piece.c.id).limit(limit)
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def entries(self, piece_ids: Sequence[str]) -> dict[str, int]:
        """Return the revision of each of these pieces that there is."""
        query = sa.select(dossier_piece.c.id, _ENTRY_REVISION)
        rows = self._connection.execute(query.where(dossier_piece.c.id == sa.any_(text_array(piece_ids))))
        return {row[0]: row[1] for row in rows}

    def count(self) -> int:
        """Count every piece of the installation."""
        return self._connection.scalar(sa.select(sa.func.count()).select_from(dossier_piece)) or 0

    def load(self, model: DossierModel) -> None:
        """Make these kinds, fields and templates the ones in use; what pieces say stays."""
        for table in (piece_field, piece_kind, dossier_template):
            self._connection.execute(sa.delete(table))
        lists: Mapping[sa.Table, Sequence[Any]] = {
            piece_kind: model.kinds, piece_field: model.fields, dossier_template: model.templates,
        }  # fmt: skip
        for table, values in lists.items():
            if values:
                self._connection.execute(sa.insert(table), [_row(rank, each) for rank, each in enumerate(values)])

    def model(self) -> DossierModel:
        """Return the kinds, fields and templates in use, in the order of the configuration."""
        kinds, fields, templates = (
            self._connection.execute(sa.select(*(table.c[name] for name in value.__slots__)).order_by(table.c.rank))
            for table, value in (
                (piece_kind, PieceKind),
                (piece_field, PieceField),
                (dossier_template, DossierTemplate),
            )
        )
        return DossierModel(
            tuple(PieceKind(*row) for row in kinds),
            tuple(replace(PieceField(*row), type=FieldType(row.type), choices=tuple(row.choices)) for row in fields),
            tuple(replace(DossierTemplate(*row), parts=tuple(row.parts)) for row in templates),
        )


def _row(rank: int, one: Any) -> dict[str, object]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(one).items()} | {
        "rank": rank
    }


def in_our_hands() -> sa.ColumnElement[bool]:
    """Return what parts the pieces that no disposal has condemned and no archive has taken from all others."""
    return sa.and_(dossier_piece.c.condemned_at.is_(None), dossier_piece.c.transferred_at.is_(None))


def _version(row: Sequence[Any]) -> Version:
    read = Version(*row)
    return replace(read, reading=Reading(read.reading))


def _of_piece(version: sa.FromClause) -> sa.ColumnElement[bool]:
    return version.c.piece_id == dossier_piece.c.id


def _versions() -> sa.Select[Any]:
    return sa.select(*_VERSION).join(original, original.c.sha256 == dossier_version.c.sha256)


def _unknown() -> NotFound:
    return NotFound(
        "dossier_piece.unknown", "Cette pièce n'existe pas, ou son dossier n'est pas ouvert à votre service."
    )
