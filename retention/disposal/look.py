"""Whether a letter or a piece may be destroyed now: the one question, asked when a list is made and when it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ged.mail.dossier_piece import KeptPiece
from ged.mail.filing import Disposition
from ged.mail.item import Letter, State
from ged.mail.reason import Reason, Why, because, said
from ged.store.unit import Unit
from retention.fate import Fate
from retention.fates import fates_of, fates_of_pieces

DISPOSED = (Disposition.DESTROY, Disposition.SAMPLE)
"""Final dispositions of which a disposal is made: of a sorting, what it does not keep."""
BY_LAW = "loi, art. 72"
"""What stands for a rule where the floor of the law sets the term."""
_ON_A_SLIP = said("Un bordereau de versement le porte : l'archive n'a pas encore répondu.")


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of a letter, or of a piece of a dossier.

    Attributes:
        against: Why it may not be destroyed; None when nothing is against it.
        rule: Code of the rule that sets the term, or `BY_LAW`.
    """

    of: Letter | KeptPiece
    fate: Fate
    rule: str
    against: Reason | None


def look_at(unit: Unit, letter: Letter, today: date) -> Look:
    """Look at a letter: its fate as it is today, its holds, whatever is still under way around it."""
    return looks_at(unit, [letter], today)[0]


def looks_at(unit: Unit, letters: Sequence[Letter], today: date) -> list[Look]:
    """Look at letters together, in their order: as many statements as for one."""
    fates = fates_of(unit, letters, today)
    ripe = [each for each in letters if not _against(each, fates[each.id])]
    ids = [each.id for each in ripe]
    under_way = dict.fromkeys(unit.transfers.on_a_slip(ids), _ON_A_SLIP) | unit.belongings.under_way(ids)
    return [
        Look(each, fate, fate.rule or BY_LAW, _against(each, fate) or under_way.get(each.id))
        for each in letters
        for fate in [fates[each.id]]
    ]


def looks_at_pieces(unit: Unit, pieces: Sequence[KeptPiece], today: date) -> list[Look]:
    """Look at pieces of dossiers together, in their order, as at letters."""
    fates = fates_of_pieces(unit, pieces, today)
    given = dict.fromkeys(unit.transfers.on_a_slip([each.piece.id for each in pieces]), _ON_A_SLIP)
    return [
        Look(each, fate, fate.rule or BY_LAW, _against_piece(each, fate) or given.get(each.piece.id))
        for each in pieces
        for fate in (fates[each.piece.id],)
    ]


def _against_piece(one: KeptPiece, fate: Fate) -> Reason | None:
    if one.piece.condemned_at is not None:
        return said("Elle est déjà éliminée.")
    if one.piece.transferred_at is not None:
        return said("Elle est déjà versée.")
    if against := _by_fate(fate):
        return against
    if one.dossier.closed_on is None:
        return said("Son dossier est ouvert.")
    if not one.read:
        return said("La machine la lit encore.")
    return None if one.sealed else said("Une de ses versions attend encore son sceau.")


def _against(letter: Letter, fate: Fate) -> Reason | None:
    if letter.state in {State.DESTROYED, State.TRANSFERRED}:
        return said("Il est déjà éliminé ou versé.")
    return _by_fate(fate)


def _by_fate(fate: Fate) -> Reason | None:
    if fate.held:
        return fate.reasons[0]
    if not fate.due or fate.keep_until is None:
        return because(Why.NOT_OVER, fate=fate.reasons[0])
    if fate.disposition is not None and fate.disposition not in DISPOSED:
        return because(Why.OTHER_END, then=fate.disposition.told)
    return None
