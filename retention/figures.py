"""Statistics per rule: how much each governs, where that stands, when it falls due.

Letters are counted as the last sweep found them; pieces of dossiers, which nothing is noted on, as they stand now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time

from ged.clock import Clock
from ged.mail.access import Actor, Right, require
from ged.mail.filing import RetentionRule
from ged.mail.item import State
from ged.mail.moves import CLOSED
from ged.store.retention_figures import PieceCount, RuleCount
from ged.store.unit import Store, Unit
from retention.fate import AsKept, reckon

YEARS = 10
"""So many years are told one by one, this one first."""
_OVER = CLOSED | {State.DISPATCHED, State.CANCELLED}


@dataclass(slots=True)
class RuleFigures:
    """The letters and pieces of dossiers of one rule, each counted once in `current` to `destroyed`.

    Attributes:
        code: Of the rule; "" for what no rule governs. `rule` is None there, and where the schedule lost it.
        pieces: How many of all are pieces of dossiers.
        current: Still at work (âge courant): a piece is while its dossier is open.
        intermediate: Over, kept until their day (âge intermédiaire).
        overdue: Over, and their day has passed: they wait for a decision. `held`: of all these, those on hold.
        waiting: Of `current` and `intermediate`, those whose day nobody can say yet.
        falls_due: How many of those that are not gone reach their day, by year.
    """

    code: str
    rule: RetentionRule | None
    pieces: int = 0
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
        """How much it governs, those that are gone among them."""
        return self.current + self.intermediate + self.overdue + self.transferred + self.destroyed

    def add(self, some: RuleCount) -> None:
        """Count some more."""
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
    """Every rule of the schedule in force and of what is counted, the widest first; `years` from this one on."""

    rules: tuple[RuleFigures, ...]
    years: tuple[int, ...]


def figures_by_rule(*, store: Store, actor: Actor, clock: Clock) -> Figures:
    """Count the letters and pieces that the actor may read, by the rule that sets the term of each.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.SEE_RETENTION)
    today, tenant_id = clock().date(), actor.post.tenant_id
    with store.unit() as unit:
        counts = unit.retention_figures.by_rule(tenant_id, actor.tokens(), today)
        _, schedule = unit.schedules.applied(tenant_id, today)
        pieces = tuple(_pieces(unit, actor, today))
    found = {each.code: RuleFigures(each.code, each) for each in schedule.rules}
    for each in (*counts, *pieces):
        code = each.rule or ""
        found.setdefault(code, RuleFigures(code, None)).add(each)
    for each in pieces:
        found[each.rule or ""].pieces += each.count
    ordered = sorted(found.values(), key=lambda one: (-one.total, one.code))
    return Figures(tuple(ordered), tuple(range(today.year, today.year + YEARS)))


def _pieces(unit: Unit, actor: Actor, today: date) -> Iterator[RuleCount]:
    """Give the pieces that the actor may read as letters are counted: those together that have one fate."""
    counts = unit.retention_figures.pieces(actor)
    facts = unit.retention.of_cases(actor.post.tenant_id, {each.case for each in counts}, today)
    for each in counts:
        kept = AsKept(datetime.combine(each.brought_on, time.min), each.case.closed_on, 0)
        found = reckon(kept, facts[each.case])
        until, rule = found.keep_until, found.first.rule.code if found.first else None
        overdue = until is not None and until < today
        year = None if until is None else until.year
        yield RuleCount(rule, _state(each), held=each.held, overdue=overdue, year=year, count=each.count)


def _state(some: PieceCount) -> State:
    """Return the state of letters that are where some pieces are."""
    if some.condemned:
        return State.DESTROYED
    if some.transferred:
        return State.TRANSFERRED
    return State.DONE if some.case.closed_on is not None else State.ASSIGNED
