"""The schema: up from empty, the same that the code declares, and the rights that SQL enforces."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from ged.errors import Unavailable
from ged.store.schema import migrate
from ged.store.tables import metadata
from rooms.house import alchemy_url, driver_url


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


def test_migrating_again_and_at_once_from_several_processes_is_harmless(empty: str) -> None:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, [empty] * 4))
    migrate(empty)
    with psycopg.connect(driver_url(empty)) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_a_database_that_does_not_answer_is_said() -> None:
    with pytest.raises(Unavailable) as error:
        migrate("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    assert error.value.retryable
