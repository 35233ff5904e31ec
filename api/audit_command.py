"""`ged audit`: the whole evidence checked at a terminal, by this installation or by a stranger with read access alone.

Exit codes: 0 nothing found; 1 something altered; 2 it could not be finished; 3 bad usage.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from typer.core import TyperCommand

from api.audits import folder_of, ground_of, logs_of, readers
from api.supervisor import told_to_stop
from api.terminal import err, house_of, line, out
from ged.clock import system_clock
from ged.errors import GedError, Refused
from ged.mail.audit import EXIT, Audit, Checked, Depth, Finding, Head, Outcome, Weight
from ged.mail.said import Said
from ged.ports import Vault
from ged.seal.cosignature import COSIGNS
from ged.seal.note import read_verifier
from ged.services.audit.ground import Ground
from ged.services.audit.meanings import MEANINGS
from ged.services.audit.notebook import Notebook, plain
from ged.services.audit.read_log import ReadLog
from ged.services.audit.retained import read_heads
from ged.services.audit.table import BY_CODE
from ged.services.audit.veiled import is_veiled
from ged.services.audit.walk import Told, walk
from ged.store.vault.local import LocalVault

_USAGE, _LOOKED = 3, 200
_MISUSED: type[Exception] = typer.BadParameter.__mro__[1]
"""What every misuse is an instance of; typer gives it no name of its own."""
SAMPLE = 30
"""Letters that a quick audit reads to the last byte, unless it is told how many."""


class AuditCommand(TyperCommand):
    """Bad usage is told from an audit that could not be finished."""

    def make_context(self, *given: Any, **named: Any) -> Any:
        """Return the context of a call; one that is not understood ends with 3."""
        try:
            return super().make_context(*given, **named)
        except _MISUSED as error:
            vars(error)["exit_code"] = _USAGE
            raise


def audit(  # noqa: PLR0917 - each is an option
    full: Annotated[bool, typer.Option("--full", help="Tout relire, octet par octet.")] = False,
    heads: Annotated[
        list[Path] | None, typer.Option(help="Têtes gardées ailleurs : notes, preuves, lignes recopiées.")
    ] = None,
    sample: Annotated[int, typer.Option(min=0, help="Courriers tirés au sort (audit rapide).")] = SAMPLE,
    seed: Annotated[str, typer.Option(help="Graine du tirage, pour le refaire.")] = "",
    resume: Annotated[str, typer.Option(metavar="ID", help="Reprendre un audit interrompu.")] = "",
    store: Annotated[str, typer.Option(help="Coffre à auditer sans la base : un dossier, ou s3://compartiment.")] = "",
    endpoint: Annotated[str, typer.Option(help="Adresse du service S3, avec --store s3://…")] = "",
    log: Annotated[Path | None, typer.Option(help="Dossier du journal, avec --store.")] = None,
    log_key: Annotated[str, typer.Option(help="Clé publique du journal (nom+empreinte+clé), avec --store.")] = "",
    trust: Annotated[
        Path | None, typer.Option(help="Certificats, autorités et listes de révocation (PEM), avec --store.")
    ] = None,
    witness: Annotated[
        list[str] | None, typer.Option(help="Clé publique d'un témoin (nom+empreinte+clé), avec --store ; répétable.")
    ] = None,
    encrypted: Annotated[
        bool, typer.Option("--encrypted", help="Le coffre de --store est chiffré : compter ce qu'on ne peut ouvrir.")
    ] = False,
    work: Annotated[Path | None, typer.Option(help="Dossier de travail de l'audit, avec --store.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Le rapport en une ligne JSON.")] = False,
) -> None:
    """Vérifie toutes les preuves : têtes, journaux, sceaux, chaque octet des originaux, base, registres."""
    try:
        depth = Depth.FULL if full else Depth.QUICK
        given = _text(heads or ())
        asked = _asked(depth, sample, seed, resume)
        vault = _vault(store, endpoint, encrypted=encrypted) if store or encrypted else None
        apart = vault and _apart(asked, vault, log, log_key, trust, witness or (), work, given, veiled=encrypted)
        with apart or _here(asked, given) as (ground, notebook):
            done = _walked(asked, ground, notebook, as_json=as_json)
    except Refused as error:
        err.print(f"[bold red]{error.sentence}[/] [dim]({error.code})[/]")
        raise typer.Exit(_USAGE) from error
    except GedError as error:
        err.print(f"[bold red]{error.sentence}[/] [dim]({error.code})[/]")
        raise typer.Exit(EXIT[Outcome.UNFINISHED]) from error
    _say(done, as_json=as_json)
    if done.outcome is not Outcome.SOUND:
        raise typer.Exit(EXIT[done.outcome])


def _asked(depth: Depth, sample: int, seed: str, resume: str) -> Audit:
    return Audit(
        id=resume or secrets.token_hex(8),
        depth=depth,
        place="",
        seed=seed or secrets.token_hex(16),
        sample=sample,
        asked_by="ged audit",
        started_at=system_clock(),
    )


def _text(files: Sequence[Path]) -> str:
    try:
        return "\n\n".join(file.read_text(encoding="utf-8") for file in files)
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("audit.heads", Said("Un fichier de têtes ne se lit pas : %(why)s.", why=str(error))) from error


def _retained(text: str, logs: Sequence[ReadLog]) -> tuple[Head, ...]:
    return read_heads(text, origins={one.key.partition("+")[0]: one.name for one in logs}) if text else ()


@contextmanager
def _here(asked: Audit, given: str) -> Iterator[tuple[Ground, Notebook]]:
    """The installation that this machine runs."""
    with house_of() as (house, _):
        notebook = Notebook(folder_of(house, asked.id))
        yield ground_of(house, asked, _retained(given, logs_of(house))), notebook


@contextmanager
def _apart(  # noqa: PLR0917 - each is an option of the command
    asked: Audit,
    vault: Vault,
    log: Path | None,
    key: str,
    trust: Path | None,
    witnesses: Sequence[str],
    work: Path | None,
    given: str,
    *,
    veiled: bool,
) -> Iterator[tuple[Ground, Notebook]]:
    """A vault and a log, read by a stranger who holds public keys and nothing else."""
    if log is None or key.count("+") < 2 or trust is None:
        raise Refused("audit.apart", "Avec --store, donnez aussi --log, --log-key et --trust.")
    if not log.is_dir():
        raise Refused("audit.apart", "--log est un dossier qui se lit.")
    try:
        for each in witnesses:
            read_verifier(each, COSIGNS)
    except ValueError as error:
        raise Refused("audit.apart", "--witness n'est pas la clé publique d'un témoin. Copiez-la en entier.") from error
    documents = ReadLog("documents", log, key)
    folder = (work or Path.cwd()) / f"audit-{asked.id}"
    notebook = Notebook(folder)
    yield (
        Ground(
            vault=vault,
            documents=documents,
            store=None,
            trust_pem=trust.read_bytes(),
            retained=_retained(given, (documents,)),
            folder=folder,
            clock=system_clock,
            seed=asked.seed,
            sample=asked.sample,
            readers=readers(),
            witnesses=tuple(witnesses),
            veiled=veiled,
        ),
        notebook,
    )


def _vault(store: str, endpoint: str, *, encrypted: bool) -> Vault:
    """Open a vault to be read; one that shows itself encrypted must be said to be: whoever swaps originals could."""
    if not store:
        raise Refused("audit.apart", "--encrypted ne va qu'avec --store : ici, les clés du coffre sont là.")
    vault = _opened(store, endpoint)
    first = [one for one in islice(vault.objects(), _LOOKED) if one.digest and not one.suffix and one.latest]
    if not encrypted and any(is_veiled(vault, one.digest) for one in first):
        raise Refused(
            "audit.encrypted",
            "Ce coffre contient des fichiers chiffrés. S'il doit l'être, ajoutez --encrypted : le journal et ce qui "
            "se compte seront vérifiés, pas le contenu. S'il ne doit pas l'être, on y a écrit : gardez-le en l'état.",
        )
    return vault


def _opened(store: str, endpoint: str) -> Vault:
    """Open a folder, or a bucket with the keys that the environment gives."""
    if not store.startswith("s3://"):
        if not Path(store).is_dir():
            raise Refused("audit.apart", "--store est un dossier qui se lit, ou s3://compartiment.")
        return LocalVault(Path(store))
    from ged.store.vault.s3 import S3Vault  # noqa: PLC0415 - boto3 is slow to load, and only this needs it

    access, secret = os.environ.get("GED_VAULT_ACCESS_KEY"), os.environ.get("GED_VAULT_SECRET_KEY")
    if not endpoint or not access or not secret:
        raise Refused(
            "audit.apart", "Pour un compartiment S3 : --endpoint, GED_VAULT_ACCESS_KEY et GED_VAULT_SECRET_KEY."
        )
    bucket = store.removeprefix("s3://")
    return S3Vault(bucket, endpoint=endpoint, region="us-east-1", access_key=access, secret_key=secret, lock_days=1)


def _walked(asked: Audit, ground: Ground, notebook: Notebook, *, as_json: bool) -> Audit:
    standing = notebook.read()
    if standing is not None and standing.finished_at is not None and not standing.left:
        return standing
    with told_to_stop() as stop, _progress(quiet=as_json or not sys.stderr.isatty()) as told:
        return walk(standing or asked, ground, notebook, told, stop=stop.is_set)


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Told]:
    bar = Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=err, disable=quiet
    )
    with bar:
        tasks: dict[str, Any] = {}

        def told(_: Audit, one: Checked) -> None:
            if one.code not in tasks:
                tasks[one.code] = bar.add_task("", total=None)
            read = f", {one.bytes_read / 1e9:.1f} Go" if one.bytes_read else ""
            faults = f", [red]{one.faults} anomalies[/]" if one.faults else ""
            shown = f"{BY_CODE[one.code].title} : {one.looked}{read}{faults}"
            total = one.total or (one.looked if one.done else None)
            bar.update(tasks[one.code], description=shown, completed=one.looked, total=total)

        yield told


_MARK: dict[bool, str] = {True: "[green]✔[/]", False: "[red]✘[/]"}
_SAID = {
    Outcome.SOUND: "[bold green]Aucune anomalie.[/]",
    Outcome.ALTERED: "[bold red]Des anomalies ont été trouvées.[/]",
    Outcome.UNFINISHED: "[bold yellow]L'audit n'a pas pu être achevé.[/]",
}


def _say(done: Audit, *, as_json: bool) -> None:
    if as_json:
        line({**plain(done), "outcome": done.outcome, "faults": done.faults, "remarks": done.remarks})
        return
    for one in done.checks:
        check, whole = BY_CODE[one.code], one.done and not one.faults
        read = f", {one.bytes_read / 1e6:.0f} Mo relus" if one.bytes_read else ""
        out.print(
            f"{_MARK[whole]} {check.title} : {one.skipped or one.stopped or f'{one.looked} vérifiés{read}'}",
            highlight=False,
        )
        for finding in one.findings:
            _say_finding(finding)
        if (more := one.faults + one.remarks - len(one.findings)) > 0:
            out.print(f"    et {more} autres.")
    out.print("\nCe qui n'a pas été vérifié :")
    for each in done.not_checked:
        out.print(f"  · {each}", highlight=False, markup=False)
    out.print(f"\n{_SAID[done.outcome]} Audit {done.id}, graine {done.seed}.", highlight=False)


def _say_finding(each: Finding) -> None:
    colour, meaning = "red" if each.weight is Weight.FAULT else "yellow", MEANINGS[each.code]
    out.print(f"    [{colour}]{each.weight}[/] {each.about} : {each.detail}", highlight=False)
    out.print(f"      {meaning.means} {meaning.do} [dim]({each.code})[/]", highlight=False)
