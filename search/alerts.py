"""Alerts of kept searches: letters that changed are looked at once the index has them, with the rights of that moment.

Every letter that the index took is queued in the same transaction that forgets its change. Each alert then asks the
index for these letters alone, with the tokens that its owner holds now. A letter is told once to a person for a
search, whatever is looked at twice: the mark of the notice says which.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from ged.clock import Clock
from ged.mail.access import Actor, may_read
from ged.mail.notice import ALERT, Notice
from ged.mail.saved_search import PLACE, Alert
from ged.store.unit import Store
from search.port import Query, SearchIndex

BATCH = 200

Reader = Callable[[str, Actor], Query]
"""Reads a search as somebody typed it, by the lists of that person's organisation."""


def tell_matches(*, store: Store, index: SearchIndex, clock: Clock, read: Reader) -> int:
    """Let every alert look at one batch of changed letters; return how many letters were looked at, 0 when none waits.

    Raises:
        Unavailable: `search.unavailable`; the letters wait.
    """
    with store.unit() as unit:
        due = unit.searches.due(BATCH)
        alerts = unit.searches.alerts() if due else ()
        actors = {alert.login: unit.people.actor(alert.login, clock().date()) for alert in alerts}
    letters = tuple(dict.fromkeys(letter_id for _, letter_id in due))
    for alert in alerts:
        actor = actors[alert.login]
        if actor is not None and actor.posts:
            query = replace(read(_typed(alert), actor), among=letters, limit=len(letters))
            found = [hit.id for hit in index.search(query, actor.tokens()).hits]
            _tell(alert, actor, found, store=store, clock=clock)
    if due:
        with store.unit() as unit:
            unit.searches.looked_at([row for row, _ in due])
            unit.commit()
    return len(due)


def _tell(alert: Alert, actor: Actor, found: list[str], *, store: Store, clock: Clock) -> None:
    """Tell of the letters found that are new, and that the store too says are open to the actor."""
    link = urlencode({"dans": PLACE, "q": _typed(alert)})
    with store.unit() as unit:
        for letter in unit.letters.many(found):
            if letter.registered_at > alert.since and may_read(actor, letter):
                unit.notices.tell(
                    Notice(
                        id=secrets.token_urlsafe(16),
                        person_id=actor.person_id or "",
                        kind=ALERT.code,
                        at=clock(),
                        letter_id=letter.id,
                        mark=f"{ALERT.code}:{alert.view_id}:{letter.id}",
                        by=alert.name,
                        link=f"/courrier/{letter.id}?{link}",
                    )
                )
        unit.commit()


def _typed(alert: Alert) -> str:
    return dict(parse_qsl(alert.query)).get("q", "")
