"""Legal holds (gels): what one keeps, why, whose it is, when it is looked at again.

While it stands, nothing that it caught is destroyed, whatever the retention schedule says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ged.errors import Refused
from ged.mail.folding import folded_words

LONGEST_REASON = 500


class Scope(StrEnum):
    """What a hold is placed on: a letter; what lies, or is put, in a dossier; what names a correspondent; a search."""

    LETTER = "courrier"
    DOSSIER = "dossier"
    CORRESPONDENT = "correspondant"
    QUERY = "recherche"


@dataclass(frozen=True, slots=True)
class HoldQuery:
    """What a letter must be for a hold on a search to catch it; an empty choice lets everything through.

    Attributes:
        words: Each must stand in its number, subject, names, references or text, accents and case aside.
        since: First day of registration, `until` its last, both in.
    """

    words: str = ""
    service: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def empty(self) -> bool:
        """Whether it would catch every letter."""
        return not (folded_words(self.words) or self.service or self.kind or self.since or self.until)


@dataclass(frozen=True, slots=True)
class LegalHold:
    """One hold. What it has once caught it keeps until it is lifted, wherever the letter is put meanwhile.

    Attributes:
        target: Id of the letter, dossier or correspondent; "" for a search, which has a `query`.
        label: What it was placed on, as it was called on that day.
        owner_id: The position that answers for it; None for the archivists.
        review_on: The day on which its owner is asked whether it must stand.
    """

    id: str
    tenant_id: str
    scope: Scope
    target: str
    query: HoldQuery | None
    label: str
    reason: str
    owner_id: str | None
    review_on: date | None
    placed_by: str
    placed_at: datetime
    lifted_by: str | None = None
    lifted_at: datetime | None = None
    lift_reason: str = ""

    @property
    def stands(self) -> bool:
        """Whether it has not been lifted."""
        return self.lifted_at is None

    def to_review(self, today: date) -> bool:
        """Whether the day of its review has come."""
        return self.stands and self.review_on is not None and self.review_on <= today


@dataclass(frozen=True, slots=True)
class HoldSearch:
    """How far a hold on a search is that still looks for what it is on.

    It is in force meanwhile: whatever is about to be destroyed is held against it by itself.

    Attributes:
        begun_at: When it was placed, or the last night.
        looked: Letters and pieces looked at, of a `total`; 0 before the first.
        caught: Letters that it has caught since then.
    """

    begun_at: datetime
    looked: int
    total: int
    caught: int


def refuse_faulty(reason: str, review_on: date | None, query: HoldQuery | None, today: date) -> None:
    """Let pass what a hold may be placed with.

    Raises:
        Refused: `hold.no_reason`, `hold.review_past`, `hold.query_empty`.
    """
    if not reason.strip():
        raise Refused(
            "hold.no_reason",
            "Indiquez le motif du gel, par exemple « Contentieux devant la cour d'appel ».",
            field="motif",
        )
    if review_on is not None and review_on < today:
        raise Refused(
            "hold.review_past", "Le jour de la révision est passé. Choisissez un jour à venir.", field="revoir"
        )
    if query is not None and query.empty:
        raise Refused(
            "hold.query_empty", "Sans mot, service, nature ni date, ce gel prendrait tout. Précisez-le.", field="mots"
        )
