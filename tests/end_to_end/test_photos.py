"""A clerk photographs a letter with a telephone: signed in on it, or paired by the code that the desk shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from api.config import SaneDevice, ScanningSettings, Settings
from api.wiring import House
from end_to_end.test_pages import faults_of
from integration.test_photos import jpeg
from rooms.letters import read_all


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """An installation with the test device of SANE."""
    device = SaneDevice(code="essai", label="Scanner du guichet", device="test:0")
    return settings.model_copy(update={"scanning": ScanningSettings(sane=(device,))})


@pytest.fixture
def shots(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"IMG_{n}.jpg" for n in range(3)]
    for n, path in enumerate(paths):
        path.write_bytes(jpeg(600 + n, 800))
    return paths


def sound(page: Page) -> None:
    assert faults_of(page) == []
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0


def test_photographs_are_taken_put_in_order_and_registered_from_a_telephone_and_from_a_paired_one(
    page: Page, sign_in: Callable[[Page, str], Page], server: str, errors: list[str], shots: list[Path]
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, "kossi")
    page.goto(f"{server}/photographier")
    sound(page)
    page.set_input_files("#shot", shots[0])
    page.set_input_files("#gallery", shots[1:])
    expect(page.locator("#photo-list li[data-id]")).to_have_count(3)
    first = page.locator("#photo-list li").first.get_attribute("data-id")
    page.locator("#photo-list li").first.get_by_role("button", name="Reculer").click()
    assert page.locator("#photo-list li").nth(1).get_attribute("data-id") == first
    page.locator("#photo-list li").nth(2).get_by_role("button", name="Retirer").click()
    expect(page.locator("#photo-list li")).to_have_count(2)
    sound(page)
    page.reload()
    expect(page.locator("#photo-list li[data-id]")).to_have_count(2)
    page.get_by_role("button", name="Enregistrer comme un courrier").click()
    expect(page.locator(".sent .good")).to_contain_text("000001")
    expect(page.locator(".sent .good")).to_contain_text("2 pages")

    page.set_viewport_size({"width": 1366, "height": 768})
    page.get_by_role("button", name="Lier un téléphone").click()
    sound(page)
    address = page.locator(".pairing code").inner_text()
    other = page.context.browser.new_context(viewport={"width": 390, "height": 844})  # type: ignore[union-attr]
    telephone = other.new_page()
    telephone.goto(address)
    sound(telephone)
    telephone.get_by_role("button", name="Utiliser ce téléphone").click()
    telephone.set_input_files("#shot", shots[2])
    expect(telephone.locator("#photo-list")).to_contain_text("arrivée")
    sound(telephone)
    expect(page.locator("#photo-list li[data-id]")).to_have_count(1)
    page.get_by_role("button", name="Enregistrer comme un courrier").click()
    expect(page.locator(".sent .good")).to_contain_text("000002")
    other.close()


def test_pages_that_a_scanner_reads_join_the_list_and_are_registered(
    house: House, page: Page, sign_in: Callable[[Page, str], Page], server: str, errors: list[str]
) -> None:
    sign_in(page, "kossi")
    page.goto(f"{server}/photographier")
    expect(page.locator("#scanner-state")).to_contain_text("Répond")
    expect(page.get_by_label("recto verso")).to_be_disabled()
    page.select_option("#resolution", "200")
    page.locator("#scanner .button.main").click()
    expect(page.locator("#scan-run")).to_contain_text("Le scanner lit")
    sound(page)
    read_all(house)
    expect(page.locator("#photo-list li[data-id]")).to_have_count(10)
    expect(page.get_by_role("button", name="Arrêter le scanner")).to_have_count(0)
    sound(page)
    page.get_by_role("button", name="Enregistrer comme un courrier").click()
    expect(page.locator(".sent .good")).to_contain_text("10 pages")
