"""Telling administrators what is about to end: each deadline once at each of its stages, however many workers run."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from ged.clock import Clock
from ged.mail.access import Role
from ged.mail.notice import CERTIFICATE_ENDS, Notice
from ged.seal.deadline import Deadline
from ged.store.unit import Store


def tell_deadlines(deadlines: Iterable[Deadline], *, store: Store, clock: Clock) -> int:
    """Tell every administrator of what ends within a year, and return how many notices that is on this day."""
    now = clock()
    due = [(each, stage) for each in deadlines if (stage := each.stage(now)) is not None]
    if not due:
        return 0
    with store.unit() as unit:
        posts = [each.id for each in unit.organisation.positions() if each.role is Role.ADMINISTRATOR]
        people = [unit.people.actor(login, now.date()) for login in unit.notices.logins_at(posts, now.date())]
        told = [
            Notice(
                id=secrets.token_urlsafe(16),
                person_id=actor.person_id,
                kind=CERTIFICATE_ENDS.code,
                at=now,
                letter_id=None,
                mark=f"{CERTIFICATE_ENDS.code}:{each.name}:{each.ends_at:%Y%m%d}:{stage}",
                by=each.name,
                day=each.ends_at.date(),
                link="/etat",
            )
            for actor in people
            if actor is not None and actor.person_id is not None
            for each, stage in due
        ]
        for one in told:
            unit.notices.tell(one)
        unit.commit()
    return len(told)
