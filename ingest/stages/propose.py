"""Propose: one proposal a field; the service comes from the words by which letters call each entity."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ged.mail.filing import Kind
from ged.mail.french_dates import plain
from ged.mail.organisation import Entity
from ged.mail.page import Evidence, Page, Word
from ged.mail.qualification import Field, Proposal
from ingest.stages.fields.layout import Line, evidence_of, lines_of, words_at

ORIGIN = "lexique 1"
SEPARATOR = "feuille de séparation"
_WEIGHTS = {"recipient": 2.0, "subject": 3.0, "body": 1.0}


@dataclass(frozen=True, slots=True)
class _Sighting:
    entity: str
    weight: float
    evidence: Evidence


def propose(
    pages: Sequence[Page], found: Sequence[Proposal], entities: Sequence[Entity], kinds: Sequence[Kind]
) -> tuple[Proposal, ...]:
    """Return at most one proposal a field: those found, a kind that the organisation knows, and a service."""
    best: dict[Field, Proposal] = {}
    known = {kind.code for kind in kinds}
    for proposal in found:
        if proposal.field is Field.KIND and proposal.value not in known:
            continue
        standing = best.get(proposal.field)
        if standing is None or proposal.confidence > standing.confidence:
            best[proposal.field] = proposal
    service = _service(pages, best, entities)
    if service is not None:
        best[Field.SERVICE] = service
    return tuple(best.values())


def by_separator(proposals: Sequence[Proposal], entity_id: str, kind: str) -> tuple[Proposal, ...]:
    """Return proposals with what the separator before a letter said in the place of what was guessed."""
    said = {Field.SERVICE: entity_id, Field.KIND: kind}
    sure = [Proposal(name, value, 1.0, None, SEPARATOR) for name, value in said.items() if value]
    return (*(one for one in proposals if not said.get(one.field)), *sure)


def _service(pages: Sequence[Page], best: dict[Field, Proposal], entities: Sequence[Entity]) -> Proposal | None:
    sightings = [
        sighting
        for page in pages[:2]
        for line in lines_of(page)
        for sighting in _sightings(line, _part(line, best), entities)
    ]
    scores: dict[str, float] = {}
    for sighting in sightings:
        scores[sighting.entity] = min(scores.get(sighting.entity, 0.0) + sighting.weight, 12.0)
    if not scores:
        return None
    ranked = sorted(scores, key=lambda name: (-scores[name], name))
    first, second = scores[ranked[0]], scores[ranked[1]] if len(ranked) > 1 else 0.0
    confidence = 0.9 * first / (first + second + 1.5)
    strongest = max((each for each in sightings if each.entity == ranked[0]), key=lambda each: each.weight)
    return Proposal(Field.SERVICE, ranked[0], confidence, strongest.evidence, ORIGIN)


def _part(line: Line, best: dict[Field, Proposal]) -> str:
    for field, part in ((Field.SUBJECT, "subject"), (Field.RECIPIENT, "recipient")):
        seen = best[field].evidence if field in best else None
        if seen is not None and seen.page == line.page and seen.box.top - 0.01 <= line.box.top <= seen.box.bottom:
            return part
    sender = best[Field.SENDER].evidence if Field.SENDER in best else None
    in_letterhead = sender is not None and sender.page == line.page and line.box.top <= sender.box.bottom + 0.02
    return "letterhead" if in_letterhead else "body"


def _sightings(line: Line, part: str, entities: Sequence[Entity]) -> list[_Sighting]:
    if part == "letterhead":
        return []  # who writes is not who answers
    found: list[_Sighting] = []
    for entity in entities:
        if entity.parent_id is None:
            continue
        for phrase in {entity.name_fr, *entity.words}:
            words = _words_of(line, plain(phrase))
            if words:
                length = 1 + 0.5 * phrase.count(" ")
                found.append(_Sighting(entity.id, _WEIGHTS[part] * length, evidence_of(words, line.page)))
    return found


def _words_of(line: Line, phrase: str) -> list[Word]:
    """Return the words of a line that say a phrase, plural or not."""
    match = re.search(rf"(?<![a-z]){re.escape(phrase)}(?:s|x)?(?![a-z])", line.plain)
    return words_at(line, match.start(), match.end()) if match else []
