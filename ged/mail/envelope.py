"""Sealed envelopes (plis fermés): registered from the cover, handed over unopened, opened by the addressee alone.

The cover is the letter's original until the envelope is opened: nobody in the registry sees what is inside, since it
is not there. Once the addressee releases it, the content becomes the original under the same number, and the cover
stays kept with its own seal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ged.errors import Conflict, Forbidden, Refused
from ged.mail.access import Actor, Capacity
from ged.mail.french_dates import long_moment
from ged.mail.item import Confidentiality, Letter, Reading, Sealing
from ged.mail.said import Said


class Nature(StrEnum):
    """Why an envelope stays closed."""

    CONFIDENTIAL = "confidentiel"
    PERSONAL = "personnel"
    TENDER = "offre"

    @property
    def level(self) -> Confidentiality:
        """The confidentiality that it gives the letter while it is closed."""
        return Confidentiality.PERSONAL if self is Nature.PERSONAL else Confidentiality.CONFIDENTIAL


@dataclass(frozen=True, slots=True)
class Cover:
    """What is read on an envelope: for which position, from whom, under which reference; of a tender, its opening."""

    nature: Nature
    position_id: str
    sender: str = ""
    reference: str = ""
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """An envelope and what became of it.

    Attributes:
        cover_sha256: Of the cover's image, which is the letter's original until the envelope is opened.
        handed_to: Name of who took it, as given by the registry.
        kept_at: When the addressee said that it stays out of the circuit.
    """

    letter_id: str
    cover: Cover
    cover_sha256: str
    handed_at: datetime | None
    handed_to: str
    kept_at: datetime | None
    released_at: datetime | None
    released_by: str


def refuse_cover(cover: Cover) -> None:
    """Let pass a cover that says enough.

    Raises:
        Refused: `envelope.no_addressee`, `envelope.no_opening`.
    """
    if not cover.position_id:
        raise Refused("envelope.no_addressee", "Choisissez à qui ce pli est adressé.", field="pour")
    if cover.nature is Nature.TENDER and cover.opens_at is None:
        raise Refused(
            "envelope.no_opening", "Une offre a un jour et une heure d'ouverture. Indiquez-les.", field="ouverture"
        )


def is_addressee(actor: Actor, envelope: Envelope) -> bool:
    """Whether an envelope is for the actor: a personal one for who holds the position, not for who acts in it."""
    return any(
        post.position_id == envelope.cover.position_id
        and (envelope.cover.nature is not Nature.PERSONAL or post.capacity is Capacity.HOLDER)
        for post in actor.posts
    )


def refuse_opening(actor: Actor, envelope: Envelope, letter: Letter, now: datetime) -> None:
    """Let pass the addressee who opens an envelope they have, at its hour.

    Raises:
        Forbidden: `envelope.not_addressee`.
        Conflict: `envelope.open`, `envelope.being_read`.
        Refused: `envelope.not_handed`, `envelope.too_early`.
    """
    if not is_addressee(actor, envelope):
        raise Forbidden("envelope.not_addressee", "Ce pli fermé est pour quelqu'un d'autre : lui seul peut l'ouvrir.")
    if envelope.released_at is not None:
        raise Conflict("envelope.open", "Ce pli est déjà ouvert et versé dans le circuit. Rien n'a été changé.")
    if envelope.handed_at is None:
        raise Refused("envelope.not_handed", "Le bureau d'ordre ne vous a pas encore remis ce pli. Demandez-le-lui.")
    opens_at = envelope.cover.opens_at
    if opens_at is not None and now < opens_at:
        raise Refused(
            "envelope.too_early",
            Said("Cette offre s'ouvre %(moment)s. Avant, personne ne peut l'ouvrir.", moment=long_moment(opens_at)),
        )
    if letter.reading is Reading.PENDING or letter.sealing is Sealing.PENDING:
        raise Conflict(
            "envelope.being_read",
            "La couverture de ce pli est encore en cours de scellement ou de lecture. Réessayez dans un instant.",
        )
