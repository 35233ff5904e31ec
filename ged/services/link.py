"""Binding letters to each other, by number; and closing what a dispatched reply answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ged.clock import Clock
from ged.errors import Conflict, NotFound
from ged.mail.access import Actor
from ged.mail.item import Letter, State
from ged.mail.journal import Act
from ged.mail.links import Link, LinkKind, refuse_link
from ged.mail.moves import RULES, Move, Order, Standing
from ged.mail.said import Said
from ged.services.stand import stand
from ged.store.unit import Store, Unit

_CLOSED_BY_REPLY = RULES[Move.FINISH].sources | {State.WAITING}
"""States from which a reply closes a letter: at work, or waiting for the applicant whom it answers."""


def link(letter_id: str, number: str, kind: LinkKind, *, store: Store, actor: Actor, clock: Clock) -> Letter:
    """Bind a letter to the one of a printed number, and return that one; the actor must be able to read both.

    Raises:
        NotFound: `letter.unknown`.
        Refused: `link.self`.
        Conflict: `link.exists`.
    """
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        found = unit.letters.by_number(number, actor.tokens())
        if not found:
            raise NotFound(
                "letter.unknown",
                Said(
                    "Aucun courrier ne porte le numéro %(number)s, ou il n'est pas ouvert à votre poste.",
                    number=number.strip(),
                ),
            )
        other = next((one for one in found if one.register_id == letter.register_id), found[0])
        refuse_link(letter.id, other.id)
        if not bind(unit, letter, other, kind, actor, now):
            raise Conflict(
                "link.exists",
                Said("Ces deux courriers sont déjà liés ainsi. Rien n'a changé : %(number)s.", number=other.number),
            )
        unit.commit()
    return other


def bind(unit: Unit, letter: Letter, other: Letter, kind: LinkKind, actor: Actor, now: datetime) -> bool:  # noqa: PLR0917
    """Bind two letters in the caller's transaction, journaled at both; give whether they were not bound so already."""
    added = unit.links.add(Link(letter.id, other.id, kind, now, actor.login, actor.name))
    if added:
        unit.journal.write(now, Act.LINKED, actor, letter.id, kind=kind, other=other.id)
        unit.journal.write(now, Act.LINKED, actor, other.id, kind=kind, other=letter.id)
    return added


def unlink(from_id: str, to_id: str, kind: LinkKind, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Part two letters that were bound by mistake; the journal keeps that they were.

    Raises:
        NotFound: `letter.unknown`, `link.unknown`.
    """
    now = clock()
    with store.unit() as unit:
        for letter_id in (from_id, to_id):
            unit.letters.get(letter_id, actor.tokens())
        if not unit.links.remove(from_id, to_id, kind):
            raise NotFound("link.unknown", "Ces deux courriers ne sont pas liés ainsi. Rechargez la page.")
        for here, other in ((from_id, to_id), (to_id, from_id)):
            unit.journal.write(now, Act.UNLINKED, actor, here, kind=kind, other=other)
        unit.commit()


def close_answered(unit: Unit, reply: Letter, actor: Actor, now: datetime) -> tuple[Letter, ...]:
    """Close the letters that a dispatched reply answers, in the caller's transaction, and return them as closed.

    Nothing happens when its author chose to keep them open, and to those that are closed or back in the registry.
    """
    draft = unit.drafts.of_letter(reply.id)
    if draft is None or not draft.closes_answered:
        return ()
    closed = []
    for letter_id in draft.answers:
        letter = unit.letters.get(letter_id, None, lock=True)
        if letter.state not in _CLOSED_BY_REPLY:
            continue
        last = unit.steps.last(letter.id)
        after = replace(Standing.of(letter), state=State.DONE, closed_on=now.date(), suspended_on=None)
        order = Order(Move.FINISH, last.id if last else None, text=f"Réponse expédiée sous le n° {reply.number}.")
        unit.steps.add(letter, order, after, actor, now)
        closed.append(stand(unit, letter, after))
        unit.journal.write(now, Act.MOVED, actor, letter.id, move=Move.FINISH, before=letter.state, after=State.DONE)
        unit.outbox.add(letter.id, now)
    return tuple(closed)
