"""`ged bundle`: the proof bundle of a letter, written to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from api.schemas.letters import BundleOut
from api.terminal import CLERK, As, Json, house_of, line, out, say
from api.wiring import House
from ged.errors import Refused
from ged.mail.access import Actor
from ged.mail.said import Said
from ged.seal.verify import Outcome
from ged.services import consult
from ged.services.bundle import make_bundle
from ged.services.verify_bundle import verify_bundle

_MARKS = {"oui": "[green]✔[/]", "non": "[red]✘[/]"}


def bundle(
    number: str,
    to: Annotated[Path, typer.Option("--to", help="Fichier zip à écrire.")],
    login: As = CLERK,
    *,
    as_json: Json = False,
) -> None:
    """Écrit la liasse de preuve d'un courrier : vérifiable sans nous, sans réseau."""
    if to.exists():
        raise Refused("export.exists", Said("Le fichier %(file)s existe déjà. Choisissez-en un autre.", file=str(to)))
    with house_of(login) as (house, actor):
        letter = consult.by_number(number, store=house.store, actor=actor)
        part = to.with_name(f"{to.name}.partiel")
        try:
            with part.open("xb") as file:
                make_bundle(
                    letter.id,
                    file,
                    store=house.store,
                    vault=house.vault,
                    signer=house.signer,
                    ledger=house.ledger,
                    journal_log=house.journal_log,
                    published=house.published,
                    actor=actor,
                    clock=house.clock,
                )
            part.rename(to)
        finally:
            part.unlink(missing_ok=True)
    say(as_json, {"file": str(to)}, str(to))


def judge_bundle(stream: BinaryIO, house: House, actor: Actor, *, as_json: bool) -> Outcome:
    """Say what a presented bundle is worth, step by step, and return it."""
    report = verify_bundle(
        stream,
        store=house.store,
        signer=house.signer,
        ledger=house.ledger,
        journal_log=house.journal_log,
        published=house.published,
        actor=actor,
        clock=house.clock,
    )
    if as_json:
        line(BundleOut.of(report).model_dump(mode="json"))
        return report.outcome
    for step in report.steps:
        mark = _MARKS.get(step.state, "[yellow]–[/]")
        out.print(f"{mark} {step.number}. {step.title} : ", end="")
        out.print(f"{step.about} : {step.detail}", markup=False, highlight=False)
    out.print(f"[bold]{report.outcome}[/]")
    return report.outcome
