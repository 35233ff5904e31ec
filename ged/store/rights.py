"""Who may do what in the database: the pages only add to the journal, its shipper only reads it.

Run by whoever owns the tables, after each migration. docs/operations.md shows a site the same statements.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.exc import OperationalError

from ged.errors import Unavailable
from ged.store.database import driver_connection

WEB, SHIP = "ged_web", "ged_ship"
"""The roles of the embedded database; a site names its own."""

_TO_WEB = (
    "GRANT USAGE ON SCHEMA public TO {}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
    "GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {}",
    "REVOKE UPDATE, DELETE, TRUNCATE ON journal FROM {}",
    "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON journal_mark, alembic_version FROM {}",
)
_TO_SHIP = (
    "GRANT USAGE ON SCHEMA public TO {}",
    "GRANT SELECT ON journal, alembic_version TO {}",
    "GRANT SELECT, INSERT ON journal_mark TO {}",
    "GRANT SELECT, INSERT, UPDATE ON anchor, timestamp_authority TO {}",
)
_LACKS = sa.text(
    "SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "
    "AND NOT has_table_privilege(:web, oid, 'SELECT')) OR NOT has_table_privilege(:ship, 'journal_mark', 'INSERT')"
)


def statements(web: str, ship: str) -> tuple[str, ...]:
    """Return what gives a role of the pages and one of the shipper their rights, as SQL."""
    given = [(each, web) for each in _TO_WEB] + [(each, ship) for each in _TO_SHIP]
    return tuple(sql.SQL(each).format(sql.Identifier(role)).as_string() for each, role in given)


def give_rights(url: str, password: Callable[[str, bool], tuple[str, bool]]) -> dict[str, str]:
    """Make the two roles where they are not, with their rights, and return the password of each.

    Args:
        url: Of whoever owns the tables and may make roles.
        password: Given a role and whether it is there, returns its password and whether it is a new one; asked
            while nobody else makes roles.

    Raises:
        Unavailable: `store.unavailable`.
    """
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    try:
        with engine.begin() as connection:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(7102)"))
            found = {role: _login(connection, role, password) for role in (WEB, SHIP)}
            if connection.scalar(_LACKS, {"web": WEB, "ship": SHIP}):
                for each in statements(WEB, SHIP):
                    driver_connection(connection).execute(sql.SQL(each))
            return found
    except OperationalError as error:
        raise Unavailable(
            "store.unavailable",
            "La base de données ne répond pas. Vérifiez qu'elle est démarrée et que son adresse est juste.",
        ) from error
    finally:
        engine.dispose()


def _login(connection: sa.Connection, role: str, password: Callable[[str, bool], tuple[str, bool]]) -> str:
    there = bool(
        connection.scalar(sa.text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :name)"), {"name": role})
    )
    secret, fresh = password(role, there)
    if fresh or not there:
        verb = "ALTER" if there else "CREATE"
        named = sql.SQL(f"{verb} ROLE {{}} LOGIN PASSWORD {{}}").format(sql.Identifier(role), sql.Literal(secret))
        driver_connection(connection).execute(named)
    return secret
