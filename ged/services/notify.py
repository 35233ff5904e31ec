"""Notifying: who has something new to do, or follows a letter, is told in the transaction of the act."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from ged.mail.access import Actor, Capacity, readers_of
from ged.mail.circuit import Approver
from ged.mail.draft import IN_CIRCUIT, Draft, readers_of_draft
from ged.mail.item import Letter, State
from ged.mail.moves import Holder, Move, Order, holder_of
from ged.mail.notice import (
    ASSIGNED,
    DRAFT_BACK,
    DRAFT_WAITS,
    FOLLOWED,
    FOR_ANOTHER,
    OPINION_ASKED,
    OPINION_GIVEN,
    RETURNED,
    Notice,
    NoticeKind,
)
from ged.mail.recipients import waiting_on
from ged.store.unit import Unit


@dataclass(frozen=True, slots=True)
class Told:
    """What is told, of a letter or, with a `link`, of something else.

    Attributes:
        mark: Tells one event from another.
        readers: Tokens of which whoever is told needs one.
        by: Who acted.
    """

    kind: NoticeKind
    letter: Letter | None
    mark: str
    at: datetime
    by: str = ""
    day: date | None = None
    rank: int = 0
    link: str = ""
    readers: frozenset[str] = frozenset()

    def concerns(self, actor: Actor) -> bool:
        """Whether somebody may know of it."""
        return not (readers_of(self.letter) if self.letter else self.readers).isdisjoint(actor.tokens())


def tell(unit: Unit, told: Told, logins: Iterable[str], *, but: str = "") -> set[str]:
    """Tell people who may read the letter, except `but`, and return the logins of those told."""
    reached: set[str] = set()
    for login in dict.fromkeys(logins):
        actor = unit.people.actor(login, told.at.date()) if login != but else None
        if actor is not None and actor.person_id is not None and told.concerns(actor):
            unit.notices.tell(_notice(told, actor.person_id))
            reached.add(login)
    return reached


def tell_positions(unit: Unit, told: Told, positions: Iterable[str], *, but: str = "") -> set[str]:
    """Tell those who hold some positions today; whoever acts there for another is told so."""
    wanted, reached = set(positions), set()
    for login in unit.notices.logins_at(wanted, told.at.date()):
        actor = unit.people.actor(login, told.at.date()) if login != but else None
        there = [post for post in actor.posts if post.position_id in wanted] if actor else []
        if actor is None or actor.person_id is None or not there or not told.concerns(actor):
            continue
        for_another = all(post.capacity is not Capacity.HOLDER for post in there)
        kind = FOR_ANOTHER if told.kind is ASSIGNED and for_another else told.kind
        unit.notices.tell(_notice(replace(told, kind=kind), actor.person_id))
        reached.add(login)
    return reached


def tell_of_draft(unit: Unit, before: Draft, after: Draft, actor: Actor, now: datetime) -> None:
    """Tell those for whom a draft now waits in its circuit, or its author that it came back."""
    told = Told(
        DRAFT_WAITS,
        None,
        f"{after.id}:{after.revision}",
        now,
        by=actor.name,
        link=f"/projet/{after.id}",
        readers=readers_of_draft(after),
    )
    if after.state in IN_CIRCUIT:
        seats = unit.organisation.seats(after.tenant_id, now.date())
        entities = unit.organisation.entities(tenant_id=after.tenant_id)
        earlier = _awaited(before) if before.digest == after.digest else ()
        for approver in _awaited(after):
            if approver not in earlier:
                to = waiting_on(approver.entity_id, approver.position_id, seats, entities)
                tell_positions(unit, told, to, but=actor.login)
    elif after.state is State.APPROVAL_REFUSED:
        tell_positions(unit, replace(told, kind=DRAFT_BACK), (after.position_id,), but=actor.login)


def _awaited(draft: Draft) -> tuple[Approver, ...]:
    """Return those whose act a draft waits for."""
    at = draft.circuit.at(draft.digest) if draft.state in IN_CIRCUIT else None
    return () if at is None else draft.circuit.stages[at].waiting(draft.digest)


def people_at(unit: Unit, letter: Letter, holder: Holder, today: date) -> tuple[str, ...]:
    """Return the positions for which a letter waits in a basket."""
    seats = unit.organisation.seats(letter.tenant_id, today)
    entities = unit.organisation.entities(tenant_id=letter.tenant_id)
    return waiting_on(holder.entity_id, holder.position_id, seats, entities)


def tell_of_move(unit: Unit, letter: Letter, order: Order, actor: Actor, now: datetime) -> None:
    """Tell what a move brings to others, then those who follow the letter, as it stands after it."""
    told = Told(FOLLOWED, letter, f"{letter.id}:{letter.revision}", now, by=actor.name, day=letter.due_date)
    reached: set[str] = set()
    holder = holder_of(letter)
    if order.move in {Move.ASSIGN, Move.SUBMIT} and holder is not None:
        reached = tell_positions(
            unit, replace(told, kind=ASSIGNED), people_at(unit, letter, holder, now.date()), but=actor.login
        )
    elif order.move is Move.RECALL:
        unit.notices.withdraw(letter.id, ASSIGNED.code, now)
    elif order.move is Move.ASK and order.to is not None:
        asked = people_at(unit, letter, Holder(order.to.entity_id, order.to.position_id), now.date())
        reached = tell_positions(unit, replace(told, kind=OPINION_ASKED, day=order.due_date), asked, but=actor.login)
    elif order.move is Move.ADVISE and holder is not None:
        reached = tell_positions(
            unit, replace(told, kind=OPINION_GIVEN), people_at(unit, letter, holder, now.date()), but=actor.login
        )
    elif order.move is Move.RETURN:
        taken = unit.proposals.decisions(letter.id)
        reached = tell(unit, replace(told, kind=RETURNED), [each.login for each in taken[-1:]], but=actor.login)
    tell(unit, told, [login for login in unit.notes.followers(letter.id) if login not in reached], but=actor.login)


def tell_of_assignment(unit: Unit, letter: Letter, actor: Actor, now: datetime) -> None:
    """Tell those for whom a letter waits once it is qualified."""
    holder = holder_of(letter)
    if holder is not None and not holder.registry:
        told = Told(ASSIGNED, letter, f"{letter.id}:{letter.revision}", now, by=actor.name, day=letter.due_date)
        tell_positions(unit, told, people_at(unit, letter, holder, now.date()), but=actor.login)


def _notice(told: Told, person_id: str) -> Notice:
    return Notice(
        id=secrets.token_urlsafe(16),
        person_id=person_id,
        kind=told.kind.code,
        at=told.at,
        letter_id=told.letter.id if told.letter else None,
        mark=f"{told.kind.code}:{told.mark}",
        by=told.by,
        day=told.day,
        rank=told.rank,
        link=told.link,
    )
