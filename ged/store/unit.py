"""The unit of work: one transaction, and the only commit of the house."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from types import TracebackType
from typing import Self

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from ged.errors import Unavailable
from ged.store.absences import Absences
from ged.store.acknowledgements import Acknowledgements
from ged.store.anchors import Anchors
from ged.store.annexes import Annexes
from ged.store.arrivals import Arrivals
from ged.store.asides import Asides
from ged.store.audit_runs import AuditRuns
from ged.store.audits import Audits
from ged.store.batches import Batches
from ged.store.belongings import Belongings
from ged.store.boxes import Boxes
from ged.store.circuits import CircuitTemplates
from ged.store.correspondents import Correspondents
from ged.store.custody import Custody
from ged.store.database import refuse_cut
from ged.store.delegations import Delegations
from ged.store.disposals import Disposals
from ged.store.dossier_pieces import DossierPieces
from ged.store.dossiers import Dossiers
from ged.store.drafts import Drafts
from ged.store.electronic import Electronic
from ged.store.envelopes import Envelopes
from ged.store.evidence_records import EvidenceRecords
from ged.store.holds import Holds
from ged.store.index_state import IndexState
from ged.store.ink_prints import InkPrints
from ged.store.journal import Journal
from ged.store.journal_reading import JournalReading
from ged.store.kept_files import KeptFiles
from ged.store.learning import Learning
from ged.store.letters import Letters
from ged.store.links import Links
from ged.store.lists import ListEntries
from ged.store.locks import Locks
from ged.store.meanings import Meanings
from ged.store.messages import Messages
from ged.store.model import Model
from ged.store.near_duplicates import NearDuplicates
from ged.store.notes import Notes
from ged.store.notices import Notices
from ged.store.number_blocks import NumberBlocks
from ged.store.object_keys import ObjectKeys
from ged.store.opinions import Opinions
from ged.store.organisation import Organisations
from ged.store.outbox import Outbox
from ged.store.page_texts import PageTexts
from ged.store.pages import Pages
from ged.store.parties import Parties
from ged.store.people import People
from ged.store.phone_links import PhoneLinks
from ged.store.piece_shelves import PieceShelves
from ged.store.proposals import Proposals
from ged.store.quarantine import Quarantine
from ged.store.queue import Queue
from ged.store.reading_quality import ReadingQuality
from ged.store.receptions import Receptions
from ged.store.register_books import RegisterBooks
from ged.store.register_closings import RegisterClosings
from ged.store.register_prints import RegisterPrints
from ged.store.registers import Registers
from ged.store.reminders import Reminders
from ged.store.retention_events import RetentionEvents
from ged.store.retention_facts import RetentionFacts
from ged.store.retention_figures import RetentionFigures
from ged.store.runs import Runs
from ged.store.scan_runs import ScanRuns
from ged.store.schedule_tables import letter_lock, piece_lock
from ged.store.schedules import Schedules
from ged.store.seals import Seals
from ged.store.searches import Searches
from ged.store.second_numbers import SecondNumbers
from ged.store.sendings import Sendings
from ged.store.shipping import Shipping
from ged.store.slips import Slips
from ged.store.stations import Stations
from ged.store.steps import Steps
from ged.store.successions import Successions
from ged.store.sweeps import Sweeps
from ged.store.transfers import Transfers
from ged.store.transmittals import Transmittals
from ged.store.unsealed_pieces import UnsealedPieces
from ged.store.uploads import Uploads
from ged.store.version_texts import VersionTexts
from ged.store.views import SavedViews


class Unit:
    """One transaction, with one property for each table family; leaving without `commit` undoes it all."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._transaction = connection.begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._transaction.is_active:
            self._transaction.rollback()

    def commit(self) -> None:
        """Make everything since the start durable, all of it or nothing."""
        self._transaction.commit()

    @cached_property
    def letters(self) -> Letters:
        """The letters as they stand."""
        return Letters(self._connection, self.holds.catch_before)

    @cached_property
    def circuits(self) -> CircuitTemplates:
        """Circuits to choose from."""
        return CircuitTemplates(self._connection)

    @cached_property
    def drafts(self) -> Drafts:
        """Mail that is being written."""
        return Drafts(self._connection)

    @cached_property
    def links(self) -> Links:
        """What binds letters to each other."""
        return Links(self._connection)

    @cached_property
    def learning(self) -> Learning:
        """Models taught by decisions."""
        return Learning(self._connection)

    @cached_property
    def reading_quality(self) -> ReadingQuality:
        """What people made of proposals, counted."""
        return ReadingQuality(self._connection)

    @cached_property
    def page_texts(self) -> PageTexts:
        """Texts of pages as people corrected them."""
        return PageTexts(self._connection)

    @cached_property
    def meanings(self) -> Meanings:
        """What letters mean, as vectors."""
        return Meanings(self._connection)

    @cached_property
    def near_duplicates(self) -> NearDuplicates:
        """Letters that may be one."""
        return NearDuplicates(self._connection)

    @cached_property
    def registers(self) -> Registers:
        """The number series."""
        return Registers(self._connection)

    @cached_property
    def books(self) -> RegisterBooks:
        """Registers read line by line."""
        return RegisterBooks(self._connection)

    @cached_property
    def register_prints(self) -> RegisterPrints:
        """Prints of registers that are kept."""
        return RegisterPrints(self._connection)

    @cached_property
    def register_closings(self) -> RegisterClosings:
        """Years of registers that were closed."""
        return RegisterClosings(self._connection)

    @cached_property
    def second_numbers(self) -> SecondNumbers:
        """Numbers that services give beside the registration number."""
        return SecondNumbers(self._connection)

    @cached_property
    def envelopes(self) -> Envelopes:
        """Sealed envelopes."""
        return Envelopes(self._connection)

    @cached_property
    def number_blocks(self) -> NumberBlocks:
        """Numbers set apart for paper."""
        return NumberBlocks(self._connection)

    @cached_property
    def audits(self) -> Audits:
        """What audits read."""
        return Audits(self._connection)

    @cached_property
    def audit_runs(self) -> AuditRuns:
        """Audits that were asked for."""
        return AuditRuns(self._connection)

    @cached_property
    def arrivals(self) -> Arrivals:
        """Originals, and each time one came in."""
        return Arrivals(self._connection)

    @cached_property
    def stations(self) -> Stations:
        """Scanning stations."""
        return Stations(self._connection)

    @cached_property
    def phone_links(self) -> PhoneLinks:
        """Links of telephones."""
        return PhoneLinks(self._connection)

    @cached_property
    def scan_runs(self) -> ScanRuns:
        """Runs of scanners."""
        return ScanRuns(self._connection)

    @cached_property
    def uploads(self) -> Uploads:
        """Files that come piece by piece."""
        return Uploads(self._connection)

    @cached_property
    def quarantine(self) -> Quarantine:
        """Files that the antivirus stopped."""
        return Quarantine(self._connection)

    @cached_property
    def custody(self) -> Custody:
        """Where the paper originals are."""
        return Custody(self._connection)

    @cached_property
    def boxes(self) -> Boxes:
        """Boxes of the paper archives."""
        return Boxes(self._connection)

    @cached_property
    def transmittals(self) -> Transmittals:
        """The sheets that go with paper, and their discharges."""
        return Transmittals(self._connection)

    @cached_property
    def slips(self) -> Slips:
        """Routing slips on paper, and files that wait for a person to say what they are."""
        return Slips(self._connection)

    @cached_property
    def batches(self) -> Batches:
        """Lots: files that came in and are not letters yet."""
        return Batches(self._connection)

    @cached_property
    def kept_files(self) -> KeptFiles:
        """Files sealed and kept with letters, that are no letters."""
        return KeptFiles(self._connection)

    @cached_property
    def unsealed_pieces(self) -> UnsealedPieces:
        """Annexes, kept files and versions of dossiers that wait for their seal."""
        return UnsealedPieces(self._connection)

    @cached_property
    def seals(self) -> Seals:
        """What proves an original."""
        return Seals(self._connection)

    @cached_property
    def anchors(self) -> Anchors:
        """Heads of the logs, and what vouches for them from outside."""
        return Anchors(self._connection)

    @cached_property
    def evidence_records(self) -> EvidenceRecords:
        """Tokens of heads, as they were renewed."""
        return EvidenceRecords(self._connection)

    @cached_property
    def object_keys(self) -> ObjectKeys:
        """The keys of the vault's objects."""
        return ObjectKeys(self._connection)

    @cached_property
    def runs(self) -> Runs:
        """What each stage did, by its key."""
        return Runs(self._connection)

    @cached_property
    def pages(self) -> Pages:
        """Pages as read, their images, the rendition."""
        return Pages(self._connection)

    @cached_property
    def proposals(self) -> Proposals:
        """What the machine proposed and what people decided."""
        return Proposals(self._connection)

    @cached_property
    def steps(self) -> Steps:
        """The moves of letters, one after the other."""
        return Steps(self._connection)

    @cached_property
    def opinions(self) -> Opinions:
        """Opinions asked and given."""
        return Opinions(self._connection)

    @cached_property
    def acknowledgements(self) -> Acknowledgements:
        """Acknowledgements of receipt."""
        return Acknowledgements(self._connection)

    @cached_property
    def notes(self) -> Notes:
        """Notes on letters, and who follows them."""
        return Notes(self._connection)

    @cached_property
    def asides(self) -> Asides:
        """What people set aside."""
        return Asides(self._connection)

    @cached_property
    def schedules(self) -> Schedules:
        """The file plan and the retention schedule, in versions."""
        return Schedules(self._connection)

    @cached_property
    def retention_events(self) -> RetentionEvents:
        """Events that start terms."""
        return RetentionEvents(self._connection)

    @cached_property
    def retention_figures(self) -> RetentionFigures:
        """Letters counted by the rule that governs them."""
        return RetentionFigures(self._connection)

    @cached_property
    def retention(self) -> RetentionFacts:
        """What decides the fate of letters."""
        return RetentionFacts(self._connection)

    @cached_property
    def letter_locks(self) -> Locks:
        """Until when the store's lock keeps letters."""
        return Locks(self._connection, letter_lock)

    @cached_property
    def piece_locks(self) -> Locks:
        """Until when the store's lock keeps pieces of dossiers."""
        return Locks(self._connection, piece_lock)

    @cached_property
    def sweeps(self) -> Sweeps:
        """How far the nightly sweep has come, and the list of what falls due."""
        return Sweeps(self._connection)

    @cached_property
    def holds(self) -> Holds:
        """Legal holds."""
        return Holds(self._connection)

    @cached_property
    def transfers(self) -> Transfers:
        """Letters given to an archive."""
        return Transfers(self._connection)

    @cached_property
    def receptions(self) -> Receptions:
        """Letters received from another house."""
        return Receptions(self._connection)

    @cached_property
    def disposals(self) -> Disposals:
        """Lists of what is to be destroyed, and what became of it."""
        return Disposals(self._connection)

    @cached_property
    def belongings(self) -> Belongings:
        """What a letter has in the vault and in the tables."""
        return Belongings(self._connection)

    @cached_property
    def journal(self) -> Journal:
        """Who did what, when."""
        return Journal(self._connection)

    @cached_property
    def journal_reading(self) -> JournalReading:
        """The journal as auditors read it."""
        return JournalReading(self._connection)

    @cached_property
    def shipping(self) -> Shipping:
        """The journal on its way to its log."""
        return Shipping(self._connection)

    @cached_property
    def correspondents(self) -> Correspondents:
        """People and organisations that write or are written to."""
        return Correspondents(self._connection)

    @cached_property
    def dossiers(self) -> Dossiers:
        """Letters brought together."""
        return Dossiers(self._connection)

    @cached_property
    def dossier_pieces(self) -> DossierPieces:
        """Documents of dossiers beyond their letters."""
        return DossierPieces(self._connection)

    @cached_property
    def piece_shelves(self) -> PieceShelves:
        """Documents of dossiers as the archivist walks them."""
        return PieceShelves(self._connection)

    @cached_property
    def version_texts(self) -> VersionTexts:
        """What versions of pieces say."""
        return VersionTexts(self._connection)

    @cached_property
    def views(self) -> SavedViews:
        """Lists that people gave a name to."""
        return SavedViews(self._connection)

    @cached_property
    def searches(self) -> Searches:
        """Kept searches that alert, and recent searches."""
        return Searches(self._connection)

    @cached_property
    def parties(self) -> Parties:
        """The names on letters."""
        return Parties(self._connection)

    @cached_property
    def outbox(self) -> Outbox:
        """Letters that the index must look at again."""
        return Outbox(self._connection)

    @cached_property
    def index_state(self) -> IndexState:
        """What the index refused, and how it compared with the letters."""
        return IndexState(self._connection)

    @cached_property
    def people(self) -> People:
        """People, their posts, sessions and tokens."""
        return People(self._connection)

    @cached_property
    def absences(self) -> Absences:
        """Who is away."""
        return Absences(self._connection)

    @cached_property
    def successions(self) -> Successions:
        """Passations de service."""
        return Successions(self._connection)

    @cached_property
    def delegations(self) -> Delegations:
        """Who acts in whose post."""
        return Delegations(self._connection)

    @cached_property
    def organisation(self) -> Organisations:
        """Entities, kinds and rules."""
        return Organisations(self._connection)

    @cached_property
    def lists(self) -> ListEntries:
        """Terms to choose from, letterheads, templates of replies."""
        return ListEntries(self._connection)

    @cached_property
    def model(self) -> Model:
        """The organisation in use, whole."""
        return Model(self._connection)

    @cached_property
    def notices(self) -> Notices:
        """What people are told."""
        return Notices(self._connection)

    @cached_property
    def reminders(self) -> Reminders:
        """What was said of deadlines."""
        return Reminders(self._connection)

    @cached_property
    def electronic(self) -> Electronic:
        """What came in by e-mail, and what came back."""
        return Electronic(self._connection)

    @cached_property
    def messages(self) -> Messages:
        """Messages that leave by e-mail."""
        return Messages(self._connection)

    @cached_property
    def sendings(self) -> Sendings:
        """What letters are sent by, and the sheets that they leave on."""
        return Sendings(self._connection)

    @cached_property
    def annexes(self) -> Annexes:
        """Files that belong to letters beside their originals."""
        return Annexes(self._connection)

    @cached_property
    def ink_prints(self) -> InkPrints:
        """Letters printed for a signature in ink."""
        return InkPrints(self._connection)

    @cached_property
    def queue(self) -> Queue:
        """Jobs, given in this very transaction."""
        return Queue(self._connection)


