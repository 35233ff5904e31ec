"""Packages received from other houses, and where each letter that came so comes from."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.errors import NotFound
from ged.mail.dossier import Dossier
from ged.mail.reception import Proofs, Provenance, Reception, ReceptionState
from ged.store.dossier_tables import dossier
from ged.store.dossiers import dossier_of
from ged.store.transfer_tables import received_dossier, reception, reception_item

_COLUMNS = [reception.c[one.name] for one in fields(Reception)]
_ITEMS = [reception_item.c[one.name] for one in fields(Provenance)]
_TAKEN = (ReceptionState.CHECKED, ReceptionState.ACCEPTED)


class Receptions:
    """Writes receptions and says how they go; nothing here removes one."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, new: Reception) -> None:
        """Add a package that came in."""
        self._connection.execute(sa.insert(reception).values(**asdict(new) | {"reasons": list(new.reasons)}))

    def get(self, reception_id: str, tenant_id: str | None, *, lock: bool = False) -> Reception:
        """Return a reception of a tenant; None is the machine, at its own work.

        Raises:
            NotFound: `reception.unknown`.
        """
        query = sa.select(*_COLUMNS).where(reception.c.id == reception_id)
        if tenant_id is not None:
            query = query.where(reception.c.tenant_id == tenant_id)
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise NotFound("reception.unknown", "Ce versement reçu n'existe pas, ou n'est pas de votre maison.")
        return _reception(row)

    def page(self, tenant_id: str, limit: int) -> tuple[Reception, ...]:
        """Return receptions, the last that came first."""
        query = sa.select(*_COLUMNS).where(reception.c.tenant_id == tenant_id)
        rows = self._connection.execute(query.order_by(reception.c.received_at.desc(), reception.c.id).limit(limit))
        return tuple(_reception(row) for row in rows)

    def change(self, reception_id: str, **values: object) -> None:
        """Write how a reception goes."""
        self._connection.execute(sa.update(reception).where(reception.c.id == reception_id).values(**values))

    def taken(self, tenant_id: str, sender: str, identifier: str) -> Reception | None:
        """Return the reception in which that transfer of that sender was taken, or is being taken."""
        query = sa.select(*_COLUMNS).where(
            reception.c.tenant_id == tenant_id,
            reception.c.sender == sender,
            reception.c.identifier == identifier,
            reception.c.state.in_(_TAKEN),
        )
        row = self._connection.execute(query).one_or_none()
        return _reception(row) if row else None

    def under_way(self, sha256: str) -> int:
        """Count the receptions of a package that have not ended."""
        query = sa.select(sa.func.count()).where(
            reception.c.sha256 == sha256, reception.c.state.in_((ReceptionState.WAITING, ReceptionState.CHECKED))
        )
        return self._connection.scalar(query) or 0

    def add_item(self, new: Provenance) -> bool:
        """Write where a letter comes from; give False when that unit was registered already."""
        values = asdict(new) | {name: [list(one) for one in getattr(new, name)] for name in ("history", "facts")}
        added = insert(reception_item).values(**values)
        added = added.on_conflict_do_nothing(index_elements=["reception_id", "unit"])
        return self._connection.execute(added.returning(reception_item.c.unit)).one_or_none() is not None

    def items(self, reception_id: str) -> tuple[Provenance, ...]:
        """Return where the letters of a reception come from."""
        query = sa.select(*_ITEMS).where(reception_item.c.reception_id == reception_id)
        return tuple(_provenance(row) for row in self._connection.execute(query.order_by("letter_id", "piece_id")))

    def provenance(self, subject_id: str) -> Provenance | None:
        """Return where a letter or a piece comes from; None for one that was registered here first."""
        which = sa.or_(reception_item.c.letter_id == subject_id, reception_item.c.piece_id == subject_id)
        row = self._connection.execute(sa.select(*_ITEMS).where(which)).one_or_none()
        return _provenance(row) if row else None

    def dossier_of(self, tenant_id: str, sender: str, system_id: str) -> Dossier | None:
        """Return the dossier that a dossier of another house became here; nobody else changes it meanwhile."""
        mine = sa.and_(received_dossier.c.tenant_id == tenant_id, received_dossier.c.sender == sender)
        query = sa.select(*(dossier.c[name] for name in Dossier.__slots__)).join(received_dossier)
        query = query.where(mine, received_dossier.c.system_id == system_id)
        row = self._connection.execute(query.with_for_update(of=dossier)).one_or_none()
        return dossier_of(row) if row else None

    def add_dossier(self, made: Dossier, sender: str, system_id: str) -> None:
        """Write which dossier of another house became one here."""
        values = {"dossier_id": made.id, "tenant_id": made.tenant_id, "sender": sender, "system_id": system_id}
        self._connection.execute(sa.insert(received_dossier).values(**values))


def _reception(row: sa.Row[Any]) -> Reception:
    values = {one.name: getattr(row, one.name) for one in fields(Reception)}
    return Reception(**(values | {"state": ReceptionState(row.state), "reasons": tuple(row.reasons)}))


def _provenance(row: sa.Row[Any]) -> Provenance:
    values = {one.name: getattr(row, one.name) for one in fields(Provenance)}
    lists = {name: tuple(tuple(map(str, each)) for each in getattr(row, name)) for name in ("history", "facts")}
    return Provenance(**(values | {"proofs": Proofs(row.proofs)} | lists))
