"""From what a person typed to a tree of clauses that each engine only has to translate.

The rights of the asker become a filter here, and nowhere else: no engine can be asked without it.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from search.french import Token, joined, tokens, tolerance
from search.port import Query


@dataclass(frozen=True, slots=True)
class Term:
    """The field holds exactly this word."""

    field: str
    word: str
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Near:
    """The field holds a word within some edits of this one; it scores `boost`, whatever the word."""

    field: str
    word: str
    edits: int
    boost: float


@dataclass(frozen=True, slots=True)
class Starts:
    """A value of the field starts with this; it scores `boost`."""

    field: str
    beginning: str
    boost: float


@dataclass(frozen=True, slots=True)
class Phrase:
    """The field holds these words one after the other."""

    field: str
    words: tuple[str, ...]
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Best:
    """Any of these; the best one counts, the others a little."""

    clauses: tuple[Clause, ...]
    others: float = 0.2


@dataclass(frozen=True, slots=True)
class Group:
    """All of `must`, none of `never`, at least so many of `should`; scores add up."""

    must: tuple[Clause, ...] = ()
    should: tuple[Clause, ...] = ()
    never: tuple[Clause, ...] = ()
    at_least: int = 0


Clause = Term | Near | Starts | Phrase | Best | Group


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The field holds one of these values; with none, nothing passes."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """The number is within bounds, both in; None is no bound."""

    field: str
    low: int | None
    high: int | None


Filter = AnyOf | Between


@dataclass(frozen=True, slots=True)
class Plan:
    """What an engine is asked: filters that do not score, and a clause that does (None: everything that passes)."""

    clause: Clause | None
    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed, taken apart: chunks of loose words, exact phrases, exclusions."""

    chunks: tuple[tuple[Token, ...], ...]
    phrases: tuple[tuple[Token, ...], ...]
    excluded: tuple[tuple[Token, ...], ...]
    raw: tuple[str, ...]


_PIECE = re.compile(r'(?P<minus>(?<!\S)-)?(?:["«“](?P<phrase>[^"»”]*)["»”]|(?P<word>[^\s"«“]+))')


def taken_apart(text: str) -> Typed:
    """Return what was typed as chunks, phrases and exclusions; an odd quote is a space, never an error."""
    chunks, phrases, excluded, raw = [], [], [], []
    for piece in _PIECE.finditer(text):
        found = tuple(tokens(piece["phrase"] or piece["word"] or ""))
        if not found:
            continue
        if piece["minus"]:
            excluded.append(found)
        elif piece["phrase"] is not None:
            phrases.append(found)
        else:
            chunks.append(found)
            raw.append(piece["word"])
    return Typed(tuple(chunks), tuple(phrases), tuple(excluded), tuple(raw))


def plan(query: Query, readers: frozenset[str]) -> Plan:
    """Return the plan of a query for an asker who holds these tokens."""
    filters: list[Filter] = [AnyOf("readers", tuple(sorted(readers)))]
    for name, values in (
        ("direction", query.directions),
        ("state", query.states),
        ("kind", query.kinds),
        ("service", query.services),
    ):
        if values:
            filters.append(AnyOf(name, tuple(str(value) for value in values)))
    if query.since or query.until:
        bounds = [int(f"{day:%Y%m%d}") if day else None for day in (query.since, query.until)]
        filters.append(Between("day", *bounds))
    return Plan(_clause(taken_apart(query.text)), tuple(filters))


def _clause(typed: Typed) -> Clause | None:
    must: list[Clause] = [_phrase(phrase) for phrase in typed.phrases]
    never: list[Clause] = [_phrase(words) for words in typed.excluded]
    loose = [token for chunk in typed.chunks for token in chunk]
    telling = [token for token in loose if not token.small]
    words: list[Clause] = [_chunk(chunk) for chunk in typed.chunks if any(not token.small for token in chunk)]
    if not telling:  # only small words: look for them as they are
        words = [Term("exact", token.exact) for token in loose]
    if words:
        must.append(_some(words, loose, typed.raw))
    if not must and not never:
        return None
    return Group(must=tuple(must), never=tuple(never))


def _some(words: list[Clause], loose: list[Token], raw: tuple[str, ...]) -> Clause:
    """Enough of the words; all of them as a phrase count more, and so does a number typed from its beginning."""
    extra: list[Clause] = []
    if 2 <= len(loose) <= 8:
        extra.append(Phrase("exact", tuple(token.exact for token in loose), 2.0))
    enough = Group(must=(Group(should=tuple(words), at_least=_enough(len(words))),), should=tuple(extra))
    whole = "".join(raw)
    if any(character.isdigit() for character in whole):
        return Best((enough, *(Starts("whole", word, 8.0) for word in joined(whole))), others=1.0)
    return enough


def _enough(count: int) -> int:
    """Return how many of so many words a letter must hold: both of two, all but one of four, then half."""
    if count <= 2:
        return count
    return count - 1 if count <= 4 else math.ceil(count / 2)


def _chunk(chunk: tuple[Token, ...]) -> Clause:
    """One typed piece: a word, or a reference whose parts must all be there, in whatever order."""
    clauses = tuple(_word(token) for token in chunk if not token.small or len(chunk) > 1)
    if len(clauses) == 1:
        return clauses[0]
    return Group(must=clauses, should=(Phrase("exact", tuple(token.exact for token in chunk), 2.0),))


def _word(token: Token) -> Clause:
    clauses: list[Clause] = [
        Term("subject", token.stem, 3.0),
        Term("sender", token.stem, 2.0),
        Term("recipient", token.stem, 1.2),
        Term("body", token.stem),
        Term("exact", token.exact, 0.5),
        Term("refs", token.exact, 4.0),
    ]
    edits = tolerance(token.exact)
    if edits:
        clauses.append(Near("exact", token.exact, edits, 0.3))
    return Best(tuple(clauses))


def _phrase(words: tuple[Token, ...]) -> Clause:
    if len(words) == 1:
        return Term("exact", words[0].exact)
    return Phrase("exact", tuple(token.exact for token in words))
