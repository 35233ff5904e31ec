"""Hours as French readers type them."""

from __future__ import annotations

import re

_HOUR = re.compile(r"(\d{1,2})\s*(?:[h:.]\s*(\d{2})?)?\s*(?:min)?", re.IGNORECASE)


def parse_hour(text: str) -> tuple[int, int] | None:
    """Return (hour, minute) of `9h42`, `9 h 42`, `09:42`, `9h`, `0942`; None when it is none."""
    plain = text.strip()
    if re.fullmatch(r"\d{4}", plain):
        plain = f"{plain[:2]}:{plain[2:]}"
    found = _HOUR.fullmatch(plain)
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return (hour, minute) if hour < 24 and minute < 60 else None
