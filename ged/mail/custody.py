"""Custody: who holds the paper original of a letter now, and by which hand-over.

Moving the electronic letter does not move the paper: a hand-over does. Until it is attested by who receives,
the giver answers for the paper; so there is always one keeper, and at most one hand-over on its way. A letter
born electronic has no paper: it has no hand-over at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ged.errors import Conflict, Forbidden, Refused
from ged.mail.access import KEEPS_REGISTER, Actor
from ged.mail.item import Letter
from ged.mail.said import Said


class Way(StrEnum):
    """How a receipt of paper is attested."""

    CAPTURE = "enregistrement"
    DECLARED = "declaration"
    CONFIRMED = "confirmation"
    SIGNATURE = "signature"
    QR = "qr"
    SLIP = "bordereau"
    BOXED = "boite"
    LENT = "pret"
    TRANSFERRED = "versement"


PAPER_DOORS = frozenset({"televersement", "dossier_surveille", "commande", "photo", "scanner"})
"""Doors that scans come through: what they take in has a paper original until the registry says otherwise."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who holds paper: a position, a unit, or somebody outside the house, by name."""

    entity_id: str | None = None
    position_id: str | None = None
    outside: str = ""


@dataclass(frozen=True, slots=True)
class HandOver:
    """Paper given by one keeper to another.

    Attributes:
        giver: None for what came in from outside with the letter.
        given_by: Name of the person who gave; `login` is theirs.
        return_by: The day it must be back, for paper sent to be read and returned.
        received_at: None while nobody has attested the receipt; the giver answers for it meanwhile.
        received_by: Name of who attested, as signed.
        standing: Whether it says where the paper is now; one a letter, at most.
    """

    id: str
    letter_id: str
    giver: Keeper | None
    keeper: Keeper
    given_at: datetime
    given_by: str
    login: str
    return_by: date | None
    received_at: datetime | None
    received_by: str
    way: Way | None
    withdrawn_at: datetime | None
    standing: bool

    @property
    def awaited(self) -> bool:
        """Whether its receipt is still to be attested."""
        return self.received_at is None and self.withdrawn_at is None


def keeps(actor: Actor, keeper: Keeper) -> bool:
    """Whether paper that a keeper holds is in the hands of the actor: the post's own, or their unit's."""
    return any(
        post.position_id == keeper.position_id or (post.entity_id == keeper.entity_id and keeper.entity_id is not None)
        for post in actor.posts
    )


def keeps_register(actor: Actor, letter: Letter) -> bool:
    """Whether the actor works in the registry that numbered the letter: it answers for every original it took in."""
    return any(post.role in KEEPS_REGISTER and post.register_id == letter.register_id for post in actor.posts)


def may_give(actor: Actor, letter: Letter, standing: HandOver | None) -> bool:
    """Whether the actor may hand the paper over: who has it, or the registry."""
    return standing is not None and (keeps(actor, standing.keeper) or keeps_register(actor, letter))


def refuse_hand_over(
    actor: Actor,
    letter: Letter,
    to: Keeper,
    return_by: date | None,
    *,
    standing: HandOver | None,
    coming: HandOver | None,
    today: date,
) -> None:
    """Let pass a hand-over that can be made.

    Raises:
        Conflict: `custody.none`, there is no paper; `custody.coming`, it is already on its way to somebody.
        Forbidden: `custody.not_yours`.
        Refused: `custody.no_keeper`, `custody.same`, `custody.past_return`.
    """
    if standing is None:
        raise Conflict(
            "custody.none",
            Said("Aucun original papier n'est connu pour %(number)s.", number=letter.number),
            letter_id=letter.id,
        )
    if coming is not None:
        raise Conflict(
            "custody.coming",
            Said(
                "L'original de %(number)s est déjà remis à quelqu'un et attend sa décharge. Faites-la donner, ou "
                "annulez cette remise.",
                number=letter.number,
            ),
            letter_id=letter.id,
        )
    if not may_give(actor, letter, standing):
        raise Forbidden(
            "custody.not_yours",
            Said(
                "L'original papier de %(number)s n'est pas chez vous : qui le détient, ou le bureau d'ordre, peut le "
                "remettre.",
                number=letter.number,
            ),
            letter_id=letter.id,
        )
    if to.entity_id is None and not to.outside.strip():
        raise Refused("custody.no_keeper", "Dites à qui l'original est remis.", field="papier-a")
    if to == standing.keeper:
        raise Refused("custody.same", "L'original est déjà à cet endroit.", field="papier-a")
    if return_by is not None and return_by < today:
        raise Refused(
            "custody.past_return",
            "Le jour de retour est passé. Choisissez un jour à venir.",
            field="papier-retour",
        )
