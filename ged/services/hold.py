"""Legal holds (gels): while one stands, no retention rule can make what it caught fall due, and nothing destroys it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from ged.clock import Clock
from ged.errors import Conflict, NotFound, Refused
from ged.mail.access import Actor, Right, Role, require
from ged.mail.dossier_piece import KeptPiece
from ged.mail.item import Confidentiality, State
from ged.mail.journal import Act
from ged.mail.legal_hold import HoldQuery, HoldSearch, LegalHold, Scope, refuse_faulty
from ged.mail.listing import LetterPage, Listing
from ged.mail.notice import HOLD_REVIEW
from ged.services.notify import Told, tell_positions
from ged.store.holds import HoldsWanted
from ged.store.piece_shelves import PieceListing
from ged.store.unit import Store, Unit


@dataclass(frozen=True, slots=True)
class NewHold:
    """A hold to place: on what, and why. `target` is an id; a search has a `query` for it.

    Attributes:
        owner_id: The position that answers for it; "" for the archivists.
    """

    scope: Scope
    target: str = ""
    reason: str = ""
    query: HoldQuery | None = None
    owner_id: str = ""
    review_on: date | None = None


@dataclass(frozen=True, slots=True)
class HoldFile:
    """A hold with the letters and pieces of dossiers that it has caught, those that the reader may open.

    `pieces` are some of `piece_total`, as the page of letters is of its total; `search` is how far it is that looks
    for more.
    """

    hold: LegalHold
    letters: LetterPage
    pieces: tuple[KeptPiece, ...]
    piece_total: int
    search: HoldSearch | None
    may_change: bool


class ListedHold(NamedTuple):
    """A hold with how many letters and pieces of dossiers it has caught, of those that the reader may open."""

    hold: LegalHold
    letters: int
    pieces: int
    search: HoldSearch | None


def place(new: NewHold, *, store: Store, actor: Actor, clock: Clock) -> LegalHold:
    """Place a hold: every letter that it is on is held when this returns, and each that it is on later from then on.

    One on a search is in force as well, and the worker writes down what it is on: nothing that it is on is destroyed
    before that either, since whatever is about to be is looked at by itself.

    Raises:
        Forbidden: `access.right`.
        NotFound: `letter.unknown`, `dossier.unknown`, `correspondent.unknown`.
        Refused: `hold.no_reason`, `hold.review_past`, `hold.query_empty`, `hold.owner`.
        Conflict: `hold.destroyed`, the letter is destroyed already.
    """
    require(actor, Right.HOLD)
    now = clock()
    refuse_faulty(new.reason, new.review_on, new.query if new.scope is Scope.QUERY else None, now.date())
    with store.unit() as unit:
        unit.holds.wait_for_others()
        _refuse_stranger(unit, new.owner_id, actor, now.date())
        label = _label(unit, new, actor)
        placed = LegalHold(
            id=secrets.token_urlsafe(16),
            tenant_id=actor.post.tenant_id,
            scope=new.scope,
            target="" if new.scope is Scope.QUERY else new.target,
            query=(new.query or HoldQuery()) if new.scope is Scope.QUERY else None,
            label=label,
            reason=" ".join(new.reason.split()),
            owner_id=new.owner_id or None,
            review_on=new.review_on,
            placed_by=actor.name,
            placed_at=now,
        )
        caught = unit.holds.place(placed, now)
        if placed.scope is Scope.QUERY:
            unit.queue.defer("search_hold", hold_id=placed.id)
        known = {} if placed.scope is Scope.QUERY else {"letters": caught}
        _write(unit, Act.HELD, placed, actor, now, reason=placed.reason, **known)
        unit.commit()
    return placed


def lift(hold_id: str, reason: str, *, store: Store, actor: Actor, clock: Clock) -> LegalHold:
    """Lift one hold, with a reason; what other holds have caught stays held.

    Raises:
        Forbidden: `access.right`.
        NotFound: `hold.unknown`.
        Refused: `hold.no_lift_reason`.
        Conflict: `hold.none`, it was lifted already.
    """
    require(actor, Right.HOLD)
    said = " ".join(reason.split())
    if not said:
        raise Refused(
            "hold.no_lift_reason",
            "Dites pourquoi ce gel est levé, par exemple « Arrêt rendu le 3 mars, sans recours ».",
            field="motif",
        )
    now = clock()
    with store.unit() as unit:
        unit.holds.wait_for_others()
        current = _seen(unit, hold_id, actor)
        if not unit.holds.lift(current.id, said, actor, now):
            raise Conflict("hold.none", "Ce gel est déjà levé. Rien n'a été changé.")
        _write(unit, Act.RELEASED, current, actor, now, reason=said)
        lifted = unit.holds.get(current.id)
        unit.commit()
    return lifted or current


def amend(
    hold_id: str, owner_id: str, review_on: date | None, *, store: Store, actor: Actor, clock: Clock
) -> LegalHold:
    """Give a hold that stands another owner, and another day of review.

    Raises:
        Forbidden: `access.right`.
        NotFound: `hold.unknown`.
        Refused: `hold.review_past`, `hold.owner`.
        Conflict: `hold.none`, it is lifted.
    """
    require(actor, Right.HOLD)
    now = clock()
    with store.unit() as unit:
        current = _seen(unit, hold_id, actor)
        if not current.stands:
            raise Conflict("hold.none", "Ce gel est déjà levé. Rien n'a été changé.")
        refuse_faulty(current.reason, review_on, None, now.date())
        _refuse_stranger(unit, owner_id, actor, now.date())
        unit.holds.amend(current.id, owner_id or None, review_on)
        day = review_on.isoformat() if review_on else ""
        unit.journal.write_about(now, Act.HOLD_AMENDED, actor, current.id, owner=owner_id, review_on=day)
        changed = unit.holds.get(current.id)
        unit.commit()
    return changed or current


def listed(
    wanted: HoldsWanted, *, store: Store, actor: Actor, limit: int, offset: int = 0
) -> tuple[tuple[ListedHold, ...], int]:
    """Return some holds of the actor's organisation, each with how much of it the actor may open; and how many.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.SEE_RETENTION)
    with store.unit() as unit:
        tokens = actor.tokens()
        found, total = unit.holds.page(actor.post.tenant_id, tokens, wanted, limit=limit, offset=offset)
        ids = [each.id for each in found]
        letters, pieces = unit.holds.counts(ids, tokens), unit.piece_shelves.caught(ids, actor)
        going = unit.holds.searches(ids)
    rows = (ListedHold(one, letters.get(one.id, 0), pieces.get(one.id, 0), going.get(one.id)) for one in found)
    return tuple(rows), total


