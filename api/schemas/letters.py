"""Letters on the wire."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from api.schemas.routing import NoteOut, OpinionOut, StepOut
from ged.mail.history import canonical
from ged.mail.item import Confidentiality, Letter, Priority
from ged.mail.listing import ListedLetter
from ged.mail.page import Evidence, Page
from ged.mail.qualification import Decision, Proposal
from ged.seal.verify import Verdict
from ged.services.capture import Receipt
from ged.services.consult import LetterFile
from ged.services.sealed_files import SealedFile, Sort
from ged.services.tell_history import History
from ged.services.verify_bundle import BundleReport


class ReceiptOut(BaseModel):
    """What the sender gets once the letter is durable."""

    id: str
    number: str
    page_count: int
    registered_at: datetime
    again: bool = Field(description="These bytes were registered before: no new number was taken.")

    @classmethod
    def of(cls, receipt: Receipt) -> ReceiptOut:
        """Return a receipt on the wire."""
        return cls(
            id=receipt.letter_id,
            number=receipt.number,
            page_count=receipt.page_count,
            registered_at=receipt.registered_at,
            again=receipt.again,
        )


class LetterOut(BaseModel):
    """A letter as it stands; enumerations carry the French codes of the glossary."""

    id: str
    number: str
    direction: str
    state: str
    confidentiality: str
    priority: str
    revision: int
    registered_at: datetime
    kind: str | None
    service: str | None
    position: str | None
    concerned: tuple[str, ...]
    subject: str | None
    sender: str | None
    recipient: str | None
    sender_reference: str | None
    letter_date: date | None
    due_date: date | None
    suspended_on: date | None
    closed_on: date | None
    page_count: int
    original_sha256: str
    original_size: int
    media_type: str
    filename: str
    reading: str
    reading_error: str | None
    sealing: str
    held: bool
    file_code: str | None
    schedule_version: int | None

    @classmethod
    def of(cls, letter: Letter) -> LetterOut:
        """Return a letter on the wire."""
        plain = {name: getattr(letter, name) for name in cls.model_fields if name in Letter.__slots__}
        return cls(service=letter.service_id, position=letter.position_id, original_sha256=letter.original, **plain)


class ProposalOut(BaseModel):
    """One proposed value: confidence in [0, 1]; the box in fractions of the upright page, origin top left."""

    field: str
    value: str
    confidence: float
    page: int | None
    box: tuple[float, float, float, float] | None
    origin: str

    @classmethod
    def of(cls, proposal: Proposal) -> ProposalOut:
        """Return a proposal on the wire."""
        evidence = proposal.evidence
        return cls(
            field=proposal.field,
            value=proposal.value,
            confidence=round(proposal.confidence, 3),
            page=evidence.page if evidence else None,
            box=_box(evidence) if evidence else None,
            origin=proposal.origin,
        )


class PageOut(BaseModel):
    """One page as read; each word is [text, left, top, right, bottom, confidence]."""

    number: int
    width_px: int
    height_px: int
    source: str
    confidence: float
    engine: str
    text: str
    words: list[tuple[str, float, float, float, float, float]]

    @classmethod
    def of(cls, page: Page) -> PageOut:
        """Return a page on the wire."""
        words = [
            (word.text, word.box.left, word.box.top, word.box.right, word.box.bottom, word.confidence)
            for word in page.words
        ]
        plain = {name: getattr(page, name) for name in ("number", "width_px", "height_px", "confidence", "engine")}
        return cls(source=page.source, text=page.text, words=words, **plain)


class FileOut(BaseModel):
    """A letter with what was read, proposed and decided, and how it is sealed."""

    letter: LetterOut
    pages: list[PageOut]
    proposals: list[ProposalOut]
    decisions: list[dict[str, Any]]
    seal: dict[str, Any] | None
    history: list[dict[str, Any]]
    steps: list[StepOut]
    opinions: list[OpinionOut]
    notes: list[NoteOut]

    @classmethod
    def of(cls, file: LetterFile) -> FileOut:
        """Return a letter's file on the wire."""
        seal = file.seal
        return cls(
            letter=LetterOut.of(file.letter),
            pages=[PageOut.of(page) for page in file.pages],
            proposals=[ProposalOut.of(each) for each in file.proposals.values()],
            decisions=[
                {"revision": one.revision, "at": one.at, "by": one.name, "values": one.values} for one in file.decisions
            ],
            seal={
                "leaf_index": seal.leaf_index,
                "p7s_sha256": seal.p7s_sha256,
                "sealed_at": seal.sealed_at,
                "stamped_at": file.stamp.at if file.stamp else None,
                "stamped_by": file.stamp.authority if file.stamp else None,
            }
            if seal
            else None,
            history=[
                {"at": line.at, "act": line.act, "by": line.actor_name, "details": line.details}
                for line in file.journal
            ],
            steps=[StepOut.of(step) for step in file.steps],
            opinions=[OpinionOut.of(each) for each in file.opinions],
            notes=[NoteOut.of(each) for each in file.notes],
        )


