"""Alerts of kept searches: what changed is looked at once the index has it, with the rights of that moment.

Every entry that the index took, a letter or a piece of a dossier, is queued in the same transaction that forgets its
change. Each alert then asks the index for these entries alone, with the tokens that its owner holds now. An entry is
told once to a person for a search, whatever is looked at twice: the mark of the notice says which.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from ged.clock import Clock
from ged.mail.access import Actor
from ged.mail.indexing import piece_of_entry
from ged.mail.notice import ALERT, PIECE_ALERT, Notice
from ged.mail.saved_search import PLACE, Alert
from ged.store.unit import Store
from search.entries import KINDS, Kind
from search.port import Query, SearchIndex

BATCH = 200

Reader = Callable[[str, Actor], Query]
"""Reads a search as somebody typed it, by the lists of that person's organisation."""


def tell_matches(*, store: Store, index: SearchIndex, clock: Clock, read: Reader) -> int:
    """Let every alert look at one batch of what changed; return how many entries were looked at, 0 when none waits.

    Raises:
        Unavailable: `search.unavailable`; the entries wait.
    """
    with store.unit() as unit:
        due = unit.searches.due(BATCH)
        alerts = unit.searches.alerts() if due else ()
        actors = {alert.login: unit.people.actor(alert.login, clock().date()) for alert in alerts}
    entries = tuple(dict.fromkeys(entry for _, entry in due))
    for alert in alerts:
        actor = actors[alert.login]
        if actor is not None and actor.posts:
            query = read(_typed(alert), actor)
            for kind in KINDS:
                _look(alert, actor, kind, query, [each for each in entries if kind.holds(each)], store, index, clock)
    if due:
        with store.unit() as unit:
            unit.searches.looked_at([row for row, _ in due])
            unit.commit()
    return len(due)


def _look(  # noqa: PLR0917 - private
    alert: Alert, actor: Actor, kind: Kind[Any], query: Query, entries: Sequence[str], store: Store, index: SearchIndex,
    clock: Clock,
) -> None:  # fmt: skip
    """Tell of the entries found that are new, and that the store too says are open to the actor."""
    if not entries:
        return
    asked = replace(query, among=tuple(entries), limit=len(entries))
    found = [hit.id for hit in index.search(asked, kind.tokens(actor)).hits]
    if not found:
        return
    with store.unit() as unit:
        for entry, row in kind.rows(unit, found, actor).items():
            if kind.arrived(row) > alert.since:
                unit.notices.tell(_notice(alert, actor, entry, kind.address(row), clock))
        unit.commit()


def _notice(alert: Alert, actor: Actor, entry: str, address: str, clock: Clock) -> Notice:
    piece_id = piece_of_entry(entry)
    return Notice(
        id=secrets.token_urlsafe(16),
        person_id=actor.person_id or "",
        kind=ALERT.code if piece_id is None else PIECE_ALERT.code,
        at=clock(),
        letter_id=entry if piece_id is None else None,
        piece_id=piece_id,
        mark=f"{ALERT.code}:{alert.view_id}:{entry}",
        by=alert.name,
        link=f"{address}?{urlencode({'dans': PLACE, 'q': _typed(alert)})}" if piece_id is None else address,
    )


def _typed(alert: Alert) -> str:
    return dict(parse_qsl(alert.query)).get("q", "")
