"""The keys of the vault's objects, wrapped: found by what a digest is looked up by, or by the object's name."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.store.object_key_tables import object_key, shredding, vault_mark
from ged.store.tables import letter


@dataclass(frozen=True, slots=True)
class ObjectKey:
    """The key of one object, wrapped for one organisation.

    Attributes:
        lookup: What the object's digest is looked up by; it says nothing of the digest.
        name: The object's name in the store.
        kek_id: Under which key `wrapped` is.
    """

    lookup: bytes
    tenant_id: str
    name: str
    kek_id: str
    wrapped: bytes


_COLUMNS = (
    object_key.c.lookup,
    object_key.c.tenant_id,
    object_key.c.name,
    object_key.c.kek_id,
    object_key.c.wrapped,
)


class ObjectKeys:
    """Wrapped keys, in the caller's transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def of(self, lookup: bytes) -> tuple[ObjectKey, ...]:
        """Return the key of an object, once for each organisation that has it."""
        rows = self._connection.execute(
            sa.select(*_COLUMNS).where(object_key.c.lookup == lookup).order_by(object_key.c.tenant_id)
        )
        return tuple(ObjectKey(*row) for row in rows)

    def named(self, names: Collection[str]) -> dict[str, list[ObjectKey]]:
        """Return the keys of objects by their names; a name that has none is left out."""
        found: dict[str, list[ObjectKey]] = {}
        for row in self._connection.execute(sa.select(*_COLUMNS).where(object_key.c.name.in_(names))):
            key = ObjectKey(*row)
            found.setdefault(key.name, []).append(key)
        return found

    def add(self, key: ObjectKey) -> None:
        """Write a key; the caller holds the object's lock and saw that there is none."""
        self._connection.execute(
            sa.insert(object_key).values(
                lookup=key.lookup, tenant_id=key.tenant_id, name=key.name, kek_id=key.kek_id, wrapped=key.wrapped
            )
        )

    def forget(self, lookup: bytes) -> None:
        """Delete the keys of an object whose bytes the store has lost."""
        self._connection.execute(sa.delete(object_key).where(object_key.c.lookup == lookup))

    def lock(self, lookup: bytes) -> None:
        """Hold an object until the end of the transaction: one at a time gives it a key, or takes it away."""
        self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(int.from_bytes(lookup[:8], signed=True))))

    def lock_keks(self, *, alone: bool) -> None:
        """Hold the KEKs until the end of the transaction: many wrap at once, who destroys one is alone."""
        hold = sa.func.pg_advisory_xact_lock if alone else sa.func.pg_advisory_xact_lock_shared
        self._connection.execute(sa.select(hold(_KEKS)))

    def under(self) -> dict[str, int]:
        """Return how many keys each KEK wraps."""
        rows = self._connection.execute(
            sa.select(object_key.c.kek_id, sa.func.count()).group_by(object_key.c.kek_id).order_by(object_key.c.kek_id)
        )
        return {kek_id: count for kek_id, count in rows}  # noqa: C416 - rows are no pairs to mypy

    def to_rewrap(self, tenant_id: str, kek_id: str, limit: int) -> tuple[ObjectKey, ...]:
        """Return, and hold, some keys of an organisation that are not under its newest KEK."""
        rows = self._connection.execute(
            sa.select(*_COLUMNS)
            .where(object_key.c.tenant_id == tenant_id, object_key.c.kek_id != kek_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return tuple(ObjectKey(*row) for row in rows)

    def rewrap(self, keys: Iterable[ObjectKey]) -> None:
        """Write keys as they are now wrapped."""
        for key in keys:
            self._connection.execute(
                sa.update(object_key)
                .where(object_key.c.lookup == key.lookup, object_key.c.tenant_id == key.tenant_id)
                .values(kek_id=key.kek_id, wrapped=key.wrapped)
            )

    def tenant_of_original(self, digest: str) -> str:
        """Return the organisation whose letter has this original; "" for what is no original, or of several."""
        tenants = self._connection.execute(
            sa.select(letter.c.tenant_id).where(letter.c.original == digest).distinct()
        ).scalars()
        found = tenants.all()
        return str(found[0]) if len(found) == 1 else ""

    def shred(self, lookup: bytes) -> tuple[str, ...]:
        """Delete every key of an object and return its names, remembered until the store has let go of them.

        Those that it lost before, and that the store still keeps, are among them.
        """
        names = self._connection.execute(
            sa.delete(object_key).where(object_key.c.lookup == lookup).returning(object_key.c.name)
        ).scalars()
        found = tuple(sorted(set(names)))
        for name in found:
            self._connection.execute(insert(shredding).values(name=name, lookup=lookup).on_conflict_do_nothing())
        kept = self._connection.scalars(sa.select(shredding.c.name).where(shredding.c.lookup == lookup))
        return tuple(sorted({*found, *kept}))

    def shredding(self) -> tuple[str, ...]:
        """Return the names of objects that lost their key and that the store was not asked to delete yet."""
        rows = self._connection.execute(sa.select(shredding.c.name).where(~shredding.c.remains).limit(1000))
        return tuple(rows.scalars())

    def let_go(self, name: str, *, remains: bool) -> None:
        """Forget a name that the store has let go of; one that a lock keeps stays known."""
        which = shredding.c.name == name
        if remains:
            self._connection.execute(sa.update(shredding).where(which).values(remains=True))
        else:
            self._connection.execute(sa.delete(shredding).where(which))

    def is_of(self, mark: bytes) -> bool:
        """Whether this database goes with the keys that make this mark; the first to ask decides."""
        self._connection.execute(sa.text("LOCK TABLE vault_mark IN EXCLUSIVE MODE"))
        standing = self._connection.execute(sa.select(vault_mark.c.mark)).scalars().all()
        if not standing:
            self._connection.execute(sa.insert(vault_mark).values(mark=mark))
        return not standing or standing == [mark]


_KEKS = 7102
