"""From what a person typed to a tree of clauses that each engine only has to translate.

The rights of the asker become a filter here, and nowhere else: no engine can be asked without it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ged.mail.folding import fold
from search.clauses import AnyOf, Best, Between, Clause, Filter, Group, Near, Phrase, Plan, Starts, Sure, Term
from search.french import Token, joined, tokens, tolerance
from search.port import Query, Reach
from search.synonyms import Synonyms
from search.wanted import Wanted, wanted


@dataclass(frozen=True, slots=True)
class InField:
    """Words wanted in one field of text: all of them, in whatever order; one field only, whatever the rest."""

    field: str
    words: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed, taken apart: chunks of loose words, exact phrases, words in a field, exclusions."""

    chunks: tuple[tuple[Token, ...], ...]
    phrases: tuple[tuple[Token, ...], ...]
    fields: tuple[InField, ...]
    excluded: tuple[tuple[Token, ...], ...]
    excluded_fields: tuple[InField, ...]
    raw: tuple[str, ...]


FIELDS = {
    "de": "sender", "from": "sender", "expediteur": "sender", "sender": "sender",
    "a": "recipient", "to": "recipient", "destinataire": "recipient", "recipient": "recipient",
    "objet": "subject", "subject": "subject",
    "ref": "refs", "reference": "refs", "n°": "refs", "no": "refs", "numero": "refs", "number": "refs",
}  # fmt: skip
"""The names that a field of text is called by, folded, and the field."""
_NAME = r"(?P<name>n°|[^\W\d_][\w'’-]*):"
_QUOTED = r'["«“](?P<phrase>[^"»”]*)["»”]'
_ALIKE = 0.3
"""Part of the telling words of a letter that another must hold to resemble it."""
PIECE = re.compile(rf'(?P<minus>(?<!\S)-)?(?:(?<![^\s-]){_NAME})?(?:{_QUOTED}|(?P<word>[^\s"«“]+))')


_ALL_SURE, _ALL_LIKE = 8.0, 6.0
_FROM_START = 8.0
"""What all that is looked for adds to the score for each thing, as written and by likeness."""
_MEANT = 2
"""A word alone is a name as often as a matter."""
_FEW, _SCARCER, _SCARCE = 50, 3, 12.0
"""What so many letters hold is looked for as written. What fewer than a third of the letters hold that hold something
else is scarce: it tells the most, is looked for further, and adds so much to the score."""
_REMEMBERED = 500
"""Searches whose reading is remembered."""
_READ, _REFERENCE = 2_000, 80
"""Of what is typed or pasted, so many characters are read: engines refuse questions, and numbers, without end."""


def name_of(text: str) -> str:
    """Return a name or a value as it is compared: lower case, without accents, with straight apostrophes."""
    return fold(text.replace("’", "'")).replace("º", "°")


@lru_cache(maxsize=_REMEMBERED)
def taken_apart(text: str) -> Typed:
    """Return what was typed as chunks, phrases, fields and exclusions; an odd quote is a space, never an error."""
    chunks, phrases, excluded, raw = [], [], [], []
    fields: list[InField] = []
    excluded_fields: list[InField] = []
    for piece in PIECE.finditer(text[:_READ]):
        field = FIELDS.get(name_of(piece["name"] or ""))
        typed = piece["phrase"] or piece["word"] or ""
        if field is None and piece["name"]:  # no field of ours: words like others
            typed = f"{piece['name']} {typed}"
        found = tuple(tokens(typed))
        if not found:
            continue
        if field is not None:
            (excluded_fields if piece["minus"] else fields).append(InField(field, found))
        elif piece["minus"]:
            excluded.append(found)
        elif piece["phrase"] is not None:
            phrases.append(found)
        else:
            chunks.append(found)
            raw.append(typed)
    return Typed(tuple(chunks), tuple(phrases), tuple(fields), tuple(excluded), tuple(excluded_fields), tuple(raw))


def question_of(text: str) -> str | None:
    """Return what was typed where its meaning can be looked for: loose words, two that tell at least, and no number."""
    typed = taken_apart(text)
    loose = [token for chunk in typed.chunks for token in chunk]
    exact = typed.phrases or typed.fields or typed.excluded or typed.excluded_fields
    numbers = any(character.isdigit() for token in loose for character in token.exact)
    if exact or numbers or sum(token.telling for token in loose) < _MEANT:
        return None
    return " ".join(typed.raw)


def plan(query: Query, readers: frozenset[str]) -> Plan:
    """Return the plan of a query for an asker who holds these tokens."""
    filters: list[Filter] = [AnyOf("readers", tuple(sorted(readers)))]
    for name, values in (
        ("direction", query.directions),
        ("state", query.states),
        ("kind", query.kinds),
        ("service", query.services),
        ("code", query.codes),
        ("id", query.among),
    ):
        if values:
            filters.append(AnyOf(name, tuple(str(value) for value in values)))
    if query.since or query.until:
        bounds = [int(f"{day:%Y%m%d}") if day else None for day in (query.since, query.until)]
        filters.append(Between("day", *bounds))
    clause, found, things = _read(query.text, query.synonyms, query.reach, query.held)
    if query.begins:
        begun = Starts("exact", query.begins, 1.0)
        clause, found = (begun if one is None else Group(must=(one, begun)) for one in (clause, found))
    if query.like:
        alike = tuple(Best((Term("subject", word, 2.0), Term("body", word))) for word in query.like)
        clause = found = Group(should=alike, at_least=math.ceil(len(alike) * _ALIKE))
    return Plan(clause, tuple(filters), found, things)


