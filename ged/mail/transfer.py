"""Transfers (versements): a slip of letters and pieces whose time is over, approved by a second person, given away.

One is transferred once the archive has said so, never before; what it refuses goes back where it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ged.errors import Conflict, Refused
from ged.mail.access import Actor
from ged.mail.dossier_piece import KeptPiece
from ged.mail.filing import Disposition
from ged.mail.item import Letter, Sealing, State
from ged.mail.moves import CLOSED
from ged.mail.reason import Reason

TRANSFERABLE = (Disposition.TRANSFER, Disposition.KEEP)
"""Final dispositions whose letters are given to an archive."""
OVER = CLOSED | {State.DISPATCHED}
"""States of letters that nobody works on any more."""
MAX_TITLE = 200


class TransferState(StrEnum):
    """Where a transfer slip stands."""

    DRAFT = "en_preparation"
    SUBMITTED = "soumis"
    APPROVED = "vise"
    READY = "pret"
    ANSWERED = "repondu"
    ABANDONED = "abandonne"


class ItemState(StrEnum):
    """What becomes of a letter or a piece on a slip."""

    LISTED = "inscrit"
    REMOVED = "retire"
    DROPPED = "ecarte"
    ACCEPTED = "accepte"
    REFUSED = "refuse"


class Form(StrEnum):
    """How packages are made."""

    SEDA = "seda"
    BAGIT = "bagit"


class PackageOutcome(StrEnum):
    """What the archive has said of a package."""

    WAITING = ""
    ACKNOWLEDGED = "accuse"
    ACCEPTED = "accepte"
    REFUSED = "refuse"


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer slip (bordereau de versement).

    Attributes:
        number: As people call it, `VER-2026-001`; unique within the tenant.
        archive_code: Identifier of the archive that it is for, `archive_name` its name in words.
        agreement: Identifier of the agreement with the archive; "" without.
        submitted_by: Name of whoever asked for the approval, `submitted_login` their login; "" before.
        remark: What was said when it was sent back, or given up.
        planned: How many packages there will be; 0 before they are made.
        packed: Letters and pieces that are in packages already.
        fault: Why packages could not be made, for now; "".
    """

    id: str
    tenant_id: str
    number: str
    title: str
    form: Form
    archive_code: str
    archive_name: str
    agreement: str
    state: TransferState
    revision: int
    created_at: datetime
    created_login: str
    created_by: str
    submitted_at: datetime | None = None
    submitted_login: str = ""
    submitted_by: str = ""
    approved_at: datetime | None = None
    approved_login: str = ""
    approved_by: str = ""
    ended_at: datetime | None = None
    remark: str = ""
    planned: int = 0
    packed: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class TransferItem:
    """A letter on a slip, or a piece of a dossier.

    Attributes:
        rank: From 1, its place on the slip; its unit in a package is named by it.
        subject_id: Of the letter, or of the piece.
        kept_until: The last day it had to be kept, at the sweep that proposed it.
        reasons: Why it is proposed.
        said: Why it was removed, dropped or refused; or the identifier that the archive gave it.
        package: Rank of the package that it goes in; 0 before they are planned.
        dossier_id: The dossier that a piece lies in; None for a letter.
    """

    transfer_id: str
    rank: int
    subject_id: str
    disposition: Disposition
    kept_until: date
    reasons: tuple[Reason, ...]
    state: ItemState
    said: str = ""
    package: int = 0
    dossier_id: str | None = None

    @property
    def unit(self) -> str:
        """The id of its unit of description in a package."""
        return f"AU-{self.rank}"


@dataclass(frozen=True, slots=True)
class TransferPackage:
    """A package of a transfer.

    Attributes:
        identifier: What the archive's answer must name.
        sha256: Of its bytes.
        letters: How many letters and pieces are in it.
        held: The same, while the vault keeps it: until the archive has said yes or no. None once it is destroyed.
        made_at: None while it is being made.
        answer: What the archive said, one sentence each.
    """

    transfer_id: str
    rank: int
    identifier: str
    sha256: str
    size: int
    letters: int
    held: str | None
    made_at: datetime | None
    outcome: PackageOutcome
    answered_at: datetime | None
    answer: tuple[str, ...]
    reply: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A letter or a piece that fell due for a transfer: what is proposed for it, since when, and why.

    Attributes:
        of_piece: Whether `subject_id` is that of a piece of a dossier.
        dossier: Code of the dossier that it lies in, of several the first; None without.
    """

    subject_id: str
    disposition: Disposition
    kept_until: date
    reasons: tuple[Reason, ...]
    of_piece: bool = False
    dossier: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What an archive took: of a letter, or of a piece of a dossier.

    Attributes:
        transfer_id: The slip it was on, `number` what people call it.
        package: Identifier of the package it went in, `rank` its rank on the slip.
        taken_at: When the archive's acceptance was entered here; `acknowledged_at` when its acknowledgement was.
        cote: The identifier that the archive gave it; "" without.
    """

    subject_id: str
    transfer_id: str
    number: str
    archive_name: str
    package: str
    rank: int
    taken_at: datetime
    cote: str
    acknowledged_at: datetime | None = None


def refuse_state(transfer: Transfer, *allowed: TransferState) -> None:
    """Let pass a slip in one of some states.

    Raises:
        Conflict: `transfer.state`.
    """
    if transfer.state not in allowed:
        raise Conflict(
            "transfer.state",
            "Ce bordereau n'est plus dans un état qui permet cet acte. Rechargez la page pour voir où il en est.",
            transfer_id=transfer.id,
            state=str(transfer.state),
        )


def refuse_same_person(transfer: Transfer, actor: Actor) -> None:
    """Let pass whoever neither prepared a slip nor submitted it: two people answer for a transfer.

    Raises:
        Refused: `transfer.same_person`.
    """
    if actor.login in {transfer.created_login, transfer.submitted_login}:
        raise Refused(
            "transfer.same_person",
            "Vous avez préparé ou soumis ce bordereau : une autre personne doit le viser.",
        )


def unfit(letter: Letter, *, held: bool, sealed: bool = True) -> str:
    """Return why a letter may not be transferred now, a French sentence; "" when it may."""
    if held:
        return "Gelé : il reste chez nous tant que le gel dure."
    if letter.state not in OVER:
        return "Rouvert, ou déjà versé ou éliminé : il n'est plus à verser."
    if sealed and letter.sealing is not Sealing.SEALED:
        return "Son sceau est en attente : il sera versé une fois scellé."
    return ""


def unfit_piece(one: KeptPiece, *, held: bool) -> str:
    """Return why a piece of a dossier may not be transferred now, a French sentence; "" when it may."""
    if held:
        return "Gelée : elle reste chez nous tant que le gel dure."
    if one.dossier.closed_on is None:
        return "Son dossier est rouvert : elle n'est plus à verser."
    if one.piece.condemned_at is not None or one.piece.transferred_at is not None:
        return "Déjà versée ou éliminée : elle n'est plus à verser."
    return "" if one.sealed else "Une de ses versions attend son sceau : elle sera versée une fois scellée."
