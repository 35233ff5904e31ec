"""The pictures of the user guides: a demonstration of its own, served, and a browser that goes where the guide goes.

    python -m scripts.guide_pictures [NAME…]

Writes docs/pictures/NAME.webp for each line of `PICTURES`, or for those named. Run it again when a screen changes.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from api.model_folder import read_folder
from api.wiring import House
from api.worker import run_worker
from ged.services.capture import Door
from ged.services.establish import establish
from ged.services.sign_in import actor_of, set_password
from ingest.capture.receive import receive
from scripts.demo_lot import deposit_pile
from scripts.demo_morning import play
from scripts.measured_house import measured_house, serving
from scripts.measures import ROOT
from scripts.sample_letters.generate import generate

_FOLDER = ROOT / "docs" / "pictures"
_PASSWORD, _LETTERS, _SEED = "images-des-guides", 20, 1
_DESK, _TABLET, _PHONE = (1366, 768), (1024, 768), (390, 844)
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: who is signed in, where they are, what they press to get there; `screen` in CSS pixels."""

    name: str
    login: str
    address: str
    presses: tuple[str, ...] = ()
    screen: tuple[int, int] = _DESK


PICTURES = (
    Picture("a-qualifier", "kossi", "/b/a-qualifier"),
    Picture("qualifier", "kossi", "/b/a-qualifier", (".list a",)),
    Picture("lot", "kossi", "/lots", (".list a", ".pile:nth-child(2) input")),
    Picture("registre", "lawson", "/registres/arrivee"),
    Picture("a-affecter", "daf", "/b/a-affecter"),
    Picture("affecter", "daf", "/b/a-affecter", (".list a", "details[data-act=imputer] summary")),
    Picture("a-traiter", "comptable", "/b/a-traiter"),
    Picture("courrier-telephone", "comptable", "/b/a-traiter", (".list a", ".tabs [data-pane=form]"), _PHONE),
    Picture("projet", "comptable", "/projets/mes-projets", (".list a",)),
    Picture("viser", "daf", "/projets/a-viser", (".list a",)),
    Picture("parapheur", "ministre", "/parapheur", (), _TABLET),
    Picture("parapheur-telephone", "ministre", "/parapheur", (), _PHONE),
    Picture("expedier", "lawson", "/b/a-expedier", (".list a",)),
    Picture("papier-a-remettre", "kossi", "/b/papier-a-remettre"),
    Picture("controle", "lawson", "/controle"),
    Picture("controle-auditeur", "audit", "/controle"),
    Picture(
        "historique",
        "audit",
        "/registres/arrivee",
        (".list tbody tr:last-child a", "#historique .way li"),
    ),
    Picture("a-presenter", "adjovi", "/b/a-presenter"),
    Picture("conservation", "archives", "/conservation"),
    Picture("etat", "admin", "/etat"),
)


def main() -> None:
    """Take the pictures."""
    wanted = [one for one in PICTURES if one.name in sys.argv[1:] or not sys.argv[1:]]
    with measured_house() as (house, environment):
        _prepare(house)
        with serving(environment) as base, sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=_FLAGS)
            for picture in wanted:
                _take(picture, browser, base)
            browser.close()


def _prepare(house: House) -> None:
    """Fill the house as scripts/start does, and read every letter."""
    establish(read_folder(ROOT / "deploy" / "pilote"), store=house.store, clock=house.clock)
    clerk = actor_of("kossi", store=house.store, clock=house.clock)
    with tempfile.TemporaryDirectory() as folder:
        for path in generate(_LETTERS, _SEED, Path(folder)):
            with path.open("rb") as stream:
                receive(stream, path.name, door=Door.FOLDER, actor=clerk, entrance=house.entrance)
        play(house, Path(folder))
        deposit_pile(house, clerk, list(generate(6, _SEED + 1, Path(folder) / "pile")))
    run_worker(house, until_idle=True)
    for login in {one.login for one in PICTURES}:
        set_password(login, _PASSWORD, store=house.store, clock=house.clock)


def _take(picture: Picture, browser: Browser, base: str) -> None:
    with _signed_in(picture, browser, base) as page:
        page.goto(base + picture.address)
        for pressed in picture.presses:
            page.locator(pressed).first.click()
            page.wait_for_load_state("networkidle")
        image = Image.open(BytesIO(page.screenshot()))
    _FOLDER.mkdir(exist_ok=True)
    file = _FOLDER / f"{picture.name}.webp"
    image.save(file, quality=70, method=6)
    print(f"{file.relative_to(ROOT)}  {file.stat().st_size // 1000} KB")


@contextmanager
def _signed_in(picture: Picture, browser: Browser, base: str) -> Iterator[Page]:
    width, height = picture.screen
    touch = picture.screen != _DESK
    context = browser.new_context(viewport={"width": width, "height": height}, has_touch=touch, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{base}/connexion")
    page.fill("#login", picture.login)
    page.fill("input[type=password]", _PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/connexion" not in address)
    page.goto(f"{base}/langue/fr?suite=/")
    yield page
    context.close()


if __name__ == "__main__":
    main()
