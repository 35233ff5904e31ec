"""The vault's keys, kept: renewed without rewriting an object, destroyed once unused, and old objects encrypted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ged.clock import Clock
from ged.errors import Conflict, Corrupt, NotFound
from ged.mail.access import Actor
from ged.mail.journal import Act
from ged.mail.said import Said
from ged.store.unit import Store
from ged.store.vault.encrypted import EncryptedVault, bound
from ged.store.vault.kek import Keks, tenant_of

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class KekState:
    """One key that wraps keys: whose, how many keys are under it, and whether it wraps new ones.

    Attributes:
        tenant_id: The organisation; "" for the house.
        present: Whether the key itself is where it should be.
    """

    id: str
    tenant_id: str
    wraps: int
    current: bool
    present: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of encrypting old objects.

    Attributes:
        done: Encrypted this time.
        altered: Digests of those that are left as they are: they do not hash to their name.
        locked: How many are encrypted and stay readable beside it, until the lock of the store ends.
    """

    done: int
    altered: tuple[str, ...]
    locked: int = 0


def keks_of(keks: Keks, *, store: Store) -> tuple[KekState, ...]:
    """Return every key that wraps keys, those that the database knows and that are not there included."""
    with store.unit() as unit:
        under = unit.object_keys.under()
    present = keks.ids()
    newest = {tenant_of(each): each for each in present}
    return tuple(
        KekState(each, tenant_of(each), under.get(each, 0), newest.get(tenant_of(each)) == each, each in present)
        for each in sorted({*present, *under})
    )


def rotate(
    tenant_id: str | None,
    *,
    keks: Keks,
    store: Store,
    actor: Actor,
    clock: Clock,
    told: Callable[[int], None] = lambda _: None,
    resume: bool = False,
) -> int:
    """Give an organisation (None: each one, and the house) a new KEK, and wrap every key of its objects under it.

    No object is read or written. Killed at any moment, everything still opens; with `resume` no further KEK is made,
    and the keys that are still under an older one are wrapped anew.

    Returns:
        How many keys were wrapped anew.
    """
    tenants = sorted({each.tenant_id for each in keks_of(keks, store=store)}) if tenant_id is None else [tenant_id]
    done = 0
    for each in tenants:
        if not resume:
            with store.unit() as unit:
                kek = keks.renew(each)
                unit.journal.write_about(clock(), Act.KEK_RENEWED, actor, kek.id)
                unit.commit()
        rewrapped = 0
        while count := _rewrap_some(each, keks, store):
            rewrapped += count
            told(done + rewrapped)
        with store.unit() as unit:
            unit.journal.write_about(clock(), Act.KEYS_REWRAPPED, actor, keks.current(each).id, count=rewrapped)
            unit.commit()
        done += rewrapped
    return done


def destroy(kek_id: str, *, keks: Keks, store: Store, actor: Actor, clock: Clock) -> None:
    """Take a KEK away for good, once no key is under it and a newer one wraps; backups that are under it die with it.

    Raises:
        NotFound: `kek.unknown`.
        Conflict: `kek.current`, `kek.used`.
    """
    with store.unit() as unit:
        unit.object_keys.lock_keks(alone=True)  # nobody is wrapping under it at this moment
        found = next((each for each in keks_of(keks, store=store) if each.id == kek_id and each.present), None)
        if found is None:
            raise NotFound(
                "kek.unknown", Said("Il n'y a pas de clé %(key)s ici. « ged kek list » les donne.", key=kek_id)
            )
        if found.current:
            raise Conflict(
                "kek.current", Said("La clé %(key)s protège les nouveaux fichiers. Renouvelez-la d'abord.", key=kek_id)
            )
        if found.wraps:
            raise Conflict(
                "kek.used",
                Said(
                    "%(count)s fichiers sont encore sous la clé %(key)s. Lancez « ged kek rotate --resume » d'abord.",
                    count=found.wraps,
                    key=kek_id,
                ),
            )
        unit.journal.write_about(clock(), Act.KEK_DESTROYED, actor, kek_id)
        unit.commit()
    keks.destroy(kek_id)


def take_in(
    vault: EncryptedVault,
    *,
    store: Store,
    actor: Actor,
    clock: Clock,
    told: Callable[[int], None] = lambda _: None,
) -> Taken:
    """Encrypt every object that was stored as it was, one after the other; killed and called again, it goes on.

    Objects that do not hash to their name are left, and named. What a lock keeps in plain is removed by a later call.
    """
    done, locked, altered = 0, 0, []
    for digest in _plain(vault):
        with store.unit() as unit:
            tenant_id = unit.object_keys.tenant_of_original(digest)
        try:
            new, remains = vault.take_in(digest, tenant_id)
        except Corrupt:
            altered.append(digest)
            continue
        done += new or not remains
        locked += remains
        told(done)
    with store.unit() as unit:
        unit.journal.write(clock(), Act.VAULT_ENCRYPTED, actor, count=done, altered=altered, locked=locked)
        unit.commit()
    return Taken(done, tuple(altered), locked)


def _rewrap_some(tenant_id: str, keks: Keks, store: Store) -> int:
    with store.unit() as unit:
        unit.object_keys.lock_keks(alone=False)
        newest = keks.current(tenant_id)
        keys = unit.object_keys.to_rewrap(tenant_id, newest.id, _AT_ONCE)
        unit.object_keys.rewrap(
            replace(key, kek_id=newest.id, wrapped=newest.wrap(keks.get(key.kek_id).unwrap(key.wrapped, which), which))
            for key in keys
            for which in (bound(key.name, key.tenant_id),)
        )
        unit.commit()
    return len(keys)


def _plain(vault: EncryptedVault) -> Iterator[str]:
    """Give the digests of objects that are stored under them, once each, whatever versions a bucket has."""
    for one in vault.objects():
        there = one.latest and not one.delete_marker
        if there and one.digest and not one.suffix and one.name.endswith(one.digest):
            yield one.digest
