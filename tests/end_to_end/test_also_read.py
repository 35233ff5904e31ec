"""The clerk's screen shows what else was read, where it stands, and what the letter answers: one key accepts all."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from api.wiring import House
from end_to_end.test_pages import faults_of
from ged.mail.access import Actor
from rooms.departures import signed
from rooms.letters import letter_pdf, read_all, send

BODY = (
    "Par lettre citée en référence, vous avez bien voulu demander notre avis sur le dossier de la carrière. "
    "Le montant s'élève à 2 500 000 francs CFA. Votre réponse est attendue au plus tard le 15 décembre 2026."
)


def test_what_a_letter_answers_and_says_besides_is_shown_and_accepted_by_one_key(
    page: Page,
    house: House,
    kossi: Actor,
    who: Callable[[str], Actor],
    sign_in: Callable[..., Page],
    server: str,
    errors: list[str],
) -> None:
    ours = signed(house, who("daf"), who("ministre"))
    receipt = send(house, kossi, letter_pdf(quoted=ours.number, body=BODY))
    read_all(house)
    page.set_viewport_size({"width": 1366, "height": 900})
    sign_in(page)
    page.goto(f"{server}/courrier/{receipt.letter_id}")
    answered = page.get_by_role("checkbox", name=ours.number)
    expect(answered).to_be_checked()
    expect(page.locator("#due_date")).to_have_value("15/12/2026")
    read = page.locator(".also-read")
    expect(read).to_contain_text("2 500 000 F CFA")
    expect(read.get_by_role("link", name="Compléter la fiche")).to_have_attribute("href", re.compile("address=B.P"))
    read.get_by_role("button", name=ours.number).focus()
    expect(page.locator(".evidence.active")).to_have_attribute("data-field", "reference_rappelee")
    assert faults_of(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(".tabs [data-pane=form]").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.select_option("#kind", "demande")
    page.select_option("#service", "DAF")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda address: receipt.letter_id not in address or "fait=" in address)
    page.goto(f"{server}/courrier/{receipt.letter_id}")
    expect(page.locator("#liens")).to_contain_text(ours.number)
