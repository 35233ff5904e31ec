"""The form of a draft as typed, and what it asks for: text only, so that nothing typed is ever lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self, TypeVar

from fastapi import UploadFile
from pydantic import BaseModel

from api.enclosures import enclose
from api.views.acts_form import destination_of
from api.wiring import House
from ged.mail.access import Actor
from ged.mail.circuit import Stage, StageKind
from ged.mail.circuit_choice import stages_for
from ged.mail.draft import WRITING, Attachment, Content, Copy
from ged.mail.item import Confidentiality, Direction, Letter, Priority
from ged.mail.organisation import Seat
from ged.services import consult
from ged.services.consult import Lists
from ged.services.draft import Plan
from ged.services.read_draft import DraftFile, Formulas

Choice = TypeVar("Choice", bound=StrEnum)

BESIDE = "avec"
"""The kind of a row whose approver speaks at the same time as the row above."""
SNIPPETS = {
    "titre": "# Titre",
    "gras": "**texte en gras**",
    "italique": "*texte en italique*",
    "liste": "- premier point\n- deuxième point",
    "numeros": "1. premier point\n2. deuxième point",
    "tableau": "| Désignation | Montant |\n|---|---|\n|  |  |",
}
"""What each button of the editor adds at the end where no script puts it at the cursor."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the circuit as the form shows it."""

    kind: str
    who: str
    delay: str


class TypedDraft(BaseModel):
    """The form.

    Attributes:
        cle: Under which name this device keeps what is typed.
        genre: Kinds of the circuit's rows, with `qui` and `delai` beside them.
        ampliations: Whoever outside gets a copy, one a line; `ampliation_unites` the units of the house that do.
        garder: Attachments of the standing version to keep, as `digest:letter id`.
        inserer: A button of the editor; `appliquer` the one that fills the circuit from `circuit`.
    """

    cle: str = ""
    revision: int = 0
    sens: str = Direction.OUTGOING
    poste: str = ""
    nature: str = ""
    modele: str = ""
    objet: str = ""
    destinataires: str = ""
    ampliations: str = ""
    ampliation_unites: list[str] = []
    reference: str = ""
    corps: str = ""
    confidentialite: str = Confidentiality.INTERNAL
    priorite: str = Priority.NORMAL
    repond_a: list[str] = []
    clore: str = ""
    commentaire: str = ""
    genre: list[str] = []
    qui: list[str] = []
    delai: list[str] = []
    garder: list[str] = []
    garder_texte: str = ""
    numero: str = ""
    circuit: str = ""
    inserer: str = ""
    appliquer: str = ""

    @classmethod
    def of(cls, file: DraftFile) -> Self:
        """Return the form of a draft as it stands."""
        draft, content = file.draft, file.standing.content
        rows = rows_of(draft.circuit.stages)
        return cls(
            cle=f"projet-{draft.id}",
            revision=draft.revision,
            sens=draft.direction,
            poste=draft.position_id,
            nature=content.kind,
            modele=content.template,
            objet=content.subject,
            destinataires="\n".join(content.recipients),
            ampliations="\n".join(one.label for one in content.copies if not one.entity_id),
            ampliation_unites=[one.entity_id for one in content.copies if one.entity_id],
            reference=content.reference,
            corps=content.text,
            confidentialite=draft.confidentiality,
            priorite=draft.priority,
            repond_a=list(draft.answers),
            clore="1" if draft.closes_answered else "",
            genre=[row.kind for row in rows],
            qui=[row.who for row in rows],
            delai=[row.delay for row in rows],
            garder=[key_of(one) for one in content.attachments],
            garder_texte="1" if content.file else "",
        )

    @classmethod
    def answering(cls, *letters: Letter) -> Self:
        """Return the form of one reply to letters: to their senders, as confidential and as urgent as the most."""
        first, several = letters[0], len(letters) > 1
        subject = first.subject or ""
        references = dict.fromkeys(one.sender_reference for one in letters if one.sender_reference)
        return cls(
            cle=f"reponse-{first.id}" + f"-{len(letters)}" * several,
            objet=f"Réponse à : {subject}" if subject else "",
            destinataires="\n".join(dict.fromkeys(one.sender for one in letters if one.sender)),
            reference=", ".join(references),
            confidentialite=max((one.confidentiality for one in letters), key=lambda level: level.rank),
            priorite=max((one.priority for one in letters), key=list(Priority).index),
            repond_a=[one.id for one in letters],
            clore="1",
        )

    def rows(self) -> list[Row]:
        """Return the circuit's lines as typed, the empty ones left out."""
        delays = [*self.delai, *[""] * len(self.qui)]
        return [Row(*cells) for cells in zip(self.genre, self.qui, delays, strict=False) if cells[1]]

    def stages(self, seats: tuple[Seat, ...]) -> tuple[Stage, ...]:
        """Return the circuit's stages."""
        found: list[Stage] = []
        for row in self.rows():
            who = destination_of(row.who, seats)
            if who is None:
                continue
            if row.kind == BESIDE and found:
                found[-1] = replace(found[-1], approvers=(*found[-1].approvers, who))
            else:
                kind = StageKind(row.kind) if row.kind in set(StageKind) else StageKind.VISA
                found.append(Stage(kind, (who,), int(row.delay) if row.delay.isdigit() and int(row.delay) else None))
        return tuple(found)

    def plan(self, seats: tuple[Seat, ...]) -> Plan:
        """Return how the draft is to travel."""
        return Plan(
            direction=_member(Direction, self.sens, Direction.OUTGOING),
            confidentiality=_member(Confidentiality, self.confidentialite, Confidentiality.INTERNAL),
            priority=_member(Priority, self.priorite, Priority.NORMAL),
            position_id=self.poste,
            answers=tuple(dict.fromkeys(self.repond_a)),
            closes_answered=bool(self.clore),
            stages=self.stages(seats),
        )

    def content(self, standing: Content | None, body: Attachment | None, joined: tuple[Attachment, ...]) -> Content:
        """Return what is to be signed: what is kept of the standing version, with the new files."""
        kept = tuple(one for one in (standing.attachments if standing else ()) if key_of(one) in self.garder)
        file = body or (standing.file if standing and self.garder_texte else None)
        return Content(
            subject=self.objet.strip(),
            recipients=_lines(self.destinataires),
            text="" if file else self.corps.replace("\r\n", "\n").strip(),
            reference=self.reference.strip(),
            kind=self.nature,
            template=self.modele,
            file=file,
            attachments=(*kept, *joined),
            copies=(*(Copy("", one) for one in self.ampliation_unites), *map(Copy, _lines(self.ampliations))),
        )

    def inserted(self) -> Self:
        """Return the form with what a button of the editor adds, for whoever has no script."""
        snippet = SNIPPETS.get(self.inserer, "")
        return self.model_copy(update={"corps": f"{self.corps.rstrip()}\n\n{snippet}".strip()})

    def with_circuit(self, formulas: Formulas, lists: Lists, actor: Actor) -> Self:
        """Return the form with the rows of the circuit chosen."""
        template = next((one for one in formulas.circuits if one.code == self.circuit), None)
        posts = [post for post in actor.posts if post.role in WRITING and self.poste in {"", post.position_id}]
        if template is None or not posts:
            return self
        rows = rows_of(stages_for(template, posts[0], lists.entities, lists.seats))
        return self.model_copy(
            update={
                "genre": [row.kind for row in rows],
                "qui": [row.who for row in rows],
                "delai": [row.delay for row in rows],
            }
        )


