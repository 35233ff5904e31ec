"""How the index stands: checks of it are kept and told, refused letters are tried again, its lag is said."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from ged.clock import Clock
from ged.errors import Forbidden
from ged.mail.access import SYSTEM, Actor, Role
from ged.mail.indexing import Drift, IndexCheck
from ged.mail.journal import Act
from ged.mail.notice import INDEX_DRIFT, Notice
from ged.services.quarantine import administered
from ged.store.unit import Store

BEHIND_AFTER = timedelta(seconds=5)
"""What waits less is indexed before anybody looks for it."""


def keep_check(drift: Drift, began: datetime, *, repaired: bool, store: Store, clock: Clock) -> IndexCheck:
    """Keep what a check of the index found, in the journal too; administrators are told of a drift."""
    now = clock()
    kept = IndexCheck(secrets.token_urlsafe(16), began, now, drift, repaired)
    with store.unit() as unit:
        unit.index_state.add_check(kept)
        unit.journal.write_about(
            now, Act.INDEX_CHECKED, SYSTEM, kept.id, letters=drift.letters, missing=drift.missing, stale=drift.stale,
            ahead=drift.ahead, orphans=drift.orphans, repaired=repaired,
        )  # fmt: skip
        for person_id in unit.audit_runs.watchers(now, [Role.ADMINISTRATOR]) if drift.found else ():
            mark = f"{INDEX_DRIFT.code}:{kept.id}"
            unit.notices.tell(
                Notice(secrets.token_urlsafe(16), person_id, INDEX_DRIFT.code, now, None, mark, link="/etat")
            )
        unit.commit()
    return kept


def try_refused_again(*, store: Store, actor: Actor, clock: Clock) -> int:
    """Have the index try again the letters it refused, of the organisations one administers; return how many.

    Raises:
        Forbidden: `index.administrator`.
    """
    tenants = administered(actor)
    if not tenants:
        raise Forbidden("index.administrator", "La recherche est tenue par l'administrateur. Adressez-vous à lui.")
    now = clock()
    with store.unit() as unit:
        count = unit.index_state.try_again(tenants, now)
        unit.journal.write_about(now, Act.INDEX_RETRIED, actor, "index", letters=count)
        unit.commit()
    return count


def letters_behind(*, store: Store, actor: Actor, clock: Clock) -> int:
    """Count the letters that one may read and the search does not know as they stand."""
    with store.unit() as unit:
        return unit.outbox.waiting(actor.tokens(), clock() - BEHIND_AFTER)
