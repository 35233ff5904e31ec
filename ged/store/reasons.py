"""Reasons as columns of text keep them: JSON of the code and its values; a text that is none stands as it was said."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from ged.mail.reason import Reason, Value, Why, said

_START = '["'


def written(reasons: Iterable[Reason]) -> list[str]:
    """Return reasons as they are kept."""
    return [write_reason(each) for each in reasons]


def read(texts: Iterable[str]) -> tuple[Reason, ...]:
    """Return the reasons that were kept: sentences of before they had codes among them."""
    return tuple(read_reason(each) for each in texts)


def write_reason(reason: Reason) -> str:
    """Return a reason as it is kept; words that stand as they are, as these words."""
    if reason.why is Why.SAID and not (words := str(reason.values[0][1])).startswith(_START):
        return words
    return json.dumps(_plain(reason), ensure_ascii=False)


def read_reason(text: str) -> Reason:
    """Return the reason that was kept."""
    return _reason(json.loads(text)) if text.startswith(_START) else said(text)


def _plain(value: Value) -> Any:
    if isinstance(value, Reason):
        return [value.why, {name: _plain(each) for name, each in value.values}]
    return {"day": value.isoformat()} if isinstance(value, date) else value


def _reason(plain: Any) -> Reason:
    return Reason(Why(plain[0]), tuple((name, _value(each)) for name, each in plain[1].items()))


def _value(plain: Any) -> Value:
    if isinstance(plain, list):
        return _reason(plain)
    return date.fromisoformat(plain["day"]) if isinstance(plain, dict) else plain
