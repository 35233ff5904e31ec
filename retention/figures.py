"""Statistics per rule: how many letters each governs, where they stand, when they fall due, as the last sweep found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ged.clock import Clock
from ged.mail.access import Actor, Right, require
from ged.mail.filing import RetentionRule
from ged.mail.item import State
from ged.mail.moves import CLOSED
from ged.store.retention_figures import RuleCount
from ged.store.unit import Store

YEARS = 10
"""So many years are told one by one, this one first."""
_OVER = CLOSED | {State.DISPATCHED, State.CANCELLED}


@dataclass(slots=True)
class RuleFigures:
    """The letters of one rule, each counted once in `current` to `destroyed`.

    Attributes:
        code: Of the rule; "" for letters that no rule governs. `rule` is None there, and where the schedule lost it.
        current: Still at work (âge courant). `intermediate`: over, kept until their day (âge intermédiaire).
        overdue: Over, and their day has passed: they wait for a decision. `held`: of all these, those on hold.
        waiting: Of `current` and `intermediate`, those whose day nobody can say yet.
        falls_due: How many of those that are not gone reach their day, by year.
    """

    code: str
    rule: RetentionRule | None
    current: int = 0
    intermediate: int = 0
    overdue: int = 0
    transferred: int = 0
    destroyed: int = 0
    held: int = 0
    waiting: int = 0
    falls_due: Counter[int] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many letters it governs, those that are gone among them."""
        return self.current + self.intermediate + self.overdue + self.transferred + self.destroyed

    def add(self, some: RuleCount) -> None:
        """Count some more letters."""
        if some.state is State.DESTROYED:
            self.destroyed += some.count
        elif some.state is State.TRANSFERRED:
            self.transferred += some.count
        else:
            self._add_kept(some)

    def _add_kept(self, some: RuleCount) -> None:
        if some.state not in _OVER:
            self.current += some.count
        elif some.overdue:
            self.overdue += some.count
        else:
            self.intermediate += some.count
        self.held += some.count * some.held
        if some.year is None:
            self.waiting += some.count
        elif not some.overdue:
            self.falls_due[some.year] += some.count


@dataclass(frozen=True, slots=True)
class Figures:
    """Every rule of the schedule in force and of letters, the one with most letters first; `years` from this one on."""

    rules: tuple[RuleFigures, ...]
    years: tuple[int, ...]


def figures_by_rule(*, store: Store, actor: Actor, clock: Clock) -> Figures:
    """Count the letters that the actor may read, by the rule that the last sweep found for each.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.SEE_RETENTION)
    today, tenant_id = clock().date(), actor.post.tenant_id
    with store.unit() as unit:
        counts = unit.retention_figures.by_rule(tenant_id, actor.tokens(), today)
        _, schedule = unit.schedules.applied(tenant_id, today)
    found = {each.code: RuleFigures(each.code, each) for each in schedule.rules}
    for each in counts:
        code = each.rule or ""
        found.setdefault(code, RuleFigures(code, None)).add(each)
    ordered = sorted(found.values(), key=lambda one: (-one.total, one.code))
    return Figures(tuple(ordered), tuple(range(today.year, today.year + YEARS)))
