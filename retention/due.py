"""What fell due at the last sweep, for whoever keeps the archives."""

from __future__ import annotations

from dataclasses import dataclass

from ged.mail.access import Actor, Right, require
from ged.mail.item import Letter
from ged.store.holds import DueRecord
from ged.store.unit import Store


@dataclass(frozen=True, slots=True)
class Due:
    """A letter whose term is over, and what its rule proposes; nothing is done to it."""

    letter: Letter
    record: DueRecord


def due_letters(*, store: Store, actor: Actor) -> tuple[Due, ...]:
    """Return the letters that fall due, longest over first, among those that the actor may read.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.SEE_RETENTION)
    with store.unit() as unit:
        records = unit.holds.due(actor.tokens())
        letters = {letter.id: letter for letter in unit.letters.many([record.letter_id for record in records])}
    return tuple(Due(letters[record.letter_id], record) for record in records if record.letter_id in letters)
