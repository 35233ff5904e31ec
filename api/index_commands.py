"""`ged index`: the search index compared with the letters."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from api.errors import EXIT
from api.terminal import Json, house_of, progress_shown, say

index = typer.Typer(help="Index de recherche : vérifier qu'il dit ce que disent les courriers.", no_args_is_help=True)


@index.callback()
def _group() -> None:
    """Keep `check` a command of its own."""


@index.command()
def check(
    *,
    repair: Annotated[bool, typer.Option(help="Réparer ce qui s'écarte, ou seulement le dire.")] = True,
    as_json: Json = False,
) -> None:
    """Compare l'index aux courriers, sans rien arrêter, et répare ; sort 1 quand il s'en écartait."""
    from api.index_check import check_index  # noqa: PLC0415 - loads the engines

    with house_of() as (house, _), progress_shown() as progress:
        task = progress.add_task("Index", total=None)
        done = check_index(
            house, repair=repair, progress=lambda count: progress.update(task, description=f"{count} courriers")
        )
    drift = done.drift
    shown = f"{drift.letters} courriers comparés : l'index dit la même chose."
    if drift.found:
        shown = (
            f"{drift.letters} courriers comparés : {drift.missing} absents de l'index, {drift.stale} périmés, "
            f"{drift.ahead} trop récents, {drift.orphans} de trop. "
            + ("Réparation en route." if repair else "Rien n'a été changé.")
        )
    say(
        as_json,
        {**asdict(drift), "repaired": repair, "seconds": (done.finished_at - done.started_at).total_seconds()},
        shown,
    )
    if drift.found:
        raise typer.Exit(EXIT["corrupt"])
