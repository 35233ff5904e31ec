"""The archivist changes the plan by keyboard, sees what would follow, and the supervisor approves."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from api.wiring import House
from end_to_end.test_pages import PHONE, faults_of
from ged.mail.access import Actor
from rooms.letters import decide, letter_pdf, send

SignIn = Callable[[Page, str], Page]


def looked_at(page: Page, name: str) -> None:
    """Ask axe, wide and on a telephone, and keep a picture of each where somebody asked for them."""
    wide = page.viewport_size
    for size, viewport in (("large", wide), ("telephone", PHONE)):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        assert faults_of(page) == [], (name, size)
        assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0, (name, size)
        if folder := os.environ.get("SCHEDULE_PICTURES"):
            page.screenshot(path=Path(folder) / f"{name}-{size}.png", full_page=True)
    page.set_viewport_size(wide)  # type: ignore[arg-type]


def test_a_rule_is_lengthened_by_two_people(
    house: House, kossi: Actor, page: Page, sign_in: SignIn, server: str
) -> None:
    receipt = send(house, kossi, letter_pdf())
    decide(house, kossi, receipt.letter_id, letter_date=date(2026, 3, 2), kind="demande", file_code="A1")
    page.context.add_cookies([{"name": "ged_langue", "value": "fr", "url": server}])
    keys = sign_in(page, "archives").keyboard
    for address in ("plan-de-classement", "tableau-de-gestion"):
        page.goto(f"{server}/{address}")
        looked_at(page, address)
    page.goto(f"{server}/referentiel")
    looked_at(page, "versions")
    page.get_by_role("button", name="Préparer une version").focus()
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text("Version 2")
    page.get_by_role("link", name="Tableau de gestion").focus()
    keys.press("Enter")
    basis = page.locator("#l1 textarea[name=fondement]")
    basis.fill(
        "la loi n° 2017-007, art. 72,\nfixe vingt ans pour les écrits électroniques, et le ministère en garde quarante"
    )
    assert basis.evaluate("cell => cell.scrollHeight - cell.clientHeight") <= 0, "a long basis shows whole"
    term = page.locator("#l1 input[name=duree]")
    term.fill("quarante")
    page.locator("#note").fill("La correspondance est gardée plus longtemps")
    keys.press("Enter")
    expect(page.locator(".summary")).to_contain_text("« quarante » n'est pas une durée")
    looked_at(page, "saisie")
    page.locator("#l1 input[name=duree]").fill("40 ans")
    keys.press("Control+Enter")
    expect(page.locator("#preview + p")).to_contain_text("1 courrier change")
    expect(page.locator("main")).to_contain_text("La correspondance est gardée plus longtemps")
    expect(page.locator("main")).to_contain_text(
        "art. 72, fixe vingt ans pour les écrits électroniques, et le ministère"
    )
    looked_at(page, "consequences")
    page.get_by_role("button", name="Soumettre").focus()
    keys.press("Enter")
    expect(page.locator(".note")).to_contain_text("attend l'approbation")
    asked = page.url
    page.goto(f"{server}/courrier/{receipt.letter_id}")
    expect(page.locator("#conservation")).to_contain_text("Tableau de gestion, version 1")
    looked_at(page, "courrier")
    page.locator("#cote").fill("titres min")
    keys.press("End")
    expect(page.locator("#cote-names li").first).to_contain_text("D1 · Titres miniers")
    keys.press("ArrowDown")
    keys.press("Enter")
    keys.press("Enter")
    expect(page.locator("#conservation")).to_contain_text("Règle TITRE")
    expect(page.locator(".facts")).to_contain_text("D1 · Titres miniers")

    page.context.clear_cookies()
    page.context.add_cookies([{"name": "ged_langue", "value": "fr", "url": server}])
    sign_in(page, "lawson")
    page.goto(f"{server}/avis")
    page.get_by_text("Une version du plan et du tableau attend une approbation").first.click()
    expect(page).to_have_url(asked)
    looked_at(page, "approbation")
    page.get_by_role("button", name="Approuver").focus()
    keys.press("Enter")
    expect(page.locator(".head")).to_contain_text("En vigueur")
