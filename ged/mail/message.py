"""A message that leaves by e-mail: a row written with the act it tells of, sent afterwards, never twice on purpose.

Its id is part of the Message-ID header, so that what comes back (a bounce, an answer) finds the row again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ged.errors import Refused
from ged.mail.said import Said


class MessageState(StrEnum):
    """Where a message stands."""

    WAITING = "a_envoyer"
    SENT = "envoye"
    FAILED = "echec"


class Purpose(StrEnum):
    """What a message is for."""

    NOTICE = "avis"
    ACKNOWLEDGEMENT = "accuse"
    DISPATCH = "expedition"


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a message, by its digest in the vault."""

    name: str
    media_type: str
    digest: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one address.

    Attributes:
        id: 128 random bits; the Message-ID says it.
        letter_id: The letter it is about; None for a notice of several.
        login: Who did the act it tells of; "systeme" for the machine's own.
        answers: Message-ID of what it answers, with its brackets; "" when it answers nothing.
        automatic: Whether a machine wrote it (RFC 3834): others then send no automatic answer.
        attempts: How often it was given to the server.
        said: What the server said last, when it did not take it; or what came back later.
    """

    id: str
    to: str
    subject: str
    body: str
    purpose: Purpose
    made_at: datetime
    login: str
    letter_id: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    answers: str = ""
    automatic: bool = True
    state: MessageState = MessageState.WAITING
    attempts: int = 0
    next_try: datetime | None = None
    sent_at: datetime | None = None
    said: str = ""


PATIENCE = timedelta(days=5)
"""How long a message is tried. Source: RFC 5321, 4.5.4.1: at least four or five days."""
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=4)
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,253}$)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)
_OURS = re.compile(r"<ged\.([A-Za-z0-9_-]{22})@[^<>\s]+>")


def next_try(message: Message, now: datetime) -> datetime | None:
    """Return when to try again after an attempt that was not heard; None when patience is over."""
    if now - message.made_at >= PATIENCE:
        return None
    pause: timedelta = _FIRST_PAUSE * (1 << min(message.attempts, 10))
    return now + min(pause, _LONGEST_PAUSE)


def check_address(address: str) -> str:
    """Return an e-mail address that a server can be asked to deliver to.

    Raises:
        Refused: `mail.address`.
    """
    given = address.strip()
    if not _ADDRESS.fullmatch(given):
        raise Refused(
            "mail.address",
            Said(
                "« %(address)s » n'est pas une adresse de courriel. Écrivez-la comme nom@exemple.tg.",
                address=given[:80],
            ),
            field="adresse",
        )
    return given


def header_id(message_id: str, domain: str) -> str:
    """Return the Message-ID of a message of ours, as sent from a domain."""
    return f"<ged.{message_id}@{domain}>"


def ours_in(text: str) -> list[str]:
    """Return the ids of our own messages that some headers name, in their order, each once."""
    return list(dict.fromkeys(_OURS.findall(text)))
