"""What is on a slip, a letter or a piece of a dossier: looked at, weighed and told of by one name for both."""

from __future__ import annotations

from datetime import datetime

from ged.mail.access import Actor
from ged.mail.dossier_piece import KeptPiece
from ged.mail.item import State
from ged.mail.journal import Act
from ged.mail.transfer import OVER, TransferItem, unfit, unfit_piece
from ged.store.unit import Unit

_BESIDE_BYTES = 250_000
"""What a letter or a piece weighs beside its files: its proofs and its text."""
_OF_PIECE = {Act.TRANSFERRED: Act.PIECE_TRANSFERRED, Act.TRANSFER_REFUSED: Act.PIECE_TRANSFER_REFUSED}


def why_not(unit: Unit, item: TransferItem, at: datetime) -> str:
    """Return why a letter or a piece may not be packed now, a French sentence; "" when it may."""
    held = held_now(unit, item, at)
    if item.dossier_id is not None:
        return unfit_piece(piece_of(unit, item), held=held)
    return unfit(unit.letters.get(item.subject_id, None), held=held)


def held_now(unit: Unit, item: TransferItem, at: datetime) -> bool:
    """Whether a hold is on a letter or a piece, those among them whose search has not come to it yet."""
    if item.dossier_id is None:
        unit.holds.catch([item.subject_id], at)
        return bool(unit.holds.standing(item.subject_id))
    unit.holds.catch_inside_before(item.dossier_id)
    unit.holds.catch_pieces([item.subject_id], at)
    return bool(unit.holds.standing_on_pieces([item.subject_id]))


def weight_of(unit: Unit, item: TransferItem) -> int:
    """Return about how many bytes a letter or a piece takes in a package, with every version and what proves it."""
    if item.dossier_id is not None:
        versions = unit.dossier_pieces.versions([item.subject_id])[item.subject_id]
        return sum(one.size for one in versions) + _BESIDE_BYTES
    (letter,) = unit.letters.many([item.subject_id])
    rendition = unit.pages.rendition(letter.id)
    beside = [one.size for one in unit.annexes.of(letter.id)] + [one.size for one in unit.kept_files.of(letter.id)]
    return letter.original_size + (rendition.size if rendition else 0) + sum(beside) + _BESIDE_BYTES


def give(unit: Unit, item: TransferItem, at: datetime) -> str:
    """Write that the archive has a letter or a piece; return why it stays with us, a French sentence, where it does.

    Neither it nor its dossier changes before this transaction ends.
    """
    held = held_now(unit, item, at)
    if item.dossier_id is None:
        if held:
            return "Gelé pendant le versement : il reste chez nous."
        letter = unit.letters.get(item.subject_id, None, lock=True)
        if letter.state not in OVER:
            return "Rouvert pendant le versement : il reste chez nous."
        unit.letters.change(letter, state=State.TRANSFERRED)
        unit.outbox.add(letter.id, at)
        return ""
    if held:
        return "Gelée pendant le versement : elle reste chez nous."
    one = unit.dossier_pieces.kept_still(item.dossier_id, item.subject_id)
    if one.dossier.closed_on is None:
        return "Son dossier a été rouvert pendant le versement : elle reste chez nous."
    unit.dossier_pieces.give(item.subject_id, at)
    return ""


def tell(unit: Unit, item: TransferItem, act: Act, actor: Actor, at: datetime, **details: object) -> None:
    """Write in the journal what happens to a letter, or to a piece, which its dossier tells."""
    if item.dossier_id is None:
        unit.journal.write(at, act, actor, item.subject_id, **details)
        return
    piece = unit.dossier_pieces.get(item.dossier_id, item.subject_id)
    about = {"piece": piece.id, "title": piece.title} | details
    unit.journal.write_about(at, _OF_PIECE.get(act, act), actor, item.dossier_id, **about)


def piece_of(unit: Unit, item: TransferItem) -> KeptPiece:
    """Return the piece that a line names."""
    (one,) = unit.dossier_pieces.kept([item.subject_id])
    return one
