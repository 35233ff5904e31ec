"""Echoes: a name is said again elsewhere on a letter, by its initials in a number, in a domain, in the greeting.

They hold whatever the layout: « Université de Bassar » writes n° 1388-2024/UB-DRH from @universbassar.tg.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from ged.mail.folding import fold, folded_words
from ingest.stages.fields.sheet import Sheet

_NUMBER = re.compile(r"\d.*[/-]|[/-].*\d")
_LETTERS = re.compile(r"[A-Z0]{2,}")
_DOMAIN = re.compile(r"@\s?([a-z0-9-]{4,63})")
"""RFC 1035, 2.3.4."""
_GREETED = re.compile(r"^(?:a|aux?|to|a l'attention d[eu])\s+|[,;:.]+$")
_SMALL = {"de", "du", "des", "la", "le", "les", "et", "a", "au", "aux", "en", "pour", "the", "of", "and", "for"}
_LONGEST = 60
_MOST_DOMAINS = 8
"""Of one letter, from its top: each is compared with every name."""


@dataclass(frozen=True, slots=True)
class Echoes:
    """What a letter says of names beside them.

    Attributes:
        ours: Runs of capitals in the numbers of the letter, in lines that do not quote another's.
        theirs: Those in the lines that do.
        domains: Domains of the addresses, without their last part.
        greeting: The line of the greeting, folded; empty where there is none.
    """

    ours: frozenset[str]
    theirs: frozenset[str]
    domains: tuple[str, ...]
    greeting: str

    def of(self, text: str) -> tuple[float, float, float, float]:
        """Return how far a name is echoed: in its own numbers, in those quoted, in a domain, in the greeting."""
        words = [word for word in folded_words(text) if word.isalpha() and word not in _SMALL]
        initials = "".join(word[0] for word in words).upper()
        squeezed = "".join(words)[:_LONGEST]
        return (
            float(len(initials) > 1 and initials in self.ours),
            float(len(initials) > 1 and initials in self.theirs),
            max((_shared(squeezed, domain) for domain in self.domains), default=0.0),
            _like(_GREETED.sub("", fold(text)[:_LONGEST]), self.greeting),
        )


def echoes_of(sheet: Sheet) -> Echoes:
    """Return what a sheet says of names beside them."""
    ours: set[str] = set()
    theirs: set[str] = set()
    for one in sheet.said:
        if not one.body and _NUMBER.search(one.line.text):
            runs = (run.replace("0", "O") for run in _LETTERS.findall(_capitals(one.line.text)))
            (theirs if one.has("theirs") else ours).update(runs)
    greeting = next((one.line.plain for one in sheet.said if one.has("greeting")), "")
    return Echoes(
        frozenset(ours),
        frozenset(theirs),
        tuple(dict.fromkeys(found for one in sheet.said for found in _DOMAIN.findall(one.line.plain)))[:_MOST_DOMAINS],
        _GREETED.sub("", greeting),
    )


def _capitals(text: str) -> str:
    """Return a text with its small letters as blanks, accents of capitals taken off."""
    return "".join(fold(mark).upper() if mark.isupper() else mark if mark.isdigit() else " " for mark in text)


def _shared(name: str, domain: str) -> float:
    """Return the share of a domain that follows in a name, from three letters on."""
    if not name:
        return 0.0
    found = SequenceMatcher(None, name, domain, autojunk=False).get_matching_blocks()
    return sum(block.size for block in found if block.size > 2) / len(domain)


def _like(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if one and other and matcher.real_quick_ratio() > 0.6 else 0.0
