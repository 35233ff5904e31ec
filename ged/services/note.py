"""Notes beside a letter, and following it."""

from __future__ import annotations

import secrets

from ged.clock import Clock
from ged.errors import Refused
from ged.mail.access import Actor
from ged.mail.journal import Act
from ged.mail.note import Note
from ged.mail.said import Said
from ged.store.unit import Store

LONGEST = 4000
"""Characters of a note: longer is a document of its own."""


def add_note(letter_id: str, text: str, *, private: bool, store: Store, actor: Actor, clock: Clock) -> None:
    """Write a note, for every reader of the letter or for oneself alone.

    Raises:
        NotFound: `letter.unknown`.
        Refused: `note.empty`, `note.long`.
    """
    said = text.strip()
    if not said:
        raise Refused("note.empty", "Écrivez la note avant de l'ajouter.", field="note")
    if len(said) > LONGEST:
        raise Refused(
            "note.long",
            Said("Une note compte %(most)s caractères au plus. Raccourcissez-la.", most=LONGEST),
            field="note",
        )
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        unit.notes.add(Note(secrets.token_urlsafe(16), letter.id, now, actor.login, actor.name, private, said))
        unit.journal.write(now, Act.NOTED, actor, letter.id, private=private)
        unit.commit()


def follow(letter_id: str, *, following: bool, store: Store, actor: Actor) -> None:
    """Begin or stop to follow a letter: it stays in one's own list wherever it goes.

    Raises:
        NotFound: `letter.unknown`.
    """
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        if actor.person_id is not None:
            (unit.notes.follow if following else unit.notes.unfollow)(letter.id, actor.person_id)
        unit.commit()
