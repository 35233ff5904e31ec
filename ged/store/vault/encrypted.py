"""The vault, encrypted: a store inside, a key for each object, wrapped and kept in the database.

Everything above sees digests and plaintext as before. The store sees random names and ciphertext; the database sees
wrapped keys; who has only one of the three, store, database and KEKs, reads nothing. What was stored before stays as it
is and is read as it is. An object's key is written once its bytes are durable: a death in between leaves ciphertext
without a key, of a deposit that nobody was told had succeeded.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from io import SEEK_END, BytesIO
from itertools import islice
from typing import BinaryIO

from ged.errors import Corrupt, NotFound, Unavailable
from ged.ports import Found, Shredded, Stored, VaultReport
from ged.store.object_keys import ObjectKey
from ged.store.unit import Store, Unit
from ged.store.vault.copied import copied
from ged.store.vault.hashed import hash_stream
from ged.store.vault.kek import Keks
from ged.store.vault.limits import too_large
from ged.store.vault.names import place_of
from ged.store.vault.object_secret import ObjectSecret, corrupt_key, is_name, lookup_of, new_name
from ged.store.vault.segments import Cipher, plain_size, stored_size
from ged.store.vault.shelf import Draft, Shelf

_LISTED_AT_ONCE = 500
_KEY_BYTES = 32
_CIPHERTEXT = "application/octet-stream"


class EncryptedVault:
    """A store whose objects are encrypted, and those that were there before it was.

    With `encrypts` off, what comes in is stored as it is, and what is encrypted is still read.
    """

    def __init__(self, inner: Shelf, keks: Keks, store: Store, *, encrypts: bool = True) -> None:
        self._inner, self._keks, self._store, self._encrypts = inner, keks, store, encrypts

    def put(self, stream: BinaryIO, *, media_type: str, limit_bytes: int | None = None, tenant_id: str = "") -> Stored:
        """Make the stream's bytes durable under their SHA-256; the same bytes again change nothing.

        What another organisation has already is not stored twice: its key is wrapped for this one too.

        Raises:
            Refused: `capture.too_large`; nothing is kept.
            Unavailable: `vault.full`, `vault.unavailable`, `vault.kek`, `store.unavailable`.
        """
        with self._inner.draft() as draft:
            if not self._encrypts:
                digest = copied(stream, draft, limit_bytes)
                return self._standing(digest, tenant_id) or draft.keep(digest, media_type=media_type)
            name, key = new_name(self._keks.lookup_key), secrets.token_bytes(_KEY_BYTES)
            secret = _written(stream, draft, Cipher(key, name), key, limit_bytes)
            return self._standing(secret.digest, tenant_id) or self._named(draft, name, secret, tenant_id)

    @contextmanager
    def open(self, digest: str) -> Iterator[BinaryIO]:
        """Open an object for reading, seekable; only the segments that are read are deciphered.

        Raises:
            NotFound: `vault.unknown`.
            Corrupt: `vault.ciphertext`, `vault.key`; the first also while it is read.
            Unavailable: `vault.kek`, `vault.unavailable`, `store.unavailable`.
        """
        held = self._held(digest)
        with self._inner.open(digest) if held is None else self._deciphered(*held) as plain:
            yield plain

    def hashed(self, digest: str) -> tuple[str, int]:
        """Return (SHA-256 in hexadecimal, size in bytes) of the plaintext, deciphered to its end.

        Raises:
            NotFound: `vault.unknown`.
            Corrupt: `vault.ciphertext`, `vault.key`.
            Unavailable: `vault.kek`, `vault.unavailable`, `store.unavailable`.
        """
        held = self._held(digest)
        if held is None:
            return self._inner.hashed(digest)
        with self._deciphered(*held) as plain:
            return hash_stream(plain)

    def plain_folder(self) -> None:
        """Return None: objects are deciphered here."""

    def stat(self, digest: str) -> Stored | None:
        """Return what is stored under a digest, without reading it."""
        held = self._held(digest)
        if held is None:
            return self._inner.stat(digest)
        name, secret = held
        found = self._inner.stat(name)
        return None if found is None else Stored(digest, secret.size, found.version, existed=True)

    def attach(self, digest: str, suffix: str, data: bytes) -> bytes:
        """Keep a small companion beside an object; one that is there already wins and is returned.

        Raises:
            NotFound: `vault.unknown`, there is no such object to give a companion to.
        """
        held = self._held(digest)
        if held is None:
            if self._encrypts and self._inner.stat(digest) is None:
                raise _unknown(digest)
            return self._inner.attach(digest, suffix, data)
        standing = self._inner.companion(digest, suffix)  # of an object that is being encrypted at this moment
        return self._attach(*held, suffix, data if standing is None else standing)

    def companion(self, digest: str, suffix: str) -> bytes | None:
        """Return the bytes of a companion, or None.

        Raises:
            Corrupt: `vault.ciphertext`, `vault.key`.
        """
        held = self._held(digest)
        if held is not None:
            name, secret = held
            sealed = self._inner.companion(name, secret.suffix_in_store(name, suffix))
            if sealed is not None:
                return _opened(sealed, Cipher(secret.key, name, suffix))
        return self._inner.companion(digest, suffix)

    def shred(self, digest: str) -> Shredded:
        """Delete the object's key for good, then the object where the store lets go of it.

        From the first moment on nobody can read it, whatever a lock keeps. Killed anywhere, the next call, for this
        object or another, finishes.

        Raises:
            Unavailable: `vault.unavailable`, `store.unavailable`.
        """
        place_of(digest)
        lookup = lookup_of(digest, self._keks.lookup_key)
        with self._store.unit() as unit:
            unit.object_keys.lock(lookup)
            own = unit.object_keys.shred(lookup)
            unit.commit()
        plain = self._inner.shred(digest)
        with self._store.unit() as unit:
            names = unit.object_keys.shredding()
        kept = {name for name in dict.fromkeys((*names, *own)) if self._let_go(name)}
        return Shredded(plain.unreadable, remains=plain.remains or not kept.isdisjoint(own))

    def retain(self, digest: str, until: datetime) -> bool:
        """Have the store keep an object, under the name that it has there, until an instant.

        Raises:
            Unavailable: `vault.unavailable`, `vault.kek`, `store.unavailable`.
        """
        held = self._held(digest)
        return self._inner.retain(held[0] if held else digest, until)

    def objects(self, since: str = "") -> Iterator[Found]:
        """Give everything that is stored, by the store's names, each with the digest that it answers to.

        Raises:
            Unavailable: `vault.unavailable`, `vault.kek`, `store.unavailable`.
            Corrupt: `vault.key`.
        """
        listed = self._inner.objects(since)
        while group := list(islice(listed, _LISTED_AT_ONCE)):
            with self._store.unit() as unit:
                keys = unit.object_keys.named({one.digest for one in group if one.digest})
            for one in group:
                yield self._told(one, keys.get(one.digest, ()))

    def report(self) -> VaultReport:
        """Say where the vault is, whether it answers, whether it locks objects and encrypts them."""
        return replace(self._inner.report(), encrypted=self._encrypts)

    def take_in(self, digest: str, tenant_id: str) -> tuple[bool, bool]:
        """Encrypt an object that was stored as it is, with its companions, and remove it once all is durable.

        It can be read at every moment. Killed anywhere and called again, it finishes. Return whether it was encrypted
        now, and whether a lock keeps it in plain as well: called again once that has ended, it is removed.

        Raises:
            NotFound: `vault.unknown`.
            Corrupt: `vault.altered`, the bytes do not hash to their name: they are left as they are.
        """
        held = self._held(digest)
        new = held is None
        if held is None:
            name, key = new_name(self._keks.lookup_key), secrets.token_bytes(_KEY_BYTES)
            with self._inner.open(digest) as plain, self._inner.draft() as draft:
                secret = _written(plain, draft, Cipher(key, name), key, None)
                if secret.digest != digest:
                    raise _altered(digest)
                self._named(draft, name, secret, tenant_id)
            held = self._held(digest)
        if held is None:
            raise _unknown(digest)
        place = place_of(digest)
        for one in self._inner.objects(place):
            if not one.name.startswith(place):
                break
            data = self._inner.companion(digest, one.suffix) if one.suffix else None
            if data is not None:
                self._attach(*held, one.suffix, data)
        until = self._inner.locked_until(digest)
        if until is not None:
            self._inner.retain(held[0], until)
        return new, self._inner.shred(digest).remains

    def _standing(self, digest: str, tenant_id: str) -> Stored | None:
        """Return an object that is there, and this organisation's also; None when it must be stored."""
        found = self.stat(digest)
        if found is None:
            return None
        lookup = lookup_of(digest, self._keks.lookup_key)
        with self._store.unit() as unit:
            unit.object_keys.lock_keks(alone=False)
            unit.object_keys.lock(lookup)
            keys = unit.object_keys.of(lookup)
            if keys and all(key.tenant_id != tenant_id for key in keys):
                self._add(unit, lookup, tenant_id, keys[0].name, self._secret(keys))
                unit.commit()
        return found

    def _named(self, draft: Draft, name: str, secret: ObjectSecret, tenant_id: str) -> Stored:
        """Make a draft durable and give it its key, unless another has just done so."""
        lookup = lookup_of(secret.digest, self._keks.lookup_key)
        with self._store.unit() as unit:
            unit.object_keys.lock_keks(alone=False)
            unit.object_keys.lock(lookup)
            tenants = {tenant_id}
            for key in unit.object_keys.of(lookup):
                there = self._inner.stat(key.name)
                if there is not None:
                    return Stored(secret.digest, secret.size, there.version, existed=True)
                tenants.add(key.tenant_id)  # the store lost the bytes: these take their place, for all who had them
            unit.object_keys.forget(lookup)
            stored = draft.keep(name, media_type=_CIPHERTEXT)
            for each in sorted(tenants):
                self._add(unit, lookup, each, name, secret)
            unit.commit()
        return Stored(secret.digest, secret.size, stored.version, existed=False)

    def _add(self, unit: Unit, lookup: bytes, tenant_id: str, name: str, secret: ObjectSecret) -> None:
        kek = self._keks.current(tenant_id)
        wrapped = kek.wrap(secret.pack(), bound(name, tenant_id))
        unit.object_keys.add(ObjectKey(lookup, tenant_id, name, kek.id, wrapped))

    def _held(self, digest: str) -> tuple[str, ObjectSecret] | None:
        """Return an object's name in the store and what opens it; None when it is not encrypted, or not there."""
        place_of(digest)
        with self._store.unit() as unit:
            keys = unit.object_keys.of(lookup_of(digest, self._keks.lookup_key))
        if not keys:
            return None
        secret = self._secret(keys)
        if secret.digest != digest:
            raise corrupt_key(keys[0].name)
        return keys[0].name, secret

    @contextmanager
    def _deciphered(self, name: str, secret: ObjectSecret) -> Iterator[BinaryIO]:
        with self._inner.open(name) as sealed:
            stored = sealed.seek(0, SEEK_END)
            sealed.seek(0)
            cipher = Cipher(secret.key, name)
            if stored != stored_size(secret.size):
                raise cipher.corrupt("length")
            yield cipher.opened(sealed, stored)

    def _secret(self, keys: Sequence[ObjectKey]) -> ObjectSecret:
        """Unwrap a key with the KEK of any of the organisations that have it."""
        missing: Unavailable | None = None
        for key in keys:
            try:
                kek = self._keks.get(key.kek_id)
            except Unavailable as error:
                missing = error
                continue
            return ObjectSecret.unpack(kek.unwrap(key.wrapped, bound(key.name, key.tenant_id)))
        raise missing or corrupt_key("")

    def _attach(self, name: str, secret: ObjectSecret, suffix: str, data: bytes) -> bytes:
        cipher = Cipher(secret.key, name, suffix)
        sealed = b"".join(cipher.encrypted(BytesIO(data), lambda _: None))
        return _opened(self._inner.attach(name, secret.suffix_in_store(name, suffix), sealed), cipher)

    def _let_go(self, name: str) -> bool:
        """Have the store delete an object that has no key any more; give whether a lock keeps it."""
        remains = self._inner.shred(name).remains
        with self._store.unit() as unit:
            unit.object_keys.let_go(name, remains=remains)
            unit.commit()
        return remains

    def _told(self, one: Found, keys: Sequence[ObjectKey]) -> Found:
        if not one.digest:
            return one
        if not keys:
            if is_name(one.digest, self._keks.lookup_key):
                return one._replace(digest="", suffix="", keyless=True)
            return one
        secret = self._secret(keys)
        try:
            suffix = secret.suffix_of(one.digest, one.suffix) if one.suffix else ""
        except ValueError:
            return one._replace(digest="", suffix="")
        return one._replace(digest=secret.digest, suffix=suffix, size=0 if suffix else plain_size(one.size))


