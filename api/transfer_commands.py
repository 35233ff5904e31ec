"""`ged transfer …`: slips of transfer prepared, approved, packed, taken away, and the archive's answer entered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile, copyfileobj
from typing import Annotated, Any

import typer

from api.schemas.transfers import SlipOut, TransferOut
from api.terminal import As, Json, house_of, progress_shown, say
from api.transfers import archive_of, packer_of, read_reply
from api.wiring import House
from ged.errors import Refused
from ged.mail.access import Actor
from ged.mail.said import Said
from ged.mail.transfer import Form, ItemState, PackageOutcome, Transfer, TransferState, refuse_state
from ged.services.sign_in import sign_in, sign_out
from ingest.own_folder import own_folder
from retention import slips, transfers
from retention.answers import take_answer
from retention.packing import pack

transfer = typer.Typer(
    help="Versements aux archives : préparer, viser, faire les paquets, les emporter, inscrire la réponse.",
    no_args_is_help=True,
)

ARCHIVIST = "archives"
Number = Annotated[str, typer.Argument(metavar="NUMÉRO", help="Numéro du bordereau, tel que VER-2026-001.")]
Reason = Annotated[str, typer.Argument(metavar="MOTIF", help="Ce que la personne suivante doit savoir.")]
Lines = Annotated[
    list[str],
    typer.Argument(metavar="LIGNE…", help="Numéro du courrier, ou « code du dossier · titre » de la pièce."),
]
Approver = Annotated[
    str, typer.Option("--as", envvar="GED_LOGIN", help="Qui vise (identifiant) ; son mot de passe est demandé.")
]
_STATES = {
    TransferState.DRAFT: "en préparation",
    TransferState.SUBMITTED: "attend un visa",
    TransferState.APPROVED: "visé, paquets à faire",
    TransferState.READY: "attend la réponse de l'archive",
    TransferState.ANSWERED: "répondu",
    TransferState.ABANDONED: "abandonné",
}
_OUTCOMES = {
    PackageOutcome.WAITING: "sans réponse",
    PackageOutcome.ACKNOWLEDGED: "accusé de réception",
    PackageOutcome.ACCEPTED: "accepté",
    PackageOutcome.REFUSED: "refusé",
}
_ITEMS = {
    ItemState.LISTED: "inscrits",
    ItemState.REMOVED: "retirés",
    ItemState.DROPPED: "écartés",
    ItemState.ACCEPTED: "versés",
    ItemState.REFUSED: "refusés",
}


@transfer.command("list")
def list_all(
    login: As = ARCHIVIST,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Bordereaux au plus, le dernier d'abord.")] = 50,
    *,
    as_json: Json = False,
) -> None:
    """Liste les bordereaux de versement de la maison, le dernier préparé d'abord."""
    with house_of(login) as (house, actor):
        found = slips.slips(store=house.store, actor=actor, limit=limit)
    for row in found.rows:
        one = row.transfer
        shown = f"{one.number}  {_STATES[one.state]}  {row.letters} lignes, {row.accepted} versées  {one.title}"
        counts = {"letters": row.letters, "accepted": row.accepted}
        say(as_json, TransferOut.of(one).model_dump(mode="json") | counts, shown)


@transfer.command("prepare")
def prepare(
    title: Annotated[str, typer.Argument(metavar="INTITULÉ", help="Tel que « Plaintes, 1990-1995 ».")],
    form: Annotated[Form, typer.Option("--form", help="Forme des paquets.")] = Form.SEDA,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="Nature des courriers ; sinon tout, pièces comprises.")
    ] = None,
    login: As = ARCHIVIST,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Dit ce qui serait inscrit ; ne prépare rien.")] = False,
    as_json: Json = False,
) -> None:
    """Prépare un bordereau avec tout ce qui est échu, que la personne peut lire et qui n'est sur aucun autre."""
    with house_of(login) as (house, actor):
        if dry_run:
            found, total = slips.free(kind or (), limit=transfers.MAX_LINES, store=house.store, actor=actor)
            pieces = sum(one.of_piece for one in found)
            told = {"total": total, "letters": len(found) - pieces, "pieces": pieces}
            say(as_json, told, f"{len(found)} lignes : {len(found) - pieces} courriers, {pieces} pièces de dossiers.")
            return
        ways: dict[str, Any] = {"store": house.store, "actor": actor, "clock": house.clock}
        made = transfers.prepare(title, form, archive_of(house), kinds=kind or (), **ways)
        _tell(made.number, house, actor, as_json=as_json)


