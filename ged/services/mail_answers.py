"""What answers a message of ours by e-mail: the letters are bound, the sending says so, who wrote is told.

A message is known by its Message-ID, 128 bits that only its recipient was given; who answers is judged by the address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ged.mail.access import SYSTEM
from ged.mail.dispatch import ANSWERABLE_BY_MAIL, SendingState
from ged.mail.electronic import MailFacts, ReturnKind, acknowledges
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.mail.links import Link, LinkKind
from ged.mail.message import Message, Purpose
from ged.mail.moves import holder_of
from ged.mail.notice import ANSWERED, RECEIPT_CAME, NoticeKind
from ged.ports import Stored
from ged.services.dispatch import Slipped, heard
from ged.services.notify import Told, people_at, tell, tell_positions
from ged.store.unit import Unit

MEDIA_TYPE = "message/rfc822"


@dataclass(frozen=True, slots=True)
class Came:
    """A message that came in: what it says of itself, its bytes in the vault, and when."""

    facts: MailFacts
    stored: Stored
    at: datetime


_SAYS = {ReturnKind.BOUNCE: SendingState.RETURNED, ReturnKind.RECEIPT: SendingState.ACKNOWLEDGED}


def kind_of(kind: ReturnKind, facts: MailFacts, message: Message) -> ReturnKind:
    """Return what came back to a message: a receipt is one only from the address that the message went to."""
    if kind is ReturnKind.AUTOMATIC and acknowledges(facts) and _from_recipient(facts, message):
        return ReturnKind.RECEIPT
    return kind


def came_back(unit: Unit, message: Message, kind: ReturnKind, came: Came) -> None:
    """Write on the sending that a message carries what a machine says became of it, in the caller's transaction."""
    if kind in _SAYS:
        _heard(unit, message, _SAYS[kind], came)


def answered(unit: Unit, letter: Letter, came: Came) -> None:
    """Bind a letter that a person sent to the one it answers, in the caller's transaction, and tell who wrote that one.

    It answers what we sent off, and follows what we acknowledged; within one organisation only.
    """
    facts, now = came.facts, came.at
    message = _answered(unit, letter, facts)
    if message is None or message.letter_id is None:
        return
    ours = unit.letters.get(message.letter_id, None)
    kind = LinkKind.ANSWERS if message.purpose is Purpose.DISPATCH else LinkKind.FOLLOWS
    if unit.links.add(Link(letter.id, ours.id, kind, now, SYSTEM.login, SYSTEM.name)):
        unit.journal.write(now, Act.LINKED, SYSTEM, letter.id, kind=kind, other=ours.id)
        unit.journal.write(now, Act.LINKED, SYSTEM, ours.id, kind=kind, other=letter.id)
    if acknowledges(facts) and _from_recipient(facts, message):
        _heard(unit, message, SendingState.ACKNOWLEDGED, came)
    _tell_writer(unit, ANSWERED, ours, message, letter.id, now)


def _answered(unit: Unit, letter: Letter, facts: MailFacts) -> Message | None:
    """Return the nearest message of the letter's own organisation that a message names."""
    known = set(unit.messages.known(facts.named))
    for message_id in facts.named:
        message = unit.messages.get(message_id) if message_id in known else None
        if message is None or message.purpose is Purpose.NOTICE or message.letter_id in {None, letter.id}:
            continue
        if unit.letters.get(message.letter_id or "", None).tenant_id == letter.tenant_id:
            return message
    return None


def _heard(unit: Unit, message: Message, said: SendingState, came: Came) -> None:
    sending = unit.sendings.by_message(message.id)
    if sending is None:
        return
    letter = unit.letters.get(sending.letter_id, None, lock=True)
    sending = unit.sendings.get(letter.id, sending.id)
    if sending.state not in ANSWERABLE_BY_MAIL:
        return
    remark = came.facts.status or f"{came.facts.sender} : {came.facts.subject}"
    slip = Slipped(came.stored, MEDIA_TYPE, "message.eml")
    heard(unit, letter, sending, said, actor=SYSTEM, now=came.at, remark=remark, slip=slip)
    if said is SendingState.ACKNOWLEDGED:
        _tell_writer(unit, RECEIPT_CAME, letter, message, sending.id, came.at)


def _from_recipient(facts: MailFacts, message: Message) -> bool:
    return facts.sender.strip().lower() == message.to.strip().lower()


def _tell_writer(  # noqa: PLR0917 - private, what is told of one message
    unit: Unit, kind: NoticeKind, letter: Letter, message: Message, mark: str, now: datetime
) -> None:
    """Tell the post that wrote a letter, or that has it; when nobody is there, whoever sent the message."""
    draft, holder = unit.drafts.of_letter(letter.id), holder_of(letter)
    told = Told(kind, letter, f"{letter.id}:{mark}", now)
    posts: tuple[str, ...] = ()
    if draft is not None:
        posts = (draft.position_id,)
    elif holder is not None:
        posts = people_at(unit, letter, holder, now.date())
    if not tell_positions(unit, told, posts):
        tell(unit, told, [message.login])
