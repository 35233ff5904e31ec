"""Sealing pieces: annexes, files kept with letters, versions in dossiers; signed, logged and proved as originals."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from ged.clock import Clock
from ged.mail.access import SYSTEM
from ged.mail.journal import Act
from ged.ports import Ledger, Signer, Vault
from ged.services.seal import TOGETHER, ToSeal, set_seals, together, told_of
from ged.store.seals import SealRecord
from ged.store.unit import Store, Unit
from ged.store.unsealed_pieces import PieceSort, UnsealedPiece

_SEALED = {PieceSort.ANNEX: Act.ANNEX_SEALED, PieceSort.KEPT: Act.KEPT_SEALED}


def seal_piece(piece_id: str, *, store: Store, vault: Vault, signer: Signer, ledger: Ledger, clock: Clock) -> None:
    """Seal a piece, and those that wait beside it; one sealed already is left alone, one half sealed is finished.

    Raises:
        Unavailable: the vault or the log does not answer; the job is tried again.
        Corrupt: what was just written does not verify.
    """
    with store.unit() as unit:
        piece = unit.unsealed_pieces.get(piece_id)
    if piece is None:
        return
    sealing = partial(_seal_all, store=store, vault=vault, signer=signer, ledger=ledger, clock=clock)
    with store.exclusive("seal_pieces") as alone:
        together(piece, _waiting(piece, store) if alone else (), sealing)


def _waiting(piece: UnsealedPiece, store: Store) -> tuple[UnsealedPiece, ...]:
    with store.unit() as unit:
        return unit.unsealed_pieces.waiting(TOGETHER - 1, besides=piece.id)


def _seal_all(pieces: Sequence[UnsealedPiece], *, store: Store, **ports: Any) -> None:
    things = [ToSeal(each.id, each.stored, each.sort.value, each.added_at, each.level) for each in pieces]
    for piece, record in zip(pieces, set_seals(things, **ports), strict=True):
        with store.unit() as unit:
            if unit.unsealed_pieces.seal(piece, record):
                _tell(unit, piece, record)
            unit.commit()


def _tell(unit: Unit, piece: UnsealedPiece, record: SealRecord) -> None:
    about: dict[str, Any] = told_of(record)
    if piece.sort is PieceSort.VERSION:
        about |= {"piece": piece.piece, "version": piece.number}
        unit.journal.write_about(record.sealed_at, Act.PIECE_SEALED, SYSTEM, piece.owner, **about)
    else:
        unit.journal.write(record.sealed_at, _SEALED[piece.sort], SYSTEM, piece.owner, **about)
