"""Brings a database to the schema of this version, from empty or from any earlier one."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

from ged.errors import Unavailable

_MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(url: str) -> None:
    """Bring the database at `url` to this version's schema; one that is there already is left alone.

    Two processes that start together take turns: the whole upgrade holds an advisory lock.

    Raises:
        Unavailable: `store.unavailable`.
    """
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    try:
        with engine.begin() as connection:
            if MigrationContext.configure(connection).get_current_revision() == _head():
                return
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(7101)"))
            config = configuration()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except OperationalError as error:
        raise Unavailable(
            "store.unavailable",
            "La base de données ne répond pas. Vérifiez qu'elle est démarrée et que son adresse est juste.",
        ) from error
    finally:
        engine.dispose()


def configuration() -> Config:
    """Return Alembic's configuration, without any address in it."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


def _head() -> str | None:
    return ScriptDirectory.from_config(configuration()).get_current_head()
