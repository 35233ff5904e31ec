"""The steps of letters: each move with both of its sides; added, opened, undone, and never changed otherwise."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from ged.mail.access import Actor, Capacity, Post
from ged.mail.item import Letter, State
from ged.mail.moves import Move, Order, Party, Standing, Step, acting_post
from ged.store.routing_tables import step

_DAYS = ("due_date", "suspended_on", "closed_on")


class Steps:
    """Reads and adds steps."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(
        self, letter: Letter, order: Order, after: Standing, actor: Actor, at: datetime, *, post: Post | None = None
    ) -> None:
        """Record a move of a letter as it still stands, made in a post.

        When none is said, it is the one that has the letter or is above it, else the actor's first.
        """
        post = post or acting_post(actor, letter, frozenset(Party)) or next(iter(actor.posts), None)
        self._connection.execute(
            sa.insert(step).values(
                letter_id=letter.id,
                move=order.move,
                at=at,
                login=actor.login,
                name=actor.name,
                title=post.title if post else "",
                position_id=post.position_id if post else None,
                capacity=post.capacity if post else Capacity.HOLDER,
                instrument=post.instrument if post else "",
                holder=post.holder if post else "",
                before=_plain(Standing.of(letter)),
                after=_plain(after),
                mention=order.mention,
                text=order.text.strip(),
                due_date=order.due_date,
                copies=list(order.copies),
            )
        )

    def of(self, letter_id: str) -> tuple[Step, ...]:
        """Return the steps of a letter, first to last."""
        query = sa.select(step).where(step.c.letter_id == letter_id).order_by(step.c.id)
        return tuple(_step(row) for row in self._connection.execute(query))

    def last(self, letter_id: str) -> Step | None:
        """Return the last step of a letter."""
        query = sa.select(step).where(step.c.letter_id == letter_id).order_by(step.c.id.desc()).limit(1)
        row = self._connection.execute(query).one_or_none()
        return _step(row) if row else None

    def last_ids(self, letter_ids: list[str]) -> dict[str, int]:
        """Return the last step of each of several letters that has one."""
        query = sa.select(step.c.letter_id, sa.func.max(step.c.id)).where(step.c.letter_id.in_(letter_ids))
        return {row[0]: row[1] for row in self._connection.execute(query.group_by(step.c.letter_id))}

    def open(self, step_id: int, actor: Actor, at: datetime) -> bool:
        """Mark that the addressee has opened the letter; give whether nobody had before."""
        result = self._connection.execute(
            sa.update(step)
            .where(step.c.id == step_id, step.c.opened_at.is_(None))
            .values(opened_at=at, opened_by=actor.name)
        )
        return bool(result.rowcount)

    def undo(self, step_id: int, at: datetime) -> None:
        """Mark that its author went back on it."""
        self._connection.execute(sa.update(step).where(step.c.id == step_id).values(undone_at=at))


def _plain(standing: Standing) -> dict[str, Any]:
    values = standing.changes()
    return {
        name: value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
    }


def _standing(values: dict[str, Any]) -> Standing:
    days = {name: date.fromisoformat(values[name]) if values[name] else None for name in _DAYS}
    return Standing(**(values | days | {"state": State(values["state"]), "concerned": tuple(values["concerned"])}))


def _step(row: sa.Row[Any]) -> Step:
    values = {one.name: getattr(row, one.name) for one in fields(Step)}
    values |= {
        "move": Move(row.move),
        "capacity": Capacity(row.capacity),
        "before": _standing(row.before),
        "after": _standing(row.after),
    }
    return Step(**(values | {"copies": tuple(row.copies)}))
