"""`ged witness`: a witness on a machine of somebody else's, an administration's or an auditor's laptop."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api.terminal import Json, house_of, out, say
from ged.errors import Conflict, Refused
from ged.mail.said import Said
from ged.seal.keys import LogKey, ensure_log_key
from ged.seal.note import entries, is_name
from ged.seal.witness_book import Held, WitnessBook

_KEY, _NAME = "temoin.key", "nom"


def witness(
    state: Annotated[Path, typer.Option(envvar="GED_WITNESS", help="Dossier du témoin : sa clé et sa mémoire.")] = Path(
        "temoin"
    ),
    *,
    init: Annotated[str, typer.Option(help="Créer le témoin sous ce nom, « temoin.exemple.tg/cour ».")] = "",
    trust: Annotated[list[str] | None, typer.Option(help="Clé de vérification d'un journal à suivre.")] = None,
    accept: Annotated[
        list[str] | None, typer.Option(help="Nouvelle clé d'un journal suivi, que son administrateur vous a confirmée.")
    ] = None,
    listen: Annotated[str, typer.Option(help="Écouter à cette adresse, « 0.0.0.0:8440 ».")] = "",
    our_keys: Annotated[bool, typer.Option("--our-keys", help="Montrer les clés des journaux d'ici.")] = False,
    as_json: Json = False,
) -> None:
    """Témoigne des têtes de journaux d'autrui ; sans --listen, dit ce qu'il tient (sortie 1 : une fraude)."""
    if our_keys:
        return _show_our_keys(as_json=as_json)
    with _book(state, init) as book:
        for verifier in trust or ():
            _trust(book.trust, verifier)
        for verifier in accept or ():
            _trust(book.accept, verifier)
        if listen:
            return _serve(book, listen)
        if init or trust or accept:
            return say(as_json, {"key": book.verifier_key}, book.verifier_key)
        return _tell(book, as_json=as_json)


@contextmanager
def _book(state: Path, name: str) -> Iterator[WitnessBook]:
    """Open the memory of a witness, alone; with a name, a new one."""
    if name:
        _create(state, name)
    elif not (state / _KEY).exists():
        raise Refused(
            "witness.none",
            Said(
                "Aucun témoin dans %(folder)s. Créez-le : ged witness --state %(folder)s --init NOM.", folder=str(state)
            ),
        )
    with (state / "en-marche").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict("witness.running", "Ce témoin est déjà en marche. Sa page montre ce qu'il tient.") from error
        yield WitnessBook(state, _key(state))


def _create(state: Path, name: str) -> None:
    if not is_name(name):
        raise Refused("witness.name", "Le nom d'un témoin n'a ni espace ni « + ».")
    if (state / _KEY).exists():
        raise Conflict(
            "witness.exists",
            Said("Le dossier %(folder)s a déjà un témoin ; son nom et sa clé ne changent pas.", folder=str(state)),
        )
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    (state / _NAME).write_text(f"{name}\n", encoding="utf-8")
    ensure_log_key(state / _KEY, origin=name)


def _key(state: Path) -> LogKey:
    return ensure_log_key(state / _KEY, origin=(state / _NAME).read_text(encoding="utf-8").strip())


def _trust(act: Callable[[str], Held], verifier: str) -> Held:
    try:
        return act(verifier.strip())
    except ValueError as error:
        raise Refused("witness.key", "Ce n'est pas la clé de vérification d'un journal (nom+empreinte+clé).") from error


def _serve(book: WitnessBook, listen: str) -> None:
    import uvicorn  # noqa: PLC0415 - what serves is loaded for this alone

    from api.witness.app import create_witness  # noqa: PLC0415

    host, _, port = listen.rpartition(":")
    if not port.isascii() or not port.isdigit():
        raise Refused("witness.address", "L'adresse d'écoute s'écrit hôte:port, « 0.0.0.0:8440 ».")
    out.print(f"Témoin : {book.verifier_key}\nJournaux suivis : {len(book.logs())}. Écoute : {listen}", highlight=False)
    uvicorn.run(
        create_witness(book),
        host=host.strip("[]") or "127.0.0.1",
        port=int(port),
        log_level="warning",
        server_header=False,
    )


def _tell(book: WitnessBook, *, as_json: bool) -> None:
    say(as_json, {"key": book.verifier_key}, f"Témoin : {book.verifier_key}")
    for held in book.logs():
        size, root = (held.head.size, held.head.root.hex()) if held.head else (0, "")
        plain = {
            "log": held.origin,
            "size": size,
            "root": root,
            "seen_at": held.seen.at if held.seen else None,
            "frauds": [str(path) for path in held.frauds],
            "refusals": [str(path) for path in held.refusals],
        }
        state = "FRAUDE" if held.frauds else "à élucider" if held.refusals else "suivi"
        say(as_json, plain, f"{held.origin} : {state}, {entries(size)}, {root}")
    if any(held.frauds for held in book.logs()):
        raise typer.Exit(1)


def _show_our_keys(*, as_json: bool) -> None:
    with house_of() as (house, _):
        journal = house.journal_log
        keys = {"documents": house.ledger.verifier_key, "journal": journal.verifier_key if journal else ""}
    say(as_json, keys, "\n".join(f"{name} : {key}" for name, key in keys.items() if key))
