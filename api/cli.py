"""The `ged` command: everything that the pages do, for people at a terminal and for scripts.

With `--json`, answers are one JSON object a line on standard output (docs/cli.md). Exit codes: 0
done; 1 something is wrong with what is stored; 2 refused; 4 unknown; 5 forbidden; 6 conflict;
7 an engine does not answer. It works with no server running, and beside a running one.
"""

from __future__ import annotations

import logging
import os
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.logging import RichHandler
from rich.markup import escape
from rich.table import Table

from api.audit_command import AuditCommand, audit
from api.bundle_commands import bundle, judge_bundle
from api.config import read_settings
from api.errors import EXIT, problem
from api.index_commands import index
from api.key_commands import keys
from api.model_export import write_folder
from api.model_folder import read_folder
from api.register_commands import register
from api.renew_command import renew_command
from api.schemas.answers import FoundOut, state_of
from api.schemas.letters import FileOut, HistoryOut, LetterOut, ReceiptOut, VerdictOut
from api.ship_commands import journal, ship
from api.terminal import CLERK, As, Json, err, out, stop_with
from api.terminal import house_of as _house
from api.terminal import line as _line
from api.terminal import progress_shown as _progress
from api.terminal import say as _say
from api.transfer_commands import transfer
from api.vault_commands import kek, vault
from api.wiring import House
from api.witness.command import witness
from ged.errors import Conflict, GedError
from ged.mail.access import SYSTEM
from ged.mail.item import Direction
from ged.mail.journal import Act
from ged.mail.qualification import Field
from ged.seal.verify import Outcome
from ged.services import consult
from ged.services.capture import Door
from ged.services.establish import establish, standing
from ged.services.export import export as export_letter
from ged.services.leave_line import leave_line
from ged.services.sign_in import create_token, set_password
from ged.services.tell_history import Medium, tell_history
from ged.services.verify import verify_file, verify_letter
from ged.services.verify_bundle import is_bundle
from ged.store.changes import Changes
from ingest.capture.receive import SheetsBack, receive_scan

app = typer.Typer(
    help="GED Courrier : enregistrer, chercher, vérifier le courrier.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(register, name="register")
app.add_typer(keys, name="keys")
app.add_typer(kek, name="kek")
app.add_typer(vault, name="vault")
app.command()(bundle)
app.add_typer(journal, name="journal")
app.command()(ship)
app.command("renew")(renew_command)
app.command()(witness)
app.add_typer(index, name="index")
app.add_typer(transfer, name="transfer")


def main() -> None:
    """Run the command; an error of the house is one sentence and an exit code."""
    said = RichHandler(console=err, log_time_format="%Y-%m-%dT%H:%M:%S.%f", omit_repeated_times=False)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", handlers=[said])
    try:
        app()
    except GedError as error:
        stop_with(error)


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="Dossier de CSV qui décrit l'organisation.")]) -> None:
    """Charge l'organisation (entités, postes, personnes, natures, conservation) ; peut être relancé."""
    organisation = read_folder(folder)
    with _house() as (house, _):
        establish(organisation, store=house.store, clock=house.clock)
    out.print(f"{len(organisation.entities)} entités, {len(organisation.people)} personnes chargées.")


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Fichiers ou dossiers.", exists=True)],
    login: As = CLERK,
    *,
    direction: Annotated[Direction, typer.Option(help="Dans quel registre.")] = Direction.INCOMING,
    received: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Jour de réception, si ce n'est pas aujourd'hui.")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Attendre que les courriers soient lus et scellés.")] = False,
    as_json: Json = False,
) -> None:
    """Enregistre des fichiers comme courrier ; l'un refusé n'arrête pas les autres."""
    files = [file for path in paths for file in _files(path)]
    refused = 0
    with _house(login) as (house, actor), _progress() as progress:
        task = progress.add_task("Enregistrement", total=len(files))
        for file in files:
            progress.update(task, description=file.name)
            try:
                with file.open("rb") as stream:
                    receipt = receive_scan(
                        stream,
                        file.name,
                        door=Door.COMMAND,
                        actor=actor,
                        entrance=house.entrance,
                        direction=direction,
                        received_on=received.date() if received else None,
                    )
            except GedError as error:
                refused += 1
                _say(as_json, {"file": str(file), **problem(error)}, f"[red]{file.name}[/] : {error.sentence}")
            else:
                if isinstance(receipt, SheetsBack):
                    said = [each.sentence for each in receipt.sheets]
                    _say(as_json, {"file": str(file), "sheets": said}, f"{file.name} : {' '.join(said)}")
                    progress.advance(task)
                    continue
                again = " (déjà enregistré)" if receipt.again else ""
                shown = f"{receipt.number} ← {file.name}{again}"
                _say(as_json, {"file": str(file), **ReceiptOut.of(receipt).model_dump(mode="json")}, shown)
            progress.advance(task)
        if wait:
            progress.update(task, description="Lecture et scellement", total=None)
            _work_off(house)
    if refused:
        raise typer.Exit(EXIT["refused"])


