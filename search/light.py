"""Where on a letter the words of a query stand: what is lit on the page image, and the lines to show under a hit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ged.mail.folding import within
from ged.mail.page import Page, Word
from search.french import Token, tokens, tolerance
from search.plan import taken_apart

_AROUND = 14
"""Words shown on each side of the best place."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of a page: pieces of text in order, each lit or not."""

    page: int
    pieces: tuple[tuple[str, bool], ...]


class Light:
    """The words of one query, ready to be found on pages."""

    def __init__(self, text: str) -> None:
        typed = taken_apart(text)
        loose = [token for chunk in typed.chunks for token in chunk]
        loose += [token for one in typed.fields for token in one.words]
        telling = [token for token in loose if not token.small] or loose
        self._words = list({token.exact: token for token in telling}.values())
        self._phrases = [tuple(token.exact for token in phrase) for phrase in typed.phrases]

    def on(self, pages: Sequence[Page]) -> dict[int, tuple[int, ...]]:
        """Return for each page number the positions of its lit words.

        A misspelt word lights its neighbours only where nothing is spelt as it was typed.
        """
        read = {page.number: [tokens(word.text) for word in page.words] for page in pages}
        seen = [token for page in read.values() for word in page for token in word]
        stems, near = set(), []
        for word in self._words:
            if any(_same(word, token) for token in seen):
                stems.add(word.stem)
            elif tolerance(word.exact):
                near.append(word)
        lit: dict[int, tuple[int, ...]] = {}
        for number, words in read.items():
            found = {at for at, word in enumerate(words) if any(_lit(token, stems, near) for token in word)}
            found.update(self._phrase_places(words))
            if found:
                lit[number] = tuple(sorted(found))
        return lit

    def passage(self, pages: Sequence[Page]) -> Passage | None:
        """Return the passage where most different words of the query stand together; None when none does."""
        lit = self.on(pages)
        best: tuple[int, Page, int] | None = None
        for page in pages:
            places = lit.get(page.number, ())
            for place in places:
                close = {_key(page.words[other]) for other in places if 0 <= other - place <= _AROUND}
                if best is None or len(close) > best[0]:
                    best = (len(close), page, place)
        if best is None:
            return None
        _, page, place = best
        return Passage(page.number, _pieces(page, max(0, place - _AROUND // 2), place + 2 * _AROUND, lit[page.number]))

    def _phrase_places(self, words: list[list[Token]]) -> set[int]:
        flat = [(token.exact, at) for at, word in enumerate(words) for token in word]
        found: set[int] = set()
        for phrase in self._phrases:
            for start in range(len(flat) - len(phrase) + 1):
                stretch = flat[start : start + len(phrase)]
                if tuple(exact for exact, _ in stretch) == phrase:
                    found.update(at for _, at in stretch)
        return found


def _same(typed: Token, read: Token) -> bool:
    return read.stem == typed.stem


def _lit(token: Token, stems: set[str], near: list[Token]) -> bool:
    if token.stem in stems:
        return not token.small or token.exact in stems
    return any(within(word.exact, token.exact, tolerance(word.exact)) for word in near)


def _key(word: Word) -> str:
    return " ".join(token.stem for token in tokens(word.text))


def _pieces(page: Page, start: int, end: int, lit: tuple[int, ...]) -> tuple[tuple[str, bool], ...]:
    pieces: list[tuple[str, bool]] = []
    for at, word in enumerate(page.words[start:end], start):
        shines = at in lit
        if pieces and pieces[-1][1] == shines:
            pieces[-1] = (f"{pieces[-1][0]} {word.text}", shines)
        else:
            pieces.append((word.text, shines))
    return tuple(pieces)
