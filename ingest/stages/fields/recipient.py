"""The recipient: the block under « À », or the one that opens with a civility, above the subject."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ged.mail.qualification import Field, Proposal
from ingest.stages.fields.layout import Line, below, evidence_of

ORIGIN = "regles 1"
_TO = re.compile(r"^(?:a|to|a l'attention de|a\s*[:;,])\s*$")
_CIVILITY = re.compile(
    r"^(?:a |aux? |to )?(?:monsieur|madame|messieurs|mesdames|mademoiselle|son excellence|s\.?e\.?m"
    r"|the minister|mr|mrs)\b"
)
_SALUTATION = re.compile(r",\s*$")
_PLACE = re.compile(r"^[a-zé' -]{3,20}\s*[-–.]?\s*(?:togo)?\.?$")
_ADDRESS = re.compile(r"\b(?:b\.?\s?p|quartier|rue|tel|s/c)\b|\d{3,}")
_OFFICE = re.compile(
    r"ministere|direct|secretariat|cabinet|societe|agence|ministre|prefet|maire|compagnie|ong|ets|banque"
)
MAX_LINES = 5


def propose_recipient(lines: Sequence[Line]) -> Proposal | None:
    """Return to whom the letter is written, civility and office, without the address, with the words that say it."""
    for line in lines:
        if line.box.top > 0.55 or line.box.left < 0.3:
            continue
        if _TO.search(line.plain):
            first = below(line, lines, most=3.0)
            if first is not None:
                return _proposal(_block(first, lines), 0.9)
        if _CIVILITY.search(line.plain) and not _SALUTATION.search(line.text):
            return _proposal(_block(line, lines), 0.87)
    return None


def _block(first: Line, lines: Sequence[Line]) -> list[Line]:
    found = [first]
    while len(found) < MAX_LINES:
        following = below(found[-1], lines, most=2.4)
        if following is None or following.box.left < first.box.left - 0.08 or _ADDRESS.search(following.plain):
            break
        if _is_place(following):
            break
        found.append(following)
    return found


def _is_place(line: Line) -> bool:
    named = _PLACE.search(line.plain) and not _OFFICE.search(line.plain) and len(line.words) <= 3
    return bool(named) and (line.text.isupper() or "togo" in line.plain)


def _proposal(found: list[Line], likely: float) -> Proposal:
    words = [word for line in found for word in line.words]
    sure = sum(word.confidence for word in words) / len(words)
    value = re.sub(r"\s+", " ", " ".join(line.text for line in found)).strip(" .,;:")
    value = re.sub(r"^(?:À|A|Aux?|To)\s+(?=M)", "", value)
    return Proposal(
        Field.RECIPIENT, value, likely * min(1.0, 0.3 + 0.75 * sure), evidence_of(words, found[0].page), ORIGIN
    )
