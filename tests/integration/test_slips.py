"""Sheets on paper and back: ticked, scanned, read before any number is given, and confirmed by a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import cv2
import httpx
import numpy as np
import pypdfium2
import pytest
from PIL import Image

from api.wiring import House
from ged.errors import Conflict, Forbidden, Refused
from ged.mail.access import Actor
from ged.mail.baskets import basket_of
from ged.mail.custody import Keeper, Way
from ged.mail.item import Letter, State
from ged.mail.moves import Destination, Move, Order
from ged.mail.slip import Box
from ged.services import consult
from ged.services.capture import Door, Receipt
from ged.services.confirm_slip import confirm_slip, set_aside, slip_file
from ged.services.hand_over import paper_file
from ged.services.kept_files import kept_files_of
from ged.services.print_slip import print_slips, printed_slips
from ged.services.seal_pieces import seal_piece
from ged.services.take_back import attach_file, doubtful_files, register_file
from ged.services.transmit import Wanted, transmit, transmittal
from ingest.capture.receive import SheetsBack, receive_scan
from integration.test_acknowledgement import signed_in
from rooms.letters import decide, letter_pdf, proving, send
from scripts.sample_letters.spoil import WAYS
from scripts.sample_letters.ticked import cross, faint

Who = Callable[[str], Actor]


@pytest.fixture
def letter(house: House, kossi: Actor) -> Letter:
    receipt = send(house, kossi, letter_pdf())
    return decide(house, kossi, receipt.letter_id)


def page_of(pdf: bytes, dpi: int = 200, number: int = 0) -> Any:
    return np.ascontiguousarray(pypdfium2.PdfDocument(pdf)[number].render(scale=dpi / 72).to_numpy()[..., :3])


def scan_of(pages: Sequence[Any], way: str = "gris200") -> bytes:
    """Return pages as a scanner gives them: one PDF of images."""
    spoil, dpi = WAYS[way]
    images = [Image.fromarray(spoil(page.copy(), np.random.default_rng(3))[..., ::-1]) for page in pages]
    out = BytesIO()
    images[0].save(out, "PDF", save_all=True, append_images=images[1:], resolution=dpi, quality=80)
    return out.getvalue()


def ticked(page: Any, boxes: Sequence[Box], names: Sequence[str]) -> Any:
    for box in boxes:
        if box.name in names:
            cross(page, page.shape[1] / 210, box, np.random.default_rng(len(box.name)))
    return page


def scanned(house: House, actor: Actor, data: bytes) -> Receipt | SheetsBack:
    return receive_scan(BytesIO(data), "scan.pdf", door=Door.FOLDER, actor=actor, entrance=house.entrance)


def a_slip(
    house: House, client: httpx.Client, actor: Actor, letter: Letter, authority: str = ""
) -> tuple[str, Any, tuple[Box, ...]]:
    """Return (id, its page as printed, its boxes)."""
    (made,) = print_slips([letter.id], authority, store=house.store, actor=actor, clock=house.clock)
    pdf = client.get(f"/fiches.pdf?f={made}", headers=signed_in(house, "kossi")).content
    (found,) = printed_slips([made], store=house.store, actor=actor, today=house.clock().date())
    return made, page_of(pdf), found.slip.layout.boxes


def registered(house: House, actor: Actor) -> int:
    with house.store.unit() as unit:
        return unit.letters.count()


@pytest.mark.parametrize("way", ["retourne", "grain"])
def test_what_is_ticked_on_paper_is_proposed_and_confirmed_in_the_name_of_the_authority(
    house: House, letter: Letter, kossi: Actor, who: Who, client: httpx.Client, way: str
) -> None:
    slip_id, page, boxes = a_slip(house, client, kossi, letter)
    names = ["to:e:DAF-COMPTA", "cc:e:DAF-MAT", "mention:suite", "days:8"]
    before = registered(house, kossi)
    back = scanned(house, kossi, scan_of([ticked(page, boxes, names)], way))
    assert isinstance(back, SheetsBack)
    assert registered(house, kossi) == before, "a slip is no letter and takes no number"
    file = slip_file(slip_id, store=house.store, actor=kossi, clock=house.clock)
    read = file.proposed
    assert (read.to, read.mention, read.copies, read.doubts) == ("e:DAF-COMPTA", "suite", ("DAF-MAT",), ())
    with house.store.unit() as unit:
        calendar = unit.organisation.calendar(letter.tenant_id)
    assert read.due_date == calendar.after(house.clock().date(), 8)
    order = Order(Move.ASSIGN, None, Destination("DAF-COMPTA"), "suite", due_date=read.due_date, copies=("DAF-MAT",))
    with pytest.raises(Forbidden):
        confirm_slip(slip_id, order, store=house.store, actor=who("sg"), clock=house.clock)
    changed = confirm_slip(slip_id, order, store=house.store, actor=kossi, clock=house.clock)
    assert (changed.state, changed.service_id) == (State.ASSIGNED, "DAF-COMPTA")
    step = consult.letter_file(letter.id, store=house.store, actor=kossi, clock=house.clock).steps[-1]
    assert step.name == "M. Agbodjan, saisi par A. Kossi d'après la fiche signée"
    assert (step.login, step.title) == ("kossi", "Directeur des affaires administratives et financières")
    with pytest.raises(Conflict):
        confirm_slip(slip_id, order, store=house.store, actor=kossi, clock=house.clock)
    (piece,) = kept_files_of(letter.id, store=house.store, actor=kossi)
    proof = {name: value for name, value in proving(house, kossi).items() if name != "actor"}
    seal_piece(piece.id, **proof)
    seal_piece(piece.id, **proof)
    (piece,) = kept_files_of(letter.id, store=house.store, actor=kossi)
    assert piece.sealed_at is not None, "the scan is a sealed piece of the letter"
    assert house.ledger.head().size == 1
    shown = client.get(f"/courrier/{letter.id}/gardees/{piece.id}", headers=signed_in(house, "kossi"))
    assert shown.content.startswith(b"%PDF")


def test_two_addressees_or_a_doubt_choose_nothing_and_say_so(
    house: House, letter: Letter, kossi: Actor, who: Who, client: httpx.Client
) -> None:
    slip_id, page, boxes = a_slip(house, client, kossi, letter)
    both = ticked(page, boxes, ["to:e:DAF-COMPTA", "to:e:DAF-MAT"])
    spot = next(box for box in boxes if box.name == "mention:suite")
    cv2.circle(both, (round((spot.x + 2) * 7.874), round((spot.y + 2) * 7.874)), 2, (60, 60, 60), -1)
    scanned(house, kossi, scan_of([both], "propre"))
    file = slip_file(slip_id, store=house.store, actor=kossi, clock=house.clock)
    assert (file.proposed.to, file.proposed.mention) == ("", "")
    assert any("Plusieurs destinataires" in one for one in file.proposed.doubts)
    assert any("Case douteuse : Suite à donner" in one for one in file.proposed.doubts)
    listing = basket_of("fiches-revenues", who("daf")).listing(who("daf"), house.clock().date())
    rows = consult.letters(listing, store=house.store, actor=who("daf")).rows
    assert [row.letter.id for row in rows] == [letter.id]
    with pytest.raises(Forbidden):
        set_aside(slip_id, store=house.store, actor=who("sg"), clock=house.clock)
    set_aside(slip_id, store=house.store, actor=who("daf"), clock=house.clock)
    assert consult.letters(listing, store=house.store, actor=who("daf")).total == 0


def test_a_scan_that_shows_no_pale_mark_says_no_box_is_empty_and_chooses_nothing(
    house: House, letter: Letter, kossi: Actor, client: httpx.Client
) -> None:
    slip_id, page, boxes = a_slip(house, client, kossi, letter)
    ticked(page, boxes, ["to:e:DAF-COMPTA"])
    lost = next(box for box in boxes if box.name == "to:e:DAF-MAT")
    faint(page, page.shape[1] / 210, lost, np.random.default_rng(1))
    assert isinstance(scanned(house, kossi, scan_of([page], "fax")), SheetsBack)
    read = slip_file(slip_id, store=house.store, actor=kossi, clock=house.clock).proposed
    assert (read.to, read.mention, read.due_date) == ("", "", None)
    (said,) = [one for one in read.doubts if "traits pâles" in one]
    assert said.split("Coché à coup sûr : ")[1].startswith("DCO ")
    assert "DMA" not in said.split("sûr")[1]


def test_a_slip_too_torn_to_lay_straight_proposes_nothing(
    house: House, letter: Letter, kossi: Actor, client: httpx.Client
) -> None:
    slip_id, page, boxes = a_slip(house, client, kossi, letter)
    ticked(page, boxes, ["to:e:DAF-COMPTA"])
    page[-int(page.shape[0] * 0.08) :] = 250
    assert isinstance(scanned(house, kossi, scan_of([page])), SheetsBack)
    file = slip_file(slip_id, store=house.store, actor=kossi, clock=house.clock)
    assert file.proposed.to == ""
    assert "redressée" in file.proposed.doubts[0]
    assert file.may_confirm


def test_the_secretariat_of_the_cabinet_confirms_for_the_minister(
    house: House, kossi: Actor, who: Who, client: httpx.Client
) -> None:
    receipt = send(house, kossi, letter_pdf(reference="7/2026"))
    letter = decide(house, kossi, receipt.letter_id, service_id="CAB")
    slip_id, page, boxes = a_slip(house, client, kossi, letter, "MIN")
    scanned(house, kossi, scan_of([ticked(page, boxes, ["to:e:SG", "mention:parler"])]))
    shown = {
        login: slip_file(slip_id, store=house.store, actor=who(login), clock=house.clock).may_confirm
        for login in ("ministre", "adjovi", "dircab")
    }
    assert shown == {"ministre": True, "adjovi": True, "dircab": False}
    listing = basket_of("fiches-revenues", who("adjovi")).listing(who("adjovi"), house.clock().date())
    assert consult.letters(listing, store=house.store, actor=who("adjovi")).total == 1
    order = Order(Move.ASSIGN, None, Destination("SG"), "parler")
    changed = confirm_slip(slip_id, order, store=house.store, actor=who("adjovi"), clock=house.clock)
    step = consult.letter_file(letter.id, store=house.store, actor=kossi, clock=house.clock).steps[-1]
    assert changed.service_id == "SG"
    assert step.name == "Mme A. Dogbé, saisi par S. Adjovi d'après la fiche signée"


def sheet_pages(house: House, client: httpx.Client, transmittal_id: str) -> Any:
    pdf = client.get(f"/bordereaux/{transmittal_id}/bordereau.pdf", headers=signed_in(house, "kossi")).content
    return page_of(pdf)


def signed(page: Any) -> Any:
    dots = page.shape[1] / 210
    r = np.random.default_rng(5)
    points = [(int((118 + 4 * n) * dots), int((258 + r.uniform(-6, 6)) * dots)) for n in range(14)]
    cv2.polylines(page, [np.array(points, np.int32)], isClosed=False, color=(120, 40, 20), thickness=3)
    return page


@pytest.mark.parametrize("way", ["pale", "telephone"])
def test_the_signed_sheet_that_comes_back_is_the_discharge(
    house: House, letter: Letter, kossi: Actor, client: httpx.Client, way: str
) -> None:
    made = transmit(
        Wanted("transmission", (letter.id,), Keeper("DAF")), store=house.store, actor=kossi, clock=house.clock
    )[0]
    before = registered(house, kossi)
    data = scan_of([signed(sheet_pages(house, client, made.id))], way)
    assert isinstance(scanned(house, kossi, data), SheetsBack)
    closed = transmittal(made.id, store=house.store, actor=kossi)
    assert closed.discharge is not None
    assert (closed.discharge.way, closed.discharge.recorded_by, closed.awaited) == (Way.SLIP, "A. Kossi", 0)
    assert closed.discharge.proof == closed.scan
    standing = paper_file(letter.id, store=house.store, actor=kossi).standing
    assert standing is not None
    assert standing.keeper == Keeper("DAF")
    assert isinstance(scanned(house, kossi, data), SheetsBack), "the same file again changes nothing"
    assert doubtful_files(store=house.store, actor=kossi) == ()
    assert registered(house, kossi) == before


def test_a_sheet_in_doubt_waits_for_a_person_and_nothing_is_lost(
    house: House, letter: Letter, kossi: Actor, who: Who, client: httpx.Client
) -> None:
    made = transmit(
        Wanted("transmission", (letter.id,), Keeper("DAF")), store=house.store, actor=kossi, clock=house.clock
    )[0]
    page = sheet_pages(house, client, made.id)
    other = page_of(letter_pdf(reference="autre"))
    for pages, doubt in (([page], "paraît vide"), ([signed(page.copy()), other], "d'autres pages")):
        back = scanned(house, kossi, scan_of(pages))
        assert isinstance(back, SheetsBack)
        assert doubt in back.sheets[0].sentence
    assert transmittal(made.id, store=house.store, actor=kossi).awaited == 1
    (first, _), (second, _) = doubtful_files(store=house.store, actor=kossi)
    assert doubtful_files(store=house.store, actor=who("daf")) == ()
    page_shown = client.get("/retours", headers=signed_in(house, "kossi")).text
    assert made.number in page_shown
    receipt = register_file(second.id, store=house.store, vault=house.vault, actor=kossi, clock=house.clock)
    assert consult.letter(receipt.letter_id, store=house.store, actor=kossi).page_count == 2
    attach_file(first.id, store=house.store, actor=kossi, clock=house.clock)
    assert transmittal(made.id, store=house.store, actor=kossi).awaited == 0
    with pytest.raises(Refused):
        attach_file(first.id, store=house.store, actor=kossi, clock=house.clock)


def test_a_stranger_s_sheet_is_a_letter(
    house: House, letter: Letter, kossi: Actor, who: Who, client: httpx.Client
) -> None:
    _, page, _ = a_slip(house, client, kossi, letter)
    assert isinstance(scanned(house, who("ceet"), scan_of([page])), Receipt)
