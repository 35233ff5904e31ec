"""What people made of proposals, counted by the database: no value of any letter leaves it."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from ged.mail.item import Direction, Reading
from ged.mail.learning import OPEN_LEVELS
from ged.mail.qualification import Field
from ged.mail.reading_quality import FieldTally, Tally
from ged.store.tables import decision, letter, proposal, run

_NAMES = {
    Field.SENDER: "sender",
    Field.RECIPIENT: "recipient",
    Field.SUBJECT: "subject",
    Field.SENDER_REFERENCE: "sender_reference",
    Field.LETTER_DATE: "letter_date",
    Field.KIND: "kind",
    Field.SERVICE: "service_id",
    Field.FILE_CODE: "file_code",
}


class ReadingQuality:
    """Counts; it writes nothing."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def tallies(self, tenant_id: str, since: date) -> tuple[FieldTally, ...]:
        """Return what became of each field, by month (UTC) and kind, on letters open to every clerk.

        What counts is the first decision on a letter, beside what was proposed when it was taken: what was read again
        later, or corrected later, is another matter.
        """
        first = _first_decisions(tenant_id).subquery()
        last_run = (
            sa.select(sa.func.max(run.c.id))
            .where(run.c.letter_id == first.c.letter_id, run.c.finished_at <= first.c.at, run.c.stage == "propose")
            .scalar_subquery()
        )
        fields = sa.values(sa.column("code", sa.Text), sa.column("name", sa.Text), name="fields").data(
            [(str(field), name) for field, name in _NAMES.items()]
        )
        decided = _plain(sa.func.coalesce(first.c["values"].op("->>")(fields.c.name), ""))
        proposed = _plain(proposal.c.value)
        month = sa.func.date_trunc("month", sa.func.timezone("UTC", first.c.at))
        kind = sa.func.coalesce(first.c["values"].op("->>")("kind"), "")
        query = (
            sa.select(
                month,
                fields.c.code,
                kind,
                sa.func.count().filter(proposed == decided),
                sa.func.count().filter(proposed != decided),
                sa.func.count().filter(proposed.is_(None), decided != ""),
            )
            .select_from(first)
            .join(fields, sa.true())
            .outerjoin(
                proposal,
                sa.and_(
                    proposal.c.letter_id == first.c.letter_id,
                    proposal.c.field == fields.c.code,
                    proposal.c.run_id == last_run,
                ),
            )
            .where(
                first.c.at >= sa.cast(since, sa.Date),
                # Whoever decided before the machine had read says nothing of the machine.
                sa.or_(last_run.is_not(None), first.c.reading == Reading.FAILED),
            )
            .group_by(month, fields.c.code, kind)
            .order_by(month, fields.c.code, kind)
        )
        return tuple(
            FieldTally(at.date(), Field(code), of, Tally(*counts))
            for at, code, of, *counts in self._connection.execute(query)
        )


def _first_decisions(tenant_id: str) -> sa.Select[Any]:
    return (
        sa.select(decision.c.letter_id, decision.c.at, decision.c["values"], letter.c.reading)
        .ext(distinct_on(decision.c.letter_id))
        .join(letter, letter.c.id == decision.c.letter_id)
        .where(
            letter.c.tenant_id == tenant_id,
            letter.c.direction == Direction.INCOMING,
            letter.c.confidentiality.in_(OPEN_LEVELS),
        )
        .order_by(decision.c.letter_id, decision.c.id)
    )


def _plain(text: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """Spaces are no correction: those around a value, and more than one in it."""
    return sa.func.btrim(sa.func.regexp_replace(text, r"\s+", " ", "g"))
