"""Dispatch (expédition): a signed letter leaves, to each of its recipients by a way of its own, and what came back.

A letter has one sending for each recipient and each copy (ampliation). It is dispatched once none is left to send;
what a recipient answers (a receipt, a return) is written on the sending it answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.access import KEEPS_REGISTER, Actor, Post
from ged.mail.item import Confidentiality, Letter, State
from ged.mail.message import check_address
from ged.mail.moves import LEADING
from ged.mail.said import Said

EMAIL, PLATFORM, INTERNAL = "courriel", "plateforme", "interne"
"""Codes of the ways that the house itself carries; every other code of the list is paper in somebody's hands."""
DISPATCHING = (State.TO_DISPATCH, State.DISPATCHED)
MAX_SENDINGS = 200
_LONG = 500


class SendingState(StrEnum):
    """Where one sending stands."""

    READY = "a_envoyer"
    SENT = "envoye"
    DELIVERED = "remis"
    ACKNOWLEDGED = "ar_recu"
    RETURNED = "retour"


GONE = (SendingState.SENT, SendingState.DELIVERED, SendingState.ACKNOWLEDGED, SendingState.RETURNED)
ANSWERS = (SendingState.DELIVERED, SendingState.ACKNOWLEDGED, SendingState.RETURNED)
"""What may be said of one that has left."""
ANSWERABLE_BY_MAIL = (SendingState.SENT, SendingState.DELIVERED)
"""Where a sending stands while what comes back by e-mail still says something new of it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """To whom, and how: what the mail office chooses for one sending.

    Attributes:
        way: Code of the list of delivery modes; "" while nobody has chosen.
        address: Lines of the postal address, or the e-mail address.
        tenant_id: The other organisation of this installation that it is for, by the platform.
        entity_id: The unit of the house that gets a copy.
        copy: Whether it is a copy for information (ampliation).
    """

    recipient: str
    way: str = ""
    address: str = ""
    tenant_id: str | None = None
    entity_id: str | None = None
    copy: bool = False


@dataclass(frozen=True, slots=True)
class Sending:
    """One sending of a letter.

    Attributes:
        rank: Its place among the letter's, from 1.
        answered_at: When the state after SENT was written, by whom, with which remark.
        message_id: The e-mail that carries it.
        transmittal_id: The bordereau d'envoi that it left on.
        arrival_number: Under which number the other organisation registered it; `receipt` the token of its
            acknowledgement, which anybody may follow.
    """

    id: str
    letter_id: str
    rank: int
    plan: Plan
    state: SendingState
    sent_at: datetime | None = None
    sent_by: str = ""
    answered_at: datetime | None = None
    answered_by: str = ""
    remark: str = ""
    message_id: str | None = None
    transmittal_id: str | None = None
    arrival_number: str = ""
    receipt: str = ""


def may_dispatch(actor: Actor, letter: Letter) -> bool:
    """Whether the actor sends the letter off: its registry, or who leads the unit that issued it."""
    return any(_dispatches(post, letter) for post in actor.posts)


def dispatching_post(actor: Actor, letter: Letter) -> Post:
    """Return the post by which an actor who may sends a letter off: the registry's, before the unit's own."""
    posts = [post for post in actor.posts if _dispatches(post, letter)]
    return min(posts, key=lambda post: post.role not in KEEPS_REGISTER)


def require_dispatch(actor: Actor, letter: Letter) -> None:
    """Let pass who may send a letter off that waits for it.

    Raises:
        Forbidden: `dispatch.party`.
        Refused: `dispatch.state`.
    """
    if not may_dispatch(actor, letter):
        raise Forbidden(
            "dispatch.party",
            "L'expédition revient au bureau d'ordre, ou au secrétariat du service qui a fait ce courrier.",
            letter_id=letter.id,
            login=actor.login,
        )
    if letter.state not in DISPATCHING:
        raise Refused(
            "dispatch.state",
            "Ce courrier n'est pas à expédier. Rechargez la page pour voir où il en est.",
            letter_id=letter.id,
            state=str(letter.state),
        )


def _dispatches(post: Post, letter: Letter) -> bool:
    if post.tenant_id != letter.tenant_id or letter.confidentiality not in post.clearance.up_to():
        return False
    keeps = post.role in KEEPS_REGISTER and post.register_id == letter.register_id
    return keeps or (post.role in LEADING and letter.service_id in dispatched_units(post))


def dispatched_units(post: Post) -> tuple[str, ...]:
    """Return the units whose signed letters a head or a secretary sends off, her authority's with them."""
    return post.reach if post.authority is None else (*post.reach, post.authority.entity_id)


