"""Making the packages of an approved slip, one after the other: killed anywhere, the next worker goes on.

Each letter and piece is looked at once more: one on hold, reopened or without its seal is left out and said.
A package is written down before the vault has its bytes, so that what a killed worker left is found and destroyed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from tempfile import TemporaryFile
from typing import BinaryIO

from ged.errors import GedError
from ged.mail.access import SYSTEM
from ged.mail.dossier import Dossier
from ged.mail.journal import Act
from ged.mail.transfer import (
    Form,
    ItemState,
    PackageOutcome,
    Transfer,
    TransferItem,
    TransferPackage,
    TransferState,
)
from ged.store.unit import Unit
from retention.archive_file import ArchiveFile
from retention.bagit import Bag
from retention.described import Copies, Packer, describe, measured
from retention.described_piece import describe_dossier, describe_piece
from retention.seda.contents import Agency, Described, Message
from retention.seda.package import write_package
from retention.subjects import tell, weight_of, why_not

_SHOWN_EVERY = 5


def pack(transfer_id: str, packer: Packer) -> None:
    """Make what is left to make of the packages of a slip; one that is not approved, or is whole, is left alone.

    Raises:
        Unavailable: the vault or the database does not answer; call again.
        Corrupt: `vault.altered`; the slip says why it waits.
    """
    with packer.store.exclusive(f"transfer:{transfer_id}") as alone:
        if not alone:
            return
        with packer.store.unit() as unit:
            current = unit.transfers.get(transfer_id, None)
        if current.state is not TransferState.APPROVED:
            return
        try:
            planned = current.planned or _plan(current, packer)
            for rank in range(1, planned + 1):
                _make(current, rank, packer)
        except GedError as error:
            _say_fault(current.id, error.sentence, packer)
            raise
        _finish(current.id, packer)


def _plan(current: Transfer, packer: Packer) -> int:
    """Leave out what may not go, cut the rest into packages, and return how many."""
    now = packer.clock()
    with packer.store.unit() as unit:
        locked = unit.transfers.get(current.id, None, lock=True)
        listed = unit.transfers.items(current.id, states=[ItemState.LISTED])
        fit = [one for one in listed if not _dropped(unit, one, now)]
        fit.sort(key=_by_dossier(unit.transfers.dossiers_of([one.subject_id for one in fit])))
        weights = [(one.rank, weight_of(unit, one)) for one in fit]
        parts = cut(weights, packer.max_bytes, packer.max_letters)
        unit.transfers.plan(current.id, parts)
        unit.transfers.change(locked, planned=len(parts), fault="")
        unit.commit()
    return len(parts)


def cut(weights: Sequence[tuple[int, int]], max_bytes: int, max_letters: int) -> list[list[int]]:
    """Return ranks of lines in as many packages as it takes, in their order; one too heavy goes by itself."""
    parts, left = list[list[int]](), 0
    for rank, weight in weights:
        if not parts or len(parts[-1]) >= max_letters or weight > left:
            parts.append([])
            left = max_bytes
        parts[-1].append(rank)
        left -= weight
    return parts


def _dropped(unit: Unit, item: TransferItem, at: datetime) -> bool:
    """Take a letter or a piece off the slip if it may not go now; give whether it was."""
    why = why_not(unit, item, at)
    if why:
        unit.transfers.settle(item, ItemState.DROPPED, why)
    return bool(why)


def _make(current: Transfer, rank: int, packer: Packer) -> None:
    identifier = f"{current.tenant_id}-{current.number}-{rank}"
    with packer.store.unit() as unit:
        begun = next((one for one in unit.transfers.packages(current.id) if one.rank == rank), None)
        if begun is not None and begun.made_at is not None:
            return
        now = packer.clock()
        items = [one for one in unit.transfers.listed_of(current.id, rank) if not _dropped(unit, one, now)]
        unit.commit()
    if not items:
        return
    with TemporaryFile(prefix="ged-versement-") as file, packer.folder() as folder:
        alone = _write(current, identifier, items, Copies(packer, folder), file)
        digest, size = measured(file)
        made = TransferPackage(
            current.id, rank, identifier, digest, size, len(items), digest, None, PackageOutcome.WAITING, None, (), ""
        )
        if begun is not None and begun.held not in {None, digest}:
            packer.vault.shred(str(begun.held))
        with packer.store.unit() as unit:
            unit.transfers.begin_package(made)
            unit.commit()
        file.seek(0)
        packer.vault.put(file, media_type="application/zip", tenant_id=current.tenant_id)
    _made(current, made, items, alone, packer)


def _made(
    current: Transfer, made: TransferPackage, items: Sequence[TransferItem], alone: dict[str, str], packer: Packer
) -> None:
    """Write that a package is there; `alone` says of units why a file of theirs goes without a PDF/A-2b copy."""
    now = packer.clock()
    with packer.store.unit() as unit:
        unit.transfers.change_package(made, made_at=now)
        for one in items:
            tell(unit, one, Act.EXPORTED, SYSTEM, now, medium="versement", transfer=made.identifier)
            if one.unit in alone:
                unit.transfers.settle(one, ItemState.LISTED, alone[one.unit])
        unit.journal.write_about(
            now, Act.TRANSFER_PACKED, SYSTEM, current.id,
            package=made.identifier, sha256=made.sha256, letters=made.letters, without_pdf_a=len(alone),
        )  # fmt: skip
        unit.commit()


def _finish(transfer_id: str, packer: Packer) -> None:
    """Say that the packages are there; where all was left out, the slip goes back to be prepared anew."""
    with packer.store.unit() as unit:
        current = unit.transfers.get(transfer_id, None, lock=True)
        if unit.transfers.packages(current.id):
            unit.transfers.change(current, state=TransferState.READY, fault="")
        else:
            remark = "Rien de ce bordereau ne peut être versé maintenant : chaque ligne dit pourquoi."
            unit.transfers.change(current, state=TransferState.DRAFT, remark=remark, planned=0, packed=0, fault="")
        unit.commit()


def _say_fault(transfer_id: str, sentence: str, packer: Packer) -> None:
    with packer.store.unit() as unit:
        current = unit.transfers.get(transfer_id, None, lock=True)
        unit.transfers.change(current, fault=sentence)
        unit.commit()


def _write(
    current: Transfer, identifier: str, items: Sequence[TransferItem], copies: Copies, target: BinaryIO
) -> dict[str, str]:
    """Write a package; return, by unit, why a file of it goes without a PDF/A-2b copy."""
    packer = copies.packer
    with packer.store.unit() as unit:
        house = unit.organisation.entity(current.tenant_id)
        dossiers = unit.transfers.dossiers_of([one.subject_id for one in items])
    us = Agency(house.id, house.name_fr)
    told = Message(
        identifier=identifier,
        at=current.approved_at or current.created_at,
        comment=f"{current.title}. Bordereau {current.number}, visé par {current.approved_by}.",
        agreement=current.agreement,
        archive=Agency(current.archive_code, current.archive_name),
        sender=us,
        producer=us,
    )
    units = _described(current.id, items, dossiers, copies)
    with _archive(current, told, target) as archive:
        write_package(told, units, archive, packer.vault.open)
    return copies.alone


def _archive(current: Transfer, told: Message, target: BinaryIO) -> ArchiveFile:
    if current.form is Form.SEDA:
        return ArchiveFile(target)
    info = {
        "Source-Organization": told.sender.name,
        "External-Identifier": told.identifier,
        "External-Description": told.comment,
        "Bagging-Date": told.at.date().isoformat(),
        "Bag-Software-Agent": "GED Courrier",
    }
    return Bag(target, told.identifier, info)


def _by_dossier(dossiers: Mapping[str, Dossier]) -> Callable[[TransferItem], tuple[str, int]]:
    """Return what sorts lines by the code of their dossier, those without last, then as they stand on the slip."""
    return lambda one: (dossiers[one.subject_id].code if one.subject_id in dossiers else "\uffff", one.rank)


def _described(
    transfer_id: str, items: Sequence[TransferItem], dossiers: Mapping[str, Dossier], copies: Copies
) -> Iterator[Described]:
    """Give the units of a package: a dossier with its letters and its pieces below, a letter of none by itself."""
    done = 0
    ordered = sorted(items, key=_by_dossier(dossiers))
    for number, (dossier, group) in enumerate(groupby(ordered, key=lambda one: dossiers.get(one.subject_id)), 1):
        letters, pieces = list[Described](), list[tuple[str, Described]]()
        for item in group:
            if item.dossier_id is None:
                letters.append(describe(item, copies))
            else:
                pieces.append(describe_piece(item, copies))
            done += 1
            if done % _SHOWN_EVERY == 0:
                _show(transfer_id, done, copies.packer)
        if dossier is not None:
            yield describe_dossier(f"DOS-{number}", dossier, letters, pieces, copies.packer)
        else:
            yield from letters
    _show(transfer_id, done, copies.packer)


def _show(transfer_id: str, done: int, packer: Packer) -> None:
    with packer.store.unit() as unit:
        before = sum(one.letters for one in unit.transfers.packages(transfer_id) if one.made_at is not None)
        unit.transfers.show_progress(transfer_id, before + done)
        unit.commit()
