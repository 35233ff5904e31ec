"""Values in one line: a letter and a page, with what a test does not care about filled in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ged.mail.item import Confidentiality, Direction, Letter, Priority, Reading, Sealing, State
from ged.mail.page import Box, Page, TextSource, Word

_LETTER = Letter(
    id="letter",
    tenant_id="MME",
    register_id="MME",
    direction=Direction.INCOMING,
    year=2026,
    sequence=1,
    number="ARR-2026-000001",
    state=State.TO_QUALIFY,
    confidentiality=Confidentiality.INTERNAL,
    priority=Priority.NORMAL,
    revision=1,
    received_at=datetime(2026, 3, 2, 9, 42, tzinfo=UTC),
    registered_at=datetime(2026, 3, 2, 9, 42, tzinfo=UTC),
    kind=None,
    service_id=None,
    position_id=None,
    concerned=(),
    subject=None,
    sender=None,
    recipient=None,
    sender_reference=None,
    letter_date=None,
    due_date=None,
    delay_days=None,
    suspended_on=None,
    closed_on=None,
    page_count=1,
    original="0" * 64,
    original_size=1,
    media_type="application/pdf",
    filename="lettre.pdf",
    reading=Reading.READY,
    reading_error=None,
    sealing=Sealing.SEALED,
    held=False,
)


def a_letter(**changes: Any) -> Letter:
    return replace(_LETTER, **changes)


def a_page(text: str, number: int = 1) -> Page:
    """Return a page whose lines are those of a text, words side by side in equal boxes."""
    words = []
    lines = text.splitlines()
    for row, line in enumerate(lines):
        parts = line.split()
        for column, part in enumerate(parts):
            box = Box(column / len(parts), row / len(lines), (column + 0.9) / len(parts), (row + 0.8) / len(lines))
            words.append(Word(part, box, 0.95, row))
    return Page(
        number=number,
        width_px=1654,
        height_px=2339,
        resolution_dpi=200.0,
        rotation_deg=0,
        skew_deg=0.0,
        source=TextSource.OCR if words else TextSource.BLANK,
        confidence=0.95,
        engine="essai 1",
        words=tuple(words),
    )
