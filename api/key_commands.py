"""`ged keys …`: list, rotate, ask for, import and revoke the keys that seal."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509

from api.shipping import journal_keeper
from api.terminal import As, Json, house_of, say
from api.wiring import House, open_token
from ged.errors import NotFound, Refused
from ged.mail.access import Actor
from ged.mail.said import Said
from ged.seal.log_key import in_force, read_succession, successions
from ged.seal.note import entries
from ged.seal.sealing_key import Public
from ged.services.seal_keys import (
    KeyLine,
    KeyState,
    ask_certificate,
    fingerprint_of,
    import_keys,
    key_lines,
    revoke_key,
    rotate_keys,
    rotate_log_key,
    serial_of,
)

keys = typer.Typer(help="Clés du cachet : lister, changer, demander, importer, révoquer.", no_args_is_help=True)

ADMINISTRATOR = "admin"
_STATES = {
    KeyState.IN_FORCE: "en vigueur",
    KeyState.OLD: "ancienne",
    KeyState.ENDED: "échue",
    KeyState.REVOKED: "révoquée",
}
_REASONS = {each.value: each for each in x509.ReasonFlags}
Rsa = Annotated[bool, typer.Option("--rsa", help="RSA de 3072 bits plutôt que P-256.")]
TokenKey = Annotated[
    str,
    typer.Option(
        "--token-key", metavar="ÉTIQUETTE", help="Jeton : étiquette de la nouvelle clé, faite avec son outil."
    ),
]


@keys.command("list")
def list_all(login: As = ADMINISTRATOR, *, as_json: Json = False) -> None:
    """Liste les autorités et les cachets, passés et présents, puis la clé de chaque journal."""
    with house_of(login) as (house, actor):
        lines = key_lines(keys=house.keys, actor=actor, clock=house.clock)
        logs = [log.key_text for log in (house.ledger, house.journal_log) if log is not None]
    for one in lines:
        say(as_json, _plain(one), _said(one))
    for each in logs:
        for made in map(read_succession, successions(each)):
            ended = {"ended": made.old, "size": str(made.head.size), "at": made.at.isoformat()}
            say(as_json, ended, f"ancienne   {made.old}, jusqu'à {entries(made.head.size)}, le {made.at:%d/%m/%Y}")
        say(as_json, {"log": in_force(each)}, f"journal    {in_force(each)}")


@keys.command("rotate")
def rotate(
    *,
    rsa: Rsa = False,
    authority: Annotated[bool, typer.Option("--authority", help="Refaire d'abord l'autorité propre.")] = False,
    log: Annotated[bool, typer.Option("--log", help="Plutôt la clé du journal des documents.")] = False,
    journal: Annotated[bool, typer.Option("--journal", help="Plutôt la clé du journal des actes.")] = False,
    token_key: TokenKey = "",
    login: As = ADMINISTRATOR,
    as_json: Json = False,
) -> None:
    """Met une nouvelle clé en vigueur ; chaque processus scelle avec elle dès son prochain sceau."""
    with house_of(login) as (house, actor):
        if log or journal:
            return _rotate_logs(house, actor, as_json, documents=log, acts=journal)
        on_token = _on_token(house, token_key)
        made = rotate_keys(
            keys=house.keys,
            rsa=rsa,
            authority=authority,
            on_token=on_token,
            store=house.store,
            actor=actor,
            clock=house.clock,
        )
    return _say_made(made, as_json, "En vigueur, sans redémarrer")


@keys.command("request")
def request(
    to: Annotated[Path, typer.Option("--to", help="Fichier à écrire : la demande, PKCS#10.")],
    *,
    rsa: Rsa = False,
    login: As = ADMINISTRATOR,
    as_json: Json = False,
) -> None:
    """Fait une clé et écrit la demande de certificat pour l'autorité du site."""
    if to.exists():
        raise Refused("export.exists", Said("Le fichier %(file)s existe déjà. Choisissez-en un autre.", file=str(to)))
    with house_of(login) as (house, actor):
        _on_token(house, "")
        asked = ask_certificate(keys=house.keys, rsa=rsa, store=house.store, actor=actor, clock=house.clock)
    to.write_bytes(asked)
    say(as_json, {"request": str(to)}, f"Demande écrite : {to}. La clé attend son certificat (ged keys import).")


