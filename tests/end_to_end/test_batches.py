"""A pile on the board by keyboard: cut, turned, moved, set aside, undone, found again after a crash, then entered."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from api.wiring import House
from end_to_end.test_pages import PHONE, faults_of
from ged.mail.access import Actor
from rooms.letters import read_all
from rooms.lots import a_blank, a_letter, lot_sheet, scan, separator

SignIn = Callable[[Page, str], Page]


def piles(page: Page) -> list[int]:
    return [each.locator(".leaf").count() for each in page.locator(".pile:not(.aside)").all()]


def test_a_pile_is_prepared_by_keyboard_and_survives_a_crash(
    house: House, kossi: Actor, page: Page, browser: Browser, sign_in: SignIn, server: str, errors: list[str]
) -> None:
    pile = scan([
        lot_sheet(house, kossi, 3, 5), separator(house, kossi, entity="DAF"), *a_letter("Demande de stage", 2),
        a_blank(), separator(house, kossi), *a_letter("Facture de gravier"), *a_letter("Plainte", 2),
    ])  # fmt: skip
    sign_in(page, "kossi").goto(f"{server}/lots")
    page.set_input_files("#lot-files", {"name": "pile.pdf", "mimeType": "application/pdf", "buffer": pile})
    assert faults_of(page) == []
    page.click("#lot-new button.main")
    expect(page.locator("#lot-progress")).to_contain_text("0 / 9")
    assert faults_of(page) == []
    read_all(house)
    expect(page.locator("h1")).to_have_text("Courrier du matin")
    expect(page.locator(".pile:not(.aside)")).to_have_count(2)
    assert piles(page) == [3, 3]
    expect(page.locator("#counted")).to_contain_text("2 plis (3 annoncés)")
    assert faults_of(page) == []

    press = page.keyboard.press
    for _ in range(5):
        press("ArrowRight")
    expect(page.locator("#c-1-8")).to_be_focused()
    press("c")
    expect(page.locator(".pile:not(.aside)")).to_have_count(3)
    expect(page.locator("#c-1-8")).to_be_focused()
    press("r")
    expect(page.locator("#p-1-8 img")).to_have_class("turn-90")
    press("Control+ArrowRight")
    expect(page.locator("#p-1-8 label")).to_contain_text("Page 2")
    press("u")
    press("u")
    expect(page.locator("#p-1-8 img")).to_have_class("turn-0")
    page.locator("#c-1-5").focus()
    press("Delete")
    expect(page.locator("#board-why")).to_be_visible()
    assert faults_of(page) == []
    page.keyboard.type("Dos vide")
    press("Enter")
    expect(page.locator(".aside")).to_contain_text("Dos vide")
    press("?")
    expect(page.locator("#board-help")).to_be_visible()
    assert faults_of(page) == []
    press("Escape")
    press("Enter")
    expect(page.locator("#board-page img")).to_have_js_property("complete", True)
    press("Escape")

    address = page.url
    page.close(run_before_unload=False)  # the browser is gone: what was done stands
    phone = browser.new_context(viewport=PHONE, has_touch=True, locale="fr-FR")  # type: ignore[arg-type]
    again = sign_in(phone.new_page(), "kossi")
    again.goto(address)
    assert piles(again) == [2, 1, 2]
    assert again.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    assert faults_of(again) == []
    again.locator("label[for=c-1-9]").tap()
    again.locator("button[value=fusionner]").tap()
    expect(again.locator(".pile:not(.aside)")).to_have_count(2)
    again.locator("button[value=annuler]").tap()
    expect(again.locator(".pile:not(.aside)")).to_have_count(3)
    again.locator("#lot-end button").tap()
    expect(again.locator("#lot-progress")).to_contain_text("3 à faire")
    read_all(house)
    expect(again.locator(".outcomes li")).to_have_count(3)
    expect(again.locator(".outcomes a").first).to_contain_text("ARR-")
    again.goto(f"{server}/feuilles-de-lot")
    assert again.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    assert faults_of(again) == []
    phone.close()
