"""What is done to a selection, by keyboard: annotated, answered together, sent to somebody away, approved, sent off."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from playwright.sync_api import Page, expect

from api.wiring import House
from end_to_end.test_pages import faults_of
from end_to_end.test_reply import prepare
from ged.mail.access import Actor
from ged.mail.baskets import TO_QUALIFY
from ged.mail.dispatch import Plan
from ged.mail.item import Letter, State
from ged.mail.organisation import Leave
from ged.services import absent, consult
from ged.services.dispatch import plan
from rooms.departures import signed
from rooms.letters import decide

SignIn = Callable[[Page, str], Page]
Who = Callable[[str], Actor]


def tick(page: Page, count: int) -> None:
    """Tick the first rows with the keyboard alone."""
    page.keyboard.press("j")
    page.keyboard.press("x")
    for _ in range(count - 1):
        page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator("input[name=choix]:checked")).to_have_count(count)


def test_a_head_annotates_assigns_and_answers_several_letters(
    mail: House, kossi: Actor, page: Page, sign_in: SignIn, who: Who, errors: list[str]
) -> None:
    letters = [row.letter.id for row in consult.letters(TO_QUALIFY, store=mail.store, actor=kossi).rows[:3]]
    for letter_id in letters:
        decide(mail, kossi, letter_id)
    today = mail.clock().date()
    leave = Leave("comptable", today, today + timedelta(days=5))
    absent.declare(leave, store=mail.store, actor=who("daf"), clock=mail.clock)

    keys = sign_in(page, "daf").keyboard
    tick(page, 2)
    keys.press("a")
    expect(page.locator("#bulk-note")).to_be_focused()
    keys.type("À joindre au dossier du Mono")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.locator(".done")).to_contain_text("Annoter : 2 courriers")
    files = [consult.letter_file(each, store=mail.store, actor=kossi, clock=mail.clock) for each in letters]
    assert sum(len(file.notes) for file in files) == 2

    # Whoever is away is sent nothing without being asked twice; then all of them at once.
    tick(page, 2)
    page.select_option("#bulk-a", "p:DAF-A1")
    page.locator(".bulk button[value=imputer]").click()
    expect(page.locator(".fault li")).to_have_count(2)
    expect(page.locator(".fault")).to_contain_text("absence jusqu'au")
    assert faults_of(page) == []
    page.locator(".fault button").click()
    expect(page.locator(".done")).to_contain_text("2 courriers")

    keys.press("g")
    keys.press("t")
    expect(page.locator("h1")).to_contain_text("Mon service")
    tick(page, 2)
    keys.press("r")
    expect(page.locator("input[name=repond_a]")).to_have_count(2)
    expect(page.locator("#destinataires")).to_have_value("Société des Carrières du Mono")


def test_drafts_are_approved_from_their_list(
    house: House, page: Page, sign_in: SignIn, server: str, who: Who, errors: list[str]
) -> None:
    for number in range(3):
        prepare(house, who("comptable"), number, to_sign=number == 2)
    sign_in(page, "ministre").goto(f"{server}/projets/a-viser")
    expect(page.locator("input[name=choix]")).to_have_count(2)
    tick(page, 2)
    assert faults_of(page) == []
    page.keyboard.press("v")
    expect(page.locator(".done")).to_contain_text("2 projets visés")
    expect(page.locator("input[name=choix]")).to_have_count(0)


def test_letters_for_one_place_leave_together_on_one_sheet(
    house: House, kossi: Actor, page: Page, sign_in: SignIn, server: str, who: Who, errors: list[str]
) -> None:
    given = {"store": house.store, "actor": kossi, "clock": house.clock}

    def three() -> list[Letter]:
        return [signed(house, who("daf"), who("ministre")) for _ in range(3)]

    with ThreadPoolExecutor(1) as thread:  # the browser has a loop in this one
        letters = thread.submit(three).result()
    for letter in letters[:2]:
        carried = (Plan("Société des Carrières du Mono", "coursier", "Lomé"),)
        ready = planned(house, letter)
        plan(letter.id, carried, ready, **given)  # type: ignore[arg-type]
    plan(letters[2].id, (), planned(house, letters[2]), **given)  # type: ignore[arg-type]
    sign_in(page, "kossi").goto(f"{server}/b/a-expedier")
    tick(page, 3)
    page.locator("button[value=expedier]").click()
    expect(page.locator(".done")).to_contain_text("Expédier : 2 courriers")
    expect(page.locator(".fault li")).to_contain_text(letters[2].number)
    assert faults_of(page) == []
    gone = [consult.letter(each.id, store=house.store, actor=kossi) for each in letters]
    assert [each.state for each in gone] == [State.DISPATCHED, State.DISPATCHED, State.TO_DISPATCH]
    with house.store.unit() as unit:
        sheets = {each.transmittal_id for letter in letters[:2] for each in unit.sendings.of(letter.id)}
    assert len(sheets) == 1

    # From the register too, a sheet is made of what is ticked.
    page.goto(f"{server}/registres/depart")
    tick(page, 2)
    assert faults_of(page) == []
    page.locator(".bulk button").click()
    expect(page.locator("input[name=lettre]")).to_have_count(2)


def planned(house: House, letter: Letter) -> frozenset[str]:
    """Return the ids of what is planned for a letter."""
    with house.store.unit() as unit:
        return frozenset(each.id for each in unit.sendings.of(letter.id))
