"""Drafts (projets): mail that is being written and is not registered yet, its versions, and who may read it.

What will be signed is a `Content`: every word and file of it, under one digest. A save is a new version, never a
change of an old one; a visa names the digest that was seen.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from ged.errors import NotFound, Refused
from ged.mail.access import Actor, Role
from ged.mail.circuit import Approver, Circuit
from ged.mail.item import Confidentiality, Direction, Priority, State
from ged.mail.markup import LONGEST
from ged.mail.said import Said, joined

WITH_AUTHOR = (State.IN_PROGRESS, State.APPROVAL_REFUSED)
IN_CIRCUIT = (State.TO_APPROVE, State.TO_SIGN)
OVER = (State.TO_DISPATCH, State.NO_FURTHER_ACTION)
"""Signed, and registered under its number; or abandoned."""
WRITING = frozenset({Role.HEAD, Role.SECRETARY, Role.OFFICER})
_LONG = 500
_MOST_ATTACHED = 30
_MOST_COPIES = 60


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in the vault that goes with a draft: sent for it, or the original of a letter of the house.

    Attributes:
        label: What the reader is told it is; a file's name, or a letter's number.
        letter_id: The letter whose original it is; "" for a file of its own.
    """

    label: str
    digest: str
    media_type: str
    size: int
    letter_id: str = ""


@dataclass(frozen=True, slots=True)
class Copy:
    """Who gets a copy for information (ampliation), as printed; `entity_id` for a unit of the house, else ""."""

    label: str
    entity_id: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What is signed, whole.

    Attributes:
        recipients: Whom it is for, one a line as printed.
        correspondents: Ids of those recipients who are known to the house.
        reference: The recipient's own reference (V/Réf), "" for none.
        template: Code of the letterhead and model it is laid out with, "" for the plain one.
        text: The body, in the markup of `ged.mail.markup`; "" when `file` is the body.
        file: A DOCX or PDF that is the body.
        copies: Who gets a copy, printed at the foot of the page.
    """

    subject: str
    recipients: tuple[str, ...]
    text: str
    reference: str = ""
    kind: str = ""
    template: str = ""
    file: Attachment | None = None
    attachments: tuple[Attachment, ...] = ()
    correspondents: tuple[str, ...] = ()
    copies: tuple[Copy, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the whole, 64 lower-case hexadecimal digits: of UTF-8 JSON, keys sorted, no spaces."""
        whole = asdict(self)
        if not self.copies:  # versions kept before there were copies were digested without the word
            del whole["copies"]
        plain = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(plain.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Version:
    """One save, by whom and in which post; `number` counts from 1."""

    draft_id: str
    number: int
    at: datetime
    login: str
    name: str
    title: str
    comment: str
    content: Content
    digest: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it stands at `revision`.

    Attributes:
        id: 128 random bits, URL-safe.
        entity_id: The unit that issues it.
        position_id: The author's position: the draft stays with it when people change.
        subject: Of the version that stands, for lists; so are `recipients` and `kind`.
        answers: Letters that it answers.
        closes_answered: Whether its dispatch closes them.
        revision: Grows by one at every act, except a parallel visa that leaves others to be given.
        due_date: Until when the step that it waits for should be done.
        letter_id: The letter that it became, once signed.
    """

    id: str
    tenant_id: str
    entity_id: str
    position_id: str
    login: str
    name: str
    direction: Direction
    state: State
    confidentiality: Confidentiality
    priority: Priority
    subject: str
    recipients: tuple[str, ...]
    kind: str
    answers: tuple[str, ...]
    closes_answered: bool
    version: int
    digest: str
    revision: int
    circuit: Circuit
    created_at: datetime
    changed_at: datetime
    due_date: date | None
    letter_id: str | None

    @property
    def waiting(self) -> tuple[Approver, ...]:
        """Who it waits for in its circuit; nobody while it lies with its author, and once it is over."""
        return self.circuit.waiting(self.digest) if self.state in IN_CIRCUIT else ()

    def written(self, version: Version) -> Draft:
        """Return the draft with a new version standing."""
        content = version.content
        return replace(
            self,
            version=version.number,
            digest=version.digest,
            subject=content.subject,
            recipients=content.recipients,
            kind=content.kind,
            revision=self.revision + 1,
            changed_at=version.at,
        )


@dataclass(frozen=True, slots=True)
class DraftListing:
    """What a list of drafts shows; None means no restriction.

    `waiting_for` is (positions, units) whose turn it is; `written_by` is positions of authors.
    """

    states: tuple[State, ...] = ()
    waiting_for: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    written_by: tuple[str, ...] | None = None
    answering: str | None = None


@dataclass(frozen=True, slots=True)
class DraftPage:
    """One page of a list of drafts, and how many there are in all."""

    rows: tuple[Draft, ...]
    total: int


def readers_of_draft(draft: Draft) -> frozenset[str]:
    """Return the tokens of which an actor needs one: the issuing unit's and, once it is sent, the circuit's."""
    units = {draft.entity_id}
    if draft.state is not State.IN_PROGRESS:
        units.update(approver.entity_id for stage in draft.circuit.stages for approver in stage.approvers)
    return frozenset(f"svc:{unit}:{draft.confidentiality}" for unit in units)


def may_write(actor: Actor) -> bool:
    """Whether one of the actor's posts prepares mail."""
    return any(post.role in WRITING for post in actor.posts)


def refuse_faulty(content: Content) -> None:
    """Refuse what is too long to be kept as a version; an unfinished draft is kept all the same.

    Raises:
        Refused: `draft.long`, `draft.attachments`, `draft.copies`.
    """
    lines = (content.subject, content.reference, *content.recipients, *(each.label for each in content.copies))
    if len(content.text) > LONGEST or max(map(len, lines)) > _LONG:
        raise Refused(
            "draft.long",
            Said(
                "L'objet, chaque destinataire et chaque ampliation comptent %(line)s caractères au plus, le texte "
                "%(text)s : joignez le reste en fichier.",
                line=_LONG,
                text=LONGEST,
            ),
        )
    if len(content.copies) > _MOST_COPIES:
        raise Refused(
            "draft.copies",
            Said("Un projet porte %(most)s ampliations au plus.", most=_MOST_COPIES),
            field="ampliations",
        )
    if len(content.attachments) > _MOST_ATTACHED:
        raise Refused(
            "draft.attachments", Said("Un projet porte %(most)s pièces jointes au plus.", most=_MOST_ATTACHED)
        )


def refuse_unfinished(content: Content, direction: Direction) -> None:
    """Refuse to send round what nobody could sign.

    Raises:
        Refused: `draft.unfinished`.
    """
    missing = [] if content.subject.strip() else [Said("l'objet")]
    if direction is Direction.OUTGOING and not any(line.strip() for line in content.recipients):
        missing.append(Said("le destinataire"))
    if not content.text.strip() and content.file is None:
        missing.append(Said("le texte"))
    if missing:
        raise Refused(
            "draft.unfinished",
            Said(
                "Il manque encore %(what)s. Complétez le projet, puis envoyez-le.",
                what=joined(missing, "%(one)s et %(other)s"),
            ),
            field="objet" if "l'objet" in missing else "texte",
        )


def unknown_draft() -> NotFound:
    """Return the one answer for a draft that is not there and for one that the asker may not see."""
    return NotFound("draft.unknown", "Ce projet n'existe pas, ou il n'est pas ouvert à votre poste.")
