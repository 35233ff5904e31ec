"""A letter stands elsewhere: what a step says is written in the letter, and its term follows where closing sets it."""

from __future__ import annotations

from typing import Any

from ged.mail.item import Letter
from ged.mail.moves import Standing
from ged.store.unit import Unit


def stand(unit: Unit, letter: Letter, after: Standing, **more: Any) -> Letter:
    """Return a letter as it stands after a step, written in the caller's transaction; `more` are other fields of it.

    Raises:
        Conflict: `letter.revision`.
    """
    changed = unit.letters.change(letter, **after.changes(), **more)
    if changed.closed_on != letter.closed_on:
        unit.queue.defer("note_term", letter_id=letter.id)
    return changed
