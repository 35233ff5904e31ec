"""What a letter that leaves is read with: its sendings, its annexes, its sheets, how long what it answers waited."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import BinaryIO

from ged.clock import Clock
from ged.errors import NotFound
from ged.mail.access import Actor
from ged.mail.annex import Annex
from ged.mail.dispatch import Sending
from ged.mail.disposal import refuse_destroyed
from ged.mail.item import Direction, Letter, State
from ged.mail.journal import Act
from ged.mail.links import LinkKind
from ged.mail.message import Message
from ged.mail.organisation import Entity
from ged.mail.transmittal import scope_of
from ged.ports import Vault
from ged.services.exchange import partners
from ged.store.unit import Store, Unit


@dataclass(frozen=True, slots=True)
class Waited:
    """How long a letter that is answered waited, in working days, and how many it might."""

    number: str
    working_days: int
    allowed: int | None


@dataclass(frozen=True, slots=True)
class DepartureFile:
    """What belongs to a letter that leaves; empty for one that came in, but for its annexes.

    `sheets` gives the number of each bordereau d'envoi that the reader may see, by id.
    """

    sendings: tuple[Sending, ...] = ()
    annexes: tuple[Annex, ...] = ()
    messages: tuple[Message, ...] = ()
    partners: tuple[Entity, ...] = ()
    waited: tuple[Waited, ...] = ()
    sheets: Mapping[str, str] = field(default_factory=dict)


def departure_file(letter_id: str, *, store: Store, actor: Actor, clock: Clock) -> DepartureFile:
    """Return what belongs to a letter that leaves.

    Raises:
        NotFound: `letter.unknown`.
    """
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        annexes = unit.annexes.of(letter.id)
        if letter.direction is Direction.INCOMING:
            return DepartureFile(annexes=annexes)
        sendings = unit.sendings.of(letter.id)
        messages = tuple(unit.messages.get(each.message_id) for each in sendings if each.message_id)
        sheet_ids = [each.transmittal_id for each in sendings if each.transmittal_id]
        sheets = unit.transmittals.numbers(sheet_ids, scope_of(actor))
        return DepartureFile(
            sendings, annexes, messages, partners(unit, letter.tenant_id), _waited(unit, letter, actor, clock), sheets
        )


def _waited(unit: Unit, letter: Letter, actor: Actor, clock: Clock) -> tuple[Waited, ...]:
    """A reply is late or in time on the day it left, or today while it has not."""
    calendar = unit.organisation.calendar(letter.tenant_id)
    ended = letter.closed_on if letter.state is State.DISPATCHED and letter.closed_on else clock().date()
    found = []
    for link in unit.links.of(letter.id, actor.tokens()):
        if link.kind is LinkKind.ANSWERS and link.forward:
            asked = unit.letters.get(link.letter_id, actor.tokens())
            days = calendar.between(asked.registered_at.date(), ended)
            found.append(Waited(asked.number, days, unit.organisation.delay(asked.priority)))
    return tuple(found)


def open_annex(
    letter_id: str, annex_id: str, *, store: Store, vault: Vault, actor: Actor, clock: Clock
) -> tuple[Letter, Annex, AbstractContextManager[BinaryIO]]:
    """Open an annex of a letter, byte for byte, and write in the journal that it was read.

    Raises:
        NotFound: `letter.unknown`, `annex.unknown`.
    """
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        refuse_destroyed(letter)
        found = next((each for each in unit.annexes.of(letter.id) if each.id == annex_id), None)
        if found is None:
            raise NotFound("annex.unknown", "Ce courrier n'a pas cette annexe. Rechargez la page.")
        unit.journal.write(clock(), Act.ORIGINAL_READ, actor, letter.id, annex=found.label)
        unit.commit()
    return letter, found, vault.open(found.digest)
