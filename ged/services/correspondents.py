"""The directory as one reads it: search by the beginning of words, one card with its letters, possible duplicates."""

from __future__ import annotations

from dataclasses import dataclass

from ged.mail.access import Actor, Right, require
from ged.mail.correspondent import LIKELY, Correspondent, Likeness, likeness, words_typed
from ged.mail.journal import JournalEntry
from ged.mail.listing import LetterPage, Listing
from ged.store.unit import Store, Unit

MOST_PAIRS = 100
"""Possible duplicates on one page, the likeliest first; others come up as these are settled."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two correspondents that may be one, and why."""

    one: Correspondent
    other: Correspondent
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class CardFile:
    """A correspondent with all that belongs to it, as one reader may see it; `letters` are those open to the reader."""

    correspondent: Correspondent
    survivor: Correspondent
    merged: tuple[Correspondent, ...]
    letters: LetterPage
    doubles: tuple[Pair, ...]
    journal: tuple[JournalEntry, ...]


def found(
    text: str, *, store: Store, actor: Actor, limit: int = 12, offset: int = 0
) -> tuple[tuple[Correspondent, ...], int]:
    """Return one page of the correspondents whose words begin as those typed, and how many there are.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.SEE_CORRESPONDENTS)
    with store.unit() as unit:
        return unit.correspondents.search(actor.post.tenant_id, words_typed(text[:200]), limit=limit, offset=offset)


def card_file(correspondent_id: str, *, store: Store, actor: Actor, limit: int = 25, offset: int = 0) -> CardFile:
    """Return a correspondent's file.

    Raises:
        Forbidden: `access.right`.
        NotFound: `correspondent.unknown`.
    """
    require(actor, Right.SEE_CORRESPONDENTS)
    with store.unit() as unit:
        known, tenant_id = unit.correspondents, actor.post.tenant_id
        asked = known.get(correspondent_id, tenant_id)
        survivor = known.get(asked.survivor_id, tenant_id)
        pairs = [] if asked.merged_into else [(asked.id, other) for other in known.alike(asked)]
        return CardFile(
            correspondent=asked,
            survivor=survivor,
            merged=known.members([asked.id]).get(asked.id, (asked,))[1:],
            letters=unit.letters.page(Listing(correspondent=survivor.id), actor.tokens(), limit=limit, offset=offset),
            doubles=_likely(unit, pairs),
            journal=unit.journal.about(asked.id),
        )


def doubles(*, store: Store, actor: Actor) -> tuple[Pair, ...]:
    """Return the correspondents of the tenant that may be one, the likeliest first.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.KEEP_CORRESPONDENTS)
    with store.unit() as unit:
        return _likely(unit, unit.correspondents.alike_pairs(actor.post.tenant_id, 4 * MOST_PAIRS))[:MOST_PAIRS]


def _likely(unit: Unit, pairs: list[tuple[str, str]]) -> tuple[Pair, ...]:
    """Return the pairs that are likely enough, by the most alike of those that each stands for."""
    known = unit.correspondents.members({each for pair in pairs for each in pair})
    likely = []
    for one, other in pairs:
        alike = [likeness(a.card, b.card) for a in known[one] for b in known[other]]
        best = max(alike, key=lambda each: each.score)
        if best.score >= LIKELY:
            likely.append(Pair(known[one][0], known[other][0], best))
    return tuple(sorted(likely, key=lambda pair: -pair.likeness.score))
