"""People, the posts they hold today, their sessions and tokens. Secrets are kept as hashes only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.mail.access import Actor, Authority, Capacity, Post, Role
from ged.mail.delegation import covers
from ged.mail.item import Confidentiality
from ged.mail.organisation import Entity, Person
from ged.store.authority import AUTHORITY_UNIT
from ged.store.delegations import Delegations
from ged.store.draft_tables import confirmation
from ged.store.organisation import Organisations
from ged.store.tables import entity, holding, idempotency, person, position, session, token

_STEP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Account:
    """A person as sign-in needs it: whether active, and the argon2 hash of the password, if one is set."""

    person_id: str
    login: str
    active: bool
    password_hash: str | None


class People:
    """Finds who asks, and what posts open today."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def account(self, login: str) -> Account | None:
        """Return the account of a login."""
        row = self._connection.execute(
            sa.select(person.c.id, person.c.login, person.c.active, person.c.password_hash).where(
                person.c.login == login
            )
        ).one_or_none()
        return None if row is None else Account(*row)

    def without_password(self) -> list[str]:
        """Return the logins of active people who have no password yet."""
        query = sa.select(person.c.login).where(person.c.active, person.c.password_hash.is_(None))
        return list(self._connection.scalars(query.order_by(person.c.login)))

    def set_password(self, login: str, password_hash: str) -> None:
        """Set the argon2 hash of a person's password, and end the sessions that stand."""
        self._connection.execute(sa.update(person).where(person.c.login == login).values(password_hash=password_hash))
        mine = sa.select(person.c.id).where(person.c.login == login)
        self._connection.execute(sa.delete(session).where(session.c.person_id.in_(mine)))

    def set_language(self, person_id: str, language: str) -> None:
        """Set the language of a person's screens."""
        self._connection.execute(sa.update(person).where(person.c.id == person_id).values(language=language))

    def actor(self, login: str, today: date) -> Actor | None:
        """Return an active person with the posts held on a day; None when there is nobody active of that login."""
        row = self._connection.execute(
            sa.select(person.c.id, person.c.login, person.c.name, person.c.language).where(
                person.c.login == login, person.c.active
            )
        ).one_or_none()
        if row is None:
            return None
        return Actor(row[0], row[1], row[2], row[3], self._posts(row[0], today))

    def _posts(self, person_id: str, today: date) -> tuple[Post, ...]:
        rows = self._connection.execute(
            sa.select(position, AUTHORITY_UNIT)
            .join(holding, holding.c.position_id == position.c.id)
            .where(
                holding.c.person_id == person_id,
                holding.c.since <= today,
                sa.or_(holding.c.until.is_(None), holding.c.until >= today),
                ~position.c.retired,
            )
            .order_by(holding.c.since, holding.c.id)
        ).all()
        if not rows:
            return ()
        tree = {each.id: each for each in Organisations(self._connection).every_entity()}
        own = tuple(_post(row, tree, today) for row in rows if tree[row.entity_id].open_on(today))
        acted = Delegations(self._connection).acted_for(person_id, today)
        open_to_act = [row for row in acted if tree[row.entity_id].open_on(today) and _may_act(own, row, tree)]
        return own + tuple(_acted(row, tree, today) for row in open_to_act)

    def post(self, position_id: str, today: date) -> Post | None:
        """Return a position as its holder acts in it on a day; None for one that is retired, closed or never was."""
        row = self._connection.execute(
            sa.select(position, AUTHORITY_UNIT).where(position.c.id == position_id, ~position.c.retired)
        ).one_or_none()
        tree = {each.id: each for each in Organisations(self._connection).every_entity()}
        return _post(row, tree, today) if row is not None and tree[row.entity_id].open_on(today) else None

    def sitting(self, tenant_id: str, today: date) -> tuple[Person, ...]:
        """Return those who hold a post of a tenant on a day, by name."""
        query = (
            sa.select(person.c.login, person.c.name, person.c.language)
            .join(holding, holding.c.person_id == person.c.id)
            .join(position, position.c.id == holding.c.position_id)
            .join(entity, entity.c.id == position.c.entity_id)
            .where(
                entity.c.tenant_id == tenant_id,
                person.c.active,
                ~position.c.retired,
                holding.c.since <= today,
                sa.or_(holding.c.until.is_(None), holding.c.until >= today),
            )
            .distinct()
            .order_by(person.c.name)
        )
        return tuple(Person(*row) for row in self._connection.execute(query))

    def by_session(self, token_hash: str, now: datetime) -> str | None:
        """Return the login behind a session that has not expired."""
        return self._login_behind(session, token_hash, now)

    def by_token(self, token_hash: str, now: datetime) -> str | None:
        """Return the login behind an API token that has not expired."""
        return self._login_behind(token, token_hash, now)

    def _login_behind(self, table: sa.Table, token_hash: str, now: datetime) -> str | None:
        return self._connection.scalar(
            sa.select(person.c.login)
            .join(table, table.c.person_id == person.c.id)
            .where(table.c.token_hash == token_hash, table.c.expires_at > now, person.c.active)
        )

    def open_session(self, token_hash: str, person_id: str, now: datetime, expires_at: datetime) -> None:
        """Open a session, and forget those that expired."""
        self._connection.execute(sa.delete(session).where(session.c.expires_at <= now))
        self._connection.execute(
            sa.insert(session).values(token_hash=token_hash, person_id=person_id, created_at=now, expires_at=expires_at)
        )

    def prolong_session(self, token_hash: str, expires_at: datetime) -> None:
        """Move the end of a session, once a minute: a page that only reads then waits for no disk."""
        earlier = session.c.expires_at < expires_at - _STEP
        self._connection.execute(
            sa.update(session).where(session.c.token_hash == token_hash, earlier).values(expires_at=expires_at)
        )

    def confirm_session(self, token_hash: str, until: datetime) -> None:
        """Let a session sign until an instant."""
        row = {"token_hash": token_hash, "until": until}
        self._connection.execute(
            insert(confirmation)
            .values(**row)
            .on_conflict_do_update(index_elements=["token_hash"], set_={"until": until})
        )

    def is_confirmed(self, token_hash: str, now: datetime) -> bool:
        """Whether a session may sign now."""
        query = sa.select(confirmation).where(confirmation.c.token_hash == token_hash, confirmation.c.until > now)
        return self._connection.execute(query).first() is not None

    def close_session(self, token_hash: str) -> None:
        """End a session."""
        self._connection.execute(sa.delete(session).where(session.c.token_hash == token_hash))

    def add_token(self, token_hash: str, person_id: str, label: str, now: datetime, expires_at: datetime) -> None:
        """Add an API token, by its hash."""
        self._connection.execute(
            sa.insert(token).values(
                token_hash=token_hash, person_id=person_id, label=label, created_at=now, expires_at=expires_at
            )
        )

    def answered(self, person_id: str, key: str) -> tuple[str, Any] | None:
        """Return (request digest, answer) of an idempotency key that this person used before."""
        row = self._connection.execute(
            sa.select(idempotency.c.request, idempotency.c.answer).where(
                idempotency.c.person_id == person_id, idempotency.c.key == key
            )
        ).one_or_none()
        return None if row is None else (row[0], row[1])

    def remember_answer(self, person_id: str, key: str, request: str, answer: object, now: datetime) -> None:
        """Remember the answer given to an idempotency key; the first one stays."""
        self._connection.execute(
            insert(idempotency)
            .values(person_id=person_id, key=key, request=request, answer=answer, at=now)
            .on_conflict_do_nothing()
        )