@transfer.command("add")
def add(number: Number, login: As = ARCHIVIST, *, as_json: Json = False) -> None:
    """Ajoute à un bordereau en préparation ce qui est échu depuis ; ce qui en fut retiré n'y revient pas."""
    with house_of(login) as (house, actor):
        one = _kept(number, house, actor)
        transfers.add_due(one.id, store=house.store, actor=actor, clock=house.clock)
        _tell(number, house, actor, as_json=as_json)


@transfer.command("remove")
def remove(
    number: Number,
    lines: Lines,
    reason: Annotated[str, typer.Option("--reason", help="Pourquoi : le motif reste sur le bordereau.")],
    login: As = ARCHIVIST,
    *,
    as_json: Json = False,
) -> None:
    """Retire des lignes d'un bordereau en préparation, avec le motif."""
    with house_of(login) as (house, actor):
        one = _kept(number, house, actor)
        chosen = _subjects(one, lines, house, actor)
        transfers.remove(one.id, chosen, reason, store=house.store, actor=actor, clock=house.clock)
        _tell(number, house, actor, as_json=as_json)


@transfer.command("put-back")
def put_back(number: Number, lines: Lines, login: As = ARCHIVIST, *, as_json: Json = False) -> None:
    """Remet sur un bordereau en préparation des lignes qui en furent retirées, si elles peuvent encore partir."""
    with house_of(login) as (house, actor):
        one = _kept(number, house, actor)
        chosen = _subjects(one, lines, house, actor)
        transfers.put_back(one.id, chosen, store=house.store, actor=actor, clock=house.clock)
        _tell(number, house, actor, as_json=as_json)


@transfer.command("submit")
def submit(number: Number, login: As = ARCHIVIST, *, as_json: Json = False) -> None:
    """Soumet un bordereau au visa d'une seconde personne ; rien n'y est plus ajouté ni ôté."""
    with house_of(login) as (house, actor):
        one = _kept(number, house, actor)
        transfers.submit(one.id, store=house.store, actor=actor, clock=house.clock)
        _tell(number, house, actor, as_json=as_json)


@transfer.command("approve")
def approve(number: Number, login: Approver, *, as_json: Json = False) -> None:
    """Vise un bordereau, en seconde personne ; le service de fond fait ensuite ses paquets, ou `pack`."""
    with _signed_in(login) as (house, actor):
        one = slips.numbered(number, store=house.store, actor=actor)
        transfers.approve(one.id, store=house.store, actor=actor, clock=house.clock)
        _tell(number, house, actor, as_json=as_json)


@transfer.command("send-back")
def send_back(number: Number, reason: Reason, login: Approver, *, as_json: Json = False) -> None:
    """Refuse le visa : le bordereau retourne à qui le prépare, avec le motif."""
    with _signed_in(login) as (house, actor):
        one = slips.numbered(number, store=house.store, actor=actor)
        transfers.send_back(one.id, reason, store=house.store, actor=actor, clock=house.clock)
        _tell(number, house, actor, as_json=as_json)


@transfer.command("abandon")
def abandon(number: Number, reason: Reason, login: As = ARCHIVIST, *, as_json: Json = False) -> None:
    """Abandonne un bordereau dont l'archive n'a rien accepté : ce qu'il porte redevient libre."""
    with house_of(login) as (house, actor):
        one = _kept(number, house, actor)
        transfers.abandon(one.id, reason, store=house.store, actor=actor, clock=house.clock)
        _tell(number, house, actor, as_json=as_json)


@transfer.command("status")
def status(number: Number, login: As = ARCHIVIST, *, as_json: Json = False) -> None:
    """Dit où en est un bordereau : ses courriers, ses paquets, ce que l'archive a répondu."""
    with house_of(login) as (house, actor):
        _tell(number, house, actor, as_json=as_json)


@transfer.command("pack")
def pack_one(number: Number, login: As = ARCHIVIST, *, as_json: Json = False) -> None:
    """Fait les paquets d'un bordereau visé, sans attendre le service de fond ; reprend ce qui fut interrompu."""
    with house_of(login) as (house, actor):
        one = _kept(number, house, actor)
        if one.state is not TransferState.READY:
            refuse_state(one, TransferState.APPROVED)
        with progress_shown() as progress:
            progress.add_task("Paquets")
            pack(one.id, packer_of(house))
        _tell(number, house, actor, as_json=as_json)


