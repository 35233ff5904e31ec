"""The fates of letters and pieces as the store knows them today: what shelves, pages and a last look ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ged.clock import Clock
from ged.mail.access import Actor, Right, require
from ged.mail.dossier_piece import KeptPiece
from ged.mail.item import Letter
from ged.store.unit import Store, Unit
from retention.fate import Fate, fate_of, fate_of_piece


def fates_of(unit: Unit, letters: Sequence[Letter], today: date) -> dict[str, Fate]:
    """Return the fate of each letter, by its id: rules in force, dossiers, events and holds are read together."""
    facts = unit.retention.of(letters, today)
    return {each.id: fate_of(each, facts[each.id], today) for each in letters}


def fates_of_pieces(unit: Unit, pieces: Sequence[KeptPiece], today: date) -> dict[str, Fate]:
    """Return the fate of each piece, by its id."""
    facts = unit.retention.of_pieces(pieces, today)
    return {each.piece.id: fate_of_piece(each, facts[each.piece.id], today) for each in pieces}


def fates_in_dossier(dossier_id: str, *, store: Store, actor: Actor, clock: Clock) -> dict[str, Fate]:
    """Return the fate of each piece of a dossier that the actor sees, by its id; of none that is gone.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`.
    """
    require(actor, Right.SEE_DOSSIERS)
    with store.unit() as unit:
        pieces = unit.dossier_pieces.kept_in(unit.dossiers.get(dossier_id, actor).id)
        standing = [each for each in pieces if not each.piece.condemned_at and not each.piece.transferred_at]
        return fates_of_pieces(unit, standing, clock().date())
