"""The mail item (courrier): what it is, where it stands, and the words for both.

The values of the enumerations are the French codes that the database, the index and the API
carry; the member names are the English of docs/glossary.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Direction(StrEnum):
    """Which register a letter is entered in."""

    INCOMING = "arrivee"
    OUTGOING = "depart"
    INTERNAL = "interne"


class State(StrEnum):
    """Where a letter stands; every move between two of them is one named action."""

    RECEIVED = "recu"
    TO_QUALIFY = "a_qualifier"
    SUBMITTED = "signale"
    ASSIGNED = "impute"
    IN_PROGRESS = "en_traitement"
    OPINION_ASKED = "avis_demande"
    TO_APPROVE = "a_viser"
    TO_SIGN = "a_signer"
    TO_DISPATCH = "a_expedier"
    DISPATCHED = "expedie"
    WAITING = "en_attente"
    FOLLOWED_UP = "suivi"
    DONE = "traite"
    NO_FURTHER_ACTION = "sans_suite"
    RETURNED = "retourne"
    APPROVAL_REFUSED = "refuse_visa"
    CANCELLED = "annule"
    TRANSFERRED = "verse"
    DESTROYED = "elimine"


class Confidentiality(StrEnum):
    """How widely a letter may be read, from the widest to the narrowest."""

    PUBLIC = "public"
    INTERNAL = "interne"
    RESTRICTED = "diffusion_restreinte"
    CONFIDENTIAL = "confidentiel"
    SECRET = "secret"  # noqa: S105 - a level, not a password
    PERSONAL = "personnel"

    @property
    def rank(self) -> int:
        """Return 0 for the widest level, growing as fewer people may read."""
        return list(Confidentiality).index(self)

    def up_to(self) -> tuple[Confidentiality, ...]:
        """Return every level that a clearance of this level opens, itself included."""
        return tuple(Confidentiality)[: self.rank + 1]


class Priority(StrEnum):
    """How soon a letter must be answered; the delays are configuration."""

    NORMAL = "normal"
    URGENT = "urgent"
    VERY_URGENT = "tres_urgent"


class Reading(StrEnum):
    """What the machine has done with the page images so far."""

    PENDING = "en_lecture"
    READY = "lu"
    FAILED = "illisible"


class Sealing(StrEnum):
    """Whether the original's seal stands (sceau en attente is a visible state)."""

    PENDING = "en_attente"
    SEALED = "scelle"


@dataclass(frozen=True, slots=True)
class Letter:
    """One registered letter as it stands at `revision`.

    Attributes:
        id: 128 random bits, URL-safe: it cannot be guessed and says nothing.
        number: Registration number as printed, gapless within (register, direction, year).
        register_id: The entity whose register holds the number.
        service_id: The entity in charge, once a person has decided; while it is returned, the one that returned it.
        position_id: The position in charge within it; None while the letter lies in the unit's own basket.
        concerned: Entities that may read beside those in charge: copies, opinions asked.
        delay_days: The working days that `due_date` was computed from; None when a person set it.
        suspended_on: Since when the term does not run; it waits for the applicant.
        revision: Grows by one at every change; also the external version in the index.
        original: SHA-256 of the original's bytes, 64 lower-case hexadecimal digits.
        filename: The name it arrived under, for display only; nothing trusts it.
        file_code: Where it is filed in the plan (cote); None while nobody said.
        schedule_version: The version of the plan and of the schedule under which it was last filed or swept.
        reading_error: French sentence of the stage that gave up, when `reading` is FAILED.
    """

    id: str
    tenant_id: str
    register_id: str
    direction: Direction
    year: int
    sequence: int
    number: str
    state: State
    confidentiality: Confidentiality
    priority: Priority
    revision: int
    received_at: datetime
    registered_at: datetime
    kind: str | None
    service_id: str | None
    position_id: str | None
    concerned: tuple[str, ...]
    subject: str | None
    sender: str | None
    recipient: str | None
    sender_reference: str | None
    letter_date: date | None
    due_date: date | None
    delay_days: int | None
    suspended_on: date | None
    closed_on: date | None
    page_count: int
    original: str
    original_size: int
    media_type: str
    filename: str
    reading: Reading
    reading_error: str | None
    sealing: Sealing
    held: bool
    file_code: str | None = None
    schedule_version: int | None = None
