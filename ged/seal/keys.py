"""The keys of an installation as they stand in their folder: its own authority, the sealing key, the keys of its logs.

The first set is made on the first call. Every process looks at the folder's names before it seals, so that a key
rotated by another process serves here from the next seal on. `ged.seal.rotation` has the acts; nothing here makes
a second key.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519

from ged.clock import Clock, system_clock
from ged.errors import Corrupt, Unavailable
from ged.seal.certify import authority_certificate, seal_certificate
from ged.seal.key_files import (
    alone,
    in_number,
    keep,
    new_ed25519,
    new_p256,
    numbered,
    read_ed25519,
    read_private,
)
from ged.seal.note import verifier_key
from ged.seal.sealing_key import FileKey, Public, as_sealing, to_pem
from ged.seal.trust import TrustStore

SEAL, AUTHORITY, LISTS = "sceau", "autorite", "revocations"


@dataclass(frozen=True, slots=True)
class LogKey:
    """What signs the heads of one log: the log's name, as its heads carry it, and its private key.

    Attributes:
        file: The first of its files; keys that came after it are numbered beside it. None for a key in memory alone.
        pinned: What was known of the log's keys when the last one changed (`ged.seal.log_key`); "" before that.
    """

    origin: str
    private: ed25519.Ed25519PrivateKey
    file: Path | None = None
    pinned: str = ""

    @property
    def verifier(self) -> str:
        """What somebody needs to check this log's heads, as the text of a log's key."""
        return self.pinned or verifier_key(self.origin, self.private.public_key())

    def private_of(self, verifier: str) -> ed25519.Ed25519PrivateKey:
        """Return the private key of a verifier key, be it made since this was read.

        Raises:
            Unavailable: `seal.no_log_key`, it is not in its folder.
        """
        if verifier_key(self.origin, self.private.public_key()) == verifier:
            return self.private
        files = numbered(self.file.parent, self.file.stem, self.file.suffix) if self.file else {}
        for file in reversed(files.values()):
            private = read_ed25519(file)
            if verifier_key(self.origin, private.public_key()) == verifier:
                return private
        raise Unavailable(
            "seal.no_log_key",
            "La clé en vigueur du journal n'est pas dans le dossier des clés. Rien n'est perdu : ce qui attend sera "
            "inscrit dès qu'elle y sera rétablie depuis la sauvegarde.",
        )


def log_origin(organisation: str) -> str:
    """Return the name of an organisation's log: no space, no plus (C2SP signed-note)."""
    return "ged-courrier/" + "-".join(organisation.lower().replace("+", " ").split())


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a folder held under some names."""

    names: tuple[str, ...]
    trust_pem: bytes
    trust: TrustStore
    newest: x509.Certificate
    key: FileKey | None
    log: LogKey


class SealKeys:
    """What seals and what checks, by a folder of files; looked at anew whenever a file came or went."""

    def __init__(self, folder: Path, organisation: str, clock: Clock = system_clock) -> None:
        self.folder = folder
        self.organisation = organisation
        self.clock = clock
        self._kept = self._read()

    def current(self) -> FileKey:
        """Return the key that seals now.

        Raises:
            Unavailable: `seal.no_key`, the newest certificate's key is not in this folder, or `seal.revoked`.
            Corrupt: `seal.keys`.
        """
        kept = self._look()
        if kept.key is None:
            raise Unavailable(
                "seal.no_key",
                "La clé du cachet en vigueur n'est pas dans le dossier des clés. Les courriers sont gardés ; "
                "leur sceau attend une nouvelle clé (ged keys rotate).",
            )
        refuse_revoked(kept.trust, kept.key.chain)
        return kept.key

    def chain_of(self, public: Public) -> tuple[x509.Certificate, ...] | None:
        """Return the newest certificate of a public key, then its issuers; None when none was ever made for it."""
        trust = self.trust
        found = [each for each in trust.seals if each.public_key() == public]
        return trust.path(found[-1]) if found else None

    @property
    def trust(self) -> TrustStore:
        """Whom to believe, as of now."""
        return self._look().trust

    @property
    def trust_pem(self) -> bytes:
        """The same as PEM: every certificate there was, oldest first, and every list of revoked ones."""
        return self._look().trust_pem

    @property
    def newest(self) -> x509.Certificate:
        """The certificate that seals, or would if its key were here."""
        return self._look().newest

    @property
    def chain_pem(self) -> bytes:
        """The newest sealing certificate then its issuers, PEM."""
        kept = self._look()
        return to_pem(*kept.trust.path(kept.newest))

    @property
    def authority(self) -> x509.Certificate:
        """The authority at the end of the newest certificate's chain."""
        kept = self._look()
        return kept.trust.path(kept.newest)[-1]

    @property
    def issuer(self) -> x509.Certificate:
        """The authority that certified the newest certificate."""
        kept = self._look()
        return kept.trust.path(kept.newest)[1]

    @property
    def log(self) -> LogKey:
        """Signs the heads of the log of documents."""
        return self._look().log

    def _look(self) -> _Kept:
        if _names(self.folder) != self._kept.names:
            self._kept = self._read()
        return self._kept

    def _read(self) -> _Kept:
        try:
            names = _names(self.folder)
            return self._of(names)
        except (ValueError, TypeError, OSError, IndexError) as error:
            raise _unreadable(self.folder) from error

    def _of(self, names: tuple[str, ...]) -> _Kept:
        seals = numbered(self.folder, SEAL, ".pem")
        files = [*numbered(self.folder, AUTHORITY, ".pem").values(), *seals.values()]
        pem = b"".join(path.read_bytes() for path in [*files, *numbered(self.folder, LISTS, ".pem").values()])
        trust = TrustStore.from_pem(pem)
        number = max(seals)
        newest = x509.load_pem_x509_certificates(seals[number].read_bytes())[0]
        file = in_number(self.folder, SEAL, number, ".key")
        key = None
        if file.exists():
            key = FileKey(read_private(file), trust.path(newest))
            if key.private.public_key() != as_sealing(newest.public_key()):
                message = "the sealing certificate is not that of the sealing key"
                raise ValueError(message)
        log = _read_log_key(self.folder / "journal.key", log_origin(self.organisation))
        return _Kept(names, pem, trust, newest, key, log)


