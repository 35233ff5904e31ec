"""Messages set aside, opened and decided: what a page and a program both do with them."""

from __future__ import annotations

from api.mailbox.doors import mail_door
from api.wiring import House
from ged.errors import Refused
from ged.mail.access import Actor
from ged.mail.electronic import SetAside
from ged.mail.journal import Act
from ged.ports import Stored
from ged.services.capture import Receipt
from ged.services.capture_mail import aside, settle_aside
from ged.services.leave_line import leave_line
from ingest.readers.mime import read_mail

_TEXT_SHOWN = 5_000


def read_aside(aside_id: str, house: House, actor: Actor) -> tuple[SetAside, str]:
    """Return a message that waits and the beginning of its text, "" when it cannot be read.

    Raises:
        Forbidden: `access.right`.
        NotFound: `mail.unknown`.
        Conflict: `mail.settled`.
    """
    found = aside(aside_id, store=house.store, actor=actor)
    leave_line(Act.PAPER_READ, found.id, store=house.store, actor=actor, clock=house.clock, what="courriel écarté")
    try:
        return found, house.entrance.ask(read_mail, _raw(found, house)).text[:_TEXT_SHOWN]
    except Refused:
        return found, ""


def register_aside(aside_id: str, house: House, actor: Actor) -> Receipt:
    """Register a message that waits as a letter, by the person who says that it is one.

    Raises:
        Forbidden: `access.right`.
        NotFound: `mail.unknown`.
        Conflict: `mail.settled`.
        Refused: `mail.too_deep`, `mail.too_many_parts`: nobody can read it.
    """
    found = aside(aside_id, store=house.store, actor=actor)
    raw = _raw(found, house)
    mail = house.entrance.ask(read_mail, raw, found.return_path)
    stored = Stored(found.digest, len(raw), "", existed=True)
    receipt = mail_door(house).register(mail, stored, found.box, actor)
    settle_aside(found.id, receipt.letter_id, store=house.store, actor=actor, clock=house.clock)
    return receipt


def _raw(found: SetAside, house: House) -> bytes:
    with house.vault.open(found.digest) as stream:
        return stream.read()
