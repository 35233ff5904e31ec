"""Letters counted by the rule that the last sweep found, pieces by what decides theirs; only what one may read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from ged.mail.access import Actor
from ged.mail.item import State
from ged.store.dossier_tables import dossier, dossier_piece, dossier_version
from ged.store.dossiers import open_dossiers
from ged.store.hold_tables import hold, hold_piece
from ged.store.letters import seen_by
from ged.store.schedule_tables import retention_event
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


@dataclass(frozen=True, slots=True)
class Case:
    """What of its dossier decides how long a piece is kept; `id` only where an event was recorded in it, else ""."""

    id: str
    file_code: str | None
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class PieceCount:
    """Some pieces of dossiers that have one fate: `brought_on` is the day of the last version of each."""

    case: Case
    brought_on: date
    held: bool
    condemned: bool
    transferred: bool
    count: int


class RetentionFigures:
    """Counts, in a statement each."""

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

    def pieces(self, actor: Actor) -> Sequence[PieceCount]:
        """Count the pieces that an actor may read by what their fate looks at."""
        version, event = dossier_version.c, retention_event.c
        last = sa.select(version.piece_id, sa.func.max(version.added_at).label("at")).group_by(version.piece_id)
        brought = last.subquery()
        told = sa.select(event.dossier_id).where(event.dossier_id.is_not(None), event.withdrawn_at.is_(None))
        standing = sa.select(hold_piece.c.piece_id).join(hold).where(hold.c.lifted_at.is_(None))
        key = (
            sa.case((dossier.c.id.in_(told), dossier.c.id), else_=""),
            dossier.c.file_code,
            dossier.c.closed_on,
            sa.cast(brought.c.at, sa.Date),
            dossier_piece.c.id.in_(standing),
            dossier_piece.c.condemned_at.is_not(None),
            dossier_piece.c.transferred_at.is_not(None),
        )
        query = (
            sa.select(*key, sa.func.count())
            .select_from(dossier_piece)
            .join(dossier, dossier.c.id == dossier_piece.c.dossier_id)
            .join(brought, brought.c.piece_id == dossier_piece.c.id)
            .where(open_dossiers(actor))
            .group_by(*(sa.literal_column(str(n + 1)) for n in range(len(key))))
        )
        return [PieceCount(Case(*row[:3]), *row[3:]) for row in self._connection.execute(query)]
