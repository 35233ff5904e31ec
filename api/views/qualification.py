"""The qualification form: what it proposes at first, what a person typed, and the decision that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel

from api.views.words import typed_day
from ged.errors import Refused
from ged.mail.french_dates import parse_date
from ged.mail.item import Confidentiality, Letter, Priority, State
from ged.mail.links import LinkKind
from ged.mail.qualification import Decision, Field, Proposal
from ged.services.consult import LetterFile

FORM_NAMES = {"service_id": "service"}
"""Names of faults that the form calls otherwise."""
FIELD_NAMES: dict[Field, str] = {
    Field.SENDER: "sender",
    Field.RECIPIENT: "recipient",
    Field.SUBJECT: "subject",
    Field.SENDER_REFERENCE: "sender_reference",
    Field.LETTER_DATE: "letter_date",
    Field.KIND: "kind",
    Field.SERVICE: "service",
    Field.FILE_CODE: "file_code",
}


class Typed(BaseModel):
    """The form as typed: text only, so that nothing typed is ever lost."""

    revision: int = 0
    sender: str = ""
    recipient: str = ""
    subject: str = ""
    sender_reference: str = ""
    letter_date: str = ""
    due_date: str = ""
    kind: str = ""
    service: str = ""
    file_code: str = ""
    confidentiality: str = Confidentiality.INTERNAL
    priority: str = Priority.NORMAL
    bonds: list[str] = []

    @classmethod
    def of(cls, letter: Letter) -> Typed:
        """Return the form that shows a letter as it stands."""
        return cls(
            revision=letter.revision,
            sender=letter.sender or "",
            recipient=letter.recipient or "",
            subject=letter.subject or "",
            sender_reference=letter.sender_reference or "",
            letter_date=typed_day(letter.letter_date),
            due_date=typed_day(letter.due_date),
            kind=letter.kind or "",
            service=letter.service_id or "",
            file_code=letter.file_code or "",
            confidentiality=letter.confidentiality,
            priority=letter.priority,
        )

    def decision(self, today: date) -> Decision:
        """Return what was decided.

        Raises:
            Refused: `qualification.faulty`; a date or a choice cannot be read.
        """
        faults: dict[str, str] = {}
        days: dict[str, date | None] = {}
        for name in ("letter_date", "due_date"):
            text = getattr(self, name).strip()
            days[name] = parse_date(text, today) if text else None
            if text and days[name] is None:
                faults[name] = "Cette date ne se lit pas. Écrivez-la comme 16/11/2026, 16/11 ou 16 nov."
        if self.confidentiality not in set(Confidentiality):
            faults["confidentiality"] = "Choisissez un niveau de la liste."
        if self.priority not in set(Priority):
            faults["priority"] = "Choisissez une priorité de la liste."
        if faults:
            raise Refused("qualification.faulty", "Corrigez les champs signalés, puis validez.", faults=faults)
        return Decision(
            expected_revision=self.revision,
            sender=self.sender,
            recipient=self.recipient,
            subject=self.subject,
            sender_reference=self.sender_reference,
            letter_date=days["letter_date"],
            due_date=days["due_date"],
            kind=self.kind,
            service_id=self.service,
            confidentiality=Confidentiality(self.confidentiality),
            priority=Priority(self.priority),
            file_code=self.file_code,
        )


def bonds_of(typed: Typed) -> tuple[tuple[str, LinkKind], ...]:
    """Return the letters that are to be bound, by id, each with its bond; what is no bond is left out."""
    parted = [text.partition(":") for text in typed.bonds[:10]]
    return tuple((letter_id, LinkKind(kind)) for kind, _, letter_id in parted if kind in set(LinkKind) and letter_id)


def proposed(file: LetterFile) -> Typed:
    """Return the form filled with what the machine proposes where nobody has decided."""
    if file.letter.state is State.RETURNED:  # the service that stands is the one that does not want it
        return Typed.of(file.letter).model_copy(update={"service": ""})
    return proposed_over(file.letter, file.proposals)


def proposed_over(letter: Letter, proposals: Mapping[Field, Proposal]) -> Typed:
    """Return a letter as it stands, with what is proposed where nothing does."""
    form, values = Typed.of(letter), {}
    for field, name in FIELD_NAMES.items():
        proposal = proposals.get(field)
        if proposal and not getattr(form, name):
            value = typed_day(date.fromisoformat(proposal.value)) if field is Field.LETTER_DATE else proposal.value
            values[name] = value
    deadline = proposals.get(Field.DEADLINE)
    if deadline and deadline.sure and letter.state is State.TO_QUALIFY and letter.due_date is None:
        values["due_date"] = typed_day(date.fromisoformat(deadline.value))
    return form.model_copy(update=values)
