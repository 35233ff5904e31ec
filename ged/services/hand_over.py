"""Handing paper over: given by who has it, attested by who receives it; each in one transaction with its journal."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime

from ged.clock import Clock
from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.access import Actor, may_read
from ged.mail.box import Boxed, PaperGone, refuse_boxed
from ged.mail.custody import HandOver, Keeper, Way, keeps, keeps_register, may_give, refuse_hand_over
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.mail.said import Said
from ged.store.unit import Store, Unit


@dataclass(frozen=True, slots=True)
class PaperFile:
    """Where a letter's paper is, how it came there, and where it is going; all empty for a letter without paper.

    `sheets` gives (id, number) of the transmittal of each hand-over that was made on one, `boxed` the box that is its
    place in the archives, `gone` how it left for good, `stood` the box that it was in then.
    """

    standing: HandOver | None
    coming: HandOver | None
    history: tuple[HandOver, ...]
    sheets: dict[str, tuple[str, str]]
    boxed: Boxed | None = None
    gone: PaperGone | None = None
    stood: str = ""


def paper_file(letter_id: str, *, store: Store, actor: Actor) -> PaperFile:
    """Return where the paper of a letter is.

    Raises:
        NotFound: `letter.unknown`.
    """
    with store.unit() as unit:
        unit.letters.get(letter_id, actor.tokens())
        found = unit.custody.of(letter_id)
        sheets = unit.transmittals.of_letter(letter_id)
        boxed = unit.boxes.places([letter_id]).get(letter_id)
        gone = unit.boxes.gone([letter_id]).get(letter_id)
        stood = unit.boxes.stood([letter_id]).get(letter_id, "")
    return PaperFile(
        standing=next((one for one in found if one.standing), None),
        coming=next((one for one in found if one.awaited), None),
        history=found,
        sheets=sheets,
        boxed=boxed,
        gone=gone,
        stood=stood,
    )


def give(
    letter_id: str, to: Keeper, return_by: date | None = None, *, store: Store, actor: Actor, clock: Clock
) -> HandOver:
    """Begin a hand-over of the paper; it is done once who receives attests it.

    Raises:
        NotFound: `letter.unknown`, `custody.unknown_keeper`.
        Conflict: `custody.none`, `custody.coming`, `custody.boxed`.
        Forbidden: `custody.not_yours`.
        Refused: `custody.no_keeper`, `custody.same`, `custody.past_return`, `custody.clearance`.
    """
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        made = begin(unit, letter, to, return_by, actor=actor, now=now)
        unit.commit()
    return made


def begin(
    unit: Unit,
    letter: Letter,
    to: Keeper,
    return_by: date | None,
    *,
    actor: Actor,
    now: datetime,
    from_box: bool = False,
) -> HandOver:
    """Write a hand-over of a letter that is locked, in the caller's transaction; raises as `give` does.

    Paper that has its place in a box leaves it as a loan (`from_box`), and goes back to who lent it, nowhere else.
    """
    standing = unit.custody.standing([letter.id]).get(letter.id)
    coming = unit.custody.coming([letter.id]).get(letter.id)
    back = standing is not None and standing.way is Way.LENT and to == standing.giver
    if not (from_box or back):
        refuse_boxed(unit.boxes.places([letter.id]).get(letter.id), letter.number)
    refuse_hand_over(actor, letter, to, return_by, standing=standing, coming=coming, today=now.date())
    _refuse_unknown(unit, letter, to, now.date())
    made = HandOver(
        id=secrets.token_urlsafe(16),
        letter_id=letter.id,
        giver=standing.keeper if standing else None,
        keeper=Keeper(to.entity_id, to.position_id, to.outside.strip()),
        given_at=now,
        given_by=actor.name,
        login=actor.login,
        return_by=return_by,
        received_at=None,
        received_by="",
        way=None,
        withdrawn_at=None,
        standing=False,
    )
    unit.custody.add(made)
    unit.journal.write(now, Act.PAPER_GIVEN, actor, letter.id, **_said(made.keeper))
    return made


def confirm(letter_id: str, *, store: Store, actor: Actor, clock: Clock) -> HandOver:
    """Attest that the paper was received, by who it was given to.

    Raises:
        NotFound: `letter.unknown`.
        Conflict: `custody.not_coming`.
        Forbidden: `custody.not_receiver`.
    """
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        coming = _coming(unit, letter)
        back = coming.keeper.entity_id is not None and keeps_register(actor, letter) and _to_registry(coming, actor)
        if not (keeps(actor, coming.keeper) or back):
            raise Forbidden(
                "custody.not_receiver",
                "L'original est remis à quelqu'un d'autre : c'est à lui d'en donner décharge.",
                letter_id=letter.id,
            )
        received = attest(unit, coming, Way.CONFIRMED, actor.name, actor=actor, now=now)
        unit.commit()
    return received


def attest(unit: Unit, coming: HandOver, way: Way, name: str, *, actor: Actor, now: datetime) -> HandOver:
    """Write in the caller's transaction that paper was received; return the hand-over as it now stands."""
    unit.custody.attest(coming, way, name, now)
    unit.journal.write(now, Act.PAPER_RECEIVED, actor, coming.letter_id, way=way, by=name, **_said(coming.keeper))
    return replace(coming, received_at=now, received_by=name, way=way, standing=True)


