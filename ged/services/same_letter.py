"""The same letter twice: a person says whether two numbers are one letter. Both numbers stay, and say what happened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ged.clock import Clock
from ged.errors import Conflict, NotFound
from ged.mail.access import Actor, Right, require
from ged.mail.item import Letter, State
from ged.mail.journal import Act
from ged.mail.links import Link, LinkKind
from ged.mail.moves import Move, Order, Standing
from ged.mail.near_duplicate import NearDuplicate, Verdict, asked_of
from ged.mail.qualification import Field, Proposal
from ged.services.stand import stand
from ged.store.unit import Store, Unit


@dataclass(frozen=True, slots=True)
class Doubt:
    """A letter that another may be, with what is proposed of it where nobody has decided yet."""

    found: NearDuplicate
    other: Letter
    proposals: dict[Field, Proposal]


def doubts(letter_id: str, *, store: Store, actor: Actor) -> tuple[Doubt, ...]:
    """Return the letters that one may be, or was said to be: only those that the actor may read, and may decide of.

    Raises:
        NotFound: `letter.unknown`.
    """
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        if not actor.has(Right.QUALIFY):
            return ()
        found = []
        for one in unit.near_duplicates.of(letter.id, actor.tokens()):
            other = unit.letters.get(one.other_id, actor.tokens())
            asked = one.verdict is None and asked_of(letter, other)
            if asked or (one.verdict is Verdict.SAME and _closed_by(unit, letter, other)):
                found.append(Doubt(one, other, unit.proposals.of(other.id)))
        return tuple(found)


def same_letter(letter_id: str, other_id: str, *, store: Store, actor: Actor, clock: Clock) -> Letter:
    """Close a letter as the second copy of another, bound to it: its number stays, and its step says why.

    Whoever has the other one reads this one too, at the stricter of the two levels.

    Raises:
        Forbidden: `access.right`.
        NotFound: `letter.unknown`, `duplicate.unknown`.
        Conflict: `duplicate.over`.
    """
    require(actor, Right.QUALIFY)
    now = clock()
    with store.unit() as unit:
        letter, other, found = _pair(unit, letter_id, other_id, actor)
        if found.verdict is not None or not asked_of(letter, other):
            raise _over()
        after = replace(
            Standing.of(letter),
            state=State.NO_FURTHER_ACTION,
            closed_on=now.date(),
            service_id=other.service_id,
            concerned=other.concerned,
        )
        order = Order(Move.SAME, None, text=f"Second exemplaire du n° {other.number}, suivi sous ce numéro.")
        unit.steps.add(letter, order, after, actor, now)
        level = max(letter.confidentiality, other.confidentiality, key=lambda each: each.rank)
        changed = stand(unit, letter, after, confidentiality=level)
        unit.near_duplicates.say(letter.id, other.id, Verdict.SAME, actor, now)
        unit.links.add(Link(letter.id, other.id, LinkKind.COPIES, now, actor.login, actor.name))
        unit.asides.drop(letter.id)
        unit.journal.write(now, Act.MOVED, actor, letter.id, move=Move.SAME, before=letter.state, after=changed.state)
        unit.journal.write(now, Act.ARRIVED_AGAIN, actor, other.id, kind=LinkKind.COPIES, other=letter.id)
        unit.outbox.add(letter.id, now)
        unit.commit()
    return changed


def other_letter(letter_id: str, other_id: str, *, store: Store, actor: Actor, clock: Clock) -> Letter:
    """Remember that two letters are two; one that was closed as a copy of the other goes back where it was.

    Raises:
        Forbidden: `access.right`.
        NotFound: `letter.unknown`, `duplicate.unknown`.
        Conflict: `duplicate.over`.
    """
    require(actor, Right.QUALIFY)
    now = clock()
    with store.unit() as unit:
        letter, other, found = _pair(unit, letter_id, other_id, actor)
        if found.verdict is Verdict.OTHER:
            raise _over()
        if found.verdict is Verdict.SAME:
            letter = _taken_back(unit, letter, other, actor, now)
        unit.near_duplicates.say(letter.id, other.id, Verdict.OTHER, actor, now)
        for here, there in ((letter, other), (other, letter)):
            unit.journal.write(now, Act.TOLD_APART, actor, here.id, other=there.id)
        unit.outbox.add(letter.id, now)
        unit.commit()
    return letter


def _pair(unit: Unit, letter_id: str, other_id: str, actor: Actor) -> tuple[Letter, Letter, NearDuplicate]:
    """Lock two letters, in one order whoever asks, so that neither becomes the copy of its own copy."""
    locked = {one: unit.letters.get(one, actor.tokens(), lock=True) for one in sorted({letter_id, other_id})}
    found = next((one for one in unit.near_duplicates.of(letter_id, actor.tokens()) if one.other_id == other_id), None)
    if found is None:
        raise NotFound("duplicate.unknown", "Ces deux courriers n'ont pas été rapprochés. Rechargez la page.")
    return locked[letter_id], locked[other_id], found


def _closed_by(unit: Unit, letter: Letter, other: Letter) -> bool:
    """Whether a letter was closed as a copy of another, and nothing has happened to it since."""
    last = unit.steps.last(letter.id)
    copies = any(one.kind is LinkKind.COPIES and one.letter_id == other.id for one in unit.links.of(letter.id, None))
    return copies and last is not None and last.move is Move.SAME and Standing.of(letter) == last.after


def _taken_back(unit: Unit, letter: Letter, other: Letter, actor: Actor, now: datetime) -> Letter:
    last = unit.steps.last(letter.id)
    if last is None or not _closed_by(unit, letter, other):
        raise _over()
    unit.steps.undo(last.id, now)
    unit.steps.add(letter, Order(Move.RECALL, last.id), last.before, actor, now)
    unit.links.remove(letter.id, other.id, LinkKind.COPIES)
    changed = stand(unit, letter, last.before)
    unit.journal.write(now, Act.MOVED, actor, letter.id, move=Move.RECALL, before=letter.state, after=changed.state)
    return changed


def _over() -> Conflict:
    return Conflict(
        "duplicate.over",
        "Quelqu'un a déjà répondu, ou ce courrier a changé d'état. Rien n'a été fait : rechargez la page.",
    )
