"""Exchange between the organisations of one installation: the départ of one is the arrivée of the other.

In the sender's transaction the other registry gets a letter with its own number; its acknowledgement comes back at
once. Neither sees more of the other than a correspondent would: a number, a time, a receipt that anybody may follow.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

from ged.errors import NotFound, Refused
from ged.mail.access import SYSTEM
from ged.mail.acknowledgement import Acknowledgement
from ged.mail.annex import AnnexKind
from ged.mail.dispatch import Sending, SendingState
from ged.mail.item import Direction, Letter, State
from ged.mail.journal import Act
from ged.mail.organisation import Entity
from ged.mail.said import Said
from ged.ports import Stored
from ged.services.attach import attach
from ged.services.enter import Numbered, Paper, arrive_again, begin_work, enter, register_of, take_number
from ged.services.name_parties import name_parties
from ged.store.arrivals import ArrivalRecord
from ged.store.unit import Unit

PLATFORM_DOOR = "plateforme"


def partners(unit: Unit, tenant_id: str) -> tuple[Entity, ...]:
    """Return the other organisations of the installation, by name."""
    roots = [each for each in unit.organisation.entities() if each.id == each.tenant_id and each.id != tenant_id]
    return tuple(sorted(roots, key=lambda each: each.name_fr))


def deliver(unit: Unit, letter: Letter, sending: Sending, now: datetime) -> Sending:
    """Enter the letter in the register of the other organisation, and return the sending with what came back.

    The same bytes that are in that register already are one more arrival there, under the number that they have.

    Raises:
        NotFound: `exchange.unknown`.
        Refused: `exchange.clearance`, nobody over there may read a letter of that confidentiality.
    """
    root = next((each for each in partners(unit, letter.tenant_id) if each.id == sending.plan.tenant_id), None)
    if root is None:
        raise NotFound(
            "exchange.unknown", "Cet organisme n'est pas sur la plateforme. Choisissez un autre acheminement."
        )
    _refuse_unreadable(unit, letter, root, now)
    register = register_of(root.id, unit)
    unit.arrivals.hold_digest(letter.original)
    same = unit.letters.by_original(letter.original, None, register_id=register.id)
    known = next((one for one in same if one.state is not State.CANCELLED), None)
    arrived = known or _arrival(unit, letter, sending, take_number(unit, register, Direction.INCOMING, now), now)
    if known is not None:
        record = ArrivalRecord(PLATFORM_DOOR, letter.filename, now, SYSTEM.login)
        arrive_again(unit, known, letter.original, record, SYSTEM)
    receipt = unit.acknowledgements.keep(Acknowledgement(secrets.token_urlsafe(16), arrived.id, now, root.name_fr))
    return replace(
        sending,
        state=SendingState.ACKNOWLEDGED,
        answered_at=now,
        answered_by=root.name_fr,
        arrival_number=arrived.number,
        receipt=receipt.token,
    )


def _arrival(unit: Unit, letter: Letter, sending: Sending, numbered: Numbered, now: datetime) -> Letter:
    sender = unit.organisation.entity(letter.tenant_id)
    version = unit.arrivals.version_of(letter.original)
    stored = Stored(letter.original, letter.original_size, version, existed=True)
    arrived = enter(
        unit,
        numbered,
        Paper(stored, letter.media_type, letter.page_count, letter.filename, unit.electronic.pieces(letter.id)),
        door=PLATFORM_DOOR,
        actor=SYSTEM,
        confidentiality=letter.confidentiality,
        priority=letter.priority,
        sender=sender.name_fr,
        sender_reference=letter.number,
        subject=letter.subject,
        recipient=sending.plan.recipient,
        letter_date=letter.letter_date,
    )
    name_parties(unit, arrived, SYSTEM, numbered.registered_at)
    for annex in unit.annexes.of(letter.id):
        if annex.kind is AnnexKind.ENCLOSURE:
            held = Stored(annex.digest, annex.size, unit.arrivals.version_of(annex.digest), existed=True)
            attach(
                unit, arrived, annex.kind, held, media_type=annex.media_type, label=annex.label, actor=SYSTEM, now=now
            )
    unit.journal.write(now, Act.RECEIVED_BY_PLATFORM, SYSTEM, arrived.id, sender=sender.id, reference=letter.number)
    begin_work(unit, arrived)
    return arrived


def _refuse_unreadable(unit: Unit, letter: Letter, root: Entity, now: datetime) -> None:
    seats = [seat for seat in unit.organisation.seats(root.id, now.date()) if seat.holders]
    if not any(letter.confidentiality in seat.position.clearance.up_to() for seat in seats):
        raise Refused(
            "exchange.clearance",
            Said(
                "Personne à %(unit)s n'est habilité à lire ce courrier sur la plateforme. Envoyez-le sous pli fermé, "
                "par porteur.",
                unit=root.acronym,
            ),
            field="mode",
        )
