"""Three letters handed over on one sheet and received by a phone; a slip ticked on paper assigns a letter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import zxingcpp
from playwright.sync_api import Browser, Page, expect

from api.wiring import House
from end_to_end.test_pages import PHONE, faults_of
from ged.mail.access import Actor
from ged.mail.baskets import TO_QUALIFY
from ged.services import consult
from ged.services.print_slip import printed_slips
from integration.test_slips import page_of, scan_of
from rooms.letters import decide
from scripts.sample_letters.ticked import cross, tick

SignIn = Callable[[Page, str], Page]


def scan_in(page: Page, server: str, name: str, data: bytes) -> None:
    page.goto(f"{server}/numeriser")
    page.set_input_files("#files", {"name": name, "mimeType": "application/pdf", "buffer": data})
    page.click("#capture button.main")
    expect(page.locator("#sent li.good")).to_have_count(1)


def test_paper_goes_out_on_a_sheet_and_a_slip_comes_back(
    mail: House, kossi: Actor, page: Page, browser: Browser, sign_in: SignIn, server: str
) -> None:
    for row in consult.letters(TO_QUALIFY, store=mail.store, actor=kossi).rows[:3]:
        decide(mail, kossi, row.letter.id)
    sign_in(page, "kossi").goto(f"{server}/b/papier-a-remettre")
    for _ in range(3):
        page.keyboard.press("j")
        page.keyboard.press("x")
    expect(page.locator("input[name=choix]:checked")).to_have_count(3)
    page.click("button[formaction='/bordereaux/nouveau']")
    expect(page.locator("h1")).to_contain_text("3 courriers")
    assert faults_of(page) == []
    page.locator("input[name=observation]").first.fill("2 annexes")
    page.click("form.card button.main")
    expect(page.locator("h1")).to_contain_text("BT-BOC")
    assert faults_of(page) == []
    sheet = page_of(page.request.get(f"{page.url}/bordereau.pdf").body())
    address = zxingcpp.read_barcodes(sheet)[0].text

    phone = browser.new_context(viewport=PHONE, has_touch=True, locale="fr-FR")  # type: ignore[arg-type]
    bearer = phone.new_page()
    bearer.goto(address)
    assert faults_of(bearer) == []
    bearer.fill("#name", "R. Kpodar")
    bearer.locator("button.tall").tap()
    expect(bearer.locator(".done")).to_contain_text("R. Kpodar")
    assert bearer.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    phone.close()
    page.goto(f"{server}/bordereaux")
    expect(page.locator(".list tbody tr")).to_contain_text("Reçu")
    assert faults_of(page) == []

    page.locator(".list tbody a").click()
    page.locator(".sheet-lines a").first.click()
    expect(page.locator("#papier")).to_contain_text("L'original papier est chez DAF")
    page.locator(".slip-print summary").click()
    with page.expect_response("**/fiches.pdf**") as printed:
        page.click(".slip-print button")
    slip = page_of(page.request.get(printed.value.url).body())
    (shown,) = printed_slips(
        parse_qs(urlsplit(printed.value.url).query)["f"], store=mail.store, actor=kossi, today=mail.clock().date()
    )
    layout = shown.slip.layout.boxes
    dots, hand = slip.shape[1] / 210, np.random.default_rng(1)
    for name, act in (("to:e:DAF-COMPTA", cross), ("cc:e:DAF-MAT", tick), ("mention:suite", cross)):
        act(slip, dots, next(box for box in layout if box.name == name), hand)
    scan_in(page, server, "fiche.pdf", scan_of([slip], "travers"))
    expect(page.locator("#sent")).to_contain_text("à confirmer")
    page.goto(f"{server}/b/fiches-revenues")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.click(".slip-back a")
    expect(page.locator("#a")).to_have_value("e:DAF-COMPTA")
    expect(page.locator("#mention")).to_have_value("suite")
    expect(page.locator("input[name=copies]:checked")).to_have_value("DAF-MAT")
    assert faults_of(page) == []
    page.click("button[value=imputer]")
    expect(page.locator(".empty")).to_contain_text("Aucune fiche à confirmer")

    scan_in(page, server, "bordereau.pdf", scan_of([sheet]))
    page.goto(f"{server}/retours")
    expect(page.locator(".returned")).to_contain_text("n'attend plus de décharge")
    assert faults_of(page) == []
    page.click("button[value=rattacher]")
    expect(page.locator(".empty")).to_contain_text("Rien à vérifier")


def test_a_receipt_is_signed_on_the_screen_and_without_a_script(
    mail: House, kossi: Actor, page: Page, browser: Browser, sign_in: SignIn, server: str, errors: list[str]
) -> None:
    first, second = (row.letter.id for row in consult.letters(TO_QUALIFY, store=mail.store, actor=kossi).rows[:2])
    for letter_id in (first, second):
        decide(mail, kossi, letter_id)
    plain = browser.new_context(java_script_enabled=False, locale="fr-FR")
    for each, letter_id, drawn in ((page, first, True), (plain.new_page(), second, False)):
        sign_in(each, "kossi")
        each.goto(f"{server}/courrier/{letter_id}")
        each.locator("#papier details.act summary").click()
        each.fill("#papier-dehors", "Huissier de justice")
        each.click("#papier button[value=remettre]")
        each.click("#papier a.main")
        each.fill("#sign-name", "Me Koffi")
        if drawn:
            assert faults_of(each) == []
            box: Any = each.locator("canvas").bounding_box()
            each.mouse.move(box["x"] + 20, box["y"] + 20)
            each.mouse.down()
            each.mouse.move(box["x"] + 90, box["y"] + 60, steps=6)
            each.mouse.up()
        each.check("input[name=recu]")
        each.click(".sign button.main")
        expect(each.locator("#papier")).to_contain_text("Huissier de justice")
        expect(each.locator("#papier")).to_contain_text("Me Koffi")
    plain.close()
    with mail.store.unit() as unit:
        proofs = [unit.transmittals.discharge_of(unit.custody.of(each)[-1].id) for each in (first, second)]
    assert [bool(one and one.proof) for one in proofs] == [True, False]
