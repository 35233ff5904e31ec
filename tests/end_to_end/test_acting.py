"""The general secretary is away; somebody acts for him on a tablet; the path says so; then it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.config import Settings
from api.wiring import House, open_house
from end_to_end.test_pages import PHONE, faults_of
from ged.clock import system_clock
from ged.mail.access import Actor
from ged.mail.item import State
from properties.test_register import register_one
from rooms.letters import decide, letter_pdf, read_all, send

SignIn = Callable[[Page, str], Page]
TABLET = {"width": 1024, "height": 768}


@dataclass
class Hands:
    """The hands of the clock: the test moves them on."""

    days: int = 0

    def __call__(self) -> datetime:
        return system_clock() + timedelta(days=self.days)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def house(settings: Settings, hands: Hands) -> Iterator[House]:
    with open_house(settings, clock=hands) as opened:
        yield opened


def test_somebody_acts_for_the_general_secretary_on_a_tablet_until_it_ends(
    house: House,
    kossi: Actor,
    page: Page,
    browser: Browser,
    sign_in: SignIn,
    server: str,
    hands: Hands,
    errors: list[str],
    tmp_path: Path,
) -> None:
    receipt = send(house, kossi, letter_pdf())
    read_all(house)
    decide(house, kossi, receipt.letter_id, service_id="SG")
    other = register_one(house.store, kossi, b"for the cabinet")
    with house.store.unit() as unit:
        unit.letters.change(unit.letters.get(other.letter_id, None, lock=True), state=State.TO_QUALIFY)
        unit.commit()
    decide(house, kossi, other.letter_id, service_id="CAB")
    last = (house.clock() + timedelta(days=5)).strftime("%d/%m/%Y")

    # The general secretary says that he is away, and has somebody act for him.
    sign_in(page, "sg").goto(f"{server}/delegations")
    page.fill("#absent-since", house.clock().strftime("%d/%m/%Y"))
    page.fill("#absent-until", last)
    page.get_by_role("button", name="Déclarer l'absence").click()
    expect(page.locator("#absences li")).to_contain_text("P. Tchalla")
    page.select_option("#poste", "SG-1")
    page.select_option("#identifiant", "comptable")
    page.fill("#acte", "012/MME/CAB/2026")
    page.fill("#jusqu_au", last)
    page.get_by_role("button", name="Accorder", exact=True).click()
    expect(page.locator("[role=alert]")).to_contain_text("n'est pas habilité")
    expect(page.locator("#acte")).to_have_value("012/MME/CAB/2026")
    assert faults_of(page) == []
    page.select_option("#identifiant", "dircab")
    page.get_by_role("button", name="Accorder", exact=True).click()
    expect(page.locator(".done")).to_contain_text("accordé")
    assert faults_of(page) == []
    page.screenshot(path=tmp_path / "delegations.png", full_page=True)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert faults_of(page) == []
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    page.screenshot(path=tmp_path / "delegations-phone.png", full_page=True)

    # What is pending is handed over, sealed.
    page.get_by_role("link", name="Passations de service").click()
    page.get_by_role("button", name="Dresser et sceller").click()
    expect(page.locator(".done")).to_contain_text("scellé")
    expect(page.locator(".card").first).to_contain_text("1 affaire")
    assert faults_of(page) == []
    page.screenshot(path=tmp_path / "passation-phone.png", full_page=True)

    # On a tablet, both baskets are one list, and the act is made in the right post.
    tablet = browser.new_context(viewport=TABLET, has_touch=True, locale="fr-FR")  # type: ignore[arg-type]
    acting = sign_in(tablet.new_page(), "dircab")
    expect(acting.locator(".acting")).to_contain_text("Secrétaire général, P. Tchalla")
    expect(acting.locator(".acting")).to_contain_text("acte n° 012/MME/CAB/2026")
    acting.goto(f"{server}/b/a-affecter")
    expect(acting.locator("h1")).to_contain_text("2 courriers")
    acting.screenshot(path=tmp_path / "basket.png")
    acting.goto(f"{server}/courrier/{receipt.letter_id}")
    expect(acting.locator(".holder")).to_contain_text("SG")
    acting.locator("details[data-act=imputer] > summary").tap()
    acting.select_option("#imputer-a", "p:DAF-1")
    acting.locator("details[data-act=imputer] button.main").tap()
    expect(acting.locator(".way")).to_contain_text("Secrétaire général p.i. (pour P. Tchalla, acte n° 012")
    assert faults_of(acting) == []
    acting.screenshot(path=tmp_path / "letter.png")
    acting.goto(f"{server}/passations")
    acting.fill("#remark-1", "Vu avec le titulaire.")
    acting.get_by_role("button", name="J'accepte la passation").tap()
    expect(acting.locator(".card").first).to_contain_text("Accepté par")
    assert faults_of(acting) == []
    acting.screenshot(path=tmp_path / "passation.png", full_page=True)
    paper = acting.request.get(server + (acting.get_attribute("a[href$='.pdf']", "href") or ""))
    assert paper.headers["content-type"] == "application/pdf"
    (tmp_path / "passation.pdf").write_bytes(paper.body())

    # The day after the last, nothing of it is left.
    hands.days = 6
    acting = sign_in(acting, "dircab")
    expect(acting.locator(".acting")).to_have_count(0)
    acting.goto(f"{server}/b/a-affecter")
    expect(acting.locator("h1")).to_contain_text("1 courrier")
    assert acting.goto(f"{server}/courrier/{receipt.letter_id}").status == 404  # type: ignore[union-attr]
    tablet.close()
    errors[:] = [said for said in errors if "404" not in said and "422" not in said]
