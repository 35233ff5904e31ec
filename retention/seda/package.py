"""A SEDA package: the files by their digest, then the manifest that describes them. Source: SEDA 2.3; Vitam SIP."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from ged.errors import Corrupt
from retention.archive_file import ArchiveFile
from retention.seda.contents import CONTENT, MANIFEST, Described, Message, PackedFile
from retention.seda.formats import pronom
from retention.seda.manifest import Group, Placed, write_manifest

EXTENSIONS = {
    "application/pdf": "pdf",
    "image/tiff": "tif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "message/rfc822": "eml",
    "application/pkcs7-mime": "p7m",
    "text/plain": "txt",
    "application/zip": "zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
_SPOOLED_BYTES = 8_000_000
_ALTERED = (
    "Un fichier conservé n'est plus celui qui fut déposé : aucun paquet n'est fait. "
    "Ne touchez à rien et prévenez l'auditeur."
)
OpenFile = Callable[[str], AbstractContextManager[BinaryIO]]


def write_package(told: Message, units: Iterable[Described], archive: ArchiveFile, open_file: OpenFile) -> None:
    """Write a package; units are asked for one by one, and their files pass through memory in chunks.

    `open_file` opens a file by its SHA-256. What stays in memory is what the manifest says, not what is in the files.

    Raises:
        Corrupt: `vault.altered`, what the vault holds is not what was sealed; what was written is no package.
    """
    kept, groups, held = list[Described](), list[Group](), dict[str, str]()
    for unit in units:
        for one in _every(unit):
            if one.files or one.paper is not None:
                held[one.id] = f"DOG-{one.id}"
                placed = tuple(_placed(file, archive, open_file) for file in one.files)
                groups.append(Group(held[one.id], placed, one.paper))
        kept.append(unit)
    with SpooledTemporaryFile(_SPOOLED_BYTES) as opened:
        spooled = cast("BinaryIO", opened)
        write_manifest(told, kept, groups, held, spooled)
        spooled.seek(0)
        archive.add(MANIFEST, spooled)


def _every(unit: Described) -> Iterator[Described]:
    yield unit
    for child in unit.children:
        yield from _every(child)


def _placed(file: PackedFile, archive: ArchiveFile, open_file: OpenFile) -> Placed:
    uri = f"{CONTENT}/{file.sha256}.{EXTENSIONS.get(file.media_type, 'bin')}"
    added = archive.added.get(uri)
    if added is None:
        with _opened(file, open_file) as stream:
            added = archive.add(uri, stream)
    if (added.sha256, added.size) != (file.sha256, file.size):
        raise Corrupt("vault.altered", _ALTERED, sha256=file.sha256)
    return Placed(file, uri, added, file.format_id or pronom(file.media_type, added.head))


def _opened(file: PackedFile, open_file: OpenFile) -> AbstractContextManager[BinaryIO]:
    if file.made is not None:
        return file.made.open("rb")
    return open_file(file.sha256) if file.data is None else nullcontext(BytesIO(file.data))