def hold_file(hold_id: str, *, store: Store, actor: Actor, limit: int = 25, offset: int = 0) -> HoldFile:
    """Return a hold with what it has caught, so many of each sort; also to whoever holds the post that answers for it.

    Raises:
        NotFound: `hold.unknown`.
    """
    with store.unit() as unit:
        found = _seen(unit, hold_id, actor)
        letters = unit.letters.page(Listing(held_by=found.id), actor.tokens(), limit=limit, offset=offset)
        pieces, total = unit.piece_shelves.page(PieceListing(held_by=found.id), actor, limit=limit, offset=offset)
        going = unit.holds.searches([found.id]).get(found.id)
    return HoldFile(found, letters, pieces, total, going, may_change=found.stands and actor.has(Right.HOLD))


def standing_on(scope: Scope, target: str, *, store: Store, actor: Actor) -> tuple[LegalHold, ...]:
    """Return the holds on a dossier or a correspondent as such, to those who see what is kept and why."""
    if not actor.has(Right.SEE_RETENTION):
        return ()
    with store.unit() as unit:
        return tuple(each for each in unit.holds.on(scope, target) if each.tenant_id == actor.post.tenant_id)


def named(scope: Scope, target: str, *, store: Store, actor: Actor) -> str:
    """Return what a letter, a dossier or a correspondent is called, once the actor is known to see it.

    Raises:
        NotFound: `letter.unknown`, `dossier.unknown`, `correspondent.unknown`.
        Conflict: `hold.destroyed`.
    """
    with store.unit() as unit:
        return _label(unit, NewHold(scope, target), actor)


