"""The same letter twice is shown and answered by keyboard."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from api.wiring import House
from end_to_end.test_correspondents import sound
from ged.mail.access import Actor
from integration.test_near_duplicates import BODY, scan
from rooms.letters import letter_pdf, read_all, send

SignIn = Callable[[Page, str], Page]


def test_a_letter_received_twice_is_compared_and_closed_by_keyboard(
    house: House, kossi: Actor, page: Page, errors: list[str], sign_in: SignIn, server: str
) -> None:
    pdf = letter_pdf(body=BODY)
    first, second = (send(house, kossi, data) for data in (pdf, scan(pdf)))
    read_all(house)
    page.set_viewport_size({"width": 1366, "height": 768})
    keys = sign_in(page, "kossi").keyboard
    page.goto(f"{server}/courrier/{second.letter_id}?dans=a-qualifier")
    expect(page.locator(".same-letter")).to_contain_text(first.number)
    sound(page)
    page.get_by_role("link", name="Comparer").press("Enter")
    expect(page.locator(".two-sheets img")).to_have_count(2)
    sound(page)
    keys.press("d")
    keys.press("Enter")
    expect(page.locator("#liens")).to_contain_text(first.number)
    expect(page.locator(".letter-head .chip").first).to_have_text("Sans suite")
    sound(page)
    page.get_by_role("button", name="Ce n'est pas le même courrier").press("Enter")
    expect(page.locator("#qualification")).to_be_visible()
    expect(page.locator(".same-letter")).to_have_count(0)
