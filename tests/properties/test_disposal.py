"""Whatever the order of edits, events, holds, approvals, days and crashes: nothing held or unripe is destroyed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from secrets import token_hex
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from api.config import Settings
from api.disposals import hands_of
from api.transfers import packer_of
from api.wiring import House, open_house
from ged.clock import system_clock
from ged.errors import GedError, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.disposal import Disposal, DisposalState
from ged.mail.filing import Disposition, RetentionRule, Span, Start, Term
from ged.mail.item import Direction, Reading, State
from ged.mail.legal_hold import HoldQuery, LegalHold, Scope
from ged.mail.schedule import PlanLine, Schedule, ScheduleVersion, VersionState
from ged.mail.transfer import Form, ItemState
from ged.ports import Signer
from ged.services import classify, dossier, dossier_pieces, hold, merge_correspondents
from ged.services.capture import Arrival, Door, capture
from ged.services.hold import NewHold
from ged.services.name_parties import name_parties
from ged.services.seal import seal
from ged.services.seal_pieces import seal_piece
from ged.services.search_hold import search_hold
from ged.services.sign_in import actor_of
from retention import transfers
from retention.answers import take_answer
from retention.disposal import lists
from retention.disposal.carry_out import Hands, carry_out
from retention.nightly import sweep_letters
from retention.packing import pack
from retention.seda.replies import Answer
from rooms.disposals import read_as

START = datetime(2027, 1, 4, 9, tzinfo=UTC)
POINTS = (
    "before look",
    "before condemned",
    "condemned",
    "logged",
    "shredded",
    "before destroyed",
    "certificate sealed",
)
NAMES = ("alpha", "beta", "gamma")
FILED = Schedule(
    rules=(
        RetentionRule("FIN", "Fin", Term(2, Span.YEARS), Start.EVENT, Disposition.DESTROY, "on le veut", event="fin"),
        RetentionRule("DON", "Don", Term(2, Span.YEARS), Start.RECEPTION, Disposition.TRANSFER, "on le veut"),
    ),
    plan=(PlanLine("Z", "Ce qui prend fin", rule="FIN"), PlanLine("T", "Ce qui se verse", rule="DON")),
)
"""What a version adds to the pilot's: what is under Z waits for an event, and two years; what is under T is given."""


