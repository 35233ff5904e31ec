"""The paper twins of a disposal or a transfer: which is in which box, and that it was destroyed or given, by whom."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from ged.clock import Clock
from ged.errors import Conflict, Refused
from ged.mail.access import Actor, Right, require
from ged.mail.box import PaperGone, PaperTwin, checked_names
from ged.mail.custody import Keeper, Way
from ged.mail.disposal import DisposalState, LineState
from ged.mail.journal import Act
from ged.mail.said import Said
from ged.mail.transfer import ItemState
from ged.services.hand_over import entered
from ged.store.unit import Store, Unit
from retention.disposal.lists import seen
from retention.slips import require_any

CONDEMNED = (LineState.CONDEMNED, LineState.DESTROYED)


@dataclass(frozen=True, slots=True)
class PaperList:
    """The paper of a disposal or of a transfer, as one reader may see it.

    Attributes:
        about: The id of the disposal or of the slip, `number` what people call it.
        twins: In the order of the boxes, what is in no box last; what left for good too.
        hidden: Letters of the list that are not open to the reader.
        ready: Whether it may be recorded as done: the list has been carried out, or answered.
        keeper: Name of the archive that receives; "" for a disposal.
    """

    about: str
    number: str
    twins: tuple[PaperTwin, ...]
    hidden: int
    ready: bool
    keeper: str = ""

    @property
    def waiting(self) -> tuple[PaperTwin, ...]:
        """Those that have not left yet."""
        return tuple(each for each in self.twins if each.gone is None)

    @property
    def acts(self) -> tuple[PaperGone, ...]:
        """The acts by which others left, each once, first to last."""
        found = {each.gone.id: each.gone for each in self.twins if each.gone is not None}
        return tuple(sorted(found.values(), key=lambda gone: gone.recorded_at))


def of_disposal(disposal_id: str, *, store: Store, actor: Actor) -> PaperList:
    """Return the paper of the letters that a list of disposal destroyed, or is destroying.

    Raises:
        Forbidden: `access.right`.
        NotFound: `disposal.unknown`.
    """
    with store.unit() as unit:
        return _of_disposal(unit, disposal_id, actor)


def of_transfer(transfer_id: str, *, store: Store, actor: Actor) -> PaperList:
    """Return the paper of the letters on a transfer slip: what the archive took, or will be asked to take.

    Raises:
        Forbidden: `access.right`.
        NotFound: `transfer.unknown`.
    """
    require_any(actor)
    with store.unit() as unit:
        return _of_transfer(unit, transfer_id, actor)


class Whose(StrEnum):
    """Whose paper a list names: of a disposal, of a transfer."""

    DISPOSAL = "eliminations"
    TRANSFER = "versements"


def record(
    whose: Whose,
    about: str,
    letter_ids: Sequence[str],
    names: tuple[str, str],
    done_on: date,
    *,
    store: Store,
    actor: Actor,
    clock: Clock,
) -> PaperGone:
    """Write that the ticked papers of a list were destroyed, or given to the archive, by whom and before whom.

    The rest waits: a list may be recorded several times.

    Raises:
        Forbidden: `access.right`.
        NotFound: `disposal.unknown`, `transfer.unknown`.
        Refused: `paper_list.none`, `paper_list.names`, `paper_list.day`.
        Conflict: `paper_list.not_ready`, `box.lent`.
    """
    require(actor, Right.KEEP_PAPER)
    now = clock()
    with store.unit() as unit:
        if whose is Whose.DISPOSAL:
            unit.disposals.get(about, actor.post.tenant_id, lock=True)
            found = _of_disposal(unit, about, actor)
        else:
            unit.transfers.get(about, actor.tenant_id, lock=True)
            found = _of_transfer(unit, about, actor)
        gone = _record(unit, found, letter_ids, names, done_on, actor=actor, now=now)
        unit.commit()
    return gone


def twins_of(unit: Unit, numbers: dict[str, str]) -> tuple[PaperTwin, ...]:
    """Return the paper of those of some letters that have, or had, one; `numbers` by letter, boxes in order."""
    ids = list(numbers)
    boxed, standing, gone = unit.boxes.places(ids), unit.custody.standing(ids), unit.boxes.gone(ids)
    cotes = unit.boxes.stood(ids) | {each: place.cote for each, place in boxed.items()}
    found = [
        PaperTwin(each, numbers[each], boxed.get(each), standing.get(each), gone.get(each), cotes.get(each, ""))
        for each in ids
        if each in standing or each in gone
    ]
    return tuple(sorted(found, key=lambda one: (not one.cote, one.cote, one.number)))


def _of_disposal(unit: Unit, disposal_id: str, actor: Actor) -> PaperList:
    one = seen(unit, disposal_id, actor)
    every = [each for each in unit.disposals.lines(one.id, None) if each.state in CONDEMNED]
    opened = {each.subject_id for each in unit.disposals.lines(one.id, actor)}
    numbers = {each.subject_id: each.number for each in every if each.subject_id in opened}
    ready = one.state is DisposalState.DONE
    return PaperList(one.id, one.number, twins_of(unit, numbers), len(every) - len(numbers), ready)


def _of_transfer(unit: Unit, transfer_id: str, actor: Actor) -> PaperList:
    one = unit.transfers.get(transfer_id, actor.tenant_id)
    listed = unit.transfers.items(one.id, states=[ItemState.LISTED, ItemState.ACCEPTED])
    every = [each for each in listed if each.dossier_id is None]  # a piece of a dossier has no paper
    taken = [each.subject_id for each in every if each.state is ItemState.ACCEPTED]
    wanted = taken or [each.subject_id for each in every]
    letters = {each.id: each for each in unit.letters.many(wanted)}
    numbers = {each: letters[each].number for each in wanted if unit.letters.seen(each, actor.tokens())}
    hidden = len(wanted) - len(numbers)
    return PaperList(one.id, one.number, twins_of(unit, numbers), hidden, bool(taken), one.archive_name)


def _record(
    unit: Unit,
    found: PaperList,
    letter_ids: Sequence[str],
    names: tuple[str, str],
    done_on: date,
    *,
    actor: Actor,
    now: datetime,
) -> PaperGone:
    if not found.ready:
        raise Conflict(
            "paper_list.not_ready",
            "Le papier ne part qu'une fois le bordereau exécuté, ou accepté par l'archive. Rien n'a été écrit.",
        )
    first, second = checked_names(*names, done_on, now.date())
    wanted = set(letter_ids)
    chosen = [each for each in found.waiting if each.letter_id in wanted]
    if not chosen:
        raise Refused("paper_list.none", "Cochez au moins un original qui soit encore là.", field="choix")
    lent = next((each for each in chosen if each.lent), None)
    if lent is not None:
        raise Conflict(
            "box.lent", Said("L'original de %(number)s est prêté : inscrivez d'abord son retour.", number=lent.number)
        )
    gone = PaperGone(
        secrets.token_urlsafe(16),
        actor.post.tenant_id,
        found.about,
        done_on,
        first,
        second,
        now,
        actor.name,
        actor.login,
    )
    unit.boxes.add_gone(gone, {each.letter_id: each.boxed.cote if each.boxed else "" for each in chosen})
    if not found.keeper:
        unit.queue.defer("certify_paper", gone_id=gone.id)
    act = Act.PAPER_TRANSFERRED if found.keeper else Act.PAPER_DESTROYED
    for each in chosen:
        unit.letters.get(each.letter_id, None, lock=True)
        _leave(unit, each, found, second, actor=actor, now=now)
        cote = each.boxed.cote if each.boxed else ""
        unit.journal.write(now, act, actor, each.letter_id, list=found.number, box=cote, first=first, second=second)
    unit.journal.write_about(
        now, Act.PAPER_LIST_DONE, actor, found.about, letters=len(chosen), done_on=done_on.isoformat(), first=first,
        second=second,
    )  # fmt: skip
    return gone


def _leave(unit: Unit, twin: PaperTwin, found: PaperList, second: str, *, actor: Actor, now: datetime) -> None:
    coming = unit.custody.coming([twin.letter_id]).get(twin.letter_id)
    if coming is not None:
        unit.custody.withdraw(coming, now)
    unit.boxes.take_out(twin.letter_id, actor.name, found.number, now)
    if not found.keeper:
        unit.custody.forget(twin.letter_id)
        return
    went = entered(twin.letter_id, "", actor, now, Way.TRANSFERRED)
    giver = twin.standing.keeper if twin.standing else None
    unit.custody.add(replace(went, giver=giver, keeper=Keeper(outside=found.keeper), received_by=second))
