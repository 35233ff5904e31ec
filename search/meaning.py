"""What letters mean, as vectors: a model puts letters and questions into numbers, near where they say one thing.

A vector is made apart from the index, by whoever has time (`Meanings.make`), and kept in the store beside the digest
of the words that it was made of: a rebuild makes none again, and no letter waits for a model to be found by its words.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Mapping, Sequence
from typing import Protocol

from ged.clock import Clock
from ged.mail.item import Letter, State
from ged.mail.page import Page, PageWords
from ged.store.changes import Changes, Entry
from ged.store.unit import Store

Vector = tuple[float, ...]
_SAID = 400
"""Of the text of a letter, so many characters are put into numbers: what it is about is said at its head, and the time
that a model takes grows with them."""
_AT_ONCE = 16
_SUBJECT = re.compile(r"\b(?:objet|subject|re)\s*:\s*", re.IGNORECASE)


class Meaning(Protocol):
    """A model. Its methods raise `Unavailable` (`search.meaning`) when it does not answer."""

    @property
    def name(self) -> str:
        """The model's: vectors of two models do not compare."""
        ...

    @property
    def size(self) -> int:
        """How many numbers a vector has."""
        ...

    @property
    def least(self) -> float:
        """The cosine from which two texts are said to be near; each model has its own."""
        ...

    def of_letters(self, texts: Sequence[str]) -> list[Vector]:
        """Return the vector of each text, of length 1."""
        ...

    def of_question(self, text: str) -> Vector:
        """Return the vector of what a person typed, of length 1."""
        ...


class Meanings:
    """The vectors of letters, as the store keeps them for one model."""

    def __init__(self, model: Meaning, store: Store, clock: Clock) -> None:
        self._model, self._store, self._clock = model, store, clock

    def known(self, entries: Sequence[Entry]) -> dict[str, Vector]:
        """Return the vectors of letters, by letter, of what they say today; the other letters wait for theirs."""
        words = {one.id: _digest(said(one, pages)) for one, pages in entries if isinstance(one, Letter)}
        if not words:
            return {}
        with self._store.unit() as unit:
            found = unit.meanings.known(self._model.name, words)
            unit.commit()
        return {letter_id: tuple(array("f", vector)) for letter_id, vector in found.items()}

    def make(self) -> int:
        """Make the vectors of a few letters that wait, and have them indexed; return how many.

        Raises:
            Unavailable: `search.meaning`; they wait on.
        """
        with self._store.unit() as unit:
            waiting = unit.meanings.waiting(self._model.name, _AT_ONCE)
        entries = Changes(self._store).current(waiting)
        texts = {one.id: said(one, pages) for one, pages in entries if isinstance(one, Letter)}
        texts = {letter_id: text for letter_id, text in texts.items() if text}
        vectors = self._model.of_letters(list(texts.values())) if texts else []
        made = {
            letter_id: (_digest(text), array("f", vector).tobytes())
            for (letter_id, text), vector in zip(texts.items(), vectors, strict=True)
        }
        with self._store.unit() as unit:
            kept = unit.meanings.keep(self._model.name, made)
            unit.meanings.drop(set(waiting) - set(texts))
            for letter_id in kept:
                unit.outbox.add(letter_id, self._clock())
            unit.commit()
        return len(waiting)


def said(letter: Letter, pages: Sequence[Page | PageWords]) -> str:
    """Return what a letter's vector is made of: its subject, and the text from there on; "" once it was destroyed.

    What stands above the subject says who writes to whom: most letters of an office have it alike.
    """
    if letter.state is State.DESTROYED:
        return ""
    text = " ".join(" ".join(page.text for page in pages[:2]).split())
    told = _SUBJECT.split(text, maxsplit=1)[-1]
    return ". ".join(filter(None, [letter.subject or "", told]))[:_SAID]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


NO_VECTORS: Mapping[str, Vector] = {}
"""Of an installation without a model."""
