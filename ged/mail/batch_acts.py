"""What a person does on the board of a lot: cut, merge, turn, move, set aside, take back; pages stay what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby

from ged.errors import Refused
from ged.mail.batch_board import Aside, Board, Leaf, Left, Pile

REASON_LENGTH = 200


class BoardAct(StrEnum):
    """What a person does on a board."""

    CUT = "couper"
    MERGE = "fusionner"
    TURN = "tourner"
    EARLIER = "avancer"
    LATER = "reculer"
    PLACE = "placer"
    DISCARD = "ecarter"
    RESTORE = "reprendre"
    CUT_BLANKS = "couper_aux_blanches"
    DROP_BLANKS = "ecarter_les_blanches"
    INTERLEAVE = "intercaler"
    INTERLEAVE_STRAIGHT = "intercaler_dans_l_ordre"
    UNDO = "annuler"


@dataclass(frozen=True, slots=True)
class BoardOrder:
    """An act asked for: on which pages, before which one (to place them), why (to discard them)."""

    act: BoardAct
    revision: int
    keys: tuple[str, ...] = ()
    before: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the machine saw that acts go by: which pages are blank, and whether a sheet has two of them."""

    blanks: frozenset[str]
    both_sides: bool


def act_on(board: Board, order: BoardOrder, seen: Seen) -> Board:
    """Return the board after an act, with the same pages; what cannot be done changes nothing.

    Raises:
        Refused: `batch.no_page`, `batch.first`, `batch.no_reason`, `batch.no_blank`.
    """
    done = _ACTS[order.act](board, order, seen)
    return Board(tuple(pile for pile in done.piles if pile.leaves), done.aside)


def _chosen(board: Board, order: BoardOrder) -> frozenset[str]:
    wanted = frozenset(order.keys)
    found = frozenset(leaf.key for leaf in board.leaves()) & wanted
    if not found:
        raise Refused("batch.no_page", "Choisissez d'abord une page (touche X), puis recommencez.")
    return found


def _cut(board: Board, order: BoardOrder, _seen: Seen) -> Board:
    return _cut_before(board, _chosen(board, order))


def _cut_before(board: Board, keys: Iterable[str]) -> Board:
    firsts, piles = set(keys), []
    for pile in board.piles:
        part: list[Leaf] = []
        for leaf in pile.leaves:
            if leaf.key in firsts and part:
                piles.append(replace(pile, leaves=tuple(part)))
                part = []
            part.append(leaf)
        piles.append(replace(pile, leaves=tuple(part)))
    return replace(board, piles=tuple(piles))


def _merge(board: Board, order: BoardOrder, _seen: Seen) -> Board:
    chosen, piles = _chosen(board, order), list[Pile]()
    for pile in board.piles:
        if piles and not chosen.isdisjoint(leaf.key for leaf in pile.leaves):
            piles[-1] = replace(piles[-1], leaves=piles[-1].leaves + pile.leaves)
        else:
            piles.append(pile)
    if len(piles) == len(board.piles):
        raise Refused("batch.first", "C'est le premier pli du lot : il n'y en a pas avant lui.")
    return replace(board, piles=tuple(piles))


def _turn(board: Board, order: BoardOrder, _seen: Seen) -> Board:
    chosen = _chosen(board, order)

    def turned(leaf: Leaf) -> Leaf:
        return replace(leaf, turn=(leaf.turn + 90) % 360) if leaf.key in chosen else leaf

    return replace(board, piles=tuple(replace(pile, leaves=tuple(map(turned, pile.leaves))) for pile in board.piles))


def _earlier(board: Board, order: BoardOrder, _seen: Seen) -> Board:
    row, chosen = _row(board), _chosen(board, order)
    at = next(index for index, each in enumerate(row) if isinstance(each, Leaf) and each.key in chosen)
    return _moved(board, row, chosen, max(1, at - 1))


def _later(board: Board, order: BoardOrder, _seen: Seen) -> Board:
    row, chosen = _row(board), _chosen(board, order)
    at = max(index for index, each in enumerate(row) if isinstance(each, Leaf) and each.key in chosen)
    return _moved(board, row, chosen, min(len(row), at + 2))


def _place(board: Board, order: BoardOrder, _seen: Seen) -> Board:
    row, chosen = _row(board), _chosen(board, order)
    at = [index for index, each in enumerate(row) if isinstance(each, Leaf) and each.key == order.before]
    if not at or order.before in chosen:
        raise Refused("batch.no_page", "Choisissez d'abord une page (touche X), puis recommencez.")
    return _moved(board, row, chosen, at[0])


def _row(board: Board) -> list[Pile | Leaf]:
    """Return the board as one row: each pile's mark, without its pages, then the pages."""
    row: list[Pile | Leaf] = []
    for pile in board.piles:
        row += [replace(pile, leaves=()), *pile.leaves]
    return row