def withdraw(letter_id: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Take back a hand-over that nobody has attested: the paper never left.

    Raises:
        NotFound: `letter.unknown`.
        Conflict: `custody.not_coming`.
        Forbidden: `custody.not_yours`.
    """
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        coming = _coming(unit, letter)
        if not may_give(actor, letter, unit.custody.standing([letter.id]).get(letter.id)):
            raise Forbidden(
                "custody.not_yours", "Seul qui a remis l'original, ou le bureau d'ordre, peut annuler cette remise."
            )
        unit.custody.withdraw(coming, now)
        unit.journal.write(now, Act.PAPER_WITHDRAWN, actor, letter.id, **_said(coming.keeper))
        unit.commit()


def declare(letter_id: str, *, exists: bool, store: Store, actor: Actor, clock: Clock) -> None:
    """Say, for the registry, that a letter has a paper original, which is then with it, or that it has none.

    Raises:
        NotFound: `letter.unknown`.
        Forbidden: `custody.not_registry`.
        Conflict: `custody.coming`, `custody.boxed`.
    """
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        if not keeps_register(actor, letter):
            raise Forbidden("custody.not_registry", "Seul le bureau d'ordre dit si un original papier existe.")
        if unit.custody.coming([letter.id]):
            raise Conflict("custody.coming", "L'original attend une décharge : annulez d'abord cette remise.")
        standing = unit.custody.standing([letter.id]).get(letter.id)
        if exists and standing is None:
            begun = entered(letter.id, actor.post.entity_id, actor, now, Way.DECLARED)
            unit.custody.add(begun)
        elif not exists:
            refuse_boxed(unit.boxes.places([letter.id]).get(letter.id), letter.number)
            unit.custody.forget(letter.id)
        unit.journal.write(now, Act.PAPER_DECLARED, actor, letter.id, exists=exists)
        unit.commit()


def overdue(*, store: Store, actor: Actor, clock: Clock) -> tuple[HandOver, ...]:
    """Return the paper that should have come back before today, of the letters that the actor may read."""
    with store.unit() as unit:
        late = unit.custody.overdue(clock().date())
        letters = unit.letters.many([each.letter_id for each in late])
    open_to = {each.id for each in letters if may_read(actor, each)}
    return tuple(each for each in late if each.letter_id in open_to)


def entered(letter_id: str, entity_id: str, actor: Actor, now: datetime, way: Way = Way.CAPTURE) -> HandOver:
    """Return the first hand-over of a letter's paper: from outside to the unit that took it in."""
    return HandOver(
        id=secrets.token_urlsafe(16),
        letter_id=letter_id,
        giver=None,
        keeper=Keeper(entity_id),
        given_at=now,
        given_by=actor.name,
        login=actor.login,
        return_by=None,
        received_at=now,
        received_by=actor.name,
        way=way,
        withdrawn_at=None,
        standing=True,
    )


def _coming(unit: Unit, letter: Letter) -> HandOver:
    coming = unit.custody.coming([letter.id]).get(letter.id)
    if coming is None:
        raise Conflict(
            "custody.not_coming", "Cette remise a déjà sa décharge, ou elle a été annulée.", letter_id=letter.id
        )
    return coming


def _to_registry(coming: HandOver, actor: Actor) -> bool:
    """Whether paper comes back to the registry itself, at whichever of its desks."""
    return coming.keeper.entity_id in {post.register_id for post in actor.posts}


def _refuse_unknown(unit: Unit, letter: Letter, to: Keeper, today: date) -> None:
    """Refuse a keeper who is not of the house, and one whose clearance does not cover the letter."""
    if to.entity_id is None:
        return
    everybody = unit.organisation.seats(letter.tenant_id, today)
    seats = [seat for seat in everybody if seat.position.entity_id == to.entity_id]
    known = to.entity_id in {each.id for each in unit.organisation.entities(tenant_id=letter.tenant_id)}
    if to.position_id is not None:
        seats = [seat for seat in seats if seat.position.id == to.position_id]
    if not known or (to.position_id is not None and not seats):
        raise NotFound("custody.unknown_keeper", "Ce destinataire n'existe pas dans votre organisation.")
    held = [seat for seat in seats if seat.holders]
    if held and not any(letter.confidentiality in seat.position.clearance.up_to() for seat in held):
        raise Refused(
            "custody.clearance",
            Said("Ce destinataire n'est pas habilité pour %(number)s. Choisissez-en un autre.", number=letter.number),
            field="papier-a",
        )


def _said(keeper: Keeper) -> dict[str, object]:
    return {"entity": keeper.entity_id, "position": keeper.position_id, "outside": keeper.outside}
