"""An officer opens a dossier from a structure, drops files in, says what they are, and meets another's version."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from api.disposals import hands_of
from api.wiring import House
from end_to_end.test_correspondents import sound
from ged.mail.access import Actor
from ged.services import dossier, dossier_pieces
from retention.disposal.carry_out import carry_out
from rooms.disposals import approved, over_piece
from rooms.letters import letter_pdf, read_all

SignIn = Callable[[Page, str], Page]


def test_an_officer_keeps_the_pieces_of_a_permit(
    house: House,
    who: Callable[[str], Actor],
    page: Page,
    errors: list[str],
    sign_in: SignIn,
    server: str,
    tmp_path: Path,
) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    first, second = tmp_path / "plan de bornage.pdf", tmp_path / "plan corrigé.pdf"
    first.write_bytes(letter_pdf(subject="Plan"))
    second.write_bytes(letter_pdf(subject="Plan corrigé"))
    (wrong := tmp_path / "outil.exe").write_bytes(b"MZ\x90\x00 rien")

    # Opened by keyboard, with the structure of a permit.
    keys = sign_in(page, "daf").keyboard
    page.goto(f"{server}/dossiers/nouveau")
    page.locator("#title").focus()
    keys.type("Carrière de Tsévié")
    page.select_option("#model", "permis")
    sound(page)
    page.locator("#title").press("Enter")
    expect(page.locator("h1")).to_contain_text("Carrière de Tsévié")
    (one,), _ = dossier.found("", store=house.store, actor=who("daf"))
    assert one.parts[:2] == ("Demande", "Instruction technique")

    # Two files at once: one goes in, the other says why not.
    page.set_input_files("#files", [first, wrong])
    page.select_option("#into", "Demande")
    page.locator("#drop button").click()
    expect(page.locator(".done")).to_contain_text("1 pièce déposée")
    expect(page.locator(".summary")).to_contain_text("outil.exe")
    sound(page)

    # What it is: its kind shows its fields, a missing one is asked for.
    page.locator("td.subject a", has_text="plan de bornage").click()
    page.select_option("#kind", "titre_minier")
    page.fill("#meta-numero", "PE-17")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".summary")).to_contain_text("Titulaire")
    sound(page)
    page.fill("#meta-titulaire", "SCM")
    page.fill("#meta-expire_le", "31/12/2030")
    page.locator("#meta-expire_le").press("Enter")
    expect(page.locator(".summary")).to_have_count(0)
    expect(page.locator("#meta-expire_le")).to_have_value("31/12/2030")

    # A file dropped on the page waits for its button; meanwhile somebody else brought a version: nothing is lost.
    data = page.evaluate_handle(
        "() => { const t = new DataTransfer(); t.items.add(new File(['%PDF-1.7'], 'brouillon.pdf')); return t }"
    )
    page.dispatch_event("body", "drop", {"dataTransfer": data})
    expect(page.locator("p.dropped")).to_have_text("brouillon.pdf")
    piece, _ = dossier_pieces.pieces_of(one.id, store=house.store, actor=who("daf"))[0]
    stored = house.vault.put(BytesIO(second.read_bytes()), media_type="application/pdf", tenant_id="MME")
    other = dossier_pieces.Brought(stored, "application/pdf", second.name)
    kossi = who("kossi")
    by: dict[str, Any] = {"store": house.store, "actor": kossi, "clock": house.clock}
    dossier_pieces.bring_version(one.id, piece.id, other, made_from=1, **by)
    page.set_input_files("#files", first)
    page.locator("#drop button").click()
    expect(page.locator(".summary")).to_contain_text(f"{kossi.name} a déposé la version 2")
    expect(page.locator("#drop button")).to_contain_text("version 3")
    read_all(house)
    page.goto(page.url.removesuffix("/versions"))
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody")).to_contain_text("Scellé")

    # Reserved while one works on it, then withdrawn with a reason.
    page.locator("button", has_text="Réserver").click()
    expect(page.locator(".note")).to_contain_text("Vous l'avez réservée")
    sound(page)
    page.locator("summary", has_text="Retirer").click()
    page.fill("#why", "Déposée au mauvais dossier")
    page.locator("#why").press("Enter")
    expect(page.locator(".note")).to_contain_text(re.compile("Retirée du dossier : Déposée au mauvais dossier"))
    sound(page)
    errors[:] = [said for said in errors if "409" not in said and "422" not in said]  # refusals, which were read
    page.locator("#back").click()
    expect(page.locator("s")).to_have_text("plan de bornage")
    sound(page)


def test_a_piece_on_a_list_and_after_it_is_shown_to_the_archivist_and_to_its_unit(
    house: House, who: Callable[[str], Actor], page: Page, errors: list[str], sign_in: SignIn, server: str
) -> None:
    case, piece = over_piece(house, who, "Plan de bornage")
    sign_in(page, "archives")
    page.goto(f"{server}/dossiers/{case}")
    expect(page.locator("main")).to_contain_text("À conserver jusqu'au 3 mars 2021, parce que")
    sound(page)
    one = approved(house, who)
    page.goto(f"{server}/eliminations/{one.id}")
    row = page.locator("tbody tr", has_text="Plan de bornage")
    expect(row).to_contain_text("Pièce de dossier")
    sound(page)
    carry_out(one.id, hands_of(house))
    page.goto(f"{server}/eliminations/{one.id}")
    expect(row).to_contain_text("Détruit")
    row.locator("a").click()
    expect(page).to_have_url(f"{server}/dossiers/{case}/pieces/{piece}")
    expect(page.locator("#destroyed")).to_contain_text("Ses versions ont été détruites le")
    expect(page.locator("#open")).to_have_count(0)
    sound(page)
    page.goto(f"{server}/dossiers/{case}")
    expect(page.locator("td.subject", has_text="Plan de bornage")).to_contain_text(f"certificat {one.number}")
    sound(page)
    assert errors == []
