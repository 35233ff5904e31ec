"""What the archivist has before him: what is over, each thing with its fate; nothing is destroyed from here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from ged.clock import Clock
from ged.mail.access import Actor, Right, require
from ged.mail.dossier_piece import KeptPiece
from ged.mail.filing import Disposition, RetentionRule
from ged.mail.item import Letter, State
from ged.mail.journal import Act
from ged.mail.listing import Listing
from ged.mail.moves import CLOSED
from ged.mail.sieve import Sieve
from ged.mail.transfer import PackageOutcome, Taken
from ged.store.piece_shelves import PieceListing
from ged.store.unit import Store, Unit
from retention.fate import Fate
from retention.fates import fates_of, fates_of_pieces

_Ruled = tuple[tuple[tuple[str, ...], tuple[str, ...]], tuple[tuple[str, ...], tuple[str, ...]]]
"""The (kinds, file codes) of letters that are wanted, and of those that are not."""


class Shelf(StrEnum):
    """Which letters and pieces: over, with a term that has passed at the last sweep, on hold, taken by an archive."""

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
_PIECES = {
    Shelf.CLOSED: PieceListing(closed=True),
    Shelf.DUE: PieceListing(fallen_due=True),
    Shelf.HELD: PieceListing(held=True),
    Shelf.TRANSFERRED: PieceListing(transferred=True),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A shelf, and what a letter must also be; `disposition` is what its rule proposes in the end.

    A piece has no more than a service, that of its dossier, and a rule: whoever asks for a kind, a sender, a priority
    or a deadline asks for letters.
    """

    shelf: Shelf
    sieve: Sieve
    disposition: Disposition | None = None


@dataclass(frozen=True, slots=True)
class Shelved:
    """Some letters and pieces of a shelf with their fates, how many of each there are, and how much on each shelf.

    The count of a shelf is of both, unsieved. `taken` says of those that an archive took, by letter or piece, when and
    with what it did.
    """

    rows: tuple[tuple[Letter, Fate], ...]
    total: int
    pieces: tuple[tuple[KeptPiece, Fate], ...]
    piece_total: int
    counts: Mapping[Shelf, int]
    taken: Mapping[str, Taken]


def shelved(wanted: Wanted, *, store: Store, actor: Actor, clock: Clock, limit: int, offset: int = 0) -> Shelved:
    """Return so many letters and so many pieces of a shelf, among those that the actor may read.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.SEE_RETENTION)
    today = clock().date()
    with store.unit() as unit:
        ruled = _ruled(unit, actor, wanted.disposition, today)
        listing = replace(_LISTED[wanted.shelf], sieve=wanted.sieve, ruled=ruled)
        found = unit.letters.page(listing, actor.tokens(), limit=limit, offset=offset)
        letters = [row.letter for row in found.rows]
        fates = fates_of(unit, letters, today)
        pieces, piece_total = _pieces(unit, wanted, ruled, actor, limit=limit, offset=offset)
        fates |= fates_of_pieces(unit, pieces, today)
        counts = unit.letters.counts(tuple(_LISTED.values()), actor.tokens())
        beside = [unit.piece_shelves.count(each, actor) for each in _PIECES.values()]
        ids = [*(each.id for each in letters), *(each.piece.id for each in pieces)]
        taken = _taken(unit, ids) if wanted.shelf is Shelf.TRANSFERRED else {}
    return Shelved(
        tuple((each, fates[each.id]) for each in letters),
        found.total,
        tuple((each, fates[each.piece.id]) for each in pieces),
        piece_total,
        {shelf: sum(each) for shelf, *each in zip(_LISTED, counts, beside, strict=True)},
        taken,
    )


def _pieces(
    unit: Unit, wanted: Wanted, ruled: _Ruled | None, actor: Actor, *, limit: int, offset: int
) -> tuple[tuple[KeptPiece, ...], int]:
    """Return some pieces of a shelf and how many there are; none where what is asked for is said of letters alone."""
    if wanted.sieve != Sieve(service=wanted.sieve.service):
        return (), 0
    codes = None if ruled is None else ruled[0][1]
    listing = replace(_PIECES[wanted.shelf], service=wanted.sieve.service, file_codes=codes)
    return unit.piece_shelves.page(listing, actor, limit=limit, offset=offset)


def _taken(unit: Unit, subject_ids: Sequence[str]) -> dict[str, Taken]:
    """Return what archives took, with the instant of the acknowledgement of each package that had one."""
    found = unit.transfers.taken(subject_ids)
    acknowledged = {
        str(line.details["package"]): line.at
        for transfer_id in {each.transfer_id for each in found.values()}
        for line in unit.journal.about(transfer_id)
        if line.act is Act.TRANSFER_ANSWERED and line.details["outcome"] == PackageOutcome.ACKNOWLEDGED
    }
    return {key: replace(each, acknowledged_at=acknowledged.get(each.package)) for key, each in found.items()}


def _ruled(unit: Unit, actor: Actor, disposition: Disposition | None, today: date) -> _Ruled | None:
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
