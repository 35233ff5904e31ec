"""Entering a letter in a register, in the caller's transaction: first its number, then the letter that bears it.

The number's row stays locked between the two, so that what bears it can be laid out and signed meanwhile.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from ged.mail.access import Actor
from ged.mail.electronic import Piece
from ged.mail.item import Confidentiality, Direction, Letter, Priority, Reading, Sealing, State
from ged.mail.journal import Act
from ged.mail.organisation import Entity
from ged.mail.register import Series, format_number
from ged.ports import Stored
from ged.services.beside import told_digest
from ged.store.arrivals import ArrivalRecord
from ged.store.unit import Unit


@dataclass(frozen=True, slots=True)
class Numbered:
    """A number that was taken, and by which register."""

    register: Entity
    series: Series
    sequence: int
    number: str
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class Paper:
    """The file that bears the number: durable in the vault, inspected, and what it holds, as durable."""

    stored: Stored
    media_type: str
    page_count: int
    filename: str
    pieces: tuple[Piece, ...] = ()


def register_of(entity_id: str, unit: Unit) -> Entity:
    """Return the entity whose registers another works in: its own, or the nearest above within its tenant."""
    entity = unit.organisation.entity(entity_id)
    while not entity.keeps_register and entity.parent_id is not None and entity.id != entity.tenant_id:
        entity = unit.organisation.entity(entity.parent_id)
    return entity


def take_number(unit: Unit, register: Entity, direction: Direction, now: datetime) -> Numbered:
    """Take the next number of a register; it is given back, without a hole, if the transaction is undone."""
    series = Series(register.id, direction, now.year)
    sequence, registered_at = unit.registers.take(series, now)
    return numbered(register, series, sequence, registered_at)


def numbered(register: Entity, series: Series, sequence: int, registered_at: datetime) -> Numbered:
    """Return a number of a register's series as it is written."""
    number = format_number(register.number_pattern, series, sequence, acronym=register.acronym)
    return Numbered(register, series, sequence, number, registered_at)


def enter(
    unit: Unit,
    taken: Numbered,
    paper: Paper,
    *,
    door: str,
    actor: Actor,
    entered_at: datetime | None = None,
    how: Mapping[str, str] = MappingProxyType({}),
    **known: Any,
) -> Letter:
    """Add the letter that bears a number, with the fields that are known of it; it is journaled and indexed.

    `entered_at` is when that is done, for a number that was used on paper before; `how` is what the journal says
    beside the door. The letter's seal and its reading
    are asked for by `begin_work`, once its original is the one that stays.
    """
    at = taken.registered_at if entered_at is None else entered_at
    fields: dict[str, Any] = {
        "id": secrets.token_urlsafe(16),
        "tenant_id": taken.register.tenant_id,
        "register_id": taken.register.id,
        "direction": taken.series.direction,
        "year": taken.series.year,
        "sequence": taken.sequence,
        "number": taken.number,
        "state": State.TO_QUALIFY,
        "confidentiality": Confidentiality.INTERNAL,
        "priority": Priority.NORMAL,
        "revision": 1,
        "received_at": taken.registered_at,
        "registered_at": taken.registered_at,
        "page_count": paper.page_count,
        "original": paper.stored.digest,
        "original_size": paper.stored.size,
        "media_type": paper.media_type,
        "filename": paper.filename,
        "reading": Reading.PENDING,
        "sealing": Sealing.PENDING,
        "concerned": (),
        "held": False,
    }
    nothing: dict[str, Any] = dict.fromkeys(name for name in Letter.__slots__ if name not in fields)
    letter = Letter(**(nothing | fields | known))
    unit.arrivals.know(paper.stored, paper.media_type, at)
    unit.letters.add(letter)
    _add_pieces(unit, letter.id, paper, at)
    unit.arrivals.add(letter.id, paper.stored.digest, ArrivalRecord(door, paper.filename, at, actor.login))
    unit.journal.write(
        at,
        Act.CAPTURED,
        actor,
        letter.id,
        number=letter.number,
        door=door,
        pages=letter.page_count,
        **told_digest(letter.original, letter.confidentiality),
        **how,
    )
    unit.outbox.add(letter.id, at)
    return letter


def arrive_again(unit: Unit, letter: Letter, digest: str, record: ArrivalRecord, actor: Actor) -> None:
    """Write that the bytes of a letter came in once more: the number stays the one it has."""
    unit.arrivals.add(letter.id, digest, record)
    unit.journal.write(
        record.received_at, Act.ARRIVED_AGAIN, actor, letter.id, door=record.door, filename=record.filename
    )


def replace_original(unit: Unit, letter: Letter, paper: Paper, now: datetime, **changes: Any) -> Letter:
    """Give a letter another original, which is still to be sealed and read; `begin_work` asks for that."""
    unit.arrivals.know(paper.stored, paper.media_type, now)
    _add_pieces(unit, letter.id, paper, now)
    unit.outbox.add(letter.id, now)
    return unit.letters.change(
        letter,
        original=paper.stored.digest,
        original_size=paper.stored.size,
        media_type=paper.media_type,
        page_count=paper.page_count,
        filename=paper.filename,
        reading=Reading.PENDING,
        reading_error=None,
        sealing=Sealing.PENDING,
        **changes,
    )


def _add_pieces(unit: Unit, letter_id: str, paper: Paper, at: datetime) -> None:
    for each in paper.pieces:
        unit.arrivals.know(Stored(each.digest, each.size, "", existed=True), each.media_type, at)
    unit.electronic.add_pieces([replace(each, letter_id=letter_id) for each in paper.pieces])


def begin_work(unit: Unit, letter: Letter) -> None:
    """Ask for the seal and the reading of a letter, once the transaction is committed."""
    unit.queue.defer("seal", letter_id=letter.id)
    unit.queue.defer("advance", letter_id=letter.id)
