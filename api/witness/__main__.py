"""`python -m api.witness`: the witness alone, without loading the engines of a house."""

from __future__ import annotations

import typer

from api.terminal import stop_with
from api.witness.command import witness
from ged.errors import GedError

if __name__ == "__main__":
    try:
        typer.run(witness)
    except GedError as error:
        stop_with(error)
