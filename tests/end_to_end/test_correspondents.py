"""The clerk names people as suggested, merges a duplicate, files two letters and keeps a view; a head goes back."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from api.wiring import House
from end_to_end.test_morning import qualify_by_keyboard
from end_to_end.test_pages import PHONE, faults_of
from ged.mail.access import Actor
from ged.mail.baskets import TO_QUALIFY
from ged.services import consult, correspondents, dossier
from rooms.letters import decide

SignIn = Callable[[Page, str], Page]


def sound(page: Page) -> None:
    """Axe finds nothing, at a desk and on a phone, where nothing overflows."""
    size = page.viewport_size or {"width": 1366, "height": 768}
    assert faults_of(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert faults_of(page) == []
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0, page.url
    page.set_viewport_size(size)


def test_the_clerk_names_merges_files_and_keeps_a_view(
    mail: House, kossi: Actor, page: Page, errors: list[str], sign_in: SignIn, server: str
) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    rows = consult.letters(TO_QUALIFY, store=mail.store, actor=kossi).rows
    first, second = (row.letter for row in rows[:2])
    decide(mail, kossi, rows[2].letter.id, sender="Mairie de Kpalimé")
    decide(mail, kossi, rows[3].letter.id, sender="Kpalimé, Mairie de")

    # A suggested correspondent and two recipients, by keyboard.
    keys = sign_in(page, "kossi").keyboard
    page.goto(f"{server}/courrier/{first.id}?dans=a-qualifier")
    page.locator("#sender").focus()
    keys.press("Control+a")
    keys.type("kpal mair")
    expect(page.locator("#sender-names [role=option]")).to_have_count(2)
    sound(page)
    page.locator("#sender").focus()
    keys.type("i")
    expect(page.locator("#sender-names")).to_be_visible()
    keys.press("ArrowDown")
    expect(page.locator("#sender-names [aria-selected=true]")).to_have_count(1)
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(page.locator("#sender")).to_have_value("Mairie de Kpalimé")
    page.locator("#recipient").focus()
    keys.press("Control+a")
    keys.type("Monsieur le Ministre ; Monsieur le Secrétaire général")
    qualify_by_keyboard(page)
    named = consult.named(first.id, store=mail.store, actor=kossi)
    assert [each.name for each in named] == [
        "Mairie de Kpalimé",
        "Monsieur le Ministre",
        "Monsieur le Secrétaire général",
    ]
    decide(mail, kossi, second.id, sender="Mairie de Kpalimé")

    # The two spellings become one, and the letters of both stand on its card.
    page.goto(f"{server}/correspondants")
    sound(page)
    page.locator("#find").press_sequentially("kpalime")
    expect(page.locator("#rows tbody tr")).to_have_count(2)
    page.goto(f"{server}/correspondants/doublons")
    expect(page.locator(".pair-of")).to_contain_text("mêmes mots")
    sound(page)
    page.locator(".pair-of .columns > div", has_text="Mairie de Kpalimé").locator("button").first.click()
    expect(page.locator(".empty")).to_contain_text("Aucun doublon")
    kept = correspondents.found("kpalime", store=mail.store, actor=kossi)[0][0]
    page.goto(f"{server}/correspondants/{kept.id}")
    expect(page.locator("#letters")).to_contain_text("4 courriers")
    sound(page)
    page.goto(f"{server}/correspondants/{kept.id}/modifier")
    sound(page)

    # A dossier, from the letter page and from a ticked list.
    page.goto(f"{server}/dossiers/nouveau?titre=Carrière+de+Tsévié")
    sound(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_contain_text("Carrière de Tsévié")
    sound(page)
    page.goto(f"{server}/courrier/{first.id}")
    page.locator("#dossiers summary").click()
    page.locator("#dossier").press_sequentially("carri")
    expect(page.locator("#dossier-names [role=option]")).to_have_count(1)
    keys.press("ArrowDown")
    keys.press("Enter")
    keys.press("Enter")
    expect(page.locator("#dossiers .plain")).to_contain_text("Carrière de Tsévié")
    sound(page)
    page.goto(f"{server}/b/papier-a-remettre")
    page.locator("tr", has_text=second.number).locator("input[name=choix]").check()
    page.locator("#bulk-dossier").press_sequentially("carri")
    expect(page.locator("#bulk-dossier-names [role=option]")).to_have_count(1)
    keys.press("ArrowDown")
    keys.press("Enter")
    sound(page)
    page.locator("button[formaction='/dossiers/mettre']").click()
    expect(page.locator(".done")).to_contain_text("1 courrier mis au dossier")
    (one,), _ = dossier.found("", store=mail.store, actor=kossi)
    listed = dossier.dossier_file(one.id, store=mail.store, actor=kossi).letters.rows
    assert [row.letter.id for row in listed] == [first.id, second.id]
    page.goto(f"{server}/dossiers")
    sound(page)

    # A view: its count in the menu is what its list shows.
    page.goto(f"{server}/b/papier-a-remettre")
    page.locator(".sieve-box summary").click()
    page.fill("#f-sender", "mairie kpalime")
    keys.press("Enter")
    page.fill("#view-name", "Kpalimé, papier")
    keys.press("Enter")
    expect(page.locator(".rail [aria-current=page]")).to_contain_text("Kpalimé, papier")
    shown = page.locator(".list tbody tr").count()
    expect(page.locator(".rail [aria-current=page] b")).to_have_text(str(shown))
    assert shown == 4
    sound(page)
    page.goto(f"{server}/vues")
    sound(page)


def test_a_returned_letter_is_taken_back_qualified_anew_and_corrected(
    mail: House, kossi: Actor, page: Page, browser: Browser, errors: list[str], sign_in: SignIn, server: str
) -> None:
    letter = consult.letters(TO_QUALIFY, store=mail.store, actor=kossi).rows[0].letter
    decide(mail, kossi, letter.id)
    head = sign_in(page, "daf")
    head.goto(f"{server}/courrier/{letter.id}")
    for _ in range(2):
        head.locator("details[data-act=retourner] > summary").click()
        head.fill("#retourner-text", "Relève des mines")
        head.locator("details[data-act=retourner] button.main").click()
        expect(head.locator(".holder")).to_contain_text("le bureau d'ordre")
        if _ == 0:
            head.keyboard.press("u")
            head.keyboard.press("Enter")
            expect(head.locator(".holder")).to_contain_text("DAF")

    clerk = sign_in(browser.new_context(locale="fr-FR").new_page(), "kossi")
    clerk.goto(f"{server}/courrier/{letter.id}?dans=retournes")
    expect(clerk.locator("#qualification")).to_contain_text("Relève des mines")
    expect(clerk.locator("#service")).to_have_value("")
    sound(clerk)
    clerk.select_option("#service", "DGMG")
    clerk.keyboard.press("Control+Enter")
    expect(clerk.locator(".done")).to_contain_text("DGMG")
    clerk.context.close()

    supervisor = sign_in(browser.new_context(locale="fr-FR").new_page(), "lawson")
    supervisor.goto(f"{server}/courrier/{letter.id}/corriger")
    supervisor.fill("#subject", "Permis de carrière")
    supervisor.keyboard.press("Enter")
    expect(supervisor.locator(".summary")).to_contain_text("Indiquez le motif")
    sound(supervisor)
    supervisor.fill("#reason", "Objet mal lu")
    supervisor.keyboard.press("Enter")
    expect(supervisor.locator(".facts")).to_contain_text("Permis de carrière")
    expect(supervisor.locator("#historique")).to_contain_text("Objet mal lu")
    expect(supervisor.locator("#historique")).to_contain_text("→ Permis de carrière")
    sound(supervisor)
    supervisor.context.close()
