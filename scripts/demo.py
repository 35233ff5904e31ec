"""Prepare the demonstration: the pilot ministry, its accounts, sample letters of our own, a watched folder.

Run by scripts/start before `ged start`; whatever is there already is left as it is, so that a second start takes
no time. Everything made stands in the data folder, under `demonstration`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from api.config import Settings, read_settings
from api.model_folder import read_folder
from api.wiring import House, open_house
from ged.mail.organisation import Organisation
from ged.services.capture import Door
from ged.services.establish import establish
from ged.services.sign_in import actor_of, set_password
from ingest.capture.receive import receive
from scripts.demo_archive import play_archive
from scripts.demo_morning import play
from scripts.sample_letters.generate import generate

_ROOT = Path(__file__).resolve().parents[1]
_LETTERS, _SEED = 24, 1
_CLERK = "kossi"
_SHOWN = ("kossi", "lawson", "ministre", "sg", "daf", "comptable", "archives", "audit", "admin", "ceet")
_CONSOLE = Console()


def main() -> None:
    """Prepare what is missing, then say who can sign in."""
    settings = read_settings()
    folder = settings.data / "demonstration"
    organisation = read_folder(_ROOT / "deploy" / "pilote")
    if not (folder / "ready").exists():
        folder.mkdir(parents=True, exist_ok=True)
        _watch_a_folder(settings)
        with _CONSOLE.status("Moteurs : base de données, coffre, journal, index"), open_house(settings) as house:
            _CONSOLE.print("Moteurs prêts.")
            establish(organisation, store=house.store, clock=house.clock)
            _CONSOLE.print(
                f"Ministère chargé : {len(organisation.entities)} entités, {len(organisation.people)} personnes."
            )
            _open_accounts(organisation, folder, house)
            _bring_letters(folder / "lettres", house)
            play(house, folder / "lettres")
            _CONSOLE.print("Une matinée jouée : courriers affectés, avis demandé, réponses à viser et à signer.")
            play_archive(house, folder / "anciennes")
            _CONSOLE.print("Des archives : lettres anciennes dans leur boîte, un gel, un dossier et ses pièces.")
        (folder / "ready").touch()
    _say_accounts(organisation, folder, settings)


def _open_accounts(organisation: Organisation, folder: Path, house: House) -> None:
    password = _password_of(folder)
    with _progress("Comptes", len(organisation.people)) as step:
        for person in organisation.people:
            set_password(person.login, password, store=house.store, clock=house.clock)
            step()


def _password_of(folder: Path) -> str:
    """Return the demonstration's password, random and this installation's own, readable by its owner alone."""
    file = folder / "mot-de-passe"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text("-".join(secrets.token_hex(2) for _ in range(4)), encoding="ascii")
    return file.read_text(encoding="ascii")


def _bring_letters(folder: Path, house: House) -> None:
    with _progress("Lettres d'exemple composées et numérisées", _LETTERS) as step:
        generate(_LETTERS, _SEED, folder, lambda _done, _total: step())
    clerk = actor_of(_CLERK, store=house.store, clock=house.clock)
    files = sorted(path for path in folder.iterdir() if path.suffix != ".json")
    with _progress("Lettres enregistrées", len(files)) as step:
        for file in files:
            with file.open("rb") as stream:
                receive(stream, file.name, door=Door.FOLDER, actor=clerk, entrance=house.entrance)
            step()


def _watch_a_folder(settings: Settings) -> None:
    """Configure a watched folder for the clerk, unless somebody has configured this installation already."""
    file = settings.data / "ged.toml"
    if file.exists():
        return
    inbox = settings.data / "depot"
    inbox.mkdir(parents=True, exist_ok=True)
    lines = [
        "# Ce que le scanner dépose ici est enregistré pour le bureau d'ordre.",
        "[[capture.folders]]",
        f"path = {json.dumps(str(inbox))}",  # a JSON string is a TOML one
        f'login = "{_CLERK}"',
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _say_accounts(organisation: Organisation, folder: Path, settings: Settings) -> None:
    posts = {position.id: position.title for position in organisation.positions}
    held = {holding.login: posts[holding.position_id] for holding in organisation.holdings}
    table = Table("Identifiant", "Poste", title=f"Comptes de démonstration, mot de passe : {_password_of(folder)}")
    for login in _SHOWN:
        table.add_row(login, held.get(login, ""))
    _CONSOLE.print(table)
    for watched in settings.capture.folders or read_settings().capture.folders:
        _CONSOLE.print(f"Dossier surveillé : {watched.path}", soft_wrap=True)


@contextmanager
def _progress(title: str, total: int) -> Iterator[Callable[[], None]]:
    """Show a bar; what `with` gives advances it by one."""
    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=_CONSOLE) as bar:
        task = bar.add_task(title, total=total)
        yield lambda: bar.advance(task)


if __name__ == "__main__":
    main()
