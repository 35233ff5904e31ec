"""Brings a database to the schema of this version, from empty or from any earlier one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from ged.errors import Unavailable

if TYPE_CHECKING:
    from alembic.config import Config

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
            if _revision(connection) != _head():
                _upgrade(connection)
    except OperationalError as error:
        raise Unavailable(
            "store.unavailable",
            "La base de données ne répond pas. Vérifiez qu'elle est démarrée et que son adresse est juste.",
        ) from error
    finally:
        engine.dispose()


def configuration() -> Config:
    """Return Alembic's configuration, without any address in it."""
    from alembic.config import Config  # noqa: PLC0415 - as below

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


def _head() -> str:
    """Return the last revision: files begin with theirs, and one follows the other."""
    return max(path.name.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def _revision(connection: sa.Connection) -> str | None:
    if connection.scalar(sa.text("SELECT to_regclass('alembic_version')")) is None:
        return None
    revision: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return revision


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command  # noqa: PLC0415 - a quarter of a second, with every migration: seldom needed

    connection.execute(sa.text("SELECT pg_advisory_xact_lock(7101)"))
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
