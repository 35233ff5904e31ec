"""The composition root: settings become engines, and nothing else of the house knows which ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from api.clamd import Clamd
from api.config import Settings
from api.embedded import EmbeddedPostgres
from api.embedded.roles import Addresses, embedded_addresses
from api.mailbox.smtp_out import SmtpMailer
from api.open_vault import open_vault
from api.time_authorities import asked_roots, open_authorities, published, time_roots
from ged.clock import Clock, system_clock
from ged.errors import Unavailable
from ged.mail.upload import Room
from ged.ports import Antivirus, Mailer, PdfSigner, Press, Vault, Witness
from ged.seal.deadline import Deadline, of_chain, of_roots, of_tokens, soonest
from ged.seal.keys import SealKeys, ensure_keys
from ged.seal.ledger import TileLedger
from ged.seal.log import TileLog
from ged.seal.sealing_key import KeySource
from ged.seal.sign import CmsSigner
from ged.seal.token import Token, TokenKeys
from ged.seal.witness import HttpWitness
from ged.services.anchor import Outside
from ged.services.bundle import Published
from ged.store.quarantine import QuarantineFolder
from ged.store.schema import migrate
from ged.store.unit import Store
from ingest.capture.receive import Entrance
from ingest.capture.screen import Screen
from ingest.capture.uploads import UploadDoor
from ingest.confined.bounds import Bounds
from ingest.confined.confined import Confined
from ingest.office.converter import Office
from ingest.readers.inspection import Limits
from ingest.scanners.escl import EsclScanner
from ingest.scanners.port import Scanner
from ingest.scanners.sane import SaneScanner
from search.embeddings import EmbeddingServer
from search.meaning import Meaning, Meanings
from search.port import SearchIndex

VERIFIER = "cle-publique"
"""The file, in the folder of the journal's log, with the key that checks its heads."""


@dataclass(frozen=True, slots=True)
class House:
    """Everything a process of the product needs, opened once."""

    settings: Settings
    database_url: str
    store: Store
    vault: Vault
    keys: SealKeys
    sealing: KeySource
    signer: CmsSigner
    office: Office
    outside: Outside
    time_roots: bytes
    time_deadlines: tuple[Deadline, ...]
    published: Published
    ledger: TileLedger
    index: SearchIndex
    meaning: Meaning | None
    mailer: Mailer | None
    confined: Confined
    antivirus: Antivirus | None
    quarantine: QuarantineFolder
    clock: Clock

    @property
    def entrance(self) -> Entrance:
        """What the doors need."""
        capture = self.settings.capture
        limits = Limits(
            max_bytes=capture.max_megabytes * 1_000_000,
            max_pages=capture.max_pages,
            max_page_pixels=capture.max_page_megapixels * 1_000_000,
        )
        screen = None if self.antivirus is None else Screen(self.antivirus, self.quarantine)
        return Entrance(self.store, self.vault, self.clock, limits, self.confined, screen)

    @property
    def press(self) -> Press:
        """What lays letters out."""
        from api.press.press import HousePress  # noqa: PLC0415 - loads WeasyPrint, which most commands never need

        return HousePress(self.office)

    @property
    def pdf_signer(self) -> PdfSigner:
        """Who signs PDF, by the key of today."""
        from ged.seal.pades import PadesSigner  # noqa: PLC0415 - loads pyHanko, as seldom needed

        return PadesSigner(self.sealing, self.outside.authorities, self.published.stamps)

    @property
    def uploads(self) -> UploadDoor:
        """The door of files that come piece by piece."""
        given = self.settings.uploads
        room = Room(
            given.person_megabytes * 1_000_000, given.total_megabytes * 1_000_000, given.files, given.keep_hours
        )
        return UploadDoor(self.settings.data / "televersements", self.entrance, room)

    @property
    def scanners(self) -> dict[str, Scanner]:
        """The scanners of the site, by code."""
        given = self.settings.scanning
        found: dict[str, Scanner] = {each.code: SaneScanner(each.device) for each in given.sane}
        return found | {each.code: EsclScanner(each.address) for each in given.escl}

    @property
    def journal_log(self) -> TileLog | None:
        """The log of acts, read with its public key alone; None while nothing was ever inscribed in it."""
        folder = self.settings.journal_folder
        try:
            return TileLog(folder, (folder / VERIFIER).read_text(encoding="utf-8").strip())
        except OSError:
            return None

    @property
    def deadlines(self) -> tuple[Deadline, ...]:
        """What ends by itself, the soonest first: certificates of the seal and of the authorities of time asked."""
        with self.store.unit() as unit:
            tokens = of_tokens(unit.anchors.ends([one.name for one in self.outside.authorities]))
        return soonest((*of_chain(self.keys.trust.path(self.keys.newest)), *self.time_deadlines, *tokens))

    @property
    def address(self) -> str:
        """Where the house is reached, for links in e-mails."""
        web = self.settings.web
        return (web.address or f"http://{web.host}:{web.port}").rstrip("/")

    @property
    def meanings(self) -> Meanings | None:
        """The vectors of letters, where there is a model that makes them."""
        return Meanings(self.meaning, self.store, self.clock) if self.meaning else None

    @property
    def processes(self) -> int:
        """How many processes read pages at once."""
        return self.confined.at_once


