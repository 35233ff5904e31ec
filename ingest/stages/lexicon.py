"""Lexicon: kinds and services known by the words that the configuration gives them; a cold start needs no more."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ged.mail.filing import Kind
from ged.mail.french_dates import plain
from ged.mail.organisation import Entity, upwards
from ged.mail.page import Evidence, Page, Word
from ged.mail.qualification import Field, Proposal
from ingest.stages.fields.layout import Line, evidence_of, lines_of, words_at

ORIGIN = "lexique 2"
Phrases = Mapping[str, frozenset[str]]
"""The phrases by which each value of a field is called."""
_WEIGHTS = {
    Field.SERVICE: {"recipient": 2.0, "subject": 6.0, "body": 0.5},
    Field.KIND: {"recipient": 0.0, "subject": 4.0, "body": 1.0},
}
_MOST = 24.0


@dataclass(frozen=True, slots=True)
class _Sighting:
    value: str
    weight: float
    evidence: Evidence


def phrases_of(kinds: Sequence[Kind], entities: Sequence[Entity]) -> dict[Field, Phrases]:
    """Return what the configuration says of kinds and of services, a unit before the one above it.

    A root answers for nobody in particular: what only names it is passed over, every letter is addressed to it.
    """
    depths = {one.id: len(upwards(one.id, entities)) for one in entities}
    units = sorted((one for one in entities if one.parent_id is not None), key=lambda one: (-depths[one.id], one.id))
    return {
        Field.KIND: {kind.code: frozenset({kind.label_fr, *kind.words}) for kind in kinds},
        Field.SERVICE: {one.id: frozenset({one.name_fr, *one.words}) for one in units},
    }


def names_of_roots(entities: Sequence[Entity]) -> tuple[str, ...]:
    """Return what a house calls itself, folded, the longest first."""
    names = {plain(name) for one in entities if one.parent_id is None for name in (one.name_fr, *one.words)}
    return tuple(sorted(names, key=len, reverse=True))


def by_words(
    field: Field,
    phrases: Phrases,
    pages: Sequence[Page],
    best: Mapping[Field, Proposal],
    silent: Sequence[str] = (),
) -> Proposal | None:
    """Return the value whose words a letter says most, where they say most; None when it says none.

    Phrases that are `silent` say nothing, nor do the words in them.
    """
    weights = _WEIGHTS[field]
    sightings = [
        sighting
        for page in pages[:2]
        for line in lines_of(page)
        if (part := part_of(line, best)) != "letterhead"  # who writes is not who answers
        for sighting in _sightings(line, weights[part], phrases, silent)
    ]
    scores: dict[str, float] = {}
    for sighting in sightings:
        scores[sighting.value] = min(scores.get(sighting.value, 0.0) + sighting.weight, _MOST)
    if not scores:
        return None
    ranked = sorted((value for value in phrases if value in scores), key=lambda value: -scores[value])
    first, second = scores[ranked[0]], scores[ranked[1]] if len(ranked) > 1 else 0.0
    confidence = 0.9 * first / (first + second + 1.5)
    strongest = max((each for each in sightings if each.value == ranked[0]), key=lambda each: each.weight)
    return Proposal(field, ranked[0], confidence, strongest.evidence, ORIGIN)


def part_of(line: Line, best: Mapping[Field, Proposal]) -> str:
    """Return where a line stands by what is known of its letter: subject, recipient, letterhead or body."""
    for field, part in ((Field.SUBJECT, "subject"), (Field.RECIPIENT, "recipient")):
        seen = best[field].evidence if field in best else None
        if seen is not None and seen.page == line.page and seen.box.top - 0.01 <= line.box.top <= seen.box.bottom:
            return part
    sender = best[Field.SENDER].evidence if Field.SENDER in best else None
    in_letterhead = sender is not None and sender.page == line.page and line.box.top <= sender.box.bottom + 0.02
    return "letterhead" if in_letterhead else "body"


def _sightings(line: Line, weight: float, phrases: Phrases, silent: Sequence[str]) -> list[_Sighting]:
    found: list[_Sighting] = []
    said = line.plain
    for phrase in silent:
        said = said.replace(phrase, "#" * len(phrase))
    for value, called in phrases.items():
        for phrase in called if weight else ():
            words = _words_of(line, said, plain(phrase))
            if words:
                found.append(_Sighting(value, weight * (1 + 0.5 * phrase.count(" ")), evidence_of(words, line.page)))
    return found


def _words_of(line: Line, said: str, phrase: str) -> list[Word]:
    """Return the words of a line that say a phrase, plural or not."""
    if phrase not in said:
        return []
    match = re.search(rf"(?<![a-z]){re.escape(phrase)}(?:s|x)?(?![a-z])", said)
    return words_at(line, match.start(), match.end()) if match else []
