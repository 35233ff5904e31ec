"""« Vouliez-vous dire » : the spelling that the letters found have of a word that was typed otherwise.

It is taken from the hits that the asker may read, and from nothing else: a suggestion tells nothing of other letters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ged.mail.folding import near_words
from search.french import read_word, stems_of, tokens, tolerance, words_in
from search.plan import taken_apart


def respelt(text: str, read: Sequence[str]) -> str | None:
    """Return what was typed with each word that no hit holds spelt as most hits spell its nearest; None when none is.

    Args:
        text: As typed; exclusions and numbers are left alone.
        read: Texts of the hits: subjects, names, pages.
    """
    typed = taken_apart(text)
    left_out = [*typed.excluded, *(one.words for one in typed.excluded_fields)]
    excluded = {token.exact for words in left_out for token in words}
    missing = [token for token in tokens(text) if tolerance(token.exact) and token.exact not in excluded]
    for each in read:
        if not missing:  # nearly always after the first hit
            return None
        stems = set(stems_of(each))
        missing = [token for token in missing if token.stem not in stems]
    written: dict[str, str] = {}
    counted = Counter[str]()
    spelt = Counter(word for each in read for word in words_in(each)) if missing else {}
    for word, count in spelt.items():
        for token in read_word(word):
            counted[token.exact] += count
            written.setdefault(token.exact, word[token.start : token.end])
    better = text
    for token in reversed(missing):  # from the end: the places before stay true
        near = near_words(token.exact, counted, tolerance(token.exact))
        if near:
            best = max(near, key=lambda word: (counted[word], word))
            better = better[: token.start] + written[best] + better[token.end :]
    return better if better != text else None
