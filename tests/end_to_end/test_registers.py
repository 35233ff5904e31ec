"""A power cut and the turn of the year, by keyboard: reserve, write on paper, enter afterwards, close, verify."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pypdfium2
from playwright.sync_api import Page, expect

from api.wiring import House
from end_to_end.test_pages import faults_of
from ged.mail.access import Actor
from ged.services.capture import Door
from ingest.capture.receive import receive
from rooms.letters import letter_pdf, read_all

SignIn = Callable[[Page, str], Page]


def fill(page: Page, *texts: str) -> None:
    """Type into one field after the other, from the one in focus."""
    for n, text in enumerate(texts):
        if n:
            page.keyboard.press("Tab")
        page.keyboard.press("Control+a")
        page.keyboard.type(text)


def test_numbers_are_reserved_used_on_paper_entered_and_the_year_is_closed(
    house: House, kossi: Actor, page: Page, errors: list[str], sign_in: SignIn, server: str, tmp_path: Path
) -> None:
    eve = replace(house, clock=lambda: datetime(house.clock().year - 1, 12, 31, 15, tzinfo=UTC))
    for n in range(2):
        data = BytesIO(letter_pdf(reference=f"{n}/X"))
        receive(data, "pli.pdf", door=Door.COMMAND, actor=kossi, entrance=eve.entrance)
    scan = tmp_path / "releve.pdf"
    scan.write_bytes(letter_pdf(reference="77/PAPIER"))
    keys = sign_in(page, "kossi").keyboard

    # The clerk sets three numbers apart and prints their sheet.
    page.goto(f"{server}/numeros-reserves")
    page.locator("#b-count").focus()
    fill(page, "3", "Panne de courant")
    keys.press("Enter")
    expect(page.locator("h1")).to_contain_text("1 → 3")
    paper = page.context.request.get(server + (page.locator("#sheet").get_attribute("href") or ""))
    text = pypdfium2.PdfDocument(paper.body())[0].get_textpage().get_text_range()
    assert len(re.findall(r"ARR-\d{4}-00000[123]", text)) >= 3
    assert faults_of(page) == []

    # Afterwards: an hour that cannot be is refused, and what was typed stays; the right one is entered.
    page.set_input_files("#e-file", scan)
    page.locator("#e-day").focus()
    fill(page, "01/01/2020", "9h42")
    keys.press("Enter")
    expect(page.locator(".fault")).to_contain_text("ont été réservés")
    expect(page.locator("#e-hour")).to_have_value("9h42")
    errors.clear()  # the browser reports the 422 itself
    now = house.clock()
    page.set_input_files("#e-file", scan)
    page.locator("#e-day").focus()
    fill(page, f"{now:%d/%m/%Y}", f"{now.hour}h{now.minute:02d}")
    keys.press("Enter")
    expect(page.locator(".done")).to_contain_text("000001 saisi")
    page.locator("#unused summary").focus()
    keys.press("Enter")
    page.locator("#c-reason").focus()
    fill(page, "Courant revenu")
    keys.press("Enter")
    expect(page.locator(".void")).to_have_count(2)
    expect(page.locator("#enter")).to_have_count(0)

    keys.press("g")
    keys.press("a")
    expect(page.locator(".list tbody tr")).to_have_count(3)
    expect(page.locator(".list tbody tr").first).to_contain_text("Courant revenu")
    expect(page.locator(".list tbody tr").last).to_contain_text("saisi d'après le papier")
    keys.press("g")
    keys.press("d")
    expect(page.locator("h1")).to_contain_text("Registre départ")
    page.goto(f"{server}/controle")
    expect(page.locator("details.act")).to_have_count(0)
    page.locator("header form button").last.focus()
    keys.press("Enter")
    page.wait_for_url("**/connexion")

    # The supervisor closes last year: twice asked, then for good; its print is recognised.
    sign_in(page, "lawson").goto(f"{server}/controle")
    assert faults_of(page) == []
    page.locator("details.act summary").focus()
    keys.press("Enter")
    page.locator("input[name=certain]").focus()
    fill(page, "1999")
    keys.press("Enter")
    expect(page.locator(".fault")).to_contain_text("retapez")
    errors.clear()
    page.locator("details.act summary").focus()
    keys.press("Enter")
    page.locator("input[name=certain]").focus()
    fill(page, str(now.year - 1))
    keys.press("Enter")
    expect(page.locator(".done")).to_contain_text("Exercice clos")
    link = page.locator("a", has_text="Impression de clôture").get_attribute("href") or ""
    closing = tmp_path / "cloture.pdf"
    closing.write_bytes(page.context.request.get(server + link).body())
    keys.press("g")
    keys.press("v")
    page.set_input_files("#file", closing)
    page.locator("#numero").focus()
    keys.press("Enter")
    expect(page.locator(".verdict h2")).to_have_text("Impression authentique")
    expect(page.locator(".three .good")).to_have_count(3)
    assert faults_of(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    for address in ("/controle", "/numeros-reserves", "/impressions"):
        page.goto(server + address)
        assert faults_of(page) == [], address
        assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0, address


def test_an_envelope_is_handed_over_closed_and_opened_by_its_addressee(
    house: House, page: Page, errors: list[str], sign_in: SignIn, server: str, tmp_path: Path
) -> None:
    scan = tmp_path / "pli.pdf"
    scan.write_bytes(letter_pdf(sender="Cabinet Adjavon", subject="Pli confidentiel", reference="1/PLI"))
    sign_in(page, "kossi").goto(f"{server}/plis-fermes")
    page.select_option("#p-to", "p:DAF-1")
    page.set_input_files("#p-cover", scan)
    page.locator("#p-from").focus()
    fill(page, "Cabinet Adjavon")
    page.keyboard.press("Enter")
    expect(page.locator(".done")).to_contain_text("enregistré, fermé")
    page.locator(".hand input[name=nom]").focus()
    fill(page, "Mme Lawson")
    page.keyboard.press("Enter")
    expect(page.locator(".list")).to_contain_text("Mme Lawson")
    page.goto(f"{server}/registres/arrivee")
    expect(page.locator(".list")).to_contain_text("Accès restreint")
    expect(page.locator(".list")).not_to_contain_text("Adjavon")
    for width in (1366, 390):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{server}/plis-fermes")
        assert faults_of(page) == []
        assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    read_all(house)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.locator("header form button").last.click()
    page.wait_for_url("**/connexion")
    sign_in(page, "daf").goto(f"{server}/b/plis-fermes")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#pli")).to_contain_text("Vous voyez sa couverture")
    assert faults_of(page) == []
    scan.write_bytes(letter_pdf(subject="Contenu du pli", reference="2/PLI"))
    page.locator("#pli summary").focus()
    page.keyboard.press("Enter")
    page.set_input_files("#pli-file", scan)
    page.locator("#pli form button.main").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#pli")).to_contain_text("vous voyez son contenu")
