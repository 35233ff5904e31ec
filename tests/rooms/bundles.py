"""Proof bundles without a house: sealed by keys of the test, and forged as somebody would who has the zip in hand."""

from __future__ import annotations

import base64
import hashlib
import json
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from engines.time_authority import TimeAuthority
from ged.mail.history import Event, chain
from ged.mail.journal import Act, JournalRow
from ged.ports import LogEntry
from ged.seal.bundle.contents import BundledFile, Contents, Evidence, Head, HistoryLine, TrustMaterial
from ged.seal.bundle.verifier import BAD, Step, Trust, verify
from ged.seal.bundle.write import write_bundle
from ged.seal.journal_leaf import encode_row
from ged.seal.keys import SealKeys, ensure_keys, ensure_log_key
from ged.seal.leaf import Leaf, blind
from ged.seal.ledger import TileLedger
from ged.seal.note import read_proof
from ged.seal.sign import CmsSigner
from ged.seal.timestamp.request import write_request
from ged.seal.trust import TrustStore

LETTER = "%PDF-1.4 Lomé, le 24 novembre 2026\n".encode() * 20
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
MISSING = {"horodatage": "pas encore horodatée", "cosignature": "aucun témoin ne l'a cosignée"}


class Cosigner:
    """A witness that signs whatever head it is shown."""

    def __init__(self, name: str) -> None:
        self.name, self._key = name, ed25519.Ed25519PrivateKey.generate()
        self._public = self._key.public_key().public_bytes_raw()
        self._id = hashlib.sha256(name.encode() + b"\n\x04" + self._public).digest()[:4]

    @property
    def key(self) -> str:
        return f"{self.name}+{self._id.hex()}+{base64.b64encode(bytes([4]) + self._public).decode()}"

    def line(self, note: str) -> str:
        body, seconds = note.partition("\n\n")[0] + "\n", int(time.time())
        signature = self._key.sign(f"cosignature/v1\ntime {seconds}\n{body}".encode())
        return f"— {self.name} {base64.b64encode(self._id + seconds.to_bytes(8, 'big') + signature).decode()}\n"


