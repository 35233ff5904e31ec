"""A search as a person uses it: words lit, hit after hit by one key, with a script and without, on desk and phone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from api.wiring import House
from end_to_end.test_pages import PHONE, faults_of
from ged.mail.access import Actor
from rooms.letters import decide, letter_pdf, read_all, send

SignIn = Callable[[Page, str], Page]
ANNEXED = "Le pylône métallique de Kara est à remplacer. Il porte deux lignes. "


def test_one_key_leads_from_hit_to_hit_over_all_pages(
    house: House, kossi: Actor, page: Page, sign_in: SignIn, server: str, errors: list[str]
) -> None:
    subject = "Remplacement des pylônes métalliques"
    sent = send(house, kossi, letter_pdf(subject=subject, body=ANNEXED, sender="Électricité du Nord", pages=12))
    read_all(house)
    sign_in(page, "kossi")
    page.goto(f"{server}/recherche?q=pylone nord")
    row = page.locator("ol.hits > li").first
    expect(row.locator(".title mark")).to_have_text("pylônes")
    expect(row.locator(".first b mark")).to_have_text("Nord")
    expect(row.locator(".passage").first).to_contain_text("p. 1")
    assert faults_of(page) == []
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/courrier/**")
    at = page.locator("#hit-at")
    total = int(at.inner_text().split()[-1])
    assert total == 3 + 11, "sender, subject, body, and the sender's name on each of eleven further pages"
    assert faults_of(page) == []
    page.goto(f"{server}/courrier/{sent.letter_id}?dans=recherche&q=pylone nord")
    expect(at).to_have_text(f"1 sur {total}")
    page.keyboard.press("n")
    expect(at).to_have_text(f"2 sur {total}")
    expect(page.locator(".hit.active")).to_have_attribute("id", "trouve-2")
    page.keyboard.press("Shift+N")
    page.keyboard.press("Shift+N")
    page.wait_for_url("**a*trouve=*", wait_until="load")
    expect(at).to_have_text(f"{total} sur {total}")  # the last page, which is on another screen
    expect(page.locator("#page-12 .hit.active")).to_be_in_viewport()
    page.keyboard.press("n")
    expect(at).to_have_text(f"1 sur {total}")
    expect(page.locator("#page-1 .hit.active")).to_be_in_viewport()
    page.goto(f"{server}/courrier/{sent.letter_id}/texte?dans=recherche&q=pylone")
    expect(page.locator(".lines mark").first).to_have_text("pylônes")
    page.goto(f"{server}/courrier/{sent.letter_id}")
    expect(page.locator(".found")).to_have_count(0)
    page.keyboard.press("Escape")  # out of the field in hand
    page.keyboard.press("n")
    page.wait_for_url("**/numeriser")


def test_hits_are_reached_without_a_script_and_on_a_phone(
    house: House, kossi: Actor, browser: Browser, sign_in: SignIn, server: str
) -> None:
    sent = send(house, kossi, letter_pdf(body=ANNEXED * 3))
    read_all(house)
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]
    page = sign_in(context.new_page(), "kossi")
    page.goto(f"{server}/courrier/{sent.letter_id}?dans=recherche&q=pylone nature:facture")
    expect(page.locator("#hit-at")).to_have_text("1 sur 3")
    page.click("#hit-on")
    expect(page.locator("#hit-at")).to_have_text("2 sur 3")
    expect(page.locator(".hit.active")).to_be_in_viewport()
    page.click("#hit-on")
    page.click("#hit-on")
    expect(page.locator("#hit-at")).to_have_text("1 sur 3")
    context.close()


def test_a_search_is_kept_alerts_and_last_searches_are_cleared(
    house: House, kossi: Actor, page: Page, sign_in: SignIn, server: str, errors: list[str]
) -> None:
    sign_in(page, "kossi")
    for words in ("pylone", "gravier nature:plainte"):
        page.goto(f"{server}/recherche?q={words}")
    assert faults_of(page) == []
    page.click("text=Garder cette recherche")
    page.fill("#view-name", "Plaintes de gravier")
    page.check("input[name=alerte]")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".mine").first.locator("a[aria-current]")).to_have_text("Plaintes de gravier")
    expect(page.locator(".mine button[aria-pressed=true]")).to_have_count(1)
    expect(page.locator("#recent + ul a")).to_have_text(["pylone"])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("text=Copier le lien")
    expect(page.locator("[data-copy]")).to_have_text("Lien copié")
    assert page.evaluate("navigator.clipboard.readText()") == f"{server}/recherche?q=gravier+nature%3Aplainte"
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert faults_of(page) == []
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0

    send(house, kossi, letter_pdf(subject="Autre chose"))
    read_all(house)
    page.goto(f"{server}/avis")
    expect(page.locator(".notices li")).to_have_count(0)
    page.goto(f"{server}/recherche?q=pylone")
    page.click("text=Les effacer")
    expect(page.locator("#recent")).to_have_count(0)
    page.click(".mine button[aria-pressed=true]")
    expect(page.locator(".mine button[aria-pressed=false]")).to_have_count(1)


def test_the_box_suggests_and_the_keyboard_chooses(
    house: House, kossi: Actor, page: Page, sign_in: SignIn, server: str, errors: list[str]
) -> None:
    sent = send(house, kossi, letter_pdf(subject="Pylône de Kara", body=ANNEXED))
    decide(house, kossi, sent.letter_id, service_id="DAF", subject="Pylône de Kara")
    read_all(house)
    keys = sign_in(page, "kossi").keyboard
    box, options = page.locator("#q"), page.locator("#q-options [role=option]")

    def offered(line: str, first: str) -> None:
        expect(page.locator(f"#q-options[data-line='{line}']")).to_be_visible()
        expect(options.first).to_contain_text(first)

    keys.press("/")
    offered("", "de:")
    assert faults_of(page) == []
    keys.type("serv")
    offered("serv", "service:")
    keys.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "q-option-1")
    keys.press("Enter")
    expect(box).to_have_value("service:")
    keys.type("fina")
    offered("service:fina", "service:daf")
    keys.press("ArrowDown")
    keys.press("Tab")
    expect(box).to_have_value("service:daf ")
    keys.type("pylo")
    offered("service:daf pylo", "pylône")
    keys.press("Escape")
    expect(options.first).to_be_hidden()
    expect(box).to_have_value("service:daf pylo")
    keys.press("ArrowDown")
    offered("service:daf pylo", "pylône")
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(box).to_have_value("service:daf pylône ")
    keys.press("Enter")
    page.wait_for_url("**/recherche?q=service**")
    expect(page.locator("ol.hits > li")).to_have_count(1)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    box.fill("pylon")
    offered("pylon", "pylône")
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    assert faults_of(page) == []
    page.locator("[data-go]").first.click()
    page.wait_for_url(f"**/courrier/{sent.letter_id}")


def test_the_letters_around_one_are_asked_for_when_opened(
    house: House, kossi: Actor, page: Page, browser: Browser, sign_in: SignIn, server: str, errors: list[str]
) -> None:
    first, other = (
        decide(house, kossi, send(house, kossi, letter_pdf(reference=f"{n}/2026")).letter_id, subject=f"Gravier n° {n}")
        for n in (1, 2)
    )
    read_all(house)
    sign_in(page, "kossi")
    page.goto(f"{server}/courrier/{first.id}")
    page.focus(".around summary")
    page.keyboard.press("Enter")
    expect(page.locator(".around h2").first).to_have_text("Courriers semblables")
    expect(page.locator(".around a").first).to_have_attribute("href", f"/courrier/{other.id}")
    assert faults_of(page) == []
    plain = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state()).new_page()
    plain.goto(f"{server}/courrier/{first.id}/autour")
    expect(plain.locator(".around a").first).to_have_attribute("href", f"/courrier/{other.id}")
    plain.context.close()
