"""Letters that one may be: found by the marks of their words, then compared word by word."""

from __future__ import annotations

from collections.abc import Mapping

from ged.mail.item import Letter
from ged.mail.near_duplicate import Resemblance, facts_of, resemblance, sketch
from ged.mail.qualification import Field, Proposal
from ged.store.unit import Store

COMPARED = 12
"""How many letters that share marks are compared: those that share most."""


def lookalikes(letter: Letter, proposed: Mapping[Field, str], store: Store) -> list[tuple[str, Resemblance]]:
    """Return the letters that may be this one, whoever may read them: what a person is shown is filtered later.

    The marks are kept first, in a transaction of their own: of two letters read side by side the second look sees
    the other. Run twice, it keeps the same marks.
    """
    with store.unit() as unit:
        facts = facts_of(unit.pages.of(letter.id), proposed)
        marks = sketch(facts)
        unit.near_duplicates.mark(letter.id, marks)
        unit.commit()
    with store.unit() as unit:
        ids = unit.near_duplicates.candidates(letter, marks, COMPARED)
        pages, proposals = unit.pages.of_letters(ids), unit.proposals.of_letters(ids)
        others = {
            one.id: facts_of(pages.get(one.id, ()), _known(one, proposals.get(one.id, {})))
            for one in unit.letters.many(ids)
        }
    return [(one, found) for one, each in others.items() if (found := resemblance(facts, each)).likely]


def _known(letter: Letter, proposals: Mapping[Field, Proposal]) -> dict[Field, str]:
    """Return the fields of a letter as decided, or else as proposed."""
    decided = {
        Field.SENDER: letter.sender,
        Field.SENDER_REFERENCE: letter.sender_reference,
        Field.LETTER_DATE: letter.letter_date.isoformat() if letter.letter_date else None,
    }
    return {field: each.value for field, each in proposals.items()} | {
        field: value for field, value in decided.items() if value
    }
