"""A draft goes round its circuit: each act in one transaction, with its step and the journal."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ged.clock import Clock
from ged.errors import Refused
from ged.mail.access import Actor, Post
from ged.mail.circuit import Said
from ged.mail.draft import IN_CIRCUIT, Draft, Version, refuse_unfinished
from ged.mail.draft_acts import DraftAct, DraftOrder, DraftStep, Surroundings, acting
from ged.mail.draft_outcome import allowed, outcome
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.mail.links import Link, LinkKind
from ged.services.draft import step
from ged.services.notify import tell_of_draft
from ged.store.unit import Store, Unit

_NOT_HERE = frozenset({DraftAct.SIGN, DraftAct.WRITE, DraftAct.NOTE})
"""Acts with a service of their own."""


def act(draft_id: str, order: DraftOrder, *, store: Store, actor: Actor, clock: Clock) -> Draft:
    """Send round, approve, advise, refuse, skip, add a stage, take back or abandon.

    Raises:
        NotFound: `draft.unknown`.
        Conflict: `draft.stale`, `draft.opened`.
        Forbidden: `draft.party`.
        Refused: `draft.state`, `draft.no_reason`, `draft.no_advice`, `draft.unfinished`, `circuit.*`.
    """
    if order.act in _NOT_HERE:
        raise Refused("draft.state", "Cet acte ne se fait pas ainsi. Rechargez la page.", act=str(order.act))
    now = clock()
    with store.unit() as unit:
        draft = unit.drafts.get(draft_id, actor.tokens(), lock=True)
        last = unit.drafts.last(draft.id)
        after, post = outcome(draft, order, last, actor=actor, around=surroundings(unit, draft, now))
        if order.act is DraftAct.START:
            refuse_unfinished(standing_version(unit, draft).content, draft.direction)
        _record(unit, draft, after, step(draft, order.act, actor, post, now, text=order.text), actor)
        if order.act in {DraftAct.START, DraftAct.INSERT}:
            _open_letters(unit, after, actor, now)
        tell_of_draft(unit, draft, after, actor, now)
        unit.commit()
    return after


def set_aside(draft_id: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Put a draft behind the others of one's own queue; it stays to be done.

    Raises:
        NotFound: `draft.unknown`.
    """
    with store.unit() as unit:
        draft = unit.drafts.get(draft_id, actor.tokens())
        if actor.person_id is not None:
            unit.drafts.set_aside(draft.id, actor.person_id, clock())
        unit.commit()


def to_sign(unit: Unit, draft_id: str, digest: str, actor: Actor) -> tuple[Draft, Version]:
    """Return a draft, locked, and its version, once every rule lets the actor sign that digest now.

    Raises:
        NotFound: `draft.unknown`.
        Conflict: `draft.stale`, another version stands, or it is signed already.
        Forbidden: `draft.party`.
        Refused: `draft.state`.
    """
    draft = unit.drafts.get(draft_id, actor.tokens(), lock=True)
    order = DraftOrder(DraftAct.SIGN, draft.revision, digest)
    allowed(draft, order, unit.drafts.last(draft.id), actor=actor)
    return draft, standing_version(unit, draft)


def signed(unit: Unit, draft: Draft, letter: Letter, actor: Actor, now: datetime) -> Draft:
    """Record that a draft was signed and became a letter, in the caller's transaction: state, step, links, journal.

    Call it after `to_sign` in the same transaction, once the letter has its number.
    """
    order = DraftOrder(DraftAct.SIGN, draft.revision, draft.digest)
    after, post = outcome(draft, order, unit.drafts.last(draft.id), actor=actor, around=surroundings(unit, draft, now))
    after = replace(after, letter_id=letter.id)
    _record(unit, draft, after, step(draft, order.act, actor, post, now, text=order.text), actor)
    for answered in draft.answers:
        unit.links.add(Link(letter.id, answered, LinkKind.ANSWERS, now, actor.login, actor.name))
        unit.journal.write(now, Act.LINKED, actor, answered, kind=LinkKind.ANSWERS, other=letter.id)
    return after


def signing_post(draft: Draft, actor: Actor) -> Post | None:
    """Return the post in which the actor would sign now: its capacity and instrument are printed on the letter."""
    found = acting(actor, draft)
    return found[1] if found else None


def standing_version(unit: Unit, draft: Draft) -> Version:
    """Return the version of a draft that stands."""
    version = unit.drafts.version(draft.id, draft.version)
    assert version is not None  # noqa: S101 - written in the transaction that raised the number
    return version


def surroundings(unit: Unit, draft: Draft, now: datetime) -> Surroundings:
    """Return what the rules must know beside a draft."""
    known = unit.organisation
    return Surroundings(
        now=now,
        seats=known.seats(draft.tenant_id, now.date()),
        units=frozenset(each.id for each in known.entities(tenant_id=draft.tenant_id)),
        calendar=known.calendar(draft.tenant_id),
    )


def opened_by(unit: Unit, draft: Draft, actor: Actor, now: datetime) -> tuple[DraftStep, ...]:
    """Return the acts on a draft that somebody opens, noting in the caller's transaction if it waits for them."""
    last = unit.drafts.last(draft.id)
    if last is not None and last.opened_at is None and last.login != actor.login and acting(actor, draft) is not None:
        unit.drafts.open(last.id, actor, now)
    return unit.drafts.steps(draft.id)


def _open_letters(unit: Unit, draft: Draft, actor: Actor, now: datetime) -> None:
    """Let the circuit's units read, within clearance, what the draft answers and joins: they answer for the reply."""
    content = standing_version(unit, draft).content
    joined = {one.letter_id for one in content.attachments if one.letter_id}
    units = tuple(each.entity_id for stage in draft.circuit.stages for each in stage.approvers)
    for letter_id in sorted(joined | set(draft.answers)):
        letter = unit.letters.get(letter_id, None, lock=True)
        concerned = tuple(dict.fromkeys((*letter.concerned, *units)))
        if concerned != letter.concerned:
            unit.letters.change(letter, concerned=concerned)
            unit.journal.write(now, Act.OPENED_TO_CIRCUIT, actor, letter.id, draft=draft.id, units=list(units))
            unit.outbox.add(letter.id, now)


def _record(unit: Unit, before: Draft, after: Draft, done: DraftStep, actor: Actor) -> None:
    at = before.circuit.at(before.digest) if before.state in IN_CIRCUIT else None
    unit.drafts.add_step(replace(done, stage=at, said=_said(before, after, at)))
    unit.drafts.change(after)
    unit.drafts.take_up(before.id)
    unit.journal.write(
        done.at, Act.DRAFT_ACTED, actor, draft=before.id, move=done.act, before=before.state, after=after.state
    )


def _said(before: Draft, after: Draft, at: int | None) -> Said | None:
    """Return what the act added at its stage, if it did."""
    if at is None:
        return None
    now, earlier = after.circuit.stages[at].visas, before.circuit.stages[at].visas
    return now[-1].said if len(now) > len(earlier) else None