class Steady:
    """The seal's key, which signs by the machine's own clock: its certificate knows nothing of the days jumped."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self.chain_pem, self.trust_pem = signer.chain_pem, signer.trust_pem

    def sign(self, digest: bytes, at: datetime) -> bytes:
        del at
        return self._signer.sign(digest, system_clock())


class CrashError(Exception):
    """What stands for a process that dies: nothing of the house catches it."""


@dataclass
class Known:
    """A letter as this test itself remembers it; `sender` is the id of its correspondent."""

    id: str
    original: str
    dated: date
    received: date
    closed: bool
    name: str
    sender: str
    dossiers: set[str] = field(default_factory=set)
    filed: bool = False
    events: list[tuple[str, date]] = field(default_factory=list)
    destroyed: bool = False
    given: bool = False
    slip: str = ""


@dataclass
class KnownPiece:
    """A piece of a dossier of its own as this test itself remembers it; `code` of its dossier, "" for none.

    `digests` are of its versions, `brought` is the day of the last, `slip` the transfer that it is on, `given` whether
    an archive took it. `says` is what its last version does, known once it is `read`.
    """

    id: str
    case: str
    digests: list[str]
    brought: date
    name: str
    code: str = ""
    closed: bool = False
    events: list[tuple[str, date]] = field(default_factory=list)
    destroyed: bool = False
    sealed: bool = True
    given: bool = False
    slip: str = ""
    says: str = ""
    read: bool = False


@dataclass
class Standing:
    """A hold, and the letters and pieces that this test itself says it has caught."""

    hold: LegalHold
    caught: set[str]


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    plain = settings.model_copy(update={"vault": settings.vault.model_copy(update={"encryption": "off"})})
    with open_house(plain) as opened:
        yield opened


class Disposing(RuleBasedStateMachine):
    house: House

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.letters: list[Known] = []
        self.holds: list[Standing] = []
        self.lists: list[Disposal] = []
        self.cases: list[str] = []
        self.pieces: list[KnownPiece] = []
        self.slips: list[str] = []
        self.packed: set[str] = set()
        self.stands_for: dict[str, str] = {}
        self.mark = token_hex(4)  # the house goes on from one run to the next: senders are of this one alone

    def clock(self) -> datetime:
        return self.now

    def who(self, login: str) -> Actor:
        return actor_of(login, store=self.house.store, clock=self.clock)

    def by(self, login: str) -> dict[str, Any]:
        return {"store": self.house.store, "actor": self.who(login), "clock": self.clock}

    def hands(self, point: str | None, die_at: int = 0) -> Hands:
        seen = 0

        def fault(_letter_id: str, here: str) -> None:
            nonlocal seen
            seen += here == point
            if here == point and seen > die_at:
                raise CrashError

        return replace(
            hands_of(self.house, fault),
            clock=self.clock,
            signer=Steady(self.house.signer),
            render=lambda one: f"%PDF {one.disposal.number}".encode(),
        )

    @rule(years=st.integers(18, 22), name=st.sampled_from(NAMES), closed=st.booleans(), sender=st.integers(0, 2))
    def register(self, years: int, name: str, closed: bool, sender: int = 0) -> None:
        house, n = self.house, len(self.letters)
        data = f"lettre {id(self)} {n} {name}".encode()
        stored = house.vault.put(BytesIO(data), media_type="application/pdf", tenant_id="MME")
        arrival = Arrival(Door.COMMAND, f"{name}.pdf", "application/pdf", 1, Direction.INCOMING)
        letter_id = capture(arrival, stored, **self.by("kossi")).letter_id
        seal(
            letter_id,
            store=house.store,
            vault=house.vault,
            signer=Steady(house.signer),
            ledger=house.ledger,
            clock=self.clock,
        )
        received = self.now - timedelta(days=365 * years + 6)
        self.write(letter_id, kind="demande", letter_date=received.date(), received_at=received, service_id="DAF",
                   sender=f"Comptoir {'ABC'[sender]} {self.mark}", reading=Reading.READY,
                   state=State.DONE if closed else State.IN_PROGRESS)  # fmt: skip
        with house.store.unit() as unit:
            name_parties(unit, unit.letters.get(letter_id, None, lock=True), self.who("kossi"), self.now)
            unit.outbox.add(letter_id, self.now)
            led = unit.parties.of(letter_id)[0].correspondent_id
            unit.commit()
        assert led is not None
        self.stands_for.setdefault(led, led)
        self.letters.append(Known(letter_id, stored.digest, received.date(), received.date(), closed, name, led))
        self.caught_now()

    def write(self, letter_id: str, **values: Any) -> None:
        with self.house.store.unit() as unit:
            unit.letters.change(unit.letters.get(letter_id, None, lock=True), **values)
            unit.outbox.add(letter_id, self.now)
            unit.commit()

    def caught_now(self) -> None:
        for standing in self.holds:
            one = standing.hold
            for each in self.letters:
                on = {
                    Scope.LETTER: each.id == one.target,
                    Scope.DOSSIER: one.target in each.dossiers,
                    Scope.QUERY: one.query is not None and one.query.words == each.name,
                    Scope.CORRESPONDENT: self.stands_for.get(one.target) == self.stands_for[each.sender],
                }[one.scope]
                if on and not each.destroyed:
                    standing.caught.add(each.id)
            for piece in self.pieces:
                told = {piece.name, piece.says} if piece.read else {piece.name}
                named = one.query is not None and one.query.words in told
                beside = any(piece.case in each.dossiers and each.id in standing.caught for each in self.letters)
                if one.target == piece.case or named or (beside and one.scope in {Scope.QUERY, Scope.CORRESPONDENT}):
                    standing.caught.add(piece.id)

    def some(self, n: int) -> Known | None:
        alive = [each for each in self.letters if not each.destroyed and not each.given]
        return alive[n % len(alive)] if alive else None

    @rule(
        years=st.integers(18, 22), name=st.sampled_from(NAMES), code=st.sampled_from(("", "A1", "Z")),
        says=st.sampled_from(("", *NAMES)), read=st.booleans(),
    )  # fmt: skip
    def lay(self, years: int, name: str, code: str, says: str = "", read: bool = True) -> None:
        house, past = self.house, self.now - timedelta(days=365 * years + 6)
        data = f"pièce {id(self)} {len(self.pieces)}".encode()
        case = dossier.begin("", f"Permis {name}", "DAF", (), **self.by("daf")).id
        stored = house.vault.put(BytesIO(data), media_type="application/pdf", tenant_id="MME")
        file = dossier_pieces.Brought(stored, "application/pdf", "plan.pdf")
        piece = dossier_pieces.bring(case, file, **self.by("daf") | {"clock": lambda: past})
        self.seal_versions(piece.id)
        self.pieces.append(KnownPiece(piece.id, case, [stored.digest], past.date(), name, says=says))
        if read:
            self.read(len(self.pieces) - 1)
        self.file_case(len(self.pieces) - 1, code)
        self.close_case(len(self.pieces) - 1, closed=True)
        self.caught_now()

    def seal_versions(self, piece_id: str) -> None:
        house = self.house
        with house.store.unit() as unit:
            versions = unit.dossier_pieces.versions([piece_id])[piece_id]
        for each in versions:
            if each.sealed_at is None:
                seal_piece(
                    each.id,
                    store=house.store,
                    vault=house.vault,
                    signer=Steady(house.signer),
                    ledger=house.ledger,
                    clock=self.clock,
                )
        with house.store.unit() as unit:  # whatever waits may be sealed together
            kept = {one.piece.id: one for one in unit.dossier_pieces.kept([each.id for each in self.pieces])}
        for known in self.pieces:
            known.sealed = kept[known.id].sealed

    @rule(n=st.integers(0, 50))
    def read(self, n: int) -> None:
        """Have the machine read a piece that waits: before that nobody knows which holds it is under."""
        one = self.laid(n)
        if one is not None and not one.read:
            read_as(self.house, one.id, one.says)
            one.read = True
            self.caught_now()

    @rule(n=st.integers(0, 50), years=st.integers(18, 22), sealed=st.booleans(), says=st.sampled_from(("", *NAMES)))
    def bring_again(self, n: int, years: int, sealed: bool, says: str = "") -> None:
        """Bring a second version, which restarts the years; without its seal nothing is destroyed."""
        one = self.laid(n)
        if one is None or one.destroyed or one.given:
            return
        past, was_closed = self.now - timedelta(days=365 * years + 6), one.closed
        self.close_case(n, closed=False)
        data = f"version {id(self)} {one.id} {len(one.digests)}".encode()
        stored = self.house.vault.put(BytesIO(data), media_type="application/pdf", tenant_id="MME")
        file = dossier_pieces.Brought(stored, "application/pdf", "plan.pdf")
        dossier_pieces.bring_version(
            one.case, one.id, file, made_from=len(one.digests), **self.by("daf") | {"clock": lambda: past}
        )
        one.digests.append(stored.digest)
        one.brought = max(one.brought, past.date())
        one.sealed = one.read = False
        one.says = says
        if sealed:
            self.seal_versions(one.id)
        self.close_case(n, closed=was_closed)
        self.caught_now()

    @rule(n=st.integers(0, 50))
    def seal_late(self, n: int) -> None:
        if one := self.laid(n):
            self.seal_versions(one.id)

    @rule(n=st.integers(0, 50), m=st.integers(0, 50), inside=st.booleans())
    def lie_together(self, n: int, m: int, inside: bool) -> None:
        """Put a letter in the dossier of a piece, or take it out."""
        letter, piece = self.some(n), self.laid(m)
        if letter is None or piece is None or (piece.case in letter.dossiers) is inside:
            return
        was_closed = piece.closed
        self.close_case(m, closed=False)
        (dossier.put_in if inside else dossier.take_out)(piece.case, letter.id, **self.by("kossi"))
        (letter.dossiers.add if inside else letter.dossiers.discard)(piece.case)
        self.close_case(m, closed=was_closed)
        self.caught_now()

    @rule(n=st.integers(0, 50))
    def never_happened_to_case(self, n: int) -> None:
        one = self.laid(n)
        if one is not None and one.events:
            classify.withdraw_event(one.events.pop(n % len(one.events))[0], **self.by("archives"))

    @rule()
    def give(self) -> None:
        """Put what is to be transferred on a slip."""
        sweep_letters(self.house.store, self.clock)
        with suppress(GedError):
            archive = transfers.Archive("AN", "Archives nationales")
            slip = transfers.prepare("Versement", Form.SEDA, archive, **self.by("archives"))
            self.slips.append(slip.id)
            self.see_slip(slip.id)

    def see_slip(self, slip_id: str) -> None:
        """Note what is on a slip: what was dropped from one, or refused, is free."""
        with self.house.store.unit() as unit:
            listed = {each.subject_id for each in unit.transfers.items(slip_id, states=[ItemState.LISTED])}
        for each in self.all():
            if each.id in listed or each.slip == slip_id:
                each.slip = slip_id if each.id in listed and slip_id in self.slips else ""

    @rule(n=st.integers(0, 50))
    def give_up(self, n: int) -> None:
        if self.slips:
            gone = self.slips[n % len(self.slips)]
            with suppress(GedError):  # an archive may have it
                transfers.abandon(gone, "Plus tard", **self.by("archives"))
                self.slips.remove(gone)
                self.see_slip(gone)

    @rule(n=st.integers(0, 50))
    def travel(self, n: int) -> None:
        """Have a slip approved by a second person, and packed: nothing held goes into a package."""
        if not self.slips:
            return
        slip_id = self.slips[n % len(self.slips)]
        with suppress(GedError):
            transfers.submit(slip_id, **self.by("archives"))
            transfers.approve(slip_id, **self.by("ministre"))
        pack(slip_id, replace(packer_of(self.house), clock=self.clock, to_pdf_a=no_copy))
        with self.house.store.unit() as unit:
            packages = unit.transfers.packages(slip_id)
            inside = {each.subject_id for one in packages for each in unit.transfers.listed_of(slip_id, one.rank)}
        if slip_id not in self.packed and packages:
            assert not inside & self.held(), "packed though it was held"
            self.packed.add(slip_id)
        self.see_slip(slip_id)

    @rule(n=st.integers(0, 50), accepted=st.booleans())
    def hear(self, n: int, accepted: bool) -> None:
        """Have the archive accept or refuse each package of a slip: what it accepts is given, but what is held."""
        if not self.slips:
            return
        slip_id = self.slips[n % len(self.slips)]
        with self.house.store.unit() as unit:
            packages = unit.transfers.packages(slip_id)
            inside = {each.subject_id for one in packages for each in unit.transfers.listed_of(slip_id, one.rank)}
        for each in packages:
            reasons = () if accepted else ("Illisible",)
            said = Answer("ArchiveTransferReply", "AN-1", each.identifier, "", "AN", accepted, reasons, ())
            take_answer(slip_id, said, "", **self.by("archives"))
        if not packages:
            return
        free = inside - self.held() if accepted else set[str]()
        for known in self.all():
            known.given = known.given or (known.id in free and known.closed)
        self.slips.remove(slip_id)
        self.see_slip(slip_id)

    def all(self) -> list[Known | KnownPiece]:
        return [*self.letters, *self.pieces]

    def held(self) -> set[str]:
        return {each for standing in self.holds for each in standing.caught}

    def laid(self, n: int) -> KnownPiece | None:
        return self.pieces[n % len(self.pieces)] if self.pieces else None

    @rule(n=st.integers(0, 50), closed=st.booleans())
    def close_case(self, n: int, closed: bool) -> None:
        if one := self.laid(n):
            dossier.close(one.case, closing=closed, **self.by("daf"))
            one.closed = closed

    @rule(n=st.integers(0, 50), code=st.sampled_from(("", "A1", "Z", "T")))
    def file_case(self, n: int, code: str) -> None:
        one = self.laid(n)
        if one is not None and one.code != code:
            classify.file_dossier(one.case, code, **self.by("archives"))
            one.code = code

    @rule(n=st.integers(0, 50), years=st.integers(1, 3))
    def happen_to_case(self, n: int, years: int) -> None:
        if one := self.laid(n):
            day = (self.now - timedelta(days=365 * years + 2)).date()
            event = classify.record_event("fin", day, dossier_id=one.case, **self.by("archives"))
            one.events.append((event.id, day))

    @rule(n=st.integers(0, 50))
    def hold_case(self, n: int) -> None:
        if one := self.laid(n):
            placed = hold.place(NewHold(Scope.DOSSIER, one.case, "Contentieux"), **self.by("archives"))
            self.holds.append(Standing(placed, set()))
            self.caught_now()

    @rule(n=st.integers(0, 50), closed=st.booleans())
    def move(self, n: int, closed: bool) -> None:
        if one := self.some(n):
            self.write(one.id, state=State.DONE if closed else State.IN_PROGRESS)
            one.closed = closed

    @rule(n=st.integers(0, 50), years=st.integers(18, 22))
    def date_anew(self, n: int, years: int) -> None:
        if one := self.some(n):
            one.dated = (self.now - timedelta(days=365 * years + 6)).date()
            self.write(one.id, letter_date=one.dated)

    @rule(days=st.sampled_from((-400, -1, 1, 30, 400)))
    def jump(self, days: int) -> None:
        self.now = max(self.now + timedelta(days=days), START)  # before that nobody holds a post

    @rule(n=st.integers(0, 50), inside=st.booleans())
    def file_under(self, n: int, inside: bool) -> None:
        one = self.some(n)
        if one is not None and one.filed is not inside:
            classify.file_letter(one.id, "Z" if inside else "", **self.by("archives"))
            one.filed = inside

    @rule(n=st.integers(0, 50), years=st.integers(1, 3))
    def happen(self, n: int, years: int) -> None:
        if one := self.some(n):
            day = (self.now - timedelta(days=365 * years + 2)).date()
            event = classify.record_event("fin", day, letter_id=one.id, **self.by("archives"))
            one.events.append((event.id, day))

    @rule(n=st.integers(0, 50))
    def never_happened(self, n: int) -> None:
        one = self.some(n)
        if one is not None and one.events:
            classify.withdraw_event(one.events.pop(n % len(one.events))[0], **self.by("archives"))

    @rule()
    def open_case(self) -> None:
        if len(self.cases) < 3:
            self.cases.append(dossier.begin("", f"Affaire {len(self.cases)}", "DAF", (), **self.by("daf")).id)

    @rule(n=st.integers(0, 50), m=st.integers(0, 5), inside=st.booleans())
    def file(self, n: int, m: int, inside: bool) -> None:
        one = self.some(n)
        if one is None or not self.cases:
            return
        case = self.cases[m % len(self.cases)]
        if (case in one.dossiers) is inside:
            return
        act = dossier.put_in if inside else dossier.take_out
        act(case, one.id, **self.by("kossi"))
        (one.dossiers.add if inside else one.dossiers.discard)(case)
        self.caught_now()

    @rule(n=st.integers(0, 50), m=st.integers(0, 50))
    def merge(self, n: int, m: int) -> None:
        """Have one correspondent stand for another."""
        known = [*self.stands_for]
        if not known:
            return
        survivor, merged = known[n % len(known)], known[m % len(known)]
        with suppress(GedError):
            merge_correspondents.merge(survivor, merged, **self.by("kossi"))
            for each, stands in self.stands_for.items():
                self.stands_for[each] = survivor if stands == merged else stands
            self.caught_now()

    @rule(n=st.integers(0, 50), scope=st.sampled_from(Scope))
    def hold(self, n: int, scope: Scope) -> None:
        one = self.some(n)
        target = {
            Scope.LETTER: one.id if one else "",
            Scope.DOSSIER: self.cases[n % len(self.cases)] if self.cases else "",
            Scope.CORRESPONDENT: one.sender if one else "",
            Scope.QUERY: "",
        }[scope]
        with suppress(NotFound):
            placed = hold.place(
                NewHold(scope, target, "Contentieux", HoldQuery(NAMES[n % len(NAMES)])), **self.by("archives")
            )
            self.holds.append(Standing(placed, set()))  # one on a search is in force before it has looked at anything
            self.caught_now()

    @rule(n=st.integers(0, 50), parts=st.integers(0, 3))
    def search_on(self, n: int, parts: int) -> None:
        """Have the search of a hold look at some more, then die."""
        if self.holds:
            left = iter(range(parts))

            def die(_looked: int) -> None:
                if next(left, None) is None:
                    raise CrashError

            with suppress(CrashError):
                one = self.holds[n % len(self.holds)].hold.id
                search_hold(one, store=self.house.store, clock=self.clock, part=2, fault=die)

    @rule(n=st.integers(0, 50))
    def lift(self, n: int) -> None:
        if self.holds:
            gone = self.holds.pop(n % len(self.holds))
            hold.lift(gone.hold.id, "Clos", **self.by("archives"))

    @rule()
    def prepare(self) -> None:
        sweep_letters(self.house.store, self.clock)
        with suppress(GedError):
            self.lists.append(lists.prepare(**self.by("archives")))

    @rule(n=st.integers(0, 20))
    def visa(self, n: int) -> None:
        if self.lists:
            with suppress(GedError):
                lists.visa(self.lists[n % len(self.lists)].id, "SG-1", **self.by("archives"))

    @rule(n=st.integers(0, 20), login=st.sampled_from(("sg", "archives", "daf")))
    def approve(self, n: int, login: str) -> None:
        if self.lists:
            with suppress(GedError):
                lists.approve(self.lists[n % len(self.lists)].id, **self.by(login))

    @rule(point=st.sampled_from((None, *POINTS)), die_at=st.integers(0, 2))
    def work(self, point: str | None, die_at: int) -> None:
        may = {each.id for each in self.letters if self.ripe(each)}
        may |= {each.id for each in self.pieces if self.ripe_piece(each)}
        with self.house.store.unit() as unit:
            waiting = unit.disposals.unfinished()
        for each in waiting:
            with suppress(CrashError):
                carry_out(each, self.hands(point, die_at))
        with self.house.store.unit() as unit:
            letters = {one.id: one for one in unit.letters.many([each.id for each in self.letters])}
        for known in self.letters:
            if letters[known.id].state is State.DESTROYED and not known.destroyed:
                assert known.id in may, "destroyed though it was held, open or unripe"
                known.destroyed = True
        with self.house.store.unit() as unit:
            kept = {one.piece.id: one.piece for one in unit.dossier_pieces.kept([each.id for each in self.pieces])}
        for piece in self.pieces:
            if kept[piece.id].condemned_at is not None and not piece.destroyed:
                assert piece.id in may, "destroyed though it was held, open, unfiled or unripe"
                piece.destroyed = True

    def ripe_piece(self, one: KnownPiece) -> bool:
        until = Term(20, Span.YEARS).after(one.brought)
        if one.code not in {"A1", "Z"} or (one.code == "Z" and not one.events) or one.slip or one.given:
            return False
        if not one.sealed or not one.read:
            return False
        if one.code == "Z":
            until = max(until, Term(2, Span.YEARS).after(max(day for _, day in one.events)))
        return one.closed and one.id not in self.held() and self.now.date() > until and not one.destroyed

    def ripe(self, one: Known) -> bool:
        since = max(one.dated, one.received)
        until = since.replace(year=since.year + 20, day=28 if (since.month, since.day) == (2, 29) else since.day)
        beside = [each for each in self.pieces if each.case in one.dossiers]
        events = [day for _, day in one.events] + [day for each in beside for _, day in each.events]
        if one.filed or any(each.code == "Z" for each in beside):
            if not events:
                return False
            until = max(until, Term(2, Span.YEARS).after(max(events)))
        if any(each.code == "T" for each in beside):  # of two rules, what keeps most
            return False
        around = one.dossiers <= {each.case for each in beside if each.closed}
        if one.given or one.slip:
            return False
        return one.closed and one.id not in self.held() and around and self.now.date() > until and not one.destroyed

    @invariant()
    def what_is_not_destroyed_is_whole(self) -> None:
        kept = [each.original for each in self.letters if not each.destroyed]
        kept += [digest for each in self.pieces if not each.destroyed for digest in each.digests]
        for digest in kept:
            assert self.house.vault.stat(digest) is not None

    @invariant()
    def what_was_given_was_accepted(self) -> None:
        with self.house.store.unit() as unit:
            letters = unit.letters.many([each.id for each in self.letters])
            kept = unit.dossier_pieces.kept([each.id for each in self.pieces])
        given = {one.id for one in letters if one.state is State.TRANSFERRED}
        given |= {one.piece.id for one in kept if one.piece.transferred_at is not None}
        assert given == {each.id for each in self.all() if each.given}

    def teardown(self) -> None:
        """Whatever was left half done is finished by one more round, and certified."""
        with self.house.store.unit() as unit:
            waiting = unit.disposals.unfinished()
        for each in waiting:
            done = carry_out(each, self.hands(None))
            assert done is not None
            assert done.state is DisposalState.DONE
        gone = [known.original for known in self.letters if known.destroyed]
        gone += [digest for piece in self.pieces if piece.destroyed for digest in piece.digests]
        for digest in gone:
            assert self.house.vault.stat(digest) is None
        self.house.ledger.recheck()


def no_copy(_path: object, _title: str) -> bytes:
    raise Refused("archival.not_kept", "Ce n'est pas un PDF.")


@pytest.fixture
def machine(house: House) -> type[Disposing]:
    """The machine over a house in which `FILED` is in force too."""
    with house.store.unit() as unit:
        _, standing = unit.schedules.applied("MME", house.clock().date())
        version = ScheduleVersion(
            "fin", "MME", 2, VersionState.APPROVED, "", "E. Tossou", "archives", START, START, "A. Mensah", START,
            START.date(), "", 1,
        )  # fmt: skip
        unit.schedules.add(version, Schedule(standing.rules + FILED.rules, standing.plan + FILED.plan))
        unit.commit()

    class Here(Disposing):
        pass

    Here.house = house
    return Here


def test_nothing_held_or_unripe_is_ever_destroyed(machine: type[Disposing]) -> None:
    few = settings(max_examples=4, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(machine, settings=few)


def test_the_machine_destroys_what_is_ripe_and_nothing_else(machine: type[Disposing]) -> None:
    one = machine()
    for name, years, closed in (("alpha", 22, True), ("beta", 22, True), ("gamma", 18, True), ("gamma", 22, False)):
        one.register(years, name, closed)
    one.register(22, "alpha", closed=True, sender=1)
    one.register(22, "alpha", closed=True, sender=2)
    for name, years, code in (("alpha", 22, "A1"), ("beta", 22, "A1"), ("gamma", 22, ""), ("gamma", 18, "A1"),
                              ("alpha", 22, "Z"), ("alpha", 22, "Z"), ("alpha", 22, "A1")):  # fmt: skip
        one.lay(years, name, code)
    one.happen_to_case(5, 3)
    one.close_case(6, closed=False)
    for years, code in ((22, "A1"), (22, "A1"), (22, "T"), (22, "Z"), (22, "A1"), (22, "A1"), (22, "A1")):
        one.lay(years, "alpha", code)
    one.bring_again(7, 18, sealed=True)  # its years began anew
    one.give()
    one.file_case(9, "A1")  # what an archive may be about to take
    one.happen_to_case(10, 3)
    one.never_happened_to_case(10)
    one.lie_together(1, 11, inside=True)  # beta, which the hold on a search catches
    one.bring_again(12, 21, sealed=True)
    one.read(12)
    one.bring_again(13, 21, sealed=True)  # its last version waits to be read
    one.lay(22, "alpha", "A1", says="beta")
    one.lay(22, "alpha", "A1", says="gamma")
    one.lay(22, "alpha", "A1")
    one.bring_again(8, 21, sealed=False)  # and here for its seal: one that is sealed has others sealed beside it
    one.read(8)
    one.lie_together(5, 16, inside=True)
    one.hold(1, Scope.QUERY)
    one.hold(4, Scope.CORRESPONDENT)
    one.merge(1, 2)  # the third sender, whose letter lies beside a piece
    one.prepare()
    one.visa(0)
    one.approve(0, "sg")
    one.work("shredded", 0)
    one.work(None, 0)
    assert [each.destroyed for each in one.letters] == [True, False, False, False, False, False]
    assert [each.destroyed for each in one.pieces] == [
        *(True, False, False, False, False, True, False),
        *(False, False, False, False, False, True, False),
        *(False, True, False),
    ]
    one.what_is_not_destroyed_is_whole()
    one.teardown()


def test_the_machine_gives_what_an_archive_accepts_and_nothing_else(machine: type[Disposing]) -> None:
    one = machine()
    for name in NAMES:
        one.register(22, name, closed=True)
    for name, code in (("alpha", "T"), ("beta", "T"), ("gamma", "T"), ("gamma", "T"), ("alpha", "A1")):
        one.lay(22, name, code)
    for n in range(2):
        one.lie_together(n, n, inside=True)
    one.hold(2, Scope.QUERY)  # gamma: its search has looked at nothing
    one.give()
    one.what_was_given_was_accepted()
    one.travel(0)
    assert [bool(each.slip) for each in one.letters] == [True, True, False]
    assert [bool(each.slip) for each in one.pieces] == [True, True, False, False, False]
    one.what_was_given_was_accepted()
    one.hear(0, accepted=False)
    assert not any(each.slip for each in one.all())
    one.what_was_given_was_accepted()
    one.give()
    one.travel(0)
    one.hold(1, Scope.QUERY)  # beta, on its way
    one.hear(0, accepted=True)
    assert [each.given for each in one.letters] == [True, False, False]
    assert [each.given for each in one.pieces] == [True, False, False, False, False]
    one.what_was_given_was_accepted()
    one.file_case(1, "A1")
    one.lift(1)
    one.prepare()
    one.visa(0)
    one.approve(0, "sg")
    one.work(None, 0)
    assert [each.destroyed for each in one.letters] == [False, True, False]
    assert [each.destroyed for each in one.pieces] == [False, True, False, False, True]
    one.what_is_not_destroyed_is_whole()
    one.what_was_given_was_accepted()
    one.teardown()
