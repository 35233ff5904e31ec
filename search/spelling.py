"""« Vouliez-vous dire » : the spelling that the letters found have of a word that was typed otherwise.

It is taken from the hits that the asker may read, and from nothing else: a suggestion tells nothing of other letters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ged.mail.folding import within
from search.french import tokens, tolerance
from search.plan import taken_apart


def respelt(text: str, read: Iterable[str]) -> str | None:
    """Return what was typed with each word that no hit holds spelt as most hits spell its nearest; None when none is.

    Args:
        text: As typed; exclusions and numbers are left alone.
        read: Texts of the hits: subjects, names, pages.
    """
    typed = taken_apart(text)
    excluded = {token.exact for words in typed.excluded for token in words}
    asked = [token for token in tokens(text) if tolerance(token.exact) and token.exact not in excluded]
    if not asked:
        return None
    stems: set[str] = set()
    written: dict[str, str] = {}
    counted = Counter[str]()
    for each in read:
        for token in tokens(each):
            stems.add(token.stem)
            counted[token.exact] += 1
            written.setdefault(token.exact, each[token.start : token.end])
    better = text
    for token in reversed(asked):  # from the end: the places before stay true
        if token.stem in stems:
            continue
        near = [word for word in counted if within(token.exact, word, tolerance(token.exact))]
        if near:
            best = max(near, key=lambda word: (counted[word], word))
            better = better[: token.start] + written[best] + better[token.end :]
    return better if better != text else None
