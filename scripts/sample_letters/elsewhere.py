"""Elsewhere: a letter whose number is written in another shape, bare of its label or at another place.

The templates say where a number stands, how it is written and what is before it in a few ways; houses have many more.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from ged.mail.page import Box, Page, Word

_MOVED, _BARE, _RESHAPED, _TRIES = 0.5, 0.4, 0.8, 30
"""How often a number is moved, its label goes and its shape changes; how many places are tried before it stays."""
_BAND, _MARGINS = (0.03, 0.45), (0.06, 0.94)
"""Where on the page a number may stand: from the top, from the left."""
_AROUND = 0.004
_LEFT_OUT, _SPACED, _SHORT_YEAR = 0.25, 0.15, 0.4
_SEPARATORS = ("/", "/", "/", "-", "-", "_")


def elsewhere(
    pages: Sequence[Page], label: Sequence[Word], number: Sequence[Word], value: str, seed: int
) -> tuple[tuple[Page, ...], str]:
    """Return the pages with a number changed in shape, bare of its label or moved over the text; and what it says.

    `label` are the words before it on its line, `number` those that say it, `value` what it says.
    """
    dice = random.Random(seed)
    text = _reshaped(value, dice) if dice.random() < _RESHAPED else value
    put = _as_words(text, number)
    if dice.random() > _BARE:
        put = [*label, *put]
    moved = dice.random() < _MOVED
    taken = {id(word) for word in (*label, *number)}
    found = []
    for page in pages:
        if any(id(word) in taken for word in page.words):
            rest = [word for word in page.words if id(word) not in taken]
            line = max(word.line for word in page.words) + 1
            place = _free(put, rest, dice) if moved else (0.0, 0.0)
            words = (*rest, *(replace(word, box=_shifted(word.box, *place), line=line) for word in put))
            found.append(replace(page, words=words))
        else:
            found.append(page)
    return tuple(found), text


def _reshaped(value: str, dice: random.Random) -> str:
    """Return a number with its figures, sigles and year in another order, some left out, and other separators."""
    parts: list[str] = re.findall(r"\d+|[^\W\d_]+", value)
    years = [part for part in parts if re.fullmatch(r"20\d\d", part)]
    first = next((part for part in parts if part.isdigit() and part not in years), "1")
    others = [part for part in parts if part != first and dice.random() > _LEFT_OUT]
    others = [part[2:] if part in years and dice.random() < _SHORT_YEAR else part for part in others]
    if dice.random() < _SPACED:
        first = first.zfill(dice.randint(3, 6))
    parts = [first, *others] if dice.random() < 0.5 else [*others, first]
    dice.shuffle(parts)
    separator = dice.choice(_SEPARATORS)
    mixed = [dice.choice(_SEPARATORS) if dice.random() < 0.25 else separator for _ in parts[1:]]
    blank = " " if dice.random() < _SPACED else ""
    return parts[0] + "".join(f"{blank}{sign}{blank}{part}" for sign, part in zip(mixed, parts[1:], strict=True))


def _as_words(text: str, number: Sequence[Word]) -> list[Word]:
    """Return a text as words that begin where a number did, as wide a letter, read as surely."""
    begin, end = number[0].box, number[-1].box
    wide = (end.right - begin.left) / max(1, sum(len(word.text) for word in number) + len(number) - 1)
    found, at = [], begin.left
    for index, word in enumerate(text.split()):
        there = Box(min(0.99, at), begin.top, min(1.0, at + wide * len(word)), begin.bottom)
        found.append(replace(number[min(index, len(number) - 1)], text=word, box=there))
        at += wide * (len(word) + 1)
    return found


def _free(words: Sequence[Word], rest: Sequence[Word], dice: random.Random) -> tuple[float, float]:
    """Return how far to move some words so that they cover no other; nowhere where the page is full."""
    box = words[0].box
    for word in words[1:]:
        box = box.union(word.box)
    width, height = box.right - box.left, box.bottom - box.top
    for _ in range(_TRIES):
        left, top = dice.uniform(_MARGINS[0], max(_MARGINS[0], _MARGINS[1] - width)), dice.uniform(*_BAND)
        there = Box(left, top, min(1.0, left + width), top + height)
        if not any(_covers(there, word.box) for word in rest):
            return left - box.left, top - box.top
    return 0.0, 0.0


def _covers(one: Box, other: Box) -> bool:
    across = one.left - _AROUND < other.right and other.left < one.right + _AROUND
    return across and one.top - _AROUND < other.bottom and other.top < one.bottom + _AROUND


def _shifted(box: Box, right: float, down: float) -> Box:
    return Box(
        max(0.0, box.left + right), max(0.0, box.top + down), min(1.0, box.right + right), min(1.0, box.bottom + down)
    )
