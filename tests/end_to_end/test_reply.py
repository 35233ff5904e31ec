"""An officer answers, a chief approves by keyboard, the cabinet sends back, and a minister signs nine on a tablet."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from api.wiring import House
from end_to_end.conftest import PASSWORD
from end_to_end.test_pages import PHONE, faults_of
from end_to_end.test_routing import qualified
from ged.mail.access import Actor
from ged.mail.baskets import parapheur
from ged.mail.circuit import Approver, Stage, StageKind
from ged.mail.draft import Content
from ged.mail.draft_acts import DraftAct, DraftOrder
from ged.mail.item import State
from ged.mail.moves import Destination, Move, Order
from ged.services import circuit, read_draft
from ged.services.draft import Plan, begin
from ged.services.route import move

SignIn = Callable[[Page, str], Page]
Who = Callable[[str], Actor]
TABLET = {"width": 1024, "height": 768}
MINISTER, CHIEF = Approver("MME", "MIN"), Approver("SG", "SG-1")
__all__ = ["qualified"]


def prepare(house: House, author: Actor, number: int, *, to_sign: bool) -> None:
    """Send a draft that waits for the minister: for a signature, or for a visa before the secretary general's."""
    stages: tuple[Stage, ...] = (Stage(StageKind.SIGNATURE, (MINISTER,)),)
    if not to_sign:
        stages = (Stage(StageKind.VISA, (MINISTER,)), Stage(StageKind.SIGNATURE, (CHIEF,)))
    content = Content(f"Projet {number}", ("Société des Carrières du Mono",), "Monsieur,\n\nC'est accordé.")
    draft = begin(Plan(stages=stages), content, store=house.store, actor=author, clock=house.clock)
    order = DraftOrder(DraftAct.START, draft.revision)
    circuit.act(draft.id, order, store=house.store, actor=author, clock=house.clock)


def test_a_letter_is_answered_refused_compared_and_approved(
    mail: House, qualified: str, page: Page, browser: Browser, sign_in: SignIn, server: str, who: Who, errors: list[str]
) -> None:
    to_officer = Order(Move.ASSIGN, None, to=Destination("DAF-COMPTA", "DAF-A1"))
    move(qualified, to_officer, store=mail.store, actor=who("daf"), clock=mail.clock)
    sign_in(page, "comptable").goto(f"{server}/courrier/{qualified}")
    keys = page.keyboard
    keys.press("r")
    expect(page.locator("#objet")).to_have_value("Réponse à : Demande d'autorisation d'exploitation")
    expect(page.locator("#reference")).to_have_value("0123/2026/SCM/DG")
    page.fill("#corps", "Monsieur le Directeur,\n\nVotre demande est accordée pour cinq ans.")
    page.focus("#corps")
    keys.press("Control+a")
    page.locator("button[value=gras]").click()
    expect(page.locator("#corps")).to_have_value(
        "**Monsieur le Directeur,\n\nVotre demande est accordée pour cinq ans.**"
    )
    page.reload()
    expect(page.locator("#draft")).to_contain_text("retrouvé")
    page.fill("#corps", "Monsieur le Directeur,\n\nVotre demande est accordée pour **cinq ans**.")
    page.locator(".copies summary").click()
    page.check("[name=ampliation_unites][value=DRH]")
    page.fill("#ampliations", "Préfecture de Kloto")
    page.select_option("#modele-circuit", "dircab")
    page.locator("button[name=appliquer]").click()
    expect(page.locator(".stages [name=genre]").nth(1)).to_have_value("signature")
    assert faults_of(page) == []
    page.focus("#objet")
    keys.press("Control+Enter")
    expect(page.locator(".done")).to_contain_text("Version 1")
    expect(page.locator(".sheet b").filter(has_text="cinq ans")).to_be_visible()
    expect(page.locator(".sheet li")).to_have_text(["Direction des ressources humaines", "Préfecture de Kloto"])
    page.locator("[data-act=envoyer]").click()
    expect(page.locator(".circuit .here")).to_contain_text("Directeur des affaires")
    assert faults_of(page) == []

    chief = sign_in(browser.new_context(locale="fr-FR").new_page(), "daf")
    chief.goto(f"{server}/projets/a-viser")
    expect(chief.locator("h1")).to_contain_text("1 projet")
    chief.keyboard.press("j")
    chief.keyboard.press("Enter")
    expect(chief.locator(".sheet")).to_contain_text("cinq ans")
    chief.keyboard.press("v")
    expect(chief.locator(".done")).to_contain_text("À signer")

    phone = browser.new_context(viewport=PHONE, has_touch=True, locale="fr-FR")  # type: ignore[arg-type]
    cabinet = sign_in(phone.new_page(), "dircab")
    cabinet.goto(f"{server}/parapheur")
    expect(cabinet.locator("h1")).to_contain_text("1 sur 1")
    assert faults_of(cabinet) == []
    assert cabinet.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    cabinet.locator("details[data-key=r] summary").tap()
    cabinet.locator("details[data-key=r] button", has_text="Citer le texte applicable.").tap()
    expect(cabinet.locator(".empty")).to_contain_text("1 projet traité")

    page.goto(f"{server}/projets/mes-projets")
    expect(page.locator(".list")).to_contain_text("Visa refusé")
    page.locator(".list a").click()
    expect(page.locator(".circuit")).to_contain_text("Citer le texte applicable.")
    page.locator("[data-act=ecrire]").click()
    page.fill(
        "#corps", "Monsieur le Directeur,\n\nVu le décret n° 2003-12, votre demande est accordée pour **dix ans**."
    )
    page.locator(".actions .main").click()
    expect(page.locator(".done")).to_contain_text("Version 2")
    page.locator(".tools a").click()
    expect(page.locator(".changes del", has_text="cinq")).to_have_count(1)
    expect(page.locator(".changes ins", has_text="dix")).to_have_count(1)
    assert faults_of(page) == []
    page.go_back()
    page.locator("[data-act=envoyer]").click()
    chief.goto(f"{server}/projets/a-viser")
    chief.locator(".list a").click()
    expect(chief.locator(".note")).to_contain_text("Modifié depuis votre visa")
    chief.keyboard.press("V")
    expect(chief.locator(".empty")).to_contain_text("Rien à viser")
    found = read_draft.relations(qualified, store=mail.store, actor=who("dircab"))
    assert [draft.state for draft in found.drafts] == [State.TO_SIGN]


