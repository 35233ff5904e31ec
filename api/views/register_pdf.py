"""A register as the PDF/A that is kept."""

from __future__ import annotations

from api.prints import ARCHIVED, print_pdf
from api.views.words import REGISTERS
from ged.mail.register_book import RegisterSheet


def register_pdf(sheet: RegisterSheet, language: str) -> bytes:
    """Return a register as the PDF/A that is kept: tagged, its fonts in it, nothing attached."""
    title, _ = REGISTERS[sheet.direction]
    return print_pdf("prints/register.html", language, variant=ARCHIVED, sheet=sheet, title=title)