class Store:
    """The database. `unit()` opens a transaction; nothing else of the house touches a connection."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self._engine = sa.create_engine(
            url,
            pool_size=pool_size,
            max_overflow=4,
            pool_timeout=10,
            pool_use_lifo=True,  # the last one used has its questions prepared, and its pages at hand
            json_deserializer=msgspec.json.decode,  # the words of pages come as JSON: a third of the time of `json`
            connect_args={"connect_timeout": 5, "application_name": "ged"},
            execution_options={"preserve_rowcount": True},  # else an insertion says -1, whatever it wrote
        )
        sa.event.listen(self._engine, "checkout", refuse_cut)
        self._asked = self._engine.execution_options(isolation_level="AUTOCOMMIT")  # of the same connections
        sa.event.listen(self._asked, "before_cursor_execute", _refuse_writing)

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """Open a transaction.

        Raises:
            Unavailable: `store.unavailable`, the database does not answer.
        """
        with self._unit(self._engine) as unit:
            yield unit

    @contextmanager
    def questions(self) -> Iterator[Unit]:
        """Open a unit that only asks: each question stands by itself, as it does in a transaction (« read committed »).

        To begin and to end a transaction is two messages more than the questions are. What would write is refused, as
        it could not be undone.

        Raises:
            Unavailable: `store.unavailable`, the database does not answer.
        """
        with self._unit(self._asked) as unit:
            yield unit

    @contextmanager
    def exclusive(self, name: str) -> Iterator[bool]:
        """Hold a lock over every process of the installation, if it is free; give whether it was.

        The lock belongs to a connection with no transaction open: it falls when the process dies.

        Raises:
            Unavailable: `store.unavailable`, the database does not answer.
        """
        key = sa.func.hashtextextended(name, 0)
        with _connected(self._asked) as connection:
            taken = bool(connection.scalar(sa.select(sa.func.pg_try_advisory_lock(key))))
            try:
                yield taken
            finally:
                if taken:
                    _unlock(connection, key)

    @contextmanager
    def _unit(self, engine: sa.Engine) -> Iterator[Unit]:
        with _connected(engine) as connection, Unit(connection) as unit:
            yield unit

    def close(self) -> None:
        """Give every connection back."""
        self._engine.dispose()


@contextmanager
def _connected(engine: sa.Engine) -> Iterator[sa.Connection]:
    try:
        with engine.connect() as connection:
            yield connection
    except OperationalError as error:
        raise _unavailable(error) from error
    except sa.exc.TimeoutError as error:
        raise Unavailable(
            "store.busy", "Le serveur est très occupé. Rien n'est perdu : réessayez dans un instant."
        ) from error


def _refuse_writing(_connection: object, _cursor: object, statement: str, *_given: object) -> None:
    if not statement.startswith("SELECT"):
        raise sa.exc.InvalidRequestError("what only asks writes nothing")


def _unlock(connection: sa.Connection, key: sa.ColumnElement[int]) -> None:
    try:
        connection.scalar(sa.select(sa.func.pg_advisory_unlock(key)))
    except DBAPIError:
        connection.invalidate()  # the connection is gone, and the lock with it


def _unavailable(error: OperationalError) -> Unavailable:
    return Unavailable(
        "store.unavailable",
        "La base de données ne répond pas. Rien de ce qui était enregistré n'est perdu : réessayez dans un instant.",
        reason=str(error.orig).splitlines()[0] if error.orig else "",
    )
