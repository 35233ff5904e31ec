"""The worker: takes jobs from the queue, has pages read in confined processes, feeds the index, watches folders.

Jobs run at least once, so every task is idempotent. A job whose worker died is found by its
missing heartbeat and given again; a page that kills its process costs one attempt, not the worker.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from typing import Any

import procrastinate
from procrastinate import PsycopgConnector

from api.audits import audit_round, periods_of
from api.disposals import hands_of, paper_hands_of
from api.index_check import check_index
from api.mailbox.doors import mail_doors
from api.mailbox.notice_mail import NoticeWriter
from api.receptions import take_reception
from api.transfers import packer_of
from api.trusted_authorities import trusted_pem
from api.views.search_language import typed_search
from api.wiring import House
from ged.collector import settle
from ged.errors import GedError, Unavailable
from ged.mail.access import SYSTEM, Actor
from ged.mail.anchor import DOCUMENTS
from ged.mail.journal import Act
from ged.services import hold
from ged.services.anchor import anchor
from ged.services.anchored_proofs import keep_proofs
from ged.services.audit.runs import tell_late
from ged.services.leave_line import leave_line
from ged.services.mail_notices import mail_notices
from ged.services.post import post, post_due
from ged.services.remind import remind
from ged.services.seal import seal
from ged.services.seal_pieces import seal_piece
from ged.services.search_hold import search_hold, search_holds_again
from ged.services.sign_in import actor_of
from ged.services.tell_deadlines import tell_deadlines
from ged.store.changes import Changes
from ingest.batches.enter import enter_batch
from ingest.batches.work import BatchHands
from ingest.capture.folder import Station
from ingest.capture.scan import run_scan
from ingest.capture.stations import Stations
from ingest.models.nightly import train_models
from ingest.piece_reading import Fault as PieceFault
from ingest.piece_reading import PieceReader
from ingest.piece_reading import no_fault as pieces_go_on
from ingest.runner import Fault, Runner, no_fault
from ingest.side_by_side import Reading
from ingest.signatures import JudgeSignatures
from ingest.work import works
from retention.answers import forget_packages
from retention.disposal.carry_out import carry_out, retry_left
from retention.locks import extend_locks
from retention.nightly import note_term, note_terms, sweep_letters
from retention.packing import pack
from retention.paper_certificates import certify, certify_left
from retention.reception import forget as forget_reception
from search.alerts import tell_matches
from search.document import analysed_page
from search.outbox import drain
from search.rebuild import rebuild

_log = logging.getLogger(__name__)

HEARTBEAT_S, STALLED_S, POLL_S = 2.0, 8.0, 0.5
TASKS = (
    *("seal", "seal_kept", "seal_version", "advance", "read_version", "post", "look_at_batch", "enter_batch", "scan"),
    *("pack_transfer", "forget_packages", "take_reception", "forget_reception", "dispose", "certify_paper"),
    *("note_term", "note_terms", "search_hold"),
)
MISSED_S = 24 * 3600.0
"""A machine that was off at night does at its start what the night asked for, once (docs/decisions/0384)."""
DRAIN_EVERY_S, LOOK_EVERY_S, ANCHOR_EVERY_S = 0.5, 2.0, 45.0
AUDIT_EVERY_S, LATE_EVERY_S, RENEW_EVERY_S = 5.0, 600.0, 30.0
ALERT_EVERY_S, MEAN_EVERY_S = 5.0, 2.0
_IDLE_NICE = 19
"""An audit takes the processor that nobody wants; what it hashes with begins as gentle as who asks."""
SEAL_RETRY = procrastinate.RetryStrategy(exponential_wait=2, max_attempts=30, retry_exceptions=[Unavailable])
READ_RETRY = procrastinate.RetryStrategy(exponential_wait=2, max_attempts=14)
"""These jobs write their failures down themselves: what still comes out of one is that it could not, and it waits."""


def build_app(house: House, runner: Runner, lots: BatchHands, pieces: PieceReader) -> procrastinate.App:
    """Return the queue's application: one task a verb, and the periodic ones, which run once for all workers."""
    url = house.database_url.replace("postgresql+psycopg://", "postgresql://")
    connector = PsycopgConnector(conninfo=url, min_size=1, max_size=6)
    app = procrastinate.App(connector=connector, periodic_defaults={"max_delay": MISSED_S})

    sealing: dict[str, Any] = {
        "store": house.store,
        "vault": house.vault,
        "signer": house.signer,
        "ledger": house.ledger,
        "clock": house.clock,
    }

    @app.task(name="seal", queue="seal", retry=SEAL_RETRY)
    def seal_letter(letter_id: str) -> None:
        seal(letter_id, **sealing)

    @app.task(name="seal_annex", queue="seal", retry=SEAL_RETRY)
    def seal_one_annex(annex_id: str) -> None:
        seal_piece(annex_id, **sealing)

    @app.task(name="seal_kept", queue="seal", retry=SEAL_RETRY)
    def seal_one_kept(kept_id: str) -> None:
        seal_piece(kept_id, **sealing)

    @app.task(name="seal_version", queue="seal", retry=SEAL_RETRY)
    def seal_one_version(version_id: str) -> None:
        seal_piece(version_id, **sealing)

    @app.task(name="advance", queue="advance", retry=READ_RETRY)
    def advance(letter_id: str) -> None:
        runner.advance(letter_id)

    @app.task(name="read_version", queue="read_version", retry=READ_RETRY)
    def read_version(version_id: str) -> None:
        pieces.read(version_id)

    @app.task(name="scan", queue="scan")
    def scan(run_id: str) -> None:
        who = lambda login: actor_of(login, store=house.store, clock=house.clock)  # noqa: E731
        run_scan(run_id, scanners=house.scanners, door=house.uploads, who=who)

    _transfer_tasks(app, house)
    _disposal_tasks(app, house)
    _hold_tasks(app, house)
    _mail_tasks(app, house)
    _nightly_tasks(app, house)
    _batch_tasks(app, house, lots)

    @app.periodic(cron="* * * * * */5")
    @app.task(name="reap", queue="periodic", queueing_lock="reap")
    async def reap(timestamp: int) -> None:  # noqa: ARG001 - the queue says which tick this is
        await _put_back(app)

    return app


