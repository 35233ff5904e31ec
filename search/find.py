"""Finding: the index says which letters, the store says what may be shown of them."""

from __future__ import annotations

from dataclasses import dataclass

from ged.mail.access import Actor, may_read
from ged.mail.listing import ListedLetter
from ged.store.unit import Store
from search.light import Light, Passage
from search.port import Query, SearchIndex
from search.spelling import respelt


@dataclass(frozen=True, slots=True)
class Found:
    """One letter found, with the passage that shows why; None when only its number or date matched."""

    row: ListedLetter
    score: float
    passage: Passage | None


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of a search; `facets` gives for each field the count of each value.

    Attributes:
        respelt: What was typed, spelt as the letters found spell it; None where they spell it so.
    """

    found: tuple[Found, ...]
    total: int
    following: str | None
    facets: dict[str, dict[str, int]]
    respelt: str | None = None


def find(query: Query, *, index: SearchIndex, store: Store, actor: Actor) -> Answer:
    """Return the letters that match, among those that the actor may read.

    The rights are asked twice: by the index, as part of the query, and again on each letter as it stands now,
    so that a letter closed a moment ago is not shown from an index that does not know it yet.

    Raises:
        Refused: `search.cursor`.
        Unavailable: `search.unavailable`.
    """
    hits = index.search(query, actor.tokens())
    light = Light(query.text)
    ids = [hit.id for hit in hits.hits]
    with store.unit() as unit:
        letters = {letter.id: letter for letter in unit.letters.many(ids) if may_read(actor, letter)}
        pages = unit.pages.of_letters(list(letters))
        proposals = unit.proposals.of_letters(list(letters))
    found = tuple(
        Found(ListedLetter(letters[hit.id], proposals.get(hit.id, {})), hit.score, light.passage(pages.get(hit.id, [])))
        for hit in hits.hits
        if hit.id in letters
    )
    read = [text for one in letters.values() for text in (one.subject or "", one.sender or "", one.recipient or "")]
    read += [page.text for of_letter in pages.values() for page in of_letter]
    total = hits.total - (len(hits.hits) - len(found))
    return Answer(found, total, hits.following, hits.facets, respelt(query.text, read))
