"""What `ged audit`, the worker and the pages share: the ground of an audit of this installation, and its place."""

from __future__ import annotations

import os
from pathlib import Path

from api.wiring import House
from ged.mail.audit import Audit, Head
from ged.services.audit.ground import Ground, ReadLog


def readers() -> int:
    """Return how many originals are read at once: two a core, so that one is hashed while the next is fetched."""
    return 2 * len(os.sched_getaffinity(0))


def folder_of(house: House, audit_id: str) -> Path:
    """Return where an audit keeps its notebook: apart from what it audits."""
    return house.settings.data / "audits" / audit_id


def logs_of(house: House) -> tuple[ReadLog, ...]:
    """Return the logs of this installation, as anybody reads them."""
    return (ReadLog("documents", house.settings.data / "ledger", house.ledger.verifier_key),)


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
    )
