"""A connection that is cut, or not to be had: whoever asks is told in a sentence, the next finds the database again."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from api.embedded.ports import free_port
from api.wiring import House
from ged.errors import Unavailable
from ged.mail.access import Actor
from ged.store.unit import Store
from rooms.letters import letter_pdf, read_all, send

# Waits (milliseconds) until each server process is gone: the signal alone may be served later than the next question.
_CUT = (
    "SELECT bool_and(pg_terminate_backend(pid, 30000)) FROM pg_stat_activity "
    "WHERE pid <> pg_backend_pid() AND datname = current_database()"
)


def cut(house: House) -> None:
    engine = sa.create_engine(house.database_url)
    with engine.connect() as connection:
        assert connection.scalar(sa.text(_CUT))
    engine.dispose()


@pytest.mark.parametrize("opened", ["unit", "questions"])
def test_a_question_on_a_cut_connection_says_so_and_the_next_unit_has_another(
    house: House, kossi: Actor, opened: str
) -> None:
    ids = [send(house, kossi, letter_pdf(subject="Panne au quartier")).letter_id]
    read_all(house)

    def read_on_a_cut_connection() -> None:
        with getattr(house.store, opened)() as unit:
            assert [one.id for one in unit.letters.many(ids)] == ids
            cut(house)
            unit.pages.texts_of(ids)

    with pytest.raises(Unavailable) as error:
        read_on_a_cut_connection()
    assert error.value.code == "store.unavailable"
    with house.store.unit() as unit:
        assert list(unit.pages.texts_of(ids)) == ids


@pytest.mark.parametrize("opened", ["unit", "questions", "exclusive"])
def test_where_no_database_answers_whatever_is_opened_says_so(opened: str) -> None:
    store = Store(f"postgresql+psycopg://ged@127.0.0.1:{free_port()}/ged")
    with pytest.raises(Unavailable) as error, getattr(store, opened)(*["index"] * (opened == "exclusive")):
        pytest.fail("there is no database")
    assert error.value.code == "store.unavailable"


def test_a_unit_that_only_asks_writes_nothing(house: House, kossi: Actor) -> None:
    letter_id = send(house, kossi, letter_pdf(subject="Panne au quartier")).letter_id
    read_all(house)
    with house.store.questions() as unit, pytest.raises(sa.exc.InvalidRequestError):
        unit.pages.keep(letter_id, [])
    with house.store.unit() as unit:
        assert unit.pages.of(letter_id)


def test_connections_that_were_cut_while_nobody_used_them_are_noticed_by_nobody(house: House) -> None:
    def at_once(count: int) -> list[int]:
        """The connections that so many transactions at once have, by the server's process of each."""
        if not count:
            return []
        with house.store.unit() as unit:
            server = unit.letters._connection.scalar(sa.text("SELECT pg_backend_pid()"))
            return [server, *at_once(count - 1)]

    before = at_once(4)
    cut(house)
    after = at_once(4)
    assert len(set(before)) == len(set(after)) == 4
    assert not set(before) & set(after)
