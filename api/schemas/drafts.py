"""Drafts on the wire: what is written, sent round and said; a signature is given on a page, never by a token."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from ged.mail.circuit import Approver, Said, Stage, StageKind
from ged.mail.draft import Attachment, Content, Copy, Draft
from ged.mail.draft_acts import DraftAct, DraftOrder, DraftStep
from ged.mail.item import Confidentiality, Direction, Priority
from ged.mail.links import Linked, LinkKind
from ged.services.draft import Plan
from ged.services.read_draft import DraftFile


class ApproverIn(BaseModel):
    """A unit, or one of its positions."""

    entity: str
    position: str | None = None

    def value(self) -> Approver:
        """Return the approver."""
        return Approver(self.entity, self.position)


class StageIn(BaseModel):
    """A stage of the circuit, its approvers side by side."""

    kind: StageKind
    approvers: list[ApproverIn] = Field(min_length=1)
    delay_days: int | None = Field(default=None, ge=1, le=365)

    def value(self) -> Stage:
        """Return the stage."""
        return Stage(self.kind, tuple(each.value() for each in self.approvers), self.delay_days)


class CopyIn(BaseModel):
    """Who gets a copy for information (ampliation): a unit of the house, or whoever a line names."""

    entity: str = ""
    label: str = ""

    def value(self) -> Copy:
        """Return the copy; the house names its units itself."""
        return Copy(self.label.strip(), self.entity)


class DraftIn(BaseModel):
    """A draft as written; `keep` are digests of attachments of the standing version to keep."""

    direction: Direction = Direction.OUTGOING
    confidentiality: Confidentiality = Confidentiality.INTERNAL
    priority: Priority = Priority.NORMAL
    position: str = ""
    subject: str = ""
    recipients: list[str] = []
    copies: list[CopyIn] = []
    reference: str = ""
    kind: str = ""
    template: str = ""
    text: str = ""
    answers: list[str] = []
    closes_answered: bool = True
    stages: list[StageIn] = []
    comment: str = Field(default="", max_length=500)
    keep: list[str] = []

    def plan(self) -> Plan:
        """Return how it is to travel."""
        return Plan(
            direction=self.direction,
            confidentiality=self.confidentiality,
            priority=self.priority,
            position_id=self.position,
            answers=tuple(dict.fromkeys(self.answers)),
            closes_answered=self.closes_answered,
            stages=tuple(each.value() for each in self.stages),
        )

    def content(self, standing: Content | None) -> Content:
        """Return what is to be signed."""
        kept = tuple(one for one in (standing.attachments if standing else ()) if one.digest in self.keep)
        return Content(
            subject=self.subject.strip(),
            recipients=tuple(line.strip() for line in self.recipients if line.strip()),
            text=self.text.replace("\r\n", "\n").strip(),
            reference=self.reference.strip(),
            kind=self.kind,
            template=self.template,
            file=None if self.text.strip() or standing is None else standing.file,
            attachments=kept,
            copies=tuple(one.value() for one in self.copies if one.entity or one.label.strip()),
        )


class VersionIn(DraftIn):
    """The next version, on the draft whose revision was read."""

    revision: int


class DraftOrderIn(BaseModel):
    """An act that is asked for, on the revision and the digest that were read."""

    act: DraftAct
    revision: int
    digest: str = ""
    text: str = Field(default="", max_length=4000)
    said: Said | None = None
    to_author: bool = True
    stage: StageIn | None = None
    approver: ApproverIn | None = None

    def value(self) -> DraftOrder:
        """Return the order."""
        return DraftOrder(
            act=self.act,
            revision=self.revision,
            digest=self.digest,
            text=self.text,
            said=self.said,
            to_author=self.to_author,
            stage=self.stage.value() if self.stage else None,
            approver=self.approver.value() if self.approver else None,
        )


class DraftNoteIn(BaseModel):
    """A note for every reader of a draft."""

    text: str = Field(max_length=5000)


class DraftOut(BaseModel):
    """A draft's own line; `waiting` is whom it waits for in its circuit."""

    id: str
    entity_id: str
    position_id: str
    name: str
    direction: str
    state: str
    confidentiality: str
    priority: str
    subject: str
    recipients: tuple[str, ...]
    kind: str
    answers: tuple[str, ...]
    version: int
    digest: str
    revision: int
    created_at: datetime
    changed_at: datetime
    due_date: date | None
    letter_id: str | None
    waiting: list[dict[str, str | None]]

    @classmethod
    def of(cls, draft: Draft) -> DraftOut:
        """Return a draft on the wire."""
        plain: dict[str, Any] = {name: getattr(draft, name) for name in cls.model_fields if name != "waiting"}
        waiting = [{"entity": each.entity_id, "position": each.position_id} for each in draft.waiting]
        return cls(**plain, waiting=waiting)


class DraftListOut(BaseModel):
    """One page of a list of drafts."""

    drafts: list[DraftOut]
    total: int


class VersionOut(BaseModel):
    """One version, whole."""

    number: int
    at: datetime
    by: str
    title: str
    comment: str
    digest: str
    subject: str
    recipients: tuple[str, ...]
    copies: list[dict[str, str]]
    reference: str
    text: str
    file: dict[str, Any] | None
    attachments: list[dict[str, Any]]


class DraftFileOut(BaseModel):
    """A draft with its circuit, versions and acts."""

    draft: DraftOut
    circuit: list[dict[str, Any]]
    versions: list[VersionOut]
    acts: list[dict[str, Any]]

    @classmethod
    def of(cls, file: DraftFile) -> DraftFileOut:
        """Return a draft's file on the wire."""
        return cls(
            draft=DraftOut.of(file.draft),
            circuit=[_stage(stage) for stage in file.draft.circuit.stages],
            versions=[
                VersionOut(
                    number=one.number,
                    at=one.at,
                    by=one.name,
                    title=one.title,
                    comment=one.comment,
                    digest=one.digest,
                    subject=one.content.subject,
                    recipients=one.content.recipients,
                    copies=[{"entity": each.entity_id, "label": each.label} for each in one.content.copies],
                    reference=one.content.reference,
                    text=one.content.text,
                    file=_file(one.content.file) if one.content.file else None,
                    attachments=[_file(each) for each in one.content.attachments],
                )
                for one in file.versions
            ],
            acts=[_act(step) for step in file.steps],
        )


class LinkIn(BaseModel):
    """A link to the letter of a printed number."""

    kind: LinkKind
    number: str = Field(max_length=100)


class LinkOut(BaseModel):
    """A link, seen from the letter asked for."""

    kind: str
    forward: bool
    letter_id: str
    number: str
    subject: str
    state: str

    @classmethod
    def of(cls, linked: Linked) -> LinkOut:
        """Return a link on the wire."""
        return cls(**{name: getattr(linked, name) for name in cls.model_fields})


def _file(one: Attachment) -> dict[str, Any]:
    return asdict(one)


def _stage(stage: Stage) -> dict[str, Any]:
    plain = asdict(stage)
    plain["visas"] = [{name: value for name, value in one.items() if name != "login"} for one in plain["visas"]]
    return plain


def _act(step: DraftStep) -> dict[str, Any]:
    hidden = {"id", "draft_id", "login"}
    return {name: value for name, value in asdict(step).items() if name not in hidden}
