"""Saved views: a list and its filters kept under a name, for oneself."""

from __future__ import annotations

import secrets

from ged.clock import Clock
from ged.errors import NotFound, Refused
from ged.mail.access import Actor
from ged.mail.said import Said
from ged.mail.sieve import MOST_VIEWS, SavedView, view_name
from ged.store.unit import Store


def mine(*, store: Store, actor: Actor) -> tuple[SavedView, ...]:
    """Return the actor's views, by name."""
    if actor.person_id is None:
        return ()
    with store.unit() as unit:
        return unit.views.of(actor.person_id)


def save(name: str, place: str, query: str, *, store: Store, actor: Actor, clock: Clock) -> SavedView:
    """Keep a list under a name.

    Raises:
        Refused: `view.name`, `view.many`.
    """
    view = SavedView(secrets.token_urlsafe(16), actor.person_id or "", view_name(name), place, query[:1000], clock())
    with store.unit() as unit:
        if len(unit.views.of(view.person_id)) >= MOST_VIEWS:
            raise Refused(
                "view.many",
                Said("Vous avez déjà %(most)s vues. Supprimez-en une d'abord.", most=MOST_VIEWS),
                field="nom",
            )
        unit.views.add(view)
        unit.commit()
    return view


def rename(view_id: str, name: str, *, store: Store, actor: Actor) -> None:
    """Give a view another name.

    Raises:
        NotFound: `view.unknown`.
        Refused: `view.name`.
    """
    said = view_name(name)
    with store.unit() as unit:
        if not unit.views.rename(view_id, actor.person_id or "", said):
            raise _unknown()
        unit.commit()


def drop(view_id: str, *, store: Store, actor: Actor) -> None:
    """Forget a view; its letters stay where they are.

    Raises:
        NotFound: `view.unknown`.
    """
    with store.unit() as unit:
        if not unit.views.drop(view_id, actor.person_id or ""):
            raise _unknown()
        unit.commit()


def _unknown() -> NotFound:
    return NotFound("view.unknown", "Cette vue n'existe pas, ou plus. Vos vues sont listées dans « Mes vues ».")
