"""Checking registers: each series must run 1, 2, 3 … without a hole or a double, and never go back in time."""

from __future__ import annotations

from ged.mail.access import Actor, Right, require
from ged.mail.register import SeriesReport, check_series
from ged.store.unit import Store


def check_registers(*, store: Store, actor: Actor) -> tuple[SeriesReport, ...]:
    """Check every series of the actor's register, number by number.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.SEE_REGISTER)
    with store.unit() as unit:
        return tuple(
            check_series(series, last, unit.registers.entries(series))
            for series, last in unit.registers.series(actor.post.register_id)
        )