def _work_off(house: House) -> None:
    from api.worker import run_worker  # noqa: PLC0415 - loads the OCR engine, which only this needs

    run_worker(house, until_idle=True)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(each for each in path.rglob("*") if each.is_file() and each.suffix != ".json")
    return [path]


@app.command()
def show(number: str, login: As = CLERK, *, as_json: Json = False) -> None:
    """Montre un courrier ; avec --json : texte, mots et boîtes, propositions, sceau."""
    with _house(login) as (house, actor):
        letter = consult.by_number(number, store=house.store, actor=actor)
        file = consult.letter_file(letter.id, store=house.store, actor=actor, clock=house.clock)
    if as_json:
        _line(FileOut.of(file).model_dump(mode="json"))
        return
    table = Table(title=letter.number, show_header=False)
    for name, value in LetterOut.of(letter).model_dump(exclude={"number"}).items():
        table.add_row(name, "" if value is None else str(value))
    for field, proposal in file.proposals.items():
        table.add_row(f"proposé : {field}", f"{proposal.value}  ({proposal.confidence:.0%})")
    out.print(table)
    for page in file.pages:
        out.rule(f"page {page.number}")
        out.print(page.text, markup=False, highlight=False)


@app.command()
def search(words: list[str], login: As = CLERK, *, as_json: Json = False) -> None:
    """Cherche dans les courriers ouverts à la personne."""
    from api.views.search_language import typed_search  # noqa: PLC0415
    from search.find import find  # noqa: PLC0415 - loads the engines

    with _house(login) as (house, actor):
        asked = typed_search(" ".join(words), house, actor)
        answer = find(asked.query(), index=house.index, store=house.store, actor=actor, meaning=house.meaning)
    for found in answer.found:
        letter, pieces = found.row.letter, found.passage.pieces if found.passage else ()
        passage = "".join(f"[bold yellow]{escape(text)}[/] " if lit else f"{escape(text)} " for text, lit in pieces)
        subject = escape(found.row.shown(Field.SUBJECT))
        _say(as_json, FoundOut.of(found).model_dump(mode="json"), f"[bold]{letter.number}[/]  {subject}\n  {passage}")
    if not as_json:
        out.print(f"{answer.total} courriers")


