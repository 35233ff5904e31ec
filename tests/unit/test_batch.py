"""The board of a lot: where separators cut it, what each act does, what is to be confirmed before numbers are given."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ged.errors import Refused
from ged.mail.batch import Batch, BatchState, Sides, doubts_of
from ged.mail.batch_acts import BoardAct, BoardOrder, Seen, act_on
from ged.mail.batch_board import BatchPage, Board, Counts, Leaf, Pile, interleaved, laid_out
from ged.mail.batch_sheet import BatchSheet, SheetSort, declared
from ged.mail.item import Direction

SEPARATOR = BatchSheet("sep", SheetSort.SEPARATOR, "BOC", entity_id="DAF", kind="facture")
KNOWN = {
    "sep": SEPARATOR,
    "lot": BatchSheet("lot", SheetSort.LOT, "BOC"),
    "slip": BatchSheet("slip", SheetSort.BACK, ""),
}


def pages_of(drawing: str) -> list[BatchPage]:
    """Return pages of one file: `x` written, `.` blank, `S` a separator, `L` the sheet of the lot, `F` a slip back."""
    codes = {"S": "sep", "L": "lot", "F": "slip", "?": "somebody else's"}
    return [
        BatchPage(1, number, each == ".", "l" if each in codes else "", codes.get(each, ""), 10, 14, "s", "l")
        for number, each in enumerate(drawing, 1)
    ]


def shape(board: Board) -> tuple[list[str], str]:
    """Return the pages of each pile and of those set aside, by number."""
    piles = ["".join(leaf.key[2:] for leaf in pile.leaves) for pile in board.piles]
    return piles, "".join(left.leaf.key[2:] for left in board.aside)


def board_of(*piles: str) -> Board:
    return Board(tuple(Pile(tuple(Leaf(f"1-{each}") for each in pile)) for pile in piles))


@pytest.mark.parametrize(
    ("drawing", "both_sides", "expected"),
    [
        ("xxx", False, (["123"], "")),
        ("SxxSx", False, (["23", "5"], "14")),
        ("LSx.Sx", False, (["34", "6"], "125")),
        ("S.x.S.xx", True, (["34", "78"], "1256")),
        ("S.x", False, (["23"], "1")),
        ("x?x", False, (["123"], "")),
        ("xFx", False, (["1", "2", "3"], "")),
        ("xF.xx", False, (["1", "23", "45"], "")),
        ("SS", False, ([], "12")),
    ],
)
def test_separators_cut_a_pile_and_drop_out(drawing: str, both_sides: bool, expected: tuple[list[str], str]) -> None:
    assert shape(laid_out(pages_of(drawing), KNOWN, both_sides=both_sides)) == expected


def test_what_a_separator_says_goes_to_the_letter_after_it_and_to_both_halves_when_it_is_cut() -> None:
    board = laid_out(pages_of("xSxx"), KNOWN, both_sides=False)
    assert [(pile.entity_id, pile.kind) for pile in board.piles] == [("", ""), ("DAF", "facture")]
    cut = act_on(board, BoardOrder(BoardAct.CUT, 0, ("1-4",)), Seen(frozenset(), both_sides=False))
    assert [pile.entity_id for pile in cut.piles] == ["", "DAF", "DAF"]


@pytest.mark.parametrize(
    ("act", "keys", "before", "expected"),
    [
        (BoardAct.CUT, "2", "", (["1", "2", "34"], "")),
        (BoardAct.CUT, "1", "", (["12", "34"], "")),
        (BoardAct.MERGE, "4", "", (["1234"], "")),
        (BoardAct.EARLIER, "2", "", (["21", "34"], "")),
        (BoardAct.EARLIER, "3", "", (["123", "4"], "")),
        (BoardAct.EARLIER, "1", "", (["12", "34"], "")),
        (BoardAct.LATER, "2", "", (["1", "234"], "")),
        (BoardAct.LATER, "4", "", (["12", "34"], "")),
        (BoardAct.LATER, "12", "", (["1234"], "")),
        (BoardAct.PLACE, "4", "1", (["412", "3"], "")),
        (BoardAct.PLACE, "13", "4", (["2", "134"], "")),
        (BoardAct.DISCARD, "23", "", (["1", "4"], "23")),
        (BoardAct.DISCARD, "34", "", (["12"], "34")),
        (BoardAct.CUT_BLANKS, "", "", (["1", "4"], "23")),
        (BoardAct.DROP_BLANKS, "", "", (["1", "4"], "23")),
    ],
)
def test_an_act_does_what_its_name_says(act: BoardAct, keys: str, before: str, expected: tuple[list[str], str]) -> None:
    order = BoardOrder(act, 0, tuple(f"1-{each}" for each in keys), before=f"1-{before}", reason="Doublon")
    seen = Seen(frozenset({"1-2", "1-3"}), both_sides=False)
    assert shape(act_on(board_of("12", "34"), order, seen)) == expected


def test_a_page_set_aside_goes_back_to_its_neighbours() -> None:
    board, nothing = board_of("12", "34"), Seen(frozenset(), both_sides=False)
    without = act_on(board, BoardOrder(BoardAct.DISCARD, 0, ("1-2", "1-3"), reason="Doublon"), nothing)
    assert without.aside[0].reason == "Doublon"
    assert shape(act_on(without, BoardOrder(BoardAct.RESTORE, 0, ("1-2", "1-3")), nothing)) == (["123", "4"], "")


def test_four_quarter_turns_leave_a_page_as_it_was() -> None:
    board, order = board_of("12"), BoardOrder(BoardAct.TURN, 0, ("1-2",))
    turned = [board := act_on(board, order, Seen(frozenset(), both_sides=False)) for _ in range(4)]
    assert [each.piles[0].leaves[1].turn for each in turned] == [90, 180, 270, 0]
    assert (turned[3].piles[0].whole_file({1: 2}), turned[0].piles[0].whole_file({1: 2})) == (1, None)


def test_only_blank_sheets_cut_paper_that_was_scanned_on_both_sides() -> None:
    board, blanks = board_of("123456"), frozenset({"1-2", "1-4", "1-5"})
    order = BoardOrder(BoardAct.CUT_BLANKS, 0)
    assert shape(act_on(board, order, Seen(blanks, both_sides=True))) == (["123", "6"], "45")
    with pytest.raises(Refused, match="Aucune page blanche"):
        act_on(board, order, Seen(frozenset({"1-2"}), both_sides=True))


def test_fronts_then_backs_are_interleaved_and_an_odd_pile_is_refused() -> None:
    def numbers(*, backwards: bool) -> str:
        return "".join(str(page.number) for page in interleaved(pages_of("xxxxxx"), backwards=backwards))

    assert (numbers(backwards=True), numbers(backwards=False)) == ("162534", "142536")
    with pytest.raises(Refused, match="manque"):
        interleaved(pages_of("xxx"), backwards=True)


def test_what_differs_from_what_was_counted_by_hand_is_said() -> None:
    lot = Batch(
        *("b", "MME", "BOC", Direction.INCOMING, "", "televersement", Sides.BOTH, BatchState.PREPARING),
        *(datetime(2026, 11, 24, tzinfo=UTC), "kossi", "A. Kossi"),
        declared_letters=2,
        declared_pages=5,
    )
    assert doubts_of(lot, Counts(letters=2, pages=6, written=5, blank=1, aside=2), []) == ()
    found = doubts_of(lot, Counts(letters=3, pages=6, written=4, blank=2, aside=0), ["pile.pdf"])
    assert [one.split(" ")[0] for one in found] == ["Plis", "Pages", "Recto"]


def test_a_count_is_a_number_or_nothing() -> None:
    assert declared(" 3 ", "") == (3, None)
    for letters, pages in (("0", ""), ("deux", ""), ("", "99999"), ("²", "")):
        with pytest.raises(Refused, match="nombre de 1"):
            declared(letters, pages)