def ensure_keys(folder: Path, *, organisation: str, clock: Clock = system_clock) -> SealKeys:
    """Return the keys kept in a folder, made on the first call; two processes at once make one set.

    Every file is whole or absent: a death in the middle leaves keys that the next call completes.

    Raises:
        Corrupt: `seal.keys`, a file is there and is not the key that it should be.
    """
    try:
        with alone(folder):
            ensure_authority(folder, organisation, clock)
            _ensure_first(folder / "journal.key")
            if not numbered(folder, SEAL, ".pem"):
                keep(folder / "sceau.key", new_p256)
                key = read_private(folder / "sceau.key")
                keep(folder / "sceau.pem", lambda: certified(folder, key.public_key(), organisation, clock))
    except (ValueError, TypeError) as error:
        raise _unreadable(folder) from error
    return SealKeys(folder, organisation, clock)


def ensure_certificate(keys: SealKeys, public: Public) -> None:
    """Have a public key's certificate in the folder, by the own authority when none is there: the newest from then on.

    For a key that lies on a token: the newest certificate is that of the key which the configuration names.
    """
    with alone(keys.folder):
        if keys.newest.public_key() != public:
            earlier = keys.chain_of(public)
            number = max(numbered(keys.folder, SEAL, ".pem")) + 1
            made = to_pem(*earlier) if earlier else certified(keys.folder, public, keys.organisation, keys.clock)
            keep(in_number(keys.folder, SEAL, number, ".pem"), lambda: made)


def ensure_log_key(path: Path, *, origin: str) -> LogKey:
    """Return the key of one log, kept alone in a file of PEM and made on the first call; two processes make one.

    Raises:
        Corrupt: `seal.keys`, the file is there and is not the key that it should be.
    """
    with alone(path.parent):
        _ensure_first(path)
    try:
        return _read_log_key(path, origin)
    except (ValueError, TypeError, OSError) as error:
        raise _unreadable(path.parent) from error


def pin_of(file: Path) -> Path:
    """Return where what is known of a log's keys is kept, once one of them changed."""
    return file.with_suffix(".vkey")


def _ensure_first(file: Path) -> None:
    """Make the first key of a log; a log that was rotated has forgotten its first, and takes no other."""
    if not pin_of(file).exists():
        keep(file, new_ed25519)


def _read_log_key(file: Path, origin: str) -> LogKey:
    pin = pin_of(file)
    pinned = pin.read_text(encoding="utf-8").strip() if pin.exists() else ""
    files = numbered(file.parent, file.stem, file.suffix)
    return LogKey(origin, read_ed25519(files[max(files)] if files else file), file, pinned)


def refuse_revoked(trust: TrustStore, chain: tuple[x509.Certificate, ...]) -> None:
    """Refuse to seal under a certificate that was revoked.

    Raises:
        Unavailable: `seal.revoked`.
    """
    if trust.revocation(chain[0], chain[1]) is not None:
        raise Unavailable(
            "seal.revoked",
            "Le certificat du cachet est révoqué. Les courriers sont gardés ; leur sceau attend une nouvelle clé "
            "(ged keys rotate).",
        )


def ensure_authority(folder: Path, organisation: str, clock: Clock) -> None:
    """Have the installation's own authority in the folder; its first key and certificate, when there is none."""
    if not numbered(folder, AUTHORITY, ".pem"):
        keep(folder / "autorite.key", new_p256)
        key = read_private(folder / "autorite.key")
        keep(folder / "autorite.pem", lambda: to_pem(authority_certificate(key, organisation, clock())))


def certified(folder: Path, public: Public, organisation: str, clock: Clock) -> bytes:
    """Return a new sealing certificate by the own authority of today, PEM."""
    number, path = max(numbered(folder, AUTHORITY, ".pem").items())
    issuer = x509.load_pem_x509_certificate(path.read_bytes())
    issuer_key = read_private(in_number(folder, AUTHORITY, number, ".key"))
    return to_pem(seal_certificate(public, organisation, issuer, issuer_key, clock()))


def _names(folder: Path) -> tuple[str, ...]:
    names = os.listdir(folder)  # noqa: PTH208 - before every seal: three times as fast as making paths of them
    return tuple(sorted(name for name in names if name.endswith((".pem", ".key"))))


def _unreadable(folder: Path) -> Corrupt:
    return Corrupt(
        "seal.keys",
        "Les clés de scellement ne sont pas lisibles. Rétablissez le dossier des clés depuis la sauvegarde.",
        folder=str(folder),
    )
