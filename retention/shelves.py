"""What the archivist has before him: the letters that are over, each with its fate; nothing is destroyed from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from ged.clock import Clock
from ged.mail.access import Actor, Right, require
from ged.mail.filing import Disposition, RetentionRule
from ged.mail.item import Letter, State
from ged.mail.listing import Listing
from ged.mail.moves import CLOSED
from ged.mail.sieve import Sieve
from ged.store.unit import Store
from retention.fate import Fate, fate_of


class Shelf(StrEnum):
    """Which letters: those that are over, those whose term has passed at the last sweep, those on hold."""

    CLOSED = "clos"
    DUE = "echus"
    HELD = "geles"


_LISTED = {
    Shelf.CLOSED: Listing(states=tuple(sorted({*CLOSED, State.DISPATCHED}))),
    Shelf.DUE: Listing(fallen_due=True),
    Shelf.HELD: Listing(held=True),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A shelf, and what a letter must also be; `disposition` is what its rule proposes in the end."""

    shelf: Shelf
    sieve: Sieve
    disposition: Disposition | None = None


@dataclass(frozen=True, slots=True)
class Shelved:
    """Some letters of a shelf with their fates, how many there are in all, and how many on each shelf, unsieved."""

    rows: tuple[tuple[Letter, Fate], ...]
    total: int
    counts: Mapping[Shelf, int]


def shelved(wanted: Wanted, *, store: Store, actor: Actor, clock: Clock, limit: int, offset: int = 0) -> Shelved:
    """Return some letters of a shelf, among those that the actor may read.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.SEE_RETENTION)
    today = clock().date()
    with store.unit() as unit:
        rules = unit.organisation.rules()
        kinds = _kinds(rules, wanted.disposition)
        listing = replace(_LISTED[wanted.shelf], sieve=wanted.sieve, kinds=kinds)
        found = unit.letters.page(listing, actor.tokens(), limit=limit, offset=offset)
        letters = [row.letter for row in found.rows]
        holds = unit.holds.standing_on([letter.id for letter in letters])
        counts = unit.letters.counts(tuple(_LISTED.values()), actor.tokens())
    return Shelved(
        tuple((each, fate_of(each, rules.get(each.kind or ""), holds.get(each.id, ()), today)) for each in letters),
        found.total,
        dict(zip(_LISTED, counts, strict=True)),
    )


def _kinds(rules: Mapping[str, RetentionRule], disposition: Disposition | None) -> tuple[str, ...] | None:
    if disposition is None:
        return None
    return tuple(kind for kind, rule in rules.items() if rule.disposition is disposition)