def test_a_minister_deals_with_nine_items_by_two_taps_each_at_most(
    house: House, browser: Browser, sign_in: SignIn, server: str, who: Who
) -> None:
    officer, minister = who("comptable"), who("ministre")
    for number in range(9):
        prepare(house, officer, number, to_sign=number % 3 == 0)
    screen = browser.new_context(viewport=TABLET, has_touch=True, locale="fr-FR")  # type: ignore[arg-type]
    tablet, taps = sign_in(screen.new_page(), "ministre"), 0
    signed = 0

    def tap(selector: str) -> None:
        nonlocal taps
        target = tablet.locator(selector).first
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 48
        target.tap()
        taps += 1

    tablet.goto(f"{server}/parapheur")
    assert faults_of(tablet) == []
    tap(".aside button")
    expect(tablet.locator(".done")).to_contain_text("Mis de côté")
    for done in range(9):
        expect(tablet.locator("h1")).to_contain_text(f"{done + 1} sur 9")
        if done == 4:
            tap("details[data-key=r] summary")
            tap("details[data-key=r] button[name=formule]")
        elif tablet.locator(".strip form[action$=signer]").count():
            tap(".strip form[action$=signer] button")
            if not signed:
                tablet.fill("#secret", "ce n'est pas le bon")
                tablet.locator(".sign-in .main").tap()
                expect(tablet.locator(".fault")).to_contain_text("Rien n'a été signé")
                assert faults_of(tablet) == []
                tablet.fill("#secret", PASSWORD)
                tap(".sign-in .main")
            signed += 1
        else:
            tap(".strip [value=viser] ~ button")
    expect(tablet.locator(".empty")).to_contain_text("9 projets traités")
    assert (signed, taps <= 9 * 2) == (3, True)
    listed = read_draft.draft_counts([parapheur(minister)], store=house.store, actor=minister)
    assert listed == (0,)
