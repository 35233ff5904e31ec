"""What a letter that leaves is read with: its sendings, its annexes, its sheets, how long what it answers waited."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO

from ged.clock import Clock
from ged.errors import NotFound
from ged.mail.access import Actor
from ged.mail.annex import Annex
from ged.mail.dispatch import DispatchSlip, Sending
from ged.mail.item import Direction, Letter, State
from ged.mail.journal import Act
from ged.mail.links import LinkKind
from ged.mail.message import Message
from ged.mail.organisation import Entity
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
    """What belongs to a letter that leaves; empty for one that came in, but for its annexes."""

    sendings: tuple[Sending, ...] = ()
    annexes: tuple[Annex, ...] = ()
    messages: tuple[Message, ...] = ()
    partners: tuple[Entity, ...] = ()
    waited: tuple[Waited, ...] = ()


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One line of a bordereau d'envoi: the letter, and how many files go with it."""

    letter: Letter
    pieces: int


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
        return DepartureFile(
            sendings, annexes, messages, partners(unit, letter.tenant_id), _waited(unit, letter, actor, clock)
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
        found = next((each for each in unit.annexes.of(letter.id) if each.id == annex_id), None)
        if found is None:
            raise NotFound("annex.unknown", "Ce courrier n'a pas cette annexe. Rechargez la page.")
        unit.journal.write(clock(), Act.ORIGINAL_READ, actor, letter.id, annex=found.label)
        unit.commit()
    return letter, found, vault.open(found.digest)


def slip_sheet(slip_id: str, *, store: Store, actor: Actor) -> tuple[DispatchSlip, Entity, tuple[SlipLine, ...]]:
    """Return a bordereau d'envoi, the office that made it, and its lines that the actor may read.

    Raises:
        NotFound: `slip.unknown`, there is none, or nothing on it is open to the actor.
    """
    with store.unit() as unit:
        slip = unit.sendings.slip(slip_id)
        lines: list[SlipLine] = []
        for each in unit.sendings.on_slip(slip_id) if slip else ():
            try:
                letter = unit.letters.get(each.letter_id, actor.tokens())
            except NotFound:
                continue
            lines.append(SlipLine(letter, 1 + sum(one.sending_id is None for one in unit.annexes.of(letter.id))))
        if slip is None or not lines:
            raise NotFound("slip.unknown", "Aucun bordereau ne porte ce code. Vérifiez l'adresse, ou le papier.")
        return slip, unit.organisation.entity(lines[0].letter.tenant_id), tuple(lines)
