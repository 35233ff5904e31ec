"""The process that inscribes the journal in its log: its own database user, its own key, nothing else of the house.

It never opens the sealing keys, the vault nor the index; no other process opens its key.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from api.config import Settings
from api.wiring import VERIFIER, open_database, open_outside
from ged.clock import Clock, system_clock
from ged.errors import Forbidden, GedError, Unavailable
from ged.mail.anchor import JOURNAL
from ged.seal.keys import LogKey, ensure_log_key, log_origin
from ged.seal.ledger import TileLedger
from ged.seal.tiles import Write, durable_write
from ged.services.anchor import Outside, anchor
from ged.services.ship import Shipper
from ged.store.unit import Store

_log = logging.getLogger(__name__)

ANCHOR_EVERY_S = 45.0


@contextmanager
def open_shipper(settings: Settings, clock: Clock = system_clock, write: Write = durable_write) -> Iterator[Shipper]:
    """Open what ships the journal; its key is made on the first call, and its public key laid beside the log.

    Raises:
        Unavailable: the database does not answer.
        Corrupt: `seal.keys`, the key is not readable.
    """
    _, ledger = journal_keeper(settings, write)
    with open_database(settings) as addresses:
        store = Store(addresses.ship, pool_size=3)
        try:
            yield Shipper(store, ledger, settings.journal_folder, clock, write)
        finally:
            store.close()


def journal_keeper(settings: Settings, write: Write = durable_write) -> tuple[LogKey, TileLedger]:
    """Return the key of the journal's log, made on the first call, and the log; its public key lies beside it.

    Raises:
        Forbidden: `keys.not_ours`, the key is the shipping process's, and this is another account.
        Corrupt: `seal.keys`, the key is not readable.
    """
    folder = settings.journal_folder
    origin = f"{log_origin(settings.seal.organisation)}/journal"
    try:
        key = ensure_log_key((settings.ship.keys or settings.data / "journal-keys") / "actes.key", origin=origin)
        if not (folder / VERIFIER).exists():
            durable_write(folder / VERIFIER, f"{key.verifier}\n".encode())
    except PermissionError as error:
        raise Forbidden(
            "keys.not_ours",
            "La clé du journal des actes appartient au compte qui l'inscrit. Lancez la commande sous ce compte "
            "(ged journal rotate).",
        ) from error
    return key, TileLedger(folder, key, write)


def run_shipper(settings: Settings, stop: Event) -> None:
    """Inscribe the journal until told to stop; what does not answer is waited for.

    Raises:
        Unavailable: `ledger.stopped`, the disk refused: the process ends, and another begins with what is durable.
        Corrupt: the log on disk is not what was signed.
    """
    with open_shipper(settings) as shipper:
        # Apart: an authority that is slow to answer holds no line back.
        anchoring = Thread(target=_anchor, args=(shipper, open_outside(settings), stop), name="anchor", daemon=True)
        anchoring.start()
        while True:
            try:
                shipper.round()
            except Unavailable as error:
                if error.code == "ledger.stopped":
                    raise
                _log.warning("ship: %s", error.diagnostics())
            if stop.wait(settings.ship.every_s):
                break
        anchoring.join()


def _anchor(shipper: Shipper, outside: Outside, stop: Event) -> None:
    while not stop.wait(ANCHOR_EVERY_S):
        try:
            anchor(JOURNAL, ledger=shipper.log, outside=outside, store=shipper.store, clock=shipper.clock)
        except GedError as error:
            _log.warning("anchor: %s", error.diagnostics())
