"""The acknowledgement of receipt (accusé de réception): it attests the receipt, not what will follow.

Its QR leads to a public page under a token of 128 random bits. The page confirms that the letter exists, its
number, its time, its page count and its digest; it never says from whom, to whom, or about what.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """One a letter, made the first time that somebody asks for it."""

    token: str
    letter_id: str
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class PublicReceipt:
    """What anybody who holds the token may know."""

    number: str
    registered_at: datetime
    page_count: int
    digest: str
    due_date: date | None
    office: str
    office_en: str
