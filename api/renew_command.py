"""`ged renew`: what ends when, what renewing costs, and the renewal itself."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer

from api.audits import readers
from api.errors import EXIT
from api.terminal import Json, house_of, say
from ged.mail.anchor import DOCUMENTS, JOURNAL
from ged.seal.log import TileLog
from ged.services.renew import plan, plan_rehash, rehash, renew
from ged.services.second_digests import Hashed, hash_originals, plan_originals
from ingest.own_folder import own_folder


def renew_command(
    days: Annotated[int, typer.Option("--ahead", min=1, help="Renouveler ce qui finit dans tant de jours.")] = 365,
    *,
    sha512: Annotated[
        bool, typer.Option("--sha512", help="Tout hacher de nouveau en SHA-512, avant que SHA-256 ne s'affaiblisse.")
    ] = False,
    originals: Annotated[
        bool, typer.Option("--originals", help="Faire inscrire la SHA-512 de chaque original, lu une fois en entier.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Renouveler, au lieu de montrer seulement.")] = False,
    as_json: Json = False,
) -> None:
    """Montre quand les horodatages perdent leur valeur ; avec --yes, les renouvelle."""
    if originals:
        _originals(yes=yes, as_json=as_json)
        return
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
            acts = house.journal_log
            logs: dict[str, TileLog] = {DOCUMENTS: house.ledger} | ({JOURNAL: acts} if acts else {})
            for done in rehash(  # noqa: B007 - the last count is said at the end
                store=house.store, logs=logs, authorities=house.outside.authorities, clock=house.clock
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


def _originals(*, yes: bool, as_json: bool) -> None:
    done = Hashed(0, ())
    with house_of() as (house, _), own_folder("empreintes") as folder:
        found = plan_originals(ledger=house.ledger, folder=folder)
        if yes:
            for done in hash_originals(  # noqa: B007 - the last count is said at the end
                store=house.store,
                vault=house.vault,
                ledger=house.ledger,
                clock=house.clock,
                folder=folder,
                readers=readers(),
            ):
                pass
        left = plan_originals(ledger=house.ledger, folder=folder).due if yes else found.due
    gigabytes = f"{found.bytes_due / 1e9:.1f}".replace(".", ",")
    lines = [f"Sans SHA-512 inscrite : {found.due} originaux sur {found.sealed}, soit {gigabytes} Go à lire."]
    if yes:
        lines += [
            f"SHA-512 inscrites : {done.done}.",
            *(f"Altéré, rien n'en est inscrit : {one}" for one in done.altered),
        ]
    if absent := (left - len(done.altered) if yes else 0):
        lines.append(f"Absents du coffre, ou scellés entre-temps : {absent}. Lancez « ged audit --full ».")
    say(as_json, asdict(found) | {"hashed": done.done, "altered": done.altered, "left": left}, "\n".join(lines))
    if done.altered:
        raise typer.Exit(EXIT["corrupt"])
