"""The paper archives by keyboard: a box, numbers read into it, a loan, its return, labels; the paper of a disposal."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from api.wiring import House
from end_to_end.test_pages import PHONE, faults_of
from ged.mail.access import Actor
from rooms.disposals import disposed, over

SignIn = Callable[[Page, str], Page]
Who = Callable[[str], Actor]


def looked_at(page: Page, name: str) -> None:
    """Axe finds nothing, on a desk and on a telephone, and nothing overflows there."""
    desk = page.viewport_size
    assert desk is not None
    for size, suffix in ((desk, ""), (PHONE, "-telephone")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert faults_of(page) == [], (page.url, suffix)
        assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0, (page.url, suffix)
        if folder := os.environ.get("BOX_PICTURES"):
            page.screenshot(path=Path(folder) / f"{name}{suffix}.png", full_page=True)
    page.set_viewport_size(desk)


def test_an_archivist_boxes_lends_and_destroys_paper(
    house: House, kossi: Actor, who: Who, page: Page, sign_in: SignIn, server: str
) -> None:
    first, second = over(house, kossi, "A", subject="Demande A"), over(house, kossi, "B", subject="Demande B")
    with house.store.unit() as unit:
        numbers = [unit.letters.get(each, None).number for each in (first, second)]
    page.context.add_cookies([{"name": "ged_langue", "value": "fr", "url": server}])
    keys = sign_in(page, "archives").keyboard
    page.goto(f"{server}/archives-papier")
    looked_at(page, "boites-vide")

    # A box without a reference is refused and nothing typed is lost; with one it is made.
    page.locator("#intitule").fill("Demandes de 2001")
    page.locator("#magasin").fill("Sous-sol")
    page.locator("#tablette").fill("4")
    keys.press("Enter")
    expect(page.locator("#box-fault")).to_be_visible()
    expect(page.locator("#intitule")).to_have_value("Demandes de 2001")
    looked_at(page, "boite-refusee")
    page.locator("#cote").fill("daf-2001/1")
    keys.press("Enter")
    expect(page.locator("h1")).to_contain_text("DAF-2001/1")

    # Numbers are read one after the other; the one that is unknown stays, the others are in.
    page.locator("#numeros").focus()
    for line in (*numbers, "A-0000-0001"):
        keys.type(line)
        keys.press("Enter")
    page.locator('form[action$="/courriers"] .main').press("Enter")
    expect(page.locator("#placed")).to_contain_text("2 originaux")
    expect(page.locator("#refused")).to_contain_text("A-0000-0001")
    expect(page.locator("#numeros")).to_have_value("A-0000-0001\n")
    looked_at(page, "boite")
    box = page.url.removesuffix("/courriers")

    # Where is the paper? The page of the letter answers.
    page.goto(f"{server}/courrier/{first}")
    expect(page.locator("#boite")).to_contain_text("DAF-2001/1")
    expect(page.locator("#boite")).to_contain_text("Sous-sol / – / 4")
    looked_at(page, "courrier-en-boite")

    # A loan, and its return.
    page.goto(box)
    row = page.locator("tbody tr", has_text=numbers[0])
    row.locator("summary").press("Enter")
    row.locator('input[name="dehors"]').fill("Cour des comptes")
    row.locator('input[name="nom"]').fill("M. Kpodar")
    row.locator('input[name="retour"]').fill("01/01/2001")
    row.locator('button[value="preter"]').press("Enter")
    expect(page.locator("#box-fault")).to_be_visible()
    expect(row.locator('input[name="dehors"]')).to_have_value("Cour des comptes")
    row.locator('input[name="retour"]').fill("31/12/2099")
    looked_at(page, "pret")
    row.locator('button[value="preter"]').press("Enter")
    expect(page.locator("tbody tr", has_text=numbers[0])).to_contain_text("Cour des comptes")
    page.goto(f"{server}/archives-papier/prets")
    expect(page.locator("tbody tr")).to_have_count(1)
    looked_at(page, "prets")
    page.locator('button[value="rendre"]').press("Enter")
    expect(page.locator("tbody tr")).to_have_count(0)
    for address in ("etiquettes.pdf", "etiquettes.pdf?sorte=tablettes"):
        answer = page.context.request.get(f"{server}/archives-papier/{address}")
        assert answer.body().startswith(b"%PDF")
        if folder := os.environ.get("BOX_PICTURES"):
            (Path(folder) / f"{address[-9:]}.pdf").write_bytes(answer.body())

    # The paper of a disposal: listed by box, printed, recorded as destroyed before two people, in English.
    done = disposed(house, who)
    page.goto(f"{server}/langue/en?suite=/eliminations/{done.id}")
    page.goto(f"{server}/eliminations/{done.id}")
    page.get_by_role("link", name="Paper originals").press("Enter")
    expect(page.locator("tbody tr")).to_have_count(2)
    looked_at(page, "liste-papier-anglais")
    answer = page.context.request.get(f"{page.url}/liste.pdf")
    assert answer.body().startswith(b"%PDF")
    if folder := os.environ.get("BOX_PICTURES"):
        (Path(folder) / "liste.pdf").write_bytes(answer.body())
    page.locator("#premier").fill("I. Sossou")
    keys.press("Enter")
    expect(page.locator("#list-fault")).to_be_visible()
    page.locator("tbody tr", has_text=numbers[1]).locator("input").uncheck()
    page.locator("#second").fill("A. Témoin")
    keys.press("Enter")
    expect(page.locator("p.note").first).to_contain_text("Destroyed on")
    expect(page.locator("tbody tr", has_text=numbers[1])).to_contain_text("waiting")
    expect(page.locator("tbody tr", has_text=numbers[0])).to_contain_text("DAF-2001/1")
    page.goto(f"{server}/courrier/{first}")
    expect(page.locator("#papier")).to_contain_text("A. Témoin")
    expect(page.locator("#papier")).to_contain_text("It was in box DAF-2001/1.")
    looked_at(page, "courrier-papier-detruit-anglais")
    page.goto(f"{server}/archives-papier")
    looked_at(page, "boites-anglais")
