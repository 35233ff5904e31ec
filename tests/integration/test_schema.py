"""The schema: up from empty, the same that the code declares, and the rights that SQL enforces."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from api.wiring import House
from ged.errors import Unavailable
from ged.mail.access import Actor
from ged.mail.custody import Way
from ged.mail.said import Said
from ged.store.schema import _head, configuration, migrate
from ged.store.tables import metadata
from ged.store.transmittals import Transmittals
from rooms.house import alchemy_url, driver_url
from rooms.letters import letter_pdf, send

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)


@pytest.fixture
def empty(postgres_url: str) -> Iterator[str]:
    name = f"vide_{uuid4().hex[:10]}"
    with psycopg.connect(driver_url(postgres_url), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield alchemy_url(postgres_url, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_migrations_bring_an_empty_database_to_what_the_code_declares(empty: str) -> None:
    migrate(empty)
    engine = sa.create_engine(empty)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_name": lambda name, kind, _: kind != "table" or name in metadata.tables,
                "compare_type": True,
            },
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_last_migration_is_known_by_its_file(empty: str) -> None:
    migrate(empty)
    with psycopg.connect(driver_url(empty)) as connection:
        revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    assert revision == (_head(),) == (ScriptDirectory.from_config(configuration()).get_current_head(),)


def test_migrating_again_and_at_once_from_several_processes_is_harmless(empty: str) -> None:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, [empty] * 4))
    migrate(empty)
    with psycopg.connect(driver_url(empty)) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_sheets_that_left_the_house_keep_their_number_their_code_and_their_receipt(empty: str) -> None:
    engine = sa.create_engine(empty)
    with engine.begin() as connection:
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "0024")
        old = sa.MetaData()
        old.reflect(connection)

        def add(table: str, **known: object) -> None:
            columns = old.tables[table].columns
            blank = {one.name: _blank(one) for one in columns if not one.nullable and one.server_default is None}
            connection.execute(sa.insert(old.tables[table]).values(blank | known))

        add("entity", id="MME", tenant_id="MME")
        add("original", sha256="0")
        for n in (1, 2):
            letter = {"id": f"L{n}", "sequence": n, "number": f"D-{n}", "subject": "Envoi", "original": "0"}
            add("letter", **letter, tenant_id="MME", register_id="MME", confidentiality=("interne", "secret")[n - 1])
            sheet = {"id": f"S{n}", "register_id": "MME", "number": f"BE-MME-2026-000{n}", "code": f"C{n}"}
            receipt = {"received_at": NOW, "received_by": "Komla"} if n == 1 else {}
            add("slip", **sheet, recipient="Mono", address="Lomé", way="poste", **receipt)
            add("sending", id=f"E{n}", letter_id=f"L{n}", slip_id=f"S{n}", rank=1, state="envoye")
    migrate(empty)
    with engine.connect() as connection:
        sheets = Transmittals(connection)
        received, open_still = sheets.by_code("C1"), sheets.by_code("C2")
        assert (received.number, received.sequence, received.keeper.outside) == ("BE-MME-2026-0001", 1, "Mono")
        assert received.discharge is not None
        assert (received.discharge.name, received.discharge.way) == ("Komla", Way.QR)
        assert (open_still.delivery, open_still.address, open_still.awaited) == ("poste", "Lomé", 1)
        assert [line.description for line in received.lines] == ["D-1 · Envoi"]
        assert [line.description for line in open_still.lines] == ["D-2 · Pli à diffusion restreinte"]
        assert sheets.take("MME", "envoi", NOW.year) == 3
    engine.dispose()


def _blank(column: sa.Column[Any]) -> object:
    """Return a value of a column that says nothing."""
    says_nothing: dict[type[sa.types.TypeEngine[Any]], object] = {
        sa.ARRAY: [],
        sa.String: "",
        sa.DateTime: NOW,
        sa.Date: NOW.date(),
        sa.Boolean: False,
    }
    return next((value for kind, value in says_nothing.items() if isinstance(column.type, kind)), 0)


def test_a_database_that_does_not_answer_is_said() -> None:
    with pytest.raises(Unavailable) as error:
        migrate("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    assert error.value.retryable


def test_a_sentence_kept_with_its_values_comes_back_by_each_way_of_asking(house: House, kossi: Actor) -> None:
    said = Said("La page %(number)s n'a pas pu être lue.", number=3)
    letter_id = send(house, kossi, letter_pdf()).letter_id
    with house.store.unit() as unit:
        unit.letters.change(unit.letters.get(letter_id, None, lock=True), reading_error=said)
        unit.commit()
    with house.store.unit() as unit:
        found = [unit.letters.get(letter_id, None).reading_error, unit.letters.many([letter_id])[0].reading_error]
    assert found == [said, said]
    assert all(isinstance(each, Said) and each.values == said.values for each in found)
