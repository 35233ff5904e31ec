"""The board of a lot: which pages will be one letter, which are set aside and why.

Every page of every file stands on the board exactly once: no act adds a page, loses one or doubles one. Boards are
values; an act (`ged.mail.batch_acts`) gives another board.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ged.errors import Refused
from ged.mail.batch_sheet import BatchSheet, SheetSort
from ged.mail.said import Said


class Aside(StrEnum):
    """Why a page is in no letter, when it was not a person who wrote why."""

    SEPARATOR = "separateur"
    LOT_SHEET = "fiche_de_lot"
    VERSO = "verso_de_feuille"
    BLANK = "page_blanche"


@dataclass(frozen=True, slots=True)
class BatchPage:
    """One page of a file as it was looked at.

    Attributes:
        sheet: Which sheet of ours its QR says it is (the letter of its address), "" for none; `code` is the QR's own.
        small: SHA-256 of its picture for the board, "" when it could not be drawn; `large` of the one to read it on.
    """

    rank: int
    number: int
    blank: bool
    sheet: str
    code: str
    width_px: int
    height_px: int
    small: str
    large: str

    @property
    def key(self) -> str:
        """Its name on the board: the file's rank and the page's number."""
        return f"{self.rank}-{self.number}"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page on the board, turned clockwise by a quarter turn or more: 0, 90, 180 or 270 degrees."""

    key: str
    turn: int = 0

    @property
    def place(self) -> tuple[int, int]:
        """The file's rank and the page's number."""
        rank, _, number = self.key.partition("-")
        return int(rank), int(number)


@dataclass(frozen=True, slots=True)
class Pile:
    """Pages that will be one letter, and what its separator said of it: the entity it is for, its kind."""

    leaves: tuple[Leaf, ...]
    entity_id: str = ""
    kind: str = ""

    def whole_file(self, page_counts: Mapping[int, int]) -> int | None:
        """Return the rank of the file that this pile is, page for page and unturned; None when it is not one."""
        rank = self.leaves[0].place[0]
        pages = tuple(Leaf(f"{rank}-{number}") for number in range(1, page_counts.get(rank, 0) + 1))
        return rank if self.leaves == pages else None


@dataclass(frozen=True, slots=True)
class Left:
    """A page that is in no letter, and why."""

    leaf: Leaf
    reason: str


@dataclass(frozen=True, slots=True)
class Board:
    """The pages of a lot as they are laid out."""

    piles: tuple[Pile, ...] = ()
    aside: tuple[Left, ...] = ()

    def leaves(self) -> Iterator[Leaf]:
        """Yield the pages that are in piles, in order."""
        for pile in self.piles:
            yield from pile.leaves

    @property
    def keys(self) -> tuple[str, ...]:
        """Every page, those set aside last."""
        return tuple(leaf.key for leaf in self.leaves()) + tuple(left.leaf.key for left in self.aside)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a board holds; `written` leaves out the blank pages."""

    letters: int
    pages: int
    written: int
    blank: int
    aside: int


def counts(board: Board, blanks: Iterable[str]) -> Counts:
    """Count a board, given which of its pages are blank."""
    empty = set(blanks)
    pages = [leaf.key for leaf in board.leaves()]
    blank = sum(key in empty for key in pages)
    return Counts(len(board.piles), len(pages), len(pages) - blank, blank, len(board.aside))


def laid_out(pages: Sequence[BatchPage], known: Mapping[str, BatchSheet], *, both_sides: bool) -> Board:
    """Return the board that the pages of one file propose: cut at separators, which drop out with their blank versos.

    A sheet of ours that came back among the letters is a pile by itself: it will be read as such.
    """
    piles: list[Pile] = []
    aside: list[Left] = []
    start, after, fresh = Pile(()), "", True
    for page in pages:
        sheet = known.get(page.code) if page.code else None
        if sheet is None and page.blank and after and (both_sides or after == "back"):
            if after == "back":
                piles[-1] = replace(piles[-1], leaves=(*piles[-1].leaves, Leaf(page.key)))
            else:
                aside.append(Left(Leaf(page.key), Aside.VERSO))
            after = ""
            continue
        if sheet is not None and sheet.sort in _DROP_OUT:
            aside.append(Left(Leaf(page.key), _DROP_OUT[sheet.sort]))
            if sheet.sort is SheetSort.SEPARATOR:
                start = Pile((), sheet.entity_id, sheet.kind)
            fresh, after = True, "sheet"
            continue
        came_back = sheet is not None and sheet.sort is SheetSort.BACK
        if fresh or came_back:
            piles.append(start if not came_back else Pile(()))
            fresh = False
        piles[-1] = replace(piles[-1], leaves=(*piles[-1].leaves, Leaf(page.key)))
        after = "back" if came_back else ""
        fresh = came_back
    return Board(tuple(piles), tuple(aside))


_DROP_OUT = {SheetSort.SEPARATOR: Aside.SEPARATOR, SheetSort.LOT: Aside.LOT_SHEET}


def joined(first: Board, second: Board) -> Board:
    """Return a board with another's pages after its own."""
    return Board((*first.piles, *second.piles), (*first.aside, *second.aside))


def interleaved(pages: Sequence[BatchPage], *, backwards: bool) -> list[BatchPage]:
    """Return pages scanned all fronts then all backs, each back after its front.

    `backwards`: the pile was turned over as a whole, so that its last back was scanned first.

    Raises:
        Refused: `batch.odd`.
    """
    half, rest = divmod(len(pages), 2)
    if rest:
        raise Refused(
            "batch.odd",
            Said(
                "Le lot a %(count)s pages, un nombre impair : un recto ou un verso manque. Rien n'a été changé ; "
                "numérisez la page qui manque, ou rangez les pages une à une.",
                count=len(pages),
            ),
        )
    backs = list(pages[half:])
    if backwards:
        backs.reverse()
    return [page for pair in zip(pages[:half], backs, strict=True) for page in pair]
