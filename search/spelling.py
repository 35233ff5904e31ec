"""« Vouliez-vous dire » : the spelling that the letters found have of a word that was typed otherwise.

It is taken from the hits that the asker may read, and from nothing else: a suggestion tells nothing of other letters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from ged.mail.folding import near_words
from search.french import read_word, tokens, tolerance
from search.lexicon import LEXICON
from search.likeness import Likeness
from search.plan import taken_apart

_MISREAD = 5
"""A form that stands more than so many times less often than another may be that other, badly read."""


def respelt(text: str, read: Iterable[Sequence[str]], likeness: Likeness, unasked: Collection[str] = ()) -> str | None:
    """Return what was typed with each word that no hit holds spelt as hits spell its nearest; None when none is.

    Of two that are as near, the one that stands there more often.

    Args:
        text: As typed; exclusions and numbers are left alone.
        read: Texts of the hits, each as its words: subjects, names, pages; looked at where something is to be spelt.
        likeness: Of the words of those texts with what was typed.
        unasked: What was typed and is not looked for, folded (`search.wanted.unasked`): it is left alone.
    """
    typed = taken_apart(text)
    left_out = [*typed.excluded, *(one.words for one in typed.excluded_fields)]
    excluded = {token.exact for words in left_out for token in words}.union(unasked)
    missing = [token for token in tokens(text) if tolerance(token.exact) and token.exact not in excluded]
    spelt_so = LEXICON.holding(likeness.written, [token.stem for token in missing])
    stems = {token.stem for word in spelt_so for token in read_word(word)}
    missing = [token for token in missing if token.stem not in stems]
    near = [(token, likeness.near(token.exact)) for token in missing]
    held = {word for _, alike in near for word in alike}
    if not held:
        return None
    wanted = set[str]().union(*(exacts for _, alike in near for exacts in alike.values()))
    counted = Counter[str]()
    spelt: dict[str, str] = {}
    for word, count in Counter(word for words in read for word in words if word in held).items():
        for token in read_word(word):
            if token.exact in wanted:
                counted[token.exact] += count
                spelt.setdefault(token.exact, word[token.start : token.end])
    better = text
    for token, alike in reversed(near):  # from the end: the places before stay true
        if found := set[str]().union(*alike.values()) & counted.keys():
            often = sorted(found, key=lambda form: (counted[form], form), reverse=True)
            read_well = [form for form in often if _MISREAD * counted[form] >= counted[often[0]]]
            best = near_words(token.exact, read_well, tolerance(token.exact))[0]
            better = better[: token.start] + spelt[best] + better[token.end :]
    return better if better != text else None
