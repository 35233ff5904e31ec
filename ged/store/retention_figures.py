"""Letters counted by the rule that the last sweep found for them; only those that these tokens open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from ged.mail.item import State
from ged.store.letters import seen_by
from ged.store.tables import letter


@dataclass(frozen=True, slots=True)
class RuleCount:
    """Some letters under one rule.

    Attributes:
        rule: Its code; None where no rule applies, or no sweep has come by yet.
        state: Of the letters; `held`: whether a hold stands on them.
        overdue: Whether their term is over. `year` is the one in which it ends; None when nobody can say yet.
    """

    rule: str | None
    state: State
    held: bool
    overdue: bool
    year: int | None
    count: int


class RetentionFigures:
    """Counts, in one statement."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def by_rule(self, tenant_id: str, tokens: frozenset[str], today: date) -> Sequence[RuleCount]:
        """Count the letters of a tenant by rule, state, hold and year of the end of their term."""
        overdue = sa.func.coalesce(letter.c.kept_until < today, sa.false())
        year = sa.cast(sa.extract("year", letter.c.kept_until), sa.Integer)
        key = (letter.c.term_rule, letter.c.state, letter.c.held, overdue, year)
        query = sa.select(*key, sa.func.count()).where(letter.c.tenant_id == tenant_id, seen_by(tokens))
        rows = self._connection.execute(query.group_by(*(sa.literal_column(str(n + 1)) for n in range(len(key)))))
        return [RuleCount(rule, State(state), *rest) for rule, state, *rest in rows]
