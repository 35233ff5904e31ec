"""E-mail in: a message becomes a letter with its pieces and its answer, or is attached to what it answers."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ged.clock import Clock
from ged.errors import Conflict, Refused
from ged.mail.access import SYSTEM, Actor, Right, require
from ged.mail.acknowledgement import Acknowledgement
from ged.mail.electronic import MailArrival, MailFacts, NoReceipt, Piece, Returned, ReturnKind, SetAside, no_receipt
from ged.mail.item import Priority
from ged.mail.journal import Act
from ged.mail.message import MessageState, Purpose, check_address
from ged.mail.organisation import Entity
from ged.mail.said import Said
from ged.ports import Stored
from ged.services.capture import Arrival, Beside, Receipt, capture
from ged.services.mail_answers import MEDIA_TYPE, Came, answered, came_back, kind_of
from ged.services.post import hand_over, tell_author
from ged.store.unit import Store, Unit


@dataclass(frozen=True, slots=True)
class ReceiptLetter:
    """What an acknowledgement by e-mail says; `due` is the day that the usual delay leads to."""

    number: str
    registered_at: datetime
    pieces: tuple[Piece, ...]
    office: Entity
    due: date | None
    token: str


Write = Callable[[ReceiptLetter], tuple[str, str]]
"""Puts an acknowledgement in words: subject and body."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that is durable, and what is known of it.

    Attributes:
        box: The address of ours that it came to.
        ours: Every address of ours, lower case: none of them is answered.
    """

    facts: MailFacts
    stored: Stored
    pieces: tuple[Piece, ...]
    box: str
    ours: frozenset[str]


def capture_mail(
    incoming: Incoming, arrival: Arrival, *, store: Store, actor: Actor, clock: Clock, write: Write
) -> Receipt:
    """Register a message: letter, pieces and acknowledgement stand together when this returns.

    The same bytes again are a second arrival: no new number, no new acknowledgement.

    Raises:
        Forbidden: `access.right`.
    """
    return capture(
        arrival, incoming.stored, store=store, actor=actor, clock=clock, beside=_beside(incoming, actor, clock(), write)
    )


def _beside(incoming: Incoming, actor: Actor, now: datetime, write: Write) -> Beside:
    def stand(unit: Unit, receipt: Receipt) -> None:
        if receipt.again:
            return
        reason = _silence(unit, incoming, now)
        sent = None if reason else _acknowledge(unit, receipt, incoming, actor, now, write)
        facts = incoming.facts
        unit.electronic.add_arrival(
            MailArrival(receipt.letter_id, facts.header_id, facts.return_path, facts.sender, incoming.box, reason, sent)
        )
        answered(unit, unit.letters.get(receipt.letter_id, None), Came(facts, incoming.stored, now))

    return stand


def _silence(unit: Unit, incoming: Incoming, now: datetime) -> NoReceipt | None:
    """Return why this message gets no acknowledgement."""
    path = incoming.facts.return_path
    reason = no_receipt(incoming.facts, incoming.ours, unit.electronic.receipts_since(path, now - timedelta(hours=1)))
    if reason is not None:
        return reason
    try:
        check_address(path)
    except Refused:
        return NoReceipt.NO_ADDRESS
    return None


def _acknowledge(  # noqa: PLR0917 - private, the facts of one acknowledgement
    unit: Unit,
    receipt: Receipt,
    incoming: Incoming,
    actor: Actor,
    now: datetime,
    write: Write,
) -> str:
    letter = unit.letters.get(receipt.letter_id, None)
    made = unit.acknowledgements.keep(Acknowledgement(secrets.token_urlsafe(16), letter.id, now, actor.name))
    delay = unit.organisation.delay(Priority.NORMAL)
    calendar = unit.organisation.calendar(letter.tenant_id)
    told = ReceiptLetter(
        number=letter.number,
        registered_at=letter.registered_at,
        pieces=incoming.pieces,
        office=unit.organisation.entity(letter.tenant_id),
        due=calendar.after(letter.registered_at.date(), delay) if delay else None,
        token=made.token,
    )
    subject, body = write(told)
    unit.journal.write(now, Act.ACKNOWLEDGED, actor, letter.id, by="courriel")
    return hand_over(
        unit,
        actor,
        now,
        purpose=Purpose.ACKNOWLEDGEMENT,
        to=incoming.facts.return_path,
        subject=subject,
        body=body,
        letter_id=letter.id,
        answers=incoming.facts.header_id,
    )


def attach_return(kind: ReturnKind, facts: MailFacts, stored: Stored, *, store: Store, clock: Clock) -> bool:
    """Attach what came back to each message of ours that it names; give whether there was one.

    A message that could not be delivered is then said to be so, and its author is told, once; the sending that it
    carries is returned, or acknowledged.
    """
    now, known = clock(), False
    with store.unit() as unit:
        unit.arrivals.know(stored, MEDIA_TYPE, now)
        for message_id in unit.messages.known(facts.named):
            known = True
            said = facts.status or facts.subject
            what = kind_of(kind, facts, unit.messages.get(message_id))
            if not unit.electronic.add_return(Returned(message_id, stored.digest, what, now, said)):
                continue
            came_back(unit, unit.messages.get(message_id), what, Came(facts, stored, now))
            message = unit.messages.get(message_id, lock=True)  # after the letter, as who calls a sending back does
            unit.journal.write(now, Act.MAIL_RETURNED, SYSTEM, message.letter_id, message=message.id, kind=what)
            if kind is ReturnKind.BOUNCE:
                unit.messages.change(message.id, state=MessageState.FAILED, next_try=None, said=said)
                tell_author(unit, message, f"{message.id}:{stored.digest}", now)
        if known:
            unit.commit()
    return known


def set_aside(
    facts: MailFacts | None,
    stored: Stored,
    reason: str,
    *,
    return_path: str,
    box: str,
    register_id: str,
    store: Store,
    clock: Clock,
) -> None:
    """Keep a message for the registry to decide on, with the reason why it was not registered."""
    now = clock()
    with store.unit() as unit:
        unit.arrivals.know(stored, MEDIA_TYPE, now)
        unit.electronic.set_aside(
            SetAside(
                id=secrets.token_urlsafe(16),
                register_id=register_id,
                box=box,
                return_path=return_path,
                digest=stored.digest,
                sender=facts.sender if facts else return_path,
                subject=facts.subject if facts else "",
                reason=reason,
                at=now,
            )
        )
        unit.journal.write(now, Act.MAIL_ASIDE, SYSTEM, reason=reason, sha256=stored.digest)
        unit.commit()


def asides(*, store: Store, actor: Actor) -> tuple[SetAside, ...]:
    """Return the messages set aside in the registers that the actor keeps.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.CAPTURE)
    with store.unit() as unit:
        return unit.electronic.asides(_registers(actor))


