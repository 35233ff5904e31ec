"""Letters of ours that an incoming one quotes by their number: proposed as what it answers, bound by who qualifies."""

from __future__ import annotations

from dataclasses import dataclass

from ged.mail.access import Actor
from ged.mail.cited_reference import bond_to, read_reference, says
from ged.mail.item import Letter
from ged.mail.links import LinkKind
from ged.mail.qualification import Field, Proposal
from ged.store.unit import Store

YEARS_BACK = 3
"""How far back a number without a year is looked for."""


@dataclass(frozen=True, slots=True)
class CitedLetter:
    """A letter that another quotes: by which of its numbers, as which bond, and the words that say so."""

    letter: Letter
    number: str
    kind: LinkKind
    quoted: Proposal


def cited_letters(letter: Letter, proposals: dict[Field, Proposal], *, store: Store, actor: Actor) -> list[CitedLetter]:
    """Return the letters that the quoted reference means, among those that the actor may read and that are not bound.

    The reference was read by the machine: who qualifies sees why, and decides.
    """
    quoted = proposals.get(Field.OUR_REFERENCE)
    cited = read_reference(quoted.value) if quoted else None
    if quoted is None or cited is None:
        return []
    years = (cited.year,) if cited.year else tuple(letter.year - back for back in range(YEARS_BACK))
    found = []
    with store.unit() as unit:
        bound = {one.letter_id for one in unit.links.of(letter.id, actor.tokens())}
        for other, numbers in unit.letters.of_sequence(letter.tenant_id, cited.sequence, years, actor.tokens()):
            number = next((each for each in numbers if says(cited, each)), None)
            if number is not None and other.id not in bound | {letter.id}:
                found.append(CitedLetter(other, number, bond_to(other.direction), quoted))
    return found
