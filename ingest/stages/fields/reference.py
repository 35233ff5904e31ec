"""The sender's reference: after N/Réf, Nos réf., N°, in the upper half, never V/Réf."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ged.mail.qualification import Field, Proposal
from ingest.stages.fields.layout import Line, evidence_of, words_at

ORIGIN = "regles 1"
_OURS = re.compile(
    r"^(?:[^a-z0-9]{0,3})(?:n\s?/?\s?ref[a-z]*|nos? ref[a-z]*|notre ref[a-z]*|our ref[a-z]*|ref(?:erence|\.|s)?)"
    r"\s*[.:,]*\s*(?:n\s?[°ºo*]?\.?\s*)?[:.]?\s*"
)
_NUMBER = re.compile(r"^(?:[^a-z0-9]{0,2})n\s?[°ºo*\"']\.?\s*[:.]?\s*")
_THEIRS = re.compile(r"^(?:v\s?/|vos? |votre |your )")
_VALUE = re.compile(r"[\w.°-]*\d[\w.°-]*(?:\s?[/_–-]\s?[\w.&'-]+)+|\d[\w-]*(?:/[\w-]+)*")


def propose_reference(lines: Sequence[Line]) -> Proposal | None:
    """Return the sender's own reference, as printed, with the words that say it."""
    best: Proposal | None = None
    for line in lines:
        if line.box.top > 0.5 or _THEIRS.search(line.plain):
            continue
        for label, likely in ((_OURS, 0.97), (_NUMBER, 0.92)):
            match = label.search(line.plain)
            value = _VALUE.match(line.text, match.end()) if match else None
            if value is None:
                continue
            words = words_at(line, value.start(), value.end())
            slashed = "/" in value.group() or "-" in value.group()
            confidence = (likely if slashed else 0.5) * min(1.0, 0.35 + 0.7 * min(word.confidence for word in words))
            found = Proposal(
                Field.SENDER_REFERENCE,
                re.sub(r"\s+", "", value.group()).strip(".-"),
                confidence,
                evidence_of(words, line.page),
                ORIGIN,
            )
            if best is None or found.confidence > best.confidence:
                best = found
            break
    return best
