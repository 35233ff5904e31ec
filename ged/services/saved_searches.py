"""Kept searches that alert, and recent searches: each its owner's alone."""

from __future__ import annotations

from ged.clock import Clock
from ged.errors import NotFound
from ged.mail.access import Actor
from ged.mail.saved_search import PLACE
from ged.store.unit import Store


def set_alert(view_id: str, *, alert: bool, store: Store, actor: Actor, clock: Clock) -> None:
    """Have one of the actor's kept searches alert of letters registered from now on, or no more.

    Raises:
        NotFound: `view.unknown`.
    """
    with store.unit() as unit:
        mine = {view.id for view in unit.views.of(actor.person_id or "") if view.place == PLACE}
        if view_id not in mine:
            raise NotFound("view.unknown", "Cette vue n'existe pas, ou plus. Vos vues sont listées dans « Mes vues ».")
        if alert:
            unit.searches.alert(view_id, clock())
        else:
            unit.searches.silence(view_id)
        unit.commit()


def alerting(*, store: Store, actor: Actor) -> frozenset[str]:
    """Return the ids of the actor's views that alert."""
    with store.unit() as unit:
        return unit.searches.alerting(actor.person_id or "")


def remember(text: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Put a search at the head of the actor's last ones; the system's are not remembered."""
    if actor.person_id is None:
        return
    with store.unit() as unit:
        unit.searches.remember(actor.person_id, text, clock())
        unit.commit()


def recent(limit: int, *, store: Store, actor: Actor) -> tuple[str, ...]:
    """Return the actor's last searches, newest first."""
    with store.unit() as unit:
        return unit.searches.recent(actor.person_id or "", limit)


def forget(*, store: Store, actor: Actor) -> None:
    """Forget the actor's last searches."""
    with store.unit() as unit:
        unit.searches.forget(actor.person_id or "")
        unit.commit()
