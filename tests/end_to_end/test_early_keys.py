"""Whoever knows the way presses keys faster than a slow link brings the page's scripts: none is lost."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from api.wiring import House
from end_to_end.conftest import PASSWORD
from ged.services.sign_in import set_password

SignIn = Callable[[Page, str], Page]


def slow(page: Page, address: str) -> Callable[[], None]:
    """Open a page whose script is on its way, and give what lets it come."""
    held: list[Route] = []
    page.route("**/static/app.js*", lambda route: held.append(route))  # noqa: PLW0108 - it is looked at, and a builtin cannot be
    with page.expect_request("**/static/app.js*"):
        page.goto(address, wait_until="commit")
    expect(page.locator("h1")).to_be_visible()

    def come() -> None:
        for each in held:
            each.continue_()
        page.wait_for_load_state("load")

    return come


def test_a_key_pressed_before_the_script_came_is_followed(
    mail: House, page: Page, sign_in: SignIn, server: str, errors: list[str]
) -> None:
    sign_in(page, "kossi")
    come = slow(page, f"{server}/")
    page.keyboard.press("?")
    expect(page.locator("#help")).not_to_be_visible()
    come()
    expect(page.locator("#help")).to_be_visible()


def test_what_follows_a_key_that_leads_into_a_field_was_text_and_is_no_act(
    mail: House, page: Page, sign_in: SignIn, server: str, errors: list[str]
) -> None:
    sign_in(page, "kossi")
    come = slow(page, f"{server}/")
    page.keyboard.press("/")
    page.keyboard.press("?")
    come()
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator("#help")).not_to_be_visible()


def test_what_is_typed_into_a_form_before_the_script_came_stays_text(
    house: House, page: Page, server: str, errors: list[str]
) -> None:
    set_password("kossi", PASSWORD, store=house.store, clock=house.clock)
    come = slow(page, f"{server}/connexion")
    page.focus("#login")
    page.keyboard.type("kossi?")
    come()
    expect(page.locator("#login")).to_have_value("kossi?")
