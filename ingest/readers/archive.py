"""ZIP archives: opened into pieces within limits; no length, name or ratio that they claim is believed."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path

from ged.errors import Refused
from ged.mail.electronic import Piece
from ingest.readers.limits import Limits, damaged
from ingest.readers.source import File
from ingest.readers.typeset import set_pages

_DIRECTORY_BYTES = 2_000_000
"""Some twenty thousand names: the list of an archive is read whole, so its length is looked at first."""
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x07"
_TAIL_BYTES = 65_557
_RATIO, _RATIO_FROM = 200, 20_000_000
"""What unpacks to more than this many times its bytes, past this many, is made to fill a disk."""
TOO_MANY = "Ce fichier en contient trop d'autres : rien n'en est ouvert. Envoyez-les en plusieurs fois."
TOO_HEAVY = "Ce que contient ce fichier est trop lourd : rien n'en est ouvert. Envoyez ses fichiers en plusieurs fois."
_BOMB = "Ce que contient ce fichier se déploie sans mesure : rien n'en est ouvert. Demandez les fichiers eux-mêmes."
_ENCRYPTED = 0x1
_UTF8 = 0x800
_NOT_FILES = ("__MACOSX/",)
"""What an operating system adds for itself, twins of the files without content for a person."""


def bid(_path: Path, head: bytes) -> int:
    """Return how sure the bytes are a ZIP archive."""
    return 60 if head.startswith((b"PK\x03\x04", b"PK\x05\x06")) else 0


def check(path: Path, _limits: Limits) -> int:
    """Return the one page, its list, that an archive is by itself.

    Raises:
        Refused: `capture.damaged`, `capture.encrypted`, `capture.archive`.
    """
    with opened_zip(path) as archive:
        entries = _entries(archive)
        if not entries:
            raise Refused("capture.empty", "Cette archive est vide. Envoyez les fichiers eux-mêmes.")
        if any(each.flag_bits & _ENCRYPTED for each in entries):
            raise Refused(
                "capture.encrypted",
                "Cette archive est protégée par un mot de passe. Ouvrez-la, puis envoyez ses fichiers.",
            )
    return 1


def files(path: Path, limits: Limits) -> Generator[File]:
    """Yield the files of an archive in their order, each unpacked when it is asked for, so far as it may weigh.

    Raises:
        Refused: `capture.damaged`, `capture.archive`.
    """
    with opened_zip(path) as archive:
        for each in _entries(archive):
            with archive.open(each) as stream:
                data = stream.read(limits.max_bytes + 1)
            if len(data) > limits.max_bytes:
                raise archive_refused(TOO_HEAVY)
            if len(data) > max(_RATIO_FROM, _RATIO * each.compress_size):
                raise archive_refused(_BOMB)
            yield File(_name(each), data)


def lay_out(_path: Path, pieces: Sequence[Piece], target: Path) -> None:
    """Write the list of what an archive holds as a page."""
    items = "".join(f"<li>{escape(piece.name)}{said_of(piece)}</li>" for piece in pieces)
    set_pages(f"<h1>Archive de {len(pieces)} fichiers</h1><ul>{items}</ul>", target)


def said_of(piece: Piece) -> str:
    """Return what a list says after the name of a piece, as HTML."""
    if piece.page_count:
        return f" ({piece.page_count} p.)"
    return f" : {escape(piece.remark)}" if piece.remark else ""


@contextmanager
def opened_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive whose list was looked at before it is read; what zipfile stumbles over is refused in our words.

    Raises:
        Refused: `capture.damaged`, `capture.archive`.
    """
    try:
        if _directory_bytes(path) > _DIRECTORY_BYTES:
            raise archive_refused(TOO_MANY)
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError) as error:
        raise damaged(str(error)) from error


def archive_refused(sentence: str) -> Refused:
    """Return the refusal of what holds more than an office ever sends."""
    return Refused("capture.archive", sentence)


def _entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    # Not `is_dir`, which stumbles over a name of no letter.
    return [
        each for each in archive.infolist() if not each.filename.startswith(_NOT_FILES) and each.filename[-1:] != "/"
    ]


def _name(entry: zipfile.ZipInfo) -> str:
    """Return a name as its author saw it: UTF-8 when it says so or is, else as French Windows writes it (cp850)."""
    if entry.flag_bits & _UTF8:
        return entry.filename
    raw = entry.orig_filename.encode("cp437", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp850", "replace")


def _directory_bytes(path: Path) -> int:
    """Return how long an archive says its list is. Source: APPNOTE.TXT 6.3.10, 4.3.14 and 4.3.16."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _TAIL_BYTES))
        tail = file.read()
        end = tail.rfind(_END)
        if end < 0 or len(tail) < end + 22:
            raise damaged("no end of directory")
        (length,) = struct.unpack_from("<I", tail, end + 12)
        if end >= 20 and tail[end - 20 : end - 16] == _END_64:
            (at,) = struct.unpack_from("<Q", tail, end - 12)
            file.seek(min(at, size))
            record = file.read(56)
            length = max(length, *struct.unpack_from("<Q", record.ljust(56, b"\xff"), 40))
    return int(length)
