"""Registers on the wire: their lines, and the prints that are kept."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from pydantic import BaseModel

from api.schemas.letters import LetterOut
from ged.mail.register_book import RegisterLine, RegisterPage, RegisterPrint


class LineOut(BaseModel):
    """One number of a register; `letter` is null when the caller may not read it."""

    number: str
    sequence: int
    registered_at: datetime
    state: str
    reason: str
    letter: LetterOut | None

    @classmethod
    def of(cls, line: RegisterLine) -> LineOut:
        """Return a line on the wire."""
        entry = line.entry
        return cls(
            number=entry.number,
            sequence=entry.sequence,
            registered_at=entry.registered_at,
            state=entry.state,
            reason=line.reason,
            letter=LetterOut.of(line.row.letter) if line.row else None,
        )


class RegisterOut(BaseModel):
    """Some lines of a register in number order, and how many there are in all."""

    total: int
    lines: list[LineOut]

    @classmethod
    def of(cls, page: RegisterPage) -> RegisterOut:
        """Return a page of a register on the wire."""
        return cls(total=page.total, lines=[LineOut.of(line) for line in page.lines])


class PrintOut(BaseModel):
    """A print that is kept, under its digest."""

    id: str
    register_id: str
    direction: str
    since: date
    until: date
    first_number: str
    last_number: str
    line_count: int
    printed_at: datetime
    name: str
    sha256: str
    size: int

    @classmethod
    def of(cls, made: RegisterPrint) -> PrintOut:
        """Return a print on the wire."""
        return cls(**{name: value for name, value in asdict(made).items() if name in cls.model_fields})
