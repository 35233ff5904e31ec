"""Years of registers and numbers set apart: opened, checked, closed for good; used on paper and entered afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import psycopg
import pytest

from api.views.register_pdf import register_pdf
from api.wiring import House
from ged.errors import Conflict, Forbidden, GedError, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.item import Direction
from ged.mail.moves import Move, Order
from ged.mail.register import Block, Series
from ged.mail.register_book import RegisterClosing, RegisterQuery
from ged.mail.register_check import SeriesReport
from ged.seal.verify import Outcome
from ged.services import consult
from ged.services.capture import Door, PaperUse, Receipt
from ged.services.check_register import check_registers
from ged.services.number_block import block_file, cancel_numbers, reserve
from ged.services.print_register import open_print
from ged.services.register_book import read_register
from ged.services.register_years import close_year, open_year
from ged.services.route import move
from ged.services.status import health
from ged.services.verify import verify_file
from ingest.capture.receive import receive
from rooms.house import driver_url
from rooms.letters import letter_pdf, verifying

EVE = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)
ARRIVALS = Series("MME", Direction.INCOMING, 2025)


def on(house: House, now: datetime) -> House:
    """Return the same house on another day."""
    return replace(house, clock=lambda: now)


def enter(house: House, actor: Actor, n: int, used: PaperUse | None = None) -> Receipt:
    data = letter_pdf(reference=f"{n}/X")
    return receive(BytesIO(data), "pli.pdf", door=Door.COMMAND, actor=actor, entrance=house.entrance, on_paper=used)


def close(house: House, actor: Actor, series: Series = ARRIVALS) -> RegisterClosing:
    return close_year(
        series,
        render=lambda sheet: register_pdf(sheet, "fr"),
        store=house.store,
        vault=house.vault,
        signer=house.signer,
        ledger=house.ledger,
        actor=actor,
        clock=house.clock,
    )


def report_of(house: House, actor: Actor, series: Series = ARRIVALS) -> SeriesReport:
    found = check_registers(series.register_id, store=house.store, actor=actor)
    return next(one.report for one in found if one.report.year.series == series)


def code_of(act: Callable[[], Any]) -> str:
    with pytest.raises(GedError) as error:
        act()
    return error.value.code


def test_a_closed_year_gives_no_number_and_the_next_one_goes_on(
    house: House, kossi: Actor, who: Callable[[str], Actor]
) -> None:
    lawson, eve = who("lawson"), on(house, EVE)
    first = enter(eve, kossi, 1)
    enter(eve, kossi, 2)
    order = Order(Move.CANCEL, None, text="Enregistré deux fois")
    move(first.letter_id, order, store=house.store, actor=lawson, clock=eve.clock)
    before = house.ledger.head().size
    closing = close(eve, lawson)
    assert closing.closed_at == EVE
    assert house.ledger.head().size == before + 1
    assert closing.head == house.ledger.head().note
    made, opened = open_print(closing.prints[0], store=house.store, vault=house.vault, actor=lawson, clock=house.clock)
    with opened as stream:
        assert stream.read(5) == b"%PDF-"
    assert made.leaf_index == before
    with house.vault.open(made.sha256) as stream:
        what, verdict = verify_file(stream, "", **verifying(house, kossi))
    assert (what.print if what else None) == made
    assert verdict.outcome is Outcome.UNTRUSTED, "the certificate is of today, the seal says that day"
    assert list(verdict.answers.values()) == [True, True, False]
    assert house.vault.companion(made.sha256, "p7s")

    with pytest.raises(Refused) as refused:
        enter(eve, kossi, 3)
    assert refused.value.code == "register.closed"
    assert "1er janvier 2026" in refused.value.sentence
    assert enter(on(house, datetime(2026, 1, 2, 8, tzinfo=UTC)), kossi, 3).number == "ARR-2026-000001"
    report = report_of(house, who("audit"))
    assert (report.faults, report.year.count, report.cancelled, report.year.closed_at) == ((), 2, 1, EVE)
    assert code_of(lambda: close(eve, lawson)) == "register.closed"
    second = read_register(
        RegisterQuery("", Direction.INCOMING, number="ARR-2025-000002"), store=house.store, actor=kossi
    )
    letter_id = second.lines[0].entry.letter_id or ""
    cancel = Order(Move.CANCEL, None, text="Trop tard")
    late = lambda: move(letter_id, cancel, store=house.store, actor=lawson, clock=eve.clock)  # noqa: E731
    assert code_of(late) == "register.closed_number"


def test_who_closes_what_and_when(house: House, kossi: Actor, who: Callable[[str], Actor]) -> None:
    eve = on(house, EVE)
    enter(eve, kossi, 1)
    for login in ("kossi", "audit", "archives", "ministre"):
        with pytest.raises(Forbidden):
            close(eve, who(login))
    with pytest.raises(NotFound):
        close(eve, who("lawson"), Series("CEET", Direction.INCOMING, 2025))
    assert code_of(lambda: close(eve, who("lawson"), Series("MME", Direction.OUTGOING, 2025))) == "register.no_year"
    assert code_of(lambda: close(on(house, EVE - timedelta(days=1)), who("lawson"))) == "register.too_early"


def test_a_year_with_a_hole_or_a_date_that_goes_back_is_not_closed(
    house: House, kossi: Actor, who: Callable[[str], Actor], database: str
) -> None:
    eve = on(house, EVE)
    for n in range(3):
        enter(eve, kossi, n)
    with psycopg.connect(driver_url(database)) as connection:
        connection.execute("UPDATE letter SET sequence = 9 WHERE sequence = 2")
    with pytest.raises(Refused) as error:
        close(eve, who("lawson"))
    assert error.value.code == "register.faulty"
    assert "Il manque le numéro 2." in error.value.sentence
    assert report_of(house, kossi).year.closed_at is None
    with psycopg.connect(driver_url(database)) as connection:
        connection.execute("UPDATE letter SET sequence = 2 WHERE sequence = 9")
        connection.execute("UPDATE letter SET registered_at = registered_at - interval '1 day' WHERE sequence = 3")
    assert report_of(house, kossi).faults == ("Le numéro 3 est daté avant le précédent.",)


def test_a_year_goes_on_from_a_paper_register(house: House, kossi: Actor, who: Callable[[str], Actor]) -> None:
    lawson, series = who("lawson"), Series("MME", Direction.INCOMING, house.clock().year)
    open_year(series, first=1235, store=house.store, actor=lawson, clock=house.clock)
    assert enter(house, kossi, 1).number.endswith("-001235")
    report = report_of(house, kossi, series)
    assert (report.faults, report.year.count, report.year.opened_by) == ((), 1, lawson.name)
    assert health(store=house.store, actor=kossi, clock=house.clock).holes == ()
    with pytest.raises(Conflict):
        open_year(series, store=house.store, actor=lawson, clock=house.clock)
    with pytest.raises(Forbidden):
        open_year(replace(series, direction=Direction.INTERNAL), store=house.store, actor=kossi, clock=house.clock)
    assert (
        code_of(lambda: open_year(replace(series, year=2031), store=house.store, actor=lawson, clock=house.clock))
        == "register.year"
    )


@pytest.fixture
def block(house: House, kossi: Actor) -> Block:
    """Four numbers set apart at nine, after one letter; another letter came at ten."""
    nine = datetime(2025, 11, 24, 9, 0, 20, tzinfo=UTC)
    enter(on(house, nine - timedelta(minutes=1)), kossi, 1)
    at_nine = on(house, nine)
    made = reserve(Direction.INCOMING, 4, "Panne de courant", store=house.store, actor=kossi, clock=at_nine.clock)
    enter(on(house, nine + timedelta(hours=1)), kossi, 6)
    return made


def test_numbers_used_on_paper_are_entered_with_their_hour_and_the_rest_cancelled(
    house: House, kossi: Actor, block: Block, who: Callable[[str], Actor]
) -> None:
    noon = on(house, block.reserved_at + timedelta(hours=3))
    assert (block.first, block.last) == (2, 5)
    ((seen, waiting),) = health(store=house.store, actor=kossi, clock=house.clock).open_blocks
    assert (seen.id, waiting) == (block.id, 4)
    assert health(store=house.store, actor=kossi, clock=house.clock).holes == ()

    paper = block.reserved_at.replace(second=0) + timedelta(hours=2)
    receipt = enter(noon, kossi, 3, PaperUse(block.id, 3, paper))
    letter = consult.letter(receipt.letter_id, store=house.store, actor=kossi)
    assert (letter.number, letter.registered_at, letter.received_at) == ("ARR-2025-000003", paper, paper)
    again = PaperUse(block.id, 3, paper)
    assert code_of(lambda: enter(noon, kossi, 33, again)) == "register.number_done"
    early = PaperUse(block.id, 2, paper - timedelta(hours=4))
    assert code_of(lambda: enter(noon, kossi, 2, early)) == "register.paper_before"
    wrong = PaperUse(block.id, 2, paper + timedelta(minutes=1))
    assert code_of(lambda: enter(noon, kossi, 2, wrong)) == "register.paper_order"
    assert code_of(lambda: enter(noon, kossi, 1, PaperUse(block.id, 2, paper))) == "capture.again"
    enter(noon, kossi, 2, PaperUse(block.id, 2, paper))

    eve = on(house, EVE)
    assert code_of(lambda: close(eve, who("lawson"))) == "register.block_open"
    assert report_of(house, kossi).reserved == 2
    assert code_of(lambda: cancel_numbers(block.id, 4, " ", store=house.store, actor=kossi, clock=noon.clock)) == (
        "register.no_reason"
    )
    cancel_numbers(block.id, 4, "Raturé", store=house.store, actor=kossi, clock=noon.clock)
    cancel_numbers(block.id, None, "Courant revenu", store=house.store, actor=kossi, clock=noon.clock)
    assert block_file(block.id, store=house.store, actor=kossi).block.closed_at is not None
    report = report_of(house, kossi)
    assert (report.faults, report.on_paper, report.cancelled, report.reserved) == ((), 2, 2, 0)
    lines = read_register(RegisterQuery("", Direction.INCOMING, year=2025), store=house.store, actor=kossi).lines
    assert [(line.entry.sequence, line.reason) for line in lines if line.reason] == [
        (5, "Courant revenu"),
        (4, "Raturé"),
    ]
    assert close(eve, who("lawson")).prints


def test_numbers_set_apart_are_seen_by_their_register_alone(
    house: House, block: Block, who: Callable[[str], Actor]
) -> None:
    with pytest.raises(NotFound):
        block_file(block.id, store=house.store, actor=who("ceet"))
    with pytest.raises(NotFound):
        cancel_numbers(block.id, None, "x", store=house.store, actor=who("ceet"), clock=house.clock)
    with pytest.raises(NotFound):
        enter(house, who("ceet"), 9, PaperUse(block.id, 2, block.reserved_at))
    with pytest.raises(Forbidden):
        reserve(Direction.INCOMING, 3, "x", store=house.store, actor=who("daf"), clock=house.clock)
    for count in (0, 201):
        with pytest.raises(Refused):
            reserve(Direction.INCOMING, count, "x", store=house.store, actor=who("kossi"), clock=house.clock)