@keys.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="PEM : certificat et chaîne, ou listes.")],
    *,
    token_key: TokenKey = "",
    login: As = ADMINISTRATOR,
    as_json: Json = False,
) -> None:
    """Met en vigueur un certificat de l'autorité du site, ou garde ses listes de révocation."""
    with house_of(login) as (house, actor):
        token = open_token(house.settings)
        made, lists = import_keys(
            file.read_bytes(),
            keys=house.keys,
            on_token=None if token is None else token.public(token_key),
            store=house.store,
            actor=actor,
            clock=house.clock,
        )
    if lists:
        say(as_json, {"lists": lists}, f"Listes de révocation gardées : {lists}.")
    if made is not None:
        _say_made(made, as_json, "En vigueur, sans redémarrer")


@keys.command("revoke")
def revoke(
    serial: Annotated[str, typer.Argument(help="Numéro de série, comme ged keys list le donne.")],
    *,
    reason: Annotated[str, typer.Option(help=f"{', '.join(_REASONS)}.")] = x509.ReasonFlags.key_compromise.value,
    suspected: Annotated[
        datetime | None, typer.Option("--suspected", formats=["%Y-%m-%d"], help="Jour dès lequel la clé est suspecte.")
    ] = None,
    login: As = ADMINISTRATOR,
    as_json: Json = False,
) -> None:
    """Révoque un cachet de l'autorité propre ; les sceaux prouvés d'avant restent fiables."""
    if reason not in _REASONS:
        raise Refused(
            "keys.reason", Said("Motif inconnu. Choisissez parmi : %(reasons)s.", reasons=", ".join(_REASONS))
        )
    if not serial.isascii() or not all(each in "0123456789abcdefABCDEF" for each in serial):
        raise NotFound("keys.unknown", "Aucun cachet de cette installation ne porte ce numéro de série.")
    with house_of(login) as (house, actor):
        made = revoke_key(
            serial,
            reason=_REASONS[reason],
            suspected=None if suspected is None else suspected.replace(tzinfo=UTC),
            keys=house.keys,
            store=house.store,
            actor=actor,
            clock=house.clock,
        )
    _say_made(made, as_json, "Révoqué")


def _rotate_logs(house: House, actor: Actor, as_json: bool, *, documents: bool, acts: bool) -> None:
    rotate_one = partial(rotate_log_key, store=house.store, actor=actor, clock=house.clock)
    made = {}
    if documents:
        made["documents"] = rotate_one("documents", house.keys.log, house.ledger)
    if acts:
        made["journal"] = rotate_one("journal", *journal_keeper(house.settings))
    for name, verifier in made.items():
        say(as_json, {"log": name, "key": verifier}, f"En vigueur, sans redémarrer, journal « {name} » : {verifier}")


def _on_token(house: House, label: str) -> Public | None:
    """Return the token's key that is to seal; None where a file keeps it."""
    token = open_token(house.settings)
    if token is None:
        return None
    if not label:
        raise Refused(
            "keys.on_token",
            "La clé du cachet est sur un jeton : faites-y la nouvelle clé avec son outil, puis donnez son étiquette "
            "(ged keys rotate --token-key). Pour l'autorité du site, demandez le certificat avec l'outil du jeton, "
            "puis importez-le (ged keys import --token-key).",
        )
    return token.public(label)


def _say_made(made: x509.Certificate, as_json: bool, done: str) -> None:
    plain = {"serial": serial_of(made), "sha256": fingerprint_of(made), "until": made.not_valid_after_utc.isoformat()}
    say(as_json, plain, f"{done} : {plain['serial']}, jusqu'au {made.not_valid_after_utc:%d/%m/%Y}.")


def _plain(one: KeyLine) -> dict[str, str]:
    return {
        "serial": one.serial,
        "name": one.name,
        "since": one.since.isoformat(),
        "until": one.until.isoformat(),
        "state": str(one.state),
        "reason": one.reason,
        "sha256": one.fingerprint,
    }


def _said(one: KeyLine) -> str:
    span = f"{one.since:%d/%m/%Y} → {one.until:%d/%m/%Y}"
    return f"{_STATES[one.state]:<10} {span}  {one.name}  {one.serial}{f' ({one.reason})' if one.reason else ''}"
