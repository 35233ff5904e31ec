"""Qualification: a person confirms or corrects what the machine proposes, and the letter has a service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from ged.clock import Clock
from ged.errors import Conflict, Refused
from ged.mail.access import Actor, Right, require
from ged.mail.item import Letter, State
from ged.mail.journal import Act
from ged.mail.links import LinkKind, refuse_link
from ged.mail.moves import Destination, Move, Order, Party, Standing, parties
from ged.mail.qualification import Decision, faults, with_names_apart
from ged.mail.said import Said
from ged.services.link import bind
from ged.services.name_parties import name_parties
from ged.services.notify import tell_of_assignment
from ged.store.unit import Store, Unit


def qualify(
    letter_id: str,
    decision: Decision,
    *,
    bonds: Sequence[tuple[str, LinkKind]] = (),
    store: Store,
    actor: Actor,
    clock: Clock,
) -> Letter:
    """Write a person's decision as a new row and hand the letter to its service.

    Where no deadline is given, the delay of the priority runs in working days from the registration.
    What the machine changed meanwhile (a seal, a page read) is no conflict; what a person changed is.
    `bonds` are letters that this one answers or follows, by id: bound in the same transaction.
    A letter that a service returned is qualified anew: a decision more, and a step that its maker can go back on.

    Raises:
        Forbidden: `access.right`.
        NotFound: `letter.unknown`.
        Refused: `link.self`; `qualification.faulty`, whose diagnostics `faults` gives a French sentence for each field.
        Conflict: `letter.revision`; somebody qualified it first.
    """
    require(actor, Right.QUALIFY)
    now = clock()
    decision = with_names_apart(decision)
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        _refuse_stale(unit, letter, decision, actor)
        version, schedule = unit.schedules.applied(letter.tenant_id, now.date())
        decision = replace(decision, file_code=schedule.named(decision.file_code))
        found = faults(decision, today=now.date()) | unknown(unit, letter, decision, now.date())
        if found:
            raise Refused("qualification.faulty", "Corrigez les champs signalés, puis validez.", faults=found)
        changed = unit.letters.change(
            letter,
            state=State.ASSIGNED,
            service_id=decision.service_id,
            schedule_version=version,
            **decided(decision),
            **deadline(unit, letter, decision),
        )
        name_parties(unit, changed, actor, now)
        unit.proposals.decide(letter.id, decision, changed.revision, actor, now)
        if letter.state is State.RETURNED:
            order = Order(Move.ASSIGN, None, Destination(decision.service_id))
            unit.steps.add(letter, order, Standing.of(changed), actor, now)
        unit.journal.write(
            now, Act.QUALIFIED, actor, letter.id, before=letter.state, after=changed.state, service=decision.service_id
        )
        for other_id, kind in bonds:
            refuse_link(letter.id, other_id)
            bind(unit, letter, unit.letters.get(other_id, actor.tokens()), kind, actor, now)
        tell_of_assignment(unit, changed, actor, now)
        unit.outbox.add(letter.id, now)
        unit.queue.defer("note_term", letter_id=letter.id)
        unit.commit()
    return changed


def decided(decision: Decision) -> dict[str, Any]:
    """Return the fields of a letter that a decision says, but for its service and its deadline."""
    return {
        "sender": decision.sender.strip(),
        "recipient": decision.recipient.strip() or None,
        "subject": decision.subject.strip(),
        "sender_reference": decision.sender_reference.strip() or None,
        "letter_date": decision.letter_date,
        "kind": decision.kind,
        "confidentiality": decision.confidentiality,
        "priority": decision.priority,
        "file_code": decision.file_code or None,
    }


def deadline(unit: Unit, letter: Letter, decision: Decision) -> dict[str, Any]:
    """Return the deadline of a decision: the day that a person chose, or the delay of the priority.

    The computed day that a form gives back as it stood is nobody's choice: it follows the priority.
    """
    if decision.due_date is not None and (letter.delay_days is None or decision.due_date != letter.due_date):
        return {"due_date": decision.due_date, "delay_days": None}
    delay = unit.organisation.delay(decision.priority)
    calendar = unit.organisation.calendar(letter.tenant_id)
    computed = calendar.after(letter.registered_at.date(), delay) if delay else None
    return {"due_date": computed, "delay_days": delay}


def _refuse_stale(unit: Unit, letter: Letter, decision: Decision, actor: Actor) -> None:
    taken = unit.proposals.decisions(letter.id)
    fresh = not taken or taken[-1].revision <= decision.expected_revision
    again = letter.state is State.RETURNED and Party.REGISTRY in parties(actor, letter)
    if fresh and (letter.state is State.TO_QUALIFY or again):
        return
    by = Said("%(name)s a qualifié ce courrier", name=taken[-1].name) if taken else Said("Ce courrier a changé d'état")
    raise Conflict(
        "letter.revision",
        Said("%(by)s pendant que vous le lisiez. Votre saisie est gardée : voici les deux versions.", by=by),
        letter_id=letter.id,
        standing=letter.revision,
    )


def unknown(unit: Unit, letter: Letter, decision: Decision, today: date) -> dict[str, str]:
    """Return the French sentence for each choice that the lists do not hold; a letter may stay in a closed unit."""
    found: dict[str, str] = {}
    if decision.kind and decision.kind not in {kind.code for kind in unit.organisation.kinds()}:
        found["kind"] = "Cette nature n'existe pas dans la liste. Choisissez-en une autre."
    services = {entity.id for entity in unit.organisation.entities(tenant_id=letter.tenant_id, open_on=today)}
    if decision.service_id and decision.service_id not in services | {letter.service_id}:
        found["service_id"] = "Ce service n'existe pas, ou ne reçoit plus de courrier. Choisissez-en un autre."
    if decision.file_code and decision.file_code != letter.file_code:
        _, schedule = unit.schedules.applied(letter.tenant_id, today)
        line = schedule.line(decision.file_code)
        if line is None or not line.open_on(today):
            found["file_code"] = "Cette cote n'est pas dans le plan de classement. Choisissez-en une autre, ou aucune."
    return found
