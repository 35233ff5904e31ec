"""The pieces of a letter, and how it came by e-mail: read, each filtered by who asks."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO

from ged.clock import Clock
from ged.errors import NotFound
from ged.mail.access import Actor
from ged.mail.disposal import refuse_destroyed
from ged.mail.electronic import MailArrival, Piece, Returned
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.mail.message import Message
from ged.ports import Vault
from ged.store.unit import Store


@dataclass(frozen=True, slots=True)
class Electronic:
    """What e-mail has to do with a letter; `first_pages` says where each shown piece begins among the pages."""

    arrival: MailArrival | None
    pieces: tuple[Piece, ...]
    first_pages: dict[int, int]
    messages: tuple[Message, ...]
    returns: dict[str, tuple[Returned, ...]]
    escalated: bool


def electronic(letter: Letter, *, store: Store) -> Electronic:
    """Return what e-mail has to do with a letter that the asker was already let to read."""
    with store.unit() as unit:
        pieces = unit.electronic.pieces(letter.id)
        messages = unit.messages.of(letter.id)
        return Electronic(
            arrival=unit.electronic.arrival(letter.id),
            pieces=pieces,
            first_pages=_first_pages(letter.page_count, pieces),
            messages=messages,
            returns=unit.electronic.returns([each.id for each in messages]),
            escalated=letter.id in unit.reminders.escalated([letter.id]),
        )


def pieces_of(letter_id: str, *, store: Store, actor: Actor) -> tuple[Piece, ...]:
    """Return the pieces of a letter.

    Raises:
        NotFound: `letter.unknown`.
    """
    with store.unit() as unit:
        unit.letters.get(letter_id, actor.tokens())
        return unit.electronic.pieces(letter_id)


def open_piece(
    letter_id: str, rank: int, *, store: Store, vault: Vault, actor: Actor, clock: Clock
) -> tuple[Letter, Piece, AbstractContextManager[BinaryIO]]:
    """Open a piece, byte for byte, and write in the journal that it was read.

    Raises:
        NotFound: `letter.unknown`, `piece.unknown`.
    """
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        refuse_destroyed(letter)
        found = next((each for each in unit.electronic.pieces(letter.id) if each.rank == rank), None)
        if found is None:
            raise NotFound("piece.unknown", "Ce courrier n'a pas de pièce de ce rang.")
        unit.journal.write(clock(), Act.ORIGINAL_READ, actor, letter.id, piece=found.name)
        unit.commit()
    return letter, found, vault.open(found.digest)


def _first_pages(page_count: int, pieces: tuple[Piece, ...]) -> dict[int, int]:
    """Return where each shown piece begins: they come last, in their order, after the message's own pages."""
    at = page_count - sum(each.page_count for each in pieces) + 1
    found: dict[int, int] = {}
    for each in pieces:
        if each.page_count:
            found[each.rank] = at
            at += each.page_count
    return found
