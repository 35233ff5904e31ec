"""What the machine proposed and what people decided: both stay, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from ged.mail.access import Actor
from ged.mail.page import Box, Evidence
from ged.mail.qualification import Decision, DecisionRecord, Field, Proposal
from ged.store.database import Question, among_given
from ged.store.tables import decision, proposal


def _last() -> sa.Select[Any]:
    last = (
        sa.select(proposal.c.letter_id, sa.func.max(proposal.c.run_id).label("run_id"))
        .where(among_given(proposal.c.letter_id, "ids"))
        .group_by(proposal.c.letter_id)
        .subquery()
    )
    said = [proposal.c[name] for name in ("letter_id", "field", "value", "confidence", "page", "box", "origin")]
    return sa.select(*said).join(
        last, (last.c.letter_id == proposal.c.letter_id) & (last.c.run_id == proposal.c.run_id)
    )


_LAST = Question(_last())
"""What the last run proposed for each of several letters."""


class Proposals:
    """Adds proposals by run and decisions by revision; neither is ever overwritten."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def keep(self, letter_id: str, run_id: int, proposals: Sequence[Proposal]) -> None:
        """Keep what one run proposed."""
        rows = [
            {
                "letter_id": letter_id,
                "run_id": run_id,
                "field": each.field,
                "value": each.value,
                "confidence": each.confidence,
                "page": each.evidence.page if each.evidence else None,
                "box": _sides(each.evidence.box) if each.evidence else None,
                "origin": each.origin,
            }
            for each in proposals
        ]
        if rows:
            self._connection.execute(sa.insert(proposal), rows)

    def of(self, letter_id: str) -> dict[Field, Proposal]:
        """Return what the last run proposed for a letter."""
        return self.of_letters([letter_id]).get(letter_id, {})

    def of_letters(self, letter_ids: list[str]) -> dict[str, dict[Field, Proposal]]:
        """Return what the last run proposed for each of several letters."""
        found: dict[str, dict[Field, Proposal]] = {}
        for letter_id, field, *said in _LAST.ask(self._connection, ids=sorted(letter_ids)):
            found.setdefault(letter_id, {})[Field(field)] = _proposal(field, *said)
        return found

    def decide(
        self, letter_id: str, taken: Decision, revision: int, actor: Actor, at: datetime, *, reason: str = ""
    ) -> None:
        """Add a person's decision and the revision it made; `reason` when it corrects an earlier one."""
        values = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(taken).items()
            if name != "expected_revision"
        } | ({"reason": reason} if reason else {})
        self._connection.execute(
            sa.insert(decision).values(
                letter_id=letter_id,
                revision=revision,
                at=at,
                login=actor.login,
                name=actor.name,
                position_id=actor.posts[0].position_id if actor.posts else None,
                values=values,
            )
        )

    def decisions(self, letter_id: str) -> tuple[DecisionRecord, ...]:
        """Return the decisions on a letter, first to last."""
        rows = self._connection.execute(
            sa.select(decision.c.revision, decision.c.at, decision.c.login, decision.c.name, decision.c["values"])
            .where(decision.c.letter_id == letter_id)
            .order_by(decision.c.id)
        )
        return tuple(DecisionRecord(*row) for row in rows)


def _sides(box: Box) -> list[float]:
    return [box.left, box.top, box.right, box.bottom]


def _proposal(  # noqa: PLR0917 - private, as it is kept
    field: str, value: str, confidence: float, page: int, box: list[float] | None, origin: str
) -> Proposal:
    return Proposal(Field(field), value, confidence, None if box is None else Evidence(page, Box(*box)), origin)
