"""Filing: document kinds (natures) and the retention rules they follow.

The rules are data of the tenant; what they imply for one letter is `retention.fate`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Disposition(StrEnum):
    """Final disposition (sort final)."""

    KEEP = "conservation"
    SAMPLE = "tri"
    TRANSFER = "versement"
    DESTROY = "elimination"


class Start(StrEnum):
    """From what the retention period (DUA) runs."""

    LETTER_DATE = "date_courrier"
    RECEPTION = "reception"
    CLOSING = "cloture"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """One line of the retention schedule (tableau de gestion).

    Attributes:
        term_years: The retention period (DUA), in whole years.
        basis: Why: the text or the decision that sets the term, shown to whoever asks.
    """

    code: str
    label: str
    term_years: int
    start: Start
    disposition: Disposition
    basis: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A document kind (nature), the retention rule that its letters follow, and words by which one knows them."""

    code: str
    label_fr: str
    label_en: str
    rule: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold (gel): it wins over every rule while it stands."""

    reason: str
    placed_by: str
    placed_on: date
