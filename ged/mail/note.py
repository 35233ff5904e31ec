"""Notes: what people write beside a letter, for all its readers or for themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Note:
    """One note; a private one is shown to its author alone."""

    id: str
    letter_id: str
    at: datetime
    login: str
    name: str
    private: bool
    text: str