def rows_of(stages: tuple[Stage, ...]) -> list[Row]:
    """Return the form's lines for stages: one an approver."""
    found = []
    for stage in stages:
        for number, each in enumerate(stage.approvers):
            who = f"p:{each.position_id}" if each.position_id else f"e:{each.entity_id}"
            delay = str(stage.delay_days) if stage.delay_days and not number else ""
            found.append(Row(BESIDE if number else stage.kind, who, delay))
    return found


def key_of(one: Attachment) -> str:
    """Return what tells an attachment from the others of a version."""
    return f"{one.digest}:{one.letter_id}"


def enclosed(
    files: list[UploadFile] | None, house: House, actor: Actor, *, as_body: bool = False
) -> tuple[Attachment, ...]:
    """Return the files sent, durable in the vault."""
    given = [one for one in files or [] if one.filename]
    return tuple(enclose(one.file, one.filename or "", house, actor, as_body=as_body) for one in given)


def joined_letter(number: str, house: House, actor: Actor) -> tuple[Attachment, ...]:
    """Return the original of a letter of the house as an attachment, by its number.

    Raises:
        NotFound: `letter.unknown`.
    """
    if not number.strip():
        return ()
    letter = consult.by_number(number.strip(), store=house.store, actor=actor)
    return (Attachment(letter.number, letter.original, letter.media_type, letter.original_size, letter.id),)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _member(kind: type[Choice], value: str, otherwise: Choice) -> Choice:
    try:
        return kind(value)
    except ValueError:
        return otherwise
