"""Posting: a message is written with the act it tells of, and sent afterwards by whoever works.

A message is taken by one process at a time, and each attempt is counted before it is made. A process that dies
between the server's answer and our commit sends the message again under the same Message-ID: SMTP allows no better.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from ged.clock import Clock
from ged.errors import Corrupt, Forbidden, GedError, Refused, Unavailable
from ged.mail.access import SYSTEM, Actor, Role, may_read
from ged.mail.journal import Act
from ged.mail.message import Enclosure, Message, MessageState, Purpose, check_address, next_try
from ged.mail.notice import NOT_DELIVERED
from ged.ports import Attachment, Mailer, OutgoingMessage, Vault
from ged.services.notify import Told, tell
from ged.store.unit import Store, Unit

_AT_ONCE = 200


def hand_over(
    unit: Unit,
    actor: Actor,
    now: datetime,
    *,
    purpose: Purpose,
    to: str,
    subject: str,
    body: str,
    letter_id: str | None = None,
    enclosures: tuple[Enclosure, ...] = (),
    answers: str = "",
    automatic: bool = True,
) -> str:
    """Write a message in the caller's transaction, to be sent once that is committed, and return its id.

    Raises:
        Refused: `mail.address`.
    """
    message = Message(
        id=secrets.token_urlsafe(16),
        to=check_address(to),
        subject=" ".join(subject.split()),
        body=body,
        purpose=purpose,
        made_at=now,
        login=actor.login,
        letter_id=letter_id,
        enclosures=enclosures,
        answers=answers,
        automatic=automatic,
        next_try=now,
    )
    unit.messages.add(message)
    unit.queue.defer("post", message_id=message.id)
    return message.id


def post(message_id: str, *, store: Store, vault: Vault, mailer: Mailer | None, clock: Clock) -> None:
    """Send one message, unless it is sent, or another process is at it; without a mailer it waits."""
    if mailer is None:
        return
    with store.exclusive(f"message:{message_id}") as alone:
        message = _begun(message_id, store, clock()) if alone else None
        if message is None:
            return
        try:
            mailer.send(_written(message, vault))
        except Unavailable as error:
            _settle(message, store, clock(), error, retry=True)
        except (Refused, Corrupt) as error:
            _settle(message, store, clock(), error, retry=False)
        else:
            _settle(message, store, clock(), None, retry=False)


def post_due(*, store: Store, vault: Vault, mailer: Mailer | None, clock: Clock) -> int:
    """Send every message whose next try has come, and give how many were tried."""
    if mailer is None:
        return 0
    with store.unit() as unit:
        due = unit.messages.due(clock(), _AT_ONCE)
    for message_id in due:
        post(message_id, store=store, vault=vault, mailer=mailer, clock=clock)
    return len(due)


def post_again(message_id: str, to: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Put a message that failed back to be sent, to the address given, by its author or the administrator.

    Only who may read the letter gives another address than it had: what is enclosed goes there.

    Raises:
        NotFound: `mail.unknown`.
        Forbidden: `access.right`, `mail.readdressed`.
        Refused: `mail.address`, `mail.not_failed`.
    """
    now = clock()
    with store.unit() as unit:
        message = unit.messages.get(message_id, lock=True)
        about = unit.letters.get(message.letter_id, None) if message.letter_id else None
        ours = about is None or about.tenant_id in _administered(actor)
        if message.login != actor.login and not (ours and _administered(actor)):
            raise Forbidden(
                "access.right",
                "Ce message n'est pas le vôtre. Adressez-vous à qui l'a envoyé, ou à l'administrateur.",
                login=actor.login,
            )
        if message.state is not MessageState.FAILED:
            raise Refused(
                "mail.not_failed", "Ce message n'est pas en échec : il est parti, ou il part. Rechargez la page."
            )
        address = check_address(to)
        if address != message.to and about is not None and not may_read(actor, about):
            raise Forbidden(
                "mail.readdressed",
                "Ce courrier n'est pas ouvert à votre poste : il se renvoie à la même adresse, pas à une autre. "
                "Rien n'est parti. Pour changer l'adresse, adressez-vous à qui l'a envoyé.",
                message=message.id,
            )
        unit.messages.change(
            message.id,
            to=address,
            state=MessageState.WAITING,
            attempts=0,
            made_at=now,
            next_try=now,
            said="",
        )
        unit.journal.write(now, Act.MESSAGE_AGAIN, actor, message.letter_id, message=message.id)
        unit.queue.defer("post", message_id=message.id)
        unit.commit()


