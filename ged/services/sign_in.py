"""Signing in: passwords, sessions that expire, tokens for programs. Only hashes are kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ged.clock import Clock
from ged.errors import Forbidden, NotFound, Refused
from ged.mail.access import SYSTEM, Actor
from ged.mail.journal import Act
from ged.mail.said import Said
from ged.store.unit import Store

SESSION_IDLE = timedelta(hours=2)
"""A session ends after this long without a request; each request moves the end."""
TRIES, TRY_WINDOW = 8, timedelta(minutes=15)
"""So many wrong passwords in the window, and the login waits for the window to pass."""
MIN_PASSWORD = 12

_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Session:
    """An open session: the secret goes to the browser once and is kept here only as a hash."""

    secret: str
    actor: Actor
    expires_at: datetime


def sign_in(login: str, password: str, *, store: Store, clock: Clock) -> Session:
    """Open a session for somebody who knows the password.

    Raises:
        Forbidden: `session.wrong` (login or password), `session.wait` (too many tries).
    """
    now = clock()
    who = Actor(None, login[:80], login[:80], "fr", ())
    with store.unit() as unit:
        if unit.journal.count_since(Act.SIGN_IN_FAILED, who.login, now - TRY_WINDOW) >= TRIES:
            raise Forbidden("session.wait", "Trop d'essais. Attendez un quart d'heure, puis réessayez.")
        account = unit.people.account(login)
        actor = unit.people.actor(login, now.date())
        good = matches(account.password_hash if account else None, password)
        if account is None or actor is None or not good:
            unit.journal.write(now, Act.SIGN_IN_FAILED, who)
            unit.commit()
            raise Forbidden("session.wrong", "L'identifiant ou le mot de passe n'est pas le bon.")
        secret = secrets.token_urlsafe(32)
        expires_at = now + SESSION_IDLE
        unit.people.open_session(fingerprint(secret), account.person_id, now, expires_at)
        unit.journal.write(now, Act.SIGNED_IN, actor)
        unit.commit()
    return Session(secret, actor, expires_at)


def who_holds(secret: str, *, store: Store, clock: Clock) -> Actor | None:
    """Return who is behind a session secret and move its end; None when it expired or never was."""
    now = clock()
    with store.unit() as unit:
        login = unit.people.by_session(fingerprint(secret), now)
        if login is None:
            return None
        unit.people.prolong_session(fingerprint(secret), now + SESSION_IDLE)
        actor = unit.people.actor(login, now.date())
        unit.commit()
    return actor


def sign_out(secret: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """End a session."""
    with store.unit() as unit:
        unit.people.close_session(fingerprint(secret))
        unit.journal.write(clock(), Act.SIGNED_OUT, actor)
        unit.commit()


def create_token(login: str, label: str, days: int, *, store: Store, clock: Clock) -> str:
    """Return a new API token for a person, valid `days` days; it cannot be shown again.

    Raises:
        NotFound: `person.unknown`.
    """
    now = clock()
    secret = "ged_" + secrets.token_urlsafe(32)
    with store.unit() as unit:
        account = unit.people.account(login)
        actor = unit.people.actor(login, now.date())
        if account is None or actor is None:
            raise _nobody(login)
        unit.people.add_token(fingerprint(secret), account.person_id, label, now, now + timedelta(days=days))
        unit.journal.write(now, Act.TOKEN_CREATED, actor, label=label, days=days)
        unit.commit()
    return secret


def who_sends(token: str, *, store: Store, clock: Clock) -> Actor | None:
    """Return who is behind an API token; None when it expired or never was."""
    now = clock()
    with store.unit() as unit:
        login = unit.people.by_token(fingerprint(token), now)
        return None if login is None else unit.people.actor(login, now.date())


def actor_of(login: str, *, store: Store, clock: Clock) -> Actor:
    """Return a person with today's posts, for a command run by somebody the machine trusts.

    Raises:
        NotFound: `person.unknown`.
    """
    with store.unit() as unit:
        actor = unit.people.actor(login, clock().date())
    if actor is None:
        raise _nobody(login)
    return actor


def set_password(login: str, password: str, *, store: Store, clock: Clock, actor: Actor = SYSTEM) -> None:
    """Set a person's password and end the sessions that stand; without an actor, by who runs the machine.

    Raises:
        Refused: `password.short`.
        NotFound: `person.unknown`.
    """
    if len(password) < MIN_PASSWORD:
        raise Refused(
            "password.short", Said("Choisissez un mot de passe d'au moins %(least)s caractères.", least=MIN_PASSWORD)
        )
    with store.unit() as unit:
        if unit.people.account(login) is None:
            raise _nobody(login)
        unit.people.set_password(login, _hasher.hash(password))
        unit.journal.write(clock(), Act.PASSWORD_SET, actor, person=login)
        unit.commit()


def fingerprint(secret: str) -> str:
    """Return what is kept of a secret of 256 random bits: its SHA-256 (no salt is needed at that length)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(password_hash: str | None, password: str) -> bool:
    """Whether a password is the one behind an argon2 hash; takes as long when there is none."""
    nobody = _hash_of_nobody()  # made for whoever comes first, known or not
    try:
        return _hasher.verify(password_hash or nobody, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hash_of_nobody() -> str:
    """Return what is checked when the login does not exist, so that time does not tell which logins do."""
    return _hasher.hash(secrets.token_hex(16))


def _nobody(login: str) -> NotFound:
    return NotFound(
        "person.unknown", Said("Personne n'a l'identifiant « %(login)s » dans l'organisation chargée.", login=login)
    )
