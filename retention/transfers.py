"""Transfer slips (bordereaux de versement): prepared by the archivist, approved by a second person, or given up."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ged.clock import Clock
from ged.errors import Conflict, Refused
from ged.mail.access import RIGHTS, Actor, Right, require
from ged.mail.item import Confidentiality
from ged.mail.journal import Act
from ged.mail.notice import TRANSFER_ASKED, TRANSFER_BACK, NoticeKind
from ged.mail.said import Said
from ged.mail.transfer import (
    MAX_TITLE,
    Form,
    ItemState,
    PackageOutcome,
    Transfer,
    TransferItem,
    TransferState,
    refuse_same_person,
    refuse_state,
)
from ged.services.notify import Told, tell
from ged.store.unit import Store, Unit
from retention.slips import refuse_closed

MAX_LINES = 2000
"""Letters and pieces on one slip: what a person can read before they sign it."""


@dataclass(frozen=True, slots=True)
class Archive:
    """The archive that this house transfers to: its identifier, its name, and the agreement with it ("" without)."""

    code: str
    name: str
    agreement: str = ""


class SlipAct(StrEnum):
    """What may be done to a slip, by name."""

    ADD = "ajouter"
    REMOVE = "retirer"
    PUT_BACK = "remettre"
    SUBMIT = "soumettre"
    APPROVE = "viser"
    SEND_BACK = "renvoyer"
    ABANDON = "abandonner"


@dataclass(frozen=True, slots=True)
class Ask:
    """An act on a slip: which letters and pieces, for those that choose, and why, for those that must say so."""

    act: SlipAct
    chosen: Sequence[str] = ()
    reason: str = ""


def carry_out(transfer_id: str, ask: Ask, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Do what is asked of a slip. Raises as the act does."""
    ways: dict[str, Any] = {"store": store, "actor": actor, "clock": clock}
    acts: dict[SlipAct, Callable[[], object]] = {
        SlipAct.ADD: lambda: add_due(transfer_id, **ways),
        SlipAct.REMOVE: lambda: remove(transfer_id, ask.chosen, ask.reason, **ways),
        SlipAct.PUT_BACK: lambda: put_back(transfer_id, ask.chosen, **ways),
        SlipAct.SUBMIT: lambda: submit(transfer_id, **ways),
        SlipAct.APPROVE: lambda: approve(transfer_id, **ways),
        SlipAct.SEND_BACK: lambda: send_back(transfer_id, ask.reason, **ways),
        SlipAct.ABANDON: lambda: abandon(transfer_id, ask.reason, **ways),
    }
    acts[ask.act]()


def prepare(
    title: str,
    form: Form,
    archive: Archive,
    *,
    store: Store,
    actor: Actor,
    clock: Clock,
    kinds: Sequence[str] = (),
) -> Transfer:
    """Prepare a slip with all that fell due for a transfer, that the actor may read, and that is on none.

    `kinds` are those of letters: with some, no piece of a dossier is put on it.

    Raises:
        Forbidden: `access.right`.
        Refused: `transfer.title`, `transfer.nothing`.
    """
    require(actor, Right.KEEP_TRANSFERS)
    now = clock()
    if not title.strip() or len(title) > MAX_TITLE:
        raise Refused(
            "transfer.title",
            Said(
                "Donnez au bordereau un intitulé de %(most)s caractères au plus, par exemple « Plaintes, 1990-1995 ».",
                most=MAX_TITLE,
            ),
            field="intitule",
        )
    with store.unit() as unit:
        made = Transfer(
            id=secrets.token_urlsafe(16),
            tenant_id=actor.tenant_id,
            number=unit.transfers.next_number(actor.tenant_id, now.year),
            title=" ".join(title.split()),
            form=form,
            archive_code=archive.code,
            archive_name=archive.name,
            agreement=archive.agreement,
            state=TransferState.DRAFT,
            revision=1,
            created_at=now,
            created_login=actor.login,
            created_by=actor.name,
        )
        found, _ = unit.transfers.candidates(actor, MAX_LINES, kinds)
        if not found:
            raise nothing()
        unit.transfers.add(made)
        count = unit.transfers.list_items(made.id, found)
        unit.journal.write_about(now, Act.TRANSFER_PREPARED, actor, made.id, number=made.number, letters=count)
        unit.commit()
    return made


