"""Statistics per rule: how much each governs, where that stands, when it falls due.

Letters are counted as the last sweep found them; pieces of dossiers, which nothing is noted on, as they stand now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from ged.clock import Clock
from ged.mail.access import Actor, Right, require
from ged.mail.dossier_piece import KeptPiece
from ged.mail.filing import Facts, RetentionRule
from ged.mail.item import State
from ged.mail.moves import CLOSED
from ged.store.retention_figures import RuleCount
from ged.store.unit import Store, Unit
from retention.fate import as_kept, reckon

YEARS = 10
"""So many years are told one by one, this one first."""
_PART = 5000
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
        pieces = Counter(_pieces(unit, actor, today))
    found = {each.code: RuleFigures(each.code, each) for each in schedule.rules}
    for each in (*counts, *(replace(one, count=count) for one, count in pieces.items())):
        code = each.rule or ""
        found.setdefault(code, RuleFigures(code, None)).add(each)
    for one, count in pieces.items():
        found[one.rule or ""].pieces += count
    ordered = sorted(found.values(), key=lambda one: (-one.total, one.code))
    return Figures(tuple(ordered), tuple(range(today.year, today.year + YEARS)))


def _pieces(unit: Unit, actor: Actor, today: date) -> Iterator[RuleCount]:
    """Give each piece as a count of one."""
    part = unit.piece_shelves.after(actor, "", _PART)
    while part:
        facts = unit.retention.of_pieces(part, today)
        yield from (_counted(each, facts[each.piece.id], today) for each in part)
        part = unit.piece_shelves.after(actor, part[-1].piece.id, _PART)


def _counted(one: KeptPiece, facts: Facts, today: date) -> RuleCount:
    found = reckon(as_kept(one), facts)
    until, rule = found.keep_until, found.first.rule.code if found.first else None
    overdue = until is not None and until < today
    year = None if until is None else until.year
    return RuleCount(rule, _state(one), held=bool(facts.holds), overdue=overdue, year=year, count=1)


def _state(one: KeptPiece) -> State:
    """Return the state of a letter that is where a piece is."""
    if one.piece.condemned_at is not None:
        return State.DESTROYED
    if one.piece.transferred_at is not None:
        return State.TRANSFERRED
    return State.DONE if one.dossier.closed_on is not None else State.ASSIGNED
