"""Propose: one proposal a field; kind, service and code as people decided, or by the words of the configuration."""

from __future__ import annotations

from collections.abc import Sequence

from ged.mail.filing import Kind
from ged.mail.organisation import Entity
from ged.mail.page import Page
from ged.mail.qualification import Field, Proposal
from ged.mail.schedule import PlanLine
from ingest.stages.lexicon import by_words, names_of_roots, phrases_of
from ingest.stages.plan_words import by_plan

SEPARATOR = "feuille de séparation"
LEARNED = 0.5
"""What decisions taught and is at least this likely stands: no other value is likelier, whatever words are said."""


def propose(
    pages: Sequence[Page],
    found: Sequence[Proposal],
    entities: Sequence[Entity],
    kinds: Sequence[Kind],
    plan: Sequence[PlanLine] = (),
) -> tuple[Proposal, ...]:
    """Return at most one proposal a field: the surest; kind, service and file code are ones that are known here.

    What decisions taught stands where it is likelier than not; words of the configuration say the rest. `plan` holds
    the lines in use.
    """
    best: dict[Field, Proposal] = {}
    phrases, silent = phrases_of(kinds, entities), names_of_roots(entities)
    known = {field: frozenset(called) for field, called in phrases.items()}
    known[Field.FILE_CODE] = frozenset(line.code for line in plan)
    for proposal in found:
        if proposal.value in known.get(proposal.field, {proposal.value}):
            _offer(best, proposal)
    learned = {field for field in known if field in best and best[field].confidence >= LEARNED}
    for field, called in phrases.items():
        if field not in learned:
            _offer(best, by_words(field, called, pages, best, silent))
    if Field.FILE_CODE not in learned:
        _offer(best, by_plan(plan, pages, best))
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
