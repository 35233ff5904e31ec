"""Checking a package that came in: its names, its manifest, every digest, every proof; nothing is kept meanwhile."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

from ged.errors import Corrupt, Refused
from ged.mail.reception import Proofs
from ged.mail.said import Said
from ged.seal.bundle.verifier import BAD, Fault, Step, Trust, verify
from ged.seal.bundle.write import complete
from retention.seda.contents import MANIFEST
from retention.seda.read import ReadFile, ReadPackage, ReadUnit, faulty
from retention.seda.trusting_nothing import MAX_MANIFEST_BYTES

_NAME = re.compile(
    r"(?P<root>[A-Za-z0-9][A-Za-z0-9_.-]{0,99}/data/)?(manifest\.xml|content/[A-Za-z0-9][A-Za-z0-9_.-]{0,199})"
)
_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}/[a-z0-9-]{1,60}\.txt")
_RATIO, _RATIO_FROM = 200, 20_000_000
_MAX_LETTERS, _CHUNK = 5000, 1 << 20
_ENCRYPTED = 0x1
OCTETS = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file is by its content; 0 pages for what is not made of pages."""

    media_type: str
    page_count: int


@dataclass(slots=True)
class Hands:
    """What looks into files from outside, each behind walls.

    Attributes:
        open_zip: Opens an archive whose list is not too long.
        read: Reads a manifest; `conforms` says what the official schema finds wrong in it, "" for nothing.
        look: Says what a file is, or refuses it; `screen` refuses what is malicious.
        trust: The published keys of a house by its identifier; None for one that this house has none of.
        max_bytes: How much a package may hold, unpacked.
        last: The manifest that was read last: what a refusal answers.
    """

    open_zip: Callable[[Path], AbstractContextManager[zipfile.ZipFile]]
    read: Callable[[Path], ReadPackage]
    conforms: Callable[[Path], str]
    look: Callable[[Path], Looked]
    screen: Callable[[Path], None]
    trust: Callable[[str], Trust | None]
    max_bytes: int
    last: ReadPackage | None = field(default=None)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file of a package, hashed and looked into: its name in the zip, SHA-256, size in bytes, and what it is."""

    uri: str
    entry: str
    sha256: str
    size: int
    filename: str
    media_type: str
    page_count: int


@dataclass(frozen=True, slots=True)
class CheckedLetter:
    """A letter of a package, or a piece of a dossier: its unit, its original, what is below it and what proves it.

    `units` are those of `pieces`, in the same order: an enclosure of a letter, an earlier version of a piece.
    """

    unit: ReadUnit
    master: CheckedFile
    pieces: tuple[CheckedFile, ...]
    proofs: tuple[CheckedFile, ...]
    units: tuple[ReadUnit, ...]

    @property
    def files(self) -> tuple[CheckedFile, ...]:
        """Every file that is kept of it."""
        return (self.master, *self.pieces, *self.proofs)


@dataclass(frozen=True, slots=True)
class Checked:
    """A package that holds what it says; `proofs` says, for each letter, what its proofs are worth."""

    letters: tuple[CheckedLetter, ...]
    proofs: dict[str, Proofs]


def check(package: Path, folder: Path, hands: Hands) -> tuple[ReadPackage, Checked]:
    """Return what a package says and what was found in it, once all of it holds.

    Raises:
        Refused: `transfer.xml`, `transfer.manifest`, `transfer.package`, `transfer.digest`, `transfer.proofs`,
            `capture.*` of a file that this house cannot read.
    """
    hands.last = None
    with hands.open_zip(package) as archive:
        entries, root = _entries(archive)
        manifest = folder / MANIFEST
        _extract(archive, entries[root + MANIFEST], manifest, MAX_MANIFEST_BYTES)
        read = hands.last = hands.read(manifest)
        wrong = hands.conforms(manifest)
        if wrong:
            raise faulty(Said("il n'est pas conforme au schéma SEDA 2.3 (%(why)s)", why=wrong[:200]))
        _refuse_difference(entries, root, read, hands)
        digests = {file.uri: _hashed(archive, entries[root + file.uri], file) for file in read.files}
        letters = tuple(_letter(one, read, root, digests, archive, folder, hands) for one in read.letters())
        if not letters or len(letters) > _MAX_LETTERS:
            raise faulty(Said("il ne décrit aucun courrier, ou plus de cinq mille"))
        trust = hands.trust(read.sender)
        proofs = {one.unit.id: _proved(one, archive, digests, root, trust) for one in letters}
    return read, Checked(letters, proofs)


def unit_file(package: Path, file: CheckedFile, target: Path, hands: Hands) -> Path:
    """Write a checked file out of its package, and return where."""
    with hands.open_zip(package) as archive:
        _extract(archive, archive.getinfo(file.entry), target, file.size)
    return target


def refused(why: str) -> Refused:
    """Return the refusal of a package."""
    return Refused(
        "transfer.package", Said("Ce paquet de versement n'est pas accepté : %(why)s. Rien n'a été pris.", why=why)
    )


def _entries(archive: zipfile.ZipFile) -> tuple[dict[str, zipfile.ZipInfo], str]:
    """Return the files of a package by name, and what their names begin with: "" or that of a bag's payload."""
    found: dict[str, zipfile.ZipInfo] = {}
    roots = set()
    for one in archive.infolist():
        if one.is_dir():
            continue
        name = _NAME.fullmatch(one.filename)
        if name is None and not _TAG.fullmatch(one.filename):
            raise refused(Said("il contient un nom interdit (%(name)s)", name=repr(one.filename[:80])))
        if one.filename in found:
            raise refused(Said("il contient deux fois le même nom"))
        if one.flag_bits & _ENCRYPTED:
            raise refused(Said("il est protégé par un mot de passe"))
        if one.file_size > max(_RATIO_FROM, _RATIO * one.compress_size):
            raise refused(Said("ce qu'il contient se déploie sans mesure"))
        if name is not None:
            found[one.filename] = one
            roots.add(name["root"] or "")
    if len(roots) != 1 or min(roots) + MANIFEST not in found:
        raise refused(Said("manifest.xml n'y est pas, ou s'y trouve en plusieurs lieux"))
    return found, min(roots)


