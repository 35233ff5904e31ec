"""Transfer slips, their letters, their pieces of dossiers and their packages, each within one tenant."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.errors import Conflict, NotFound
from ged.mail.access import Actor
from ged.mail.dossier import Dossier
from ged.mail.filing import Disposition
from ged.mail.transfer import (
    OVER,
    TRANSFERABLE,
    Candidate,
    Form,
    ItemState,
    PackageOutcome,
    Taken,
    Transfer,
    TransferItem,
    TransferPackage,
    TransferState,
)
from ged.store.database import text_array
from ged.store.disposal_tables import due_piece
from ged.store.dossier_pieces import in_our_hands
from ged.store.dossier_tables import dossier, dossier_letter, dossier_piece
from ged.store.dossiers import dossier_of, open_dossiers
from ged.store.hold_tables import hold, hold_piece
from ged.store.letters import seen_by
from ged.store.reasons import read, written
from ged.store.tables import due, letter
from ged.store.transfer_tables import transfer, transfer_item, transfer_package

_COLUMNS = [transfer.c[one.name] for one in fields(Transfer)]
_SUBJECT = sa.func.coalesce(transfer_item.c.letter_id, transfer_item.c.piece_id).label("subject_id")
_IN_DOSSIER = (
    sa.select(dossier_piece.c.dossier_id)
    .where(dossier_piece.c.id == transfer_item.c.piece_id)
    .scalar_subquery()
    .label("dossier_id")
)
_ELSEWHERE: dict[str, sa.ColumnElement[Any]] = {"subject_id": _SUBJECT, "dossier_id": _IN_DOSSIER}
_ITEMS = [_ELSEWHERE[one.name] if one.name in _ELSEWHERE else transfer_item.c[one.name] for one in fields(TransferItem)]
_PACKAGES = [transfer_package.c[one.name] for one in fields(TransferPackage)]


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A slip as a list shows it, with how many letters and pieces it has now and how many the archive has accepted."""

    transfer: Transfer
    letters: int
    accepted: int