@transfer.command("export")
def export(
    number: Number,
    to: Annotated[Path, typer.Option("--to", help="Dossier où écrire les paquets.")],
    login: As = ARCHIVIST,
    *,
    as_json: Json = False,
) -> None:
    """Emporte les paquets d'un bordereau dans un dossier ; le journal dit par qui."""
    with house_of(login) as (house, actor):
        one = _kept(number, house, actor)
        packages = slips.slip(one.id, store=house.store, actor=actor, limit=0).packages
        targets = {each.rank: to / f"{each.identifier}.zip" for each in packages if each.held and each.made_at}
        if not targets:
            slips.take_away(one.id, 1, store=house.store, actor=actor, clock=house.clock)
        for target in targets.values():
            if target.exists():
                raise Refused(
                    "export.exists",
                    Said("Le fichier %(file)s existe déjà. Choisissez un autre dossier.", file=str(target)),
                )
        to.mkdir(parents=True, exist_ok=True)
        for rank, target in targets.items():
            found = slips.take_away(one.id, rank, store=house.store, actor=actor, clock=house.clock)
            written = target.with_suffix(".part")
            with house.vault.open(found.sha256) as stream, written.open("wb") as copy:
                copyfileobj(stream, copy)
            written.replace(target)
            told = {"package": found.identifier, "sha256": found.sha256, "letters": found.letters, "file": str(target)}
            say(as_json, told, f"{target}  {found.letters} documents  SHA-256 {found.sha256}")


@transfer.command("reply")
def reply(
    number: Number,
    file: Annotated[Path, typer.Argument(help="Fichier XML que l'archive a rendu.", exists=True, dir_okay=False)],
    login: As = ARCHIVIST,
    *,
    as_json: Json = False,
) -> None:
    """Inscrit ce que l'archive a répondu : un accusé de réception, une acceptation ou un refus."""
    with house_of(login) as (house, actor):
        one = _kept(number, house, actor)
        with own_folder("reponse") as folder:
            copyfile(file, folder / "reponse.xml")
            said, text = read_reply(folder / "reponse.xml", house)
        take_answer(one.id, said, text, store=house.store, actor=actor, clock=house.clock)
        _tell(number, house, actor, as_json=as_json)


@contextmanager
def _signed_in(login: str) -> Iterator[tuple[House, Actor]]:
    """Open the house for somebody who proves who they are: a visa is a person's own, also at a terminal.

    The password is asked for, never an argument: what stands on a command line is read by everybody on the machine.

    Raises:
        Forbidden: `session.wrong`, `session.wait`.
    """
    password = typer.prompt("Mot de passe", hide_input=True, err=True)
    with house_of() as (house, _):
        session = sign_in(login, password, store=house.store, clock=house.clock)
        try:
            yield house, session.actor
        finally:
            sign_out(session.secret, store=house.store, actor=session.actor, clock=house.clock)


def _kept(number: str, house: House, actor: Actor) -> Transfer:
    """Return a slip that the person keeps. Raises as `slips.numbered` does."""
    return slips.numbered(number, store=house.store, actor=actor, keeping=True)


def _subjects(one: Transfer, lines: Sequence[str], house: House, actor: Actor) -> list[str]:
    """Return the letters and pieces of a slip that these names are of, all or none.

    Raises:
        Refused: `transfer.no_line`.
    """
    found = slips.slip(one.id, store=house.store, actor=actor, limit=transfers.MAX_LINES).lines
    wanted = {" ".join(each.split()) for each in lines}
    unknown = wanted - {each.named for each in found if each.named}
    if unknown:
        raise Refused(
            "transfer.no_line",
            Said("Ce bordereau n'a pas de ligne « %(line)s ». Rien n'a été changé.", line=min(unknown)),
        )
    return [each.item.subject_id for each in found if each.named in wanted]


def _tell(number: str, house: House, actor: Actor, *, as_json: bool) -> None:
    one = slips.numbered(number, store=house.store, actor=actor)
    found = slips.slip(one.id, store=house.store, actor=actor, limit=transfers.MAX_LINES)
    counts = ", ".join(f"{count} {_ITEMS[state]}" for state, count in found.counts.items())
    lines = [f"{one.number}  {_STATES[found.transfer.state]}  {counts}", f"  {one.title}"]
    lines += [f"  {each}" for each in (found.transfer.fault, found.transfer.remark) if each]
    lines += [
        f"  {each.identifier}  {_OUTCOMES[each.outcome]}  {each.letters} documents  {' '.join(each.answer)}".rstrip()
        for each in found.packages
        if each.made_at
    ]
    lines += [f"  {each.named}  {each.item.said}" for each in found.lines if each.named and each.item.said]
    say(as_json, SlipOut.of(found).model_dump(mode="json"), "\n".join(lines))
