"""Circuits to choose from, as the configuration folder says them; what leaves it is retired."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.mail.circuit_template import CircuitTemplate, read_stages, written_stages
from ged.store.draft_tables import circuit_template


class CircuitTemplates:
    """Reads circuits to choose from, and loads them."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def load(self, circuits: Sequence[CircuitTemplate]) -> None:
        """Write circuits that were checked whole."""
        self._connection.execute(sa.update(circuit_template).values(retired=True))
        for each in circuits:
            values: dict[str, Any] = {name: getattr(each, name) for name in CircuitTemplate.__slots__}
            values |= {"stages": written_stages(each.stages), "retired": False}
            self._connection.execute(
                insert(circuit_template).values(**values).on_conflict_do_update(index_elements=["code"], set_=values)
            )

    def of(self, tenant_id: str) -> tuple[CircuitTemplate, ...]:
        """Return the circuits in use of a tenant, in their order."""
        return tuple(each for each in self.all() if each.tenant_id == tenant_id)

    def all(self) -> tuple[CircuitTemplate, ...]:
        """Return the circuits in use of every tenant."""
        columns = [circuit_template.c[name] for name in CircuitTemplate.__slots__]
        query = sa.select(*columns).where(~circuit_template.c.retired).order_by(circuit_template.c.rank)
        return tuple(
            CircuitTemplate(row.code, row.tenant_id, row.label_fr, row.label_en, read_stages(row.stages), row.rank)
            for row in self._connection.execute(query)
        )
