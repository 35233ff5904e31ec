"""What a task says, as data alone: the house reads it by the type that the task's function promises, and runs nothing.

A task that was taken over can lie within that type, no more: nothing in its answer is code, and none of it is endless.
An answer is one letter, that says which sort it is of, then MessagePack.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec
import numpy as np

from ged.errors import Corrupt, GedError, Refused, Unavailable
from ged.mail.said import Said, read
from ingest.confined.bounds import Stopped, Unforeseen, Why

Given = TypeVar("Given")
_VALUE, _ERROR, _UNFORESEEN, _MEMORY = b"v", b"e", b"u", b"m"
_KINDS: dict[str, type[GedError]] = {kind.kind: kind for kind in (Refused, Unavailable, Corrupt)}
_CODE = re.compile(r"[a-z_]{1,40}\.[a-z_]{1,60}")
_SENTENCE_LENGTH, _SAID_LENGTH = 500, 2000
_REFUSED_MEMORY = ("Insufficient memory", "bad_alloc")
"""How libraries in C++ say that memory was refused."""
_OWN = frozenset({"code", "kind", "retryable", "sentence", "self"})


_Apart = tuple[str, dict[str, str | int | tuple[str, dict[str, str | int]]]]
"""A `Said` as its sentence and values: one within another and no more, so that short parts make no endless text."""


@dataclass(frozen=True, slots=True)
class _Error:
    kind: str
    code: str
    sentence: str | _Apart
    diagnostics: dict[str, str] = field(default_factory=dict)


def answer_of(act: Callable[..., object], arguments: Sequence[Any]) -> tuple[bytes, bytes]:
    """Return what an act gives, or raises: which sort of answer, and the answer."""
    try:
        return _VALUE, msgspec.msgpack.encode(act(*arguments), enc_hook=_written)
    except GedError as error:
        facts = {name: str(value)[:_SAID_LENGTH] for name, value in error.diagnostics().items() if name not in _OWN}
        return _ERROR, msgspec.msgpack.encode(_Error(error.kind, error.code, _apart(error.sentence), facts))
    except MemoryError:
        return _MEMORY, b""
    except Exception as error:  # noqa: BLE001 - whatever it is, it must cross
        if any(word in str(error) for word in _REFUSED_MEMORY):
            return _MEMORY, b""
        return _UNFORESEEN, msgspec.msgpack.encode(f"{type(error).__name__}: {error}"[:_SAID_LENGTH])


def value_of(answer: bytes, act: Callable[..., Given]) -> Given:
    """Return the value that an answer carries, of the type that the act's annotation promises.

    Raises:
        Refused, Unavailable, Corrupt: the act raised it.
        Unforeseen: the act raised something else.
        Stopped: memory was refused to it, or the answer is no such value.
    """
    sort, said = answer[:1], memoryview(answer)[1:]
    try:
        if sort == _VALUE:
            given: Given = msgspec.msgpack.decode(said, type=get_type_hints(act)["return"], dec_hook=_read)
            return given
        if sort == _ERROR:
            raise _error(msgspec.msgpack.decode(said, type=_Error))
        if sort == _UNFORESEEN:
            raise Unforeseen(msgspec.msgpack.decode(said, type=str)[:_SAID_LENGTH])
    except (msgspec.DecodeError, RecursionError, UnicodeError, ValueError, TypeError, KeyError) as error:
        raise Stopped(Why.CRASH) from error
    raise Stopped(Why.MEMORY if sort == _MEMORY else Why.CRASH)


def _error(found: _Error) -> GedError:
    kind = _KINDS.get(found.kind)
    if kind is None or not _CODE.fullmatch(found.code):
        raise Stopped(Why.CRASH)
    facts = {name: value for name, value in found.diagnostics.items() if name.isidentifier() and name not in _OWN}
    return kind(found.code, _together(found.sentence), **facts)


def _together(found: str | _Apart) -> str:
    if isinstance(found, str):
        return found[:_SENTENCE_LENGTH]
    parts = [found[0], *found[1].values()]
    parts += [part for each in parts if isinstance(each, tuple) for part in (each[0], *each[1].values())]
    if any(isinstance(part, str) and len(part) > _SENTENCE_LENGTH for part in parts):
        raise Stopped(Why.CRASH)
    said: str = read(found)
    return said if len(said) <= _SENTENCE_LENGTH else said[:_SENTENCE_LENGTH]


def _apart(text: str, within: int = 2) -> Any:
    """Return a sentence as data."""
    if not isinstance(text, Said) or not within:
        return text[:_SENTENCE_LENGTH]
    values = {name: _apart(each, within - 1) if isinstance(each, str) else each for name, each in text.values.items()}
    return text.sentence, values


def _written(value: object) -> object:
    if isinstance(value, str):  # a `Said` within a value: what it says crosses
        return str(value)
    if isinstance(value, np.ndarray):
        return [value.dtype.str, list(value.shape), value.tobytes()]
    message = f"{type(value).__name__} does not cross the walls"
    raise NotImplementedError(message)


def _read(wanted: Any, value: Any) -> object:
    """Return an array of the numbers that its type names: what an answer calls them is compared, never looked up."""
    if get_origin(wanted) is np.ndarray:
        (number,) = get_args(get_args(wanted)[1])
        kind, shape, data = msgspec.convert(value, tuple[str, list[int], bytes])
        if kind != np.dtype(number).str:
            message = f"{wanted} is promised"
            raise ValueError(message)
        return np.frombuffer(data, number).reshape(shape).copy()
    message = f"{wanted} does not cross the walls"
    raise NotImplementedError(message)
