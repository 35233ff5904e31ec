"""What the archivist has before him: the letters that are over, each with its fate; nothing is destroyed from here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from ged.clock import Clock
from ged.mail.access import Actor, Right, require
from ged.mail.filing import Disposition, RetentionRule
from ged.mail.item import Letter, State
from ged.mail.journal import Act
from ged.mail.listing import Listing
from ged.mail.moves import CLOSED
from ged.mail.sieve import Sieve
from ged.mail.transfer import PackageOutcome, Taken
from ged.store.unit import Store, Unit
from retention.fate import Fate
from retention.fates import fates_of


class Shelf(StrEnum):
    """Which letters: over, with a term that has passed at the last sweep, on hold, taken by an archive."""

    CLOSED = "clos"
    DUE = "echus"
    HELD = "geles"
    TRANSFERRED = "verses"


_LISTED = {
    Shelf.CLOSED: Listing(states=tuple(sorted({*CLOSED, State.DISPATCHED}))),
    Shelf.DUE: Listing(fallen_due=True),
    Shelf.HELD: Listing(held=True),
    Shelf.TRANSFERRED: Listing(transferred=True),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A shelf, and what a letter must also be; `disposition` is what its rule proposes in the end."""

    shelf: Shelf
    sieve: Sieve
    disposition: Disposition | None = None


@dataclass(frozen=True, slots=True)
class Shelved:
    """Some letters of a shelf with their fates, how many there are in all, and how many on each shelf, unsieved.

    `taken` says of those that an archive took, by letter, when and with what it did.
    """

    rows: tuple[tuple[Letter, Fate], ...]
    total: int
    counts: Mapping[Shelf, int]
    taken: Mapping[str, Taken]


def shelved(wanted: Wanted, *, store: Store, actor: Actor, clock: Clock, limit: int, offset: int = 0) -> Shelved:
    """Return some letters of a shelf, among those that the actor may read.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.SEE_RETENTION)
    today = clock().date()
    with store.unit() as unit:
        listing = replace(
            _LISTED[wanted.shelf], sieve=wanted.sieve, ruled=_ruled(unit, actor, wanted.disposition, today)
        )
        found = unit.letters.page(listing, actor.tokens(), limit=limit, offset=offset)
        letters = [row.letter for row in found.rows]
        fates = fates_of(unit, letters, today)
        counts = unit.letters.counts(tuple(_LISTED.values()), actor.tokens())
        taken = _taken(unit, [each.id for each in letters]) if wanted.shelf is Shelf.TRANSFERRED else {}
    return Shelved(
        tuple((each, fates[each.id]) for each in letters),
        found.total,
        dict(zip(_LISTED, counts, strict=True)),
        taken,
    )


def _taken(unit: Unit, letter_ids: Sequence[str]) -> dict[str, Taken]:
    """Return what archives took, with the instant of the acknowledgement of each package that had one."""
    found = unit.transfers.taken(letter_ids)
    acknowledged = {
        str(line.details["package"]): line.at
        for transfer_id in {each.transfer_id for each in found.values()}
        for line in unit.journal.about(transfer_id)
        if line.act is Act.TRANSFER_ANSWERED and line.details["outcome"] == PackageOutcome.ACKNOWLEDGED
    }
    return {key: replace(each, acknowledged_at=acknowledged.get(each.package)) for key, each in found.items()}


def _ruled(
    unit: Unit, actor: Actor, disposition: Disposition | None, today: date
) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], tuple[tuple[str, ...], tuple[str, ...]]] | None:
    """Return the kinds and the codes of rules that end so, and of rules that keep more: of several, most is kept."""
    if disposition is None:
        return None
    _, schedule = unit.schedules.applied(actor.post.tenant_id, today)
    kinds = {each: schedule.rule(rule) for each, rule in unit.organisation.rules_of_kinds().items()}
    codes = {each.code: schedule.rule_filed(each.code) for each in schedule.plan}

    def named(rules: Mapping[str, RetentionRule | None], ranks: range) -> tuple[str, ...]:
        return tuple(code for code, rule in rules.items() if rule is not None and rule.disposition.rank in ranks)

    same, more = range(disposition.rank, disposition.rank + 1), range(disposition.rank)
    return (named(kinds, same), named(codes, same)), (named(kinds, more), named(codes, more))
