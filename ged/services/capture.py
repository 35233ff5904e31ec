"""Capture: an original that is durable in the vault becomes a registered letter, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any

from ged.clock import Clock
from ged.errors import GedError, Refused
from ged.mail.access import KEEPS_REGISTER, Actor, Post, Right, require
from ged.mail.custody import PAPER_DOORS
from ged.mail.electronic import Piece
from ged.mail.envelope import Cover, refuse_cover
from ged.mail.item import Direction, Letter, State
from ged.mail.journal import Act
from ged.mail.photo import PHOTO, SCANNER
from ged.mail.quarantine import Infected
from ged.mail.register import number_done, paper_instant
from ged.mail.said import Said
from ged.ports import Stored
from ged.services.enter import Numbered, Paper, arrive_again, begin_work, enter, numbered, take_number
from ged.services.hand_over import entered
from ged.services.quarantine import write_down
from ged.store.arrivals import ArrivalRecord
from ged.store.unit import Store, Unit


class Door(StrEnum):
    """How a letter came in."""

    UPLOAD = "televersement"
    FOLDER = "dossier_surveille"
    COMMAND = "commande"
    API = "api"
    MAIL = "courriel"
    PHOTO = PHOTO
    SCANNER = SCANNER
    TRANSFER = "versement"


@dataclass(frozen=True, slots=True)
class PaperUse:
    """A number set apart that was used on paper, and the minute that was written beside it."""

    block_id: str
    sequence: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Habit:
    """What the letters of one station have in common: `delivery` and `kind` by code, `said` for the history."""

    station: str
    said: str
    delivery: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a door knows of a file it has inspected: `media_type` by content, `filename` for display only.

    `received_on` is the day it was handed in, when that is not today: it is kept, and the number is today's.
    """

    door: Door
    filename: str
    media_type: str
    page_count: int
    direction: Direction = Direction.INCOMING
    received_on: date | None = None
    on_paper: PaperUse | None = None
    sealed: Cover | None = None
    habit: Habit | None = None
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender gets once the letter is durable; `again` when these bytes were registered before."""

    letter_id: str
    number: str
    page_count: int
    registered_at: datetime
    again: bool


def registering_post(actor: Actor, direction: Direction = Direction.INCOMING) -> Post:
    """Return the post by which an actor registers mail: a service registers internal notes, the registry all.

    Raises:
        Forbidden: `access.right`.
    """
    right = Right.CAPTURE_INTERNAL if direction is Direction.INTERNAL else Right.CAPTURE
    require(actor, right)
    return next(post for post in actor.posts if Actor(None, "", "", "", (post,)).has(right))


def open_directions(actor: Actor) -> tuple[Direction, ...]:
    """Return the registers in which an actor may enter mail.

    Raises:
        Forbidden: `access.right`, none.
    """
    require(actor, Right.CAPTURE_INTERNAL)
    return tuple(Direction) if actor.has(Right.CAPTURE) else (Direction.INTERNAL,)


def received_instant(received_on: date | None, now: datetime) -> datetime:
    """Return when a letter was received: now, or the start of an earlier day, whose hour nobody wrote down.

    Raises:
        Refused: `capture.received_later`.
    """
    if received_on is None or received_on == now.date():
        return now
    if received_on > now.date():
        raise Refused(
            "capture.received_later",
            "La date de réception est à venir. Rien n'a été enregistré : corrigez-la, puis envoyez de nouveau.",
        )
    return datetime.combine(received_on, time.min, UTC)


Beside = Callable[[Unit, Receipt], None]
"""What else stands with a letter: called in its transaction, once it is registered."""


_ENDED = (State.CANCELLED, State.DESTROYED)
"""A letter that stands so no longer answers for its bytes: the same, coming again, are another letter."""


def nothing_beside(_unit: Unit, _receipt: Receipt) -> None:
    """Leave the letter by itself."""


def capture(
    arrival: Arrival, stored: Stored, *, store: Store, actor: Actor, clock: Clock, beside: Beside = nothing_beside
) -> Receipt:
    """Register a letter: number, journal, index row and first jobs stand together when this returns.

    The same bytes again in the same register are a second arrival of one letter: no new number. Once that number
    is cancelled, or the letter destroyed, they take another.

    Raises:
        Forbidden: `access.right`.
        Refused: `capture.received_later`, `capture.again`, `register.closed`; of a number used on paper
            `register.paper_before`, `register.paper_later`, `register.paper_order`.
        NotFound: `register.no_block`.
        Conflict: `register.number_done`.
    """
    post = registering_post(actor, arrival.direction)
    now = clock()
    received_instant(arrival.received_on, now)
    if arrival.sealed is not None:
        refuse_cover(arrival.sealed)
    with store.unit() as unit:
        unit.arrivals.hold_digest(stored.digest)
        same = unit.letters.by_original(stored.digest, None, register_id=post.register_id)
        earlier = [one for one in same if one.direction is arrival.direction and one.state not in _ENDED]
        if arrival.sealed is not None:
            _refuse_stranger(unit, arrival.sealed, post, now.date())
        if earlier:
            _refuse_again(arrival, earlier[0])
            known, record = earlier[0], ArrivalRecord(arrival.door, arrival.filename, now, actor.login)
            arrive_again(unit, known, stored.digest, record, actor)
            receipt = Receipt(known.id, known.number, known.page_count, known.registered_at, again=True)
        else:
            receipt = _register(unit, arrival, stored, actor, now)
        beside(unit, receipt)
        unit.commit()
    return receipt


def _refuse_stranger(unit: Unit, cover: Cover, post: Post, today: date) -> None:
    seats = unit.organisation.seats(post.tenant_id, today)
    if all(seat.position.id != cover.position_id for seat in seats):
        raise Refused("envelope.no_addressee", "Ce destinataire n'existe pas. Choisissez-en un autre.", field="pour")


def _refuse_again(arrival: Arrival, earlier: Letter) -> None:
    """A file that is registered already takes no number set apart: the number goes on waiting."""
    if arrival.on_paper is not None or (arrival.sealed is not None and earlier.state is not State.RECEIVED):
        raise Refused(
            "capture.again",
            Said(
                "Ce fichier est déjà enregistré sous le numéro %(number)s. Rien n'a été changé : choisissez le bon "
                "fichier.",
                number=earlier.number,
            ),
        )


def _number(unit: Unit, arrival: Arrival, post: Post, now: datetime) -> Numbered:
    """Return the number of a letter: the next one, or one set apart that was used on paper."""
    register, used = unit.organisation.entity(post.register_id), arrival.on_paper
    if used is None:
        return take_number(unit, register, arrival.direction, now)
    block = unit.number_blocks.get(used.block_id, [post.register_id], lock=True)
    numbers = {one.sequence: one for one in unit.number_blocks.numbers(block.id)}
    if used.sequence not in numbers or numbers[used.sequence].done_at is not None:
        raise number_done()
    written = {one.sequence: one.registered_at for one in numbers.values() if one.registered_at is not None}
    at = paper_instant(block, used.sequence, used.at, written, now)
    return numbered(register, block.series, used.sequence, at)


def _register(unit: Unit, arrival: Arrival, stored: Stored, actor: Actor, now: datetime) -> Receipt:
    post = registering_post(actor, arrival.direction)
    used, sealed, habit = arrival.on_paper, arrival.sealed, arrival.habit
    taken = _number(unit, arrival, post, now)
    letter = enter(
        unit,
        taken,
        Paper(stored, arrival.media_type, arrival.page_count, arrival.filename, arrival.pieces),
        door=arrival.door,
        actor=actor,
        entered_at=now if used else None,
        received_at=taken.registered_at if used else received_instant(arrival.received_on, now),
        concerned=() if post.role in KEEPS_REGISTER else (post.entity_id,),  # a service goes on reading its note
        how={"station": habit.station, "delivery": habit.delivery, "reason": habit.said} if habit else {},
        **({"kind": habit.kind} if habit and habit.kind else {}),
        **(_on_cover(sealed) if sealed else {}),
    )
    if sealed is not None:
        unit.envelopes.add(letter.id, sealed, stored.digest)
    if used is not None:
        unit.number_blocks.enter(used.block_id, taken.sequence, letter.id, now, actor.name)
        unit.number_blocks.close_if_done(used.block_id, now)
    if arrival.door in PAPER_DOORS:
        unit.custody.add(entered(letter.id, post.entity_id, actor, taken.registered_at))
    begin_work(unit, letter)
    return Receipt(letter.id, letter.number, letter.page_count, taken.registered_at, again=False)


def _on_cover(sealed: Cover) -> dict[str, Any]:
    """Return what the cover of a sealed envelope says of the letter."""
    return {
        "state": State.RECEIVED,
        "confidentiality": sealed.nature.level,
        "position_id": sealed.position_id,
        "sender": sealed.sender.strip() or None,
        "sender_reference": sealed.reference.strip() or None,
    }


def record_refusal(error: GedError, *, door: Door, filename: str, store: Store, actor: Actor, clock: Clock) -> None:
    """Leave a trace of a file that was not taken: its name as given, and why; in quarantine, who brought it."""
    now = clock()
    with store.unit() as unit:
        unit.journal.write(
            now, Act.REFUSED, actor, door=door, filename=filename, code=error.code, reason=error.sentence
        )
        if isinstance(error, Infected):
            write_down(unit, error, filename, door, actor=actor, now=now)
        unit.commit()