def _refuse_difference(entries: dict[str, zipfile.ZipInfo], root: str, read: ReadPackage, hands: Hands) -> None:
    named = {root + file.uri: file for file in read.files}
    missing = sorted(set(named) - set(entries))
    if missing:
        raise refused(
            Said(
                "il manque %(count)s fichier(s) que le manifeste nomme, dont %(name)s",
                count=len(missing),
                name=missing[0],
            )
        )
    extra = sorted(set(entries) - set(named) - {root + MANIFEST})
    if extra:
        raise refused(
            Said(
                "il contient %(count)s fichier(s) que le manifeste ne nomme pas, dont %(name)s",
                count=len(extra),
                name=extra[0],
            )
        )
    for name, file in named.items():
        if entries[name].file_size != file.size:
            raise refused(Said("%(name)s n'a pas la taille que dit le manifeste", name=name))
    if sum(one.file_size for one in entries.values()) > hands.max_bytes:
        raise refused(Said("ce qu'il contient est trop lourd"))


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, limit_bytes: int) -> None:
    left = limit_bytes
    with archive.open(entry) as stream, target.open("wb") as copy:
        while chunk := stream.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise refused(Said("%(name)s est plus grand qu'il ne le dit", name=entry.filename))
            copy.write(chunk)


def _hashed(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: ReadFile) -> str:
    """Return the SHA-256 of a file whose digest is the one that the manifest says."""
    short, said, size = hashlib.sha256(), hashlib.new(file.algorithm), 0
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            short.update(chunk)
            said.update(chunk)
            size += len(chunk)
            if size > file.size:
                break
    if (said.hexdigest(), size) != (file.digest, file.size):
        raise Refused(
            "transfer.digest",
            Said(
                "Le fichier %(file)s n'est pas celui que décrit le manifeste : son empreinte est autre. Rien n'a été "
                "pris.",
                file=file.uri,
            ),
        )
    return short.hexdigest()