@app.command()
def verify(
    what: Annotated[str, typer.Argument(help="Numéro, ou fichier.")],
    number: Annotated[str, typer.Option(help="Comparer le fichier à l'original de ce numéro.")] = "",
    login: As = CLERK,
    *,
    as_json: Json = False,
) -> None:
    """Dit si un original est intact : celui d'un numéro, un fichier présenté ; ou si une liasse se vérifie."""
    with _house(login) as (house, actor):
        engines: dict[str, Any] = {
            "store": house.store,
            "vault": house.vault,
            "signer": house.signer,
            "ledger": house.ledger,
            "actor": actor,
            "clock": house.clock,
            "time_roots": house.time_roots,
        }
        path = Path(what)
        if path.is_file():
            with path.open("rb") as stream:
                presented, verdict = verify_file(stream, number, **engines)
                if presented is None and is_bundle(stream):
                    return _judged(judge_bundle(stream, house, actor, as_json=as_json))
            letter = presented.letter if presented else None
        else:
            presented, letter = None, consult.by_number(what, store=house.store, actor=actor)
            verdict = verify_letter(letter.id, **engines)
    if as_json:
        _line(VerdictOut.of(verdict, letter.number if letter else None, presented).model_dump(mode="json"))
    else:
        for step in verdict.steps:
            mark = "[green]✔[/]" if step.passed else "[red]✘[/]"
            out.print(f"{mark} {step.number}. {step.title} : {step.detail}", highlight=False)
        out.print(f"[bold]{verdict.outcome}[/]")
    return _judged(verdict.outcome)


def _judged(outcome: Outcome) -> None:
    if outcome is not Outcome.INTACT:
        raise typer.Exit(EXIT["not_found"] if outcome is Outcome.UNKNOWN else EXIT["corrupt"])


@app.command()
def export(number: str, to: Annotated[Path, typer.Option("--to")], login: As = CLERK, *, as_json: Json = False) -> None:
    """Écrit l'original, sa signature, la chaîne, la preuve et la copie consultable dans un dossier."""
    with _house(login) as (house, actor):
        letter = consult.by_number(number, store=house.store, actor=actor)
        files = export_letter(
            letter.id,
            to,
            store=house.store,
            vault=house.vault,
            signer=house.signer,
            ledger=house.ledger,
            actor=actor,
            clock=house.clock,
        )
    for file in files:
        _say(as_json, {"file": str(file)}, str(file))


@app.command()
def history(
    number: str,
    login: As = CLERK,
    *,
    csv: Annotated[Path | None, typer.Option(help="Écrire le tableau dans ce fichier.")] = None,
    pdf: Annotated[Path | None, typer.Option(help="Écrire le PDF dans ce fichier.")] = None,
    as_json: Json = False,
) -> None:
    """Dit tout ce qui est arrivé à un courrier, dans l'ordre ; l'export est inscrit au journal."""
    from api.views.history import history_pdf, teller_of  # noqa: PLC0415
    from api.views.history_words import as_csv  # noqa: PLC0415 - loads the words of the pages

    with _house(login) as (house, actor):
        letter = consult.by_number(number, store=house.store, actor=actor)
        medium = Medium.CSV if csv else Medium.JSON if as_json else Medium.SCREEN
        if pdf is not None:
            pdf.write_bytes(history_pdf(letter.id, house, actor, "fr")[0])
            return _say(as_json, {"file": str(pdf)}, str(pdf))
        told = tell_history(letter.id, medium, store=house.store, actor=actor, clock=house.clock)
        teller = teller_of(house, actor, "fr")
    if csv is not None:
        csv.write_bytes(as_csv(told, teller))
        return _say(as_json, {"file": str(csv)}, str(csv))
    if as_json:
        return _line(HistoryOut.of(told).model_dump(mode="json"))
    table = Table("quand", "qui", "acte", "empreinte", title=letter.number)
    for event, digest in zip(told.events, told.digests, strict=True):
        words = teller.tell(event)
        said = [words.what, *(f"« {text} »" for text in (words.said,) if text), *words.details]
        table.add_row(
            teller.moment(event.at), escape(f"{event.by}\n{words.post}".strip()), escape("\n".join(said)), digest[:12]
        )
    return out.print(table)


@app.command()
def status(login: As = CLERK, *, as_json: Json = False) -> None:
    """Dit comment vont les moteurs."""
    with _house(login) as (house, actor):
        report = state_of(house, actor)
    if as_json:
        _line(report)
        return
    table = Table(show_header=False)
    for section, values in report.items():
        for name, value in values.items() if isinstance(values, dict) else enumerate(values, 1):
            table.add_row(section, str(name), str(value))
    out.print(table)


