"""E-mail that comes in: what its headers say of it, what is answered to it, and what it turns out to be.

Source: RFC 3834 (automatic responses: to the return path, never to a machine, never in a loop), RFC 3464 (delivery
status), RFC 8098 (notices of reading), RFC 2919 and RFC 2369 (lists).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ged.mail.french_dates import plain


class ReturnKind(StrEnum):
    """What came back to a message of ours."""

    BOUNCE = "non_remise"
    DELAY = "retard"
    AUTOMATIC = "reponse_automatique"
    RECEIPT = "accuse"


class NoReceipt(StrEnum):
    """Why no acknowledgement is sent to a message."""

    NO_RETURN_PATH = "sans_retour"
    MACHINE = "automatique"
    LIST = "liste"
    OURS = "adresse_interne"
    TOO_MANY = "trop_de_messages"
    NO_ADDRESS = "adresse_illisible"


RECEIPTS_AN_HOUR = 5
"""Acknowledgements that one address gets within an hour at most: more is a loop, or worse."""
_MACHINES = frozenset({"mailer-daemon", "postmaster", "noreply", "no-reply", "do-not-reply", "donotreply", "bounce"})
_POSTMASTERS = frozenset({"mailer-daemon", "postmaster"})
DELIVERY_REPORT, READ_REPORT = "delivery-status", "disposition-notification"
_READ = "displayed"
_RECEIPT_WORDS = re.compile(
    r"\baccuse (de )?reception\b|\backnowledge?ment\b|\b(delivery|read) receipt\b|^(lu|read) ?:"
)
_NOT_LOST = frozenset({"delayed", "delivered", "relayed", "expanded"})
_SUPPRESSED = frozenset({"all", "autoreply", "oof"})
_NO_ROOM = "Les pages de cette pièce passent la limite : téléchargez-la."
_OWN_PAGES = 20
"""Left to the pages of the original itself, of as many as a letter may have."""
_BULK = frozenset({"bulk", "list", "junk"})


@dataclass(frozen=True, slots=True)
class MailFacts:
    """What a message says of itself, decoded, every value on one line and of bounded length.

    Attributes:
        return_path: The address that the transport names (MAIL FROM); "" for the empty one.
        sender: The author's address, and `name` as written beside it.
        header_id: Message-ID with its brackets, "" when there is none.
        lists: Whether it carries the headers of a mailing list.
        automatic: The words of Auto-Submitted, lower case; "" or "no" from a person.
        named: Ids of our own messages that it answers or reports on, the nearest first.
        report: The type of a report (multipart/report): `delivery-status`, `disposition-notification`; "" otherwise.
        action: What the report says, lower case: failed, delayed, delivered …; of a notice of reading, displayed …
        status: The words of the report that a person understands best.
        spam: Whether the site's filter marked it.
    """

    return_path: str
    sender: str
    name: str
    to: str
    subject: str
    sent_at: datetime | None
    header_id: str
    automatic: str
    precedence: str
    lists: bool
    suppress: str
    named: tuple[str, ...]
    report: str
    action: str
    status: str
    spam: bool

    @property
    def from_machine(self) -> bool:
        """Whether no person wrote it."""
        words = {word.strip() for word in self.suppress.lower().split(",")}
        return (
            bool(self.report)
            or not self.return_path
            or self.automatic not in {"", "no"}
            or bool(words & _SUPPRESSED)
            or _local(self) in _MACHINES
        )


def _local(facts: MailFacts) -> str:
    return (facts.return_path or facts.sender).partition("@")[0].lower()


def comes_back(facts: MailFacts) -> ReturnKind | None:
    """Return what a message is to the one of ours that it names; None when it is a letter of its own."""
    if not facts.named or not facts.from_machine:
        return None
    if facts.report == DELIVERY_REPORT:
        return ReturnKind.DELAY if facts.action in _NOT_LOST else ReturnKind.BOUNCE
    if facts.report or facts.automatic not in {"", "no"}:
        return ReturnKind.AUTOMATIC
    return ReturnKind.BOUNCE if _local(facts) in _POSTMASTERS else ReturnKind.AUTOMATIC


def acknowledges(facts: MailFacts) -> bool:
    """Whether a message says by its headers that another one was received: a notice of reading, or its subject."""
    if facts.report == READ_REPORT:
        return facts.action == _READ
    return not facts.report and bool(_RECEIPT_WORDS.search(plain(facts.subject)))


def no_receipt(facts: MailFacts, ours: Collection[str], sent_lately: int) -> NoReceipt | None:
    """Return why a message gets no acknowledgement; None when it gets one.

    Args:
        facts: What the message says of itself.
        ours: Our own addresses, lower case.
        sent_lately: Acknowledgements that its return path got within the hour.
    """
    if not facts.return_path:
        return NoReceipt.NO_RETURN_PATH
    if facts.lists or facts.precedence.lower() in _BULK:
        return NoReceipt.LIST
    if facts.from_machine:
        return NoReceipt.MACHINE
    if facts.return_path.lower() in ours:
        return NoReceipt.OURS
    if sent_lately >= RECEIPTS_AN_HOUR:
        return NoReceipt.TOO_MANY
    return None


@dataclass(frozen=True, slots=True)
class Piece:
    """A file that came with a letter (pièce jointe), kept by itself.

    Attributes:
        rank: From 1, each before what it holds.
        parent: Rank of the piece that holds it; None for one that the original itself holds.
        media_type: By content, never by what a message or an archive claims.
        page_count: Its own pages among those of the letter, in the order of ranks after the original's own; 0 when it
            is not shown, or not laid out yet.
        remark: Why it is not shown, a French sentence; "".
    """

    letter_id: str
    rank: int
    parent: int | None
    digest: str
    size: int
    name: str
    media_type: str
    page_count: int
    remark: str


def fitting(pieces: Sequence[Piece], max_pages: int) -> tuple[Piece, ...]:
    """Return pieces of which those that would pass the limit on a letter's pages are named and not shown."""
    room, found = max_pages - _OWN_PAGES, list[Piece]()
    for each in pieces:
        fits = each.page_count <= room
        found.append(each if fits else replace(each, page_count=0, remark=_NO_ROOM))
        room -= each.page_count if fits else 0
    return tuple(found)


@dataclass(frozen=True, slots=True)
class MailArrival:
    """How a letter came by e-mail, and what was answered."""

    letter_id: str
    header_id: str
    return_path: str
    sender: str
    box: str
    no_receipt: NoReceipt | None
    receipt_id: str | None


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back to one of our messages; the bytes are kept under their digest."""

    message_id: str
    digest: str
    kind: ReturnKind
    at: datetime
    said: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """A message that waits for a person to say whether it is mail (courriel écarté): kept whole, with its reason."""

    id: str
    register_id: str
    box: str
    return_path: str
    digest: str
    sender: str
    subject: str
    reason: str
    at: datetime
    settled_at: datetime | None = None
    settled_by: str = ""
    letter_id: str | None = None


@dataclass(frozen=True, slots=True)
class DoorState:
    """How a door of e-mail stands: when it last did its round, and what stopped it, "" when nothing did."""

    name: str
    at: datetime
    said: str
