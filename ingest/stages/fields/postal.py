"""Where a sender has his mail brought: the post box, with what stands beside it of quarter, street and town."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ged.mail.folding import fold
from ged.mail.page import Word
from ingest.stages.fields.blocks import MAX_GAP
from ingest.stages.fields.candidates import Candidate
from ingest.stages.fields.layout import Line, words_at
from ingest.stages.fields.lexicon import FLAGS
from ingest.stages.fields.sheet import Placed, Sheet

_PART = re.compile(r"(?:(?!\s[-–—|•·;/]\s|\s{3,}|[|•·;]).)+")
_NAME = r"[^\W\d_][\w'’ʼ.-]*"
_TOWN = re.compile(rf"{_NAME}(?: {_NAME}){{0,2}}(?: \d\d)?(?:\s?[,–—-]\s?togo|\s?\(\s?togo\s?\))?")
"""« Lomé », « Lomé 01 », « Kara - Togo »: folded, alone behind the box."""
Told = tuple[str, tuple[Word, ...]]
"""A text as printed, and its words."""
_AROUND = 3
"""Lines of one block of contacts over and under the box."""
_NO_PLACE = ("contact", "dated", "placed", "subject", "civility", "function", "ours", "theirs", "number", "greeting",
             "ministry", "unit", "firm", "from", "nation", "stamp")  # fmt: skip


def with_place(box: Candidate, sheet: Sheet) -> Told:
    """Return « Quartier, ville, B.P. 4227 » as printed, and its words; the post box alone where no place is beside it.

    The place stands before the box on its line (« Tokoin, Lomé - B.P. 4227 - Tél. »), behind it (« B.P. 7862 Lomé »),
    or on a line of the same block.
    """
    one = sheet.line_of[id(box.words[0])]
    parts = list(_parts(one.line))
    at = _part_of(box, parts)
    behind = _behind(box, parts[at]) or next((part for part in parts[at + 1 : at + 2] if _is_town(part[0])), None)
    before = _before(parts, at) or next(_beside(one, sheet), None)
    told = [each for each in (before, (box.value, box.words), behind) if each]
    return ", ".join(text for text, _ in told), tuple(word for _, words in told for word in words)


def place_beside(contact: Candidate, sheet: Sheet) -> Told | None:
    """Return the place that stands with a sender's telephone or e-mail, where he gives no post box."""
    one = sheet.line_of[id(contact.words[0])]
    parts = list(_parts(one.line))
    return _before(parts, _part_of(contact, parts)) or next(_beside(one, sheet), None)


def _parts(line: Line) -> Iterator[Told]:
    """Give what a line says between dashes and bars, with its words."""
    for match in _PART.finditer(line.text):
        if match.group().strip():
            yield match.group().strip(" ,;:.-–—"), tuple(words_at(line, *match.span()))


def _part_of(one: Candidate, parts: Sequence[Told]) -> int:
    """Return which part of its line a candidate begins in."""
    return next((at for at, (_, words) in enumerate(parts) if one.words[0] in words), 0)


def _before(parts: Sequence[Told], at: int) -> Told | None:
    """Return the place that stands before a part: « Tokoin, Lomé », or « Tokoin » and « Lomé (Togo) »."""
    if not at:
        return None
    text, words = parts[at - 1]
    if _is_place(text):
        return text, words
    quarter, more = parts[at - 2] if at > 1 else ("", ())
    known = " " not in quarter or FLAGS["street"].search(fold(quarter))
    if quarter and known and _is_town(text) and not _is_other(quarter):
        return f"{quarter}, {text}", (*more, *words)
    return None


def _behind(box: Candidate, part: Told) -> Told | None:
    """Return the town right behind a box, in the same part of the line."""
    words = part[1][part[1].index(box.words[-1]) + 1 :] if box.words[-1] in part[1] else ()
    text = " ".join(word.text for word in words).strip(" ,;:.-–—")
    return (text, words) if _is_town(text) else None


def _beside(one: Placed, sheet: Sheet) -> Iterator[Told]:
    """Give the lines of a block of contacts that say a place, the nearest first, those over the line before others."""
    for way in ("above", "under"):
        last = one
        for _ in range(_AROUND):
            at = getattr(last, way)
            upper, lower = (at, last.index) if way == "above" else (last.index, at)
            if sheet.gap(upper, lower) > MAX_GAP:
                break
            line = sheet.lines[at]
            parts = list(_parts(line.line))
            found = _before([*parts, ("", ())], len(parts))
            if found and found[1][0] is line.line.words[0]:
                yield found
            elif not line.has("contact"):
                break
            last = line


def _is_town(text: str) -> bool:
    return text[:1].isupper() and _TOWN.fullmatch(fold(text)) is not None and not _is_other(text)


def _is_place(text: str) -> bool:
    """Whether a text is « Tokoin, Lomé », a street or a quarter: « Ensemble, bâtissons » is none."""
    named = any(word[:1].isupper() or word.isdigit() for word in text.rpartition(",")[2].split())
    return named and FLAGS["street"].search(fold(text)) is not None and not _is_other(text)


def _is_other(text: str) -> bool:
    return any(FLAGS[name].search(fold(text)) for name in _NO_PLACE)
