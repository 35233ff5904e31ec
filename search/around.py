"""Around a letter: those that resemble it, those that quote it, and its sender's others, among what one may read.

The index keeps no text of letters: what resembles one is asked by the words of the letter itself, read from the store.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ged.mail.access import Actor, may_read
from ged.mail.correspondent import Side
from ged.mail.item import Letter
from ged.mail.listing import ListedLetter, Listing
from ged.mail.page import Page
from ged.services.cited_letters import cited_letters
from ged.store.unit import Store, Unit
from search.french import stem, tokens
from search.port import Query, SearchIndex, Sort

MOST = 5
"""Letters of each sort."""
_WORDS = 24
_SUBJECT_WEIGHT = 4
_LEAST_LIKENESS = 0.2
"""Part of the letter's own score below which another does not resemble it."""
# fmt: off
_FORMULAS = frozenset(
    stem(word)
    for word in (
        "monsieur", "madame", "messieurs", "ministre", "ministere", "directeur", "directrice", "direction", "general",
        "generale", "republique", "togolaise", "honneur", "veuillez", "agreer", "expression", "consideration",
        "distinguee", "haute", "salutations", "sentiments", "objet", "reference", "lettre", "courrier", "suite", "part",
        "bien", "vouloir", "priere", "lome", "togo", "cabinet", "page", "date", "numero", "annexe", "copie", "present",
        "presente", "dear", "faithfully", "sincerely", "travail", "liberte", "patrie",
    )
)
# fmt: on
"""Stems that nearly every letter holds: they say nothing of what one is about."""


@dataclass(frozen=True, slots=True)
class Around:
    """The letters around one, each sort best or newest first; none is the letter itself."""

    similar: tuple[ListedLetter, ...]
    quoting: tuple[ListedLetter, ...]
    quoted: tuple[ListedLetter, ...]
    of_sender: tuple[ListedLetter, ...]
    sender: str


def around(letter_id: str, *, index: SearchIndex, store: Store, actor: Actor) -> Around:
    """Return the letters around one.

    Raises:
        NotFound: `letter.unknown`.
        Unavailable: `search.unavailable`.
    """
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        pages = unit.pages.of(letter.id)
        proposals = unit.proposals.of_letters([letter.id]).get(letter.id, {})
        numbers = [each.number for each in unit.second_numbers.of_letters([letter.id]).get(letter.id, ())]
        sender, others = _of_sender(unit, letter, actor)
        similar = _similar(unit, letter, pages, index, actor)
        quoting = _quoting(unit, letter, [letter.number, *numbers], index, actor)
    quoted = [ListedLetter(one.letter) for one in cited_letters(letter, proposals, store=store, actor=actor)]
    return Around(similar, quoting, tuple(quoted[:MOST]), others, sender)


def telling_words(letter: Letter, pages: Sequence[Page]) -> tuple[str, ...]:
    """Return the stems that say what a letter is about, those of its subject and the most written first."""
    counted = Counter[str]()
    for text, weight in [(letter.subject or "", _SUBJECT_WEIGHT), *((page.text, 1) for page in pages)]:
        for token in tokens(text):
            if not (token.small or token.numeric or len(token.exact) < 4 or token.stem in _FORMULAS):
                counted[token.stem] += weight
    # A word written ten times says no more than twice what one written once does; a long word says more than a short.
    weighed = {word: (1 + math.log(count)) * math.sqrt(len(word)) for word, count in counted.items()}
    return tuple(sorted(weighed, key=lambda word: (-weighed[word], word))[:_WORDS])


def _similar(
    unit: Unit, letter: Letter, pages: Sequence[Page], index: SearchIndex, actor: Actor
) -> tuple[ListedLetter, ...]:
    words = telling_words(letter, pages)
    if len(words) < 3:
        return ()
    hits = index.search(Query(like=words, limit=MOST + 1), actor.tokens()).hits
    own = next((hit.score for hit in hits if hit.id == letter.id), 0.0)
    near = [hit.id for hit in hits if hit.score >= own * _LEAST_LIKENESS]
    return _open(unit, near, letter, actor)


def _quoting(
    unit: Unit, letter: Letter, numbers: Sequence[str], index: SearchIndex, actor: Actor
) -> tuple[ListedLetter, ...]:
    """Return the letters that hold one of the letter's numbers, or its sender's reference, as it is written."""
    found: list[str] = []
    for number in (*numbers, letter.sender_reference or ""):
        if sum(1 for _ in tokens(number)) > 1 and any(character.isdigit() for character in number):
            asked = Query(text=f'"{number}"', sort=Sort.NEWEST, limit=MOST + 1)
            found += [hit.id for hit in index.search(asked, actor.tokens()).hits]
    return _open(unit, found, letter, actor)


def _of_sender(unit: Unit, letter: Letter, actor: Actor) -> tuple[str, tuple[ListedLetter, ...]]:
    """Return the sender's name, and the other letters that name the same correspondent."""
    named = next((each for each in unit.parties.of(letter.id) if each.side is Side.SENDER and each.survivor), None)
    if named is None or named.survivor is None:
        return "", ()
    listing = Listing(correspondent=named.survivor.id)
    rows = unit.letters.page(listing, actor.tokens(), limit=MOST + 1).rows
    return named.name, tuple(row for row in rows if row.letter.id != letter.id)[:MOST]


def _open(unit: Unit, ids: Sequence[str], letter: Letter, actor: Actor) -> tuple[ListedLetter, ...]:
    """Return the letters that the store too says are open to the actor, in order, without the one they are around."""
    known = {one.id: one for one in unit.letters.many(list(ids)) if may_read(actor, one) and one.id != letter.id}
    shown = [known[each] for each in dict.fromkeys(ids) if each in known][:MOST]
    proposals = unit.proposals.of_letters([one.id for one in shown])
    return tuple(ListedLetter(one, proposals.get(one.id, {})) for one in shown)