def bound(name: str, tenant_id: str) -> bytes:
    """Return what a wrapped key is bound to: it opens as the key of that object, for that organisation, alone."""
    return f"{name}\0{tenant_id}".encode()


def _written(stream: BinaryIO, draft: Draft, cipher: Cipher, key: bytes, limit_bytes: int | None) -> ObjectSecret:
    """Encrypt a stream into a draft and return what opens it."""
    hasher, size = hashlib.sha256(), 0

    def seen(segment: bytes) -> None:
        nonlocal size
        size += len(segment)
        if limit_bytes is not None and size > limit_bytes:
            raise too_large(limit_bytes)
        hasher.update(segment)

    for piece in cipher.encrypted(stream, seen):
        draft.write(piece)
    return ObjectSecret(key, hasher.hexdigest(), size)


def _opened(sealed: bytes, cipher: Cipher) -> bytes:
    return cipher.opened(BytesIO(sealed), len(sealed)).read()


def _unknown(digest: str) -> NotFound:
    return NotFound("vault.unknown", "Ce fichier n'est plus dans le coffre. Prévenez l'administrateur.", digest=digest)


def _altered(digest: str) -> Corrupt:
    return Corrupt(
        "vault.altered",
        "Un fichier du coffre n'est plus celui qui y fut mis. Il est laissé en place : rétablissez-le depuis la "
        "sauvegarde et prévenez l'auditeur.",
        digest=digest,
    )
