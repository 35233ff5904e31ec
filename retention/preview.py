"""What a version of the schedule would change: how many letters get another date or another end, and which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from time import monotonic

from ged.clock import Clock
from ged.mail.access import Actor, Right, may_read, require
from ged.mail.item import Letter
from ged.mail.schedule import Schedule
from ged.store.unit import Store
from retention.fate import Fate, fate_of

_BATCH, _EXAMPLES = 1000, 8


@dataclass(slots=True)
class Consequences:
    """What was counted.

    Attributes:
        looked: Letters that were looked at: those of which a rule differs.
        whole: Whether all of them were, in the time given.
        later: Letters kept longer, `earlier` less long; `ends` those with another disposition.
        by_rule: Letters that change, by the rule that sets their term afterwards; "" is the law's floor, or none.
        examples: Letters that the reader may open, each with its fate before and after.
    """

    looked: int = 0
    whole: bool = True
    later: int = 0
    earlier: int = 0
    ends: int = 0
    by_rule: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[Letter, Fate, Fate]] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """How many letters change."""
        return self.by_rule.total()


def consequences(version_id: str, *, store: Store, actor: Actor, clock: Clock, budget_s: float = 10.0) -> Consequences:
    """Compare the fate of a tenant's letters under a version with their fate under what is in force today.

    Only letters under a rule that differs are read. A count that takes longer than its budget says how far it came.

    Raises:
        Forbidden: `access.right`.
        NotFound: `schedule.version`.
    """
    if not actor.has(Right.APPROVE_SCHEDULE):
        require(actor, Right.SEE_RETENTION)
    today, tenant_id, began = clock().date(), actor.post.tenant_id, monotonic()
    with store.unit() as unit:
        number = unit.schedules.get(version_id, tenant_id).number
        new, (standing, old) = unit.schedules.lines(version_id), unit.schedules.applied(tenant_id, today)
        kinds, codes = _differing(old, new, unit.organisation.rules_of_kinds())
    found, last = Consequences(), ""
    while True:
        with store.unit() as unit:
            letters = unit.letters.governed_after(tenant_id, kinds, codes, last, _BATCH)
            before = unit.retention.under(letters, {tenant_id: (standing, old)})
            after = unit.retention.under(letters, {tenant_id: (number, new)})
        for each in letters:
            _compare(found, each, fate_of(each, before[each.id], today), fate_of(each, after[each.id], today), actor)
        found.looked += len(letters)
        if len(letters) < _BATCH:
            return found
        last = letters[-1].id
        if monotonic() - began > budget_s:
            found.whole = False
            return found


def _compare(found: Consequences, letter: Letter, before: Fate, after: Fate, actor: Actor) -> None:
    if (before.keep_until, before.disposition) == (after.keep_until, after.disposition):
        return
    until = [each.keep_until or date.max for each in (before, after)]
    found.later += until[1] > until[0]
    found.earlier += until[1] < until[0]
    found.ends += before.disposition is not after.disposition
    found.by_rule[after.rule or ""] += 1
    if len(found.examples) < _EXAMPLES and may_read(actor, letter):
        found.examples.append((letter, before, after))


def _differing(old: Schedule, new: Schedule, kinds: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the kinds and the file codes under another rule, or under one that says something else."""
    codes = {each.code for each in (*old.plan, *new.plan)}
    return (
        tuple(sorted(kind for kind, rule in kinds.items() if old.rule(rule) != new.rule(rule))),
        tuple(sorted(code for code in codes if old.rule_filed(code) != new.rule_filed(code))),
    )
