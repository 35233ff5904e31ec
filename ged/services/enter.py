"""Entering a letter in a register, in the caller's transaction: first its number, then the letter that bears it.

The number's row stays locked between the two, so that what bears it can be laid out and signed meanwhile.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ged.mail.access import Actor
from ged.mail.item import Confidentiality, Direction, Letter, Priority, Reading, Sealing, State
from ged.mail.journal import Act
from ged.mail.organisation import Entity
from ged.mail.register import Series, format_number
from ged.ports import Stored
from ged.services.name_parties import name_parties
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
    """The file that bears the number: durable in the vault, inspected."""

    stored: Stored
    media_type: str
    page_count: int
    filename: str


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
    number = format_number(register.number_pattern, series, sequence, acronym=register.acronym)
    return Numbered(register, series, sequence, number, registered_at)


def enter(unit: Unit, numbered: Numbered, paper: Paper, *, door: str, actor: Actor, **known: Any) -> Letter:
    """Add the letter that bears a number, with the fields that are known of it; it is journaled and indexed.

    Its seal and its reading are asked for by `begin_work`, once its original is the one that stays.
    """
    at = numbered.registered_at
    fields: dict[str, Any] = {
        "id": secrets.token_urlsafe(16),
        "tenant_id": numbered.register.tenant_id,
        "register_id": numbered.register.id,
        "direction": numbered.series.direction,
        "year": numbered.series.year,
        "sequence": numbered.sequence,
        "number": numbered.number,
        "state": State.TO_QUALIFY,
        "confidentiality": Confidentiality.INTERNAL,
        "priority": Priority.NORMAL,
        "revision": 1,
        "received_at": at,
        "registered_at": at,
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
    name_parties(unit, letter, actor, at)
    unit.arrivals.add(letter.id, paper.stored.digest, ArrivalRecord(door, paper.filename, at, actor.login))
    unit.journal.write(
        at,
        Act.CAPTURED,
        actor,
        letter.id,
        number=letter.number,
        door=door,
        sha256=letter.original,
        pages=letter.page_count,
    )
    unit.outbox.add(letter.id, at)
    return letter


def begin_work(unit: Unit, letter: Letter) -> None:
    """Ask for the seal and the reading of a letter, once the transaction is committed."""
    unit.queue.defer("seal", letter_id=letter.id)
    unit.queue.defer("advance", letter_id=letter.id)