def _letter(  # noqa: PLR0917 - private; a letter and where it is looked for
    one: ReadUnit,
    read: ReadPackage,
    root: str,
    digests: dict[str, str],
    archive: zipfile.ZipFile,
    folder: Path,
    hands: Hands,
) -> CheckedLetter:
    def checked(file: ReadFile, *, must: bool) -> CheckedFile:
        path = folder / "fichier"
        entry = root + file.uri
        _extract(archive, archive.getinfo(entry), path, file.size)
        hands.screen(path)
        try:
            found = hands.look(path)
        except Refused:
            if must:
                raise
            found = Looked(OCTETS, 0)
        name = file.filename
        return CheckedFile(file.uri, entry, digests[file.uri], file.size, name, found.media_type, found.page_count)

    masters = [file for file in one.files if file.usage == "BinaryMaster"]
    if len(masters) != 1:
        raise faulty(Said("l'unité %(unit)s n'a pas un original, et un seul (BinaryMaster)", unit=one.id))
    below = [unit for unit in read.below(one.id) if unit.files]
    others = [unit for unit in below if unit.proves != one.id]
    pieces = [(unit, file) for unit in others for file in unit.files if file.usage == "BinaryMaster"]
    proofs = [file for unit in below if unit.proves == one.id for file in unit.files]
    return CheckedLetter(
        one,
        checked(masters[0], must=True),
        tuple(checked(file, must=False) for _, file in pieces),
        tuple(checked(file, must=False) for file in proofs),
        tuple(unit for unit, _ in pieces),
    )


def _proved(
    one: CheckedLetter, archive: zipfile.ZipFile, digests: dict[str, str], root: str, trust: Trust | None
) -> Proofs:
    """Return what the proofs of a letter are worth, each of their steps tried; none brought, none claimed."""
    if not one.proofs:
        return Proofs.NONE
    by_digest = {digest: root + uri for uri, digest in digests.items()}

    def opened(digest: str) -> AbstractContextManager[BinaryIO]:
        if digest not in by_digest:
            raise Fault(f"le fichier {digest[:16]}… n'est pas dans le paquet")
        return cast("AbstractContextManager[BinaryIO]", closing(archive.open(by_digest[digest])))

    with TemporaryFile(prefix="ged-preuves-") as whole, archive.open(one.proofs[0].entry) as evidence:
        try:
            complete(cast("BinaryIO", evidence), whole, opened)
        except (Fault, Corrupt, zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
            raise _unproved(one, str(error)[:200]) from error
        steps, manifest, _ = verify(whole, trust)
    _refuse_unproved(one, steps, manifest)
    return Proofs.SOUND if trust is None else Proofs.KNOWN


def _refuse_unproved(one: CheckedLetter, steps: list[Step], manifest: dict[str, Any]) -> None:
    bad = next((step for step in steps if step.state == BAD), None)
    if bad is not None:
        raise _unproved(
            one,
            Said(
                "étape %(number)s, « %(title)s » : %(why)s",
                number=bad.number,
                title=Said(bad.title),
                why=bad.detail[:150],
            ),
        )
    listed = manifest.get("fichiers", {})
    originals = [doc.get("fichier") for doc in manifest.get("documents", ()) if doc.get("role") == "original"]
    if [listed.get(name, {}).get("sha256") for name in originals] != [one.master.sha256]:
        raise _unproved(one, Said("elles portent sur un autre original"))
    if one.unit.number and manifest.get("courrier", {}).get("numero") != one.unit.number:
        raise _unproved(one, Said("elles portent sur un autre numéro"))


def _unproved(one: CheckedLetter, why: str) -> Refused:
    return Refused(
        "transfer.proofs",
        Said(
            "Les preuves du courrier %(number)s ne se vérifient pas (%(why)s). Rien n'a été pris.",
            number=one.unit.number or one.unit.id,
            why=why,
        ),
    )
