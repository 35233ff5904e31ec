"""Telling a letter's history to take away: its events with their digests, and a line in the journal that it was."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ged.clock import Clock
from ged.mail.access import Actor, Right, require
from ged.mail.history import Event, chain, events
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.store.unit import Store


class Medium(StrEnum):
    """As what a history is taken away."""

    CSV = "csv"
    PDF = "pdf"
    JSON = "json"
    SCREEN = "terminal"


@dataclass(frozen=True, slots=True)
class History:
    """A letter with what happened to it, and the digest of each event, chained."""

    letter: Letter
    events: tuple[Event, ...]
    digests: tuple[str, ...]


def tell_history(letter_id: str, medium: Medium, *, store: Store, actor: Actor, clock: Clock) -> History:
    """Return a letter's history, every reading of it included, and write in the journal its last digest.

    Raises:
        Forbidden: `access.right`.
        NotFound: `letter.unknown`.
    """
    require(actor, Right.EXPORT)
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        told = events(
            unit.journal.of(letter.id),
            steps=unit.steps.of(letter.id),
            opinions=unit.opinions.of(letter.id),
            notes=unit.notes.of(letter.id, actor.login),
            decisions=unit.proposals.decisions(letter.id),
            proposals=unit.proposals.of(letter.id),
        )
        digests = chain(letter.id, letter.original, told)
        last = digests[-1] if digests else ""
        unit.journal.write(
            clock(), Act.HISTORY_EXPORTED, actor, letter.id, medium=medium, events=len(told), sha256=last
        )
        unit.commit()
    return History(letter, told, digests)
