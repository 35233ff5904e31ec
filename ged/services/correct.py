"""Correcting: the supervisor puts a letter's data right, with a reason; it stays with whoever has it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from ged.clock import Clock
from ged.errors import Conflict, Refused
from ged.mail.access import Actor, Right, require
from ged.mail.item import Confidentiality, Letter
from ged.mail.journal import Act
from ged.mail.moves import OPEN
from ged.mail.qualification import Decision, faults, with_names_apart
from ged.mail.reach import somebody_can_act
from ged.mail.said import Said
from ged.services.name_parties import name_parties
from ged.services.qualify import deadline, decided, unknown
from ged.store.unit import Store, Unit


def correct(letter_id: str, decision: Decision, reason: str, *, store: Store, actor: Actor, clock: Clock) -> Letter:
    """Write corrected data as a decision more; the letter does not move.

    When the confidentiality rises, whoever is not cleared for it no longer sees the letter from now on.

    Raises:
        Forbidden: `access.right`.
        NotFound: `letter.unknown`.
        Refused: `qualification.faulty`; diagnostics `faults` gives a French sentence for each field;
            `correction.state`, `correction.nothing`.
        Conflict: `letter.revision`, somebody changed its data since `decision.expected_revision`.
    """
    require(actor, Right.CORRECT)
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        if letter.state not in OPEN or letter.service_id is None:
            raise Refused(
                "correction.state",
                "Seul un courrier en cours se corrige ainsi. Au bureau d'ordre, qualifiez-le ; clos, rouvrez-le.",
            )
        _refuse_stale(unit, letter, decision)
        version, schedule = unit.schedules.applied(letter.tenant_id, now.date())
        decision = replace(
            with_names_apart(decision),
            service_id=letter.service_id,
            file_code=schedule.named(decision.file_code),
        )
        found = faults(decision, today=now.date()) | unknown(unit, letter, decision, now.date())
        found |= _level(unit, letter, decision.confidentiality, actor, now.date())
        if not reason.strip():
            found["reason"] = "Indiquez le motif de la correction : il reste dans l'historique."
        if found:
            raise Refused("qualification.faulty", "Corrigez les champs signalés, puis validez.", faults=found)
        values = decided(decision) | _deadline(unit, letter, decision)
        differs = [name for name, value in values.items() if value != getattr(letter, name) and name != "delay_days"]
        if not differs:
            raise Refused("correction.nothing", "Rien n'est changé : aucune donnée ne diffère de celles du courrier.")
        changed = unit.letters.change(letter, schedule_version=version, **values)
        name_parties(unit, changed, actor, now)
        unit.proposals.decide(letter.id, decision, changed.revision, actor, now, reason=reason.strip())
        unit.journal.write(now, Act.CORRECTED, actor, letter.id, fields=differs, reason=reason.strip())
        unit.outbox.add(letter.id, now)
        unit.queue.defer("note_term", letter_id=letter.id)
        unit.commit()
    return changed


def _refuse_stale(unit: Unit, letter: Letter, decision: Decision) -> None:
    taken = unit.proposals.decisions(letter.id)
    if taken and taken[-1].revision > decision.expected_revision:
        raise Conflict(
            "letter.revision",
            Said(
                "%(name)s a corrigé ce courrier pendant que vous le lisiez. Rien n'a été écrit : relisez-le.",
                name=taken[-1].name,
            ),
            letter_id=letter.id,
        )


def _deadline(unit: Unit, letter: Letter, decision: Decision) -> dict[str, Any]:
    """A term that a suspension moved stays where it is, unless a person says another day."""
    kept: dict[str, Any] = {"due_date": letter.due_date, "delay_days": letter.delay_days}
    same = decision.due_date == letter.due_date and (letter.delay_days is None or decision.priority is letter.priority)
    return kept if same else deadline(unit, letter, decision)


def _level(unit: Unit, letter: Letter, level: Confidentiality, actor: Actor, today: date) -> dict[str, str]:
    if not any(level in post.clearance.up_to() for post in actor.posts):
        return {"confidentiality": "Ce niveau dépasse votre habilitation. Choisissez-en un autre."}
    seats = unit.organisation.seats(letter.tenant_id, today)
    entities = unit.organisation.entities(tenant_id=letter.tenant_id)
    rises = level.rank > letter.confidentiality.rank
    if rises and not somebody_can_act(letter, level, seats=seats, entities=entities):
        sentence = (
            "À ce niveau, ni le détenteur ni personne au-dessus de lui ne pourrait plus lire ce courrier. "
            "Demandez d'abord qu'il soit affecté à quelqu'un d'habilité."
        )
        return {"confidentiality": sentence}
    return {}
