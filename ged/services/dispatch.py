"""Dispatch: to whom a signed letter goes and how, its departure, and what comes back; each act in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ged.clock import Clock
from ged.errors import Conflict, NotFound, Refused
from ged.mail.access import Actor, Post
from ged.mail.annex import Annex, AnnexKind
from ged.mail.custody import Keeper
from ged.mail.dispatch import (
    EMAIL,
    GONE,
    INTERNAL,
    MAX_SENDINGS,
    PLATFORM,
    Plan,
    Sending,
    SendingState,
    all_gone,
    answerable,
    callable_back,
    checked,
    dispatching_post,
    ready,
    require_dispatch,
)
from ged.mail.item import Letter, State
from ged.mail.journal import Act
from ged.mail.lists import TermList
from ged.mail.message import Enclosure, MessageState, Purpose
from ged.mail.moves import Move, Order, Standing
from ged.mail.said import Said
from ged.mail.transmittal import (
    DESPATCH,
    DESPATCH_LABEL,
    MAX_LINES,
    Transmittal,
    TransmittalLine,
    described,
)
from ged.ports import Stored
from ged.services.attach import attach
from ged.services.exchange import deliver, partners
from ged.services.link import close_answered
from ged.services.post import hand_over
from ged.services.stand import stand
from ged.services.transmit import Sheet, issue
from ged.store.unit import Store, Unit


@dataclass(frozen=True, slots=True)
class Slipped:
    """A returned slip, or whatever else answers a sending: durable in the vault, inspected."""

    stored: Stored
    media_type: str
    filename: str


def plan(
    letter_id: str, plans: Sequence[Plan], seen: frozenset[str], *, store: Store, actor: Actor, clock: Clock
) -> tuple[Sending, ...]:
    """Say to whom the letter goes, and how, in place of what was planned and has not left; what left stays.

    `seen` is the ids of the sendings that the screen showed as not gone.

    Raises:
        NotFound: `letter.unknown`.
        Conflict: `dispatch.stale`, somebody planned or sent meanwhile.
        Forbidden: `dispatch.party`.
        Refused: `dispatch.*`, `mail.address`.
    """
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        require_dispatch(actor, letter)
        before = unit.sendings.of(letter.id)
        if seen != {each.id for each in before if each.state is SendingState.READY}:
            raise _stale(letter)
        if len(plans) + len(before) > MAX_SENDINGS:
            raise Refused(
                "dispatch.long", Said("Un courrier part à %(most)s destinataires au plus.", most=MAX_SENDINGS)
            )
        ways = [term.code for term in unit.lists.terms(TermList.DELIVERY)]
        _refuse_unknown_units(unit, letter, plans)
        unit.sendings.drop_ready(letter.id)
        rank = max((each.rank for each in before if each.state in GONE), default=0)
        unit.sendings.add([prepared(letter, checked(one, letter, ways), rank + n) for n, one in enumerate(plans, 1)])
        after = unit.sendings.of(letter.id)
        _settle(unit, letter, after, actor, now)
        unit.journal.write(now, Act.SENDINGS_PLANNED, actor, letter.id, count=len(plans))
        unit.commit()
    return after


def send(
    chosen: Mapping[str, frozenset[str] | None], *, store: Store, actor: Actor, clock: Clock
) -> tuple[Letter, ...]:
    """Send letters off: of each, the sendings chosen, or with None all that are ready; all of it or nothing.

    Paper for one recipient by one way leaves on one bordereau d'envoi, whatever the number of letters.

    Raises:
        NotFound: `letter.unknown`, `dispatch.unknown`, `exchange.unknown`.
        Conflict: `dispatch.gone`.
        Forbidden: `dispatch.party`.
        Refused: `dispatch.*`, `mail.address`, `exchange.clearance`.
    """
    now = clock()
    with store.unit() as unit:
        # In one order for everybody: two people who send the same letters wait, and never lock each other.
        letters = {letter_id: unit.letters.get(letter_id, actor.tokens(), lock=True) for letter_id in sorted(chosen)}
        leaving = [(letter, each) for letter in letters.values() for each in _leaving(unit, letter, chosen, actor)]
        # Registers of other organisations are taken in one order too.
        leaving.sort(key=lambda pair: (pair[1].plan.tenant_id or "", pair[0].id, pair[1].rank))
        sheets = _on_sheets(unit, leaving, actor, now)
        for letter, each in leaving:
            gone = _sent(unit, letter, each, actor, now)
            if each.id in sheets:
                gone = replace(gone, transmittal_id=sheets[each.id].id)
            unit.sendings.change(gone)
            unit.journal.write(now, Act.SENT, actor, letter.id, way=gone.plan.way, to=gone.plan.recipient)
        done = tuple(
            _settle(unit, unit.letters.get(each.id, None), unit.sendings.of(each.id), actor, now)
            for each in letters.values()
        )
        unit.commit()
    return done


def answer(
    letter_id: str,
    sending_id: str,
    said: SendingState,
    remark: str = "",
    slip: Slipped | None = None,
    *,
    store: Store,
    actor: Actor,
    clock: Clock,
) -> Sending:
    """Write what became of a sending, with the slip that says so as an annex of the letter.

    Raises:
        NotFound: `letter.unknown`, `dispatch.unknown`.
        Forbidden: `dispatch.party`.
        Refused: `dispatch.state`, `dispatch.not_gone`, `dispatch.answer`.
    """
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        require_dispatch(actor, letter)
        sending = unit.sendings.get(letter.id, sending_id)
        answerable(sending, said)
        changed = heard(unit, letter, sending, said, actor=actor, now=now, remark=remark, slip=slip)
        unit.commit()
    return changed


def heard(
    unit: Unit,
    letter: Letter,
    sending: Sending,
    said: SendingState,
    *,
    actor: Actor,
    now: datetime,
    remark: str = "",
    slip: Slipped | None = None,
) -> Sending:
    """Write in the caller's transaction what came back of a sending: by whoever tells it, a clerk or the mailbox."""
    text = " ".join(remark.split())[:500]
    changed = replace(sending, state=said, answered_at=now, answered_by=actor.name, remark=text)
    unit.sendings.change(changed)
    if slip is not None:
        kind = AnnexKind.RETURN if said is SendingState.RETURNED else AnnexKind.RECEIPT
        label = f"{_LABELS[said]} : {sending.plan.recipient}"
        attach(
            unit,
            letter,
            kind,
            slip.stored,
            media_type=slip.media_type,
            label=label,
            actor=actor,
            now=now,
            sending_id=sending.id,
        )
    unit.journal.write(now, Act.SENDING_ANSWERED, actor, letter.id, to=sending.plan.recipient, state=said)
    unit.outbox.add(letter.id, now)
    return changed