def _post(row: sa.Row[Any], tree: dict[str, Entity], today: date) -> Post:
    home = tree[row.entity_id]
    reach = _under(home, tree)
    return Post(
        position_id=row.id,
        title=row.title,
        role=Role(row.role),
        clearance=Confidentiality(row.clearance),
        tenant_id=home.tenant_id,
        entity_id=home.id,
        register_id=_register_of(home, tree),
        reach=reach,
        closed=tuple(each for each in reach if not tree[each].open_on(today)),
        authority=Authority(row.authority_id, row.authority_unit) if row.authority_unit else None,
    )


def _acted(row: sa.Row[Any], tree: dict[str, Entity], today: date) -> Post:
    return replace(
        _post(row, tree, today),
        capacity=Capacity(row.capacity),
        instrument=row.instrument,
        holder=row.holder,
        until=row.until,
        kinds=tuple(row.kinds),
    )


def _may_act(own: tuple[Post, ...], row: sa.Row[Any], tree: dict[str, Entity]) -> bool:
    """Whether somebody's own posts still reach the level of a post that was delegated to them."""
    tenant_id = tree[row.entity_id].tenant_id
    clearances = [post.clearance for post in own if post.tenant_id == tenant_id]
    return covers(clearances, Confidentiality(row.clearance))


def _register_of(home: Entity, tree: dict[str, Entity]) -> str:
    each = home
    while not each.keeps_register and each.id != each.tenant_id and each.parent_id is not None:
        each = tree[each.parent_id]
    return each.id


def _under(home: Entity, tree: dict[str, Entity]) -> tuple[str, ...]:
    found, fresh = {home.id}, {home.id}
    while fresh:
        fresh = {
            each.id for each in tree.values() if each.parent_id in fresh and each.tenant_id == home.tenant_id
        } - found
        found |= fresh
    return tuple(sorted(found))
