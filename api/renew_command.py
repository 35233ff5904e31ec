"""`ged renew`: what ends when, what renewing costs, and the renewal itself."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer

from api.errors import EXIT
from api.terminal import Json, house_of, say
from ged.services.renew import plan, plan_rehash, rehash, renew


def renew_command(
    days: Annotated[int, typer.Option("--ahead", min=1, help="Renouveler ce qui finit dans tant de jours.")] = 365,
    *,
    sha512: Annotated[
        bool, typer.Option("--sha512", help="Tout hacher de nouveau en SHA-512, avant que SHA-256 ne s'affaiblisse.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Renouveler, au lieu de montrer seulement.")] = False,
    as_json: Json = False,
) -> None:
    """Montre quand les horodatages perdent leur valeur ; avec --yes, les renouvelle."""
    if sha512:
        _rehash(yes=yes, as_json=as_json)
        return
    ahead, done = timedelta(days=days), 0
    with house_of() as (house, _):
        found = plan(store=house.store, clock=house.clock, ahead=ahead)
        if yes:
            for done in renew(  # noqa: B007 - the last count is said at the end
                store=house.store, authorities=house.outside.authorities, clock=house.clock, ahead=ahead
            ):
                pass
    lines = [f"{one.log} : {one.count} jusqu'au {one.ends:%d/%m/%Y}, par « {one.authority} »" for one in found.endings]
    lines.append(f"À renouveler : {found.due}, soit {found.tokens} jetons à demander ; aucun original à relire.")
    if found.lost:
        lines.append(f"Trop tard pour {found.lost} : leur certificat est échu.")
    if yes:
        lines.append(f"Renouvelés : {done}.")
    say(as_json, asdict(found) | {"renewed": done}, "\n".join(lines))
    if found.lost:
        raise typer.Exit(EXIT["corrupt"])


def _rehash(*, yes: bool, as_json: bool) -> None:
    done = 0
    with house_of() as (house, _):
        found = plan_rehash(store=house.store, clock=house.clock)
        if yes:
            for done in rehash(  # noqa: B007 - the last count is said at the end
                store=house.store, authorities=house.outside.authorities, clock=house.clock
            ):
                pass
    asked = f"À hacher de nouveau : {found.due} têtes, soit {found.tokens} jetons à demander"
    lines = [f"{asked} ; aucun original à relire."]
    if found.lost:
        lines.append(f"Trop tard pour {found.lost} : leur certificat est échu.")
    if yes:
        lines.append(f"Hachées de nouveau : {done}.")
    say(as_json, asdict(found) | {"rehashed": done}, "\n".join(lines))
    if found.lost:
        raise typer.Exit(EXIT["corrupt"])
