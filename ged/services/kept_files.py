"""KeptFiles kept with a letter: listed and opened for who may read the letter."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import BinaryIO

from ged.clock import Clock
from ged.errors import NotFound
from ged.mail.access import Actor
from ged.mail.disposal import refuse_destroyed
from ged.mail.journal import Act
from ged.mail.kept import KeptFile
from ged.ports import Vault
from ged.store.unit import Store


def kept_files_of(letter_id: str, *, store: Store, actor: Actor) -> tuple[KeptFile, ...]:
    """Return the pieces of a letter.

    Raises:
        NotFound: `letter.unknown`.
    """
    with store.unit() as unit:
        unit.letters.get(letter_id, actor.tokens())
        return unit.kept_files.of(letter_id)


def open_kept_file(
    letter_id: str, kept_id: str, *, store: Store, vault: Vault, actor: Actor, clock: Clock
) -> tuple[KeptFile, AbstractContextManager[BinaryIO]]:
    """Open a piece as it came, and write in the journal that it was read.

    Raises:
        NotFound: `letter.unknown`, `kept.unknown`.
    """
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        refuse_destroyed(letter)
        piece = unit.kept_files.get(kept_id)
        if piece.letter_id != letter.id:
            raise NotFound("kept.unknown", "Cette pièce n'existe pas, ou elle n'est pas ouverte à votre poste.")
        unit.journal.write(clock(), Act.ORIGINAL_READ, actor, letter.id, piece=piece.id)
        unit.commit()
    return piece, vault.open(piece.sha256)
