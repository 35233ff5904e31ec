"""Finding: the index says which letters, or which pieces of dossiers; the store says what may be shown of them.

The rights are asked twice: by the index, as part of the query, and again on each entry as it stands now, so that what
was closed a moment ago is not shown from an index that does not know it yet.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from ged.errors import Unavailable
from ged.mail.access import Actor
from ged.mail.dossier_piece import IndexedPiece
from ged.mail.listing import ListedLetter
from ged.store.unit import Store, Unit
from search.entries import LETTERS, PIECES, Kind
from search.light import Light, Passage
from search.meaning import Meaning
from search.plan import plan, question_of
from search.port import Hit, Hits, Query, Reach, SearchIndex
from search.spelling import respelt
from search.synonyms import NO_SYNONYMS, Synonyms, synonyms_of
from search.texts import Texts

_log = logging.getLogger(__name__)
_GATHERED_AT_ONCE = 500
_FURTHER = ((Reach.NEAR, 20), (Reach.DAMAGED, 3))
"""How far is looked where fewer entries than so many hold all that is looked for."""
_ENOUGH, _NEAR = 50, 5
"""Where words find fewer than so many letters, so many are shown below that mean nearly the same."""
_LAST_NAMES: dict[str, Synonyms] = {}
"""By tenant, the other names of things as they stood for the last search of this process: the next one asks the index
with them, and again where they have changed since."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """One entry found, with the passages that show why; none when only its number or date matched."""

    row: T
    score: float
    passages: tuple[Passage, ...]

    @property
    def passage(self) -> Passage | None:
        """The best passage."""
        return self.passages[0] if self.passages else None


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """One page of a search; `facets` gives for each field the count of each value.

    Attributes:
        near: Letters that hold too few of the words, and mean nearly the same; only where there is a model of meaning.
        respelt: What was typed, spelt as the entries found spell it; None where they spell it so.
        light: What was looked for, its other names too, ready to be lit in what is shown.
        names: The other names of things that it was asked with, for whatever else is asked beside it.
    """

    found: tuple[Found[T], ...]
    total: int
    following: str | None
    facets: dict[str, dict[str, int]]
    light: Light
    names: Synonyms
    near: tuple[Found[T], ...] = ()
    respelt: str | None = None


def find(
    query: Query, *, index: SearchIndex, store: Store, actor: Actor, meaning: Meaning | None = None
) -> Answer[ListedLetter]:
    """Return the letters that match, among those that the actor may read.

    Raises:
        Refused: `search.cursor`.
        Unavailable: `search.unavailable`.
    """
    return _found(LETTERS, query, index, store, actor, meaning=meaning)


def find_pieces(
    query: Query, *, index: SearchIndex, store: Store, actor: Actor, as_written: bool = False
) -> Answer[IndexedPiece]:
    """Return the pieces that match, of the dossiers that the actor may read; nothing where there is none.

    With `as_written` no word is looked for by likeness, which costs the most. Raises as `find` does.
    """
    return _found(PIECES, query, index, store, actor, as_written=as_written)


def _found(
    kind: Kind[T],
    query: Query,
    index: SearchIndex,
    store: Store,
    actor: Actor,
    *,
    as_written: bool = False,
    meaning: Meaning | None = None,
) -> Answer[T]:
    readers, given = kind.tokens(actor), query.synonyms
    names = given if given is not NO_SYNONYMS else _LAST_NAMES.get(actor.tenant_id, given)
    for last in (False, True):
        query = replace(query, synonyms=names)
        hits = index.search(replace(query, reach=Reach.WRITTEN), readers) if as_written else ask(query, index, readers)
        near = near_in_meaning(query, hits, index, readers, meaning) if meaning else ()
        with store.questions() as unit:
            stand = names if given is not NO_SYNONYMS else _names(unit, actor)
            if last or stand is names:
                ids = [hit.id for hit in (*hits.hits, *near)]
                rows = kind.rows(unit, ids, actor) if ids else {}
                pages = kind.pages(unit, list(rows)) if rows else {}
                break
        names = _LAST_NAMES[actor.tenant_id] = stand
    light = Light(query.text, query.synonyms)
    shown = [hit for hit in (*hits.hits, *near) if hit.id in rows]
    passages = light.passages_of([pages.get(hit.id, []) for hit in shown])
    every = tuple(Found(rows[hit.id], hit.score, lit) for hit, lit in zip(shown, passages, strict=True))
    best = sum(hit.id in rows for hit in hits.hits)
    heads = [word for row in rows.values() for text in kind.heads(row) for word in text.split()]
    light.likeness.add(Texts.of_words(heads))
    return Answer(
        found=every[:best],
        total=hits.total - (len(hits.hits) - best),
        following=hits.following,
        facets=hits.facets,
        light=light,
        names=names,
        near=every[best:],
        respelt=respelt(query.text, light.likeness, light.unasked),
    )


def ask(query: Query, index: SearchIndex, readers: frozenset[str]) -> Hits:
    """Return the hits of a query, its words as written; where they are few, misspelt ones too, then damaged ones.

    Looking for what is near walks through the words of the whole index: four fifths of the time of a query, for what
    comes after all that holds the words as written. Whether they are few is the same for each page of a query: its
    cursors go on where they were given.

    Raises:
        Refused: `search.cursor`.
        Unavailable: `search.unavailable`.
    """
    asked = replace(query, reach=Reach.WRITTEN)
    hits = index.search(asked, readers)
    for reach, enough in _FURTHER:
        if hits.whole >= enough:
            break
        wider = replace(query, reach=reach, held=hits.held or asked.held)
        if plan(wider, readers).clause != plan(asked, readers).clause:  # of a number or a phrase nothing is near
            asked, hits = wider, index.search(wider, readers)
    return hits


def near_in_meaning(
    query: Query, hits: Hits, index: SearchIndex, readers: frozenset[str], meaning: Meaning
) -> tuple[Hit, ...]:
    """Return letters that mean what was typed, where words found few; a model that does not answer stops no search."""
    if query.after is not None or query.by_date or hits.total >= _ENOUGH:
        return ()
    question = question_of(query.text)
    if question is None:
        return ()
    try:
        vector = meaning.of_question(question)
    except Unavailable as error:
        _log.warning("%s: %s", "meaning", error.diagnostics())
        return ()
    shown = {hit.id for hit in hits.hits}
    near = index.nearest(query, vector, readers, _NEAR, meaning.least)
    return tuple(hit for hit in near if hit.id not in shown)


def count(query: Query, *, index: SearchIndex, store: Store, actor: Actor) -> int:
    """Return how many letters match, among those that the actor may read.

    Raises:
        Unavailable: `search.unavailable`.
    """
    query, readers = with_names(query, actor, store), LETTERS.tokens(actor)
    return ask(replace(query, limit=1), index, readers).total


@dataclass(frozen=True, slots=True)
class Gathered(Generic[T]):
    """The first hits of a search, all at once, and how many there are in all."""

    rows: tuple[T, ...]
    total: int


def gather(kind: Kind[T], query: Query, most: int, *, index: SearchIndex, store: Store, actor: Actor) -> Gathered[T]:
    """Return what matches of a kind, in the order of the query, at most so many.

    Raises:
        Unavailable: `search.unavailable`.
    """
    query, readers = with_names(query, actor, store), kind.tokens(actor)
    rows: dict[str, T] = {}
    seen: set[str] = set()
    total, after = 0, None
    while len(seen) < most:
        hits = ask(replace(query, limit=min(_GATHERED_AT_ONCE, most - len(seen)), after=after), index, readers)
        fresh = [hit.id for hit in hits.hits if hit.id not in seen]  # what moved between two pages comes once
        with store.questions() as unit:
            known = kind.rows(unit, fresh, actor)
        rows |= {each: known[each] for each in fresh if each in known}
        seen.update(fresh)
        total, after = hits.total, hits.following
        if after is None:
            break
    return Gathered(tuple(rows.values()), max(total - (len(seen) - len(rows)), len(rows)))


def light_of(text: str, *, store: Store, actor: Actor) -> Light:
    """Return the words of a search, its filters taken away, ready to be lit on a letter as they are in its hits."""
    return Light(text, synonyms_for(actor, store))


def with_names(query: Query, actor: Actor, store: Store) -> Query:
    """Return a query that knows the other names of things: its own, where it has some."""
    return query if query.synonyms is not NO_SYNONYMS else replace(query, synonyms=synonyms_for(actor, store))


def synonyms_for(actor: Actor, store: Store) -> Synonyms:
    """Return the other names of things: those listed, and the acronyms and names of the asker's organisation."""
    with store.questions() as unit:
        return _names(unit, actor)


def _names(unit: Unit, actor: Actor) -> Synonyms:
    return synonyms_of(unit.organisation.names_of_things(actor.tenant_id))
