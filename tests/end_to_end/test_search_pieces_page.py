"""A piece of a dossier is found by a word of its text, by keyboard, on a page that axe finds nothing in."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from api.wiring import House
from api.worker import drain_index, look_for_alerts
from end_to_end.test_pages import PHONE, faults_of
from ged.mail.saved_search import PLACE
from ged.services import dossier, dossier_pieces, saved_searches, saved_views
from ged.services.sign_in import actor_of
from rooms.letters import letter_pdf, read_all

SignIn = Callable[[Page, str], Page]
BODY = "La parcelle de Zogbédji est bornée au nord par un rocher, et au sud par la rivière."


def looked_at(page: Page, name: str) -> None:
    """Ask axe, wide and on a telephone, and keep a picture of each where somebody asked for them."""
    wide = page.viewport_size
    for size, viewport in (("large", wide), ("telephone", PHONE)):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        assert faults_of(page) == [], (name, size)
        assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0, (name, size)
        if folder := os.environ.get("SEARCH_PICTURES"):
            page.screenshot(path=Path(folder) / f"{name}-{size}.png", full_page=True)
    page.set_viewport_size(wide)  # type: ignore[arg-type]


def test_a_piece_is_found_by_keyboard_and_leads_to_its_page(
    house: House, page: Page, sign_in: SignIn, server: str
) -> None:
    hands: dict[str, Any] = {
        "store": house.store,
        "actor": actor_of("daf", store=house.store, clock=house.clock),
        "clock": house.clock,
    }
    view = saved_views.save("Rochers", PLACE, "q=rocher", **hands)
    saved_searches.set_alert(view.id, alert=True, **hands)
    case = dossier.begin("", "Carrière de Tsévié", "DAF", (), **hands)
    for name in ("plan de masse.pdf", "bornage.pdf", "croquis.pdf", "levé.pdf"):
        stored = house.vault.put(
            BytesIO(letter_pdf(body=BODY, reference=name)), media_type="application/pdf", tenant_id="MME"
        )
        dossier_pieces.bring(case.id, dossier_pieces.Brought(stored, "application/pdf", name), **hands)
    read_all(house)
    drain_index(house)
    look_for_alerts(house)
    page.context.add_cookies([{"name": "ged_langue", "value": "fr", "url": server}])
    keys = sign_in(page, "daf").keyboard
    page.goto(f"{server}/recherche?q=rocher")
    expect(page.locator("section[aria-labelledby=beside] li")).to_have_count(3)
    expect(page.locator("section[aria-labelledby=beside] li").first).to_contain_text("Pièce de dossier")
    looked_at(page, "recherche")
    page.get_by_role("link", name="4 pièces de dossier trouvées").focus()
    keys.press("Enter")
    expect(page.locator("h1")).to_contain_text("4 pièces")
    expect(page.locator(".hits mark").first).to_contain_text("rocher")
    looked_at(page, "pieces")
    page.locator("#pieces-q").fill("barrage")
    keys.press("Enter")
    expect(page.locator("main h2")).to_have_text("Aucune pièce ne correspond")
    looked_at(page, "aucune")
    page.locator("#pieces-q").fill("objet:bornage rivière")
    keys.press("Enter")
    page.locator(".hits a").focus()
    keys.press("Enter")
    expect(page.locator("h1")).to_contain_text("bornage")
    page.goto(f"{server}/recherche?q=rocher")
    page.get_by_text("Exporter", exact=True).click()
    expect(page.get_by_role("link", name="courriers et autant de pièces au plus").first).to_be_visible()
    looked_at(page, "exporter")
    page.locator("#q").fill("croq")
    expect(page.locator("#q-options [role=option]", has_text="Carrière de Tsévié")).to_have_count(1)
    looked_at(page, "suggestions")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(page.locator("h1")).to_contain_text("croquis")
    page.goto(f"{server}/avis")
    expect(page.locator(".notices li")).to_have_count(4)
    expect(page.locator(".notices li").first).to_contain_text(
        "Une pièce de dossier répond à votre recherche « Rochers »"
    )
    looked_at(page, "avis")
    page.goto(f"{server}/langue/en?suite=/recherche/pieces?q=rocher")
    page.goto(f"{server}/recherche/pieces?q=rocher")
    expect(page.locator("h1")).to_contain_text("Pieces of case files")
    looked_at(page, "english")
