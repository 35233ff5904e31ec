"""A reply leaves: sent off by keyboard by the mail office, received by another organisation; or signed in ink."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Browser, Page, expect

from api.wiring import House
from end_to_end.test_pages import faults_of
from ged.mail.access import Actor
from ged.mail.item import Letter
from ged.services.ink import print_for_ink
from rooms.departures import TEXT, signed, to_be_signed
from rooms.letters import letter_pdf, read_all

Who = Callable[[str], Actor]
SignIn = Callable[[Page, str], Page]


@pytest.fixture
def letter(house: House, who: Who) -> Letter:
    """A reply that the minister signed; in a thread, because the browser has a loop in this one."""
    author, minister = who("daf"), who("ministre")
    content = replace(TEXT, recipients=("Société des Carrières du Mono", "CEET"))
    with ThreadPoolExecutor(1) as thread:
        made = thread.submit(signed, house, author, minister, content).result()
    read_all(house)
    return made


def qr_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        image = document[0].render(scale=150 / 72).to_numpy()
    return zxingcpp.read_barcodes(image)[0].text


def test_the_mail_office_sends_a_letter_off_by_keyboard_and_its_receipts_come_back(
    house: House, letter: Letter, page: Page, browser: Browser, sign_in: SignIn, server: str, errors: list[str],
    tmp_path: Path,
) -> None:  # fmt: skip
    keys = sign_in(page, "kossi").keyboard
    page.goto(f"{server}/b/a-expedier")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert faults_of(page) == []
    keys.press("j")
    keys.press("Enter")
    expect(page.locator("h1")).to_contain_text(letter.number)
    assert faults_of(page) == []
    expect(page.locator("#mode-2")).to_have_value("t:CEET")
    page.focus("#mode-1")
    keys.type("Coursier")
    page.focus("#adr-1")
    keys.type("B.P. 1234, Kpalimé")
    page.focus("button[data-act=expedier]")
    keys.press("Enter")
    expect(page.locator("#expedition")).to_contain_text("Enregistré chez Compagnie")
    expect(page.locator(".letter-head")).to_contain_text("Expédié")
    assert faults_of(page) == []

    sheet = page.request.get(server + (page.get_by_role("link", name="Bordereau d'envoi").get_attribute("href") or ""))
    address = qr_of(sheet.body())
    bearer = browser.new_context(locale="fr-FR", viewport={"width": 390, "height": 844}).new_page()
    bearer.goto(server + urlsplit(address).path)
    assert letter.subject is not None
    expect(bearer.locator("body")).not_to_contain_text(letter.subject)
    assert faults_of(bearer) == []
    bearer.fill("#name", "Komla Adjovi")
    bearer.click("button.main")
    expect(bearer.locator(".done")).to_contain_text("Komla Adjovi")
    bearer.context.close()

    (tmp_path / "talon.pdf").write_bytes(letter_pdf(subject="Talon signé"))
    page.reload()
    expect(page.locator("#expedition")).to_contain_text("Remis")
    page.locator("summary", has_text="Suite de cet envoi").click()
    page.select_option("#etat-1", "ar_recu")
    page.set_input_files("#talon-1", tmp_path / "talon.pdf")
    page.locator(".sendings button.main").click()
    expect(page.locator("#expedition")).to_contain_text("Accusé de réception : Société des Carrières du Mono")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    assert faults_of(page) == []

    other = browser.new_context(locale="fr-FR")
    ceet = sign_in(other.new_page(), "ceet")
    ceet.goto(f"{server}/b/a-qualifier")
    expect(ceet.locator("tbody tr")).to_have_count(1)
    expect(ceet.locator("tbody tr")).to_contain_text("Ministère des mines")
    other.close()


def test_a_letter_signed_in_ink_is_printed_scanned_and_then_waits_to_leave(
    house: House, page: Page, sign_in: SignIn, server: str, who: Who, errors: list[str], tmp_path: Path
) -> None:
    author, minister = who("daf"), who("ministre")
    with ThreadPoolExecutor(1) as thread:
        draft = thread.submit(to_be_signed, house, author).result()
    sign_in(page, "ministre").goto(f"{server}/projet/{draft.id}")
    seen = page.request.get(f"{server}/projet/{draft.id}/apercu.pdf")
    assert seen.headers["content-type"] == "application/pdf"
    page.locator("summary", has_text="Signer à la main").click()
    assert faults_of(page) == []
    ports: dict[str, Any] = {"store": house.store, "vault": house.vault, "press": house.press, "clock": house.clock}
    printed = page.request.post(
        f"{server}/projet/{draft.id}/imprimer",
        form={
            "empreinte": draft.digest,
            "csrf_token": page.locator("input[name=csrf_token]").first.get_attribute("value") or "",
        },
    )
    assert printed.headers["content-type"] == "application/pdf"
    with ThreadPoolExecutor(1) as thread:
        letter, _ = thread.submit(print_for_ink, draft.id, draft.digest, server, **ports, actor=minister).result()
    page.context.clear_cookies()
    sign_in(page, "kossi").goto(f"{server}/courrier/{letter.id}")
    (tmp_path / "signee.pdf").write_bytes(letter_pdf(subject="Copie signée"))
    page.set_input_files("#signed-copy", tmp_path / "signee.pdf")
    page.get_by_role("button", name="Enregistrer la copie signée").click()
    expect(page.locator(".letter-head")).to_contain_text("À expédier")
    assert faults_of(page) == []


def test_how_a_letter_was_signed_is_said_in_words_on_a_desk_and_on_a_phone(
    letter: Letter, page: Page, sign_in: SignIn, server: str, errors: list[str]
) -> None:
    sign_in(page, "kossi")
    page.goto(f"{server}/courrier/{letter.id}")
    expect(page.get_by_text("Signature électronique simple")).to_be_visible()
    page.get_by_role("button", name="Signatures électroniques").click()
    expect(page.locator(".three > div")).to_have_count(3)
    expect(page.locator("main")).not_to_contain_text("Common Name")
    for width in (1366, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert faults_of(page) == [], width
        assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0, width
    assert errors == []
