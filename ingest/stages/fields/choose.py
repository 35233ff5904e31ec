"""Choosing: for each field, the candidate that the model finds most likely, with an honest probability."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from ged.mail.folding import fold
from ged.mail.page import Word
from ged.mail.qualification import Field, Proposal
from ingest.stages.fields import marks
from ingest.stages.fields.blocks import blocks, polished
from ingest.stages.fields.candidates import Candidate
from ingest.stages.fields.dates import dates, spans
from ingest.stages.fields.letterhead import with_parent
from ingest.stages.fields.model import FieldModel, load_fields, sureness
from ingest.stages.fields.sheet import Sheet

Family = Callable[[Sheet], list[Candidate]]
FAMILIES: dict[Field, tuple[Family, ...]] = {
    Field.SENDER: (blocks,),
    Field.RECIPIENT: (blocks,),
    Field.SUBJECT: (blocks,),
    Field.SIGNER: (blocks,),
    Field.LETTER_DATE: (dates,),
    Field.STAMP_DATE: (dates,),
    Field.DEADLINE: (dates, spans),
    Field.SENDER_REFERENCE: (marks.references,),
    Field.OUR_REFERENCE: (marks.references,),
    Field.AMOUNT: (marks.amounts,),
    Field.PIECES: (marks.pieces,),
    Field.PHONE: (marks.phones,),
    Field.EMAIL: (marks.emails,),
    Field.ADDRESS: (marks.boxes,),
}
BLOCKS = frozenset({Field.SENDER, Field.RECIPIENT, Field.SUBJECT, Field.SIGNER})
LEAST = 0.3
"""Under this probability nothing is proposed: an empty field is quicker to fill than a wrong one to see."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen candidate of a field: its value and words, the log-odds that chose it, and those of the next other."""

    value: str
    words: tuple[Word, ...]
    candidate: Candidate
    first: float
    second: float

    def told(self, *, printed: bool) -> tuple[float, ...]:
        """Return what tells whether the choice is right."""
        found = [word.confidence for word in self.words]
        return sureness(self.first, self.second, min(found), sum(found) / len(found), printed=printed)


def candidates_of(sheet: Sheet, fields: Iterable[Field] = FAMILIES) -> dict[Field, list[Candidate]]:
    """Return what each field could be; families that serve several fields are looked for once."""
    asked = {field: FAMILIES[field] for field in fields}
    known: dict[Family, list[Candidate]] = {}
    for families in asked.values():
        for family in families:
            if family not in known:
                known[family] = family(sheet)
    return {field: [one for family in families for one in known[family]] for field, families in asked.items()}


def value_of(field: Field, candidate: Candidate) -> tuple[str, tuple[Word, ...]]:
    """Return what a candidate says of a field, and the words that say it."""
    return polished(field, candidate) if field in BLOCKS else (candidate.value, candidate.words)


def choice_of(field: Field, found: Sequence[Candidate], scores: Sequence[float], sheet: Sheet) -> Choice | None:
    """Return the likeliest candidate, with the lead that it has over any that says something else.

    A sender is written with the body above it, whose words count in its doubt.
    """
    order = sorted(range(len(found)), key=lambda index: -scores[index])
    if not order:
        return None
    best = found[order[0]]
    value, words = value_of(field, best)
    if not value:
        return None
    key = fold(value)
    rest = (index for index in order[1:] if fold(value_of(field, found[index])[0]) != key)
    runner = next(rest, None)
    second = scores[runner] if runner is not None else -9.0
    if field is Field.SENDER:
        value, above = with_parent(value, best, sheet)
        words = (*above, *words)
    return Choice(value, words, best, float(scores[order[0]]), float(second))


def choose(sheet: Sheet, model: FieldModel | None = None) -> tuple[Proposal, ...]:
    """Return one proposal a field, where one is likely enough."""
    model = model or load_fields()
    found: dict[Field, Proposal] = {}
    for field, candidates in candidates_of(sheet).items():
        if not candidates or field not in model.trees:
            continue
        rows = np.array([one.numbers for one in candidates], np.float32)
        choice = choice_of(field, candidates, model.trees[field].scores(rows).tolist(), sheet)
        if choice is None:
            continue
        sure = model.certainty[field].probability(choice.told(printed=sheet.printed))
        if sure >= LEAST:
            evidence = replace(choice.candidate, words=choice.words).evidence
            found[field] = Proposal(field, choice.value, sure, evidence, model.origin)
    return tuple(_deadline_set(found).values())


def _deadline_set(found: dict[Field, Proposal]) -> dict[Field, Proposal]:
    """Return the proposals with a deadline counted from the letter's date where it is a span of days."""
    deadline, written = found.get(Field.DEADLINE), found.get(Field.LETTER_DATE)
    if deadline is None or not deadline.value.startswith("+"):
        return found
    rest: dict[Field, Proposal] = {name: one for name, one in found.items() if name is not Field.DEADLINE}
    if written is None:
        return rest
    day = date.fromisoformat(written.value) + timedelta(days=int(deadline.value))
    sure = deadline.confidence * written.confidence
    return rest | {Field.DEADLINE: replace(deadline, value=day.isoformat(), confidence=sure)}