@dataclass
class Sealer:
    """Keys and a log of their own, as an installation has; who stamps and witnesses its heads, where somebody does."""

    folder: Path
    keys: SealKeys
    ledger: TileLedger
    acts: TileLedger
    authority_of_time: TimeAuthority | None = None
    witness: Cosigner | None = None

    @classmethod
    def begin(cls, folder: Path, organisation: str = "Ministère d'essai") -> Sealer:
        keys = ensure_keys(folder / "keys", organisation=organisation)
        acts = ensure_log_key(folder / "acts" / "actes.key", origin=f"{keys.log.origin}/journal")
        return cls(folder, keys, TileLedger(folder / "ledger", keys.log), TileLedger(folder / "journal", acts))

    @property
    def authority(self) -> bytes:
        pem = self.keys.chain_pem
        return pem[pem.rindex(b"-----BEGIN") :]

    @property
    def authority_key(self) -> ec.EllipticCurvePrivateKey:
        key = serialization.load_pem_private_key((self.folder / "keys" / "autorite.key").read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key

    @property
    def pins(self) -> Trust:
        """What a page of that installation trusts."""
        return Trust(
            [self.keys.authority],
            [self.ledger.verifier_key, self.acts.verifier_key],
            [self.witness.key] if self.witness else [],
            self.authority_of_time.roots if self.authority_of_time else [],
            seals=[self.keys.newest],
        )

    @property
    def material(self) -> TrustMaterial:
        """What a bundle of that installation says of whom to trust."""
        pins = self.pins
        seals = TrustStore.from_pem(self.keys.chain_pem)
        return TrustMaterial(seals, tuple(pins.logs), tuple(pins.witnesses), tuple(pins.stamps))

    def seal(self, data: bytes, document: str = "lettre-1", salt: bytes = b"") -> tuple[bytes, bytes, LogEntry]:
        """Return (signature, leaf, entry)."""
        digest = hashlib.sha256(data).hexdigest()
        p7s = CmsSigner(self.keys).sign(hashlib.sha256(data).digest(), datetime.now(UTC))
        leaf = Leaf(
            document=document,
            sha256=blind(digest, salt) if salt else digest,
            size=len(data),
            p7s_sha256=hashlib.sha256(p7s).hexdigest(),
            version="",
            event="capture",
            actor="systeme",
            time=AT.isoformat(),
            blinded=bool(salt),
        ).encode()
        return p7s, leaf, self.ledger.append([leaf])[0]

    def file(self, data: bytes, role: str, place: str, salt: bytes = b"") -> BundledFile:
        p7s, leaf, entry = self.seal(data, salt=salt)
        head, line = self.head("documents", entry)
        at = int(datetime.now(UTC).timestamp())
        evidence = Evidence(p7s, leaf, entry.proof + line, head, at, at if head.token else None, salt)
        digest, media = hashlib.sha256(data).hexdigest(), "application/pdf"
        return BundledFile(role, role.capitalize(), place, "pdf", media, digest, len(data), evidence)

    def head(self, log: str, entry: LogEntry) -> tuple[Head, str]:
        """Return the head that an entry's proof leads to, and the line of the witness under it."""
        note = read_proof(entry.proof).checkpoint
        line, token = self.witness.line(note) if self.witness else "", self.token(note.encode())
        there = {"horodatage": bool(token), "cosignature": bool(line)}
        missing = {what: why for what, why in MISSING.items() if not there[what]}
        return Head(log, int(note.split("\n")[1]), note.encode(), token, missing), line

    def history(self, original: bytes, waiting: int = 0) -> tuple[bytes, tuple[HistoryLine, ...]]:
        """Return a history of three acts, with what proves each, the last ones waiting; other lines lie between."""
        told = tuple(
            Event(number, AT + timedelta(minutes=number), act, "A. Kossi", "kossi", text=text)
            for number, act, text in ((4, Act.QUALIFIED, ""), (7, Act.READ, ""), (9, Act.EXPORTED, "liasse"))
        )
        rows = [
            JournalRow(one.id, one.at, one.act, one.login, one.by, "lettre-1", None, {"medium": one.text})
            for one in told
        ]
        proved = len(rows) - waiting
        self.acts.append([b"{}" + str(self.acts.head().size).encode()])
        entries = [encode_row(row) for row in rows[:proved]]
        lines = []
        places = self.acts.append(entries)
        shared = self.head("journal", places[-1]) if places else None
        for row, entry, place in zip(rows, entries, places, strict=False):
            assert shared is not None
            head, line = shared
            at = int(datetime.now(UTC).timestamp()) if head.token else None
            lines.append(HistoryLine(row.id, entry, place.proof + line, head, at))
        lines += [HistoryLine(row.id, missing="elle attend") for row in rows[proved:]]
        digests = chain("lettre-1", hashlib.sha256(original).hexdigest(), told)
        said = [asdict(event) | {"sha256": digest} for event, digest in zip(told, digests, strict=True)]
        return json.dumps(said, ensure_ascii=False, indent=1, default=str).encode(), tuple(lines)

    def token(self, note: bytes) -> bytes:
        """Return what the authority of time gives for a head; nothing where there is none."""
        if self.authority_of_time is None:
            return b""
        return self.authority_of_time.reply(write_request(hashlib.sha256(note).digest(), "sha256", 7))

    def bundle(self, *data: bytes, salt: bytes = b"", waiting: int = 0) -> bytes:
        """Return the bundle of a letter: the first bytes are the original, the others its pieces."""
        files = [self.file(data[0], "original", "original/original", salt)]
        files += [self.file(each, "piece_jointe", f"pieces/{n}/piece") for n, each in enumerate(data[1:], 1)]
        history, lines = self.history(data[0], waiting)
        contents = Contents("lettre-1", "ARR-2026-000001", b"{}\n", history, tuple(files), self.material, {}, lines)
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


def pems(certificates: Sequence[x509.Certificate]) -> str:
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in certificates).decode()


def pinned(keys: dict[str, Any]) -> Trust:
    """Return the keys that `pems` wrote down."""
    authorities, seals, stamps = (
        x509.load_pem_x509_certificates(keys[name].encode()) for name in ("authorities", "seals", "stamps")
    )
    return Trust(authorities, keys["logs"], keys["witnesses"], stamps, seals)
