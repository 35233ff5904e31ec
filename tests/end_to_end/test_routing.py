"""A head, an officer and an adviser pass a letter on, by keyboard on a desk, by touch on a phone; axe looks on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from api.wiring import House
from end_to_end.test_pages import PHONE, faults_of
from ged.mail.access import Actor
from ged.mail.baskets import TO_QUALIFY
from ged.mail.moves import Move, Order
from ged.services import consult
from ged.services.route import move
from rooms.letters import decide

SignIn = Callable[[Page, str], Page]
Who = Callable[[str], Actor]


@pytest.fixture
def qualified(mail: House, kossi: Actor) -> str:
    """A letter that was qualified for the finance department."""
    letter_id = consult.letters(TO_QUALIFY, store=mail.store, actor=kossi).rows[0].letter.id
    decide(mail, kossi, letter_id)
    return letter_id


def test_a_letter_is_assigned_by_keyboard_advised_on_a_phone_and_closed(
    mail: House, qualified: str, page: Page, browser: Browser, sign_in: SignIn, server: str, who: Who, errors: list[str]
) -> None:
    keys = sign_in(page, "daf").keyboard
    expect(page.locator("h1")).to_contain_text("À affecter")
    keys.press("j")
    keys.press("Enter")
    expect(page.locator(".holder")).to_contain_text("DAF")
    keys.press("t")
    expect(page.locator("#imputer-a")).to_be_focused()
    keys.type("R. Kpodar")
    keys.press("Tab")
    keys.press("ArrowDown")
    keys.press("Tab")
    keys.press("Tab")
    keys.type("Vérifier le solde avant vendredi.")
    keys.press("Control+Enter")
    expect(page.locator(".holder")).to_contain_text("Comptable")
    expect(page.locator("blockquote")).to_contain_text("Vérifier le solde")
    keys.press("u")
    expect(page.locator("[data-act=se_raviser]")).to_be_focused()
    assert faults_of(page) == []

    phone = browser.new_context(viewport=PHONE, has_touch=True, locale="fr-FR")  # type: ignore[arg-type]
    officer = sign_in(phone.new_page(), "comptable")
    officer.locator(".list a").first.tap()
    officer.locator(".tabs button").nth(1).tap()
    officer.locator("[data-act=prendre_en_charge]").tap()
    expect(officer.locator(".done")).to_contain_text("En traitement")
    officer.locator("details[data-act=demander_avis] summary").tap()
    officer.select_option("#demander_avis-a", "p:DAJ-1")
    officer.fill("#demander_avis-text", "Est-ce dû ?")
    officer.locator("details[data-act=demander_avis] button.main").tap()
    expect(officer.locator(".opinions")).to_contain_text("Avis attendu")
    assert faults_of(officer) == []
    assert officer.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    phone.close()

    desk = browser.new_context(locale="fr-FR")
    adviser = sign_in(desk.new_page(), "daj")
    adviser.goto(f"{server}/b/avis")
    adviser.keyboard.press("j")
    adviser.keyboard.press("Enter")
    expect(adviser.locator(".answer")).to_contain_text("Est-ce dû ?")
    assert faults_of(adviser) == []
    adviser.check("input[value=defavorable]")
    adviser.locator(".answer button").click()
    expect(adviser.locator(".fault, .summary, .empty")).to_contain_text("Expliquez")
    adviser.go_back()
    adviser.check("input[value=defavorable]")
    adviser.locator(".answer textarea").fill("La facture est déjà payée.")
    adviser.locator(".answer button").click()
    expect(adviser.locator(".empty")).to_contain_text("Aucun avis à donner")
    desk.close()

    file = consult.letter_file(qualified, store=mail.store, actor=who("daf"), clock=mail.clock)
    assert [each.verdict for each in file.opinions] == ["defavorable"]
    assert file.letter.position_id == "DAF-A1"


def test_several_letters_are_assigned_at_once_and_one_that_moved_says_so(
    mail: House, kossi: Actor, page: Page, sign_in: SignIn, who: Who
) -> None:
    rows = consult.letters(TO_QUALIFY, store=mail.store, actor=kossi).rows[:3]
    for row in rows:
        decide(mail, kossi, row.letter.id)
    keys = sign_in(page, "daf").keyboard
    expect(page.locator("h1")).to_contain_text("3 courriers")
    for _ in rows:
        keys.press("j")
        keys.press("x")
    expect(page.locator("input[name=choix]:checked")).to_have_count(3)
    assert faults_of(page) == []
    order = Order(Move.TAKE, None)
    taken = page.locator("input[name=choix]").nth(1).get_attribute("value") or ""
    move(taken.partition(":")[0], order, store=mail.store, actor=who("daf"), clock=mail.clock)
    page.select_option("#bulk-a", "p:DAF-A1")
    page.locator(".bulk button[value=imputer]").click()
    expect(page.locator(".done")).to_contain_text("2 courriers")
    expect(page.locator(".fault li")).to_have_count(1)
    expect(page.locator(".fault")).to_contain_text("pendant que vous le lisiez")
    keys.press("u")
    keys.press("Enter")
    expect(page.locator("input[name=choix]")).to_have_count(2)
    keys.press("j")
    keys.press("x")
    keys.press("j")
    keys.press("Shift+X")
    keys.press("1")
    expect(page.locator(".done")).to_contain_text("2 courriers")
    assert {consult.letter(row.letter.id, store=mail.store, actor=who("daf")).service_id for row in rows} == {
        "DAF",
        "DAF-COMPTA",
    }
    page.set_viewport_size({"width": 390, "height": 844})
    assert faults_of(page) == []
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0


def test_a_stale_screen_says_so_and_keeps_what_was_typed(
    qualified: str, page: Page, browser: Browser, sign_in: SignIn, server: str
) -> None:
    sign_in(page, "daf").goto(f"{server}/courrier/{qualified}")
    page.locator("details[data-act=retourner] summary").click()
    page.fill("#retourner-text", "Relève des mines")
    other = browser.new_context(locale="fr-FR")
    first = sign_in(other.new_page(), "ministre")
    first.goto(f"{server}/courrier/{qualified}")
    first.locator("details[data-act=imputer] > summary").click()
    first.select_option("#imputer-a", "e:DAF-COMPTA")
    first.locator("details[data-act=imputer] button.main").click()
    expect(first.locator(".done")).to_contain_text("Affecté")
    other.close()
    page.locator("details[data-act=retourner] button.main").click()
    expect(page.locator(".summary")).to_contain_text("pendant que vous le lisiez")
    expect(page.locator(".summary")).to_contain_text("Relève des mines")
    expect(page.locator("details[data-act=retourner]")).to_have_count(0)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("login", ["ministre", "comptable", "lawson"])
def test_each_basket_is_clean(
    qualified: str, page: Page, sign_in: SignIn, server: str, login: str, language: str
) -> None:
    assert qualified
    page.goto(f"{server}/langue/{language}?suite=/connexion")
    sign_in(page, login)
    addresses = [link.get_attribute("href") or "" for link in page.locator(".rail a").all()]
    assert len(addresses) >= 4
    for address in addresses:
        page.goto(server + address)
        assert faults_of(page) == [], address
