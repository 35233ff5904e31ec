"""Leaving a line in the journal for what was handed out, before it is: a print, a table, the picture of a paper."""

from __future__ import annotations

from ged.clock import Clock
from ged.mail.access import Actor
from ged.mail.journal import Act
from ged.store.unit import Store


def leave_line(
    act: Act,
    thing_id: str,
    *,
    store: Store,
    actor: Actor,
    clock: Clock,
    letter_id: str | None = None,
    once: bool = False,
    **details: object,
) -> None:
    """Write one line, about a letter or another thing; what is handed out must be open to the actor already.

    Args:
        act: What is done.
        thing_id: What it is done to, where that is no letter.
        store: Where the journal is.
        actor: Who does it.
        clock: When.
        letter_id: Of the letter that it is done to.
        once: Whether a line of the same person about the same thing, of the last two hours, stands for this one.
        details: JSON values, never the content of a letter.
    """
    with store.unit() as unit:
        if once:
            unit.journal.write_once(clock(), act, actor, thing_id, letter_id, **details)
        elif letter_id is not None:
            unit.journal.write(clock(), act, actor, letter_id, **details)
        else:
            unit.journal.write_about(clock(), act, actor, thing_id, **details)
        unit.commit()