@app.command("export-model")
def export_model(folder: Annotated[Path, typer.Argument(help="Dossier à remplir.")], *, as_json: Json = False) -> None:
    """Écrit l'organisation en service comme un dossier que « ged init » relit."""
    with _house() as (house, _):
        organisation = standing(store=house.store, clock=house.clock)
        write_folder(organisation, folder)
        leave_line(Act.LIST_EXPORTED, "organisation", store=house.store, actor=SYSTEM, clock=house.clock)
    _say(as_json, {"folder": str(folder), "entities": len(organisation.entities)}, str(folder))


@app.command("rebuild-index")
def rebuild_index(*, as_json: Json = False) -> None:
    """Refait l'index à neuf, sans arrêter ni la recherche ni l'enregistrement."""
    from search.rebuild import rebuild  # noqa: PLC0415 - loads the engines

    with _house() as (house, _), _progress() as progress:
        task = progress.add_task("Index", total=None)
        with house.store.exclusive("rebuild") as alone:
            if not alone:
                raise Conflict("search.rebuilding", "Une autre reconstruction est en cours. Attendez sa fin.")
            count = rebuild(
                Changes(house.store),
                house.index,
                house.clock,
                lambda done, total: progress.update(task, completed=done, total=total),
                house.meanings,
            )
        leave_line(Act.INDEX_REBUILT, "index", store=house.store, actor=SYSTEM, clock=house.clock, documents=count)
    _say(as_json, {"documents": count}, f"{count} courriers dans l'index.")


@app.command()
def serve() -> None:
    """Sert les pages et l'API."""
    from api.serving import serve as serve_pages  # noqa: PLC0415 - only the server needs it

    serve_pages(read_settings())


_AFTER_THE_WEB = 5
"""A worker and what it reads with leave the processor to the pages that people wait for."""


@app.command()
def worker(*, verbose: Annotated[bool, typer.Option("--verbose", help="Dire aussi chaque page lue.")] = False) -> None:
    """Lit, scelle, indexe ; surveille les dossiers."""
    from api.worker import run_worker  # noqa: PLC0415

    logging.getLogger("ingest").setLevel(logging.INFO if verbose else logging.WARNING)
    os.nice(_AFTER_THE_WEB)
    with _house() as (house, _):
        run_worker(house)


@app.command()
def mailbox() -> None:
    """Ouvre les seules portes du courriel : écoute SMTP, boîtes IMAP ; « ged worker » les ouvre aussi."""
    from api.mailbox.doors import mail_doors  # noqa: PLC0415
    from api.supervisor import told_to_stop  # noqa: PLC0415

    with _house() as (house, _), told_to_stop() as stop, mail_doors(house):
        stop.wait()


@app.command()
def start() -> None:
    """Démarre tout sur cette machine : base, serveur, lecture ; Ctrl-C arrête tout."""
    from api.supervisor import supervise  # noqa: PLC0415 - only this command needs it

    settings = read_settings()
    address = f"http://{settings.web.host}:{settings.web.port}"
    supervise(
        settings, ready=lambda: out.print(f"[bold green]GED Courrier répond : {address}[/]  (Ctrl-C pour arrêter)")
    )


@app.command()
def password(login: str, value: Annotated[str, typer.Option(prompt="Mot de passe", hide_input=True)]) -> None:
    """Donne un mot de passe à une personne."""
    with _house() as (house, _):
        set_password(login, value, store=house.store, clock=house.clock)


@app.command()
def token(login: str, label: str, days: int = 90) -> None:
    """Donne un jeton d'API à une personne ; il n'est montré qu'une fois."""
    with _house() as (house, _):
        out.print(create_token(login, label, days, store=house.store, clock=house.clock), highlight=False)


app.command("audit", cls=AuditCommand)(audit)
