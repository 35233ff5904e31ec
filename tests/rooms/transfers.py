"""Letters whose time is over, on slips; packages checked as an archive does, with tools that are not ours."""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import cv2
from lxml import etree

from api.config import Settings
from api.transfers import archive_of
from api.wiring import House
from ged.mail.access import Actor
from ged.mail.filing import Disposition
from ged.mail.moves import Move, Order
from ged.mail.transfer import Form, Transfer
from ged.services import consult
from ged.services.route import move
from ged.services.sign_in import actor_of
from ged.store.sweeps import DueRecord, Sweep
from retention import transfers
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
    records = [DueRecord(one, disposition, date(2026, 1, 1), (reason,)) for one in letter_ids]
    with house.store.unit() as unit:
        unit.sweeps.begin(Sweep(house.clock().date(), "", house.clock()))
        unit.sweeps.go_on(records, "", len(records))
        unit.sweeps.finish(house.clock())
        unit.commit()


def prepared(house: House, title: str = "Plaintes", form: Form = Form.SEDA) -> Transfer:
    return transfers.prepare(title, form, archive_of(house), **by(house, "archives"))


def packed(house: House, title: str = "Plaintes", form: Form = Form.SEDA) -> Transfer:
    """Prepare, submit and approve a slip, and have its packages made."""
    made = prepared(house, title, form)
    transfers.submit(made.id, **by(house, "archives"))
    transfers.approve(made.id, **by(house, "ministre"))
    read_all(house)
    return transfers.slip(made.id, store=house.store, actor=person(house, "archives")).transfer


def package_of(house: House, transfer_id: str, target: Path, rank: int = 1) -> Path:
    """Take a package away, as the archivist does."""
    found = transfers.take_away(transfer_id, rank, **by(house, "archives"))
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
