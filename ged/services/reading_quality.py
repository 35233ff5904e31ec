"""Reading quality, for who answers for it: counts of one organisation, and no letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ged.clock import Clock
from ged.mail.access import Actor, Right, require
from ged.mail.filing import Kind
from ged.mail.reading_quality import FieldTally, months_until
from ged.store.unit import Store


@dataclass(frozen=True, slots=True)
class Quality:
    """What is counted: for every kind together, or for one."""

    months: tuple[date, ...]
    tallies: tuple[FieldTally, ...]
    kinds: tuple[Kind, ...]


def reading_quality(kind: str, *, store: Store, actor: Actor, clock: Clock) -> Quality:
    """Return what became of the proposals of the last months in the actor's organisation; `kind` "" counts them all.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.SEE_QUALITY)
    months = months_until(clock().date())
    with store.unit() as unit:
        found = unit.reading_quality.tallies(actor.post.tenant_id, months[0])
        kinds = unit.organisation.kinds()
    return Quality(months, tuple(one for one in found if kind in {"", one.kind}), kinds)
