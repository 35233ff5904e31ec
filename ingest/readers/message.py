"""A message as pages: its headers and text set as text alone, then the list of what it holds."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from html import escape
from pathlib import Path

from ged.mail.electronic import Piece
from ingest.readers.archive import said_of
from ingest.readers.limits import Limits
from ingest.readers.mime import TEXT_LENGTH, Mail
from ingest.readers.source import File
from ingest.readers.typeset import REST, as_body, set_pages

Read = Callable[[Path], Mail]


def checks(read: Read) -> Callable[[Path, Limits], int]:
    """Return what finds a message readable; its own page counts for one until it is set."""

    def check(path: Path, _limits: Limits) -> int:
        read(path)
        return 1

    return check


def opens(read: Read) -> Callable[[Path, Limits], Generator[File]]:
    """Return what yields the files that a message holds."""

    def files(path: Path, _limits: Limits) -> Generator[File]:
        yield from read(path).files

    return files


def sets(read: Read) -> Callable[[Path, Sequence[Piece], Path], None]:
    """Return what sets a message as pages; nothing in them acts or calls elsewhere."""

    def lay_out(path: Path, pieces: Sequence[Piece], target: Path) -> None:
        mail = read(path)
        facts = mail.facts
        rows = (
            ("De", f"{facts.name} <{facts.sender}>" if facts.name else facts.sender),
            ("À", facts.to),
            ("Date", facts.sent_at.strftime("%d/%m/%Y %H:%M UTC") if facts.sent_at else ""),
            ("Objet", facts.subject),
        )
        table = "".join(f"<tr><th>{name}</th><td>{escape(value)}</td></tr>" for name, value in rows if value)
        text = mail.text if len(mail.text) < TEXT_LENGTH else f"{mail.text}\n\n{REST}"
        items = "".join(f"<li>{escape(piece.name)}{said_of(piece)}</li>" for piece in pieces)
        held = f"<ul>{items}</ul>" if items else ""
        set_pages(f"<table>{table}</table>{as_body(text, '(Ce message ne porte pas de texte.)')}{held}", target)

    return lay_out
