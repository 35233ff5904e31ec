"""Confirming who is behind an open session before a signature: the password again, good for one sitting."""

from __future__ import annotations

from datetime import timedelta

from ged.clock import Clock
from ged.errors import Forbidden
from ged.mail.access import Actor
from ged.mail.journal import Act
from ged.services.sign_in import TRIES, TRY_WINDOW, fingerprint, matches
from ged.store.unit import Store

SITTING = timedelta(minutes=10)
"""How long one confirmation lets sign; it is not moved by what is signed meanwhile."""


def confirm(secret: str, password: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Let the session of `secret` sign for one sitting, when the password is its person's.

    Raises:
        Forbidden: `session.not_confirmed`, not the password; `session.wait`, too many tries.
    """
    now = clock()
    with store.unit() as unit:
        if unit.journal.count_since(Act.SIGN_IN_FAILED, actor.login, now - TRY_WINDOW) >= TRIES:
            raise Forbidden("session.wait", "Trop d'essais. Attendez un quart d'heure, puis réessayez.")
        account = unit.people.account(actor.login)
        if not matches(account.password_hash if account else None, password):
            unit.journal.write(now, Act.SIGN_IN_FAILED, actor)
            unit.commit()
            raise Forbidden("session.not_confirmed", "Ce mot de passe n'est pas le vôtre. Rien n'a été signé.")
        unit.people.confirm_session(fingerprint(secret), now + SITTING)
        unit.journal.write(now, Act.CONFIRMED, actor)
        unit.commit()


def confirmed(secret: str, *, store: Store, clock: Clock) -> bool:
    """Whether a session may sign without the password being asked again."""
    with store.unit() as unit:
        return unit.people.is_confirmed(fingerprint(secret), clock())
