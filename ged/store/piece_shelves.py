"""Pieces of dossiers as the archivist walks them: over, due, held, taken; only of dossiers open to whoever asks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ged.mail.access import Actor
from ged.mail.dossier_piece import KeptPiece
from ged.store.disposal_tables import due_piece
from ged.store.dossier_pieces import DossierPieces, in_our_hands
from ged.store.dossier_tables import dossier, dossier_piece
from ged.store.dossiers import open_dossiers
from ged.store.hold_tables import hold, hold_piece

_TAKEN = dossier_piece.c.transferred_at.is_not(None)


@dataclass(frozen=True, slots=True)
class PieceListing:
    """What a list of pieces shows; an empty choice means no restriction, as in `Listing`.

    Attributes:
        closed: Those of closed dossiers that are still ours. `fallen_due`: those of the last sweep that nothing holds,
            longest over first. `held`: those that a hold stands on, `held_by` those that one has caught, lifted or not.
            `transferred`: those that an archive has taken, the last taken first.
        service: The unit that answers for their dossier.
        file_codes: What their dossier may be filed under; None for anything.
    """

    closed: bool = False
    fallen_due: bool = False
    held: bool = False
    held_by: str = ""
    transferred: bool = False
    service: str = ""
    file_codes: Collection[str] | None = None


class PieceShelves:
    """Lists and counts pieces, and changes none."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def page(
        self, listing: PieceListing, actor: Actor, *, limit: int, offset: int = 0
    ) -> tuple[tuple[KeptPiece, ...], int]:
        """Return some pieces of a list, and how many there are."""
        ids = _ids(listing, actor).order_by(*_order(listing)).limit(limit).offset(offset)
        found = DossierPieces(self._connection).kept(list(self._connection.scalars(ids)))
        return found, self.count(listing, actor)

    def count(self, listing: PieceListing, actor: Actor) -> int:
        """Count the pieces of a list."""
        listed = _ids(listing, actor).subquery()
        return self._connection.scalar(sa.select(sa.func.count()).select_from(listed)) or 0

    def caught(self, hold_ids: Collection[str], actor: Actor) -> dict[str, int]:
        """Count the pieces that some holds have caught."""
        joined = hold_piece.join(dossier_piece, dossier_piece.c.id == hold_piece.c.piece_id).join(dossier)
        query = sa.select(hold_piece.c.hold_id, sa.func.count()).select_from(joined)
        query = query.where(hold_piece.c.hold_id.in_(hold_ids), open_dossiers(actor)).group_by(hold_piece.c.hold_id)
        return {row[0]: row[1] for row in self._connection.execute(query)}


def _ids(listing: PieceListing, actor: Actor) -> sa.Select[tuple[str]]:
    rules = [open_dossiers(actor)]
    if listing.closed:
        rules += [dossier.c.closed_on.is_not(None), in_our_hands()]
    if listing.fallen_due:
        rules += [_due(dossier_piece.c.id).exists(), dossier.c.closed_on.is_not(None), in_our_hands(), ~_held()]
    if listing.held:
        rules += [_held(), dossier_piece.c.condemned_at.is_(None)]
    if listing.held_by:
        caught = sa.select(hold_piece.c.piece_id).where(hold_piece.c.hold_id == listing.held_by)
        rules.append(dossier_piece.c.id.in_(caught))
    if listing.transferred:
        rules.append(_TAKEN)
    if listing.service:
        rules.append(dossier.c.owner_id == listing.service)
    if listing.file_codes is not None:
        rules.append(dossier.c.file_code.in_(listing.file_codes))
    joined = dossier_piece.join(dossier, dossier.c.id == dossier_piece.c.dossier_id)
    return sa.select(dossier_piece.c.id).select_from(joined).where(*rules)


def _order(listing: PieceListing) -> list[sa.ColumnElement[Any]]:
    """Return the order of a list: by what it is of, then dossier by dossier."""
    named: list[sa.ColumnElement[Any]] = [dossier.c.code, dossier_piece.c.title, dossier_piece.c.id]
    if listing.transferred:
        return [dossier_piece.c.transferred_at.desc(), *named]
    if listing.fallen_due:
        return [_due(dossier_piece.c.id).scalar_subquery(), *named]
    return [dossier.c.closed_on.desc().nulls_first(), *named]


def _due(piece_id: sa.Column[str]) -> sa.Select[Any]:
    return sa.select(due_piece.c.kept_until).where(due_piece.c.piece_id == piece_id)


def _held() -> sa.ColumnElement[bool]:
    standing = sa.select(hold_piece.c.piece_id).join(hold, hold.c.id == hold_piece.c.hold_id)
    return standing.where(hold_piece.c.piece_id == dossier_piece.c.id, hold.c.lifted_at.is_(None)).exists()
