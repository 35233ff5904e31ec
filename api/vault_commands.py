"""`ged kek …`, `ged vault …`: the keys of the vault, renewed and destroyed; old objects encrypted."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from api.open_vault import open_keks, open_vault
from api.terminal import Json, err, house_of, say
from ged.errors import Refused
from ged.mail.access import SYSTEM
from ged.services import vault_keys

kek = typer.Typer(help="Clés du coffre : voir, renouveler, détruire.", no_args_is_help=True)
vault = typer.Typer(help="Coffre : chiffrer ce qui y fut mis en clair.", no_args_is_help=True)


@kek.command("list")
def list_all(*, as_json: Json = False) -> None:
    """Donne les clés qui protègent celles des fichiers, et combien chacune en protège."""
    with house_of() as (house, _):
        states = vault_keys.keks_of(open_keks(house.settings), store=house.store)
    for one in states:
        marks = ["en service"] * one.current + ["absente !"] * (not one.present)
        say(as_json, asdict(one), "  ".join([one.id, f"{one.wraps} fichiers", *marks]))
    if any(not one.present for one in states):
        raise typer.Exit(1)


@kek.command("rotate")
def rotate(
    of: Annotated[str | None, typer.Option("--tenant", help="Une organisation ; « maison » ; toutes sinon.")] = None,
    *,
    resume: Annotated[bool, typer.Option("--resume", help="Finir ce qui fut interrompu, sans nouvelle clé.")] = False,
    as_json: Json = False,
) -> None:
    """Renouvelle les clés du coffre ; aucun fichier n'est réécrit, et l'on peut travailler pendant ce temps."""
    tenant_id = "" if of == "maison" else of
    with house_of() as (house, _), _progress() as progress:
        task = progress.add_task("Clés")
        count = vault_keys.rotate(
            tenant_id,
            keks=open_keks(house.settings),
            store=house.store,
            actor=SYSTEM,
            clock=house.clock,
            told=lambda done: progress.update(task, description=f"Clés : {done}"),
            resume=resume,
        )
    say(as_json, {"rewrapped": count}, f"{count} clés de fichiers sont sous une clé neuve.")


@kek.command("destroy")
def destroy(kek_id: str, *, as_json: Json = False) -> None:
    """Détruit une clé dont plus rien ne se sert ; les sauvegardes faites sous elle ne s'ouvriront plus."""
    with house_of() as (house, _):
        vault_keys.destroy(kek_id, keks=open_keks(house.settings), store=house.store, actor=SYSTEM, clock=house.clock)
    say(as_json, {"destroyed": kek_id}, f"La clé {kek_id} n'existe plus ici.")


@vault.command("encrypt")
def encrypt(*, as_json: Json = False) -> None:
    """Chiffre les fichiers mis au coffre en clair ; peut être interrompu et relancé, l'on peut travailler pendant."""
    with house_of() as (house, _), open_vault(house.settings, house.database_url) as opened, _progress() as progress:
        if house.settings.vault.encryption == "off":
            raise Refused(
                "vault.no_conversion",
                "Le chiffrement du coffre n'est pas en service. Mettez « encryption = on » dans la configuration, "
                "puis relancez.",
            )
        task = progress.add_task("Fichiers")
        taken = vault_keys.take_in(
            opened,
            store=house.store,
            actor=SYSTEM,
            clock=house.clock,
            told=lambda done: progress.update(task, description=f"Fichiers : {done}"),
        )
    shown = [f"{taken.done} fichiers chiffrés.", *(f"Altéré, laissé tel quel : {each}" for each in taken.altered)]
    if taken.locked:
        shown.append(
            f"{taken.locked} sont chiffrés et restent aussi en clair, sous le verrou du compartiment : relancez "
            "« ged vault encrypt » quand il aura pris fin."
        )
    say(as_json, asdict(taken), "\n".join(shown))
    if taken.altered:
        raise typer.Exit(1)


def _progress() -> Progress:
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    return Progress(*columns, console=err, transient=True)
