"""Letters that may be one: their marks, the pairs that were found, and what a person said of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert

from ged.mail.access import Actor
from ged.mail.item import Letter, State
from ged.mail.near_duplicate import NearDuplicate, Resemblance, Verdict
from ged.mail.qualification import Field
from ged.store.letters import Tokens, seen_by
from ged.store.near_duplicate_tables import near_duplicate, text_sketch
from ged.store.tables import letter

_PAIR = near_duplicate.c


class NearDuplicates:
    """Keeps marks, finds letters that share some, and keeps each pair once."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def mark(self, letter_id: str, marks: Sequence[int]) -> None:
        """Keep the marks of a letter in place of those that were there."""
        values = {"marks": list(marks)}
        self._connection.execute(
            insert(text_sketch)
            .values(letter_id=letter_id, **values)
            .on_conflict_do_update(index_elements=[text_sketch.c.letter_id], set_=values)
        )

    def candidates(self, of: Letter, marks: Sequence[int], limit: int) -> list[str]:
        """Return letters of the same tenant and direction that share marks with one, those that share most first."""
        asked = sa.cast(list(marks), ARRAY(sa.BigInteger))
        own = sa.func.unnest(text_sketch.c.marks).table_valued("mark").render_derived()
        common = sa.select(sa.func.count()).select_from(own).where(own.c.mark == sa.any_(asked))
        shared = common.correlate(text_sketch).scalar_subquery()
        query = (
            sa.select(letter.c.id)
            .join(text_sketch, text_sketch.c.letter_id == letter.c.id)
            .where(
                text_sketch.c.marks.overlap(asked),
                letter.c.tenant_id == of.tenant_id,
                letter.c.direction == of.direction,
                letter.c.id != of.id,
                letter.c.state != State.CANCELLED,
            )
            .order_by(shared.desc(), letter.c.registered_at.desc())
            .limit(limit)
        )
        return list(self._connection.scalars(query)) if marks else []

    def keep(self, letter_id: str, found: Sequence[tuple[str, Resemblance]]) -> None:
        """Keep what a letter may be; a pair that is there already stays, with what a person said of it.

        In one order whoever writes: letters read side by side that are all alike do not wait for each other.
        """
        rows = [_row(letter_id, other_id, each) for other_id, each in found]
        rows.sort(key=lambda row: (row["first_id"], row["second_id"]))
        if rows:
            self._connection.execute(insert(near_duplicate).on_conflict_do_nothing(), rows)

    def of(self, letter_id: str, tokens: Tokens) -> tuple[NearDuplicate, ...]:
        """Return the letters that one may be, of those that these tokens open: the most alike first."""
        found = []
        for here, there, here_words, there_words in (
            (_PAIR.first_id, _PAIR.second_id, _PAIR.first_words, _PAIR.second_words),
            (_PAIR.second_id, _PAIR.first_id, _PAIR.second_words, _PAIR.first_words),
        ):
            query: sa.Select[Any] = (
                sa.select(
                    there, _PAIR.share, here_words, there_words, _PAIR.agree, _PAIR.verdict, _PAIR.name, _PAIR.said_at
                )
                .join(letter, letter.c.id == there)
                .where(here == letter_id, seen_by(tokens))
            )
            found += [_value(row) for row in self._connection.execute(query)]
        return tuple(sorted(found, key=lambda one: (-one.share, one.other_id)))

    def say(self, letter_id: str, other_id: str, verdict: Verdict, actor: Actor, at: datetime) -> None:
        """Write what a person said of a pair."""
        first, second = sorted((letter_id, other_id))
        self._connection.execute(
            sa.update(near_duplicate)
            .where(_PAIR.first_id == first, _PAIR.second_id == second)
            .values(verdict=verdict, said_at=at, login=actor.login, name=actor.name)
        )


def _row(letter_id: str, other_id: str, found: Resemblance) -> dict[str, Any]:
    ordered = letter_id < other_id
    here, there = (found.here, found.there) if ordered else (found.there, found.here)
    return {
        "first_id": min(letter_id, other_id),
        "second_id": max(letter_id, other_id),
        "share": found.share,
        "first_words": list(here),
        "second_words": list(there),
        "agree": list(found.agree),
    }


def _value(row: sa.Row[Any]) -> NearDuplicate:
    other_id, share, here, there, agree, verdict, name, said_at = tuple(row)
    return NearDuplicate(
        other_id,
        share,
        tuple(here),
        tuple(there),
        tuple(Field(each) for each in agree),
        None if verdict is None else Verdict(verdict),
        name or "",
        said_at,
    )
