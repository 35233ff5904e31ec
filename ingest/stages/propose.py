"""Propose: one proposal a field; kind, service and code as people decided, or by the words of the configuration."""

from __future__ import annotations

from collections.abc import Sequence

from ged.mail.filing import Kind
from ged.mail.organisation import Entity
from ged.mail.page import Page
from ged.mail.qualification import Field, Proposal
from ged.mail.schedule import PlanLine
from ingest.stages.lexicon import by_words, names_of_roots, phrases_of

SEPARATOR = "feuille de séparation"
PLAN = "plan de classement"
BY_DEFAULT = 0.8
"""Share of a kind's confidence that its default code has."""


def propose(
    pages: Sequence[Page],
    found: Sequence[Proposal],
    entities: Sequence[Entity],
    kinds: Sequence[Kind],
    plan: Sequence[PlanLine] = (),
) -> tuple[Proposal, ...]:
    """Return at most one proposal a field: the surest; kind, service and file code are ones that are known here.

    A file code that nothing else says is the one of the kind, where the plan gives one. `plan` holds the lines in use.
    """
    best: dict[Field, Proposal] = {}
    phrases, silent = phrases_of(kinds, entities, plan), names_of_roots(entities)
    for proposal in found:
        if proposal.value in phrases.get(proposal.field, {proposal.value}):
            _offer(best, proposal)
    for field, called in phrases.items():
        _offer(best, by_words(field, called, pages, best, silent))
    _offer(best, _by_kind(best.get(Field.KIND), plan))
    return tuple(best.values())


def _by_kind(kind: Proposal | None, plan: Sequence[PlanLine]) -> Proposal | None:
    """Return the code under which a kind falls by default: less sure than the kind, of which it says nothing more."""
    code = next((line.code for line in plan if kind and kind.value in line.kinds), None)
    return Proposal(Field.FILE_CODE, code, BY_DEFAULT * kind.confidence, None, PLAN) if kind and code else None


def _offer(best: dict[Field, Proposal], proposal: Proposal | None) -> None:
    standing = best.get(proposal.field) if proposal else None
    if proposal and (standing is None or proposal.confidence > standing.confidence):
        best[proposal.field] = proposal


def by_separator(proposals: Sequence[Proposal], entity_id: str, kind: str) -> tuple[Proposal, ...]:
    """Return proposals with what the separator before a letter said in the place of what was guessed."""
    said = {Field.SERVICE: entity_id, Field.KIND: kind}
    sure = [Proposal(name, value, 1.0, None, SEPARATOR) for name, value in said.items() if value]
    return (*(one for one in proposals if not said.get(one.field)), *sure)
