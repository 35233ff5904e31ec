"""The journal by keyboard: lines are found, one is proved, a phone shows it whole, and an administrator sees less."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from api.config import Settings
from api.shipping import open_shipper
from api.wiring import House
from end_to_end.test_audits import shot
from end_to_end.test_pages import faults_of
from ged.mail.access import Actor
from ged.services import consult
from rooms.letters import decide, letter_pdf, send

SignIn = Callable[[Page, str], Page]
DESK: ViewportSize = {"width": 1366, "height": 768}
PHONE: ViewportSize = {"width": 390, "height": 844}
WIDE = "document.scrollingElement.scrollWidth - innerWidth"


@pytest.fixture
def number(house: House, kossi: Actor, who: Callable[[str], Actor], settings: Settings) -> str:
    """The number of a letter that was read, beside one that the auditor may not see; all of it inscribed."""
    lawson = who("lawson")
    hidden = send(house, kossi, letter_pdf(reference="2/J")).letter_id
    decide(house, lawson, hidden, service_id="DAJ", confidentiality="personnel")
    shown = decide(house, lawson, send(house, kossi, letter_pdf(reference="1/J")).letter_id, service_id="DAJ")
    consult.letter_file(shown.id, store=house.store, actor=who("daj"), clock=house.clock)
    with open_shipper(settings) as shipper:
        shipper.round()
    return shown.number


def test_an_auditor_finds_lines_by_keyboard_and_takes_a_proof(
    number: str, page: Page, errors: list[str], sign_in: SignIn, server: str
) -> None:
    page.context.add_cookies([{"name": "ged_langue", "value": "fr", "url": server}])
    keys = sign_in(page, "audit").keyboard
    page.goto(f"{server}/journal")
    expect(page.locator("h1")).to_contain_text("Journal")
    expect(page.locator("tbody")).to_contain_text("Contenu non ouvert à votre poste")
    assert faults_of(page) == []
    shot(page, "journal")

    for _ in range(9):  # over lines of which nothing is open, too
        keys.press("j")
    assert page.evaluate("document.activeElement.closest('tr').querySelector('.number span').innerText") == "1"

    page.locator("#qui").focus()
    keys.type("kossi")
    keys.press("Tab")
    keys.type("Enregistr")
    page.locator("#n").focus()
    keys.type(number)
    keys.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text(number)
    assert page.locator("#acte").input_value() == "courrier.capture"
    page.locator("tbody summary").press("Enter")
    assert faults_of(page) == []
    shot(page, "journal-filtre")

    with page.expect_download() as given:
        page.locator(".proof").press("Enter")
    with zipfile.ZipFile(given.value.path()) as archive:
        line = json.loads(archive.read("inscription.json"))
        assert (line["act"], line["login"]) == ("courrier.capture", "kossi")
        assert archive.read("inscription.tlog-proof").startswith(b"c2sp.org/tlog-proof@v1\n")

    page.goto(f"{server}/journal?du=jamais")
    expect(page.get_by_role("alert")).to_contain_text("n'est pas lisible")
    assert faults_of(page) == []
    assert [each for each in errors if "422" not in each] == []
    errors.clear()
    page.goto(f"{server}/journal?qui=personne")
    expect(page.locator(".empty h2")).to_have_text("Aucune ligne ne correspond")
    assert faults_of(page) == []
    shot(page, "journal-vide")


@pytest.mark.parametrize("login", ["audit", "admin"])
def test_a_phone_shows_the_journal_whole(
    number: str, page: Page, errors: list[str], sign_in: SignIn, server: str, login: str
) -> None:
    del errors
    sign_in(page, login)
    for address in ("/journal", "/etat", "/integrite", "/audits"):
        page.set_viewport_size(DESK)
        page.goto(server + address)
        shot(page, f"{login}{address.replace('/', '-')}-bureau")
        page.set_viewport_size(PHONE)
        page.goto(server + address)
        assert faults_of(page) == [], address
        assert page.evaluate(WIDE) <= 0, address
        shot(page, f"{login}{address.replace('/', '-')}-telephone")
    page.goto(f"{server}/journal")
    assert (number in page.locator("tbody").inner_text()) is (login == "audit")
