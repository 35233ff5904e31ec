"""A letter as a unit of a package: its files, a PDF/A-2b copy of each PDF, its pieces, and what proves it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

from ged.clock import Clock
from ged.errors import Refused
from ged.mail.history import READINGS
from ged.mail.item import Direction, Letter
from ged.mail.journal import Act, JournalEntry
from ged.mail.transfer import TransferItem
from ged.ports import Ledger, Signer, Vault
from ged.seal.bundle.write import write_evidence
from ged.seal.log import TileLog
from ged.services.bundle import Published, evidence_contents
from ged.store.pages import Rendition
from ged.store.unit import Store, Unit
from retention.fates import fates_of
from retention.seda.contents import DISSEMINATION, MASTER, TEXT, Agency, Deed, Described, PackedFile, PaperTwin
from retention.seda.formats import PDF_A_2B

_CHUNK = 1 << 20
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
        to_pdf_a: A PDF (a copy of its own, and its title) as PDF/A-2b; raises Refused where it cannot be done.
        folder: Lends a folder of the process's own.
    """

    store: Store
    vault: Vault
    signer: Signer
    ledger: Ledger
    journal_log: TileLog | None
    published: Published
    clock: Clock
    say: Callable[[Act], str]
    to_pdf_a: Callable[[Path, str], bytes]
    folder: Callable[[], AbstractContextManager[Path]]
    max_bytes: int
    max_letters: int


class Copies:
    """The PDF/A-2b copies that a package brings of files that have none: each made once, in a folder of its own.

    Attributes:
        alone: By unit of a letter, why a file of it goes without one.
    """

    def __init__(self, packer: Packer, folder: Path) -> None:
        self.packer, self._folder = packer, folder
        self.alone: dict[str, str] = {}

    def of(self, file: PackedFile, unit: str, name: str, shown: str = "") -> tuple[PackedFile, ...]:
        """Return a file, and its copy; the file by itself, with why, where none can be made.

        `shown` is the SHA-256 of the PDF that shows it, where that is not the file itself.
        """
        if not shown and file.media_type != "application/pdf":
            return (file,)
        given, made = self._folder / "original.pdf", self._folder / f"{shown or file.sha256}.pdf"
        if not made.exists():
            with self.packer.vault.open(shown or file.sha256) as stream, given.open("wb") as copy:
                copyfileobj(stream, copy, _CHUNK)
            try:
                made.write_bytes(self.packer.to_pdf_a(given, name))
            except Refused as error:
                self.alone[unit] = error.sentence
                return (replace(file, alone=error.sentence),)
        with made.open("rb") as stream:
            digest, size = measured(stream)
        called = f"{name.replace('/', '-').removesuffix('.pdf')}.pdf"
        return file, PackedFile(DISSEMINATION, digest, size, "application/pdf", called, PDF_A_2B, made=made)


def describe(item: TransferItem, copies: Copies) -> Described:
    """Return a letter as a unit of description, with its pieces and what proves them below it."""
    packer = copies.packer
    with packer.store.unit() as unit:
        letter = unit.letters.get(item.subject_id, None)
        kinds = unit.organisation.kinds()
        rule = fates_of(unit, [letter], packer.clock().date())[letter.id].rule
        service = unit.organisation.entity(letter.service_id or letter.register_id)
        pages = unit.pages.of(letter.id)
        rendition = unit.pages.rendition(letter.id)
        pieces = _pieces(unit, letter.id)
        paper = unit.custody.standing([letter.id])
        record = unit.seals.of(letter.id)
        history = tuple(deed(one, packer) for one in unit.journal.of(letter.id) if one.act not in READINGS)
    files = _shown(letter, rendition, item.unit, copies)
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
        description=" ".join(map(str, item.reasons)),
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
        children=(*_below(item, pieces, copies), proofs(item, letter, packer)),
    )


def _shown(letter: Letter, rendition: Rendition | None, unit: str, copies: Copies) -> list[PackedFile]:
    """Return a letter's original, and its copy: PDF/A-2b as the reading rendered it, else made so now if it can be."""
    original = PackedFile(MASTER, letter.original, letter.original_size, letter.media_type, letter.filename)
    if rendition is None:
        return list(copies.of(original, unit, letter.number))
    name = f"{letter.number.replace('/', '-')}.pdf"
    copy = PackedFile(DISSEMINATION, rendition.digest, rendition.size, "application/pdf", name)
    if not rendition.remark:
        return [original, replace(copy, format_id=PDF_A_2B)]
    found = list(copies.of(original, unit, letter.number, rendition.digest))
    return found if len(found) > 1 or copy.sha256 == letter.original else [*found, copy]


def _pieces(unit: Unit, letter_id: str) -> list[tuple[str, PackedFile]]:
    """Return what is kept with a letter and sealed by itself: (what it is, the file)."""
    annexes = unit.annexes.of(letter_id)
    kept = unit.kept_files.of(letter_id)
    return [
        *((one.label, PackedFile(MASTER, one.digest, one.size, one.media_type, one.label)) for one in annexes),
        *((one.filename, PackedFile(MASTER, one.sha256, one.size, one.media_type, one.filename)) for one in kept),
    ]


def _below(item: TransferItem, pieces: Sequence[tuple[str, PackedFile]], copies: Copies) -> Iterator[Described]:
    for number, (label, file) in enumerate(pieces, 1):
        yield Described(f"{item.unit}-{number}", "Item", label, files=copies.of(file, item.unit, file.filename))


def proofs(item: TransferItem, of: Letter | str, packer: Packer) -> Described:
    """Return the unit that carries what proves a letter or a piece: its proof bundle without the files beside it."""
    contents = evidence_contents(
        of,
        store=packer.store,
        vault=packer.vault,
        signer=packer.signer,
        ledger=packer.ledger,
        journal_log=packer.journal_log,
        published=packer.published,
    )
    target = BytesIO()
    write_evidence(contents, target)
    file = _made_here(MASTER, target.getvalue(), "application/zip", "preuves.zip")
    return Described(f"{item.unit}-preuves", "Item", "Preuves du sceau", files=(file,), proves=item.unit)


def _made_here(usage: str, data: bytes, media_type: str, name: str) -> PackedFile:
    return PackedFile(usage, hashlib.sha256(data).hexdigest(), len(data), media_type, name, data=data)


def deed(entry: JournalEntry, packer: Packer) -> Deed:
    """Return a line of the journal as the custodial history tells it."""
    reason = str(entry.details.get("reason", "") or "")
    said = f"{packer.say(entry.act)}, par {entry.actor_name}"
    return Deed(entry.at, f"{said} : {reason}" if reason else said)


def measured(file: BinaryIO) -> tuple[str, int]:
    """Return the SHA-256 and the size of a file, read from its start."""
    file.seek(0)
    found = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        found.update(chunk)
    return found.hexdigest(), file.tell()
