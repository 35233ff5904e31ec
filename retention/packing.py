"""Making the packages of an approved slip, one after the other: killed anywhere, the next worker goes on.

Each letter is looked at once more before it is packed: one on hold, reopened or without its seal is left out and said.
A package is written down before the vault has its bytes, so that what a killed worker left is found and destroyed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from tempfile import TemporaryFile
from typing import BinaryIO

from ged.clock import Clock
from ged.errors import GedError
from ged.mail.access import SYSTEM
from ged.mail.history import READINGS
from ged.mail.item import Direction, Letter
from ged.mail.journal import Act, JournalEntry
from ged.mail.transfer import (
    Form,
    ItemState,
    PackageOutcome,
    Transfer,
    TransferItem,
    TransferPackage,
    TransferState,
    unfit,
)
from ged.ports import Ledger, Signer, Vault
from ged.seal.bundle.write import write_evidence
from ged.seal.log import TileLog
from ged.services.bundle import Published, evidence_contents
from ged.store.unit import Store, Unit
from retention.archive_file import ArchiveFile
from retention.bagit import Bag
from retention.fates import fates_of
from retention.seda.contents import DISSEMINATION, MASTER, TEXT, Agency, Deed, Described, Message, PackedFile, PaperTwin
from retention.seda.formats import PDF_A_2B
from retention.seda.package import write_package

_BESIDE_BYTES = 250_000
"""What a letter weighs beside its files: its proofs and its text."""
_SHOWN_EVERY, _CHUNK = 5, 1 << 20
DIRECTIONS = {
    Direction.INCOMING: "Courrier arrivée",
    Direction.OUTGOING: "Courrier départ",
    Direction.INTERNAL: "Interne",
}


@dataclass(frozen=True, slots=True)
class Packer:
    """What makes packages, and how large: `max_bytes` of files and `max_letters` in one.

    Attributes:
        say: An act of the journal in words.
    """

    store: Store
    vault: Vault
    signer: Signer
    ledger: Ledger
    journal_log: TileLog | None
    published: Published
    clock: Clock
    say: Callable[[Act], str]
    max_bytes: int
    max_letters: int


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
    with packer.store.unit() as unit:
        locked = unit.transfers.get(current.id, None, lock=True)
        fit = [one for one in unit.transfers.items(current.id, states=[ItemState.LISTED]) if not _dropped(unit, one)]
        dossiers = unit.transfers.dossiers_of([one.letter_id for one in fit])
        fit.sort(key=lambda one: (dossiers.get(one.letter_id, ("\uffff", ""))[0], one.rank))
        weights = [(one.rank, _weight(unit, one.letter_id)) for one in fit]
        parts = cut(weights, packer.max_bytes, packer.max_letters)
        unit.transfers.plan(current.id, parts)
        unit.transfers.change(locked, planned=len(parts), fault="")
        unit.commit()
    return len(parts)


def cut(weights: Sequence[tuple[int, int]], max_bytes: int, max_letters: int) -> list[list[int]]:
    """Return the ranks of letters in as many packages as it takes, in their order; one too heavy goes by itself."""
    parts, left = list[list[int]](), 0
    for rank, weight in weights:
        if not parts or len(parts[-1]) >= max_letters or weight > left:
            parts.append([])
            left = max_bytes
        parts[-1].append(rank)
        left -= weight
    return parts


def _weight(unit: Unit, letter_id: str) -> int:
    (letter,) = unit.letters.many([letter_id])
    rendition = unit.pages.rendition(letter_id)
    pieces = [one.size for one in unit.annexes.of(letter_id)] + [one.size for one in unit.kept_files.of(letter_id)]
    return letter.original_size + (rendition.size if rendition else 0) + sum(pieces) + _BESIDE_BYTES


def _dropped(unit: Unit, item: TransferItem) -> bool:
    """Take a letter off the slip if it may not go now; give whether it was."""
    letter = unit.letters.get(item.letter_id, None)
    why = unfit(letter, held=bool(unit.holds.standing(letter.id)))
    if why:
        unit.transfers.settle(item, ItemState.DROPPED, why)
    return bool(why)


def _make(current: Transfer, rank: int, packer: Packer) -> None:
    identifier = f"{current.tenant_id}-{current.number}-{rank}"
    with packer.store.unit() as unit:
        begun = next((one for one in unit.transfers.packages(current.id) if one.rank == rank), None)
        if begun is not None and begun.made_at is not None:
            return
        items = [one for one in unit.transfers.listed_of(current.id, rank) if not _dropped(unit, one)]
        unit.commit()
    if not items:
        return
    with TemporaryFile(prefix="ged-versement-") as file:
        _write(current, identifier, items, packer, file)
        digest, size = _measured(file)
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
    _made(current, made, items, packer)


def _made(current: Transfer, made: TransferPackage, items: Sequence[TransferItem], packer: Packer) -> None:
    now = packer.clock()
    with packer.store.unit() as unit:
        unit.transfers.change_package(made, made_at=now)
        for one in items:
            unit.journal.write(now, Act.EXPORTED, SYSTEM, one.letter_id, medium="versement", transfer=made.identifier)
        unit.journal.write_about(
            now, Act.TRANSFER_PACKED, SYSTEM, current.id,
            package=made.identifier, sha256=made.sha256, letters=made.letters,
        )  # fmt: skip
        unit.commit()


def _finish(transfer_id: str, packer: Packer) -> None:
    """Say that the packages are there; where every letter was left out, the slip goes back to be prepared anew."""
    with packer.store.unit() as unit:
        current = unit.transfers.get(transfer_id, None, lock=True)
        if unit.transfers.packages(current.id):
            unit.transfers.change(current, state=TransferState.READY, fault="")
        else:
            remark = "Aucun de ces courriers ne peut être versé maintenant : chaque ligne dit pourquoi."
            unit.transfers.change(current, state=TransferState.DRAFT, remark=remark, planned=0, packed=0, fault="")
        unit.commit()


def _say_fault(transfer_id: str, sentence: str, packer: Packer) -> None:
    with packer.store.unit() as unit:
        current = unit.transfers.get(transfer_id, None, lock=True)
        unit.transfers.change(current, fault=sentence)
        unit.commit()


def _write(current: Transfer, identifier: str, items: Sequence[TransferItem], packer: Packer, target: BinaryIO) -> None:
    with packer.store.unit() as unit:
        house = unit.organisation.entity(current.tenant_id)
        dossiers = unit.transfers.dossiers_of([one.letter_id for one in items])
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
    units = _described(current.id, items, dossiers, packer)
    with _archive(current, told, target) as archive:
        write_package(told, units, archive, packer.vault.open)


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


def _described(
    transfer_id: str, items: Sequence[TransferItem], dossiers: dict[str, tuple[str, str]], packer: Packer
) -> Iterator[Described]:
    """Give the units of a package: a dossier with its letters below, a letter of none by itself."""
    done = 0
    by_dossier = groupby(items, key=lambda one: dossiers.get(one.letter_id, ("", "")))
    for number, ((code, title), group) in enumerate(by_dossier, 1):
        letters = []
        for item in group:
            letters.append(describe(item, packer))
            done += 1
            if done % _SHOWN_EVERY == 0:
                _show(transfer_id, done, packer)
        if code:
            yield Described(f"DOS-{number}", "RecordGrp", title, identifier=code, children=tuple(letters))
        else:
            yield from letters
    _show(transfer_id, done, packer)


def _show(transfer_id: str, done: int, packer: Packer) -> None:
    with packer.store.unit() as unit:
        before = sum(one.letters for one in unit.transfers.packages(transfer_id) if one.made_at is not None)
        unit.transfers.show_progress(transfer_id, before + done)
        unit.commit()


def describe(item: TransferItem, packer: Packer) -> Described:
    """Return a letter as a unit of description, with its pieces and what proves them below it."""
    with packer.store.unit() as unit:
        letter = unit.letters.get(item.letter_id, None)
        kinds = unit.organisation.kinds()
        rule = fates_of(unit, [letter], packer.clock().date())[letter.id].rule
        service = unit.organisation.entity(letter.service_id or letter.register_id)
        pages = unit.pages.of(letter.id)
        rendition = unit.pages.rendition(letter.id)
        pieces = _pieces(unit, letter.id)
        paper = unit.custody.standing([letter.id])
        record = unit.seals.of(letter.id)
        history = tuple(_deed(one, packer) for one in unit.journal.of(letter.id) if one.act not in READINGS)
    files = [PackedFile(MASTER, letter.original, letter.original_size, letter.media_type, letter.filename)]
    if rendition is not None and rendition.digest != letter.original:  # a PDF that was born so is its own copy
        known = "" if rendition.remark else PDF_A_2B
        name = f"{letter.number.replace('/', '-')}.pdf"
        files.append(PackedFile(DISSEMINATION, rendition.digest, rendition.size, "application/pdf", name, known))
    text = "\n\f".join(page.text for page in pages).encode()
    if text.strip():
        files.append(_made_here(TEXT, text, "text/plain", "texte.txt"))
    kind = next((one for one in kinds if one.code == letter.kind), None)
    outgoing = letter.direction is Direction.OUTGOING
    sealed = f"Cachet électronique CAdES, inscription n° {record.leaf_index} du journal des sceaux" if record else ""
    return Described(
        id=item.unit,
        level="Item",
        title=letter.subject or letter.filename,
        identifier=letter.number,
        system_id=letter.id,
        cote=letter.file_code or "",
        description=" ".join(item.reasons),
        direction=str(letter.direction),
        kind=(kind.code, kind.label_fr) if kind else ("", DIRECTIONS[letter.direction]),
        agency=Agency(service.id, service.name_fr),
        sender=letter.sender or "",
        recipient=letter.recipient or "",
        reference=letter.sender_reference or "",
        written_on=None if outgoing else letter.letter_date,
        sent_on=letter.letter_date if outgoing else None,
        received_at=letter.received_at,
        registered_at=letter.registered_at,
        closed_on=letter.closed_on,
        rule=rule or "",
        access=str(letter.confidentiality),
        history=history,
        sealed=sealed,
        files=tuple(files),
        paper=PaperTwin(letter.number, letter.page_count) if letter.id in paper else None,
        children=(*_below(item, pieces), _proofs(item, letter, packer)),
    )


def _pieces(unit: Unit, letter_id: str) -> list[tuple[str, PackedFile]]:
    """Return what is kept with a letter and sealed by itself: (what it is, the file)."""
    annexes = unit.annexes.of(letter_id)
    kept = unit.kept_files.of(letter_id)
    return [
        *((one.label, PackedFile(MASTER, one.digest, one.size, one.media_type, one.label)) for one in annexes),
        *((one.filename, PackedFile(MASTER, one.sha256, one.size, one.media_type, one.filename)) for one in kept),
    ]


def _below(item: TransferItem, pieces: Sequence[tuple[str, PackedFile]]) -> Iterator[Described]:
    for number, (label, file) in enumerate(pieces, 1):
        yield Described(f"{item.unit}-{number}", "Item", label, files=(file,))


def _proofs(item: TransferItem, letter: Letter, packer: Packer) -> Described:
    """Return the unit that carries what proves a letter: its proof bundle without the files, which lie beside it."""
    contents = evidence_contents(
        letter,
        store=packer.store,
        vault=packer.vault,
        signer=packer.signer,
        ledger=packer.ledger,
        journal_log=packer.journal_log,
        published=packer.published,
        actor=SYSTEM,
    )
    target = BytesIO()
    write_evidence(contents, target)
    file = _made_here(MASTER, target.getvalue(), "application/zip", "preuves.zip")
    return Described(f"{item.unit}-preuves", "Item", "Preuves du sceau", files=(file,), proves=item.unit)


def _made_here(usage: str, data: bytes, media_type: str, name: str) -> PackedFile:
    return PackedFile(usage, hashlib.sha256(data).hexdigest(), len(data), media_type, name, data=data)


def _deed(entry: JournalEntry, packer: Packer) -> Deed:
    reason = str(entry.details.get("reason", "") or "")
    said = f"{packer.say(entry.act)}, par {entry.actor_name}"
    return Deed(entry.at, f"{said} : {reason}" if reason else said)


def _measured(file: BinaryIO) -> tuple[str, int]:
    file.seek(0)
    found = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        found.update(chunk)
    return found.hexdigest(), file.tell()
