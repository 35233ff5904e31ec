"""Transfer slips (bordereaux de versement): prepared by the archivist, read, approved by a second person, given up."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ged.clock import Clock
from ged.errors import Conflict, NotFound, Refused
from ged.mail.access import RIGHTS, Actor, Right, require
from ged.mail.item import Confidentiality, Letter
from ged.mail.journal import Act
from ged.mail.notice import TRANSFER_ASKED, TRANSFER_BACK, NoticeKind
from ged.mail.transfer import (
    MAX_TITLE,
    Form,
    ItemState,
    PackageOutcome,
    Transfer,
    TransferItem,
    TransferPackage,
    TransferState,
    refuse_same_person,
    refuse_state,
)
from ged.services.notify import Told, tell
from ged.store.transfers import TransferRow
from ged.store.unit import Store, Unit

MAX_LETTERS = 2000
"""Letters on one slip: what a person can read before they sign it."""


@dataclass(frozen=True, slots=True)
class Archive:
    """The archive that this house transfers to: its identifier, its name, and the agreement with it ("" without)."""

    code: str
    name: str
    agreement: str = ""


@dataclass(frozen=True, slots=True)
class SlipLine:
    """A letter on a slip; `letter` is None for one that the reader may not see."""

    item: TransferItem
    letter: Letter | None
    dossier: str


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip with a page of its lines; `closed` counts the listed letters that the reader may not see."""

    transfer: Transfer
    lines: tuple[SlipLine, ...]
    counts: dict[ItemState, int]
    packages: tuple[TransferPackage, ...]
    closed: int

    @property
    def total(self) -> int:
        """How many lines there are, removed ones included."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Slips:
    """A page of slips, and how many letters could go on a new one."""

    rows: tuple[TransferRow, ...]
    total: int
    free: int


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
    """An act on a slip: which letters, for those that choose, and why, for those that must say so."""

    act: SlipAct
    letters: Sequence[str] = ()
    reason: str = ""


def carry_out(transfer_id: str, ask: Ask, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Do what is asked of a slip. Raises as the act does."""
    ways: dict[str, Any] = {"store": store, "actor": actor, "clock": clock}
    acts: dict[SlipAct, Callable[[], object]] = {
        SlipAct.ADD: lambda: add_due(transfer_id, **ways),
        SlipAct.REMOVE: lambda: remove(transfer_id, ask.letters, ask.reason, **ways),
        SlipAct.PUT_BACK: lambda: put_back(transfer_id, ask.letters, **ways),
        SlipAct.SUBMIT: lambda: submit(transfer_id, **ways),
        SlipAct.APPROVE: lambda: approve(transfer_id, **ways),
        SlipAct.SEND_BACK: lambda: send_back(transfer_id, ask.reason, **ways),
        SlipAct.ABANDON: lambda: abandon(transfer_id, ask.reason, **ways),
    }
    acts[ask.act]()


def require_any(actor: Actor) -> None:
    """Let pass whoever prepares or approves transfers.

    Raises:
        Forbidden: `access.right`.
    """
    if not actor.has(Right.APPROVE_TRANSFERS):
        require(actor, Right.KEEP_TRANSFERS)


def slips(*, store: Store, actor: Actor, limit: int, offset: int = 0) -> Slips:
    """Return the slips of the actor's house.

    Raises:
        Forbidden: `access.right`.
    """
    require_any(actor)
    with store.unit() as unit:
        rows, total = unit.transfers.page(actor.tenant_id, limit, offset)
        free = unit.transfers.candidates(actor.tenant_id, actor.tokens(), 0)[1] if _keeps(actor) else 0
    return Slips(rows, total, free)