@lru_cache(maxsize=_REMEMBERED)
def _read(
    text: str, synonyms: Synonyms, reach: Reach, held: tuple[int, ...]
) -> tuple[Clause | None, Clause | None, tuple[Clause, ...]]:
    """Return what scores, what finds, and what is counted; a search asks for the same several times, page by page."""
    typed = taken_apart(text)
    things = wanted(typed.chunks, synonyms, reach)
    scarce: list[Clause] = []
    if held:
        as_written, most = wanted(typed.chunks, synonyms, Reach.WRITTEN), max(held)
        for at, count in enumerate(held):
            if _SCARCER * count < most:
                scarce.append(Sure(things[at].like, _SCARCE))
            elif count >= _FEW:
                things[at] = as_written[at]
    clause, found = _clauses(typed, things, reach, scarce)
    if reach is not Reach.WRITTEN or _enough(len(things)) == len(things):
        return clause, found, ()
    sure = tuple(one.sure for one in things)
    return clause, found, (Group(must=sure), *sure)


def _clauses(
    typed: Typed, things: list[Wanted], reach: Reach, scarce: Sequence[Clause]
) -> tuple[Clause | None, Clause | None]:
    """Return what scores, and what finds the same without scoring."""
    must: list[Clause] = [_phrase(phrase) for phrase in typed.phrases]
    must += [_in_field(one, strictly=reach < Reach.NEAR) for one in typed.fields]
    never = (*map(_phrase, typed.excluded), *(_in_field(one, strictly=True) for one in typed.excluded_fields))
    loose = [token for chunk in typed.chunks for token in chunk]
    if loose and not things:  # only small words: look for them as they are
        must.append(Group(should=tuple(Term("exact", token.exact) for token in loose), at_least=_enough(len(loose))))
    elif things:
        enough = _enough(len(things))
        held = tuple(one.found if reach is Reach.WRITTEN else one.score for one in things)
        begun = _from_start("".join(typed.raw))
        found = [*must, _or(Group(should=held, at_least=enough), begun)]
        must.append(_or(_some(things, loose, enough, scarce), begun))
        return Group(must=tuple(must), never=never), Group(must=tuple(found), never=never)
    if not must and not never:
        return None, None
    return (clause := Group(must=tuple(must), never=never)), clause


def _some(things: list[Wanted], loose: list[Token], enough: int, scarce: Sequence[Clause]) -> Clause:
    """Enough of what is looked for. What is scarce and all of it count more, as written more still."""
    extra = list(scarce)
    count = len(things)
    if 2 <= len(loose) <= 8:
        extra.append(Phrase("exact", tuple(token.exact for token in loose), 2.0))
    if count >= 2:
        extra.append(Sure(Group(must=tuple(one.sure for one in things)), _ALL_SURE * count))
        extra.append(Sure(Group(must=tuple(one.like for one in things)), _ALL_LIKE * count))
    scores = Group(should=tuple(one.score for one in things), at_least=enough)
    return Group(must=(scores,), should=tuple(extra))


def _from_start(whole: str) -> tuple[Clause, ...]:
    """Return what finds a number or a reference by its beginning; nothing for what holds no digit."""
    if len(whole) > _REFERENCE or not any(character.isdigit() for character in whole):
        return ()
    return tuple(Starts("whole", word, _FROM_START) for word in joined(whole))


def _or(clause: Clause, others: tuple[Clause, ...]) -> Clause:
    return Best((clause, *others), others=1.0) if others else clause


def _enough(count: int) -> int:
    """Return how many of so many words a letter must hold: both of two, all but one of four, then half."""
    if count <= 2:
        return count
    return count - 1 if count <= 4 else math.ceil(count / 2)


def _in_field(one: InField, *, strictly: bool = False) -> Clause:
    """All the words in the field; a misspelt one too, unless `strictly`, as nothing is excluded by likeness."""
    if one.field == "refs":
        parts = Group(must=tuple(Term("refs", token.exact, 4.0) for token in one.words))
        whole = "".join(token.exact for token in one.words)
        return parts if strictly or len(whole) > _REFERENCE else Best((parts, Starts("whole", whole, 8.0)), others=1.0)
    telling = [token for token in one.words if token.telling] or list(one.words)
    clauses: list[Clause] = []
    for token in telling:
        exact = Term(one.field, token.stem, 2.0)
        edits = 0 if strictly else tolerance(token.exact)
        clauses.append(Best((exact, Near(one.field, token.stem, edits, 0.3))) if edits else exact)
    return Group(must=tuple(clauses))


def _phrase(words: tuple[Token, ...]) -> Clause:
    if len(words) == 1:
        return Term("exact", words[0].exact)
    return Phrase("exact", tuple(token.exact for token in words))
