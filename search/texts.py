"""What letters say, searched as whole texts: of five thousand words of a page of hits few hold one of a query.

Those few are read (`search.french.read_word`), and no other. A text is folded a byte a character, so that what is found
in it stands at the same place in the text; whatever does not fold to one letter of Latin-1 is a byte of doubt, and a
word with one is always read.
"""

from __future__ import annotations

import codecs
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

from ged.mail.folding import fold
from ged.mail.page import WORD_END, Page, PageText, PageWords, ended

Read = Page | PageText | PageWords
"""A page whose words are looked at: their boxes are not needed."""
_END, _DOUBT = WORD_END.encode(), b"\0"
_MARKS = frozenset("‘’‚“”„–—…•€™")
"""Frequent, and no part of a word."""


def _other(error: UnicodeError) -> tuple[str, int]:
    """Stand for what Latin-1 lacks, a character for each."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join("'" if each in _MARKS else "\0" for each in lacking), error.end


_LATIN = "ged.latin"
codecs.register_error(_LATIN, _other)


def _folded(code: int) -> int:
    folded = fold(chr(code))
    return ord(folded) if len(folded) == 1 and ord(folded) < 256 else 0


_FOLDED = bytes(map(_folded, range(256)))
_PARTED = bytes(code if chr(code).isalnum() or not code else 32 for code in range(256))


class Texts:
    """What some pages say, one after the other.

    Attributes:
        text: Their words, an end behind each but the last.
        pages: The pages; none for words that stand on none.
        bounds: Where each page begins in the text and where it ends.
    """

    __slots__ = ("_folded", "bounds", "pages", "text")

    def __init__(self, text: str, pages: Sequence[Read] = (), bounds: Sequence[tuple[int, int]] = ()) -> None:
        self.text, self.pages, self.bounds = text, pages, bounds
        self._folded = text.encode("latin-1", _LATIN).translate(_FOLDED)

    @classmethod
    def of_pages(cls, pages: Sequence[Read]) -> Texts:
        """Return what pages say."""
        texts = [page.ended if isinstance(page, PageText) else ended(page.said) for page in pages]
        ends = accumulate(len(each) + 1 for each in texts)
        return cls(
            WORD_END.join(texts), pages, [(end - 1 - len(each), end - 1) for each, end in zip(texts, ends, strict=True)]
        )

    @classmethod
    def of_words(cls, words: Sequence[str]) -> Texts:
        """Return words that stand on no page."""
        return cls(ended(words))

    def may_hold(self, forms: Iterable[bytes]) -> bool:
        """Whether each of these forms may stand in it."""
        return all(map(self._folded.__contains__, forms)) or _DOUBT in self._folded

    def holding(self, begins: Collection[bytes]) -> dict[int, str]:
        """Return the words that may hold a word that begins so, by their places in the text, in order."""
        folded, text, found = self._folded, self.text, dict[int, str]()
        find, last_end, length = folded.find, folded.rfind, len(text)
        if _DOUBT in folded:
            begins = (*begins, _DOUBT)
        for begin in begins:
            at = find(begin)
            while at >= 0:
                start = last_end(_END, 0, at) + 1
                end = find(_END, at)
                if end < 0:
                    end = length
                found[start] = text[start:end]
                at = find(begin, end)
        return dict(sorted(found.items())) if len(begins) > 1 else found

    def words_around(self, page: int, start: int, before: int, after: int) -> list[str]:
        """Return so many words before that which begins at a place of a page, and so many from it on, if it has them.

        Pages count from 0, in their order here.
        """
        begin, end = self.bounds[page]
        words = self.text[begin:start].rsplit(WORD_END, before + 1)[-1 - before : -1]
        return words + self.text[start:end].split(WORD_END, after)[:after]

    def words_from(self, start: int, end: int) -> Iterator[tuple[int, str]]:
        """Give the words from a place on, as far as to an end, each with its own place."""
        while start < end:
            stop = self.text.find(WORD_END, start, end)
            stop = end if stop < 0 else stop
            yield start, self.text[start:stop]
            start = stop + 1

    def count_words(self, start: int, end: int) -> int:
        """Return how many words end between two places."""
        return self._folded.count(_END, start, end)

    def words(self) -> tuple[set[str], set[str]]:
        """Return its words, folded and in their parts, and as written those that have to be read for it."""
        parts = set(self._folded.translate(_PARTED).decode("latin-1").split())
        return parts, set(self.holding([]).values())


@lru_cache(maxsize=10_000)
def begin_of(stem: str) -> bytes:
    """Return how each word begins, folded, that has a stem: a « l » at its end may stand for another letter."""
    begin = stem[:-1] if stem.endswith("l") and stem.isalpha() and len(stem) > 1 else stem
    return form_of(begin)


def form_of(exact: str) -> bytes:
    """Return how a folded word stands in what is folded here; one that has other letters is among what is in doubt."""
    return exact.encode("latin-1", _LATIN)