def on_letter(letter_id: str, *, store: Store, actor: Actor) -> tuple[LegalHold, ...]:
    """Return every hold that has caught a letter, those that were lifted among them.

    Raises:
        NotFound: `letter.unknown`.
    """
    with store.unit() as unit:
        return unit.holds.of_letter(unit.letters.get(letter_id, actor.tokens()).id)


def review(*, store: Store, clock: Clock) -> int:
    """Ask whoever answers for a hold whether it must stand, on the day that was set, once for each day set."""
    now = clock()
    with store.unit() as unit:
        positions = unit.organisation.positions()
        entities = {each.id: each.tenant_id for each in unit.organisation.every_entity()}
        due = unit.holds.to_review(now.date())
        for each in due:
            ours = [one for one in positions if entities.get(one.entity_id) == each.tenant_id]
            asked = [one for one in ours if one.id == each.owner_id] if each.owner_id else []
            asked = asked or [one for one in ours if one.role is Role.ARCHIVIST]
            told = Told(
                HOLD_REVIEW,
                None,
                f"{each.id}:{each.review_on}",
                now,
                day=each.review_on,
                link=f"/gels/{each.id}",
                readers=frozenset(f"svc:{one.entity_id}:{Confidentiality.PUBLIC}" for one in asked),
            )
            tell_positions(unit, told, [one.id for one in asked])
        unit.commit()
    return len(due)


def _seen(unit: Unit, hold_id: str, actor: Actor) -> LegalHold:
    found = unit.holds.get(hold_id)
    owns = found is not None and any(post.position_id == found.owner_id for post in actor.posts)
    if found is None or not (owns or (actor.has(Right.SEE_RETENTION) and found.tenant_id == actor.post.tenant_id)):
        raise _unknown()
    if found.scope is Scope.LETTER and not unit.letters.seen(found.target, actor.tokens()):
        raise _unknown()
    return found


def _label(unit: Unit, new: NewHold, actor: Actor) -> str:
    """Return what a hold is placed on, as it is called today, once the actor is known to see it."""
    if new.scope is Scope.LETTER:
        letter = unit.letters.get(new.target, actor.tokens(), lock=True)
        if letter.state is State.DESTROYED:
            raise Conflict("hold.destroyed", "Ce courrier est déjà éliminé : il n'y a plus rien à geler.")
        return letter.number
    if new.scope is Scope.DOSSIER:
        dossier = unit.dossiers.get(new.target, actor)
        return f"{dossier.code} · {dossier.title}"
    if new.scope is Scope.CORRESPONDENT:
        return unit.correspondents.get(new.target, actor.post.tenant_id).card.name
    return (new.query or HoldQuery()).words.strip()


def _refuse_stranger(unit: Unit, owner_id: str, actor: Actor, today: date) -> None:
    seats = unit.organisation.seats(actor.post.tenant_id, today) if owner_id else ()
    if owner_id and all(seat.position.id != owner_id for seat in seats):
        raise Refused(
            "hold.owner", "Ce poste n'existe pas dans votre organisation. Choisissez-en un autre.", field="poste"
        )


def _write(unit: Unit, act: Act, one: LegalHold, actor: Actor, now: datetime, **details: object) -> None:
    """Leave the line about the hold, and one in the history of what it is on."""
    unit.journal.write_about(now, act, actor, one.id, scope=one.scope, target=one.target, **details)
    if one.scope is Scope.LETTER:
        unit.journal.write(now, act, actor, one.target, hold=one.id, **details)
    elif one.scope is not Scope.QUERY:
        unit.journal.write_about(now, act, actor, one.target, hold=one.id, **details)


def _unknown() -> NotFound:
    return NotFound("hold.unknown", "Ce gel n'existe pas, ou n'est pas ouvert à votre poste.")
