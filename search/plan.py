"""From what a person typed to a tree of clauses that each engine only has to translate.

The rights of the asker become a filter here, and nowhere else: no engine can be asked without it.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from ged.mail.folding import fold
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


def name_of(text: str) -> str:
    """Return a name or a value as it is compared: lower case, without accents, with straight apostrophes."""
    return fold(text.replace("’", "'")).replace("º", "°")


def taken_apart(text: str) -> Typed:
    """Return what was typed as chunks, phrases, fields and exclusions; an odd quote is a space, never an error."""
    chunks, phrases, excluded, raw = [], [], [], []
    fields: list[InField] = []
    excluded_fields: list[InField] = []
    for piece in PIECE.finditer(text):
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


def plan(query: Query, readers: frozenset[str]) -> Plan:
    """Return the plan of a query for an asker who holds these tokens."""
    filters: list[Filter] = [AnyOf("readers", tuple(sorted(readers)))]
    for name, values in (
        ("direction", query.directions),
        ("state", query.states),
        ("kind", query.kinds),
        ("service", query.services),
        ("id", query.among),
    ):
        if values:
            filters.append(AnyOf(name, tuple(str(value) for value in values)))
    if query.since or query.until:
        bounds = [int(f"{day:%Y%m%d}") if day else None for day in (query.since, query.until)]
        filters.append(Between("day", *bounds))
    clause = _clause(taken_apart(query.text))
    if query.begins:
        begun = Starts("exact", query.begins, 1.0)
        clause = begun if clause is None else Group(must=(clause, begun))
    if query.like:
        alike = tuple(Best((Term("subject", word, 2.0), Term("body", word))) for word in query.like)
        clause = Group(should=alike, at_least=math.ceil(len(alike) * _ALIKE))
    return Plan(clause, tuple(filters))


def _clause(typed: Typed) -> Clause | None:
    must: list[Clause] = [_phrase(phrase) for phrase in typed.phrases]
    must += [_in_field(one) for one in typed.fields]
    never: list[Clause] = [_phrase(words) for words in typed.excluded]
    never += [_in_field(one, strictly=True) for one in typed.excluded_fields]
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


def _in_field(one: InField, *, strictly: bool = False) -> Clause:
    """All the words in the field; a misspelt one too, unless `strictly`: nothing is excluded by likeness."""
    if one.field == "refs":
        parts = Group(must=tuple(Term("refs", token.exact, 4.0) for token in one.words))
        whole = "".join(token.exact for token in one.words)
        return parts if strictly else Best((parts, Starts("whole", whole, 8.0)), others=1.0)
    telling = [token for token in one.words if not token.small] or list(one.words)
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
