"""Whom a secretary's position is attached to, as columns beside that position."""

from __future__ import annotations

import sqlalchemy as sa

from ged.store.tables import position

_authority = position.alias("authority")

AUTHORITY_UNIT = (
    sa.select(_authority.c.entity_id)
    .where(_authority.c.id == position.c.authority_id, ~_authority.c.retired)
    .correlate(position)
    .scalar_subquery()
    .label("authority_unit")
)
"""The unit of the authority, beside `authority_id`; NULL where there is none, or none that is still in use."""
