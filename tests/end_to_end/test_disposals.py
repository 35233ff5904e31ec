"""An archivist, a second person, an auditor: a hold placed, a list made, visaed, approved, done, and looked at."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from api.disposals import hands_of
from api.wiring import House
from end_to_end.test_pages import PHONE, faults_of
from ged.mail.access import Actor
from retention.disposal.carry_out import carry_out
from retention.nightly import sweep_letters
from rooms.disposals import over
from rooms.letters import read_all

SignIn = Callable[[Page, str], Page]


def shot(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for them."""
    if folder := os.environ.get("DISPOSAL_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def looked_at(page: Page, name: str) -> None:
    """Axe finds nothing, on a desk and on a telephone, and nothing overflows there."""
    desk = page.viewport_size
    for size, suffix in ((desk, ""), (PHONE, "-telephone")):
        assert size is not None
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert faults_of(page) == [], (page.url, suffix)
        assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0, (page.url, suffix)
        shot(page, name + suffix)
    assert desk is not None
    page.set_viewport_size(desk)


def another(browser: Browser, server: str, language: str = "fr") -> Page:
    context = browser.new_context()
    context.add_cookies([{"name": "ged_langue", "value": language, "url": server}])
    return context.new_page()


def test_an_archivist_and_a_second_person_destroy_what_is_over_and_an_auditor_sees_it(
    house: House, kossi: Actor, browser: Browser, sign_in: SignIn, server: str
) -> None:
    held, struck, gone = (over(house, kossi, mark, subject=f"Demande {mark}") for mark in ("Alpha", "Bêta", "Gamma"))
    sweep_letters(house.store, house.clock)
    page = another(browser, server)
    keys = sign_in(page, "archives").keyboard

    # A hold on a search is placed by keyboard, with a reason; without one it is refused and nothing typed is lost.
    page.goto(f"{server}/gels")
    looked_at(page, "gels-vide")
    page.goto(f"{server}/gels/nouveau")
    page.locator("#mots").fill("alpha")
    page.locator("form.card .main").focus()
    keys.press("Enter")
    expect(page.locator(".summary")).to_be_visible()
    expect(page.locator("#mots")).to_have_value("alpha")
    looked_at(page, "gel-refuse")
    page.locator("#motif").fill("Contentieux devant la cour d'appel")
    keys.press("Enter")
    # It is in force; what it is on is looked for by the worker, and the page shows it by itself.
    expect(page.locator(".progressing")).to_contain_text("Le gel est déjà")
    looked_at(page, "gel-cherche")
    read_all(house)
    expect(page.locator("#letters small")).to_have_text("1 courrier")
    expect(page.locator(".progressing")).to_have_count(0)
    looked_at(page, "gel")
    page.goto(f"{server}/courrier/{held}")
    expect(page.locator(".holds")).to_contain_text("Contentieux devant la cour d'appel")
    page.goto(f"{server}/gels")
    looked_at(page, "gels")

    # The list: what is held is not on it; a line is struck with a reason; the visa names a second person.
    page.goto(f"{server}/conservation/regles")
    looked_at(page, "conservation-regles")
    expect(page.get_by_role("link", name="Par règle", exact=True)).to_have_attribute("aria-current", "true")
    page.goto(f"{server}/eliminations")
    looked_at(page, "eliminations-vide")
    page.locator("form.card .main").focus()
    keys.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(2)
    looked_at(page, "bordereau")
    row = page.locator("tbody tr", has_text="Bêta")
    row.locator("summary").focus()
    keys.press("Enter")
    row.locator('input[name="motif"]').fill("À garder pour l'histoire")
    keys.press("Enter")
    expect(page.locator("tbody tr", has_text="Bêta")).to_contain_text("À garder pour l'histoire")
    page.locator("#poste").select_option("SG-1")
    page.locator('form[action$="/visa"] .main').focus()
    keys.press("Enter")
    expect(page.locator("#progress")).to_contain_text("Attend la seconde personne")
    looked_at(page, "bordereau-vise")

    # The second person finds it by the notice, in English, approves, and sees it done.
    second = another(browser, server, "en")
    sign_in(second, "sg")
    second.goto(f"{server}/langue/en?suite=/avis")
    second.goto(f"{server}/avis")
    second.get_by_text("A disposal list waits for your approval").first.click()
    expect(second.locator("h1")).to_contain_text("ELIM-")
    looked_at(second, "bordereau-approuver-anglais")
    second.locator('form[action$="/approbation"] .main').focus()
    second.keyboard.press("Enter")
    expect(second.locator("#progress")).to_contain_text("Disposal under way")
    with house.store.unit() as unit:
        (waiting,) = unit.disposals.unfinished()
    worker = threading.Thread(target=carry_out, args=(waiting, hands_of(house)))
    worker.start()
    worker.join()
    expect(second.get_by_role("link", name="Certificate")).to_be_visible()
    looked_at(second, "bordereau-fini-anglais")

    # The auditor reads the list, the certificate, and the page of what was destroyed.
    auditor = another(browser, server)
    sign_in(auditor, "audit")
    auditor.goto(f"{server}/eliminations/{waiting}")
    expect(auditor.locator("tbody tr", has_text="Gamma")).to_contain_text("Détruit")
    looked_at(auditor, "bordereau-fini")
    answer = auditor.context.request.get(f"{server}/eliminations/{waiting}/certificat.pdf")
    assert answer.body().startswith(b"%PDF")
    if folder := os.environ.get("DISPOSAL_PICTURES"):
        (Path(folder) / "certificat.pdf").write_bytes(answer.body())
    auditor.goto(f"{server}/courrier/{gone}")
    expect(auditor.locator("#destroyed")).to_contain_text("Son contenu a été détruit")
    looked_at(auditor, "courrier-elimine")
    assert auditor.context.request.get(f"{server}/courrier/{gone}/original").status == 404
    auditor.goto(f"{server}/courrier/{struck}")
    expect(auditor.locator("#destroyed")).to_have_count(0)