async def _put_back(app: procrastinate.App) -> None:
    """Give the jobs of workers that died to those that live."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S):
        await app.job_manager.retry_job(job)


def _batch_tasks(app: procrastinate.App, house: House, lots: BatchHands) -> None:
    """Add what a lot asks for: its pages looked at, its letters entered."""

    @app.task(name="look_at_batch", queue="look_at_batch", retry=READ_RETRY)
    def look_at_batch(batch_id: str, rank: str) -> None:
        lots.look(batch_id, int(rank))

    @app.task(name="enter_batch", queue="enter_batch", retry=READ_RETRY)
    def enter_one_batch(batch_id: str) -> None:
        enter_batch(
            batch_id,
            entrance=house.entrance,
            actor_of=lambda login: actor_of(login, store=house.store, clock=house.clock),
        )


def _transfer_tasks(app: procrastinate.App, house: House) -> None:
    """Add what transfers ask for: packages made, those of others taken in, and destroyed once they are answered."""

    @app.task(name="pack_transfer", queue="pack_transfer", retry=READ_RETRY)
    def pack_transfer(transfer_id: str) -> None:
        pack(transfer_id, packer_of(house))

    @app.task(name="forget_packages", queue="forget_packages", retry=SEAL_RETRY)
    def forget(transfer_id: str) -> None:
        forget_packages(transfer_id, store=house.store, vault=house.vault, clock=house.clock)

    @app.task(name="take_reception", queue="take_reception", retry=READ_RETRY)
    def take_in(reception_id: str) -> None:
        take_reception(reception_id, house)

    @app.task(name="forget_reception", queue="forget_reception", retry=SEAL_RETRY)
    def forget_package(reception_id: str) -> None:
        forget_reception(reception_id, store=house.store, vault=house.vault)


def _nightly_tasks(app: procrastinate.App, house: House) -> None:
    """Add the sweeps, what is done while nobody works, and what the sweep would say of letters at once."""

    @app.task(name="note_term", queue="note_term", retry=SEAL_RETRY)
    def note(letter_id: str) -> None:
        note_term(letter_id, store=house.store, clock=house.clock)

    @app.task(name="note_terms", queue="note_terms", retry=SEAL_RETRY)
    def note_of_dossier(dossier_id: str) -> None:
        note_terms(dossier_id, store=house.store, clock=house.clock)

    @app.periodic(cron="30 2 * * *")
    @app.task(name="sweep", queue="periodic", queueing_lock="sweep")
    def sweep(timestamp: int) -> None:  # noqa: ARG001
        locks = house.vault.report().object_lock
        sweep_letters(house.store, house.clock, lock_days=house.settings.vault.lock_days if locks else None)
        extend_locks(house.store, house.vault, house.clock)

    @app.periodic(cron="* * * * *")
    @app.task(name="sweep_uploads", queue="periodic", queueing_lock="sweep_uploads")
    def sweep_uploads(timestamp: int) -> None:  # noqa: ARG001
        house.uploads.sweep(lambda login: actor_of(login, store=house.store, clock=house.clock))

    @app.periodic(cron="0 1 * * *")
    @app.task(name="train", queue="periodic", queueing_lock="train")
    def train(timestamp: int) -> None:  # noqa: ARG001
        train_models(house.store, house.vault, house.clock)

    @app.periodic(cron="15 5 * * *")
    @app.task(name="tell_deadlines", queue="periodic", queueing_lock="tell_deadlines")
    def say_deadlines(timestamp: int) -> None:  # noqa: ARG001
        tell_deadlines(house.deadlines, store=house.store, clock=house.clock)

    @app.periodic(cron="30 3 * * *")
    @app.task(name="check_index", queue="periodic", queueing_lock="check_index")
    def compare_index(timestamp: int) -> None:  # noqa: ARG001
        check_index(house)
        house.index.compact()

    @app.periodic(cron="0 3 * * *")
    @app.task(name="forget_jobs", queue="periodic", queueing_lock="forget_jobs")
    async def forget_jobs(timestamp: int) -> None:  # noqa: ARG001
        await app.job_manager.delete_old_jobs(nb_hours=72)


def _hold_tasks(app: procrastinate.App, house: House) -> None:
    """Add what a hold on a search asks for, and what is asked of all holds at night."""

    @app.periodic(cron="30 5 * * *")
    @app.task(name="review_holds", queue="periodic", queueing_lock="review_holds")
    def review_holds(timestamp: int) -> None:  # noqa: ARG001
        search_holds_again(store=house.store, clock=house.clock)
        hold.review(store=house.store, clock=house.clock)

    @app.task(name="search_hold", queue="search_hold", retry=SEAL_RETRY)
    def search_one_hold(hold_id: str) -> None:
        search_hold(hold_id, store=house.store, clock=house.clock)


def _disposal_tasks(app: procrastinate.App, house: House) -> None:
    """Add what an approved disposal asks for, and what a lock kept, tried again."""

    @app.task(name="dispose", queue="dispose", retry=SEAL_RETRY)
    def dispose(disposal_id: str) -> None:
        carry_out(disposal_id, hands_of(house))

    @app.task(name="certify_paper", queue="dispose", retry=SEAL_RETRY)
    def certify_paper(gone_id: str) -> None:
        certify(gone_id, paper_hands_of(house))

    @app.periodic(cron="20 * * * *")
    @app.task(name="dispose_again", queue="periodic", queueing_lock="dispose_again")
    def dispose_again(timestamp: int) -> None:  # noqa: ARG001
        hands = hands_of(house)
        with house.store.unit() as unit:
            left = unit.disposals.unfinished()
        for each in left:
            carry_out(each, hands)
        retry_left(hands)
        certify_left(paper_hands_of(house))


def _mail_tasks(app: procrastinate.App, house: House) -> None:
    """Add what tells people: messages posted, deadlines watched, notices written as e-mails."""
    outgoing: Any = {"store": house.store, "vault": house.vault, "mailer": house.mailer, "clock": house.clock}

    @app.task(name="post", queue="post")
    def post_message(message_id: str) -> None:
        post(message_id, **outgoing)

    @app.periodic(cron="* * * * * */30")
    @app.task(name="post_due", queue="periodic", queueing_lock="post_due")
    def post_what_is_due(timestamp: int) -> None:  # noqa: ARG001 - the queue says which tick this is
        post_due(**outgoing)

    @app.periodic(cron="*/10 * * * *")
    @app.task(name="remind", queue="periodic", queueing_lock="remind")
    def say_reminders(timestamp: int) -> None:  # noqa: ARG001
        remind(store=house.store, clock=house.clock)

    @app.periodic(cron="* * * * *")
    @app.task(name="mail_notices", queue="periodic", queueing_lock="mail_notices")
    def write_notices(timestamp: int) -> None:  # noqa: ARG001
        if house.mailer is not None:
            mail_notices(store=house.store, clock=house.clock, write=NoticeWriter(house.address))


def run_worker(
    house: House, *, until_idle: bool = False, fault: Fault = no_fault, piece_fault: PieceFault = pieces_go_on
) -> None:
    """Work until told to stop (or, with `until_idle`, until no job waits), then leave everything in order."""
    with Reading(house.settings.reading.engine, house.confined) as reading:
        judge = JudgeSignatures(reading, lambda: trusted_pem(house.settings.seal.trusted_ca), house.clock)
        limits = house.entrance.limits
        work = works(house.store, house.vault, reading, house.office, limits.max_pages, judge, analysed_page)
        runner = Runner(house.store, work, house.clock, fault)
        lots = BatchHands(house.store, house.vault, reading, house.clock)
        pieces = PieceReader(
            house.store, house.vault, reading, house.office, house.entrance.limits, house.clock, piece_fault
        )
        app = build_app(house, runner, lots, pieces)
        settle()
        with _beside(house, watch=not until_idle), nullcontext() if until_idle else mail_doors(house):
            asyncio.run(_work(app, house, until_idle=until_idle))
        if until_idle:
            drain_index(house)
            with suppress(Unavailable):  # nothing waits for a model that is away, but its vectors
                if make_meanings(house):
                    drain_index(house)
            look_for_alerts(house)


async def _work(app: procrastinate.App, house: House, *, until_idle: bool) -> None:
    if until_idle:  # what waits is done; what comes of the hour is for the worker that stays
        app.periodic_registry.periodic_tasks.clear()
    async with app.open_async():
        while True:
            await app.run_worker_async(
                concurrency=house.processes + 1,
                wait=not until_idle,
                delete_jobs="successful",
                fetch_job_polling_interval=POLL_S,
                update_heartbeat_interval=HEARTBEAT_S,
                stalled_worker_timeout=STALLED_S,
                install_signal_handlers=not until_idle,
            )
            if not until_idle or not _jobs_left(house):
                return
            await asyncio.sleep(POLL_S)  # the last job of a worker gives the next one, perhaps to another worker
            await _put_back(app)  # it has no periodic task that would


def _jobs_left(house: House) -> int:
    with house.store.unit() as unit:
        return unit.queue.left(TASKS)


def drain_index(house: House) -> int:
    """Bring the index up to the outbox, unless another process is doing so; give how many changes went in."""
    total, changes = 0, Changes(house.store)
    with house.store.exclusive("index") as alone:
        while alone and (done := drain(changes, house.index, house.clock, house.meanings)):
            total += done
    return total


def renew_index(house: House) -> int:
    """Make the index anew when an earlier version made it, unless another process does; give how many letters it has.

    Searches and writes go on meanwhile.
    """
    if not house.index.report().outdated:
        return 0
    with house.store.exclusive("rebuild") as alone:
        if not alone:
            return 0
        count = rebuild(Changes(house.store), house.index, house.clock, meanings=house.meanings)
        leave_line(Act.INDEX_REBUILT, "index", store=house.store, actor=SYSTEM, clock=house.clock, documents=count)
    return count


def make_meanings(house: House) -> int:
    """Have the model put into vectors what waits for it, unless another process does; give of how many letters."""
    total, meanings = 0, house.meanings
    if meanings is None:
        return 0
    with house.store.exclusive("meanings") as alone:
        while alone and (done := meanings.make()):
            total += done
    return total


def look_for_alerts(house: House) -> int:
    """Let the alerts of searches look at what the index took, unless another process does; give how many letters."""
    total = 0
    read = lambda text, actor: typed_search(text, house, actor).query()  # noqa: E731
    with house.store.exclusive("alerts") as alone:
        while alone and (done := tell_matches(store=house.store, index=house.index, clock=house.clock, read=read)):
            total += done
    return total


def anchor_documents(house: House) -> None:
    """Have the head of the log of documents vouched for, and the proofs under it kept beside the originals."""
    anchor(DOCUMENTS, ledger=house.ledger, outside=house.outside, store=house.store, clock=house.clock)
    keep_proofs(DOCUMENTS, ledger=house.ledger, store=house.store, vault=house.vault)


@contextmanager
def _beside(house: House, *, watch: bool) -> Iterator[None]:
    """Feed the index and look into the watched folders in threads of their own, until the block ends."""
    stop = threading.Event()
    threads = [_repeat("index", lambda: drain_index(house), DRAIN_EVERY_S, stop)]
    threads.append(_repeat("meanings", lambda: make_meanings(house), MEAN_EVERY_S, stop))
    threads.append(_repeat("alerts", lambda: look_for_alerts(house), ALERT_EVERY_S, stop))
    if watch:
        threads.append(_repeat("index version", lambda: renew_index(house), RENEW_EVERY_S, stop))
        threads.append(_repeat("audit", lambda: audit_round(house, stop), AUDIT_EVERY_S, stop, nice=_IDLE_NICE))
        late = partial(tell_late, periods_of(house), store=house.store, clock=house.clock)
        threads.append(_repeat("late audits", late, LATE_EVERY_S, stop))  # apart: an audit may be what hangs
        threads.append(_repeat("anchor", lambda: anchor_documents(house), ANCHOR_EVERY_S, stop))
        stations = Stations(house.settings.data / "depots", house.entrance)
        threads.append(_repeat("stations", stations.round, LOOK_EVERY_S, stop))
        for watched in house.settings.capture.folders:
            station = Station(watched.path, _keeper(house, watched.login), house.entrance)
            threads.append(_repeat(f"folder {watched.path}", station.look, LOOK_EVERY_S, stop))
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _keeper(house: House, login: str) -> Callable[[], Actor]:
    return lambda: actor_of(login, store=house.store, clock=house.clock)


def _repeat(
    name: str, act: Callable[[], object], every_s: float, stop: threading.Event, *, nice: int = 0
) -> threading.Thread:
    def loop() -> None:
        if nice:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), nice)
        while not stop.wait(every_s):
            try:
                act()
            except GedError as error:
                _log.warning("%s: %s", name, error.diagnostics())
            except OSError as error:  # a share that is away comes back
                _log.warning("%s: %s", name, error)

    thread = threading.Thread(target=loop, name=name, daemon=True)
    thread.start()
    return thread
