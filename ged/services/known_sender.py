"""Who writes, as the directory knows it: of the names that a letter may be from, one that is known is likelier.

A misread name is written as the one correspondent has it that it misreads; a known name that was read whole is likelier
than the part of it that was taken for the sender. A telephone or an electronic address that one correspondent alone has
speaks for that one, whose name may then be read worse.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from ged.mail.correspondent import Correspondent, name_key
from ged.mail.misreading import misreading
from ged.mail.qualification import LEAST, SURE, Field, Proposal
from ged.store.unit import Unit

_LONG, _BEGINNING, _MOST = 4, 3, 60
_SHORT_NAME, _APART = 8, 2
"""Letters of a name that may be mended, and by how many faults the next name must be further away."""
_KNOWN, _REACHED, _WHOLE = 10.0, 20.0, 20.0
"""How much likelier a name is who writes: the directory has it; it is reached as the letter says; the likeliest, which
the directory has not, is a part of it."""
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
    told = _whole_first([_told(unit, tenant_id, each, reached[0] if reached else None) for each in senders])
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


def _whole_first(told: list[tuple[Proposal, float]]) -> list[tuple[Proposal, float]]:
    """Return weights with those of known names raised of which the likeliest, that nobody knows, is a part."""
    if not told or told[0][1] > 1:
        return told
    part = f" {name_key(told[0][0].value)} "
    holds = (weight > 1 and part in f" {name_key(each.value)} " for each, weight in told)
    return [(each, weight * _WHOLE if whole else weight) for (each, weight), whole in zip(told, holds, strict=True)]


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
    """Return the label of the one correspondent that a name misreads; None where it leads to none, or nearly to two."""
    if len(key) < _SHORT_NAME:
        return None
    words = key.split()
    beginnings = {word[:_BEGINNING] for word in words if len(word) >= _LONG}
    near = unit.correspondents.sharing(tenant_id, sorted(beginnings), limit=_MOST)
    told = ((misreading(words, name_key(one.card.label).split()), one.card.label) for one in near)
    found = sorted((faults, label) for faults, label in told if faults is not None)
    if not found or (len(found) > 1 and found[1][0] - found[0][0] < _APART):
        return None
    return found[0][1]
