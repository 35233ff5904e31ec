"""The markup of the simple editor: a small subset of Markdown, read into blocks. It carries no HTML, ever.

`#`, `##`, `###` headings; `- ` and `1. ` lists; `| a | b |` tables, whose first row is a heading when a row of
dashes follows; `**bold**` and `*italic*`; a blank line parts paragraphs, a line end within one is kept. Whatever
else is typed is text: pages and prints escape it as such.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

LONGEST = 200_000
"""Characters of a text: a longer one is a document of its own, to be joined as a file."""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of one line in one weight and slope."""

    text: str
    bold: bool = False
    italic: bool = False


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together."""

    lines: tuple[Line, ...]
    sort: str = "paragraph"


@dataclass(frozen=True, slots=True)
class Heading:
    """A title, of level 1 to 3."""

    level: int
    line: Line
    sort: str = "heading"


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A list, numbered or not."""

    ordered: bool
    items: tuple[Line, ...]
    sort: str = "list"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of as many cells; the first row is a heading when `headed`."""

    headed: bool
    rows: tuple[tuple[Line, ...], ...]
    sort: str = "table"


Block = Paragraph | Heading | Enumeration | Table

_HEADING = re.compile(r"(#{1,3})\s+(.+?)\s*#*$")
_BULLET = re.compile(r"[-•]\s+(.*)$")
_NUMBER = re.compile(r"\d{1,3}[.)]\s+(.*)$")
_ROW = re.compile(r"\|.*\|$")
_RULE = re.compile(r"\|(?:\s*:?-+:?\s*\|)+$")
_MARKED = re.compile(r"\*\*\*(?=\S)(.+?)(?<=\S)\*\*\*|\*\*(?=\S)(.+?)(?<=\S)\*\*|\*(?=\S)(.+?)(?<=\S)\*")


def blocks(text: str) -> tuple[Block, ...]:
    """Return the blocks of a text, in order; every word of it is in one of them."""
    found: list[Block] = []
    lines = [line.strip() for line in text.splitlines()]
    at = 0
    while at < len(lines):
        if not lines[at]:
            at += 1
            continue
        sort = _sort(lines[at])
        if sort is _HEADING:
            found.append(_heading(lines[at]))
            at += 1
            continue
        end = at + 1
        while end < len(lines) and lines[end] and _sort(lines[end]) is sort:
            end += 1
        found.append(_MAKE[sort](lines[at:end]))
        at = end
    return tuple(found)


def runs(line: str) -> Line:
    """Return a line cut where its weight or slope changes."""
    found: list[Run] = []
    at = 0
    for match in _MARKED.finditer(line):
        if match.start() > at:
            found.append(Run(line[at : match.start()]))
        both, bold, italic = match.groups()
        found.append(Run(both or bold or italic, bold=italic is None, italic=bold is None))
        at = match.end()
    if at < len(line):
        found.append(Run(line[at:]))
    return tuple(found)


def _sort(line: str) -> re.Pattern[str] | None:
    return next((sort for sort in (_HEADING, _BULLET, _NUMBER, _ROW) if sort.match(line)), None)


def _heading(line: str) -> Heading:
    match = _HEADING.match(line)
    assert match is not None  # noqa: S101 - `_sort` said so
    return Heading(len(match[1]), runs(match[2]))


def _listed(sort: re.Pattern[str], *, ordered: bool) -> Callable[[list[str]], Block]:
    return lambda lines: Enumeration(ordered, tuple(runs(sort.sub(r"\1", line)) for line in lines))


def _table(lines: list[str]) -> Table:
    headed = len(lines) > 1 and _RULE.match(lines[1]) is not None
    kept = [line for line in lines if not _RULE.match(line)]
    cells = [[cell.strip() for cell in line[1:-1].split("|")] for line in kept]
    width = max((len(row) for row in cells), default=0)
    return Table(headed, tuple(tuple(runs(cell) for cell in row + [""] * (width - len(row))) for row in cells))


_MAKE: dict[re.Pattern[str] | None, Callable[[list[str]], Block]] = {
    _BULLET: _listed(_BULLET, ordered=False),
    _NUMBER: _listed(_NUMBER, ordered=True),
    _ROW: _table,
    None: lambda lines: Paragraph(tuple(runs(line) for line in lines)),
}
