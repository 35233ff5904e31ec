"""Letters given to the archives, by keyboard: a slip prepared, approved by a second person, packed, answered."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from api.wiring import House
from end_to_end.test_pages import faults_of
from rooms.letters import letter_pdf, read_all
from rooms.transfers import Laid, closed_dossier, closed_letters, fall_due, reply

SignIn = Callable[[Page, str], Page]


def shot(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for them."""
    if folder := os.environ.get("TRANSFER_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_the_archivist_and_a_second_person_transfer_letters(
    house: House, page: Page, errors: list[str], sign_in: SignIn, server: str, tmp_path: Path
) -> None:
    letters = closed_letters(house, 2)
    plan = Laid("Plan de bornage", (letter_pdf(subject="Plan 1"), letter_pdf(subject="Plan 2")), "Instruction")
    case = closed_dossier(house, plan)
    fall_due(house, letters)
    page.context.add_cookies([{"name": "ged_langue", "value": "fr", "url": server}])
    keys = sign_in(page, "archives").keyboard
    page.goto(f"{server}/conservation")
    page.get_by_role("link", name="Versements", exact=True).first.press("Enter")
    expect(page.locator("h1")).to_contain_text("Versements")
    assert faults_of(page) == []
    shot(page, "versements-vide")
    page.locator("#title").focus()
    keys.type("Plaintes closes")
    keys.press("Enter")
    expect(page.locator("h1")).to_contain_text("Plaintes closes")
    expect(page.locator("td.subject")).to_have_count(3)
    row = page.locator("tbody tr", has_text="Plan de bornage")
    expect(row).to_contain_text("Pièce de dossier")
    expect(row).to_contain_text("Permis de Tsévié · Instruction · 2 versions")
    assert faults_of(page) == []
    shot(page, "bordereau")

    page.locator('input[name="choix"]').last.press("Space")
    page.locator("#why").fill("Encore demandé par le service")
    page.locator('button[value="retirer"]').press("Enter")
    expect(page.get_by_text("Encore demandé par le service")).to_be_visible()
    page.locator('button[value="soumettre"]').press("Enter")
    expect(page.locator(".head .chip")).to_have_text("Attend un visa")
    expect(page.locator('button[value="viser"]')).to_have_count(0)
    assert faults_of(page) == []
    address = page.url

    page.context.clear_cookies()
    page.context.add_cookies([{"name": "ged_langue", "value": "fr", "url": server}])
    sign_in(page, "ministre")
    page.goto(address)
    shot(page, "visa")
    page.locator('button[value="viser"]').press("Enter")
    expect(page.locator(".progressing")).to_be_visible()
    assert faults_of(page) == []
    read_all(house)
    expect(page.locator(".head .chip")).to_have_text("Attend la réponse de l'archive")

    page.context.clear_cookies()
    page.context.add_cookies([{"name": "ged_langue", "value": "en", "url": server}])
    sign_in(page, "archives")
    page.goto(address)
    identifier = page.locator("td b", has_text="MME-VER").inner_text()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Take away").press("Enter")
    assert taken.value.suggested_filename == f"{identifier}.zip"
    page.set_viewport_size({"width": 390, "height": 844})
    assert faults_of(page) == []
    shot(page, "paquets-telephone")
    answer = tmp_path / "reponse.xml"
    answer.write_bytes(b"<a/>")
    page.locator("#reply").set_input_files(answer)
    page.get_by_role("button", name="Enter the answer").press("Enter")
    expect(page.locator(".fault")).to_be_visible()
    assert [each for each in errors if "422" not in each] == []
    errors.clear()  # the browser says that the file was refused, as it was
    answer.write_bytes(reply(house, identifier, units=[("AU-2", "12 AJ 4"), ("AU-1", "12 AJ 5")]))  # AU-1 is the piece
    page.locator("#reply").set_input_files(answer)
    page.get_by_role("button", name="Enter the answer").press("Enter")
    expect(page.locator(".head .chip")).to_have_text("Answered")
    expect(row).to_contain_text("12 AJ 5")
    assert faults_of(page) == []
    shot(page, "repondu-telephone")
    row.get_by_role("link").press("Enter")
    expect(page.locator("#transferred")).to_contain_text("12 AJ 5")
    assert f"/dossiers/{case}/pieces/" in page.url
    assert faults_of(page) == []
    shot(page, "piece-versee")

    page.goto(f"{server}/conservation")
    page.get_by_role("link", name="Transferred 2").press("Enter")
    expect(page.locator("td b", has_text="12 AJ")).to_have_count(2)
    expect(page.get_by_role("link", name=f"The archive's answer to package {identifier} (XML)")).to_have_count(2)
    assert faults_of(page) == []
    shot(page, "verses-telephone")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.locator("body").focus()
    keys = page.keyboard
    keys.press("j")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Export (CSV)").press("Enter")
    assert taken.value.suggested_filename == "conservation-verses.csv"
    assert faults_of(page) == []
    shot(page, "verses")
