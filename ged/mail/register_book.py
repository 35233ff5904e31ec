"""The register as a book: which lines are read, what each shows to whom, and the prints that are kept of it.

Whoever keeps or audits a register sees every number of it: a book with hidden lines would look like a book with
holes. What a line says beyond its number, its day and its state is for those who may read the letter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from ged.mail.access import KEEPS_REGISTER, SEES_TENANT, Actor
from ged.mail.item import Confidentiality, Direction
from ged.mail.listing import ListedLetter
from ged.mail.organisation import Entity
from ged.mail.register import Series
from ged.mail.register_check import SeriesReport
from ged.mail.second_number import SecondNumber


@dataclass(frozen=True, slots=True)
class RegisterQuery:
    """What is read of a register; `since` and `until` are registration days, both in.

    `number` is a number, whole or in part, or its sequence alone; `state` is a code of `State`, or `numero_reserve` for
    numbers set apart that wait; "" reads every line.
    """

    register_id: str
    direction: Direction
    since: date | None = None
    until: date | None = None
    year: int | None = None
    number: str = ""
    state: str = ""
    newest_first: bool = True


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One number that was given: to a letter, or set apart for paper.

    Attributes:
        registered_at: Of a number that no letter has taken: when it was set apart.
        state: The letter's; of a number without one `annule`, or `numero_reserve` while it waits.
        letter_id: None for a number that no letter has taken.
        reason: Why a number without a letter was set apart, or cancelled.
        entered_at: When a number set apart was entered from paper, or cancelled.
    """

    sequence: int
    number: str
    registered_at: datetime
    state: str
    letter_id: str | None
    reason: str
    entered_at: datetime | None


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One line as somebody reads it: `row` is None for a letter that is not theirs to read, and where there is none."""

    entry: RegisterEntry
    row: ListedLetter | None
    reason: str
    second: tuple[SecondNumber, ...] = ()

    @property
    def hidden(self) -> bool:
        """Whether there is a letter behind this line that the reader may not read."""
        return self.row is None and self.entry.letter_id is not None


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """Some lines of a register, and how many answer in all."""

    lines: tuple[RegisterLine, ...]
    total: int


@dataclass(frozen=True, slots=True)
class ClosingStatement:
    """What a closing print says beside its lines: what was checked, and the log's head before it.

    A year of many lines is printed in several volumes; each says which it is, `volume` of `volumes`.
    """

    report: SeriesReport
    log_size: int
    log_root: str
    volume: int
    volumes: int


@dataclass(frozen=True, slots=True)
class RegisterSheet:
    """What a print is made from: `reference` is on each of its pages, `acronyms` are those of the services."""

    reference: str
    office: Entity
    direction: Direction
    since: date
    until: date
    lines: tuple[RegisterLine, ...]
    acronyms: dict[str, str]
    printed_at: datetime
    printed_by: str
    closing: ClosingStatement | None = None


@dataclass(frozen=True, slots=True)
class RegisterPrint:
    """A print that is kept, byte for byte.

    Attributes:
        level: The narrowest confidentiality of what it shows: who is not cleared for it does not get it.
        sha256: Of the PDF, which the vault keeps under it.
        leaf_index: Where a closing print stands in the log of seals; None for the others.
    """

    id: str
    register_id: str
    direction: Direction
    since: date
    until: date
    first_number: str
    last_number: str
    line_count: int
    level: Confidentiality
    printed_at: datetime
    login: str
    name: str
    sha256: str
    size: int
    leaf_index: int | None = None


@dataclass(frozen=True, slots=True)
class RegisterClosing:
    """A year that was closed: by whom, its prints by id, and the log's signed head once they were logged."""

    series: Series
    closed_at: datetime
    login: str
    name: str
    prints: tuple[str, ...]
    head: str


@dataclass(frozen=True, slots=True)
class BlockNumber:
    """One number of a block: entered as a letter, cancelled for a reason, or waiting while `done_at` is None."""

    sequence: int
    number: str
    letter_id: str | None
    registered_at: datetime | None
    done_at: datetime | None
    done_by: str | None
    reason: str | None


def open_registers(actor: Actor, entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Return the entities whose registers somebody may open: those they keep, and all of a tenant they audit."""
    kept = {post.register_id for post in actor.posts if post.role in KEEPS_REGISTER}
    tenants = {post.tenant_id for post in actor.posts if post.role in SEES_TENANT}
    return tuple(one for one in entities if one.keeps_register and (one.id in kept or one.tenant_id in tenants))


def level_of(lines: Iterable[RegisterLine]) -> Confidentiality:
    """Return the narrowest level that lines show; `INTERNAL` at least, since a register is no public paper."""
    shown = (line.row.letter.confidentiality for line in lines if line.row is not None)
    return max((Confidentiality.INTERNAL, *shown), key=lambda level: level.rank)
