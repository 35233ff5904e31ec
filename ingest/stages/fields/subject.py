"""The subject: what follows « Objet », « Concerne » or « Subject », down to the next block."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ged.mail.qualification import Field, Proposal
from ingest.stages.fields.layout import Line, below, evidence_of, words_at

ORIGIN = "regles 1"
_LABEL = re.compile(r"^(?:[^a-z0-9]{0,3})(?:obj[e6]ts?|concerne|subject|re|sujet)\s*[:;.\-–—]+\s*|^objet\s+(?=\w)")
_ENDS = re.compile(
    r"^(?:p\.?\s?j\b|pi[eè]ces? jointes?|ref|v/|n/|monsieur|madame|messieurs|mesdames|excellence|dear|sir|a l'attention"
    r"|ampliation|copie)"
)
MAX_LINES = 4


def propose_subject(lines: Sequence[Line]) -> Proposal | None:
    """Return the subject without its label, lines joined, with the words that say it."""
    for line in lines:
        label = _LABEL.search(line.plain)
        if label is None or line.box.top > 0.75:
            continue
        words = words_at(line, label.end(), len(line.text)) if label.end() < len(line.text) else []
        texts = [line.text[label.end() :]] if words else []
        last = line
        for _ in range(MAX_LINES - 1):
            following = below(last, lines)
            if following is None or not _goes_on(line, last, following):
                break
            texts.append(following.text)
            words += following.words
            last = following
        if words:
            value = re.sub(r"\s+", " ", " ".join(texts)).strip(" .:;-–—")
            sure = sum(word.confidence for word in words) / len(words)
            return Proposal(
                Field.SUBJECT, value, 0.97 * min(1.0, 0.3 + 0.75 * sure), evidence_of(words, line.page), ORIGIN
            )
    return None


def _goes_on(first: Line, last: Line, following: Line) -> bool:
    if _ENDS.search(following.plain) or (following.text.rstrip().endswith(",") and len(following.words) <= 5):
        return False
    gap = following.box.top - last.box.bottom
    return gap < 0.75 * max(last.height, 0.01) and following.box.left >= first.box.left - 0.02
