"""The letterhead as a register writes it: the body above the unit that writes, and capitals made into a name."""

from __future__ import annotations

from ged.mail.page import Word
from ingest.stages.fields.candidates import Candidate
from ingest.stages.fields.sheet import Placed, Sheet

_SMALL = {"de", "du", "des", "la", "le", "les", "et", "à", "au", "aux", "en", "pour", "l'", "d'"}
_MOST_ABOVE = 8
_LEAST, _READ = 4, 0.5
"""Letters of a word of a name, and how well it is read: a rule of signs is read as words that have less of one."""


def with_parent(name: str, candidate: Candidate, sheet: Sheet) -> tuple[str, tuple[Word, ...]]:
    """Return « Ministère – Direction » and the words of the ministry, where the letterhead names one above the unit.

    « Secrétariat général » alone says nobody: every ministry has one.
    """
    own = titled(name)
    above = _ministry_above(candidate, sheet)
    if not above:
        return own, ()
    words = tuple(word for one in above for word in one.line.words)
    parent = titled(" ".join(word.text for word in words).strip(" .,;:-–"))
    return f"{parent} – {own}", words


def titled(text: str) -> str:
    """Return a name that was all in capitals as it is written in a register."""
    if not text.isupper() or len(text.split()) < 2:
        return text
    first, *rest = text.lower().split()
    return " ".join([_capital(first), *(word if word in _SMALL else _capital(word) for word in rest)])


def _capital(word: str) -> str:
    if word[:2] in {"l'", "d'"} and len(word) > 2:
        return word[:2] + word[2:].capitalize()
    return "-".join(part.capitalize() for part in word.split("-"))


def _ministry_above(candidate: Candidate, sheet: Sheet) -> list[Placed]:
    """Return the lines that name a ministry over the chosen block, in its column, top line first."""
    first = next((one for one in sheet.said if candidate.words[0] in one.line.words), None)
    if first is None or first.line.page != sheet.first_page or first.has("ministry"):
        return []
    if first.line.box.top > sheet.greeting:
        return []  # a name at the foot or at the signature stands under the letter, not under a letterhead
    between: list[Placed] = []
    at = first.above
    for _ in range(_MOST_ABOVE):
        if at < 0:
            return []
        line = sheet.lines[at]
        if line.has("unit") or line.has("nation"):
            between = []  # what stood under it belongs to it, or it only parts two names
        elif any(len(word.text) >= _LEAST and word.confidence >= _READ for word in line.line.words):
            between.insert(0, line)
        if line.has("ministry"):
            return between
        at = line.above
    return []
