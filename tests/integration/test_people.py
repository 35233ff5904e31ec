"""Signing in: passwords, throttling, sessions that end, tokens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from api.wiring import House
from ged.errors import Forbidden, GedError, NotFound, Refused
from ged.mail.access import Actor
from ged.services.sign_in import (
    SESSION_IDLE,
    TRIES,
    TRY_WINDOW,
    actor_of,
    create_token,
    set_password,
    sign_in,
    sign_out,
    who_holds,
    who_sends,
)
from rooms.house import driver_url

PASSWORD = "un mot de passe assez long"


class Watch:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, time: timedelta) -> None:
        self.now += time


@pytest.fixture
def watch(house: House) -> Watch:
    set_password("kossi", PASSWORD, store=house.store, clock=house.clock)
    return Watch()


def attempt(act: Callable[[], object]) -> str:
    with pytest.raises(GedError) as error:
        act()
    return error.value.code


def test_who_knows_the_password_gets_a_session(house: House, watch: Watch) -> None:
    session = sign_in("kossi", PASSWORD, store=house.store, clock=watch)
    actor = who_holds(session.secret, store=house.store, clock=watch)
    assert actor is not None
    assert (actor.login, actor.post.position_id) == ("kossi", "BOC-1")
    sign_out(session.secret, store=house.store, actor=actor, clock=watch)
    assert who_holds(session.secret, store=house.store, clock=watch) is None


@pytest.mark.parametrize(
    ("login", "password"), [("kossi", "faux"), ("kossi", ""), ("personne", PASSWORD), ("mensah", PASSWORD)]
)
def test_a_wrong_login_and_a_wrong_password_are_answered_alike(
    house: House, watch: Watch, login: str, password: str
) -> None:
    with pytest.raises(Forbidden) as error:
        sign_in(login, password, store=house.store, clock=watch)
    assert error.value.code == "session.wrong"
    assert error.value.sentence == "L'identifiant ou le mot de passe n'est pas le bon."


def test_too_many_tries_wait_and_then_may_try_again(house: House, watch: Watch) -> None:
    for _ in range(TRIES):
        assert attempt(lambda: sign_in("kossi", "faux", store=house.store, clock=watch)) == "session.wrong"
    assert attempt(lambda: sign_in("kossi", PASSWORD, store=house.store, clock=watch)) == "session.wait"
    watch.wait(TRY_WINDOW + timedelta(seconds=1))
    assert sign_in("kossi", PASSWORD, store=house.store, clock=watch).actor.login == "kossi"


def test_a_session_ends_when_nobody_uses_it_and_lasts_while_somebody_does(house: House, watch: Watch) -> None:
    session = sign_in("kossi", PASSWORD, store=house.store, clock=watch)
    for _ in range(4):
        watch.wait(SESSION_IDLE * 0.9)
        assert who_holds(session.secret, store=house.store, clock=watch) is not None
    watch.wait(SESSION_IDLE * 1.1)
    assert who_holds(session.secret, store=house.store, clock=watch) is None


def test_a_new_password_ends_every_session(house: House, watch: Watch) -> None:
    session = sign_in("kossi", PASSWORD, store=house.store, clock=watch)
    set_password("kossi", "un autre mot de passe", store=house.store, clock=house.clock)
    assert who_holds(session.secret, store=house.store, clock=watch) is None
    assert attempt(lambda: sign_in("kossi", PASSWORD, store=house.store, clock=watch)) == "session.wrong"


def test_a_short_password_and_an_unknown_person_are_refused(house: House) -> None:
    with pytest.raises(Refused):
        set_password("kossi", "court", store=house.store, clock=house.clock)
    with pytest.raises(NotFound):
        set_password("personne", PASSWORD, store=house.store, clock=house.clock)


def test_a_token_acts_for_its_person_until_its_last_day(house: House, watch: Watch) -> None:
    token = create_token("daf", "script", 2, store=house.store, clock=watch)
    actor = who_sends(token, store=house.store, clock=watch)
    assert actor is not None
    assert actor.login == "daf"
    assert who_sends(token + "x", store=house.store, clock=watch) is None
    watch.wait(timedelta(days=2, seconds=1))
    assert who_sends(token, store=house.store, clock=watch) is None


def test_nothing_secret_is_kept_in_clear(house: House, watch: Watch, database: str) -> None:
    session = sign_in("kossi", PASSWORD, store=house.store, clock=watch)
    token = create_token("kossi", "script", 2, store=house.store, clock=watch)
    with psycopg.connect(driver_url(database)) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            rows = connection.execute(f'SELECT t::text FROM "{table}" t').fetchall()
            text = "".join(str(row[0]) for row in rows)
            for secret in (PASSWORD, session.secret, token):
                assert secret not in text, table


def test_somebody_who_left_holds_no_post(house: House) -> None:
    with house.store.unit() as unit:
        unit.organisation.end_other_holdings((), house.clock().date())
        unit.commit()
    actor: Actor = actor_of("kossi", store=house.store, clock=house.clock)
    assert actor.posts == ()
    assert actor.tokens() == frozenset()
