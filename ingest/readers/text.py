"""Plain text, tables of text (CSV) and pages of the web: read as the text they are, and set as pages."""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from collections.abc import Sequence
from itertools import islice, zip_longest
from pathlib import Path

from ged.mail.electronic import Piece
from ingest.readers.limits import Limits, damaged
from ingest.readers.plain_text import text_of_html
from ingest.readers.typeset import MAX_CHARACTERS, as_body, set_pages

_HTML = re.compile(
    rb"^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SEPARATORS = ";\t,|"
_WIDEST = 60
"""A column is set no wider; what is longer follows on its line."""
_EMPTY = "(Ce fichier ne porte pas de texte.)"


def bid_text(_path: Path, head: bytes) -> int:
    """Return how sure the bytes are text: no control character but those of lines and tabs."""
    return 10 if head and _decoded(head) is not None else 0


def bid_csv(path: Path, head: bytes) -> int:
    """Return how sure the bytes are a table: three lines at least, cut in as many by one separator."""
    text = _decoded(head) if bid_text(path, head) else None
    return 15 if text is not None and _separator(text.splitlines()[:20]) else 0


def bid_html(path: Path, head: bytes) -> int:
    """Return how sure the bytes are a page of the web."""
    return 50 if _HTML.match(head.removeprefix(codecs.BOM_UTF8)) and bid_text(path, head) else 0


def check(path: Path, _limits: Limits) -> int:
    """Return the one page that a text counts for until it is set.

    Raises:
        Refused: `capture.damaged`, it begins as text and goes on as something else.
    """
    if _decoded(path.read_bytes()) is None:
        raise damaged("text that is none")
    return 1


def lay_out_text(path: Path, _pieces: Sequence[Piece], target: Path) -> None:
    """Write a text as pages."""
    set_pages(as_body(_text(path), _EMPTY), target)


def lay_out_html(path: Path, _pieces: Sequence[Piece], target: Path) -> None:
    """Write what a person would read of a page of the web as pages."""
    set_pages(as_body(text_of_html(_text(path)), _EMPTY), target)


def lay_out_csv(path: Path, _pieces: Sequence[Piece], target: Path) -> None:
    """Write a table as pages, its columns one under the other."""
    lines = _text(path)[: MAX_CHARACTERS + 1].splitlines()
    rows = list(csv.reader(lines, delimiter=_separator(lines[:20]) or ";"))
    widths = [min(_WIDEST, max(map(len, column))) for column in zip_longest(*rows, fillvalue="")]
    text = "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)) for row in rows)
    set_pages(as_body(text, _EMPTY, columns=True), target)


def _text(path: Path) -> str:
    return _decoded(path.read_bytes()) or ""


def _decoded(data: bytes) -> str | None:
    """Return bytes as text by their mark, as UTF-8, or as Windows wrote French; None for what is no text."""
    mark, charset = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", "utf-8"))
    data = data[len(mark) :]
    try:
        text = codecs.getincrementaldecoder(charset)().decode(data)  # a character may be cut at the end of a head
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    shown = text.replace("\r\n", "\n").replace("\r", "\n")
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t\f\x1a" for c in islice(shown, 200_000)):
        return None
    return shown


def _separator(lines: Sequence[str]) -> str:
    """Return what cuts every line in as many cells, "" when nothing does."""
    full = [line for line in lines[:-1] if line.strip()]  # the last line of a head may be cut short
    if len(full) < 2:
        return ""
    for each in _SEPARATORS:
        counts = {len(row) for row in csv.reader(full, delimiter=each)}
        if len(counts) == 1 and counts.pop() > 1:
            return each
    return ""
