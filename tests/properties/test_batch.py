"""Whatever is done on the board of a lot, in whatever order: no page is lost, doubled or made up."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from ged.errors import Refused
from ged.mail.batch_acts import BoardAct, BoardOrder, Seen, act_on
from ged.mail.batch_board import BatchPage, Board, interleaved, joined, laid_out
from ged.mail.batch_sheet import BatchSheet, SheetSort

SHEETS = {
    "sep": BatchSheet("sep", SheetSort.SEPARATOR, "BOC", entity_id="DAF"),
    "lot": BatchSheet("lot", SheetSort.LOT, "BOC"),
    "back": BatchSheet("back", SheetSort.BACK, "BOC"),
}
ON_THE_BOARD = [act for act in BoardAct if act not in {BoardAct.UNDO, *(each for each in BoardAct if "interc" in each)}]


def a_page(rank: int, number: int, *, blank: bool, code: str) -> BatchPage:
    return BatchPage(rank, number, blank, "l" if code else "", code, 100, 140, "s", "l")


@st.composite
def files(draw: st.DrawFn) -> list[list[BatchPage]]:
    return [
        [
            a_page(rank, number, blank=draw(st.booleans()), code=draw(st.sampled_from(["", "", "", *SHEETS, "other"])))
            for number in range(1, draw(st.integers(1, 7)) + 1)
        ]
        for rank in range(1, draw(st.integers(1, 3)) + 1)
    ]


@given(files(), st.booleans(), st.data())
def test_no_page_is_ever_lost_or_doubled_whatever_the_acts(
    given_files: list[list[BatchPage]], both_sides: bool, data: st.DataObject
) -> None:
    pages = [page for one in given_files for page in one]
    board = Board()
    for one in given_files:
        board = joined(board, laid_out(one, SHEETS, both_sides=both_sides))
    every = Counter(page.key for page in pages)
    assert Counter(board.keys) == every
    seen = Seen(frozenset(page.key for page in pages if page.blank), both_sides)
    keys = st.sampled_from([*every, "9-9", ""])
    for act in data.draw(st.lists(st.sampled_from(ON_THE_BOARD), max_size=12)):
        chosen = tuple(data.draw(st.lists(keys, max_size=4)))
        order = BoardOrder(act, 0, chosen, before=data.draw(keys), reason="Doublon")
        with suppress(Refused):
            board = act_on(board, order, seen)
        assert Counter(board.keys) == every
        assert all(pile.leaves for pile in board.piles)
        assert {leaf.turn for leaf in board.leaves()} <= {0, 90, 180, 270}
    if len(pages) % 2 == 0:
        for backwards in (True, False):
            mixed = laid_out(interleaved(pages, backwards=backwards), SHEETS, both_sides=True)
            assert Counter(mixed.keys) == every
