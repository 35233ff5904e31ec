"""`ged register …`: check, print, open and close registers; set numbers apart for paper."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.schemas.registers import BlockOut, PrintOut
from api.terminal import CLERK, As, Json, house_of, say
from ged.errors import Refused
from ged.mail.item import Direction
from ged.mail.register import Series
from ged.mail.register_book import RegisterPrint, RegisterQuery, RegisterSheet
from ged.mail.said import Said
from ged.services.check_register import check_registers
from ged.services.number_block import reserve
from ged.services.print_register import open_print, print_register
from ged.services.register_years import close_year, open_year

register = typer.Typer(help="Registres : contrôler, imprimer, ouvrir, clore, réserver.", no_args_is_help=True)

SUPERVISOR = "lawson"
Of = Annotated[str, typer.Option("--register", help="Entité qui tient le registre ; la première de la personne sinon.")]


@register.command("verify")
def verify(login: As = CLERK, of: Of = "", *, as_json: Json = False) -> None:
    """Prouve qu'un registre n'a ni trou, ni doublon, ni date qui recule."""
    with house_of(login) as (house, actor):
        checked = check_registers(of, store=house.store, actor=actor)
    for one in checked:
        say(as_json, one.report.plain(), one.report.sentence())
    if any(one.report.faults for one in checked):
        raise typer.Exit(1)


@register.command("print")
def print_one(
    direction: Direction,
    to: Annotated[Path, typer.Option("--to", help="Fichier à écrire.")],
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
    *,
    login: As = CLERK,
    of: Of = "",
    as_json: Json = False,
) -> None:
    """Imprime un registre en PDF/A ; l'impression est gardée, et écrite dans un fichier."""
    if to.exists():
        raise Refused("export.exists", Said("Le fichier %(file)s existe déjà. Choisissez-en un autre.", file=str(to)))
    query = RegisterQuery(of, direction, since.date() if since else None, until.date() if until else None)
    with house_of(login) as (house, actor):
        made = print_register(
            query, render=_render, store=house.store, vault=house.vault, actor=actor, clock=house.clock
        )
        _, opened = open_print(made.id, store=house.store, vault=house.vault, actor=actor, clock=house.clock)
        with opened as stream:
            to.write_bytes(stream.read())
    say(as_json, PrintOut.of(made).model_dump(mode="json"), _said(made))


@register.command("open")
def open_one(
    direction: Direction,
    year: int,
    of: Annotated[str, typer.Option("--register", help="Entité qui tient le registre.")],
    first: Annotated[int, typer.Option(help="Premier numéro, à la suite d'un registre papier.")] = 1,
    login: As = SUPERVISOR,
    *,
    as_json: Json = False,
) -> None:
    """Ouvre un exercice avant son premier numéro."""
    with house_of(login) as (house, actor):
        open_year(Series(of, direction, year), first=first, store=house.store, actor=actor, clock=house.clock)
    opened = {"register": of, "direction": str(direction), "year": year, "first": first}
    say(as_json, opened, f"{of} {direction} {year} : ouvert au numéro {first}.")


@register.command("close")
def close_one(
    direction: Direction,
    year: int,
    of: Annotated[str, typer.Option("--register", help="Entité qui tient le registre.")],
    login: As = SUPERVISOR,
    *,
    as_json: Json = False,
) -> None:
    """Clôt un exercice : contrôle, impression de clôture, plus aucun numéro."""
    with house_of(login) as (house, actor):
        made = close_year(
            Series(of, direction, year),
            render=_render,
            store=house.store,
            vault=house.vault,
            signer=house.signer,
            ledger=house.ledger,
            actor=actor,
            clock=house.clock,
        )
    plain = {"register": of, "direction": str(direction), "year": year, "prints": list(made.prints), "head": made.head}
    say(as_json, plain, f"{of} {direction} {year} : clos, impression {', '.join(made.prints)}.")


@register.command("reserve")
def reserve_some(direction: Direction, count: int, reason: str, login: As = CLERK, *, as_json: Json = False) -> None:
    """Réserve des numéros pour le papier ; la feuille s'imprime depuis les pages."""
    with house_of(login) as (house, actor):
        block = reserve(direction, count, reason, store=house.store, actor=actor, clock=house.clock)
    shown = f"Numéros {block.first} à {block.last} réservés."
    say(as_json, BlockOut.of(block, block.count).model_dump(mode="json"), shown)


def _render(sheet: RegisterSheet) -> bytes:
    from api.views.register_pdf import register_pdf  # noqa: PLC0415 - loads WeasyPrint, which only prints need

    return register_pdf(sheet, "fr")


def _said(made: RegisterPrint) -> str:
    return f"{made.line_count} lignes, SHA-256 {made.sha256}"