_LABELS = {
    SendingState.DELIVERED: "Décharge",
    SendingState.ACKNOWLEDGED: "Accusé de réception",
    SendingState.RETURNED: "Retour",
}


def call_back(letter_id: str, sending_id: str, *, store: Store, actor: Actor, clock: Clock) -> Letter:
    """Take back a sending that nobody has received: the letter waits to leave again.

    Raises:
        NotFound: `letter.unknown`, `dispatch.unknown`.
        Forbidden: `dispatch.party`.
        Conflict: `dispatch.too_late`.
    """
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        require_dispatch(actor, letter)
        sending = unit.sendings.get(letter.id, sending_id)
        posted = sending.message_id is not None and not _held_back(unit, sending.message_id)
        callable_back(sending, posted=posted)
        back = replace(
            sending, state=SendingState.READY, sent_at=None, sent_by="", message_id=None, transmittal_id=None
        )
        unit.sendings.change(back)
        unit.journal.write(now, Act.CALLED_BACK, actor, letter.id, to=sending.plan.recipient)
        changed = _settle(unit, letter, unit.sendings.of(letter.id), actor, now)
        unit.commit()
    return changed


def prepared(letter: Letter, one: Plan, rank: int) -> Sending:
    """Return a sending that is planned and has not left."""
    return Sending(secrets.token_urlsafe(16), letter.id, rank, one, SendingState.READY)


