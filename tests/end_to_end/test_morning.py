"""The clerk's whole morning, by keyboard alone, in a real browser."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
from playwright.sync_api import Page, expect

from api.wiring import House
from api.worker import drain_index
from ged.mail.access import Actor
from ged.mail.baskets import TO_QUALIFY
from ged.mail.item import State
from ged.mail.listing import Listing
from ged.services import consult
from rooms.house import driver_url
from rooms.letters import letter_pdf

SignIn = Callable[[Page, str], Page]


def test_the_clerk_qualifies_ten_letters_finds_one_prints_and_verifies(
    mail: House, kossi: Actor, page: Page, errors: list[str], sign_in: SignIn, server: str, tmp_path: Path
) -> None:
    keys = sign_in(page, "kossi").keyboard
    expect(page.locator("h1")).to_contain_text("À qualifier")
    expect(page.locator(".list tbody tr")).to_have_count(10)

    keys.press("j")
    keys.press("Enter")
    for done in range(10):
        expect(page.locator(".place, .empty").first).to_contain_text(re.compile(rf"1 sur {10 - done}"))
        expect(page.locator("#qualification")).to_be_visible()
        expect(page.locator(".evidence").first).to_be_attached()
        qualify_by_keyboard(page)
    expect(page.locator(".empty")).to_contain_text("Bannette vide")
    expect(page.locator(".done")).to_contain_text("enregistré et affecté")
    decided = consult.letters(Listing(states=(State.ASSIGNED,)), store=mail.store, actor=kossi)
    assert decided.total == 10
    drain_index(mail)

    # A phrase of the body, without its accents and with a slip: found, and lit where it stands on the image.
    keys.press("/")
    keys.type("carriere tsevie transformateur existnat")
    keys.press("Enter")
    expect(page.locator(".hits mark").first).to_be_visible()
    keys.press("j")
    keys.press("Enter")
    expect(page.locator(".hit").first).to_be_attached()
    image = page.locator(".page img").first.bounding_box()
    lit = page.locator(".hit").first.bounding_box()
    assert image is not None
    assert lit is not None
    assert image["x"] <= lit["x"] < lit["x"] + lit["width"] <= image["x"] + image["width"]
    words = page.locator("tspan", has_text="transformateur").first.bounding_box()
    assert words is not None
    assert any(
        abs(box["x"] - words["x"]) < 8 and abs(box["y"] - words["y"]) < 12
        for box in (one.bounding_box() for one in page.locator(".hit").all())
        if box
    )
    keys.press("Escape")
    expect(page.locator("h1")).to_contain_text("Recherche")

    keys.press("g")
    keys.press("a")
    expect(page.locator("h1")).to_contain_text("Registre arrivée")
    expect(page.locator(".list tbody tr")).to_have_count(10)
    page.locator("#print").focus()
    keys.press("Enter")
    expect(page.locator(".done")).to_contain_text("Impression gardée")
    printed = page.context.request.get(server + (page.locator(".done a").get_attribute("href") or ""))
    assert printed.ok
    paper = tmp_path / "register.pdf"
    paper.write_bytes(printed.body())
    text = subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True).stdout
    numbers = re.findall(r"ARR-\d{4}-(\d{6})", text)
    assert sorted(set(numbers)) == [f"{n:06d}" for n in range(1, 11)]

    verify(page, mail, kossi, tmp_path)


def qualify_by_keyboard(page: Page) -> None:
    """Validate the letter shown; what the machine could not propose is chosen in the lists, by their first letters."""
    before = page.url
    _validate(page)
    for _ in range(4):
        if page.url != before or (
            page.locator(".summary").count() == 0 and page.locator("[aria-invalid]").count() == 0
        ):
            return
        wrong = page.locator("[aria-invalid]").first
        wrong.focus()
        if wrong.evaluate("field => field.tagName") == "SELECT":
            page.keyboard.press("ArrowDown")
        else:
            page.keyboard.type("Expéditeur inconnu")
        if page.locator("[aria-invalid]").count() == 1:
            _validate(page)


def _validate(page: Page) -> None:
    with page.expect_event("load"):  # the answer is a page, whatever it says
        page.keyboard.press("Control+Enter")


def verify(page: Page, house: House, actor: Actor, tmp_path: Path) -> None:
    """Present an original, then the same with one byte changed."""
    letter = consult.letters(Listing(), store=house.store, actor=actor).rows[-1].letter
    with house.vault.open(letter.original) as stream:
        data = stream.read()
    original, tampered = tmp_path / "original.pdf", tmp_path / "tampered.pdf"
    original.write_bytes(data)
    tampered.write_bytes(data[:500] + bytes([data[500] ^ 1]) + data[501:])
    page.keyboard.press("g")
    page.keyboard.press("v")
    expect(page.locator("h1")).to_contain_text("Vérifier")
    for path, said in ((original, "Intact"), (tampered, "Altéré")):
        page.set_input_files("#file", path)
        page.locator("#numero").focus()
        page.keyboard.press("Control+a")
        page.keyboard.type(letter.number)
        page.keyboard.press("Enter")
        expect(page.locator(".verdict h2")).to_have_text(said)
        expect(page.locator(".steps li")).not_to_have_count(0)


def test_what_is_typed_survives_a_reload_and_an_expired_session(
    mail: House, database: str, page: Page, errors: list[str], sign_in: SignIn
) -> None:
    sign_in(page, "kossi")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#subject")).to_be_visible()
    page.fill("#subject", "Un objet que je suis en train de taper")
    expect(page.locator("#draft")).to_contain_text("Brouillon gardé")
    page.reload()
    expect(page.locator("#subject")).to_have_value("Un objet que je suis en train de taper")
    with psycopg.connect(driver_url(database)) as connection:
        connection.execute("UPDATE session SET expires_at = now() - interval '1 minute'")
    page.locator("#subject").focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note")).to_contain_text("Votre session a expiré")
    page.keyboard.type("kossi")
    page.keyboard.press("Tab")
    page.keyboard.type("essai-de-bout-en-bout")
    page.keyboard.press("Enter")
    expect(page.locator("#subject")).to_have_value("Un objet que je suis en train de taper")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".done")).to_contain_text("enregistré et affecté")


def test_the_second_of_two_who_qualify_sees_both_versions(
    mail: House, page: Page, errors: list[str], sign_in: SignIn, server: str, kossi: Actor
) -> None:
    letter = consult.letters(TO_QUALIFY, store=mail.store, actor=kossi).rows[0].letter
    sign_in(page, "kossi").goto(f"{server}/courrier/{letter.id}?dans=a-qualifier")
    other = page.context.new_page()
    other.goto(f"{server}/courrier/{letter.id}?dans=a-qualifier")
    other.fill("#subject", "Le premier arrivé")
    other.keyboard.press("Control+Enter")
    expect(other.locator(".done")).to_be_visible()
    page.fill("#subject", "Le second")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".compare")).to_contain_text("Le premier arrivé")
    expect(page.locator(".compare")).to_contain_text("Le second")
    errors.clear()  # the browser reports the 409 itself
    stored = consult.letter(letter.id, store=mail.store, actor=kossi)
    assert stored.subject == "Le premier arrivé"


def test_files_are_sent_one_by_one_and_each_has_its_answer(
    house: House, page: Page, errors: list[str], sign_in: SignIn, server: str, tmp_path: Path
) -> None:
    good, bad = tmp_path / "bonne.pdf", tmp_path / "mauvaise.pdf"
    good.write_bytes(letter_pdf())
    bad.write_bytes(b"MZ\x90\x00" * 20)
    sign_in(page, "kossi").keyboard.press("n")
    expect(page.locator("h1")).to_contain_text("Numériser")
    page.set_input_files("#files", [good, bad])
    page.locator("#files").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".sent .good")).to_contain_text(re.compile(r"ARR-\d{4}-000001"))
    expect(page.locator(".sent .bad")).to_contain_text("ni un PDF")
    expect(page.locator("#after a")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".list tbody tr")).to_have_count(1)
    expect(page.locator(".list")).to_contain_text("Lecture en cours")
