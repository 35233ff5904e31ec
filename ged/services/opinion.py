"""Opinions: given by who was asked, withdrawn by who holds the letter; with the last one the letter goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ged.clock import Clock
from ged.errors import Conflict, Forbidden, Refused
from ged.mail.access import Actor, Post
from ged.mail.item import Letter, State
from ged.mail.journal import Act
from ged.mail.moves import Move, Order, Party, Standing, acting_post
from ged.mail.opinion import Opinion, OpinionVerdict, asked_of
from ged.services.notify import tell_of_move
from ged.services.stand import stand
from ged.store.unit import Store, Unit


def give(
    letter_id: str,
    opinion_id: str,
    verdict: OpinionVerdict,
    text: str,
    *,
    store: Store,
    actor: Actor,
    clock: Clock,
) -> Letter:
    """Answer an opinion that was asked.

    Raises:
        NotFound: `letter.unknown`, `opinion.unknown`.
        Forbidden: `opinion.not_asked`.
        Conflict: `opinion.over`, given or withdrawn meanwhile.
        Refused: `opinion.no_text`, a reserve or a refusal without its reason.
    """
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        asked = _awaited(unit, letter, opinion_id)
        if not asked_of(actor, asked):
            raise Forbidden("opinion.not_asked", "Cet avis est demandé à quelqu'un d'autre.", letter_id=letter.id)
        if verdict is not OpinionVerdict.FAVOURABLE and not text.strip():
            raise Refused("opinion.no_text", "Expliquez votre réserve ou votre refus en une phrase.", field="texte")
        unit.opinions.give(asked.id, verdict, text.strip(), actor.name, now)
        unit.journal.write(now, Act.OPINION_GIVEN, actor, letter.id, verdict=verdict)
        post = next((each for each in actor.posts if asked_of(replace(actor, posts=(each,)), asked)), None)
        return _go_on(unit, letter, Order(Move.ADVISE, None, text=text), actor, now, post=post)


def withdraw(letter_id: str, opinion_id: str, *, store: Store, actor: Actor, clock: Clock) -> Letter:
    """Take back a question that nobody has answered.

    Raises:
        NotFound: `letter.unknown`, `opinion.unknown`.
        Forbidden: `move.party`.
        Conflict: `opinion.over`.
    """
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        asked = _awaited(unit, letter, opinion_id)
        post = acting_post(actor, letter, frozenset({Party.HOLDER, Party.LEADER, Party.ABOVE}))
        if post is None:
            raise Forbidden("move.party", "Seul celui qui détient ce courrier peut retirer la demande d'avis.")
        unit.opinions.withdraw(asked.id, now)
        unit.journal.write(now, Act.OPINION_WITHDRAWN, actor, letter.id)
        return _go_on(unit, letter, Order(Move.WITHDRAW, None), actor, now, post=post)


def _awaited(unit: Unit, letter: Letter, opinion_id: str) -> Opinion:
    asked = unit.opinions.get(letter.id, opinion_id)
    if not asked.awaited:
        raise Conflict("opinion.over", "Cet avis est déjà donné, ou sa demande a été retirée.", letter_id=letter.id)
    return asked


def _go_on(unit: Unit, letter: Letter, order: Order, actor: Actor, now: datetime, *, post: Post | None) -> Letter:
    """Record the step; once no opinion is awaited the letter is back at work with its holder."""
    waits = any(each.awaited for each in unit.opinions.of(letter.id))
    state = State.IN_PROGRESS if letter.state is State.OPINION_ASKED and not waits else letter.state
    after = replace(Standing.of(letter), state=state)
    unit.steps.add(letter, order, after, actor, now, post=post)
    changed = stand(unit, letter, after)
    tell_of_move(unit, changed, order, actor, now)
    unit.outbox.add(letter.id, now)
    unit.commit()
    return changed
