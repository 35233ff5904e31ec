"""What every `ged` command shares: who acts, and how an answer is said, to a person or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console

from api.config import read_settings
from api.wiring import House, open_house
from ged.mail.access import Actor
from ged.services.sign_in import actor_of

out, err = Console(), Console(stderr=True)

As = Annotated[str, typer.Option("--as", envvar="GED_LOGIN", help="Agir au nom de cette personne (identifiant).")]
Json = Annotated[bool, typer.Option("--json", help="Une ligne JSON par réponse.")]
CLERK = "kossi"


@contextmanager
def house_of(login: str | None = None) -> Iterator[tuple[House, Actor]]:
    """Open the house for somebody; without a login, for nobody in particular."""
    with open_house(read_settings()) as house:
        actor = actor_of(login, store=house.store, clock=house.clock) if login else Actor(None, "", "", "fr", ())
        yield house, actor


def line(value: Any) -> None:
    """Write a value as one line of JSON."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def say(as_json: bool, value: Any, shown: str) -> None:
    """Write a value as JSON, or as a person reads it."""
    if as_json:
        line(value)
    else:
        out.print(shown, highlight=False)