def _moved(board: Board, row: list[Pile | Leaf], chosen: frozenset[str], at: int) -> Board:
    """Return the board with some pages taken out of the row and put back together before its place `at`."""

    def is_chosen(each: Pile | Leaf) -> bool:
        return isinstance(each, Leaf) and each.key in chosen

    block = [each for each in row if is_chosen(each)]
    left = [each for each in row[:at] if not is_chosen(each)]
    right = [each for each in row[at:] if not is_chosen(each)]
    piles: list[Pile] = []
    for each in [*left, *block, *right]:
        if isinstance(each, Pile):
            piles.append(each)
        else:
            piles[-1] = replace(piles[-1], leaves=(*piles[-1].leaves, each))
    return replace(board, piles=tuple(piles))


def _discard(board: Board, order: BoardOrder, _seen: Seen) -> Board:
    reason = order.reason.strip()[:REASON_LENGTH]
    if not reason:
        raise Refused("batch.no_reason", "Dites pourquoi ces pages ne vont dans aucun courrier.", field="motif")
    return _set_aside(board, _chosen(board, order), reason)


def _set_aside(board: Board, keys: Iterable[str], reason: str) -> Board:
    chosen = set(keys)
    taken = tuple(Left(leaf, reason) for leaf in board.leaves() if leaf.key in chosen)
    piles = tuple(
        replace(pile, leaves=tuple(leaf for leaf in pile.leaves if leaf.key not in chosen)) for pile in board.piles
    )
    return Board(piles, board.aside + taken)


def _restore(board: Board, order: BoardOrder, _seen: Seen) -> Board:
    chosen = [left.leaf for left in board.aside if left.leaf.key in order.keys]
    if not chosen:
        raise Refused("batch.no_page", "Choisissez d'abord une page (touche X), puis recommencez.")
    done = replace(board, aside=tuple(left for left in board.aside if left.leaf not in chosen))
    for leaf in sorted(chosen, key=lambda one: one.place):
        done = _put_back(done, leaf)
    return done


def _put_back(board: Board, leaf: Leaf) -> Board:
    """Put a page back beside its neighbours of the same file; at the end, by itself, when none of them is in a pile."""
    of_file = [one for one in board.leaves() if one.place[0] == leaf.place[0]]
    before = [one for one in of_file if one.place < leaf.place]
    row = _row(board)
    if before:
        row.insert(row.index(max(before, key=lambda one: one.place)) + 1, leaf)
    elif of_file:
        row.insert(row.index(min(of_file, key=lambda one: one.place)), leaf)
    else:
        row += [Pile(()), leaf]
    return _moved(board, row, frozenset(), len(row))


def _cut_blanks(board: Board, _order: BoardOrder, seen: Seen) -> Board:
    """Cut after each blank page, or blank sheet when both sides were scanned; the blank pages are set aside."""
    marks = [key for pile in board.piles for key in _blank_marks(pile, seen)]
    firsts = [
        after.key
        for pile in board.piles
        for leaf, after in zip(pile.leaves, pile.leaves[1:], strict=False)
        if leaf.key in marks and after.key not in marks
    ]
    _refuse_unless(marks)
    return _set_aside(_cut_before(board, firsts), marks, Aside.BLANK)


def _blank_marks(pile: Pile, seen: Seen) -> list[str]:
    """Return the blank pages of a pile; of paper scanned on both sides, those of blank sheets: two or more in a row."""
    least = 2 if seen.both_sides else 1
    runs = (list(run) for blank, run in groupby((leaf.key for leaf in pile.leaves), seen.blanks.__contains__) if blank)
    return [key for run in runs if len(run) >= least for key in run]


def _drop_blanks(board: Board, _order: BoardOrder, seen: Seen) -> Board:
    marks = [leaf.key for leaf in board.leaves() if leaf.key in seen.blanks]
    _refuse_unless(marks)
    return _set_aside(board, marks, Aside.BLANK)


def _refuse_unless(marks: Sequence[str]) -> None:
    if not marks:
        raise Refused("batch.no_blank", "Aucune page blanche n'a été trouvée dans ce lot. Rien n'a été changé.")


_Act = Callable[[Board, BoardOrder, Seen], Board]
_ACTS: dict[BoardAct, _Act] = {
    BoardAct.CUT: _cut,
    BoardAct.MERGE: _merge,
    BoardAct.TURN: _turn,
    BoardAct.EARLIER: _earlier,
    BoardAct.LATER: _later,
    BoardAct.PLACE: _place,
    BoardAct.DISCARD: _discard,
    BoardAct.RESTORE: _restore,
    BoardAct.CUT_BLANKS: _cut_blanks,
    BoardAct.DROP_BLANKS: _drop_blanks,
}