class HistoryOut(BaseModel):
    """What happened to a letter: the events as facts, and the digest of each, chained (docs/operations.md)."""

    letter: LetterOut
    events: list[dict[str, Any]]
    digests: tuple[str, ...]

    @classmethod
    def of(cls, history: History) -> HistoryOut:
        """Return a history on the wire: each event as it was digested."""
        told = [json.loads(canonical(event)) for event in history.events]
        return cls(letter=LetterOut.of(history.letter), events=told, digests=history.digests)


class ListOut(BaseModel):
    """One page of a list; `next` is the cursor of the following page, if there is one."""

    total: int
    letters: list[LetterOut]
    next: str | None

    @classmethod
    def of(cls, rows: tuple[ListedLetter, ...], total: int, following: str | None) -> ListOut:
        """Return a page of a list on the wire."""
        return cls(total=total, letters=[LetterOut.of(row.letter) for row in rows], next=following)


class DecisionIn(BaseModel):
    """What a person decided, on the letter as it stood at `revision`."""

    revision: int
    sender: str = ""
    recipient: str = ""
    subject: str = ""
    sender_reference: str = ""
    letter_date: date | None = None
    due_date: date | None = None
    kind: str = ""
    service: str = ""
    confidentiality: Confidentiality = Confidentiality.INTERNAL
    priority: Priority = Priority.NORMAL
    file_code: str = Field(default="", max_length=200)

    def value(self) -> Decision:
        """Return the decision."""
        plain = self.model_dump(exclude={"revision", "service", "reason"})
        return Decision(expected_revision=self.revision, service_id=self.service, **plain)


class CorrectionIn(DecisionIn):
    """The data of a letter as they should be, and why they were not."""

    reason: str = Field(max_length=1000)


class BundleOut(BaseModel):
    """What is to be said of a proof bundle: intact or altere, and the steps, each oui, non or absent."""

    outcome: str
    number: str
    steps: list[dict[str, Any]]

    @classmethod
    def of(cls, report: BundleReport) -> BundleOut:
        """Return a report on the wire."""
        return cls(outcome=report.outcome, number=report.number, steps=[step._asdict() for step in report.steps])


class VerdictOut(BaseModel):
    """What is to be said of a file: intact, altere, non_fiable or inconnu, three answers, and the numbered steps.

    `sort` says what the file is: original, annexe, piece_gardee, impression_registre, inventaire, piece_dossier,
    certificat_elimination or certificat_papier; null: none of them.
    `answers` says of `intact`, `valide` and `fiable` whether every step that asks it passed; null when none asked.
    """

    outcome: str
    number: str | None
    sort: str | None
    answers: dict[str, bool | None]
    steps: list[dict[str, Any]]

    @classmethod
    def of(cls, verdict: Verdict, number: str | None, what: SealedFile | None = None) -> VerdictOut:
        """Return a verdict on the wire; without `what`, it is of the original."""
        sort = what.sort if what else Sort.ORIGINAL if number else None
        steps = [
            {
                "number": step.number,
                "title": step.title,
                "passed": step.passed,
                "detail": step.detail,
                "question": step.question,
            }
            for step in verdict.steps
        ]
        answers = {str(question): answer for question, answer in verdict.answers.items()}
        return cls(outcome=verdict.outcome, number=number, sort=sort, answers=answers, steps=steps)


def _box(evidence: Evidence) -> tuple[float, float, float, float]:
    box = evidence.box
    return box.left, box.top, box.right, box.bottom
