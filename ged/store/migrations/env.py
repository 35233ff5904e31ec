"""Runs migrations over the connection that `ged.store.schema` lends; there is no other way in."""

from alembic import context

from ged.store.tables import metadata


def include(_object: object, name: str | None, kind: str, _reflected: object, _compared: object) -> bool:
    # The queue's tables belong to Procrastinate, which brings its own SQL.
    return not (kind in {"table", "index"} and (name or "").startswith(("procrastinate", "idx_procrastinate")))


connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, include_object=include)
with context.begin_transaction():
    context.run_migrations()
