"""What `ged audit`, the worker and the pages share: the ground of an audit of this installation, and its reports."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from api.wiring import House
from ged.mail.audit import Audit, Head, Periods, Run
from ged.mail.signature_block import SignatureBlock
from ged.seal.timestamp.chain import read_certificates
from ged.services.audit.ground import PATIENCE, Ground
from ged.services.audit.read_log import ReadLog
from ged.services.audit.retained import read_heads
from ged.services.audit.runs import ask_by_calendar, carry_out


def readers() -> int:
    """Return how many originals are read at once: two a core, so that one is hashed while the next is fetched."""
    return 2 * len(os.sched_getaffinity(0))


def folder_of(house: House, audit_id: str) -> Path:
    """Return where an audit keeps its notebook: apart from what it audits."""
    return house.settings.data / "audits" / audit_id


def periods_of(house: House) -> Periods:
    """Return how often this installation is audited."""
    given = house.settings.audit
    return Periods(timedelta(hours=given.quick_hours), timedelta(days=given.full_days))


def logs_of(house: House) -> tuple[ReadLog, ...]:
    """Return the logs of this installation, as anybody reads them."""
    documents = ReadLog("documents", house.settings.data / "ledger", house.ledger.key_text)
    acts = house.journal_log
    return (
        (documents,) if acts is None else (documents, ReadLog("journal", house.settings.journal_folder, acts.key_text))
    )


def ground_of(house: House, audit: Audit, retained: tuple[Head, ...] = ()) -> Ground:
    """Return the ground of an audit of this installation."""
    documents, *others = logs_of(house)
    return Ground(
        vault=house.vault,
        documents=documents,
        store=house.store,
        trust_pem=house.signer.trust_pem,
        retained=retained,
        folder=folder_of(house, audit.id),
        clock=house.clock,
        seed=audit.seed,
        sample=audit.sample,
        readers=readers(),
        journal=others[0] if others else None,
        time_roots=read_certificates(house.time_roots),
        witnesses=tuple(each.key for each in house.settings.seal.witnesses),
        witnesses_needed=house.settings.audit.witnesses_needed,
    )


def place_of(house: House) -> str:
    """Return what is audited, in words."""
    return f"{house.settings.seal.organisation}, {house.vault.report().place}"


def signed_report(audit: Audit, house: House) -> bytes:
    """Return a report as a PDF signed by this installation's own key."""
    from api.views.audit_report import report_pdf  # noqa: PLC0415 - loads WeasyPrint, which only reports need

    at = audit.finished_at or house.clock()
    block = SignatureBlock(
        "Rapport d'audit, signé par l'installation elle-même",
        house.settings.seal.organisation,
        "",
        f"Signé électroniquement le {at:%d/%m/%Y} à {at:%H h %M} (UTC)",
        f"Audit {audit.id}",
    )
    return house.pdf_signer.sign(
        report_pdf(audit), house.press.print_block(block), name=house.settings.seal.organisation,
        reason=f"audit {audit.id}", at=at,
    ).data  # fmt: skip


def audit_round(house: House, stop: threading.Event, *, patience: tuple[float, ...] = PATIENCE) -> Run | None:
    """Do the audit that waits, was left, or is due; one process of the installation does, the others pass.

    `patience`: seconds to wait, one after the other, for a vault or a database that stopped answering.
    """
    with house.store.exclusive("audit") as alone:
        if not alone:
            return None
        run = ask_by_calendar(periods_of(house), store=house.store, clock=house.clock)
        if run is None:
            return None
        origins = {one.origin: one.name for one in logs_of(house)}
        retained = read_heads(run.retained, origins=origins) if run.retained else ()
        audit = Audit(run.id, run.depth, "", run.seed, run.sample, run.name, run.asked_at)
        return carry_out(
            run,
            place=place_of(house),
            ground=replace(ground_of(house, audit, retained), patience=patience),
            render=lambda done: signed_report(done, house),
            vault=house.vault,
            store=house.store,
            stop=stop.is_set,
        )
