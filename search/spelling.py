"""« Vouliez-vous dire » : the spelling that the letters found have of a word that was typed otherwise.

It is taken from the hits that the asker may read, and from nothing else: a suggestion tells nothing of other letters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from ged.mail.folding import near_words
from search.french import read_word, tokens, tolerance
from search.likeness import Likeness
from search.plan import taken_apart

_MISREAD = 5
"""A form that stands more than so many times less often than another may be that other, badly read."""


def respelt(text: str, likeness: Likeness, unasked: Collection[str] = ()) -> str | None:
    """Return what was typed with each word that no hit holds spelt as hits spell its nearest; None when none is.

    Of two that are as near, the one that stands there more often.

    Args:
        text: As typed; exclusions and numbers are left alone.
        likeness: Of the words of the hits, their subjects, names and pages, with what was typed.
        unasked: What was typed and is not looked for, folded (`search.wanted.unasked`): it is left alone.
    """
    typed = taken_apart(text)
    left_out = [*typed.excluded, *(one.words for one in typed.excluded_fields)]
    excluded = {token.exact for words in left_out for token in words}.union(unasked)
    missing = [token for token in tokens(text) if tolerance(token.exact) and token.exact not in excluded]
    standing = likeness.standing({token.stem for token in missing})
    near = [(token, likeness.near(token.exact)) for token in missing if token.stem not in standing]
    wanted = set[str]().union(*(alike.exacts for _, alike in near))
    if not wanted:
        return None
    counted = Counter[str]()
    spelt: dict[str, str] = {}
    for word in likeness.words(wanted):
        for token in read_word(word):
            if token.exact in wanted:
                counted[token.exact] += 1
                spelt.setdefault(token.exact, word[token.start : token.end])
    better = text
    for token, alike in reversed(near):  # from the end: the places before stay true
        if found := alike.exacts & counted.keys():
            often = sorted(found, key=lambda form: (counted[form], form), reverse=True)
            read_well = [form for form in often if _MISREAD * counted[form] >= counted[often[0]]]
            best = near_words(token.exact, read_well, tolerance(token.exact))[0]
            better = better[: token.start] + spelt[best] + better[token.end :]
    return better if better != text else None
