"""Qualification: what the machine proposes, what a person decides, and the rules between.

A proposal is never overwritten by a decision: both stay, for the accuracy measure and training.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from ged.mail.correspondent import joined, names_in
from ged.mail.item import Confidentiality, Priority
from ged.mail.page import Evidence

SURE = 0.95
"""At this probability and above most fields are shown as read; below it, as « à vérifier »: see `SURE_FROM`.

Probabilities are calibrated (docs/measures.md): of the values above this line, ninety-nine in a hundred are right.
"""
LEAST = 0.3
"""Under this probability nothing is proposed: an empty field is quicker to fill than a wrong one to see."""


class Field(StrEnum):
    """What the machine proposes for a letter."""

    SENDER = "expediteur"
    RECIPIENT = "destinataire"
    SUBJECT = "objet"
    SENDER_REFERENCE = "reference"
    LETTER_DATE = "date_courrier"
    KIND = "nature"
    SERVICE = "service"
    FILE_CODE = "cote"
    OUR_REFERENCE = "reference_rappelee"
    SIGNER = "signataire"
    DEADLINE = "echeance_demandee"
    STAMP_DATE = "date_tampon"
    AMOUNT = "montant"
    PIECES = "pieces_annoncees"
    PHONE = "telephone"
    EMAIL = "courriel"
    ADDRESS = "adresse"


SURE_FROM: Mapping[Field, float] = MappingProxyType(
    {Field.SENDER: 0.98, Field.SUBJECT: 0.97, Field.SENDER_REFERENCE: 0.97}
)
"""Where a field is sure later than others: on letterheads never met, fewer of its values above `SURE` were right.

Chosen between the letterheads of training (decision 0426).
"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposed value.

    Attributes:
        value: Text as a person would type it; dates in ISO 8601; kinds and services by code.
        confidence: In [0, 1].
        evidence: Where it was seen; None when it was concluded from the whole text.
        origin: Which program proposed it, with its version, `rules 1` or `kinds 3f9a71c0`.
    """

    field: Field
    value: str
    confidence: float
    evidence: Evidence | None
    origin: str

    @property
    def sure(self) -> bool:
        """Whether the value is offered without asking a person to look twice."""
        return self.confidence >= SURE_FROM.get(self.field, SURE)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided of a letter, on the screen that showed `expected_revision`."""

    expected_revision: int
    sender: str
    recipient: str
    subject: str
    sender_reference: str
    letter_date: date | None
    due_date: date | None
    kind: str
    service_id: str
    confidentiality: Confidentiality
    priority: Priority
    file_code: str = ""


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One decision as it was taken: the revision it made, by whom, and the values, dates as ISO text."""

    revision: int
    at: datetime
    login: str
    name: str
    values: dict[str, Any]


REQUIRED: dict[str, str] = {
    "subject": "Indiquez l'objet du courrier, par exemple « Demande de stage ».",
    "sender": "Indiquez l'expéditeur, par exemple « Mairie de Kpalimé » ou « M. Koffi Agbéko ».",
    "kind": "Choisissez la nature du courrier.",
    "service_id": "Choisissez le service qui traitera ce courrier.",
}
"""The French sentence for each field that a decision cannot leave empty."""


def with_names_apart(decision: Decision) -> Decision:
    """Return a decision whose senders and recipients are written one way, « A ; B »."""
    return replace(decision, sender=joined(names_in(decision.sender)), recipient=joined(names_in(decision.recipient)))


def faults(decision: Decision, *, today: date) -> dict[str, str]:
    """Return the French sentence for each faulty field; empty when the decision can stand."""
    found = {name: sentence for name, sentence in REQUIRED.items() if not getattr(decision, name).strip()}
    if decision.letter_date is not None and decision.letter_date > today:
        found["letter_date"] = "La date du courrier est dans le futur. Vérifiez le jour, le mois et l'année."
    if decision.due_date is not None and decision.letter_date is not None and decision.due_date < decision.letter_date:
        found["due_date"] = "L'échéance précède la date du courrier. Choisissez une date plus tardive."
    return found
