"""Keys that wrap keys: one series for each organisation of the installation, the newest of which wraps.

The port is small so that a token or a key service can stand behind it: a KEK has a name, wraps and unwraps. Here each
is a file of its own that its owner alone reads.

Source: NIST SP 800-57 part 1, 5.2 (key-wrapping keys); NIST SP 800-38D.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ged.errors import Corrupt, Unavailable

HOUSE = "maison"
"""Whose keys protect what belongs to no organisation in particular: models, the installation's own files."""

_KEY_BYTES, _NONCE_BYTES = 32, 12
_ID = re.compile(r"(?P<tenant>[A-Za-z0-9_-]+)\.(?P<serial>[0-9]{4})\.[0-9a-f]{8}")


class Kek(Protocol):
    """A key that wraps keys."""

    @property
    def id(self) -> str:
        """Its name, never given twice: whose it is, its rank in the series, and a mark of its own."""
        ...

    def wrap(self, plain: bytes, bound: bytes) -> bytes:
        """Return bytes that only this key opens, and only for the same `bound`."""
        ...

    def unwrap(self, wrapped: bytes, bound: bytes) -> bytes:
        """Return what was wrapped.

        Raises:
            Corrupt: `vault.key`, it was changed, or wrapped for something else.
        """
        ...


class Keks(Protocol):
    """Where keys that wrap keys are kept."""

    @property
    def lookup_key(self) -> bytes:
        """The key under which digests are looked up, the same for ever: what is looked up says nothing of a digest."""
        ...

    def current(self, tenant_id: str) -> Kek:
        """Return the key that wraps for an organisation now ("" for the house), made when there is none."""
        ...

    def get(self, kek_id: str) -> Kek:
        """Return a key by its name.

        Raises:
            Unavailable: `vault.kek`, it is not here.
        """
        ...

    def renew(self, tenant_id: str) -> Kek:
        """Make the next key of an organisation: it is the one that wraps when this returns."""
        ...

    def ids(self) -> tuple[str, ...]:
        """Return the names of every key there is, each series in order."""
        ...

    def destroy(self, kek_id: str) -> None:
        """Take a key away for good: whatever it wrapped, here or in a backup, is opened no more."""
        ...


def tenant_of(kek_id: str) -> str:
    """Return whose key this is, as `Keks.current` is asked for it."""
    tenant = kek_id.partition(".")[0]
    return "" if tenant == HOUSE else tenant


@dataclass(frozen=True, slots=True, repr=False)
class _FileKek:
    id: str
    secret: bytes

    def wrap(self, plain: bytes, bound: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self.secret).encrypt(nonce, plain, self._bound(bound))

    def unwrap(self, wrapped: bytes, bound: bytes) -> bytes:
        try:
            return AESGCM(self.secret).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], self._bound(bound))
        except (InvalidTag, ValueError) as error:
            raise Corrupt(
                "vault.key",
                "La clé d'un fichier du coffre ne s'ouvre pas. Rien n'est montré. Prévenez l'administrateur : la table "
                "des clés est à rétablir depuis la sauvegarde.",
                kek=self.id,
            ) from error

    def _bound(self, bound: bytes) -> bytes:
        return self.id.encode() + b"\0" + bound


class KekFolder:
    """KEKs as files `<organisation>.<rank>.<mark>.kek`, mode 0600, and `recherche.key`, by which digests are found."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._held: dict[str, _FileKek] = {}
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._alone():
            if not (folder / "recherche.key").exists():
                self._write("recherche.key", secrets.token_bytes(_KEY_BYTES))
        self.lookup_key = self._read("recherche.key")

    def current(self, tenant_id: str) -> Kek:
        """Return the newest key of an organisation, made when there is none."""
        series = self._series(tenant_id)
        return self.get(series[-1]) if series else self._made(tenant_id, only_first=True)

    def get(self, kek_id: str) -> Kek:
        """Return a key by its name, read once in this process."""
        if kek_id not in self._held:
            if not _ID.fullmatch(kek_id):
                raise self._missing(kek_id)
            self._held[kek_id] = _FileKek(kek_id, self._read(f"{kek_id}.kek"))
        return self._held[kek_id]

    def renew(self, tenant_id: str) -> Kek:
        """Make the next key of an organisation, durable before it is given."""
        return self._made(tenant_id, only_first=False)

    def ids(self) -> tuple[str, ...]:
        """Return the names of every key of the folder."""
        return tuple(sorted(path.stem for path in self.folder.glob("*.kek") if _ID.fullmatch(path.stem)))

    def destroy(self, kek_id: str) -> None:
        """Write over a key's file, then remove it; a disk that copies on write may keep it: docs/operations.md."""
        path = self.folder / f"{kek_id}.kek"
        self._held.pop(kek_id, None)
        with self._alone():
            if path.exists():
                with path.open("r+b") as file:
                    file.write(bytes(path.stat().st_size))
                    file.flush()
                    os.fsync(file.fileno())
                path.unlink()
                self._sync()

    def _series(self, tenant_id: str) -> list[str]:
        prefix = f"{tenant_id or HOUSE}."
        return [each for each in self.ids() if each.startswith(prefix)]

    def _made(self, tenant_id: str, *, only_first: bool) -> Kek:
        with self._alone():
            series = self._series(tenant_id)
            if series and only_first:  # by another process, a moment ago
                return self.get(series[-1])
            rank = int(series[-1].split(".")[1]) + 1 if series else 1
            kek_id = f"{tenant_id or HOUSE}.{rank:04d}.{secrets.token_hex(4)}"
            self._write(f"{kek_id}.kek", secrets.token_bytes(_KEY_BYTES))
        return self.get(kek_id)

    def _alone(self) -> _Lock:
        return _Lock(self.folder / "lock")

    def _read(self, name: str) -> bytes:
        try:
            secret = (self.folder / name).read_bytes()
        except FileNotFoundError as error:
            raise self._missing(name) from error
        if len(secret) != _KEY_BYTES:
            raise self._missing(name)
        return secret

    def _write(self, name: str, data: bytes) -> None:
        draft = self.folder / f"{secrets.token_hex(8)}.tmp"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self.folder / name)
        self._sync()

    def _sync(self) -> None:
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def _missing(self, name: str) -> Unavailable:
        return kek_missing(name, str(self.folder))


def kek_missing(name: str, place: str) -> Unavailable:
    """Return what is said when a key that wraps keys is not where it should be."""
    return Unavailable(
        "vault.kek",
        "Une clé du coffre manque : les originaux qu'elle protège ne s'ouvrent pas, et rien n'en est perdu. "
        "Rétablissez le dossier des clés du coffre depuis sa sauvegarde.",
        key=name,
        place=place,
    )


class _Lock:
    """Held by one process of the machine at a time; it falls with the process."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._file = self._path.open("a")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()
