"""Sealed envelopes: handed over unopened against a name, kept closed, or opened into the circuit by the addressee."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from ged.clock import Clock
from ged.errors import Conflict, NotFound, Refused
from ged.mail.access import KEEPS_REGISTER, Actor, Right, require
from ged.mail.custody import HandOver, Keeper, Way
from ged.mail.electronic import Piece
from ged.mail.envelope import Envelope, is_addressee, refuse_opening
from ged.mail.item import Confidentiality, Letter, State
from ged.mail.journal import Act
from ged.mail.organisation import Seat
from ged.ports import Stored
from ged.services.beside import told_digest
from ged.services.enter import Paper, begin_work, replace_original
from ged.store.arrivals import ArrivalRecord
from ged.store.unit import Store, Unit


@dataclass(frozen=True, slots=True)
class ListedEnvelope:
    """An envelope as the registry sees it: its number, its day and for whom; never what is inside."""

    envelope: Envelope
    number: str
    registered_at: datetime
    seat: Seat | None


@dataclass(frozen=True, slots=True)
class Content:
    """What was in an envelope, as its door inspected it, and how widely it may be read from now on."""

    door: str
    filename: str
    media_type: str
    page_count: int
    level: Confidentiality
    pieces: tuple[Piece, ...] = ()


def registry_envelopes(
    *, store: Store, actor: Actor, clock: Clock, limit: int = 50, offset: int = 0
) -> tuple[tuple[ListedEnvelope, ...], int]:
    """Return the envelopes of the registers that the actor keeps, those to hand over first, and how many there are.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.CAPTURE)
    with store.unit() as unit:
        found, total = unit.envelopes.in_registers(_kept(actor), limit=limit, offset=offset)
        seats = {one.position.id: one for one in unit.organisation.seats(actor.post.tenant_id, clock().date())}
    listed = (
        ListedEnvelope(envelope, number, at, seats.get(envelope.cover.position_id)) for envelope, number, at in found
    )
    return tuple(listed), total


def envelope_of(letter: Letter, *, store: Store) -> Envelope | None:
    """Return the envelope of a letter that the caller has been let to read."""
    with store.unit() as unit:
        return unit.envelopes.of(letter.id)


def hand_over_envelope(letter_id: str, name: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Write that the registry gave an envelope, unopened, to its addressee, and who took it.

    Raises:
        Forbidden: `access.right`.
        NotFound: `envelope.unknown`.
        Refused: `envelope.no_name`.
        Conflict: `envelope.handed`.
    """
    require(actor, Right.CAPTURE)
    now, taker = clock(), name.strip()
    if not taker:
        raise Refused("envelope.no_name", "Écrivez le nom de qui prend le pli : il en donne décharge.", field="nom")
    with store.unit() as unit:
        envelope = unit.envelopes.get(letter_id)
        letter = unit.letters.get(letter_id, None, lock=True)
        if letter.register_id not in _kept(actor):
            raise NotFound("envelope.unknown", "Ce pli fermé n'existe pas, ou n'est pas ouvert à votre poste.")
        if unit.envelopes.get(letter_id).handed_at is not None:
            raise Conflict("envelope.handed", "Ce pli est déjà remis. Rechargez la page pour voir à qui.")
        unit.envelopes.mark(letter_id, handed_at=now, handed_to=taker)
        unit.custody.add(_handed(unit, letter, envelope, taker, actor, now))
        unit.journal.write(now, Act.ENVELOPE_HANDED, actor, letter.id, to=taker)
        unit.commit()


def keep_closed(letter_id: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Take an envelope out of the basket of its addressee, who keeps it; it may still be released later.

    Raises:
        NotFound: `letter.unknown`, `envelope.unknown`.
        Conflict: `envelope.open`.
    """
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        envelope = unit.envelopes.get(letter.id)
        if not is_addressee(actor, envelope) or envelope.handed_at is None:
            raise NotFound("envelope.unknown", "Ce pli fermé n'existe pas, ou n'est pas ouvert à votre poste.")
        if envelope.released_at is not None:
            raise Conflict("envelope.open", "Ce pli est déjà ouvert et versé dans le circuit. Rien n'a été changé.")
        unit.envelopes.mark(letter.id, kept_at=now)
        unit.journal.write(now, Act.ENVELOPE_KEPT, actor, letter.id)
        unit.commit()


def may_release(letter_id: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Let pass who may open an envelope now; asked before its content is taken in, and again with it.

    Raises:
        NotFound: `letter.unknown`, `envelope.unknown`.
        Forbidden: `envelope.not_addressee`.
        Conflict: `envelope.open`, `envelope.being_read`.
        Refused: `envelope.not_handed`, `envelope.too_early`.
    """
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        refuse_opening(actor, unit.envelopes.get(letter.id), letter, clock())


def release(letter_id: str, content: Content, stored: Stored, *, store: Store, actor: Actor, clock: Clock) -> Letter:
    """Put the content of an opened envelope into the circuit under its number: it is sealed and read like any letter.

    The cover stays in the vault with its own seal. Raises as `may_release` does, and:

    Raises:
        Refused: `envelope.level`, the content would be open more widely than the addressee may say.
    """
    now = clock()
    if content.level is Confidentiality.PERSONAL:
        raise Refused(
            "envelope.level", "Un courrier versé dans le circuit n'est plus personnel. Choisissez un autre niveau."
        )
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        envelope = unit.envelopes.get(letter.id)
        refuse_opening(actor, envelope, letter, now)
        unit.envelopes.set_cover_seal_aside(letter.id)
        unit.envelopes.mark(letter.id, released_at=now, released_by=actor.name)
        changed = replace_original(
            unit,
            letter,
            Paper(stored, content.media_type, content.page_count, content.filename, content.pieces),
            now,
            state=State.TO_QUALIFY,
            confidentiality=content.level,
            position_id=None,
            concerned=tuple(dict.fromkeys((*letter.concerned, *_units(actor, envelope)))),
        )
        unit.arrivals.add(letter.id, stored.digest, ArrivalRecord(content.door, content.filename, now, actor.login))
        unit.journal.write(now, Act.ENVELOPE_RELEASED, actor, letter.id, **told_digest(stored.digest, content.level))
        begin_work(unit, changed)
        unit.commit()
    return changed


def _kept(actor: Actor) -> list[str]:
    return [post.register_id for post in actor.posts if post.role in KEEPS_REGISTER]


def _units(actor: Actor, envelope: Envelope) -> tuple[str, ...]:
    """Return the addressee's unit: it goes on reading what was for it."""
    return tuple(post.entity_id for post in actor.posts if post.position_id == envelope.cover.position_id)


def _handed(  # noqa: PLR0917 - private: the parts of one hand-over
    unit: Unit, letter: Letter, envelope: Envelope, taker: str, actor: Actor, now: datetime
) -> HandOver:
    seats = unit.organisation.seats(letter.tenant_id, now.date())
    position = envelope.cover.position_id
    entity_id = next((one.position.entity_id for one in seats if one.position.id == position), None)
    standing = unit.custody.standing([letter.id]).get(letter.id)
    return HandOver(
        id=secrets.token_urlsafe(16),
        letter_id=letter.id,
        giver=standing.keeper if standing else None,
        keeper=Keeper(entity_id, position),
        given_at=now,
        given_by=actor.name,
        login=actor.login,
        return_by=None,
        received_at=now,
        received_by=taker,
        way=Way.DECLARED,
        withdrawn_at=None,
        standing=True,
    )
