"""The kinds of entry of the index: letters, and pieces of dossiers. By whose tokens one is found, and what is shown.

Whatever searches asks for entries of one kind: the tokens of a kind open no entry of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from ged.mail.access import Actor, readable
from ged.mail.dossier import piece_tokens
from ged.mail.dossier_piece import IndexedPiece
from ged.mail.indexing import entry_of_piece, piece_of_entry
from ged.mail.listing import ListedLetter
from ged.mail.page import PageWords
from ged.store.unit import Unit
from search.texts import Read

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """One kind of entry; `T` is what is shown of one.

    Attributes:
        tokens: By which an actor finds entries of this kind.
        holds: Whether the entry of a name is of this kind.
        rows: What is shown of some entries, by name: of those that the store says are open to an actor now.
        pages: What their pages say, by name.
        heads: The short texts of one: subject, names, title.
        arrived: When one came.
        address: Its page.
    """

    tokens: Callable[[Actor], frozenset[str]]
    holds: Callable[[str], bool]
    rows: Callable[[Unit, Sequence[str], Actor], Mapping[str, T]]
    pages: Callable[[Unit, Sequence[str]], Mapping[str, Sequence[Read]]]
    heads: Callable[[T], Sequence[str]]
    arrived: Callable[[T], datetime]
    address: Callable[[T], str]


def _letters(unit: Unit, ids: Sequence[str], actor: Actor) -> dict[str, ListedLetter]:
    letters = {letter.id: letter for letter in readable(actor, unit.letters.many(list(ids)))}
    proposals = unit.proposals.of_letters(list(letters))
    return {each: ListedLetter(letter, proposals.get(each, {})) for each, letter in letters.items()}


def _pieces(unit: Unit, entries: Sequence[str], actor: Actor) -> dict[str, IndexedPiece]:
    known = unit.dossier_pieces.indexed(_ids(entries), actor)
    return {entry_of_piece(each): piece for each, piece in known.items()}


def _texts(unit: Unit, entries: Sequence[str]) -> dict[str, list[PageWords]]:
    return {entry_of_piece(each): pages for each, pages in unit.version_texts.of_pieces(_ids(entries)).items()}


def _ids(entries: Sequence[str]) -> list[str]:
    return [piece_id for entry in entries if (piece_id := piece_of_entry(entry)) is not None]


LETTERS: Kind[ListedLetter] = Kind(
    tokens=Actor.tokens,
    holds=lambda entry: piece_of_entry(entry) is None,
    rows=_letters,
    pages=lambda unit, ids: unit.pages.texts_of(ids),
    heads=lambda row: (row.letter.subject or "", row.letter.sender or "", row.letter.recipient or ""),
    arrived=lambda row: row.letter.registered_at,
    address=lambda row: f"/courrier/{row.letter.id}",
)
PIECES: Kind[IndexedPiece] = Kind(
    tokens=piece_tokens,
    holds=lambda entry: piece_of_entry(entry) is not None,
    rows=_pieces,
    pages=_texts,
    heads=lambda row: (row.piece.title, row.dossier.title),
    arrived=lambda row: row.added_at,
    address=lambda row: row.address,
)
KINDS: tuple[Kind[Any], ...] = (LETTERS, PIECES)
