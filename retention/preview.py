"""What a version of the schedule would change: how many letters and pieces of dossiers, how, and which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from time import monotonic

from ged.clock import Clock
from ged.mail.access import Actor, Right, may_read, require
from ged.mail.dossier_piece import KeptPiece
from ged.mail.item import Letter
from ged.mail.schedule import Schedule
from ged.store.unit import Store, Unit
from retention.fate import Fate, fate_of, fate_of_piece

_BATCH, _EXAMPLES = 1000, 8
_Applied = dict[str, tuple[int | None, Schedule]]


@dataclass(slots=True)
class Consequences:
    """What was counted.

    Attributes:
        letters: Letters that change, `pieces` the pieces of dossiers that do; `dossiers` the ids of theirs.
        looked: Letters and pieces that were looked at: those of which a rule differs.
        whole: Whether all of them were, in the time given.
        later: Of both, those kept longer, `earlier` less long; `ends` those with another disposition.
        by_rule: Those that change, by the rule that sets their term afterwards; "" is the law's floor, or none.
        examples: Letters that the reader may open, each with its fate before and after; `piece_examples`: pieces.
    """

    letters: int = 0
    pieces: int = 0
    dossiers: set[str] = field(default_factory=set)
    looked: int = 0
    whole: bool = True
    later: int = 0
    earlier: int = 0
    ends: int = 0
    by_rule: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[Letter, Fate, Fate]] = field(default_factory=list)
    piece_examples: list[tuple[KeptPiece, Fate, Fate]] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """How many letters and pieces change."""
        return self.letters + self.pieces


def consequences(version_id: str, *, store: Store, actor: Actor, clock: Clock, budget_s: float = 10.0) -> Consequences:
    """Compare the fate of a tenant's letters and pieces under a version with their fate under what is in force today.

    Only those under a rule that differs are read. A count that takes longer than its budget, half of it for each of
    the two, says how far it came.

    Raises:
        Forbidden: `access.right`.
        NotFound: `schedule.version`.
    """
    if not actor.has(Right.APPROVE_SCHEDULE):
        require(actor, Right.SEE_RETENTION)
    today, tenant_id = clock().date(), actor.post.tenant_id
    with store.unit() as unit:
        number = unit.schedules.get(version_id, tenant_id).number
        new, (standing, old) = unit.schedules.lines(version_id), unit.schedules.applied(tenant_id, today)
        kinds, codes = _differing(old, new, unit.organisation.rules_of_kinds())
    both = _Comparison(actor, today, kinds, codes, {tenant_id: (standing, old)}, {tenant_id: (number, new)})
    for part in (both.letters, both.pieces):
        _walk(both.found, store, part, monotonic() + budget_s / 2)
    return both.found


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Two schedules beside each other, and what was found of what differs."""

    actor: Actor
    today: date
    kinds: tuple[str, ...]
    codes: tuple[str, ...]
    before: _Applied
    after: _Applied
    found: Consequences = field(default_factory=Consequences)

    def letters(self, unit: Unit, last: str) -> Iterator[str]:
        """Compare letters, by id after one of them, and give their ids."""
        some = unit.letters.governed_after(self.actor.post.tenant_id, self.kinds, self.codes, last, _BATCH)
        before, after = (unit.retention.under(some, side) for side in (self.before, self.after))
        for each in some:
            fates = fate_of(each, before[each.id], self.today), fate_of(each, after[each.id], self.today)
            if self._counts(*fates):
                self.found.letters += 1
                if len(self.found.examples) < _EXAMPLES and may_read(self.actor, each):
                    self.found.examples.append((each, *fates))
            yield each.id

    def pieces(self, unit: Unit, last: str) -> Iterator[str]:
        """Compare pieces of dossiers, by id after one of them, and give their ids."""
        some = unit.dossier_pieces.filed_after(self.actor.post.tenant_id, self.codes, last, _BATCH)
        before, after = (unit.retention.pieces_under(some, side) for side in (self.before, self.after))
        for one in some:
            id_, case = one.piece.id, one.dossier.id
            fates = fate_of_piece(one, before[id_], self.today), fate_of_piece(one, after[id_], self.today)
            if self._counts(*fates):
                self.found.pieces += 1
                self.found.dossiers.add(case)
                if len(self.found.piece_examples) < _EXAMPLES and self._opens(unit, case):
                    self.found.piece_examples.append((one, *fates))
            yield id_

    def _opens(self, unit: Unit, dossier_id: str) -> bool:
        return self.actor.has(Right.SEE_DOSSIERS) and unit.dossiers.seen(dossier_id, self.actor)

    def _counts(self, before: Fate, after: Fate) -> bool:
        """Whether something changes, which is then counted."""
        if (before.keep_until, before.disposition) == (after.keep_until, after.disposition):
            return False
        until = [each.keep_until or date.max for each in (before, after)]
        self.found.later += until[1] > until[0]
        self.found.earlier += until[1] < until[0]
        self.found.ends += before.disposition is not after.disposition
        self.found.by_rule[after.rule or ""] += 1
        return True


def _walk(found: Consequences, store: Store, part: Callable[[Unit, str], Iterator[str]], until: float) -> None:
    last = ""
    while True:
        with store.unit() as unit:
            ids = list(part(unit, last))
        found.looked += len(ids)
        if len(ids) < _BATCH:
            return
        last = ids[-1]
        if monotonic() > until:
            found.whole = False
            return


def _differing(old: Schedule, new: Schedule, kinds: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the kinds and the file codes under another rule, or under one that says something else."""
    codes = {each.code for each in (*old.plan, *new.plan)}
    return (
        tuple(sorted(kind for kind, rule in kinds.items() if old.rule(rule) != new.rule(rule))),
        tuple(sorted(code for code in codes if old.rule_filed(code) != new.rule_filed(code))),
    )
