"""What every `ged` command shares: who acts, and how an answer is said, to a person or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from api.errors import EXIT, problem
from ged.errors import GedError
from ged.mail.access import Actor

if TYPE_CHECKING:
    from api.wiring import House

out, err = Console(), Console(stderr=True)

As = Annotated[str, typer.Option("--as", envvar="GED_LOGIN", help="Agir au nom de cette personne (identifiant).")]
Json = Annotated[bool, typer.Option("--json", help="Une ligne JSON par réponse.")]
CLERK = "kossi"


@contextmanager
def house_of(login: str | None = None) -> Iterator[tuple[House, Actor]]:
    """Open the house for somebody; without a login, for nobody in particular."""
    from api.config import read_settings  # noqa: PLC0415 - a witness has no house, and starts without its engines
    from api.wiring import open_house  # noqa: PLC0415
    from ged.services.sign_in import actor_of  # noqa: PLC0415

    with open_house(read_settings()) as house:
        actor = actor_of(login, store=house.store, clock=house.clock) if login else Actor(None, "", "", "fr", ())
        yield house, actor


def progress_shown() -> Progress:
    """Return what shows how far something long is, while it lasts."""
    return Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=err, transient=True)


def line(value: Any) -> None:
    """Write a value as one line of JSON."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def say(as_json: bool, value: Any, shown: str) -> None:
    """Write a value as JSON, or as a person reads it."""
    if as_json:
        line(value)
    else:
        out.print(shown, highlight=False)


def stop_with(error: GedError) -> NoReturn:
    """End the process with the exit code of an error, said as one sentence, or as JSON when that was asked for."""
    if "--json" in sys.argv:
        line(problem(error))
    else:
        err.print(f"[bold red]{error.sentence}[/] [dim]({error.code})[/]")
        for fault in error.diagnostics().get("faults", ()):  # type: ignore[attr-defined]
            err.print(f"  {fault}")
    raise SystemExit(EXIT.get(error.kind, 1)) from error