def slip(transfer_id: str, *, store: Store, actor: Actor, limit: int | None = None, offset: int = 0) -> Slip:
    """Return a slip and some of its lines; of a letter closed to the actor, only that it is there.

    Raises:
        Forbidden: `access.right`.
        NotFound: `transfer.unknown`.
    """
    require_any(actor)
    with store.unit() as unit:
        found = unit.transfers.get(transfer_id, actor.tenant_id)
        items = unit.transfers.items(found.id, limit=limit, offset=offset)
        ids = [one.letter_id for one in items]
        letters = {one.id: one for one in unit.letters.many(ids) if unit.letters.seen(one.id, actor.tokens())}
        dossiers = unit.transfers.dossiers_of(ids)
        lines = tuple(
            SlipLine(one, letters.get(one.letter_id), dossiers.get(one.letter_id, ("", ""))[0]) for one in items
        )
        counts = unit.transfers.count_items(found.id)
        packages = tuple(one for one in unit.transfers.packages(found.id) if one.made_at is not None)
        return Slip(found, lines, counts, packages, unit.transfers.closed_to(found.id, actor.tokens()))


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
    """Prepare a slip with every letter that fell due for a transfer, that the actor may read, and that is on none.

    Raises:
        Forbidden: `access.right`.
        Refused: `transfer.title`, `transfer.nothing`.
    """
    require(actor, Right.KEEP_TRANSFERS)
    now = clock()
    if not title.strip() or len(title) > MAX_TITLE:
        raise Refused(
            "transfer.title",
            f"Donnez au bordereau un intitulé de {MAX_TITLE} caractères au plus, par exemple « Plaintes, 1990-1995 ».",
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
        found, _ = unit.transfers.candidates(actor.tenant_id, actor.tokens(), MAX_LETTERS, kinds)
        if not found:
            raise nothing()
        unit.transfers.add(made)
        count = unit.transfers.list_items(made.id, found)
        unit.journal.write_about(now, Act.TRANSFER_PREPARED, actor, made.id, number=made.number, letters=count)
        unit.commit()
    return made


def add_due(transfer_id: str, *, store: Store, actor: Actor, clock: Clock) -> int:
    """Put what has fallen due since on a slip that is being prepared; return how many letters.

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
        removed = {one.letter_id for one in unit.transfers.items(current.id, states=[ItemState.REMOVED])}
        found, _ = unit.transfers.candidates(actor.tenant_id, actor.tokens(), MAX_LETTERS)
        new = [one for one in found if one.letter_id not in removed][: MAX_LETTERS - listed]
        count = unit.transfers.list_items(current.id, new)
        if count:
            unit.transfers.change(current)
            unit.journal.write_about(clock(), Act.TRANSFER_AMENDED, actor, current.id, added=count)
        unit.commit()
    return count


def remove(
    transfer_id: str, letter_ids: Sequence[str], reason: str, *, store: Store, actor: Actor, clock: Clock
) -> int:
    """Take letters off a slip that is being prepared, and say why; return how many.

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
        chosen = _chosen(unit, current, letter_ids, ItemState.LISTED)
        for one in chosen:
            unit.transfers.settle(one, ItemState.REMOVED, reason.strip())
        unit.transfers.change(current)
        unit.journal.write_about(
            clock(), Act.TRANSFER_AMENDED, actor, current.id, removed=len(chosen), reason=reason.strip()
        )
        unit.commit()
    return len(chosen)


def put_back(transfer_id: str, letter_ids: Sequence[str], *, store: Store, actor: Actor, clock: Clock) -> int:
    """Put letters that were taken off a slip back on it, those that may still go; return how many.

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
        wanted = {one.letter_id for one in _chosen(unit, current, letter_ids, ItemState.REMOVED)}
        found, _ = unit.transfers.candidates(actor.tenant_id, actor.tokens(), MAX_LETTERS)
        count = unit.transfers.list_items(current.id, [one for one in found if one.letter_id in wanted])
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
        Refused: `transfer.nothing`, no letter is listed.
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
    """Approve a slip, as a second person who may read every letter on it; the worker then makes its packages.

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
        _refuse_closed(unit, current, actor)
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
    """Give a slip up: its letters are free for another one. Not once the archive has taken a package of it.

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


def take_away(transfer_id: str, rank: int, *, store: Store, actor: Actor, clock: Clock) -> TransferPackage:
    """Return a package to be taken away by somebody who may read every letter in it; that it was stands in the journal.

    Raises:
        Forbidden: `access.right`.
        NotFound: `transfer.unknown`; `transfer.no_package`, it is not made, or no longer kept.
        Refused: `transfer.closed_letters`.
    """
    require(actor, Right.KEEP_TRANSFERS)
    with store.unit() as unit:
        current = unit.transfers.get(transfer_id, actor.tenant_id)
        found = next((one for one in unit.transfers.packages(current.id) if one.rank == rank), None)
        if found is None or found.made_at is None or found.held is None:
            raise NotFound(
                "transfer.no_package", "Ce paquet n'est pas encore fait, ou n'est plus gardé : l'archive y a répondu."
            )
        _refuse_closed(unit, current, actor)
        unit.journal.write_about(
            clock(), Act.TRANSFER_TAKEN, actor, current.id, package=found.identifier, sha256=found.sha256
        )
        unit.commit()
    return found


def numbered(number: str, *, store: Store, actor: Actor, keeping: bool = False) -> Transfer:
    """Return the slip of the actor's house that bears a number; `keeping` asks for the right to keep it.

    Raises:
        Forbidden: `access.right`.
        NotFound: `transfer.unknown`.
    """
    if keeping:
        require(actor, Right.KEEP_TRANSFERS)
    require_any(actor)
    with store.unit() as unit:
        return unit.transfers.numbered(number, actor.tenant_id)


def receipt_of(transfer_id: str, rank: int, *, store: Store, actor: Actor) -> TransferPackage:
    """Return a package with what the archive answered to it, word for word.

    Raises:
        Forbidden: `access.right`.
        NotFound: `transfer.unknown`; `transfer.no_reply`, it has not answered.
    """
    require(actor, Right.KEEP_TRANSFERS)
    with store.unit() as unit:
        current = unit.transfers.get(transfer_id, actor.tenant_id)
        found = next((one for one in unit.transfers.packages(current.id) if one.rank == rank), None)
    if found is None or not found.reply:
        raise NotFound("transfer.no_reply", "Le service d'archives n'a pas encore répondu à ce paquet.")
    return found


def _ask_approvers(unit: Unit, current: Transfer, actor: Actor, now: datetime) -> None:
    """Tell those who can approve a slip: the right, every letter open to them, and not who prepared or submits it."""
    seats = unit.organisation.seats(current.tenant_id, now.date())
    posts = {seat.position.id for seat in seats if Right.APPROVE_TRANSFERS in RIGHTS[seat.position.role]}
    able = []
    for login in unit.notices.logins_at(posts, now.date()):
        one = unit.people.actor(login, now.date()) if login != current.created_login else None
        if one is not None and not unit.transfers.closed_to(current.id, one.tokens()):
            able.append(login)
    tell(unit, _told(unit, TRANSFER_ASKED, current, actor, now), able, but=actor.login)


def _told(unit: Unit, kind: NoticeKind, current: Transfer, actor: Actor, now: datetime) -> Told:
    entities = unit.organisation.every_entity(tenant_id=current.tenant_id)
    readers = frozenset(f"svc:{each.id}:{Confidentiality.PUBLIC}" for each in entities)
    mark, link = f"{current.id}:{now.isoformat()}", f"/versements/{current.id}"
    return Told(kind, None, mark, now, by=actor.name, link=link, readers=readers)


def _chosen(unit: Unit, current: Transfer, letter_ids: Sequence[str], state: ItemState) -> tuple[TransferItem, ...]:
    wanted = set(letter_ids)
    found = tuple(one for one in unit.transfers.items(current.id, states=[state]) if one.letter_id in wanted)
    if not found:
        raise Refused("transfer.no_choice", "Choisissez au moins un courrier de ce bordereau.", field="choix")
    return found


def _refuse_closed(unit: Unit, current: Transfer, actor: Actor) -> None:
    closed = unit.transfers.closed_to(current.id, actor.tokens())
    if closed:
        raise Refused(
            "transfer.closed_letters",
            f"Sur ce bordereau, {closed} courrier(s) ne vous sont pas ouverts : une "
            "personne habilitée à les lire tous doit le faire.",
        )


def _refuse_unsaid(reason: str) -> None:
    if not reason.strip():
        raise Refused("transfer.no_reason", "Indiquez le motif : la personne suivante doit comprendre.", field="motif")


def nothing() -> Refused:
    """Return the refusal of a slip without a letter."""
    return Refused(
        "transfer.nothing",
        "Aucun courrier n'est à verser : la liste des délais passés est refaite chaque nuit. Rien n'a été préparé.",
    )


def _keeps(actor: Actor) -> bool:
    return actor.has(Right.KEEP_TRANSFERS)