def _leaving(
    unit: Unit, letter: Letter, chosen: Mapping[str, frozenset[str] | None], actor: Actor
) -> tuple[Sending, ...]:
    require_dispatch(actor, letter)
    ids, ours = chosen[letter.id], unit.sendings.of(letter.id)
    if ids is None:
        found = tuple(each for each in ours if each.state is SendingState.READY)
    else:
        found = tuple(unit.sendings.get(letter.id, each) for each in sorted(ids))
    if not found:
        raise Refused(
            "dispatch.nothing",
            Said(
                "%(number)s n'a plus rien à envoyer, ou n'a pas de destinataire. Ajoutez-en un.", number=letter.number
            ),
            letter_id=letter.id,
        )
    for each in found:
        ready(each)
    return found


def _sent(unit: Unit, letter: Letter, each: Sending, actor: Actor, now: datetime) -> Sending:
    gone = replace(each, state=SendingState.SENT, sent_at=now, sent_by=actor.name)
    if each.plan.way == PLATFORM:
        return deliver(unit, letter, gone, now)
    if each.plan.way == EMAIL:
        checked(each.plan, letter, (EMAIL,))
        return replace(gone, message_id=_posted(unit, letter, each, actor, now))
    if each.plan.way == INTERNAL and each.plan.entity_id is not None:
        current = unit.letters.get(letter.id, None)
        if each.plan.entity_id not in {*current.concerned, current.service_id}:
            unit.letters.change(current, concerned=(*current.concerned, each.plan.entity_id))
        return replace(gone, state=SendingState.DELIVERED, answered_at=now, answered_by=actor.name)
    return gone


def _by_paper(sending: Sending) -> bool:
    """Whether somebody carries it in their hands: it goes on a sheet."""
    plan = sending.plan
    return plan.way not in {PLATFORM, EMAIL} and not (plan.way == INTERNAL and plan.entity_id is not None)


def _on_sheets(
    unit: Unit, leaving: Sequence[tuple[Letter, Sending]], actor: Actor, now: datetime
) -> dict[str, Transmittal]:
    """Make the bordereaux d'envoi of what leaves on paper, and return the one of each sending."""
    groups: dict[tuple[Post, str, str, str], list[tuple[Letter, Sending]]] = {}
    for letter, each in leaving:
        if _by_paper(each):
            key = (dispatching_post(actor, letter), each.plan.recipient, each.plan.address, each.plan.way)
            groups.setdefault(key, []).append((letter, each))
    labels = {term.code: term.label_fr for term in unit.lists.terms(TermList.TRANSMITTAL)}
    kinds = {kind.code: kind.label_fr for kind in unit.organisation.kinds()}
    found: dict[str, Transmittal] = {}
    # Series of numbers are taken in one order for everybody.
    for (post, recipient, address, way), members in sorted(groups.items(), key=lambda group: group[0][0].entity_id):
        label, to = labels.get(DESPATCH, DESPATCH_LABEL), Keeper(outside=recipient)
        head = Sheet(DESPATCH, label, to, address=address, delivery=way)
        for start in range(0, len(members), MAX_LINES):
            part = members[start : start + MAX_LINES]
            lines = [_line(unit, rank, letter, each, kinds) for rank, (letter, each) in enumerate(part, 1)]
            made = issue(unit, head, lines, post=post, actor=actor, now=now)
            found |= {each.id: made for _, each in part}
    return found


def _line(unit: Unit, rank: int, letter: Letter, each: Sending, kinds: Mapping[str, str]) -> TransmittalLine:
    pieces = 1 + sum(one.kind is AnnexKind.ENCLOSURE for one in unit.annexes.of(letter.id))
    said = "Copie" if each.plan.copy else ""
    return TransmittalLine(rank, letter.id, None, each.id, pieces, described(letter, kinds), said)