class Transfers:
    """Writes slips and says how they go; nothing here removes one."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def next_number(self, tenant_id: str, year: int) -> str:
        """Return the next number of a year; nobody else takes it before this transaction ends."""
        held = sa.func.hashtextextended(f"transfer:{tenant_id}:{year}", 0)
        self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(held)))
        stem = f"VER-{year}-"
        rows = self._connection.scalars(
            sa.select(transfer.c.number).where(transfer.c.tenant_id == tenant_id, transfer.c.number.startswith(stem))
        )
        return f"{stem}{max((int(number.removeprefix(stem)) for number in rows), default=0) + 1:03d}"

    def add(self, new: Transfer) -> None:
        """Add a slip, without letters."""
        self._connection.execute(sa.insert(transfer).values(**asdict(new)))

    def get(self, transfer_id: str, tenant_id: str | None, *, lock: bool = False) -> Transfer:
        """Return a slip of a tenant; None is the machine, at its own work.

        Raises:
            NotFound: `transfer.unknown`.
        """
        query = sa.select(*_COLUMNS).where(transfer.c.id == transfer_id)
        if tenant_id is not None:
            query = query.where(transfer.c.tenant_id == tenant_id)
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise NotFound("transfer.unknown", "Ce bordereau de versement n'existe pas, ou n'est pas de votre maison.")
        return _transfer(row)

    def numbered(self, number: str, tenant_id: str) -> Transfer:
        """Return the slip of a tenant that bears a number.

        Raises:
            NotFound: `transfer.unknown`.
        """
        query = sa.select(transfer.c.id).where(transfer.c.number == number.strip().upper())
        found = self._connection.scalar(query.where(transfer.c.tenant_id == tenant_id))
        return self.get(found or "", tenant_id)

    def page(self, tenant_id: str, limit: int, offset: int = 0) -> tuple[tuple[TransferRow, ...], int]:
        """Return slips, the last prepared first, and how many there are."""
        total = self._connection.scalar(
            sa.select(sa.func.count()).select_from(transfer).where(transfer.c.tenant_id == tenant_id)
        )
        letters, accepted = (
            sa.select(sa.func.count())
            .where(transfer_item.c.transfer_id == transfer.c.id, transfer_item.c.state.in_(states))
            .scalar_subquery()
            for states in (
                (ItemState.LISTED, ItemState.ACCEPTED, ItemState.REFUSED),
                (ItemState.ACCEPTED,),
            )
        )
        query = sa.select(*_COLUMNS, letters.label("letters"), accepted.label("accepted"))
        query = query.where(transfer.c.tenant_id == tenant_id)
        query = query.order_by(transfer.c.created_at.desc(), transfer.c.id).limit(limit).offset(offset)
        rows = self._connection.execute(query)
        return tuple(
            TransferRow(_transfer(cast("sa.Row[Any]", row)), row.letters, row.accepted) for row in rows
        ), total or 0

    def waiting(self, tenant_id: str, state: TransferState) -> int:
        """Count the slips of a tenant that stand in a state."""
        query = sa.select(sa.func.count()).select_from(transfer)
        query = query.where(transfer.c.tenant_id == tenant_id, transfer.c.state == state)
        return self._connection.scalar(query) or 0

    def change(self, current: Transfer, **values: object) -> None:
        """Write a slip under its next revision.

        Raises:
            Conflict: `transfer.revision`, somebody changed it since `current` was read.
        """
        result = self._connection.execute(
            sa.update(transfer)
            .where(transfer.c.id == current.id, transfer.c.revision == current.revision)
            .values(**values, revision=current.revision + 1)
        )
        if result.rowcount != 1:
            raise Conflict(
                "transfer.revision", "Quelqu'un a modifié ce bordereau entre-temps. Rien n'a été fait : relisez-le."
            )

    def on_a_slip(self, subject_ids: Sequence[str]) -> frozenset[str]:
        """Return those letters and pieces that a slip bears, whose archive has not answered yet."""
        subject = sa.func.coalesce(transfer_item.c.letter_id, transfer_item.c.piece_id)
        which = [transfer_item.c[name] == sa.any_(text_array(subject_ids)) for name in ("letter_id", "piece_id")]
        query = sa.select(subject).where(sa.or_(*which), transfer_item.c.state == ItemState.LISTED)
        return frozenset(self._connection.scalars(query))

    def show_progress(self, transfer_id: str, packed: int) -> None:
        """Write how many letters and pieces are packed: shown, decides nothing."""
        self._connection.execute(sa.update(transfer).where(transfer.c.id == transfer_id).values(packed=packed))

    # --- lines ----------------------------------------------------------------------------------

    def candidates(self, actor: Actor, limit: int, kinds: Collection[str] = ()) -> tuple[tuple[Candidate, ...], int]:
        """Return what fell due for a transfer, is over, free of holds, open to an actor and on no slip; and how much.

        What lies in a dossier comes together, by its code, its letters first; then by day of term. Kinds are those of
        letters: with some, no piece of a dossier is given.
        """
        letters, total = self._due_letters(actor, limit, kinds)
        pieces, more = ((), 0) if kinds else self._due_pieces(actor, limit)
        ordered = sorted(
            (*letters, *pieces),
            key=lambda one: (one.dossier or "\uffff", one.of_piece, one.kept_until, one.subject_id),
        )
        return tuple(ordered[:limit]), total + more

    def _due_letters(self, actor: Actor, limit: int, kinds: Collection[str]) -> tuple[tuple[Candidate, ...], int]:
        first = (
            sa.select(sa.func.min(dossier.c.code))
            .join(dossier_letter, dossier_letter.c.dossier_id == dossier.c.id)
            .where(dossier_letter.c.letter_id == letter.c.id)
            .scalar_subquery()
        )
        rules = [
            letter.c.tenant_id == actor.tenant_id,
            letter.c.state.in_(OVER),
            ~letter.c.held,
            _given(due),
            seen_by(actor.tokens()),
            ~sa.exists().where(transfer_item.c.letter_id == letter.c.id, transfer_item.c.live),
        ]
        if kinds:
            rules.append(letter.c.kind.in_(kinds))
        joined = sa.join(due, letter, letter.c.id == due.c.letter_id)
        columns = (due.c.letter_id, due.c.disposition, due.c.kept_until, due.c.reasons, sa.false(), first)
        order = (first.nulls_last(), due.c.kept_until, letter.c.id)
        return self._candidates(columns, joined, rules, order, limit)

    def _due_pieces(self, actor: Actor, limit: int) -> tuple[tuple[Candidate, ...], int]:
        piece, mark = dossier_piece.c, due_piece.c
        held = (
            sa.select(hold_piece.c.piece_id)
            .join(hold, hold.c.id == hold_piece.c.hold_id)
            .where(hold_piece.c.piece_id == piece.id, hold.c.lifted_at.is_(None))
        )
        rules = [
            dossier.c.closed_on.is_not(None),
            in_our_hands(),
            _given(due_piece),
            open_dossiers(actor),
            ~held.exists(),
            ~sa.exists().where(transfer_item.c.piece_id == piece.id, transfer_item.c.live),
        ]
        joined = due_piece.join(dossier_piece, piece.id == mark.piece_id).join(
            dossier, dossier.c.id == piece.dossier_id
        )
        columns = (mark.piece_id, mark.disposition, mark.kept_until, mark.reasons, sa.true(), dossier.c.code)
        return self._candidates(columns, joined, rules, (dossier.c.code, mark.kept_until, piece.id), limit)

    def _candidates(
        self,
        columns: Sequence[Any],
        joined: sa.FromClause,
        rules: Sequence[sa.ColumnElement[bool]],
        order: Sequence[sa.ColumnElement[Any]],
        limit: int,
    ) -> tuple[tuple[Candidate, ...], int]:
        total = self._connection.scalar(sa.select(sa.func.count()).select_from(joined).where(*rules)) or 0
        rows = self._connection.execute(
            sa.select(*columns).select_from(joined).where(*rules).order_by(*order).limit(limit)
        )
        return tuple(Candidate(row[0], Disposition(row[1]), row[2], read(row[3]), *row[4:]) for row in rows), total

    def list_items(self, transfer_id: str, candidates: Sequence[Candidate]) -> int:
        """Put letters and pieces on a slip, after those that are there, and return how many were free to be.

        One that was removed from it is put back.
        """
        last = self._connection.scalar(
            sa.select(sa.func.max(transfer_item.c.rank)).where(transfer_item.c.transfer_id == transfer_id)
        )
        rank, added = last or 0, 0
        for one in candidates:
            named = {"piece_id" if one.of_piece else "letter_id": one.subject_id}
            back = (
                sa.update(transfer_item)
                .where(transfer_item.c.transfer_id == transfer_id, *(transfer_item.c[k] == v for k, v in named.items()))
                .values(state=ItemState.LISTED, said="", live=True)
            )
            if self._connection.execute(back).rowcount:
                added += 1
                continue
            rank += 1
            values = {"transfer_id": transfer_id, "rank": rank, "package": 0, "said": ""} | named
            values |= {"disposition": one.disposition, "kept_until": one.kept_until, "reasons": written(one.reasons)}
            row = insert(transfer_item).values(**values, state=ItemState.LISTED, live=True).on_conflict_do_nothing()
            added += self._connection.execute(row).rowcount
        return added

    def items(
        self, transfer_id: str, *, states: Collection[ItemState] = (), limit: int | None = None, offset: int = 0
    ) -> tuple[TransferItem, ...]:
        """Return the lines of a slip in their order: all, or those in some states."""
        query = sa.select(*_ITEMS).where(transfer_item.c.transfer_id == transfer_id)
        if states:
            query = query.where(transfer_item.c.state.in_(states))
        query = query.order_by(transfer_item.c.rank).limit(limit).offset(offset)
        return tuple(_item(row) for row in self._connection.execute(query))

    def count_items(self, transfer_id: str) -> dict[ItemState, int]:
        """Count the lines of a slip by what becomes of them."""
        query = sa.select(transfer_item.c.state, sa.func.count()).where(transfer_item.c.transfer_id == transfer_id)
        return {ItemState(row[0]): row[1] for row in self._connection.execute(query.group_by(transfer_item.c.state))}

    def closed_to(self, transfer_id: str, actor: Actor) -> int:
        """Count the letters and pieces that are listed on a slip and that are not open to an actor."""
        query = (
            sa.select(sa.func.count())
            .select_from(transfer_item)
            .outerjoin(letter, letter.c.id == transfer_item.c.letter_id)
            .outerjoin(dossier_piece, dossier_piece.c.id == transfer_item.c.piece_id)
            .outerjoin(dossier, dossier.c.id == dossier_piece.c.dossier_id)
            .where(
                transfer_item.c.transfer_id == transfer_id,
                transfer_item.c.state == ItemState.LISTED,
                sa.not_(sa.func.coalesce(seen_by(actor.tokens()), sa.false())),
                sa.not_(sa.func.coalesce(open_dossiers(actor), sa.false())),
            )
        )
        return self._connection.scalar(query) or 0

    def settle(self, item: TransferItem, state: ItemState, said: str) -> None:
        """Write what becomes of a letter or a piece on a slip; what is accepted, or still listed, stays bound to it."""
        self._connection.execute(
            sa.update(transfer_item)
            .where(transfer_item.c.transfer_id == item.transfer_id, transfer_item.c.rank == item.rank)
            .values(state=state, said=said, live=state in {ItemState.LISTED, ItemState.ACCEPTED})
        )

    def plan(self, transfer_id: str, packages: Sequence[Sequence[int]]) -> None:
        """Write which package each line goes in: for each package, their ranks."""
        for number, ranks in enumerate(packages, 1):
            self._connection.execute(
                sa.update(transfer_item)
                .where(transfer_item.c.transfer_id == transfer_id, transfer_item.c.rank.in_(ranks))
                .values(package=number)
            )

    def free(self, transfer_id: str) -> None:
        """Let everything that is only listed go from a slip that is given up."""
        self._connection.execute(
            sa.update(transfer_item)
            .where(transfer_item.c.transfer_id == transfer_id, transfer_item.c.state == ItemState.LISTED)
            .values(state=ItemState.REMOVED, live=False)
        )

    def accepted(self, subject_ids: Collection[str]) -> frozenset[str]:
        """Return those of some letters and pieces that an archive has said that it took."""
        query = sa.select(_SUBJECT).where(_SUBJECT.in_(subject_ids), transfer_item.c.state == ItemState.ACCEPTED)
        return frozenset(self._connection.scalars(query))

    def taken(self, subject_ids: Collection[str]) -> dict[str, Taken]:
        """Return, of those of some letters and pieces that an archive took, when and with what it did."""
        item, package = transfer_item.c, transfer_package.c
        same = sa.and_(package.transfer_id == item.transfer_id, package.rank == item.package)
        joined = transfer_item.join(transfer_package, same).join(transfer, transfer.c.id == item.transfer_id)
        query = sa.select(
            _SUBJECT,
            item.transfer_id,
            transfer.c.number,
            transfer.c.archive_name,
            package.identifier,
            package.rank,
            package.answered_at,
            item.said,
        ).select_from(joined)
        which = [item[name] == sa.any_(text_array(list(subject_ids))) for name in ("letter_id", "piece_id")]
        rows = self._connection.execute(query.where(sa.or_(*which), item.state == ItemState.ACCEPTED))
        return {row.subject_id: Taken(*row) for row in rows}

    # --- packages --------------------------------------------------------------------------------

    def begin_package(self, new: TransferPackage) -> None:
        """Write what a package will be before the vault has it; one that was begun and left is replaced."""
        values = asdict(new) | {"answer": list(new.answer)}
        key = ("transfer_id", "rank")
        self._connection.execute(
            insert(transfer_package)
            .values(**values)
            .on_conflict_do_update(
                index_elements=list(key),
                set_={name: value for name, value in values.items() if name not in key},
                where=transfer_package.c.made_at.is_(None),
            )
        )

    def packages(self, transfer_id: str) -> tuple[TransferPackage, ...]:
        """Return the packages of a transfer in their order."""
        query = sa.select(*_PACKAGES).where(transfer_package.c.transfer_id == transfer_id)
        return tuple(_package(row) for row in self._connection.execute(query.order_by(transfer_package.c.rank)))

    def change_package(self, one: TransferPackage, **values: object) -> None:
        """Write what the archive said of a package, or that its bytes are no longer kept."""
        self._connection.execute(
            sa.update(transfer_package)
            .where(transfer_package.c.transfer_id == one.transfer_id, transfer_package.c.rank == one.rank)
            .values(**values)
        )

    def listed_of(self, transfer_id: str, package: int) -> tuple[TransferItem, ...]:
        """Return the letters and pieces that go in a package and have not been settled."""
        query = sa.select(*_ITEMS).where(
            transfer_item.c.transfer_id == transfer_id,
            transfer_item.c.package == package,
            transfer_item.c.state == ItemState.LISTED,
        )
        return tuple(_item(row) for row in self._connection.execute(query.order_by(transfer_item.c.rank)))

    def dossiers_of(self, subject_ids: Collection[str]) -> dict[str, Dossier]:
        """Return, by letter or piece, the dossier that it lies in: of several, the first by code."""
        wanted = sa.any_(text_array(list(subject_ids)))
        columns = [dossier.c[name] for name in Dossier.__slots__]
        of_letters = (
            sa.select(dossier_letter.c.letter_id.label("subject_id"), *columns)
            .join(dossier, dossier.c.id == dossier_letter.c.dossier_id)
            .where(dossier_letter.c.letter_id == wanted)
            .order_by(dossier.c.code.desc())
        )
        of_pieces = (
            sa.select(dossier_piece.c.id.label("subject_id"), *columns)
            .join(dossier, dossier.c.id == dossier_piece.c.dossier_id)
            .where(dossier_piece.c.id == wanted)
        )
        rows = [*self._connection.execute(of_letters), *self._connection.execute(of_pieces)]
        return {row.subject_id: dossier_of(row) for row in rows}


def _given(listed: sa.Table) -> sa.ColumnElement[bool]:
    """Return what parts what is given to an archive from all that fell due: what a sorting keeps is given too."""
    return sa.or_(listed.c.disposition.in_(TRANSFERABLE), listed.c.selected)


def _transfer(row: sa.Row[Any]) -> Transfer:
    values = {one.name: getattr(row, one.name) for one in fields(Transfer)}
    return Transfer(**(values | {"form": Form(row.form), "state": TransferState(row.state)}))


def _item(row: sa.Row[Any]) -> TransferItem:
    values = {one.name: getattr(row, one.name) for one in fields(TransferItem)}
    values |= {"disposition": Disposition(row.disposition), "state": ItemState(row.state)}
    return TransferItem(**(values | {"reasons": read(row.reasons)}))


def _package(row: sa.Row[Any]) -> TransferPackage:
    values = {one.name: getattr(row, one.name) for one in fields(TransferPackage)}
    return TransferPackage(**(values | {"outcome": PackageOutcome(row.outcome), "answer": tuple(row.answer)}))
