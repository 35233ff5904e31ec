"""A run of a scanner: each page is durable as soon as it is read, among the photographs that its asker will send."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ged.errors import GedError
from ged.mail.access import Actor
from ged.mail.photo import SCANNER
from ged.mail.scan import GOES, ScanRun, ScanState
from ged.mail.upload import Wish
from ged.services.scan import scan_of, tell_scan
from ingest.capture.uploads import UploadDoor
from ingest.scanners.port import Scanner, Settings

_CUT = "La numérisation a été interrompue. Les pages déjà lues sont gardées : remettez les feuilles qui manquent."
_GONE = "Ce scanner n'est plus configuré. Choisissez-en un autre."


def run_scan(run_id: str, *, scanners: Mapping[str, Scanner], door: UploadDoor, who: Callable[[str], Actor]) -> None:
    """Do a run that was asked for; one that a worker began before it died is over, as its paper has passed."""
    store = door.entrance.store
    run = scan_of(run_id, store=store)
    if run is None:
        return
    if not tell_scan(run_id, (ScanState.ASKED,), store=store, state=ScanState.GOING):
        tell_scan(run_id, (ScanState.GOING, ScanState.STOPPING), store=store, state=ScanState.FAILED, said=_CUT)
        return
    said = _GONE
    if run.scanner in scanners:
        try:
            _read(run, scanners[run.scanner], door, who(run.login))
            said = ""
        except GedError as error:
            said = error.sentence
    state = ScanState.FAILED if said else ScanState.DONE
    tell_scan(run_id, GOES, store=store, state=state, said=said)


def _read(run: ScanRun, scanner: Scanner, door: UploadDoor, actor: Actor) -> None:
    store = door.entrance.store

    def stopped() -> bool:
        now = scan_of(run.id, store=store)
        return now is None or now.state is ScanState.STOPPING

    settings = Settings(run.resolution_dpi, run.colour, run.feeder, run.duplex)
    with scanner.pages(settings, stopped) as pages:
        for number, data in enumerate(pages, 1):
            wish = Wish(f"page-{number:03d}.jpg", len(data), SCANNER, run.direction)
            begun = door.begin(wish, actor)
            door.append(begun.id, 0, data, actor)
            tell_scan(run.id, GOES, store=store, pages=number)
