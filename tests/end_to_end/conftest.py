"""A morning's mail, read, and a browser signed in as somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from api.wiring import House
from ged.mail.access import Actor
from ged.services.sign_in import set_password
from rooms.letters import letter_pdf, read_all, send
from scripts.sample_letters.generate import generate

expect.set_options(timeout=30_000)  # of a busy machine: what comes, comes; only what never comes costs the time
PASSWORD = "essai-de-bout-en-bout"
SUBJECTS = (
    "Demande d'autorisation d'exploitation de la carrière de Tsévié",
    "Demande de stage au laboratoire",
    "Transmission de la facture n° 4243 pour règlement",
    "Invitation à la cérémonie de lancement du projet minier",
    "Plainte relative aux nuisances du dépôt de Vakpossito",
    "Candidature au poste de technicien supérieur",
    "Demande de branchement au réseau électrique",
    "Avis d'appel d'offres : construction d'une ligne à Tabligbo",
)


@pytest.fixture
def mail(house: House, kossi: Actor, tmp_path: Path) -> House:
    """Ten letters, eight born digital and two scanned, read and waiting for the clerk."""
    for number, subject in enumerate(SUBJECTS):
        send(house, kossi, letter_pdf(subject=subject, reference=f"{100 + number}/2026/SCM/DG"), f"lettre-{number}.pdf")
    for path in generate(2, 77, tmp_path / "scans"):
        send(house, kossi, path.read_bytes(), path.name)
    read_all(house)
    return house


@pytest.fixture
def errors(context: BrowserContext) -> Iterator[list[str]]:
    """What the browser's console complains of; a test ends well only when it is empty."""
    said: list[str] = []
    context.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: said.append(str(error.error)))
    yield said
    assert said == []


@pytest.fixture
def sign_in(house: House, server: str) -> Callable[[Page, str], Page]:
    """Sign somebody in on a page, by the form, with the keyboard."""

    def act(page: Page, login: str = "kossi") -> Page:
        set_password(login, PASSWORD, store=house.store, clock=house.clock)
        page.goto(f"{server}/connexion")
        page.focus("#login")
        page.keyboard.type(login)
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: "/connexion" not in address)
        return page

    return act
