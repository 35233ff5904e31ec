"""Asking for a run of a scanner, stopping it, and saying how it goes; the worker does it."""

from __future__ import annotations

import secrets
from typing import Any

from ged.clock import Clock
from ged.errors import Conflict
from ged.mail.access import Actor
from ged.mail.item import Direction
from ged.mail.scan import GOES, ScanRun, ScanState
from ged.services.capture import registering_post
from ged.store.unit import Store


def ask_scan(
    scanner: str,
    direction: Direction,
    *,
    resolution_dpi: int,
    colour: bool,
    feeder: bool,
    duplex: bool,
    store: Store,
    actor: Actor,
    clock: Clock,
) -> ScanRun:
    """Ask for a run; a worker begins it within a second.

    Raises:
        Forbidden: `access.right`.
        Conflict: `scanner.busy`, the actor's last run is not over.
    """
    registering_post(actor, direction)
    new = ScanRun(
        id=secrets.token_urlsafe(16),
        login=actor.login,
        scanner=scanner,
        direction=direction,
        resolution_dpi=resolution_dpi,
        colour=colour,
        feeder=feeder,
        duplex=duplex and feeder,
        state=ScanState.ASKED,
        pages=0,
        said="",
        asked_at=clock(),
    )
    with store.unit() as unit:
        last = unit.scan_runs.last_of(actor.login)
        if last is not None and last.state in GOES:
            raise Conflict("scanner.busy", "Votre numérisation précédente n'est pas finie. Attendez-la, ou arrêtez-la.")
        unit.scan_runs.add(new)
        unit.queue.defer("scan", run_id=new.id)
        unit.commit()
    return new


def last_scan(*, store: Store, actor: Actor) -> ScanRun | None:
    """Return the actor's last run."""
    with store.unit() as unit:
        return unit.scan_runs.last_of(actor.login)


def stop_scan(*, store: Store, actor: Actor) -> None:
    """Ask the actor's run to stop; the pages that were read stay."""
    with store.unit() as unit:
        last = unit.scan_runs.last_of(actor.login)
        if last is not None:
            unit.scan_runs.change(last.id, [ScanState.ASKED], state=ScanState.DONE)
            unit.scan_runs.change(last.id, [ScanState.GOING], state=ScanState.STOPPING)
            unit.commit()


def scan_of(run_id: str, *, store: Store) -> ScanRun | None:
    """Return a run, for the worker."""
    with store.unit() as unit:
        return unit.scan_runs.get(run_id)


def tell_scan(run_id: str, among: tuple[ScanState, ...], *, store: Store, **values: Any) -> bool:
    """Write how a run goes, if it is in one of some states; give whether it was."""
    with store.unit() as unit:
        changed = unit.scan_runs.change(run_id, among, **values)
        unit.commit()
    return changed
