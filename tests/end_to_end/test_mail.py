"""A message sent by a person is a letter with its pieces on the clerk's screen, and one that was marked waits aside."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pydantic import SecretStr

from api.config import Database, Settings
from api.embedded.ports import LOOPBACK, free_port
from api.mailbox.doors import mail_door
from api.mailbox.smtp_in import listening
from api.wiring import House
from end_to_end.test_pages import PHONE, faults_of
from ged.services.post import post_due
from rooms.letters import read_all
from rooms.mails import BOX, PERSON, bounce, person_mail, with_boxes
from rooms.post_office import open_post_office


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return with_boxes(Settings(data=tmp_path / "data", database=Database(kind="server", url=SecretStr(database))))


def test_mail_is_seen_with_its_pieces_its_receipt_and_what_came_back(
    house: House, page: Page, sign_in: Callable[[Page, str], Page], server: str, errors: list[str]
) -> None:
    port = free_port()
    with (
        open_post_office() as office,
        listening(mail_door(house), LOOPBACK, port, 5_000_000),
        smtplib.SMTP(LOOPBACK, port, timeout=60) as client,
    ):
        client.sendmail(PERSON, [BOX], person_mail())
        client.sendmail(PERSON, [BOX], person_mail(header_id="<2@x.tg>", pieces=False, X_Spam_Flag="YES"))
        post_due(store=house.store, vault=house.vault, mailer=office.mailer(), clock=house.clock)
        client.sendmail("", [BOX], bounce(office.taken[0]))
    read_all(house)

    keys = sign_in(page, "kossi").keyboard
    expect(page.locator("h1")).to_contain_text("À qualifier")
    expect(page.locator(".list")).to_contain_text("Ama Mensah")
    keys.press("j")
    keys.press("Enter")
    expect(page.locator(".pieces")).to_contain_text("Demande signée.pdf")
    expect(page.locator(".pieces")).to_contain_text("pages 2 à 3")
    expect(page.locator(".side")).to_contain_text("Boite pleine")
    expect(page.locator("#page-1")).to_be_visible()
    assert faults_of(page) == []
    with page.expect_download() as saved:
        page.get_by_role("link", name="annexe.zip").click()
    assert saved.value.suggested_filename.endswith("-piece-3.zip")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.locator(".tabs button").nth(1).click()
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    assert faults_of(page) == []

    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{server}/courriels-ecartes")
    assert faults_of(page) == []
    keys.press("j")
    keys.press("Enter")
    expect(page.locator(".card")).to_contain_text("indésirable")
    assert faults_of(page) == []
    page.get_by_role("button", name="Enregistrer comme courrier").click()
    expect(page.locator("h1")).to_contain_text("ARR-")
    page.goto(f"{server}/courriels-ecartes")
    expect(page.locator(".notices")).to_contain_text("enregistré par A. Kossi")
    page.goto(f"{server}/etat")
    expect(page.locator("main")).to_contain_text("Courriel")
    assert faults_of(page) == []
