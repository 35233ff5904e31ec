"""What is looked for, thing by thing: a word, a reference, a name known by another; and where each may stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from search.clauses import Best, Clause, Group, Near, Phrase, Sure, Term
from search.damaged import by_grams
from search.french import JOINING, Token, tolerance
from search.port import Reach
from search.synonyms import Synonyms

_PLACES = (("subject", 1.4), ("sender", 1.3), ("recipient", 1.1), ("body", 2.0))
"""Fields of stems, and how much a word there says of what the letter is about."""
_KEPT = 2.0
_SHORT_NAME = 4
_PAIR, _PART_OF_NAME = 2, 0.3
"""Of more than a pair of words, more than half count for the name, a little, where something else is looked for."""
_MOST = 40
"""Of a pasted page, so many different things are looked for."""
_QUESTION, _AT_LEAST = 5, 2
"""So many words are a question, whose chatter is not looked for when at least so many others are left."""
# fmt: off
CHATTER = frozenset(
    [
        "affaire", "afin", "ai", "ainsi", "alors", "apres", "aussi", "autre", "autres", "avait", "avant", "besoin",
        "bien", "bonjour", "bonsoir", "cela", "celle", "celui", "chez", "cherche", "chercher", "cherchons", "chose",
        "combien", "comment", "concernant", "concerne", "cote", "courrier", "courriers", "crois", "croit", "deja",
        "depuis", "dire", "dit", "doit", "doivent", "donne", "donnee", "donner", "dossier", "dossiers", "ecrit",
        "ecrite", "encore", "entre", "envoie", "envoye", "envoyee", "etaient", "etait", "faire", "faite", "faites",
        "faut", "fut", "ici", "jamais", "lequel", "laquelle", "lettre", "lettres", "lors", "maintenant", "meme",
        "merci", "objet", "occupe", "ont", "parle", "parlent", "parler", "part", "peut", "peuvent", "piece",
        "pieces", "plait", "pourquoi", "pouvez", "pouvons", "pres", "propos", "quand", "quelle", "quelque",
        "quelques", "question", "quoi", "recevoir", "recherche", "recherchons", "recu", "recue", "recus", "relatif",
        "relative", "repondu", "retrouver", "retrouvez", "reponse", "sais", "savoir", "selon", "signale",
        "signalee", "suite", "suivante", "sujet", "suis", "toujours", "tous", "tout", "toute", "toutes", "trouver",
        "trouve", "vers", "veut", "veux", "voici", "voila", "voir", "voudrais", "voudrait", "voulais", "zone",
        "about", "any", "can", "concerning", "did", "do", "does", "find", "have", "letter", "letters", "looking",
        "please", "what", "when", "where", "which", "who", "with", "you",
    ]  # folded, as tokens are
)
# fmt: on
"""Words by which one asks, rather than what one asks for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing looked for: `score` says how well it fits, `sure` finds it as written, `like` by likeness as well.

    Attributes:
        found: Finds all that `score` does, be it in a reference alone, where words keep their endings. Each clause that
            is near walks through the words of the index: it has the widest alone.
    """

    score: Clause
    sure: Clause
    like: Clause
    found: Clause


class Thing(NamedTuple):
    """One thing that was typed: a word, a reference in its parts, or a name with the others of the same thing."""

    words: tuple[Token, ...]
    others: tuple[tuple[Token, ...], ...]


@lru_cache(maxsize=500)
def things(chunks: tuple[tuple[Token, ...], ...], synonyms: Synonyms) -> tuple[Thing, ...]:
    """Return what is looked for, each once, as it was typed; chatter left out. A search asks it four times."""
    found: dict[tuple[tuple[str, str, bool], ...], Thing] = {}  # by all that a thing depends on, whatever its place
    at = 0
    flat = [token for chunk in chunks for token in chunk]
    while at < len(flat):
        length, others = synonyms.at(flat, at)
        chunk = _chunk_at(chunks, at)
        if not others:
            length = len(chunk) if len(chunk) > 1 and any(token.numeric for token in chunk) else 1
        one = Thing(tuple(flat[at : at + length]), others)
        if length > 1 or others or flat[at].telling:
            found.setdefault(tuple((token.exact, token.kept, token.small) for token in one.words), one)
        at += length
    every = tuple(found.values())[:_MOST]
    kept = tuple(one for one in every if len(one.words) > 1 or one.others or one.words[0].exact not in CHATTER)
    return kept if len(every) >= _QUESTION and len(kept) >= _AT_LEAST else every


def wanted(chunks: tuple[tuple[Token, ...], ...], synonyms: Synonyms, reach: Reach) -> list[Wanted]:
    """Return how each thing is looked for."""
    count = sum(map(len, chunks))
    return [_wanted(one, reach, alone=len(one.words) == count) for one in things(chunks, synonyms)]


def _wanted(one: Thing, reach: Reach, *, alone: bool) -> Wanted:
    if one.others:
        return _known(one.words, one.others, reach, partly=bool(reach) and not alone)
    if len(one.words) > 1:
        return _reference(one.words, reach)
    (word,) = one.words
    return _damaged(_word(word, reach), word) if reach is Reach.DAMAGED else _word(word, reach)


def unasked(chunks: tuple[tuple[Token, ...], ...], synonyms: Synonyms) -> set[str]:
    """Return the telling words that are typed and not looked for, folded: chatter, and what is beyond the most."""
    asked = {token.exact for one in things(chunks, synonyms) for token in one.words}
    return {token.exact for chunk in chunks for token in chunk if token.telling} - asked


def _chunk_at(chunks: Sequence[tuple[Token, ...]], at: int) -> tuple[Token, ...]:
    """Return the chunk that begins with the token of this place; () where none begins."""
    for chunk in chunks:
        if at == 0:
            return chunk
        at -= len(chunk)
        if at < 0:
            break
    return ()


def _reference(chunk: tuple[Token, ...], reach: Reach) -> Wanted:
    """A number or reference: its parts must all be there, in whatever order."""
    parts = [_word(token, reach) for token in chunk]
    near = Phrase("exact", tuple(token.exact for token in chunk), 2.0)
    sure = Group(must=tuple(part.sure for part in parts))
    found = Group(must=tuple(part.found for part in parts))
    return Wanted(Group(must=tuple(part.score for part in parts), should=(near,)), sure, sure, found)


def _known(typed: Sequence[Token], others: tuple[tuple[Token, ...], ...], reach: Reach, *, partly: bool) -> Wanted:
    """Words that are one name of something: found by each of its other names as well, `partly` by most of one."""
    own = [_word(token, reach) for token in typed if token.telling]
    names: list[Clause] = [Group(must=tuple(one.score for one in own))] if own else []
    sure: list[Clause] = [Group(must=tuple(one.sure for one in own))] if own else []
    wide: list[Clause] = [Group(must=tuple(one.found for one in own))] if own else []
    if partly and len(own) > 1:
        names.append(most := _part(own))
        wide.append(most)
    for other in others:
        if len(other) == 1:
            one = _word(other[0], reach)
            names.append(one.score)
            sure.append(one.sure)
            wide.append(one.found)
        else:
            whole = Phrase("exact", tuple(token.exact for token in other))
            names.append(replace(whole, boost=0.5))
            sure.append(whole)
            part = [_word(token, Reach.WRITTEN) for token in other if token.telling]
            wide.append(whole)
            if partly and len(part) > _PAIR:
                names.append(most := _part(part))
                wide.append(most)
    found = Best(tuple(sure))
    return Wanted(Best(tuple(names), others=0.0), found, found, Best(tuple(wide)))


def _part(name: Sequence[Wanted]) -> Sure:
    """Most words of a name, one of a pair: reading spoilt the others, or somebody said them otherwise."""
    most = len(name) // 2 + (len(name) > _PAIR)
    return Sure(Group(should=tuple(one.like for one in name), at_least=most), _PART_OF_NAME)


def _word(token: Token, reach: Reach) -> Wanted:
    """One word: the letter's text holds its stem or its second form; where that stands says how well it fits."""
    forms = [form for form in ("" if token.small else token.stem, token.kept) if form] or [token.exact]
    sure: list[Clause] = [Term("body", form) for form in forms]
    places: list[Clause] = []
    for form in forms:
        weight = _KEPT if form == token.kept else 1.0
        places += [Term(field, form, weight * boost) for field, boost in _PLACES]
    part = Term("refs", token.exact, 4.0 if token.numeric else 1.5)
    places.append(part)
    if not token.small:
        places.append(Term("exact", token.exact, 0.5))
    near = [Near("exact", token.exact, edits, score) for edits, score in _likeness(token)] if reach else []
    places += near
    like = [*sure, *near[-1:]]  # the widest holds the others; each costs a walk through the words of the index
    named = len(token.exact) == _SHORT_NAME and token.exact.isalpha() and not token.small
    found: list[Clause] = [*like, part]
    if reach and (tolerance(token.exact) or named):
        places.append(sender := Near("sender", token.stem, 1, 1.0))
        found.append(sender)
    if token.exact in JOINING and not token.small:
        found.append(Term("exact", token.exact))  # where it may only join two clauses, it has no stem
    return Wanted(Best(tuple(places)), Best(tuple(sure)), Best(tuple(like)), Best(tuple(found)))


def _damaged(one: Wanted, token: Token) -> Wanted:
    """The same word, or what reading left of it."""
    left = by_grams(token)
    if left is None:
        return one
    score, like, found = Best((one.score, left), others=0.0), Best((one.like, left)), Best((one.found, left))
    return replace(one, score=score, like=like, found=found)


def _likeness(token: Token) -> list[tuple[int, float]]:
    """Return within how many edits a word is looked for, and what that is worth: the nearer the more."""
    return [(edits, score) for edits, score in ((1, 0.6), (2, 0.3)) if edits <= tolerance(token.exact)]
