"""Opening what holds files: each becomes a piece that knows what held it, however deep, within limits on the whole."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from ged.errors import GedError, Refused
from ingest.readers.archive import TOO_HEAVY, TOO_MANY, archive_refused
from ingest.readers.inspection import inspect
from ingest.readers.limits import Limits
from ingest.readers.source import File
from ingest.readers.table import of_type

Given = TypeVar("Given")
MAX_FILES, MAX_DEPTH, MAX_TIMES = 300, 8, 2
"""Files in all, how deep one holds another, and their bytes in all, in times of what one file may weigh."""
NOT_SHOWN = "Ce format n'est pas montré page par page : téléchargez la pièce."
TOO_DEEP = "Trop de fichiers sont emboîtés les uns dans les autres : celui-ci n'est pas ouvert. Téléchargez-le."


class Ask(Protocol):
    """Calls a function on bytes from outside: behind walls, where there are some."""

    def __call__(self, act: Any, /, *arguments: Any) -> Any:
        """Return what the function gives."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A file that was inside another.

    Attributes:
        rank: From 1, each before what it holds.
        parent: Rank of what holds it; None for the file that was opened.
        page_count: 0 for what is not made of pages: they are known once it is laid out.
        remark: Why it is not shown, or not opened; "".
    """

    rank: int
    parent: int | None
    path: Path
    name: str
    media_type: str
    page_count: int
    remark: str


def unpack(path: Path, media_type: str, folder: Path, limits: Limits, ask: Ask) -> tuple[Unpacked, ...]:
    """Write what a file holds, at any depth, into a folder, and return it in order; nothing for what holds nothing.

    Each file is opened by a call of its own: a piece that cannot be opened, or that ends who opens it, stays a piece,
    with the reason. Only the file itself is refused.

    Raises:
        Refused: `capture.archive`, `capture.damaged`, `mail.too_deep`, `mail.too_many_parts`.
    """
    return tuple(_Opening(folder, limits, ask).open(path, media_type))


def files_in(path: Path, media_type: str, limits: Limits) -> tuple[File, ...]:
    """Return the files that another one holds, one level of them; none for what holds none.

    Raises:
        Refused: `capture.archive`, `capture.damaged`, `mail.too_deep`, `mail.too_many_parts`.
    """
    found, held = of_type(media_type), list[File]()
    if found is None or found.files is None:
        return ()
    with closing(found.files(path, limits)) as files:
        left = limits.max_bytes * MAX_TIMES
        for file in files:
            left -= len(file.data)
            if left < 0:
                raise archive_refused(TOO_HEAVY)
            held.append(file)
            if len(held) > MAX_FILES:
                raise archive_refused(TOO_MANY)
    return tuple(held)


def _holds(media_type: str) -> bool:
    found = of_type(media_type)
    return found is not None and found.files is not None


class _Opening:
    def __init__(self, folder: Path, limits: Limits, ask: Ask) -> None:
        self._folder = folder
        self._limits = limits
        self._ask = ask
        self._left = limits.max_bytes * MAX_TIMES
        self._found: list[Unpacked] = []

    def open(self, path: Path, media_type: str) -> list[Unpacked]:
        if _holds(media_type):
            self._inside(path, media_type, None, 1)
        return self._found

    def _inside(self, path: Path, media_type: str, parent: int | None, depth: int) -> None:
        for file in self._ask(files_in, path, media_type, self._limits):
            self._take(file, parent, depth)

    def _take(self, file: File, parent: int | None, depth: int) -> None:
        rank = len(self._found) + 1
        self._left -= len(file.data)
        if rank > MAX_FILES:
            raise archive_refused(TOO_MANY)
        if self._left < 0:
            raise archive_refused(TOO_HEAVY)
        target = self._folder / str(rank)
        target.write_bytes(file.data)
        one = self._looked_at(file, Unpacked(rank, parent, target, file.name, "", 0, ""))
        one = replace(one, name=one.name or self._name_of(one))
        self._found.append(one)
        if not one.remark and _holds(one.media_type):
            self._found[rank - 1] = replace(one, remark=self._opened(one, depth))

    def _name_of(self, one: Unpacked) -> str:
        """Return a name for what was enclosed without one: that of what held it, « offre.pdf » in « offre.pdf.p7m »."""
        known = of_type(one.media_type)
        extension = known.extension if known is not None else "bin"
        stem = self._found[one.parent - 1].name.rpartition(".")[0] if one.parent else ""
        return stem if "." in stem else f"{stem or 'document'}.{extension}"

    def _opened(self, one: Unpacked, depth: int) -> str:
        """Open a piece; return why it could not be, and then keep nothing of what was in it."""
        if depth >= MAX_DEPTH:
            return TOO_DEEP
        try:
            self._inside(one.path, one.media_type, one.rank, depth + 1)
        except Refused as error:
            del self._found[one.rank :]
            return error.sentence
        return ""

    def _looked_at(self, file: File, one: Unpacked) -> Unpacked:
        try:
            found = self._ask(inspect, one.path, self._limits)
        except GedError as error:
            media_type, remark = "application/octet-stream", error.sentence
            if error.code == "capture.unknown_type":
                media_type, remark = str(error.diagnostics().get("media_type")), NOT_SHOWN
            return replace(one, media_type=file.media_type or media_type, remark="" if file.media_type else remark)
        known = of_type(file.media_type or found.media_type)
        pages = found.page_count if known is not None and known.pages is not None else 0
        return replace(one, media_type=file.media_type or found.media_type, page_count=pages)
