"""The same letter twice is answered by keyboard; what was learned, and how well it is read, is shown to all."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from api.wiring import House
from end_to_end.test_correspondents import sound
from ged.mail.access import Actor
from ged.mail.qualification import Field
from ingest.models.nightly import train_models
from integration.test_near_duplicates import BODY, scan
from rooms.learning import decisions, propose, read_letter
from rooms.letters import decide, letter_pdf, read_all, send

SignIn = Callable[[Page, str], Page]


def test_a_letter_received_twice_is_compared_and_closed_by_keyboard(
    house: House, kossi: Actor, page: Page, errors: list[str], sign_in: SignIn, server: str
) -> None:
    pdf = letter_pdf(body=BODY)
    first, second = (send(house, kossi, data) for data in (pdf, scan(pdf)))
    read_all(house)
    page.set_viewport_size({"width": 1366, "height": 768})
    keys = sign_in(page, "kossi").keyboard
    page.goto(f"{server}/courrier/{second.letter_id}?dans=a-qualifier")
    expect(page.locator(".same-letter")).to_contain_text(first.number)
    sound(page)
    correct_the_text(page, server, second.letter_id)
    page.goto(f"{server}/courrier/{second.letter_id}?dans=a-qualifier")
    page.get_by_role("link", name="Comparer").press("Enter")
    expect(page.locator(".two-sheets img")).to_have_count(2)
    sound(page)
    keys.press("d")
    keys.press("Enter")
    expect(page.locator("#liens")).to_contain_text(first.number)
    expect(page.locator(".letter-head .chip").first).to_have_text("Sans suite")
    sound(page)
    page.get_by_role("button", name="Ce n'est pas le même courrier").press("Enter")
    expect(page.locator("#qualification")).to_be_visible()
    expect(page.locator(".same-letter")).to_have_count(0)


def correct_the_text(page: Page, server: str, letter_id: str) -> None:
    """A word is put right beside the image, and kept with its version."""
    page.goto(f"{server}/courrier/{letter_id}/texte")
    page.get_by_role("link", name="Corriger le texte de la page 1").press("Enter")
    page.locator("#texte").press("Control+End")
    page.keyboard.type(" Lampadophore")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#page-1")).to_contain_text("Lampadophore")
    page.get_by_role("link", name="Corriger le texte de la page 1").press("Enter")
    expect(page.locator("summary", has_text="Version 1")).to_be_visible()
    sound(page)


def test_quality_and_models_are_sound_pages(
    house: House, kossi: Actor, page: Page, errors: list[str], sign_in: SignIn, server: str
) -> None:
    decisions(house, kossi, 60, seed=1)
    train_models(house.store, house.vault, house.clock)
    letter_id = read_letter(house, kossi, "Objet : facture", "qualite")
    propose(house, letter_id, {Field.SUBJECT: "Demande d'autorisation d'exploitation", Field.KIND: "facture"})
    decide(house, kossi, letter_id)
    page.set_viewport_size({"width": 1366, "height": 768})
    sign_in(page, "admin")
    page.goto(f"{server}/qualite")
    expect(page.locator(".curves figure")).to_have_count(8)
    sound(page)
    page.goto(f"{server}/modeles")
    expect(page.get_by_role("button", name="Revenir aux mots")).to_have_count(3)
    sound(page)
    page.get_by_role("button", name="Revenir aux mots").first.press("Enter")
    page.get_by_role("button", name="Mettre en service le modèle").press("Enter")
    expect(page.get_by_role("button", name="Revenir aux mots")).to_have_count(3)