@contextmanager
def open_house(settings: Settings, clock: Clock = system_clock) -> Iterator[House]:
    """Open every engine that the settings name, bring the schema up, and close all at the end.

    Raises:
        Unavailable: an engine does not answer; the sentence says which.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    with open_database(settings) as addresses, ExitStack() as held:
        url = addresses.web
        vault = held.enter_context(open_vault(settings, url))
        keys = ensure_keys(settings.data / "keys", organisation=settings.seal.organisation, clock=clock)
        source = _source(settings, keys)
        outside, public = open_outside(settings, clock), published(settings)
        store = Store(url)
        confined = _confined(settings)
        office = Office(settings.press.at_once, settings.press.timeout_s)
        try:
            yield House(
                settings=settings,
                database_url=url,
                store=store,
                vault=vault,
                keys=keys,
                sealing=source,
                signer=CmsSigner(source),
                office=office,
                outside=outside,
                time_roots=time_roots(settings),
                time_deadlines=of_roots(asked_roots(settings)),
                published=public,
                ledger=TileLedger(settings.data / "ledger", keys.log),
                index=_index(settings),
                meaning=_meaning(settings),
                mailer=_mailer(settings),
                confined=confined,
                antivirus=_antivirus(settings),
                quarantine=QuarantineFolder(settings.data / "quarantine"),
                clock=clock,
            )
        finally:
            confined.close()
            store.close()


def open_token(settings: Settings) -> Token | None:
    """Return the token that keeps the sealing key, not asked yet; None where a file keeps it."""
    given = settings.seal
    if given.kind == "file" or given.module is None:
        return None
    return Token(given.module, given.token, given.key, given.read_pin)


def _source(settings: Settings, keys: SealKeys) -> KeySource:
    token = open_token(settings)
    return keys if token is None else TokenKeys(keys, token)


def open_outside(settings: Settings, clock: Clock = system_clock) -> Outside:
    """Return who vouches for the heads of both logs."""
    witnesses: list[Witness] = [HttpWitness(each.key, each.url, each.timeout_s) for each in settings.seal.witnesses]
    return Outside(open_authorities(settings, clock), witnesses)


@contextmanager
def open_database(settings: Settings) -> Iterator[Addresses]:
    """Have the database there, at this version's schema, and give how each process reaches it.

    Raises:
        Unavailable: it does not answer.
    """
    if settings.database.kind == "server" and settings.database.url is not None:
        url = settings.database.url.get_secret_value()
        owner, ship = settings.database.owner_url, settings.ship.url
        migrate(owner.get_secret_value() if owner else url)
        yield Addresses(url, ship.get_secret_value() if ship else url)
        return
    folder = settings.data / "postgres"
    engine = EmbeddedPostgres(folder)
    owned = engine.start()
    try:
        migrate(owned)
        yield embedded_addresses(owned, folder)
    finally:
        engine.release()


def _confined(settings: Settings) -> Confined:
    given = settings.confinement
    memory = given.memory_megabytes * 1_000_000
    bounds = Bounds(processor_s=given.processor_s, timeout_s=given.timeout_s, memory_bytes=memory)
    return Confined(bounds, settings.reading.processes)


def _antivirus(settings: Settings) -> Antivirus | None:
    given = settings.antivirus
    if given.socket is None and not given.host:
        return None
    return Clamd(str(given.socket or ""), given.host, given.port, given.timeout_s)


def _index(settings: Settings) -> SearchIndex:
    if settings.search.kind == "embedded":
        from search.embedded import EmbeddedIndex  # noqa: PLC0415 - one of the two engines is never loaded

        return EmbeddedIndex(settings.data / "index")
    from search.elastic import Cluster, ElasticIndex  # noqa: PLC0415

    given = settings.search
    try:
        key = given.read_api_key()
    except OSError as error:
        raise Unavailable(
            "search.key", "La clé d'accès à la recherche ne se lit pas : vérifiez `[search] api_key_file`."
        ) from error
    cluster = Cluster(given.urls, given.prefix, given.shards, given.replicas, given.ca_file, key)
    if settings.meaning.url:
        cluster = replace(cluster, model=settings.meaning.model, vector_size=settings.meaning.size)
    return ElasticIndex(cluster)


def _meaning(settings: Settings) -> Meaning | None:
    given = settings.meaning
    if not given.url:
        return None
    key = given.key.get_secret_value() if given.key else ""
    return EmbeddingServer(given.url, given.model, given.size, given.least, given.timeout_s, key)


def _mailer(settings: Settings) -> Mailer | None:
    given = settings.mail
    if not given.host:
        return None
    return SmtpMailer(
        host=given.host,
        port=given.port,
        sender=given.sender,
        name=given.name,
        security=given.security,
        login=given.login,
        password=given.password.get_secret_value(),
        ca_file=given.ca_file,
    )
