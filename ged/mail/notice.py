"""Notices: what the house tells a person about a letter; the registry of their kinds, each with its words.

A kind is one line of `KINDS`. Its sentence is French, goes through the catalogue when it is shown, and may hold
`%(by)s` (who acted), `%(day)s` (a deadline) and `%(rank)s` (which reminder). A notice never holds content of a
letter: what it shows of one is read when it is shown, with the rights of that moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ged.mail.item import Confidentiality


class Group(StrEnum):
    """Kinds that a person receives, or not, together."""

    TO_DO = "a_faire"
    DEADLINES = "echeances"
    FOLLOWED = "suivis"
    SENDING = "envois"


class Channel(StrEnum):
    """How a person wants a group by e-mail; the notices page has them all."""

    NOTHING = "rien"
    AT_ONCE = "immediat"
    DIGEST = "resume"


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One kind of notice: its code in the database, its group, its sentence and its icon."""

    code: str
    group: Group
    sentence: str
    icon: str = "mail"


ASSIGNED = NoticeKind("affecte", Group.TO_DO, "Un courrier vous est affecté par %(by)s", "inbox")
OPINION_ASKED = NoticeKind("avis_demande", Group.TO_DO, "Un avis vous est demandé par %(by)s", "mail")
OPINION_GIVEN = NoticeKind("avis_donne", Group.TO_DO, "L'avis demandé est donné par %(by)s", "mail")
RETURNED = NoticeKind("retourne", Group.TO_DO, "Un courrier vous est retourné par %(by)s", "undo-2")
FOR_ANOTHER = NoticeKind("remplacement", Group.TO_DO, "Un courrier arrive au poste que vous remplacez", "user")
REMINDER = NoticeKind("rappel", Group.DEADLINES, "Rappel %(rank)s : courrier à traiter avant le %(day)s", "clock")
OPINION_REMINDER = NoticeKind(
    "rappel_avis", Group.DEADLINES, "Rappel %(rank)s : avis à donner avant le %(day)s", "clock"
)
ESCALATED = NoticeKind(
    "escalade", Group.DEADLINES, "Un courrier en retard vous est signalé : échéance du %(day)s", "triangle-alert"
)
DRAFT_WAITS = NoticeKind("projet_attend", Group.TO_DO, "Un projet attend votre acte, envoyé par %(by)s", "stamp")
DRAFT_BACK = NoticeKind("projet_revenu", Group.TO_DO, "Votre projet vous revient, par %(by)s", "undo-2")
PAPER_DUE = NoticeKind("papier_du", Group.DEADLINES, "L'original papier est à rendre depuis le %(day)s", "archive")
FOLLOWED = NoticeKind("suivi", Group.FOLLOWED, "Un courrier que vous suivez a changé, par %(by)s", "circle-check")
ALERT = NoticeKind("alerte_recherche", Group.FOLLOWED, "Un courrier répond à votre recherche « %(by)s »", "search")
PIECE_ALERT = NoticeKind(
    "alerte_piece", Group.FOLLOWED, "Une pièce de dossier répond à votre recherche « %(by)s »", "search"
)
NOT_DELIVERED = NoticeKind("non_remis", Group.SENDING, "Un courriel que vous avez envoyé n'est pas remis", "circle-x")
ANSWERED = NoticeKind("reponse_recue", Group.SENDING, "Une réponse à ce courrier est arrivée par courriel", "mail")
RECEIPT_CAME = NoticeKind("ar_recu", Group.SENDING, "L'accusé de réception de ce courrier est arrivé", "circle-check")
CERTIFICATE_ENDS = NoticeKind(
    "certificat_fin", Group.DEADLINES, "Un certificat arrive à son terme le %(day)s : %(by)s", "triangle-alert"
)

AUDIT_FOUND = NoticeKind(
    "audit_anomalie", Group.TO_DO, "Un audit des preuves demande votre attention", "triangle-alert"
)

AUDIT_LEFT = NoticeKind(
    "audit_inacheve", Group.TO_DO, "Un audit des preuves n'a pas pu aller à son terme", "triangle-alert"
)
AUDIT_LATE = NoticeKind("audit_retard", Group.TO_DO, "Un audit des preuves est en retard", "triangle-alert")

