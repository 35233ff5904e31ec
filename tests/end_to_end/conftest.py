"""A morning's mail, read, and a browser signed in as somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree

import psycopg
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from api.config import Settings
from api.wiring import House, open_house
from ged.services.sign_in import actor_of, set_password
from rooms.house import alchemy_url, driver_url, settings_of
from rooms.letters import letter_pdf, read_all, send
from scripts.sample_letters.generate import generate

expect.set_options(timeout=30_000)  # of a busy machine: what comes, comes; only what never comes costs the time
PASSWORD = "essai-de-bout-en-bout"
MORNING = "matin_modele"
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


@pytest.fixture(scope="session")
def morning(postgres_url: str, pilot_template: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An installation with ten letters, eight born digital and two scanned, read and waiting for the clerk.

    It is closed: each test works on a copy of its database and of its folder.
    """
    folder = tmp_path_factory.mktemp("matin")
    with psycopg.connect(driver_url(postgres_url), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {MORNING} TEMPLATE {pilot_template}")
    settings = settings_of(alchemy_url(postgres_url, MORNING), folder / "data")
    with open_house(settings) as house:
        kossi = actor_of("kossi", store=house.store, clock=house.clock)
        for number, subject in enumerate(SUBJECTS):
            letter = letter_pdf(subject=subject, reference=f"{100 + number}/2026/SCM/DG")
            send(house, kossi, letter, f"lettre-{number}.pdf")
        for path in generate(2, 77, folder / "scans"):
            send(house, kossi, path.read_bytes(), path.name)
        read_all(house)
    return settings


@pytest.fixture
def template(request: pytest.FixtureRequest, pilot_template: str) -> str:
    """The name of the database that the test's own is a copy of."""
    if "mail" not in request.fixturenames:
        return pilot_template
    request.getfixturevalue("morning")
    return MORNING


@pytest.fixture
def settings(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Settings:
    if "mail" in request.fixturenames:
        copytree(request.getfixturevalue("morning").data, tmp_path / "data")
    return settings_of(database, tmp_path / "data")


@pytest.fixture
def mail(house: House) -> House:
    """The morning's mail, in a house of this test alone."""
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