def aside(aside_id: str, *, store: Store, actor: Actor) -> SetAside:
    """Return one message set aside that nobody decided on yet.

    Raises:
        Forbidden: `access.right`.
        NotFound: `mail.unknown`.
        Conflict: `mail.settled`.
    """
    require(actor, Right.CAPTURE)
    with store.unit() as unit:
        found = unit.electronic.aside(aside_id, _registers(actor))
    if found.settled_at is not None:
        raise Conflict("mail.settled", Said("%(name)s a déjà décidé de ce message.", name=found.settled_by))
    return found


def settle_aside(aside_id: str, letter_id: str | None, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Write that a person registered a message set aside, as a letter, or left it out; its bytes stay either way.

    Raises:
        Forbidden: `access.right`.
        NotFound: `mail.unknown`.
    """
    require(actor, Right.CAPTURE)
    now = clock()
    with store.unit() as unit:
        found = unit.electronic.aside(aside_id, _registers(actor))
        unit.electronic.settle_aside(found.id, actor.name, now, letter_id)
        unit.journal.write(now, Act.MAIL_SETTLED, actor, letter_id, sha256=found.digest, kept=letter_id is not None)
        unit.commit()


def _registers(actor: Actor) -> Sequence[str]:
    return [post.register_id for post in actor.posts if Actor(None, "", "", "", (post,)).has(Right.CAPTURE)]
