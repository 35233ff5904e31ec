"""Disposal (élimination): a list of letters whose term is over, the visa, the second person, what became of each.

Two people want it, by name: whoever gives the archivist's visa, and another. What is destroyed is the content; what
the letter was, its digest, its journal and the certificate stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.box import PaperTwin
from ged.mail.item import Letter, State
from ged.mail.reason import Reason

MOST_LINES = 500
"""Lines of one list: what a person can still read before giving a visa."""


class DisposalState(StrEnum):
    """Where a list of disposal stands."""

    PREPARED = "prepare"
    VISAED = "vise"
    APPROVED = "approuve"
    DONE = "fini"
    ABANDONED = "abandonne"


class LineState(StrEnum):
    """What becomes of a letter of a list.

    REMOVED by a person, KEPT by the sampling, SPARED by the last check; CONDEMNED from the moment when nothing can
    save it any more until its content is gone, and then DESTROYED.
    """

    PROPOSED = "propose"
    REMOVED = "retire"
    KEPT = "echantillon"
    SPARED = "epargne"
    CONDEMNED = "condamne"
    DESTROYED = "detruit"


class ObjectState(StrEnum):
    """What became of a file of a destroyed letter: SHARED with another letter, that keeps it; REMAINS under a lock."""

    TO_DO = "a_detruire"
    GONE = "detruit"
    SHARED = "partage"
    REMAINS = "reste"


@dataclass(frozen=True, slots=True)
class Signed:
    """Who put their name to something, and when."""

    login: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DisposalLine:
    """One letter of a list, or one piece of a dossier.

    Attributes:
        subject_id: Of the letter, or of the piece.
        number: Registration number, of a piece the code of its dossier and its title; `digest` SHA-256 of the original,
            or of the last version; `rule` the code of the rule that applied.
        kept_until: The last day on which it had to be kept, as it was when the list was made.
        reasons: Why its fate is what it is.
        said: Why it was removed, kept or spared; None otherwise.
        leaf_index: Its entry of disposal in the log, once there is one.
        dossier_id: The dossier that a piece lies in; None for a letter.
    """

    subject_id: str
    rank: int
    number: str
    digest: str
    rule: str
    kept_until: date
    reasons: tuple[Reason, ...]
    state: LineState
    said: Reason | None = None
    by: str = ""
    condemned_at: datetime | None = None
    destroyed_at: datetime | None = None
    leaf_index: int | None = None
    dossier_id: str | None = None

    @property
    def title(self) -> str:
        """What a piece is called within its dossier; "" for a letter."""
        return self.number.partition(" · ")[2] if self.dossier_id else ""


@dataclass(frozen=True, slots=True)
class Disposal:
    """A list of disposal (bordereau d'élimination).

    Attributes:
        approver_id: The position that is asked to approve, once the visa is given.
        said: Why it was sent back or abandoned; "" otherwise.
        certificate: SHA-256 of the certificate in the vault, once it is made; `leaf_index` its entry in the
            log, once it is sealed.
    """

    id: str
    tenant_id: str
    number: str
    state: DisposalState
    prepared: Signed
    visa: Signed | None = None
    approver_id: str | None = None
    approved: Signed | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    said: str = ""
    certificate: str | None = None
    leaf: bytes | None = None
    leaf_index: int | None = None
    p7s_sha256: str | None = None
    sealed_at: datetime | None = None

    @property
    def running(self) -> bool:
        """Whether the machine has it in hand."""
        return self.state is DisposalState.APPROVED


@dataclass(frozen=True, slots=True)
class ObjectLeft:
    """A file of a destroyed letter or piece that is still in the store, and why; `number` as on its line."""

    subject_id: str
    number: str
    digest: str
    state: ObjectState
    said: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the certificate of a disposal says, whole.

    Attributes:
        backup_days: For how many days backups are kept, as the site declares it; None where it does not.
        paper: The originals on paper of what was destroyed, by box: a list of their own says when they went.
    """

    disposal: Disposal
    organisation: str
    lines: tuple[DisposalLine, ...]
    left: tuple[ObjectLeft, ...]
    backup_days: int | None
    paper: tuple[PaperTwin, ...] = ()


def refuse_same_person(one: Disposal, login: str) -> None:
    """Let pass a second person.

    Raises:
        Forbidden: `disposal.same_person`.
    """
    if login in {one.prepared.login, one.visa.login if one.visa else ""}:
        raise Forbidden(
            "disposal.same_person",
            "Vous avez préparé ou visé ce bordereau : une autre personne doit l'approuver.",
            login=login,
        )


def require_state(one: Disposal, *states: DisposalState) -> None:
    """Let pass a list that stands where an act needs it.

    Raises:
        Conflict: `disposal.state`.
    """
    if one.state not in states:
        raise Conflict(
            "disposal.state",
            "Ce bordereau n'en est plus là : quelqu'un a agi entre-temps. Rien n'a été changé ; relisez-le.",
            state=str(one.state),
        )


def require_reason(reason: str) -> str:
    """Return a reason, spaces made single.

    Raises:
        Refused: `disposal.no_reason`.
    """
    said = " ".join(reason.split())[:500]
    if not said:
        raise Refused("disposal.no_reason", "Dites pourquoi : le motif reste sur le bordereau.", field="motif")
    return said


def refuse_destroyed(letter: Letter) -> None:
    """Let pass a letter whose content is still there.

    Raises:
        NotFound: `letter.destroyed`.
    """
    if letter.state is State.DESTROYED:
        raise NotFound(
            "letter.destroyed",
            "Ce courrier a été éliminé : son contenu n'existe plus. Sa fiche dit ce qu'il était.",
        )