def add_due(transfer_id: str, *, store: Store, actor: Actor, clock: Clock) -> int:
    """Put what has fallen due since on a slip that is being prepared; return how much.

    Raises:
        Forbidden: `access.right`.
        NotFound: `transfer.unknown`.
        Conflict: `transfer.state`.
    """
    require(actor, Right.KEEP_TRANSFERS)
    with store.unit() as unit:
        current = unit.transfers.get(transfer_id, actor.tenant_id, lock=True)
        refuse_state(current, TransferState.DRAFT)
        listed = unit.transfers.count_items(current.id).get(ItemState.LISTED, 0)
        removed = {one.subject_id for one in unit.transfers.items(current.id, states=[ItemState.REMOVED])}
        found, _ = unit.transfers.candidates(actor, MAX_LINES)
        new = [one for one in found if one.subject_id not in removed][: MAX_LINES - listed]
        count = unit.transfers.list_items(current.id, new)
        if count:
            unit.transfers.change(current)
            unit.journal.write_about(clock(), Act.TRANSFER_AMENDED, actor, current.id, added=count)
        unit.commit()
    return count


def remove(
    transfer_id: str, subject_ids: Sequence[str], reason: str, *, store: Store, actor: Actor, clock: Clock
) -> int:
    """Take letters and pieces off a slip that is being prepared, and say why; return how many.

    Raises:
        Forbidden: `access.right`.
        NotFound: `transfer.unknown`.
        Conflict: `transfer.state`.
        Refused: `transfer.no_reason`, `transfer.no_choice`.
    """
    require(actor, Right.KEEP_TRANSFERS)
    _refuse_unsaid(reason)
    with store.unit() as unit:
        current = unit.transfers.get(transfer_id, actor.tenant_id, lock=True)
        refuse_state(current, TransferState.DRAFT)
        chosen = _chosen(unit, current, subject_ids, ItemState.LISTED)
        for one in chosen:
            unit.transfers.settle(one, ItemState.REMOVED, reason.strip())
        unit.transfers.change(current)
        unit.journal.write_about(
            clock(), Act.TRANSFER_AMENDED, actor, current.id, removed=len(chosen), reason=reason.strip()
        )
        unit.commit()
    return len(chosen)


def put_back(transfer_id: str, subject_ids: Sequence[str], *, store: Store, actor: Actor, clock: Clock) -> int:
    """Put what was taken off a slip back on it, where it may still go; return how many.

    Raises:
        Forbidden: `access.right`.
        NotFound: `transfer.unknown`.
        Conflict: `transfer.state`.
        Refused: `transfer.no_choice`.
    """
    require(actor, Right.KEEP_TRANSFERS)
    with store.unit() as unit:
        current = unit.transfers.get(transfer_id, actor.tenant_id, lock=True)
        refuse_state(current, TransferState.DRAFT)
        wanted = {one.subject_id for one in _chosen(unit, current, subject_ids, ItemState.REMOVED)}
        found, _ = unit.transfers.candidates(actor, MAX_LINES)
        count = unit.transfers.list_items(current.id, [one for one in found if one.subject_id in wanted])
        unit.transfers.change(current)
        unit.journal.write_about(clock(), Act.TRANSFER_AMENDED, actor, current.id, put_back=count)
        unit.commit()
    return count


