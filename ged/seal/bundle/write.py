"""Writing a bundle: the same contents give the same bytes; originals pass in chunks and are hashed on the way.

Nothing is compressed: a reader then knows that no entry is larger than what it was given.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.x509 import Certificate, CertificateRevocationList

from ged.errors import Corrupt
from ged.seal.bundle.contents import Contents, Head
from ged.seal.bundle.read_me import read_me
from ged.seal.bundle.verifier import Bundle

FORMAT = 2
VERIFIER = Path(__file__).with_name("verifier.py")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The date of every entry: a bundle says when by its seals, not by the clock of who made it."""
_CHUNK = 1 << 20
_ALTERED = (
    "Un fichier conservé n'est plus celui qui fut déposé : aucune liasse n'est faite. "
    "Ne touchez à rien et prévenez l'auditeur."
)


def write_bundle(
    contents: Contents, target: BinaryIO, open_file: Callable[[str], AbstractContextManager[BinaryIO]]
) -> None:
    """Write a bundle; `open_file` opens a file by its SHA-256.

    Raises:
        Corrupt: `vault.altered`, what the vault holds is not what was sealed; what was written is no bundle.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        _put_evidence(contents, archive)
        for one in contents.files:
            _put_file(archive, one.name, one.digest, one.size, open_file)


def write_evidence(contents: Contents, target: BinaryIO) -> None:
    """Write a bundle without the files that it proves: `complete` makes it whole, where they are beside it."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        _put_evidence(contents, archive)


def complete(
    evidence: BinaryIO, target: BinaryIO, open_file: Callable[[str], AbstractContextManager[BinaryIO]]
) -> None:
    """Write the whole bundle that some evidence is of, with the files that its table of contents names.

    Nothing is believed of it: what is written is a bundle to be verified.

    Raises:
        Fault: it cannot be opened as the parts of a bundle.
        Corrupt: `vault.altered`, a file is not what the table of contents says.
    """
    size = evidence.seek(0, 2)
    evidence.seek(0)
    with zipfile.ZipFile(evidence) as parts, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        held = Bundle(parts, size)
        for name in held.names:
            _put(archive, name, held.read(name))
        listed = held.manifest.get("fichiers")
        for name, said in listed.items() if isinstance(listed, dict) else ():
            if name not in held.names:
                _put_file(archive, name, str(said["sha256"]), int(said["taille"]), open_file)


def _put_evidence(contents: Contents, archive: zipfile.ZipFile) -> None:
    small = _small(contents)
    listed = {name: {"sha256": hashlib.sha256(data).hexdigest(), "taille": len(data)} for name, data in small.items()}
    listed |= {one.name: {"sha256": one.digest, "taille": one.size} for one in contents.files}
    _put(archive, "liasse.json", _json(_summary(contents, listed)))
    for name, data in small.items():
        _put(archive, name, data)


def _put_file(
    archive: zipfile.ZipFile,
    name: str,
    digest: str,
    size: int,
    open_file: Callable[[str], AbstractContextManager[BinaryIO]],
) -> None:
    with open_file(digest) as stream, archive.open(_entry(name), "w", force_zip64=True) as entry:
        if _copy(stream, entry) != (digest, size):
            raise Corrupt("vault.altered", _ALTERED, name=name)


def _small(contents: Contents) -> dict[str, bytes]:
    """Return everything but the files themselves, in the order in which a person reads it."""
    trust = contents.trust
    found = {
        "LISEZMOI.txt": read_me(contents).encode(),
        "verifier.py": VERIFIER.read_bytes(),
        "piece.json" if contents.piece else "courrier.json": contents.letter,
        "historique.json": contents.history,
        "confiance/autorite.pem": _pem(*trust.seals.authorities),
        "confiance/cachets.pem": _pem(*trust.seals.seals),
        "confiance/journaux.vkey": _lines(trust.logs),
    }
    for key in trust.logs:
        found[f"confiance/{log_file(key, trust.logs)}"] = _public_pem(key)
    there = {
        "confiance/successions.txt": "\n".join(trust.successions).encode(),
        "confiance/temoins.vkey": _lines(trust.witnesses),
        "confiance/horodatage.pem": _pem(*trust.stamps),
        "confiance/intermediaires.pem": _pem(*trust.seals.links),
    }
    found |= {name: data for name, data in there.items() if data}
    for number, crl in enumerate(trust.seals.lists, 1):
        found[f"confiance/revocation-{number}.pem"] = _pem(crl)
    for one in contents.files:
        if one.evidence is not None:
            found[f"{one.place}.p7s"] = one.evidence.p7s
            found[f"{one.folder}/inscription.json"] = one.evidence.leaf
            found[f"{one.folder}/preuve.tlog-proof"] = one.evidence.proof.encode()
            if one.evidence.salt:
                found[f"{one.place}.sel"] = one.evidence.salt
    for line in contents.journal:
        if line.head:
            found |= {f"{line.place}.json": line.entry, f"{line.place}.tlog-proof": line.proof.encode()}
    for head in contents.heads:
        found |= _head(head)
    return found


def log_file(key: str, keys: tuple[str, ...]) -> str:
    """Return the name of the PEM of a log's key."""
    return f"journal-{keys.index(key) + 1}.pem"


def _head(head: Head) -> dict[str, bytes]:
    """Return a head's files: the note, and its text and signature apart for `openssl pkeyutl`."""
    body, _, lines = head.note.decode().partition("\n\n")
    signature = base64.b64decode(lines.splitlines()[0].rsplit(" ", 1)[1])[4:]
    found = {"checkpoint": head.note, "corps": f"{body}\n".encode(), "corps.sig": signature}
    if head.token:
        found["checkpoint.tsr"] = head.token
    return {f"{head.folder}/{name}": data for name, data in found.items()}


def _summary(contents: Contents, listed: dict[str, Any]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "genre": "liasse de preuve",
        "courrier": {"id": contents.letter_id, "numero": contents.number} | _of_piece(contents),
        "documents": [one.described() for one in contents.files],
        "journal": [line.described() for line in contents.journal],
        "tetes": [
            {"dossier": head.folder, "journal": head.log, "taille": head.size, "manque": head.missing}
            for head in contents.heads
        ],
        "manque": contents.missing,
        "fichiers": listed,
    }


def _of_piece(contents: Contents) -> dict[str, str]:
    """Return what the journal names a piece of a dossier by; nothing for a letter."""
    return dict(zip(("dossier", "piece"), contents.piece, strict=True)) if contents.piece else {}


def _public_pem(key: str) -> bytes:
    raw = base64.b64decode(key.split("+", 2)[2])[1:]
    public = ed25519.Ed25519PublicKey.from_public_bytes(raw)
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _pem(*parts: Certificate | CertificateRevocationList) -> bytes:
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in parts)


def _lines(keys: tuple[str, ...]) -> bytes:
    return "".join(f"{key}\n" for key in keys).encode()


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(_entry(name), data)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _LONG_AGO)
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    return entry


def _copy(stream: BinaryIO, entry: Any) -> tuple[str, int]:
    found, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK):
        found.update(chunk)
        size += len(chunk)
        entry.write(chunk)
    return found.hexdigest(), size