def checked(plan: Plan, letter: Letter, ways: Iterable[str]) -> Plan:
    """Return a plan that can be carried out, or one whose way nobody has chosen yet.

    Raises:
        Refused: `dispatch.recipient`, `dispatch.way`, `dispatch.confidential`, `mail.address`.
    """
    if not plan.recipient.strip() or len(plan.recipient) > _LONG or len(plan.address) > _LONG:
        raise Refused(
            "dispatch.recipient",
            Said("Chaque destinataire a un nom, de %(most)s caractères au plus.", most=_LONG),
            field="destinataire",
        )
    if plan.way and plan.way not in {*ways, PLATFORM, INTERNAL}:
        raise Refused(
            "dispatch.way", "Ce mode d'acheminement n'est plus dans la liste. Choisissez-en un autre.", field="mode"
        )
    if (plan.way == PLATFORM) != (plan.tenant_id is not None) or (plan.entity_id is not None and plan.way != INTERNAL):
        raise Refused(
            "dispatch.way",
            "« Par la plateforme » est réservé aux organismes de la plateforme, et la remise interne aux services.",
            field="mode",
        )
    if plan.way == EMAIL:
        _refuse_confidential(letter)
        check_address(plan.address)
    return plan


def ready(sending: Sending) -> None:
    """Let pass a sending that can leave now.

    Raises:
        Conflict: `dispatch.gone`.
        Refused: `dispatch.way`.
    """
    if sending.state is not SendingState.READY:
        raise Conflict(
            "dispatch.gone",
            Said(
                "L'envoi à %(name)s est déjà parti. Rien n'a été envoyé une seconde fois.", name=sending.plan.recipient
            ),
            sending_id=sending.id,
        )
    if not sending.plan.way:
        raise Refused(
            "dispatch.way",
            Said("Choisissez comment le courrier part pour %(name)s.", name=sending.plan.recipient),
            field="mode",
        )


def answerable(sending: Sending, said: SendingState) -> None:
    """Let pass what is said of a sending that has left.

    Raises:
        Refused: `dispatch.not_gone`, `dispatch.answer`.
    """
    if sending.state not in GONE:
        raise Refused(
            "dispatch.not_gone",
            Said("L'envoi à %(name)s n'est pas encore parti.", name=sending.plan.recipient),
            sending_id=sending.id,
        )
    if said not in ANSWERS:
        raise Refused("dispatch.answer", "Dites si l'envoi est remis, si son AR est revenu, ou s'il est retourné.")


def callable_back(sending: Sending, *, posted: bool) -> None:
    """Let pass a sending that can still be called back: paper nobody has received, a message that has not left.

    Raises:
        Conflict: `dispatch.too_late`.
    """
    stays = sending.plan.way != PLATFORM and not posted
    if sending.state is not SendingState.SENT or not stays:
        raise Conflict(
            "dispatch.too_late",
            Said(
                "L'envoi à %(name)s est arrivé ou n'est pas parti : il ne se rappelle pas. Envoyez un rectificatif si "
                "besoin.",
                name=sending.plan.recipient,
            ),
            sending_id=sending.id,
        )


def all_gone(sendings: Iterable[Sending]) -> bool:
    """Whether nothing is left to send, and something was sent."""
    states = [each.state for each in sendings]
    return bool(states) and all(state in GONE for state in states)


def unknown_sending() -> NotFound:
    """Return the one answer for a sending that this letter does not have."""
    return NotFound("dispatch.unknown", "Ce courrier n'a pas cet envoi. Rechargez la page.")


def _refuse_confidential(letter: Letter) -> None:
    if letter.confidentiality.rank >= Confidentiality.CONFIDENTIAL.rank:
        raise Refused(
            "dispatch.confidential",
            "Un courrier confidentiel, secret ou personnel ne part jamais par courriel. "
            "Choisissez un porteur, la poste ou la plateforme.",
            field="mode",
        )
