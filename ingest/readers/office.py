"""Documents of word processors, spreadsheets and slides: known by what is inside, laid out by LibreOffice."""

from __future__ import annotations

import zipfile
from pathlib import Path

import olefile

from ged.errors import GedError, Refused
from ingest.readers.archive import archive_refused, opened_zip
from ingest.readers.format import Bid
from ingest.readers.limits import Limits, damaged

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAX_UNPACKED = 500_000_000
ENCRYPTED = "EncryptedPackage"
"""The stream in which Office puts a whole document that has a password. Source: MS-OFFCRYPTO 2.3.4.4."""


def bids_part(part: str) -> Bid:
    """Return the bid of a format of Office Open XML, known by its main part (ECMA-376, part 2)."""

    def bid(path: Path, head: bytes) -> int:
        if not head.startswith(_ZIP):
            return 0
        try:
            with opened_zip(path) as archive:
                return 90 if {part, "[Content_Types].xml"} <= set(archive.namelist()) else 0
        except GedError:
            return 0

    return bid


def bids_mimetype(media_type: str) -> Bid:
    """Return the bid of a format of OpenDocument: it says what it is in its first bytes (ODF 1.3, part 2, 3.3)."""
    said = b"mimetype" + media_type.encode()

    def bid(_path: Path, head: bytes) -> int:
        return 90 if head.startswith(_ZIP) and head[30:].startswith(said) else 0

    return bid


def bids_stream(*names: str) -> Bid:
    """Return the bid of a format in a compound file, known by a stream of its own (MS-CFB)."""

    def bid(path: Path, head: bytes) -> int:
        if not head.startswith(_OLE):
            return 0
        try:
            with olefile.OleFileIO(path) as ole:
                return 90 if any(ole.exists(name) for name in names) else 0
        except (OSError, ValueError, IndexError, RecursionError):
            return 0

    return bid


def check(path: Path, _limits: Limits) -> int:
    """Return the one page that a document counts for until it is laid out.

    Raises:
        Refused: `capture.encrypted`, `capture.archive`, `capture.damaged`.
    """
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(_ZIP):
        with opened_zip(path) as package:
            _check_package(package)
    elif head.startswith(_OLE):
        try:
            with olefile.OleFileIO(path) as ole:
                if ole.exists(ENCRYPTED):
                    raise _locked()
        except (OSError, ValueError, IndexError, RecursionError) as error:
            raise damaged(str(error)) from error
    return 1


def _check_package(package: zipfile.ZipFile) -> None:
    if sum(part.file_size for part in package.infolist()) > _MAX_UNPACKED:
        raise archive_refused("Ce document se déploie sans mesure. Demandez-le à l'expéditeur en PDF.")
    manifest = "META-INF/manifest.xml"
    if manifest in package.namelist():
        with package.open(manifest) as stream:
            if b"encryption-data" in stream.read(2_000_000):
                raise _locked()


def _locked() -> Refused:
    return Refused(
        "capture.encrypted",
        "Ce document est protégé par un mot de passe. Demandez à l'expéditeur une copie sans mot de passe.",
    )
