"""Qualification: a person confirms or corrects what the machine proposes, and the letter has a service."""

from __future__ import annotations

from ged.clock import Clock
from ged.errors import Conflict, Refused
from ged.mail.access import Actor, Right, require
from ged.mail.item import Letter, State
from ged.mail.journal import Act
from ged.mail.qualification import Decision, faults, with_names_apart
from ged.services.name_parties import name_parties
from ged.services.notify import tell_of_assignment
from ged.store.unit import Store, Unit


def qualify(letter_id: str, decision: Decision, *, store: Store, actor: Actor, clock: Clock) -> Letter:
    """Write a person's decision as a new row and hand the letter to its service.

    Where no deadline is given, the delay of the priority runs in working days from the registration.
    What the machine changed meanwhile (a seal, a page read) is no conflict; what a person changed is.

    Raises:
        Forbidden: `access.right`.
        NotFound: `letter.unknown`.
        Refused: `qualification.faulty`; diagnostics `faults` gives a French sentence for each field.
        Conflict: `letter.revision`; somebody qualified it first.
    """
    require(actor, Right.QUALIFY)
    now = clock()
    decision = with_names_apart(decision)
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        _refuse_stale(unit, letter, decision)
        found = faults(decision, today=now.date()) | _unknown(unit, letter, decision)
        if found:
            raise Refused("qualification.faulty", "Corrigez les champs signalés, puis validez.", faults=found)
        delay = unit.organisation.delay(decision.priority)
        calendar = unit.organisation.calendar(letter.tenant_id)
        computed = calendar.after(letter.registered_at.date(), delay) if delay else None
        changed = unit.letters.change(
            letter,
            state=State.ASSIGNED,
            sender=decision.sender.strip(),
            recipient=decision.recipient.strip() or None,
            subject=decision.subject.strip(),
            sender_reference=decision.sender_reference.strip() or None,
            letter_date=decision.letter_date,
            due_date=decision.due_date or computed,
            delay_days=None if decision.due_date else delay,
            kind=decision.kind,
            service_id=decision.service_id,
            confidentiality=decision.confidentiality,
            priority=decision.priority,
        )
        name_parties(unit, changed, actor, now)
        unit.proposals.decide(letter.id, decision, changed.revision, actor, now)
        unit.journal.write(
            now, Act.QUALIFIED, actor, letter.id, before=letter.state, after=changed.state, service=decision.service_id
        )
        tell_of_assignment(unit, changed, actor, now)
        unit.outbox.add(letter.id, now)
        unit.commit()
    return changed


def _refuse_stale(unit: Unit, letter: Letter, decision: Decision) -> None:
    taken = unit.proposals.decisions(letter.id)
    if letter.state is State.TO_QUALIFY and (not taken or taken[-1].revision <= decision.expected_revision):
        return
    by = f"{taken[-1].name} a qualifié ce courrier" if taken else "Ce courrier a changé d'état"
    raise Conflict(
        "letter.revision",
        f"{by} pendant que vous le lisiez. Votre saisie est gardée : voici les deux versions.",
        letter_id=letter.id,
        standing=letter.revision,
    )


def _unknown(unit: Unit, letter: Letter, decision: Decision) -> dict[str, str]:
    found: dict[str, str] = {}
    if decision.kind and decision.kind not in {kind.code for kind in unit.organisation.kinds()}:
        found["kind"] = "Cette nature n'existe pas dans la liste. Choisissez-en une autre."
    services = {entity.id for entity in unit.organisation.entities(tenant_id=letter.tenant_id)}
    if decision.service_id and decision.service_id not in services:
        found["service_id"] = "Ce service n'existe pas dans votre organisation. Choisissez-en un autre."
    return found
