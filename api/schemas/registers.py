"""Registers on the wire: their lines, and the prints that are kept."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from pydantic import BaseModel, Field

from api.schemas.letters import LetterOut
from ged.mail.item import Direction
from ged.mail.register import Block
from ged.mail.register_book import RegisterClosing, RegisterLine, RegisterPage, RegisterPrint


class LineOut(BaseModel):
    """One number of a register; `letter` is null when the caller may not read it."""

    number: str
    sequence: int
    registered_at: datetime
    state: str
    reason: str
    second_numbers: list[str]
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
            second_numbers=[one.number for one in line.second],
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
    leaf_index: int | None

    @classmethod
    def of(cls, made: RegisterPrint) -> PrintOut:
        """Return a print on the wire."""
        return cls(**{name: value for name, value in asdict(made).items() if name in cls.model_fields})


class BlockOut(BaseModel):
    """Numbers set apart for paper, and how many of them wait."""

    id: str
    register_id: str
    direction: str
    year: int
    first: int
    last: int
    waiting: int
    reserved_at: datetime
    name: str
    reason: str
    closed_at: datetime | None

    @classmethod
    def of(cls, block: Block, waiting: int) -> BlockOut:
        """Return a block on the wire."""
        series = block.series
        return cls(
            id=block.id,
            register_id=series.register_id,
            direction=series.direction,
            year=series.year,
            first=block.first,
            last=block.last,
            waiting=waiting,
            reserved_at=block.reserved_at,
            name=block.name,
            reason=block.reason,
            closed_at=block.closed_at,
        )


class BlockIn(BaseModel):
    """Numbers asked for."""

    direction: Direction
    count: int
    reason: str = Field(max_length=500)


class CancelIn(BaseModel):
    """A number of a block that was never used; null for all that wait."""

    sequence: int | None = None
    reason: str = Field(max_length=500)


class YearIn(BaseModel):
    """A year to open, at its first number."""

    first: int = 1


class ClosingOut(BaseModel):
    """A year that was closed, its prints, and the head of the log of seals once they were in it."""

    register_id: str
    direction: str
    year: int
    closed_at: datetime
    name: str
    prints: list[str]
    head: str

    @classmethod
    def of(cls, made: RegisterClosing) -> ClosingOut:
        """Return a closing on the wire."""
        series = made.series
        return cls(
            register_id=series.register_id,
            direction=series.direction,
            year=series.year,
            closed_at=made.closed_at,
            name=made.name,
            prints=list(made.prints),
            head=made.head,
        )
