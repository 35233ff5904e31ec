"""A French text that remembers of which sentence and values it was made, so that it can be told in another language."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any, Self

Value = str | int
"""What stands in a sentence: a number, words that stand as they are, or a `Said` that is told in its turn."""
_SOUND = re.compile(r"(?:[^%]|%%|%\(\w+\)s)*")


class Said(str):
    """A French text made of a sentence with `%(name)s` in it and its values; a sentence without values stands as it is.

    Everything that reads texts reads it as the French that it is; who shows it in another language asks `tell`.
    """

    __slots__ = ("sentence", "values")
    sentence: str
    values: dict[str, Value]

    def __new__(cls, sentence: str, **values: Value) -> Self:
        """Put a text together."""
        made = super().__new__(cls, sentence % values if values else sentence)
        made.sentence, made.values = sentence, values
        return made


def tell(text: str, say: Callable[[str], str]) -> str:
    """Return a text in a language, by what gives its sentences; what was not made of one is asked for whole."""
    if not isinstance(text, Said):
        return say(text) if text else ""
    values = {name: tell(each, say) if isinstance(each, Said) else each for name, each in text.values.items()}
    return say(text.sentence) % values if values else say(text.sentence)


def joined(texts: Iterable[str], by: str) -> str:
    """Return one or more texts as one; `by` is the sentence of two of them, `%(one)s et %(other)s`."""
    return reduce(lambda one, other: Said(by, one=one, other=other), texts)


def plain(text: str) -> Any:
    """Return a text as JSON values: itself, or, of a `Said`, its sentence and values."""
    if not isinstance(text, Said):
        return text
    values = {name: plain(each) if isinstance(each, str) else each for name, each in text.values.items()}
    return [text.sentence, values]


def read(values: Any) -> Any:
    """Return the text that these values are the plain form of.

    Raises:
        ValueError: they are of none: a width in a placeholder, say, would make a text without end.
    """
    if not isinstance(values, list | tuple):
        return values
    sentence, parts = values
    if parts and not _SOUND.fullmatch(sentence):
        raise ValueError(sentence)
    return Said(sentence, **{name: read(each) for name, each in parts.items()})


def kept(text: str) -> str:
    """Return a text as a column of texts keeps it: one made of values as JSON, any other as it is."""
    if text.startswith("[") or (isinstance(text, Said) and text.values):
        return json.dumps(plain(text if isinstance(text, Said) else Said(text)), ensure_ascii=False)
    return str(text)


def recalled(text: str) -> str:
    """Return the text that a column keeps so; what is no such JSON stands as it is."""
    if not text.startswith("["):
        return text
    try:
        found: str = read(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError):
        return text
    return found


def said_by(error: Exception) -> str:
    """Return what an error says, as it was put together."""
    said = error.args[0] if len(error.args) == 1 else None
    return said if isinstance(said, Said) else str(error)
