"""Letters whose time is over, on slips; packages checked as an archive does, with tools that are not ours."""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
from lxml import etree

from api.config import Settings
from api.transfers import archive_of
from api.wiring import House
from ged.mail.access import Actor
from ged.mail.dossier_piece import DossierPiece, Said
from ged.mail.filing import Disposition
from ged.mail.moves import Move, Order
from ged.mail.reason import said
from ged.mail.transfer import Form, Transfer
from ged.services import classify, consult, dossier, dossier_pieces
from ged.services.route import move
from ged.services.sign_in import actor_of
from ged.store.sweeps import DueRecord, Sweep
from retention import slips, transfers
from retention.nightly import sweep_letters
from retention.seda.contents import Agency
from retention.seda.replies import Given, write_reply
from rooms.house import ROOT
from rooms.letters import decide, letter_pdf, read_all, send
from rooms.scans import drawn_page

SCHEMAS = ROOT.parent / "shared" / "data" / "seda" / "seda-2.3"
"""The official schemas, where this machine has them: never a part of the product."""
ARCHIVE = Agency("ARCHIVES-NATIONALES", "Archives nationales")


def person(house: House, login: str) -> Actor:
    return actor_of(login, store=house.store, clock=house.clock)


def by(house: House, login: str) -> dict[str, Any]:
    return {"store": house.store, "actor": person(house, login), "clock": house.clock}


def closed_letters(
    house: House,
    count: int = 1,
    *,
    scans: Collection[int] = (),
    given: Mapping[int, bytes] | None = None,
    **changes: Any,
) -> list[str]:
    """Register letters, have them read and sealed, qualify and close them, and give their ids; `given` are PDFs."""
    kossi, daf = person(house, "kossi"), person(house, "daf")
    found = []
    for number in range(count):
        subject = changes.get("subject", f"Plainte des riverains n° {number + 1}")
        data = (given or {}).get(number) or letter_pdf(subject=subject, reference=f"{number}/P")
        scanned = cv2.imencode(".png", drawn_page(data, 150))[1].tobytes() if number in scans else data
        receipt = send(house, kossi, scanned, f"plainte-{number}.{'png' if number in scans else 'pdf'}")
        found.append(receipt.letter_id)
    read_all(house)
    for number, letter_id in enumerate(found):
        subject = changes.get("subject", f"Plainte des riverains n° {number + 1}")
        values = {"subject": subject, "kind": "plainte", "sender_reference": f"{number}/P"} | changes
        decide(house, kossi, letter_id, **values)
        consult.letter_file(letter_id, store=house.store, actor=daf, clock=house.clock)
        move(letter_id, Order(Move.FINISH, None), actor=daf, store=house.store, clock=house.clock)
    return found


def fall_due(house: House, letter_ids: list[str], disposition: Disposition = Disposition.TRANSFER) -> None:
    """List letters as the nightly sweep does of those whose time is over."""
    reason = "Règle CONTENTIEUX (Recours et plaintes) : 30 ans après la clôture, puis versement."
    records = [DueRecord(one, disposition, date(2026, 1, 1), (said(reason),)) for one in letter_ids]
    with house.store.unit() as unit:
        unit.sweeps.begin(Sweep(house.clock().date(), "", house.clock()))
        unit.sweeps.go_on(records, "", len(records))
        unit.sweeps.finish(house.clock())
        unit.commit()


@dataclass(frozen=True, slots=True)
class Laid:
    """A piece to lay in a dossier: its name, its versions (PDF) oldest first, and what is said of it."""

    name: str
    versions: tuple[bytes, ...]
    part: str = ""
    kind: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


def closed_dossier(house: House, *laid: Laid, title: str = "Permis de Tsévié", letters: Collection[str] = ()) -> str:
    """Have a dossier whose pieces are of 1970, filed where fifty years end in a transfer, sealed, closed and swept."""
    daf = by(house, "daf")
    then = daf | {"clock": lambda: datetime(1970, 3, 3, 9, tzinfo=UTC)}
    case = dossier.begin("", title, "DAF", (), ("Demande", "Instruction"), **daf)
    classify.file_dossier(case.id, "A2", **by(house, "archives"))
    for letter_id in letters:
        dossier.put_in(case.id, letter_id, **daf)
    for one in laid:
        piece = None
        for number, data in enumerate(one.versions):
            stored = house.vault.put(BytesIO(data), media_type="application/pdf", tenant_id="MME")
            file = dossier_pieces.Brought(stored, "application/pdf", f"{one.name}.pdf")
            if piece is None:
                piece = dossier_pieces.bring(case.id, file, one.part, **then)
            else:
                remark = f"Correction {number}"
                dossier_pieces.bring_version(case.id, piece.id, file, remark, made_from=number, **then)
        assert piece is not None
        with house.store.unit() as unit:
            revision = unit.dossier_pieces.get(case.id, piece.id).revision
        said = Said(one.name, one.part, one.kind, one.metadata)
        dossier_pieces.describe(case.id, piece.id, said, revision=revision, **daf)
    read_all(house)
    dossier.close(case.id, closing=True, **daf)
    sweep_letters(house.store, house.clock)
    return case.id


def pieces_in(house: House, dossier_id: str) -> dict[str, DossierPiece]:
    """Return the pieces of a dossier by title."""
    with house.store.unit() as unit:
        return {one.title: one for one in unit.dossier_pieces.of(dossier_id)}


def prepared(house: House, title: str = "Plaintes", form: Form = Form.SEDA) -> Transfer:
    return transfers.prepare(title, form, archive_of(house), **by(house, "archives"))


def packed(house: House, title: str = "Plaintes", form: Form = Form.SEDA) -> Transfer:
    """Prepare, submit and approve a slip, and have its packages made."""
    made = prepared(house, title, form)
    transfers.submit(made.id, **by(house, "archives"))
    transfers.approve(made.id, **by(house, "ministre"))
    read_all(house)
    return slips.slip(made.id, store=house.store, actor=person(house, "archives")).transfer


def package_of(house: House, transfer_id: str, target: Path, rank: int = 1) -> Path:
    """Take a package away, as the archivist does."""
    found = slips.take_away(transfer_id, rank, **by(house, "archives"))
    with house.vault.open(found.sha256) as stream:
        target.write_bytes(stream.read())
    return target


def unpacked(package: Path, folder: Path) -> Path:
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
    return folder


@dataclass(frozen=True, slots=True)
class Judged:
    """What two validators say of a message: "" where it holds."""

    xmllint: str
    lxml: str


def judged(message: Path) -> Judged:
    """Hold a message against the official schemas, by two libraries."""
    main = SCHEMAS / "seda-2.3-main.xsd"
    said = subprocess.run(
        ["xmllint", "--nonet", "--noout", "--schema", main, message], capture_output=True, text=True, check=False
    )
    schema = etree.XMLSchema(etree.parse(main))
    schema.validate(etree.parse(message))
    return Judged("" if said.returncode == 0 else said.stderr, str(schema.error_log))


def reply(
    house: House, request: str, *, units: list[tuple[str, str]] | None = None, reasons: tuple[str, ...] = ()
) -> bytes:
    """Write what an archive answers."""
    given = Given(f"AN-{request}", request, house.clock(), ARCHIVE, Agency("MME", "Ministère"), units or [], reasons)
    return write_reply(given)


def with_small_packages(settings: Settings, letters: int) -> Settings:
    given = settings.transfer.model_copy(update={"package_letters": letters})
    return settings.model_copy(update={"transfer": given})
