"""Propose: one proposal a field; kind and service as people decided, or by the words that the configuration gives."""

from __future__ import annotations

from collections.abc import Sequence

from ged.mail.filing import Kind
from ged.mail.organisation import Entity
from ged.mail.page import Page
from ged.mail.qualification import Field, Proposal
from ingest.stages.lexicon import by_words, names_of_roots, phrases_of

SEPARATOR = "feuille de séparation"


def propose(
    pages: Sequence[Page], found: Sequence[Proposal], entities: Sequence[Entity], kinds: Sequence[Kind]
) -> tuple[Proposal, ...]:
    """Return at most one proposal a field: the surest; a kind and a service are ones that the organisation knows."""
    best: dict[Field, Proposal] = {}
    phrases, silent = phrases_of(kinds, entities), names_of_roots(entities)
    for proposal in found:
        if proposal.value in phrases.get(proposal.field, {proposal.value}):
            _offer(best, proposal)
    for field, called in phrases.items():
        _offer(best, by_words(field, called, pages, best, silent))
    return tuple(best.values())


def _offer(best: dict[Field, Proposal], proposal: Proposal | None) -> None:
    standing = best.get(proposal.field) if proposal else None
    if proposal and (standing is None or proposal.confidence > standing.confidence):
        best[proposal.field] = proposal


def by_separator(proposals: Sequence[Proposal], entity_id: str, kind: str) -> tuple[Proposal, ...]:
    """Return proposals with what the separator before a letter said in the place of what was guessed."""
    said = {Field.SERVICE: entity_id, Field.KIND: kind}
    sure = [Proposal(name, value, 1.0, None, SEPARATOR) for name, value in said.items() if value]
    return (*(one for one in proposals if not said.get(one.field)), *sure)
