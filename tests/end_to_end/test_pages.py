"""Every page: axe finds nothing, its weight keeps to the budget, a phone shows it whole, it works without a script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from api.wiring import House
from ged.mail.access import Actor
from ged.mail.baskets import TO_QUALIFY
from ged.services import consult
from ged.services.acknowledge import acknowledge
from rooms.letters import decide, letter_pdf, read_all

SignIn = Callable[[Page, str], Page]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = {"width": 390, "height": 844}


def addresses(house: House, actor: Actor) -> list[str]:
    """Every kind of page, one address each."""
    rows = consult.letters(TO_QUALIFY, store=house.store, actor=actor).rows
    first, last = rows[0].letter.id, rows[-1].letter.id
    decide(house, actor, last)
    _, receipt = acknowledge(last, store=house.store, actor=actor, clock=house.clock)
    return [
        f"/accuse/{receipt.token}",
        "/b/a-qualifier",
        "/b/a-qualifier?filtre=urgent",
        f"/courrier/{first}?dans=a-qualifier",
        f"/courrier/{first}?dans=recherche&q=transformateur",
        f"/courrier/{first}/texte",
        f"/courrier/{last}",
        "/numeriser",
        "/registres/arrivee",
        "/registres/interne",
        "/impressions",
        "/registres/arrivee?du=01/01/2020&au=02/01/2020",
        "/recherche?q=transformateur",
        "/recherche?q=introuvable",
        "/verifier",
        "/etat",
        "/compte",
        "/avis",
        "/courriels",
        "/courriels-ecartes",
        "/conservation",
        "/conservation/regles",
        "/gels",
        "/adresse-qui-n-existe-pas",
    ]


def faults_of(page: Page) -> list[str]:
    options = {"runOnly": RULES}
    found = Axe().run(page, context={"exclude": [[".overlay"]]}, options=options).response["violations"]
    return [f"{one['id']}: {node['html'][:140]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("viewport", [{"width": 1366, "height": 768}, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_axe_finds_nothing_and_nothing_overflows(
    mail: House, kossi: Actor, page: Page, sign_in: SignIn, server: str, viewport: Any, language: str
) -> None:
    page.set_viewport_size(viewport)
    page.goto(f"{server}/langue/{language}?suite=/connexion")
    assert faults_of(page) == []
    sign_in(page, "kossi")
    for address in addresses(mail, kossi):
        page.goto(server + address)
        assert page.locator("html").get_attribute("lang") == language
        assert faults_of(page) == [], address
        wide = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
        assert wide <= 0, (address, wide)


def weight(page: Page, address: str) -> tuple[int, int]:
    """Return (bytes on the wire, requests) of one visit."""
    seen: list[int] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: seen.append(int(event["encodedDataLength"])))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    session.detach()
    return sum(seen), len(seen)


def test_pages_keep_to_their_weight(mail: House, kossi: Actor, page: Page, sign_in: SignIn, server: str) -> None:
    cold, requests = weight(page, f"{server}/connexion")
    assert cold <= 30_000
    assert requests <= 8
    sign_in(page, "kossi")
    basket = f"{server}/b/a-qualifier"
    context = page.context.browser.new_context(storage_state=page.context.storage_state())  # type: ignore[union-attr]
    fresh = context.new_page()
    cold, requests = weight(fresh, basket)
    assert cold <= 40_000
    assert requests <= 8
    warm, _ = weight(fresh, basket)
    assert warm <= 8_000
    letters = consult.letters(TO_QUALIFY, store=mail.store, actor=kossi).rows
    for row in letters[:1] + letters[-1:]:
        context.close()
        context = page.context.browser.new_context(storage_state=page.context.storage_state())  # type: ignore[union-attr]
        cold, requests = weight(context.new_page(), f"{server}/courrier/{row.letter.id}?dans=a-qualifier")
        assert cold <= 90_000 * max(1, row.letter.page_count), row.letter.filename
        assert requests <= 8 + row.letter.page_count
    context.close()


def test_the_work_is_done_without_a_script(
    house: House, kossi: Actor, browser: Browser, server: str, sign_in: SignIn, tmp_path: Path
) -> None:
    scan = tmp_path / "pli.pdf"
    scan.write_bytes(letter_pdf())
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1366, "height": 768})
    page = sign_in(context.new_page(), "kossi")
    page.goto(f"{server}/numeriser")
    page.set_input_files("#files", scan)
    page.click("#capture button")
    expect(page.locator(".sent .good")).to_contain_text("000001")
    read_all(house)
    page.click(".sent a")
    expect(page.locator(".page img")).to_be_visible()
    page.fill("#subject", "")
    page.fill("#letter_date", "le trente")
    page.click(".actions button")
    expect(page.locator(".summary")).to_contain_text("Cette date ne se lit pas")
    expect(page.locator("#letter_date")).to_have_value("le trente")
    page.fill("#letter_date", "12/10/2026")
    page.click(".actions button")
    expect(page.locator(".summary")).to_contain_text("Indiquez l'objet du courrier")
    page.fill("#subject", "Objet saisi sans script")
    page.select_option("#kind", "demande")
    page.select_option("#service", "DAF")
    page.click(".actions button")
    expect(page.locator(".done")).to_contain_text("enregistré et affecté")
    read_all(house)
    page.fill("#q", "saisi sans script")
    page.press("#q", "Enter")
    page.click(".hits a")
    expect(page.locator("h1")).to_contain_text("000001")
    expect(page.locator(".facts")).to_contain_text("Objet saisi sans script")
    context.close()


def test_a_forged_form_is_refused(house: House, page: Page, server: str, sign_in: SignIn) -> None:
    sign_in(page, "kossi")
    request = page.context.request
    plain = request.post(f"{server}/deconnexion", form={})
    assert plain.status == 403
    foreign = request.post(f"{server}/deconnexion", form={}, headers={"Origin": "http://ailleurs.test"})
    assert foreign.status == 403
    page.goto(f"{server}/b/a-qualifier")
    expect(page.locator("h1")).to_contain_text("À qualifier")
