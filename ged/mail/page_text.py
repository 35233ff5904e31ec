"""The text of a page as a person corrected it: versions that stay, laid over the words as they were read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher

from ged.errors import Refused
from ged.mail.access import Actor, Right
from ged.mail.item import Letter
from ged.mail.moves import parties
from ged.mail.page import Box, Page, Word
from ged.mail.said import Said

MAX_CHARACTERS = 20_000
"""Three times what the densest page holds."""


@dataclass(frozen=True, slots=True)
class TextVersion:
    """One version of a page's text: from 1; the text as it was read has none."""

    number: int
    version: int
    text: str
    at: datetime
    name: str


def may_correct_text(actor: Actor, letter: Letter) -> bool:
    """Whether somebody who reads a letter may correct its text: the registry, and whoever has it or is above."""
    return actor.has(Right.QUALIFY) or bool(parties(actor, letter))


def tidy(text: str) -> str:
    """Return a text as it is kept: one space between words, no empty line at either end.

    Raises:
        Refused: `text.too_long`.
    """
    if len(text) > MAX_CHARACTERS:
        raise Refused(
            "text.too_long",
            Said(
                "Ce texte dépasse %(most)s caractères : une page n'en porte pas tant. Rien n'a été changé.",
                most=MAX_CHARACTERS,
            ),
            field="texte",
        )
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())


def corrected(page: Page, text: str) -> Page:
    """Return a page that says a text: each line over the line it corrects, so that hits are lit where they stand.

    A word keeps the box of the one that it stands for; of a line with more or fewer words, each gets its part of it.
    """
    read = list(page.lines())
    lines = [line.split() for line in text.splitlines() if line.strip()]
    words: list[Word] = []
    for row, (line, box, over) in enumerate(_placed(read, lines)):
        words += _spread(line, box, over, row)
    return replace(page, words=tuple(words), confidence=1.0 if words else 0.0)


def _placed(
    read: Sequence[tuple[Word, ...]], lines: Sequence[list[str]]
) -> Iterator[tuple[list[str], Box, tuple[Word, ...]]]:
    """Give each line of a corrected text with its box, and with the words read there where it has as many."""
    before, after = [" ".join(word.text for word in line) for line in read], [" ".join(line) for line in lines]
    places: dict[int, int] = {}
    for _, begin, end, start, stop in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for at in range(start, stop):
            if end > begin:
                places[at] = min(begin + at - start, end - 1)
    last = 0
    for at, line in enumerate(lines):
        last = places.get(at, last)
        over = read[last] if read else ()
        yield line, _around(over), over if at in places and len(over) == len(line) else ()


def _around(words: Sequence[Word]) -> Box:
    box = words[0].box if words else Box(0.08, 0.08, 0.92, 0.1)
    for word in words[1:]:
        box = box.union(word.box)
    return box


def _spread(line: Sequence[str], box: Box, over: Sequence[Word], row: int) -> list[Word]:
    if over:
        return [Word(text, old.box, 1.0, row) for text, old in zip(line, over, strict=True)]
    letters = sum(len(text) + 1 for text in line)
    found, done = [], 0
    for text in line:
        left = box.left + (box.right - box.left) * done / letters
        done += len(text) + 1
        right = box.left + (box.right - box.left) * (done - 1) / letters
        found.append(Word(text, Box(left, box.top, right, box.bottom), 1.0, row))
    return found
