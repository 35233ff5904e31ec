"""Proof bundles without a house: sealed by keys of the test, and forged as somebody would who has the zip in hand."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

from cryptography import x509

from ged.ports import LogEntry
from ged.seal.bundle.contents import BundledFile, Contents, Evidence, Head, TrustMaterial
from ged.seal.bundle.verifier import BAD, Step, Trust, verify
from ged.seal.bundle.write import write_bundle
from ged.seal.keys import SealKeys, ensure_keys
from ged.seal.leaf import Leaf
from ged.seal.ledger import TileLedger
from ged.seal.note import read_proof
from ged.seal.sign import CmsSigner

LETTER = "%PDF-1.4 Lomé, le 24 novembre 2026\n".encode() * 20
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
MISSING = {"horodatage": "pas encore horodatée", "cosignature": "aucun témoin ne l'a cosignée"}


@dataclass
class Sealer:
    """Keys and a log of their own, as an installation has."""

    keys: SealKeys
    ledger: TileLedger

    @classmethod
    def begin(cls, folder: Path, organisation: str = "Ministère d'essai") -> Sealer:
        keys = ensure_keys(folder / "keys", organisation=organisation)
        return cls(keys, TileLedger(folder / "ledger", keys.log))

    @property
    def authority(self) -> bytes:
        pem = self.keys.chain_pem
        return pem[pem.rindex(b"-----BEGIN") :]

    @property
    def pins(self) -> Trust:
        """What a page of that installation trusts."""
        return Trust(x509.load_pem_x509_certificates(self.authority), [self.ledger.verifier_key], [], [], [])

    def seal(self, data: bytes, document: str = "lettre-1") -> tuple[bytes, bytes, LogEntry]:
        """Return (signature, leaf, entry)."""
        p7s = CmsSigner(self.keys).sign(hashlib.sha256(data).digest(), datetime.now(UTC))
        leaf = Leaf(
            document=document,
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            p7s_sha256=hashlib.sha256(p7s).hexdigest(),
            version="",
            event="capture",
            actor="systeme",
            time=AT.isoformat(),
        ).encode()
        return p7s, leaf, self.ledger.append([leaf])[0]

    def file(self, data: bytes, role: str, place: str) -> BundledFile:
        p7s, leaf, entry = self.seal(data)
        note = read_proof(entry.proof).checkpoint
        head = Head("documents", int(note.split("\n")[1]), note.encode(), b"", dict(MISSING))
        evidence = Evidence(p7s, leaf, entry.proof, head, int(datetime.now(UTC).timestamp()), None)
        digest, media = hashlib.sha256(data).hexdigest(), "application/pdf"
        return BundledFile(role, role.capitalize(), place, "pdf", media, digest, len(data), evidence)

    def bundle(self, *data: bytes) -> bytes:
        """Return the bundle of a letter: the first bytes are the original, the others its pieces."""
        files = [self.file(data[0], "original", "original/original")]
        files += [self.file(each, "piece_jointe", f"pieces/{n}/piece") for n, each in enumerate(data[1:], 1)]
        trust = TrustMaterial(self.authority, self.keys.chain_pem, (self.ledger.verifier_key,))
        contents = Contents("lettre-1", "ARR-2026-000001", b"{}\n", b"[]\n", tuple(files), trust, {})
        return written(contents, *data)


def written(contents: Contents, *data: bytes) -> bytes:
    """Return a bundle whose files are these bytes."""
    kept, target = {hashlib.sha256(each).hexdigest(): each for each in data}, BytesIO()

    def opened(digest: str) -> AbstractContextManager[BinaryIO]:
        return BytesIO(kept[digest])

    write_bundle(contents, target, opened)
    return target.getvalue()


def entries(bundle: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def forged(bundle: bytes, changes: dict[str, bytes], **summary: Any) -> bytes:
    """Return a bundle with files replaced and a table of contents that agrees with them, as a forger makes it."""
    files = entries(bundle) | changes
    told = json.loads(files.pop("liasse.json")) | summary
    told["fichiers"] = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "taille": len(data)} for name, data in files.items()
    }
    return zipped([("liasse.json", json.dumps(told).encode()), *files.items()])


def zipped(files: list[tuple[str, bytes]], compression: int = zipfile.ZIP_STORED) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name), data, compression)
    return target.getvalue()


def steps(bundle: bytes, trust: Trust | None = None) -> list[Step]:
    return verify(BytesIO(bundle), trust)[0]


def faults(bundle: bytes, trust: Trust | None = None) -> list[str]:
    """Return what is said of the steps that do not hold."""
    return [f"{step.title} : {step.detail}" for step in steps(bundle, trust) if step.state == BAD]


def commands(read_me: str) -> Iterator[tuple[str, str]]:
    """Give each command of a LISEZMOI with what it must answer."""
    lines = read_me.splitlines()
    for line, below in pairwise(lines):
        if line.startswith("$ "):
            yield line[2:], below.removeprefix("  attendu : ")