def submit(transfer_id: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Ask for the approval of a slip; nothing is added to it or taken off it meanwhile.

    Raises:
        Forbidden: `access.right`.
        NotFound: `transfer.unknown`.
        Conflict: `transfer.state`.
        Refused: `transfer.nothing`, nothing is listed.
    """
    require(actor, Right.KEEP_TRANSFERS)
    now = clock()
    with store.unit() as unit:
        current = unit.transfers.get(transfer_id, actor.tenant_id, lock=True)
        refuse_state(current, TransferState.DRAFT)
        count = unit.transfers.count_items(current.id).get(ItemState.LISTED, 0)
        if not count:
            raise nothing()
        unit.transfers.change(
            current,
            state=TransferState.SUBMITTED,
            submitted_at=now,
            submitted_login=actor.login,
            submitted_by=actor.name,
            remark="",
        )
        unit.journal.write_about(now, Act.TRANSFER_SUBMITTED, actor, current.id, letters=count)
        _ask_approvers(unit, current, actor, now)
        unit.commit()


def approve(transfer_id: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Approve a slip, as a second person who may read all that is on it; the worker then makes its packages.

    Raises:
        Forbidden: `access.right`.
        NotFound: `transfer.unknown`.
        Conflict: `transfer.state`.
        Refused: `transfer.same_person`; `transfer.closed_letters`, some are closed to the actor.
    """
    require(actor, Right.APPROVE_TRANSFERS)
    now = clock()
    with store.unit() as unit:
        current = unit.transfers.get(transfer_id, actor.tenant_id, lock=True)
        refuse_state(current, TransferState.SUBMITTED)
        refuse_same_person(current, actor)
        refuse_closed(unit, current, actor)
        unit.transfers.change(
            current, state=TransferState.APPROVED, approved_at=now, approved_login=actor.login, approved_by=actor.name
        )
        unit.journal.write_about(now, Act.TRANSFER_APPROVED, actor, current.id, number=current.number)
        unit.queue.defer("pack_transfer", transfer_id=current.id)
        unit.commit()


def send_back(transfer_id: str, reason: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Refuse the approval of a slip: it goes back to whoever prepares it, with the reason.

    Raises:
        Forbidden: `access.right`.
        NotFound: `transfer.unknown`.
        Conflict: `transfer.state`.
        Refused: `transfer.no_reason`, `transfer.same_person`.
    """
    require(actor, Right.APPROVE_TRANSFERS)
    _refuse_unsaid(reason)
    now = clock()
    with store.unit() as unit:
        current = unit.transfers.get(transfer_id, actor.tenant_id, lock=True)
        refuse_state(current, TransferState.SUBMITTED)
        refuse_same_person(current, actor)
        said = f"{actor.name} : {reason.strip()}"
        unit.transfers.change(current, state=TransferState.DRAFT, remark=said)
        unit.journal.write_about(now, Act.TRANSFER_SENT_BACK, actor, current.id, reason=reason.strip())
        back = _told(unit, TRANSFER_BACK, current, actor, now)
        tell(unit, back, [current.created_login, current.submitted_login], but=actor.login)
        unit.commit()


def abandon(transfer_id: str, reason: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Give a slip up: what is on it is free for another one. Not once the archive has taken a package of it.

    Raises:
        Forbidden: `access.right`.
        NotFound: `transfer.unknown`.
        Conflict: `transfer.state`.
        Refused: `transfer.no_reason`.
    """
    require(actor, Right.KEEP_TRANSFERS)
    _refuse_unsaid(reason)
    now = clock()
    with store.unit() as unit:
        current = unit.transfers.get(transfer_id, actor.tenant_id, lock=True)
        refuse_state(current, TransferState.DRAFT, TransferState.SUBMITTED, TransferState.READY)
        if any(one.outcome is PackageOutcome.ACCEPTED for one in unit.transfers.packages(current.id)):
            raise Conflict(
                "transfer.taken",
                "Le service d'archives a déjà accepté un paquet de ce bordereau : attendez ses autres réponses.",
                transfer_id=current.id,
            )
        unit.transfers.free(current.id)
        unit.transfers.change(current, state=TransferState.ABANDONED, ended_at=now, remark=reason.strip())
        unit.journal.write_about(now, Act.TRANSFER_ABANDONED, actor, current.id, reason=reason.strip())
        unit.queue.defer("forget_packages", transfer_id=current.id)
        unit.commit()


def _ask_approvers(unit: Unit, current: Transfer, actor: Actor, now: datetime) -> None:
    """Tell those who can approve a slip: the right, all of it open to them, and not who prepared or submits it."""
    seats = unit.organisation.seats(current.tenant_id, now.date())
    posts = {seat.position.id for seat in seats if Right.APPROVE_TRANSFERS in RIGHTS[seat.position.role]}
    able = []
    for login in unit.notices.logins_at(posts, now.date()):
        one = unit.people.actor(login, now.date()) if login != current.created_login else None
        if one is not None and not unit.transfers.closed_to(current.id, one):
            able.append(login)
    tell(unit, _told(unit, TRANSFER_ASKED, current, actor, now), able, but=actor.login)


def _told(unit: Unit, kind: NoticeKind, current: Transfer, actor: Actor, now: datetime) -> Told:
    entities = unit.organisation.every_entity(tenant_id=current.tenant_id)
    readers = frozenset(f"svc:{each.id}:{Confidentiality.PUBLIC}" for each in entities)
    mark, link = f"{current.id}:{now.isoformat()}", f"/versements/{current.id}"
    return Told(kind, None, mark, now, by=actor.name, link=link, readers=readers)


def _chosen(unit: Unit, current: Transfer, subject_ids: Sequence[str], state: ItemState) -> tuple[TransferItem, ...]:
    wanted = set(subject_ids)
    found = tuple(one for one in unit.transfers.items(current.id, states=[state]) if one.subject_id in wanted)
    if not found:
        raise Refused("transfer.no_choice", "Choisissez au moins une ligne de ce bordereau.", field="choix")
    return found


def _refuse_unsaid(reason: str) -> None:
    if not reason.strip():
        raise Refused("transfer.no_reason", "Indiquez le motif : la personne suivante doit comprendre.", field="motif")


def nothing() -> Refused:
    """Return the refusal of a slip with nothing on it."""
    return Refused(
        "transfer.nothing",
        "Rien n'est à verser : la liste des délais passés est refaite chaque nuit. Rien n'a été préparé.",
    )