DISPOSAL_ASKED = NoticeKind(
    "elimination_approuver",
    Group.TO_DO,
    "Un bordereau d'élimination attend votre approbation, visé par %(by)s",
    "archive",
)
DISPOSAL_BACK = NoticeKind(
    "elimination_renvoyee", Group.TO_DO, "Un bordereau d'élimination vous est renvoyé par %(by)s", "undo-2"
)
DISPOSAL_DONE = NoticeKind(
    "elimination_finie", Group.TO_DO, "Une élimination est finie : son certificat est prêt", "circle-check"
)
TRANSFER_ASKED = NoticeKind(
    "versement_viser", Group.TO_DO, "Un bordereau de versement attend un visa, soumis par %(by)s", "archive"
)
TRANSFER_BACK = NoticeKind(
    "versement_renvoye", Group.TO_DO, "Un bordereau de versement vous est renvoyé par %(by)s", "undo-2"
)
SCHEDULE_ASKED = NoticeKind(
    "tableau_approuver",
    Group.TO_DO,
    "Une version du plan et du tableau attend une approbation, soumise par %(by)s",
    "book-open",
)
SCHEDULE_BACK = NoticeKind(
    "tableau_renvoye", Group.TO_DO, "Votre version du plan et du tableau vous est renvoyée par %(by)s", "undo-2"
)
HOLD_REVIEW = NoticeKind("gel_revoir", Group.DEADLINES, "Un gel est à revoir depuis le %(day)s", "snowflake")
INDEX_DRIFT = NoticeKind(
    "index_ecart", Group.TO_DO, "La recherche s'écartait des courriers : une vérification l'a remise d'accord", "search"
)

KINDS: dict[str, NoticeKind] = {
    kind.code: kind
    for kind in (
        ASSIGNED,
        OPINION_ASKED,
        OPINION_GIVEN,
        RETURNED,
        FOR_ANOTHER,
        REMINDER,
        OPINION_REMINDER,
        ESCALATED,
        DRAFT_WAITS,
        DRAFT_BACK,
        PAPER_DUE,
        FOLLOWED,
        ALERT,
        PIECE_ALERT,
        NOT_DELIVERED,
        ANSWERED,
        RECEIPT_CAME,
        CERTIFICATE_ENDS,
        AUDIT_FOUND,
        AUDIT_LEFT,
        AUDIT_LATE,
        HOLD_REVIEW,
        INDEX_DRIFT,
        DISPOSAL_ASKED,
        DISPOSAL_BACK,
        DISPOSAL_DONE,
        TRANSFER_ASKED,
        TRANSFER_BACK,
        SCHEDULE_ASKED,
        SCHEDULE_BACK,
    )
}
"""Every kind there is. A new one is a line here and an entry of its sentence in the catalogue."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing told to one person, once.

    Attributes:
        id: 128 random bits.
        mark: What happened, so that it is told once to a person: the same mark again is no new notice.
        by: Name of who acted, or of the search that alerts; "" for the machine.
        link: The page it leads to; "" for the letter's.
        piece_id: Of the piece of a dossier that it is about.
        mailed_at: When it left by e-mail, or was settled without.
    """

    id: str
    person_id: str
    kind: str
    at: datetime
    letter_id: str | None
    mark: str
    by: str = ""
    day: date | None = None
    rank: int = 0
    link: str = ""
    piece_id: str | None = None
    read_at: datetime | None = None
    mailed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """A notice as its reader sees it: subject and sender, or title, only while the reader may read what it is of.

    Attributes:
        number: The letter's, or the code of the piece's dossier.
        confidentiality: The letter's; None of what may not be read, and of pieces, which have none.
    """

    notice: Notice
    number: str
    subject: str
    sender: str
    confidentiality: Confidentiality | None

    @property
    def kind(self) -> NoticeKind:
        """What kind it is."""
        return KINDS[self.notice.kind]

    @property
    def address(self) -> str:
        """The page it leads to."""
        return self.notice.link or (f"/courrier/{self.notice.letter_id}" if self.notice.letter_id else "/avis")


@dataclass(frozen=True, slots=True)
class Choice:
    """How a person wants notices by e-mail, group by group; `hour` is the digest's, in UTC (Lomé's own)."""

    channels: dict[Group, Channel]
    hour: int = 7

    def channel(self, group: Group) -> Channel:
        """Return the channel of a group; a group never chosen is a digest."""
        return self.channels.get(group, Channel.DIGEST)


def may_be_mailed(level: Confidentiality | None) -> bool:
    """Whether subject and sender of a letter of that level may stand in an e-mail: they leave the house unsealed."""
    return level is not None and level.rank <= Confidentiality.INTERNAL.rank
