"""Pairing a telephone: a link for half an hour, for one telephone, that deposits photographs for one session alone."""

from __future__ import annotations

import hmac
import secrets

from ged.clock import Clock
from ged.errors import NotFound
from ged.mail.access import Actor, Right, require
from ged.mail.journal import Act
from ged.mail.photo import LINK_LIFE, PhoneLink
from ged.services.sign_in import fingerprint
from ged.store.unit import Store


def open_link(session_secret: str, *, store: Store, actor: Actor, clock: Clock) -> str:
    """Return the secret of a new link for a session; the one before it ends.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.CAPTURE_INTERNAL)
    secret, now = secrets.token_urlsafe(24), clock()
    link = PhoneLink(fingerprint(secret), fingerprint(session_secret), "", now + LINK_LIFE)
    with store.unit() as unit:
        unit.phone_links.put(link, now)
        unit.journal.write(now, Act.PHONE_LINKED, actor)
        unit.commit()
    return secret


def bind(secret: str, *, store: Store, clock: Clock) -> str:
    """Give a link to the telephone that asks first, and return that telephone's own secret.

    Raises:
        NotFound: `phone.link`, it is over, or another telephone has it.
    """
    own = secrets.token_urlsafe(24)
    with store.unit() as unit:
        link = unit.phone_links.get(fingerprint(secret), clock())
        if link is None or not unit.phone_links.bind(link.link, fingerprint(own)):
            raise _over()
        unit.commit()
    return own


def is_free(secret: str, *, store: Store, clock: Clock) -> bool:
    """Whether no telephone has a link yet.

    Raises:
        NotFound: `phone.link`.
    """
    with store.unit() as unit:
        link = unit.phone_links.get(fingerprint(secret), clock())
    if link is None:
        raise _over()
    return link.phone == ""


def who_photographs(secret: str, own: str, *, store: Store, clock: Clock) -> Actor:
    """Return for whom a telephone deposits, as long as the session stands that showed it the link.

    Raises:
        NotFound: `phone.link`.
    """
    now = clock()
    with store.unit() as unit:
        link = unit.phone_links.get(fingerprint(secret), now)
        if link is None or not link.phone or not hmac.compare_digest(link.phone, fingerprint(own)):
            raise _over()
        login = unit.people.by_session(link.session, now)
        actor = unit.people.actor(login, now.date()) if login else None
    if actor is None:
        raise _over()
    return actor


def _over() -> NotFound:
    return NotFound(
        "phone.link", "Ce lien n'est plus valable. Sur l'ordinateur, affichez-en un autre et lisez le nouveau code."
    )
