"""Choosing: for each field, the candidate that the model finds most likely, with an honest probability."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from ged.mail.folding import folded_words
from ged.mail.page import Evidence, Word
from ged.mail.qualification import LEAST, Field, Proposal
from ingest.stages.fields import marks
from ingest.stages.fields.blocks import blocks, polished
from ingest.stages.fields.candidates import Candidate
from ingest.stages.fields.customs import leaned
from ingest.stages.fields.dates import dates, spans
from ingest.stages.fields.layout import evidence_of
from ingest.stages.fields.letterhead import with_parent
from ingest.stages.fields.model import FieldModel, load_fields, sureness
from ingest.stages.fields.postal import place_beside, with_place
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
_BY_CUSTOM = 0.94
"""How sure a choice is at most that what is learned does not bear out: it is shown with a doubt mark."""
_PLACED = 0.9
"""How sure a place without a post box is: no model weighs it, so that it is shown with a doubt mark."""
_OTHERS = 3
"""Names that may be who writes beside the likeliest: the directory may know one of them."""


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
    ranked = sorted(range(len(found)), key=lambda index: -scores[index])
    told = ((index, *value_of(field, found[index])) for index in ranked)
    said = ((index, value, words) for index, value, words in told if value)
    first = next(said, None)
    if first is None:
        return None
    at, value, words = first
    key = folded_words(value)
    second = next((scores[index] for index, other, _ in said if folded_words(other) != key), -9.0)
    best = found[at]
    if field is Field.SENDER:
        value, above = with_parent(value, best, sheet)
        words = (*above, *words)
    return Choice(value, words, best, float(scores[at]), float(second))


def choose(sheet: Sheet, model: FieldModel | None = None, *, senders: bool = False) -> tuple[Proposal, ...]:
    """Return one proposal a field, where one is likely enough.

    With `senders`, all who may write follow, likeliest first, however unlikely: who knows the directory chooses.
    """
    model = model or load_fields()
    found: dict[Field, Proposal] = {}
    chosen: dict[Field, Candidate] = {}
    others: list[Proposal] = []
    for field, candidates in candidates_of(sheet).items():
        if not candidates or field not in model.trees:
            continue
        rows = np.array([one.numbers for one in candidates], np.float32)
        learned = model.trees[field].scores(rows).tolist()
        scores = leaned(field, candidates, learned, sheet)
        choice = choice_of(field, candidates, scores, sheet)
        if choice is None:
            continue
        sure = _sureness(field, choice, model, sheet)
        if scores != learned:
            alone = choice_of(field, candidates, learned, sheet)
            same = alone if alone and alone.value == choice.value else None
            sure = min(sure, max(_BY_CUSTOM, _sureness(field, same, model, sheet) if same else 0.0))
        if field is Field.ADDRESS:
            value, words = with_place(choice.candidate, sheet)
            choice = replace(choice, value=value, words=words)
        proposal = Proposal(field, choice.value, sure, _evidence(choice), model.origin)
        if sure >= LEAST:
            found[field], chosen[field] = proposal, choice.candidate
        if field is Field.SENDER and senders:
            others = [proposal, *_others(choice, proposal, candidates, scores, sheet)]
    contact = chosen.get(Field.PHONE) or chosen.get(Field.EMAIL)
    if contact and Field.ADDRESS not in found and (place := place_beside(contact, sheet)):
        value, words = place
        found[Field.ADDRESS] = Proposal(Field.ADDRESS, value, _PLACED, evidence_of(words, contact.page), model.origin)
    rest = [one for one in _deadline_set(found).values() if not others or one.field is not Field.SENDER]
    return (*others, *rest)


def _sureness(field: Field, choice: Choice, model: FieldModel, sheet: Sheet) -> float:
    return model.certainty[field].probability(choice.told(printed=sheet.printed))


def _evidence(choice: Choice) -> Evidence:
    return replace(choice.candidate, words=choice.words).evidence


def _others(
    choice: Choice, first: Proposal, found: Sequence[Candidate], scores: Sequence[float], sheet: Sheet
) -> list[Proposal]:
    """Return who may write but the chosen one: they share the doubt that it leaves, by their odds."""
    said = {tuple(folded_words(value_of(first.field, choice.candidate)[0]))}
    told: list[Choice] = []
    odds: list[float] = []
    for index in sorted(range(len(found)), key=lambda at: -scores[at]):
        key = tuple(folded_words(value_of(first.field, found[index])[0]))
        if key in said or len(told) == _OTHERS:
            continue
        said.add(key)
        other = choice_of(first.field, [found[index]], [scores[index]], sheet)
        if other is not None:
            told.append(other)
            odds.append(float(np.exp(min(5.0, other.first))))
    left = (1 - first.confidence) / (1 + sum(odds))
    return [
        replace(first, value=other.value, confidence=left * weight, evidence=_evidence(other))
        for other, weight in zip(told, odds, strict=True)
    ]


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
