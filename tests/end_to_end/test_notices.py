"""A head is told, opens by keyboard, chooses e-mails; the secretary general sees what is late; axe looks on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Browser, Page, expect

from api.wiring import House
from end_to_end.test_pages import PHONE, faults_of
from ged.mail.access import Actor
from ged.services.remind import remind
from rooms.letters import decide, letter_pdf, send


def test_notices_are_read_by_keyboard_chosen_on_the_account_and_lateness_is_seen_above(
    house: House,
    kossi: Actor,
    page: Page,
    browser: Browser,
    sign_in: Callable[[Page, str], Page],
    server: str,
    errors: list[str],
) -> None:
    late = house.clock().date() - timedelta(days=40)
    letters = [
        decide(house, kossi, send(house, kossi, letter_pdf(reference=f"{n}/2026")).letter_id, service_id="CAB")
        for n in range(2)
    ]
    with house.store.unit() as unit:
        due = unit.letters.get(letters[0].id, None)
        unit.letters.change(due, due_date=late, delay_days=None)
        unit.commit()
    remind(store=house.store, clock=house.clock)

    keys = sign_in(page, "dircab").keyboard
    expect(page.locator(".bell")).to_contain_text("3 non lus")
    keys.press("g")
    keys.press("n")
    expect(page.locator("h1")).to_contain_text("Avis et rappels 3 non lus")
    expect(page.locator(".notices")).to_contain_text("Rappel 3")
    assert faults_of(page) == []
    keys.press("j")
    keys.press("Enter")
    expect(page.locator("h1")).to_contain_text("ARR-")
    assert faults_of(page) == []
    page.goto(f"{server}/avis")
    page.get_by_role("button", name="Tout marquer comme lu").click()
    expect(page.locator("h1")).to_contain_text("0 non lu")
    page.goto(f"{server}/compte")
    expect(page.locator("#avis")).to_contain_text("dircab@mines.example")
    page.select_option("#choice-echeances", "immediat")
    page.select_option("#hour", "8")
    page.locator("#avis button").click()
    expect(page.locator("#avis .done")).to_contain_text("enregistré")
    expect(page.locator("#choice-echeances")).to_have_value("immediat")
    assert faults_of(page) == []
    page.goto(f"{server}/courriels")
    assert faults_of(page) == []

    phone = browser.new_context(viewport=PHONE, has_touch=True, locale="fr-FR")  # type: ignore[arg-type]
    above = sign_in(phone.new_page(), "sg")
    above.goto(f"{server}/b/en-retard")
    expect(above.locator(".list tbody tr")).to_contain_text("Remonté")
    assert faults_of(above) == []
    above.locator(".bell").tap()
    above.locator(".notices a").first.tap()
    expect(above.locator(".letter-head")).to_contain_text("Remonté")
    assert above.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    phone.close()
