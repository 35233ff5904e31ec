"""Who writes, as the directory knows it: of the names that a letter may be from, one that is known is likelier.

A name misread by a letter or two is written as the one correspondent has it that it misreads. A telephone or an
electronic address that one correspondent alone has speaks for that one, whose name may then be read worse.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from ged.mail.correspondent import Correspondent, name_key
from ged.mail.folding import within
from ged.mail.qualification import LEAST, SURE, Field, Proposal
from ged.store.unit import Unit

_LONG, _BEGINNING, _MOST = 4, 3, 60
_SHORT_NAME = 8
_KNOWN, _REACHED = 10.0, 20.0
"""How much likelier a name is who writes when the directory has it, and when it is reached as the letter says."""
_RESEMBLES = 0.7
"""From here on a name is that of whom the letter's telephone or address leads to, misread or cut."""


def known_sender(unit: Unit, tenant_id: str, found: Sequence[Proposal]) -> list[Proposal]:
    """Return proposals with at most one sender: of those proposed, the likeliest after a look into the directory.

    Nothing is proposed that no proposal says, but whom the letter's telephone or address alone leads to; this is never
    sure.
    """
    senders = [each for each in found if each.field is Field.SENDER]
    rest = [each for each in found if each.field is not Field.SENDER]
    reached = _reached(unit, tenant_id, rest)
    told = [_told(unit, tenant_id, each, reached[0] if reached else None) for each in senders]
    spare = max(0.0, 1 - sum(each.confidence for each in senders))
    whole = spare + sum(each.confidence * weight for each, weight in told)
    likely = [replace(each, confidence=each.confidence * weight / whole) for each, weight in told]
    best = max(likely, key=lambda each: each.confidence, default=None)
    if best is not None and best.confidence >= LEAST:
        return [best, *rest]
    return [*([_led(*reached)] if reached else []), *rest]


def _led(known: Correspondent, by: Proposal) -> Proposal:
    """Return the sender that a telephone or an address leads to, shown with it and never as sure."""
    return replace(by, field=Field.SENDER, value=known.card.label, confidence=min(by.confidence, SURE - 0.1))


def _told(unit: Unit, tenant_id: str, each: Proposal, reached: Correspondent | None) -> tuple[Proposal, float]:
    """Return a sender as the directory writes it, and how much likelier that makes it."""
    key = name_key(each.value)
    if reached is not None and _resembles(key, name_key(reached.card.name)):
        exact = key in {name_key(reached.card.name), name_key(reached.card.label)}
        return each if exact else replace(each, value=reached.card.label), _KNOWN * _REACHED
    if unit.correspondents.matching(tenant_id, key):
        return each, _KNOWN
    label = _misread_of(unit, tenant_id, key)
    return (replace(each, value=label), _KNOWN) if label else (each, 1.0)


def _reached(unit: Unit, tenant_id: str, found: Sequence[Proposal]) -> tuple[Correspondent, Proposal] | None:
    """Return the one correspondent that the letter's address or telephone leads to, and which of them does."""
    for each in found:
        word = {
            Field.EMAIL: each.value.strip().lower(),
            Field.PHONE: re.sub(r"\D", "", each.value)[-8:],
        }.get(each.field, "")
        if len(word) >= _SHORT_NAME:
            known, total = unit.correspondents.search(tenant_id, [word], limit=1)
            if total == 1:
                return known[0], each
    return None


def _resembles(read: str, known: str) -> bool:
    return SequenceMatcher(None, read, known, autojunk=False).ratio() >= _RESEMBLES


def _misread_of(unit: Unit, tenant_id: str, key: str) -> str | None:
    """Return the label of the one correspondent that a name misreads; None where it leads to several or to none.

    Every word is the same but for one letter, two in all, and short names are left alone: « Lawson » is not « Dawson ».
    """
    if len(key) < _SHORT_NAME:
        return None
    words = key.split()
    found: dict[str, str] = {}
    for word in sorted({each for each in words if len(each) >= _LONG}, key=lambda each: -len(each))[:2]:
        near, _ = unit.correspondents.search(tenant_id, [word[:_BEGINNING]], limit=_MOST)
        found |= {one.id: one.card.label for one in near if _misread(words, name_key(one.card.label).split())}
    return next(iter(found.values())) if len(found) == 1 else None


def _misread(read: list[str], known: list[str]) -> bool:
    """Whether the words are those of a name, at most two of them one letter off."""
    if len(read) != len(known):
        return False
    off = [(one, other) for one, other in zip(read, known, strict=True) if one != other]
    return len(off) <= 2 and all(len(one) >= _LONG and within(one, other, 1) for one, other in off)