def messages(*, store: Store, actor: Actor) -> tuple[tuple[Message, str], ...]:
    """Return the messages of an actor's acts, those of the organisation for an administrator, with letters' numbers.

    Whoever shows them shows neither subject nor body: an administrator reads no letter.
    """
    with store.unit() as unit:
        return unit.messages.listed(actor.login, _administered(actor))


def messages_of(letter_id: str, *, store: Store, actor: Actor) -> tuple[Message, ...]:
    """Return the messages about a letter that the actor may read.

    Raises:
        NotFound: `letter.unknown`.
    """
    with store.unit() as unit:
        unit.letters.get(letter_id, actor.tokens())
        return unit.messages.of(letter_id)


def tell_author(unit: Unit, message: Message, mark: str, now: datetime) -> None:
    """Tell whoever did the act that its message did not arrive; notices that fail stay in the list of messages."""
    if message.letter_id is None or message.purpose is Purpose.NOTICE:
        return
    letter = unit.letters.get(message.letter_id, None)
    tell(unit, Told(NOT_DELIVERED, letter, mark, now, link="/courriels"), [message.login])


def _administered(actor: Actor) -> frozenset[str]:
    return frozenset(post.tenant_id for post in actor.posts if post.role is Role.ADMINISTRATOR)


def _begun(message_id: str, store: Store, now: datetime) -> Message | None:
    """Count an attempt before it is made, so that one that kills its process is not the first for ever."""
    with store.unit() as unit:
        message = unit.messages.get(message_id, lock=True)
        if message.state is not MessageState.WAITING:
            return None
        unit.messages.change(message.id, attempts=message.attempts + 1, next_try=next_try(message, now) or now)
        unit.commit()
    return message


def _settle(message: Message, store: Store, now: datetime, error: GedError | None, *, retry: bool) -> None:
    again = next_try(message, now) if retry else None
    with store.unit() as unit:
        if error is None:
            unit.messages.change(message.id, state=MessageState.SENT, sent_at=now, next_try=None, said="")
            unit.journal.write(now, Act.MESSAGE_SENT, SYSTEM, message.letter_id, message=message.id)
        elif again is not None:
            unit.messages.change(message.id, next_try=again, said=_words(error))
        else:
            unit.messages.change(message.id, state=MessageState.FAILED, next_try=None, said=_words(error))
            unit.journal.write(now, Act.MESSAGE_FAILED, SYSTEM, message.letter_id, message=message.id, code=error.code)
            tell_author(unit, message, f"{message.id}:{message.attempts}", now)
        unit.commit()


def _words(error: GedError) -> str:
    """Return what the server said, or else our own sentence."""
    said = error.diagnostics().get("said")
    return str(said) if said else error.sentence


def _written(message: Message, vault: Vault) -> OutgoingMessage:
    return OutgoingMessage(
        id=message.id,
        to=message.to,
        subject=message.subject,
        body=message.body,
        made_at=message.made_at,
        attachments=tuple(_attached(each, vault) for each in message.enclosures),
        answers=message.answers,
        automatic=message.automatic,
    )


def _attached(enclosure: Enclosure, vault: Vault) -> Attachment:
    """Read an enclosure; what leaves is byte for byte what its digest names.

    Raises:
        Corrupt: `vault.altered`.
    """
    with vault.open(enclosure.digest) as stream:
        data = stream.read()
    if hashlib.sha256(data).hexdigest() != enclosure.digest:
        raise Corrupt(
            "vault.altered",
            "Une pièce jointe n'est plus celle qui a été scellée. Rien n'est parti : prévenez l'administrateur.",
            digest=enclosure.digest,
        )
    return Attachment(enclosure.name, enclosure.media_type, data)
