"""Transfer slips as they are read: in lists, line by line, with their packages and what the archive answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ged.clock import Clock
from ged.errors import NotFound, Refused
from ged.mail.access import Actor, Right, require
from ged.mail.dossier import Dossier
from ged.mail.dossier_piece import KeptPiece
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.mail.said import Said
from ged.mail.transfer import Candidate, ItemState, Taken, Transfer, TransferItem, TransferPackage
from ged.store.transfers import TransferRow
from ged.store.unit import Store, Unit


@dataclass(frozen=True, slots=True)
class SlipLine:
    """A letter or a piece on a slip; both `letter` and `piece` are None for one that the reader may not see.

    Attributes:
        dossier: Code of the dossier that a letter lies in, of several the first; "" without.
    """

    item: TransferItem
    letter: Letter | None
    piece: KeptPiece | None
    dossier: str

    @property
    def named(self) -> str:
        """What people call it: the number of a letter, the dossier and the title of a piece; "" where it is closed."""
        if self.letter is not None:
            return self.letter.number
        return self.piece.label if self.piece is not None else ""


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip with a page of its lines; `closed` counts what is listed and the reader may not see."""

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
    """A page of slips, and how many letters and pieces could go on a new one."""

    rows: tuple[TransferRow, ...]
    total: int
    free: int


def require_any(actor: Actor) -> None:
    """Let pass whoever prepares or approves transfers, or sees what is kept: an auditor looks, and does nothing.

    Raises:
        Forbidden: `access.right`.
    """
    if not (actor.has(Right.APPROVE_TRANSFERS) or actor.has(Right.SEE_RETENTION)):
        require(actor, Right.KEEP_TRANSFERS)


def slips(*, store: Store, actor: Actor, limit: int, offset: int = 0) -> Slips:
    """Return the slips of the actor's house.

    Raises:
        Forbidden: `access.right`.
    """
    require_any(actor)
    with store.unit() as unit:
        rows, total = unit.transfers.page(actor.tenant_id, limit, offset)
        free = unit.transfers.candidates(actor, 0)[1] if actor.has(Right.KEEP_TRANSFERS) else 0
    return Slips(rows, total, free)


def free(kinds: Sequence[str] = (), *, limit: int, store: Store, actor: Actor) -> tuple[tuple[Candidate, ...], int]:
    """Return what a new slip would bear, and how much there is; nothing is prepared.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.KEEP_TRANSFERS)
    with store.unit() as unit:
        return unit.transfers.candidates(actor, limit, kinds)


def slip(transfer_id: str, *, store: Store, actor: Actor, limit: int | None = None, offset: int = 0) -> Slip:
    """Return a slip and some of its lines; of what is closed to the actor, only that it is there.

    Raises:
        Forbidden: `access.right`.
        NotFound: `transfer.unknown`.
    """
    require_any(actor)
    with store.unit() as unit:
        found = unit.transfers.get(transfer_id, actor.tenant_id)
        items = unit.transfers.items(found.id, limit=limit, offset=offset)
        lines = _lines(unit, items, actor)
        counts = unit.transfers.count_items(found.id)
        packages = tuple(one for one in unit.transfers.packages(found.id) if one.made_at is not None)
        return Slip(found, lines, counts, packages, unit.transfers.closed_to(found.id, actor))


def pieces_taken(dossier_id: str, *, store: Store, actor: Actor) -> dict[str, Taken]:
    """Return what an archive took of the pieces of a dossier that the actor sees, by the piece; not for others.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`.
    """
    require(actor, Right.SEE_DOSSIERS)
    with store.unit() as unit:
        pieces = unit.dossier_pieces.of(unit.dossiers.get(dossier_id, actor).id)
        return unit.transfers.taken([each.id for each in pieces if each.transferred_at is not None])


def take_away(transfer_id: str, rank: int, *, store: Store, actor: Actor, clock: Clock) -> TransferPackage:
    """Return a package to be taken away by somebody who may read all that is in it; that it was stands in the journal.

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
        refuse_closed(unit, current, actor)
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


def refuse_closed(unit: Unit, current: Transfer, actor: Actor) -> None:
    """Let pass whoever may read all that is listed on a slip.

    Raises:
        Refused: `transfer.closed_letters`.
    """
    closed = unit.transfers.closed_to(current.id, actor)
    if closed:
        raise Refused(
            "transfer.closed_letters",
            Said(
                "Sur ce bordereau, %(count)s ligne(s) ne vous sont pas ouvertes : une personne habilitée à les lire "
                "toutes doit le faire.",
                count=closed,
            ),
        )


def _lines(unit: Unit, items: tuple[TransferItem, ...], actor: Actor) -> tuple[SlipLine, ...]:
    ids = [one.subject_id for one in items if one.dossier_id is None]
    letters = {one.id: one for one in unit.letters.many(ids) if unit.letters.seen(one.id, actor.tokens())}
    seen = {one for one in {each.dossier_id for each in items} if one and actor.has(Right.SEE_DOSSIERS)}
    seen = {one for one in seen if unit.dossiers.seen(one, actor)}
    kept = unit.dossier_pieces.kept([one.subject_id for one in items if one.dossier_id in seen])
    pieces = {one.piece.id: one for one in kept}
    dossiers: dict[str, Dossier] = unit.transfers.dossiers_of(ids)
    return tuple(
        SlipLine(
            one,
            letters.get(one.subject_id),
            pieces.get(one.subject_id),
            dossiers[one.subject_id].code if one.subject_id in dossiers else "",
        )
        for one in items
    )
