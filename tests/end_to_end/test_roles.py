"""A secretary's, an auditor's and an archivist's day, by keyboard: each finds what is theirs, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import cv2
import numpy as np
import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from api.wiring import House
from end_to_end.test_pages import PHONE, faults_of
from ged.mail.access import Actor
from ged.mail.moves import Move, Order
from ged.services import consult
from ged.services.print_slip import printed_slips
from ged.services.route import move
from integration.test_slips import page_of, scan_of
from rooms.letters import decide, letter_pdf, read_all, send
from scripts.sample_letters.ticked import cross

SignIn = Callable[[Page, str], Page]
Who = Callable[[str], Actor]


@pytest.fixture
def two(house: House, kossi: Actor) -> tuple[str, str]:
    """Two letters, sealed and read, qualified for the cabinet."""
    sent = [
        send(house, kossi, letter_pdf(subject=subject, reference=f"{n}/SCM"), f"{n}.pdf").letter_id
        for n, subject in enumerate(("Demande d'audience", "Plainte contre le dépôt"))
    ]
    read_all(house)
    for letter_id, kind in zip(sent, ("demande", "plainte"), strict=True):
        current = consult.letter(letter_id, store=house.store, actor=kossi)
        subject = "Demande d'audience" if kind == "demande" else "Plainte contre le dépôt"
        assert current.sealing == "scelle"
        decide(house, kossi, letter_id, service_id="CAB", kind=kind, subject=subject)
    return sent[0], sent[1]


def press(page: Page, selector: str) -> None:
    """Bring the focus to something and press Enter, as somebody without a mouse does."""
    page.locator(selector).first.focus()
    page.keyboard.press("Enter")


def shown_whole(page: Page) -> None:
    """Check a page on a desk and on a phone: axe finds nothing, nothing overflows."""
    assert faults_of(page) == [], page.url
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0, page.url
    page.set_viewport_size({"width": 1366, "height": 768})


def test_a_secretary_presents_the_ministers_day_and_types_what_the_slip_says(
    house: House, two: tuple[str, str], page: Page, sign_in: SignIn, server: str, who: Who, errors: list[str]
) -> None:
    keys = sign_in(page, "adjovi").keyboard
    expect(page.locator("h1")).to_contain_text("À affecter")
    for _ in two:
        page.goto(f"{server}/b/a-affecter")
        keys.press("j")
        keys.press("Enter")
        press(page, "details[data-act=signaler] summary")
        page.locator("#signaler-a").focus()
        keys.type("Mme A. Dogb")
        page.locator("#signaler-text").focus()
        keys.press("Control+Enter")
        expect(page.locator(".holder, .done").first).to_contain_text("Signalé")
    page.goto(f"{server}/b/a-presenter")
    expect(page.locator("h1")).to_contain_text("2 courriers")
    shown_whole(page)
    for _ in two:
        keys.press("j")
        keys.press("x")
    with page.expect_response("**/fiches.pdf**") as printed:
        press(page, "button[formaction='/fiches']")
    sheets = page.request.get(printed.value.url).body()
    errors.clear()  # the browser asks for an icon beside a PDF, which has none
    ids = parse_qs(urlsplit(printed.value.url).query)["f"]
    shown = printed_slips(ids, store=house.store, actor=who("ministre"), today=house.clock().date())

    # The minister ticks by pen; on the first sheet a spot stands where an instruction would be.
    hand, pages = np.random.default_rng(4), []
    for n, one in enumerate(shown):
        sheet = page_of(sheets, number=n)
        boxes = {box.name: box for box in one.slip.layout.boxes}
        cross(sheet, sheet.shape[1] / 210, boxes["to:e:SG"], hand)
        if n:
            cross(sheet, sheet.shape[1] / 210, boxes["mention:suite"], hand)
        else:
            spot = boxes["mention:suite"]
            cv2.circle(sheet, (round((spot.x + 2) * 7.874), round((spot.y + 2) * 7.874)), 2, (60, 60, 60), -1)
        pages.append(sheet)
    page.goto(f"{server}/numeriser")
    scan = {"name": "fiches.pdf", "mimeType": "application/pdf", "buffer": scan_of(pages, "propre")}
    page.set_input_files("#files", scan)  # type: ignore[arg-type]
    press(page, "#capture button.main")
    expect(page.locator("#sent li.good")).to_contain_text("à confirmer")
    for left in (1, 0):
        page.goto(f"{server}/b/fiches-revenues")
        expect(page.locator(".list tbody tr")).to_have_count(left + 1)
        keys.press("j")
        keys.press("Enter")
        press(page, ".slip-back a")
        expect(page.locator("#a")).to_have_value("e:SG")
        shown_whole(page)
        if left:
            expect(page.locator(".doubts")).to_contain_text("Case douteuse")
            expect(page.locator("#mention")).to_have_value("")
            page.locator("#mention").focus()
            keys.type("Suite à donner")
        page.locator("#texte").focus()
        keys.type("Me rendre compte vendredi.")
        press(page, "button[value=imputer]")
        page.wait_for_url("**/b/fiches-revenues")
    expect(page.locator(".empty")).to_contain_text("Aucune fiche à confirmer")
    for letter_id in two:
        file = consult.letter_file(letter_id, store=house.store, actor=who("sg"), clock=house.clock)
        assert (file.letter.service_id, file.steps[-1].mention) == ("SG", "suite")
        assert file.steps[-1].name == "Mme A. Dogbé, saisi par S. Adjovi d'après la fiche signée"

    # What the minister passed on, she still finds; she has no hand on it.
    page.goto(f"{server}/b/a-presenter")
    expect(page.locator(".empty")).to_contain_text("Rien à présenter")
    page.goto(f"{server}/courrier/{two[0]}")
    expect(page.locator(".holder")).to_contain_text("Secrétariat général")
    expect(page.locator("details.act[data-act=imputer]")).to_have_count(0)


def test_an_auditor_checks_everything_takes_the_history_away_and_changes_nothing(
    house: House,
    two: tuple[str, str],
    page: Page,
    sign_in: SignIn,
    server: str,
    who: Who,
    tmp_path: Path,
    errors: list[str],
) -> None:
    auditor = who("audit")
    keys = sign_in(page, "audit").keyboard
    page.goto(f"{server}/langue/fr?suite=/")
    keys.press("g")
    keys.press("a")
    expect(page.locator(".list tbody tr")).to_have_count(2)
    keys.press("j")
    keys.press("Enter")
    history = page.locator("#historique")
    expect(history).to_contain_text("Qualifié")
    expect(history).to_contain_text("Original scellé")
    shown_whole(page)
    address = page.url.partition("?")[0]
    with page.expect_download() as taken:
        press(page, "#historique a[href$='.csv']")
    lines = Path(taken.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert "empreinte" in lines[0]
    paper = page.request.get(f"{address}/historique.pdf").body()
    assert "empreinte" in pypdfium2.PdfDocument(paper)[0].get_textpage().get_text_range().lower()
    page.reload()
    expect(history).to_contain_text("Historique exporté")

    press(page, "form[action$='/verifier'] button")
    expect(page.locator(".verdict h2")).to_have_text("Intact")
    copy = tmp_path / "copie.pdf"
    copy.write_bytes(page.request.get(f"{address}/original").body() + b"\n")
    keys.press("g")
    keys.press("v")
    page.set_input_files("#file", copy)
    page.locator("#numero").focus()
    keys.type(f"ARR-{house.clock().year}-000002")
    keys.press("Enter")
    expect(page.locator(".verdict h2")).to_have_text("Altéré")
    shown_whole(page)
    page.goto(f"{server}/controle")
    expect(page.locator(".year").first).to_contain_text("Sans lacune")
    expect(page.locator("details.act")).to_have_count(0)
    shown_whole(page)
    keys.press("g")
    keys.press("a")
    press(page, "#print")
    expect(page.locator("h1")).to_contain_text("Impressions")

    # Nothing to act with on the page, and what is sent without one is refused.
    page.goto(address)
    expect(page.locator("details.act, [data-act], #qualification button.main")).to_have_count(0)
    token = page.locator("input[name=csrf_token]").first.input_value()
    before = consult.letter(two[1], store=house.store, actor=auditor).revision
    for path, form in (
        ("acte", {"acte": "imputer", "a": "e:DAF", "pas": ""}),
        ("gel", {"motif": "x"}),
        ("", {"objet": "autre", "revision": str(before)}),
    ):
        sent: dict[str, str | float | bool] = {"csrf_token": token, **form}
        answer = page.request.post(f"{address}/{path}".rstrip("/"), form=sent)
        assert answer.status in {403, 409, 422}, path
    assert consult.letter(two[1], store=house.store, actor=auditor).revision == before
    errors.clear()


def test_an_archivist_finds_what_is_over_until_when_it_is_kept_and_holds_it(
    house: House, two: tuple[str, str], page: Page, sign_in: SignIn, server: str, who: Who, errors: list[str]
) -> None:
    for letter_id in two:
        move(letter_id, Order(Move.FINISH, None), store=house.store, actor=who("dircab"), clock=house.clock)
    year = house.clock().year
    keys = sign_in(page, "archives").keyboard
    expect(page.locator("h1")).to_contain_text("Conservation")
    expect(page.locator(".list tbody tr")).to_have_count(2)
    expect(page.locator(".list")).to_contain_text(f"{year + 30}")
    shown_whole(page)
    press(page, ".sieve-box summary")
    page.locator("#f-end").focus()
    keys.type("versement")
    keys.press("Tab")
    press(page, ".sieve button")
    expect(page.locator(".list tbody tr")).to_have_count(1)
    keys.press("j")
    keys.press("Enter")
    expect(page.locator("main")).to_contain_text("parce que le tableau de gestion")
    page.locator("#motif").focus()
    keys.type("Contentieux devant la cour d'appel")
    keys.press("Enter")
    expect(page.get_by_role("link", name="Gel du courrier")).to_be_visible()
    page.goto(f"{server}/conservation?rayon=geles")
    expect(page.locator(".list tbody tr")).to_have_count(1)
    expect(page.locator(".list")).to_contain_text("cour d'appel")
    shown_whole(page)
    page.goto(f"{server}/conservation?rayon=echus")
    expect(page.locator(".empty")).to_contain_text("Aucun délai")
    keys.press("/")
    keys.type("audience")
    keys.press("Enter")
    expect(page.locator("main")).to_contain_text("Demande d'audience")
    page.goto(f"{server}/dossiers")
    expect(page.locator("h1")).to_contain_text("Dossiers")
    shown_whole(page)
