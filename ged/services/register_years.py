"""Register years (exercices): opened before their first number, closed once with their check and their print."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import date, datetime

from ged.clock import Clock
from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.access import KEEPS_REGISTER, Actor, Right, Role, require
from ged.mail.journal import Act
from ged.mail.register import RegisterYear, Series, closed, refuse_early
from ged.mail.register_book import ClosingStatement, RegisterClosing, RegisterPrint, RegisterQuery, RegisterSheet
from ged.mail.register_check import SeriesReport, check_series
from ged.mail.said import Said, joined
from ged.ports import Ledger, LogHead, Signer, Vault
from ged.seal.leaf import Leaf
from ged.services.beside import proof_suffix
from ged.services.print_register import MAX_LINES, Render, keep, record_print
from ged.services.register_book import lines_of, register_of
from ged.store.unit import Store, Unit


def open_year(series: Series, *, first: int = 1, store: Store, actor: Actor, clock: Clock) -> None:
    """Open a year before its first number; with `first`, it goes on where a paper register stopped.

    Raises:
        Forbidden: `access.right`.
        NotFound: `register.unknown`.
        Refused: `register.first`, `register.year`.
        Conflict: `register.opened`.
    """
    now = clock()
    if not 1 <= first <= 9_999_999:
        raise Refused("register.first", "Le premier numéro est un nombre de 1 à 9 999 999.", field="premier")
    if not now.year <= series.year <= now.year + 1:
        raise Refused(
            "register.year",
            Said(
                "Un exercice s'ouvre pour %(year)s ou pour %(next)s. Corrigez l'année.",
                year=now.year,
                next=now.year + 1,
            ),
            field="annee",
        )
    with store.unit() as unit:
        _refuse_other(unit, series, actor)
        if not unit.registers.open(series, now, first=first, by=actor.name):
            raise Conflict(
                "register.opened",
                Said(
                    "L'exercice %(year)s de ce registre est déjà ouvert : sa numérotation ne change plus.",
                    year=series.year,
                ),
            )
        unit.journal.write(now, Act.REGISTER_OPENED, actor, series=_named(series), first=first)
        unit.commit()


def close_year(
    series: Series,
    *,
    render: Render,
    store: Store,
    vault: Vault,
    signer: Signer,
    ledger: Ledger,
    actor: Actor,
    clock: Clock,
) -> RegisterClosing:
    """Close a year: its check, its prints, their entry in the log and its end are one transaction.

    From here on no number can be taken in it, nor cancelled. What was printed is signed and logged, so that a stranger
    can tell it from another. Undone halfway, the year stays open; a print that was logged already proves nothing more
    than its own bytes.

    Raises:
        Forbidden: `access.right`.
        NotFound: `register.unknown`, `register.no_year`.
        Refused: `register.too_early`, `register.block_open`, `register.faulty`, `register.closed`.
    """
    now = clock()
    with store.unit() as unit:
        _refuse_other(unit, series, actor)
        year = unit.registers.lock(series)
        if year is None:
            raise NotFound(
                "register.no_year", Said("Aucun numéro n'a été pris en %(year)s dans ce registre.", year=series.year)
            )
        report = _whole(unit, year, now.date())
        sheets = _volumes(unit, report, actor, now, ledger.head())
        made = [keep(sheet, render(sheet), vault=vault, actor=actor) for sheet in sheets]
        logged = [_log(one, vault=vault, signer=signer, ledger=ledger) for one in made]
        for sheet, one in zip(sheets, logged, strict=True):
            record_print(unit, one, sheet, actor)
        closing = RegisterClosing(
            series, now, actor.login, actor.name, tuple(one.id for one in logged), ledger.head().note
        )
        unit.registers.close(series, now)
        unit.register_closings.add(closing)
        unit.journal.write(
            now, Act.REGISTER_CLOSED, actor, series=_named(series), sha256=[one.sha256 for one in logged]
        )
        unit.commit()
    return closing


def _named(series: Series) -> dict[str, object]:
    return {"register": series.register_id, "direction": series.direction, "year": series.year}


def _refuse_other(unit: Unit, series: Series, actor: Actor) -> None:
    """Let pass the supervisor of that very register: to audit a register opens it, and does not rule it."""
    require(actor, Right.CLOSE_REGISTER)
    register_of(unit, series.register_id, actor)
    ruled = {post.register_id for post in actor.posts if post.role is Role.SUPERVISOR and post.role in KEEPS_REGISTER}
    if series.register_id not in ruled:
        raise Forbidden("register.not_yours", "Seul le superviseur de ce registre l'ouvre et le clôt.")


def _whole(unit: Unit, year: RegisterYear, today: date) -> SeriesReport:
    """Return the check of a year that may be closed."""
    series = year.series
    if year.closed_at is not None:
        raise closed(series, year.closed_at)
    refuse_early(year, today)
    if unit.number_blocks.open_in(series):
        raise Refused(
            "register.block_open",
            "Des numéros réservés attendent encore dans cet exercice. Saisissez-les ou annulez-les avec leur motif, "
            "puis clôturez.",
        )
    report = check_series(year, unit.registers.numbers(series))
    if report.faults:
        raise Refused(
            "register.faulty",
            Said(
                "Cet exercice ne peut pas être clos, rien n'a été changé : %(faults)s Prévenez l'auditeur.",
                faults=joined(report.faults, "%(one)s %(other)s"),
            ),
            faults=list(report.faults),
        )
    return report


def _volumes(unit: Unit, report: SeriesReport, actor: Actor, now: datetime, head: LogHead) -> list[RegisterSheet]:
    year, series = report.year, report.year.series
    office = unit.organisation.entity(series.register_id)
    acronyms = {one.id: one.acronym for one in unit.organisation.entities(tenant_id=office.tenant_id)}
    query = RegisterQuery(series.register_id, series.direction, year=series.year, newest_first=False)
    volumes = max(1, -(-year.count // MAX_LINES))
    sheets = []
    for volume in range(volumes):
        entries, _ = unit.books.entries(query, limit=MAX_LINES, offset=volume * MAX_LINES)
        sheets.append(
            RegisterSheet(
                reference=secrets.token_urlsafe(16),
                office=office,
                direction=series.direction,
                since=date(series.year, 1, 1),
                until=date(series.year, 12, 31),
                lines=lines_of(unit, entries, actor),
                acronyms=acronyms,
                printed_at=now,
                printed_by=actor.name,
                closing=ClosingStatement(report, head.size, head.root, volume + 1, volumes),
            )
        )
    return sheets


def _log(made: RegisterPrint, *, vault: Vault, signer: Signer, ledger: Ledger) -> RegisterPrint:
    """Sign and log a closing print, and keep signature and proof beside it as beside an original."""
    signature = vault.attach(made.sha256, "p7s", signer.sign(bytes.fromhex(made.sha256), made.printed_at))
    leaf = Leaf(
        document=made.id,
        sha256=made.sha256,
        size=made.size,
        p7s_sha256=hashlib.sha256(signature).hexdigest(),
        version="",
        event="cloture_registre",
        actor=made.login,
        time=made.printed_at.isoformat(),
    )
    entry = ledger.append([leaf.encode()])[0]
    vault.attach(made.sha256, proof_suffix(entry.index), entry.proof.encode())
    return replace(made, leaf_index=entry.index)