def _posted(unit: Unit, letter: Letter, each: Sending, actor: Actor, now: datetime) -> str:
    """Give the signed original, with its enclosures, to be sent by e-mail."""
    office = unit.organisation.entity(letter.tenant_id).name_fr
    enclosed = [Enclosure(f"{letter.number.replace('/', '-')}.pdf", letter.media_type, letter.original)]
    enclosed += [_enclosure(annex) for annex in unit.annexes.of(letter.id) if annex.kind is AnnexKind.ENCLOSURE]
    body = (
        "Madame, Monsieur,\n\n"
        f"Vous trouverez ci-joint notre courrier n° {letter.number} : {letter.subject}.\n"
        "Le fichier joint est l'original, signé : il se vérifie dans tout lecteur de PDF.\n\n"
        "Nous vous remercions d'en accuser réception en répondant à ce message, "
        "avec l'objet « Accusé de réception ».\n\n"
        f"{office}\n"
    )
    return hand_over(
        unit,
        actor,
        now,
        purpose=Purpose.DISPATCH,
        to=each.plan.address,
        subject=f"{letter.number} : {letter.subject}",
        body=body,
        letter_id=letter.id,
        enclosures=tuple(enclosed),
        automatic=False,
    )


def _enclosure(annex: Annex) -> Enclosure:
    return Enclosure(annex.label, annex.media_type, annex.digest)


def _held_back(unit: Unit, message_id: str) -> bool:
    """Stop a message that nobody has tried to send; give whether it was still here."""
    message = unit.messages.get(message_id, lock=True)
    if message.state is not MessageState.WAITING or message.attempts:
        return False
    unit.messages.change(message.id, state=MessageState.FAILED, next_try=None, said="Rappelé avant son départ.")
    return True


def _settle(unit: Unit, letter: Letter, sendings: Sequence[Sending], actor: Actor, now: datetime) -> Letter:
    """Bring the letter's state in line with its sendings; the first time that all are gone, close what it answers."""
    state = State.DISPATCHED if all_gone(sendings) else State.TO_DISPATCH
    unit.outbox.add(letter.id, now)
    if state is letter.state:
        return letter
    move = Move.DISPATCH if state is State.DISPATCHED else Move.CALL_BACK
    closed_on = now.date() if state is State.DISPATCHED else None
    after = replace(Standing.of(letter), state=state, closed_on=closed_on)
    last = unit.steps.last(letter.id)
    unit.steps.add(letter, Order(move, last.id if last else None), after, actor, now)
    changed = stand(unit, letter, after)
    unit.journal.write(now, Act.MOVED, actor, letter.id, move=move, before=letter.state, after=state)
    if state is State.DISPATCHED:
        close_answered(unit, changed, actor, now)
    return changed


def _refuse_unknown_units(unit: Unit, letter: Letter, plans: Sequence[Plan]) -> None:
    ours = {each.id for each in unit.organisation.entities(tenant_id=letter.tenant_id)}
    others = {each.id for each in partners(unit, letter.tenant_id)}
    if any(one.tenant_id is not None and one.tenant_id not in others for one in plans):
        raise NotFound(
            "exchange.unknown", "Cet organisme n'est pas sur la plateforme. Choisissez un autre acheminement."
        )
    if any(one.entity_id is not None and one.entity_id not in ours for one in plans):
        raise NotFound("move.destination", "Ce service n'existe pas dans votre organisation. Choisissez-en un autre.")


def refuse_partly_gone(unit: Unit, letter: Letter) -> None:
    """Let pass the cancelling of a number that nothing has left under.

    Raises:
        Conflict: `dispatch.partly_gone`.
    """
    if any(each.state in GONE for each in unit.sendings.of(letter.id)):
        raise Conflict(
            "dispatch.partly_gone",
            Said(
                "%(number)s est déjà parti pour une partie de ses destinataires : son numéro ne s'annule plus.",
                number=letter.number,
            ),
            letter_id=letter.id,
        )


def _stale(letter: Letter) -> Conflict:
    return Conflict(
        "dispatch.stale",
        "Quelqu'un a préparé ou fait partir ce courrier pendant que vous le lisiez. Rien n'a été changé : relisez, "
        "puis décidez.",
        letter_id=letter.id,
    )
