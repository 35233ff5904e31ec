"""Three registers: every number seen, content by right, prints kept byte for byte and recognised again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import httpx
import pikepdf
import pypdfium2
import pytest

from api.views.register_pdf import register_pdf
from api.wiring import House
from ged.errors import Forbidden, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.item import Direction, State
from ged.mail.moves import Move, Order
from ged.mail.register_book import RegisterPrint, RegisterQuery
from ged.services import consult
from ged.services.capture import Door, Receipt
from ged.services.print_register import kept_prints, open_print, print_register
from ged.services.register_book import read_register
from ged.services.route import move
from ged.services.sealed_files import recognise
from ingest.capture.receive import receive
from rooms.letters import decide, letter_pdf, send
from rooms.server import bearer

ARRIVALS = RegisterQuery("", Direction.INCOMING)


def enter(house: House, actor: Actor, direction: Direction, n: int = 0, received_on: date | None = None) -> Receipt:
    data = letter_pdf(reference=f"{n}/2026/{direction}")
    entrance = house.entrance
    door = Door.COMMAND
    return receive(
        BytesIO(data),
        "note.pdf",
        door=door,
        actor=actor,
        entrance=entrance,
        direction=direction,
        received_on=received_on,
    )


def printed(house: House, actor: Actor, query: RegisterQuery = ARRIVALS) -> RegisterPrint:
    return print_register(
        query,
        render=lambda sheet: register_pdf(sheet, "fr"),
        store=house.store,
        vault=house.vault,
        actor=actor,
        clock=house.clock,
    )


def test_each_direction_has_its_own_numbers(house: House, kossi: Actor) -> None:
    year = house.clock().year
    numbers = [enter(house, kossi, direction).number for direction in Direction]
    assert numbers == [f"ARR-{year}-000001", f"DEP-{year}-000001", f"INT-{year}-000001"]
    page = read_register(RegisterQuery("", Direction.OUTGOING), store=house.store, actor=kossi)
    assert [line.entry.number for line in page.lines] == [f"DEP-{year}-000001"]


def test_a_service_registers_an_internal_note_and_goes_on_reading_it(house: House, who: Callable[[str], Actor]) -> None:
    daf = who("daf")
    receipt = enter(house, daf, Direction.INTERNAL)
    assert consult.letter(receipt.letter_id, store=house.store, actor=daf).state is State.TO_QUALIFY
    assert consult.letter(receipt.letter_id, store=house.store, actor=who("kossi")).register_id == "MME"
    with pytest.raises(NotFound):
        consult.letter(receipt.letter_id, store=house.store, actor=who("drh"))
    for direction in (Direction.INCOMING, Direction.OUTGOING):
        with pytest.raises(Forbidden):
            enter(house, daf, direction)


def test_the_same_bytes_take_one_number_in_each_register_and_another_once_cancelled(
    house: House, kossi: Actor, who: Callable[[str], Actor]
) -> None:
    first = send(house, kossi, letter_pdf())
    assert send(house, kossi, letter_pdf()).again
    order = Order(Move.CANCEL, None, text="Enregistré deux fois")
    move(first.letter_id, order, store=house.store, actor=who("lawson"), clock=house.clock)
    second = send(house, kossi, letter_pdf())
    assert (second.again, second.number[-6:]) == (False, "000002")
    (_, line) = read_register(ARRIVALS, store=house.store, actor=kossi).lines
    assert (line.entry.state, line.reason) == (State.CANCELLED, "Enregistré deux fois")


def test_a_letter_received_on_the_last_day_of_the_year_is_numbered_in_the_next_and_keeps_its_day(
    house: House, kossi: Actor
) -> None:
    january = datetime(2027, 1, 2, 8, 0, tzinfo=UTC)
    entrance = house.entrance
    receipt = receive(
        BytesIO(letter_pdf()),
        "pli.pdf",
        door=Door.COMMAND,
        actor=kossi,
        entrance=replace(entrance, clock=lambda: january),
        received_on=date(2026, 12, 31),
    )
    letter = consult.letter(receipt.letter_id, store=house.store, actor=kossi)
    assert (letter.number, letter.received_at.date()) == ("ARR-2027-000001", date(2026, 12, 31))
    assert letter.registered_at == january
    with pytest.raises(Refused) as later:
        enter(house, kossi, Direction.INCOMING, received_on=house.clock().date() + timedelta(days=1))
    assert later.value.code == "capture.received_later"


def test_every_number_is_seen_and_content_only_by_who_may_read_it(
    house: House, kossi: Actor, who: Callable[[str], Actor]
) -> None:
    lawson = who("lawson")
    for n, level in enumerate(("interne", "confidentiel")):
        receipt = send(house, kossi, letter_pdf(reference=f"{n}/2026/X"))
        decide(house, lawson, receipt.letter_id, confidentiality=level, subject=f"Objet {level}")
    lines = read_register(ARRIVALS, store=house.store, actor=kossi).lines
    assert [line.hidden for line in lines] == [True, False]
    assert all(not line.hidden for line in read_register(ARRIVALS, store=house.store, actor=lawson).lines)
    for login, seen in (("kossi", False), ("lawson", True)):
        made = printed(house, who(login))
        text = _text(house, made, who(login))
        assert made.line_count == 2
        assert "Objet interne" in text
        assert ("Objet confidentiel" in text) is seen
    mine, total = kept_prints(store=house.store, actor=kossi)
    assert (len(mine), total) == (1, 1)
    theirs, _ = kept_prints(store=house.store, actor=who("audit"))
    assert len(theirs) == 2
    hidden = next(one for one in theirs if one.login == "lawson")
    with pytest.raises(NotFound):
        open_print(hidden.id, store=house.store, vault=house.vault, actor=kossi, clock=house.clock)
    for stranger in ("ceet", "daf"):
        with pytest.raises((NotFound, Forbidden)):
            open_print(mine[0].id, store=house.store, vault=house.vault, actor=who(stranger), clock=house.clock)
        assert kept_prints_or_none(house, who(stranger)) == 0
    with house.store.unit() as unit:
        known = recognise(unit, hidden.sha256, who("daf"), house.clock())
        assert (known.print if known else None) == hidden
        assert recognise(unit, hidden.sha256, who("ceet"), house.clock()) is None


def kept_prints_or_none(house: House, actor: Actor) -> int:
    try:
        return kept_prints(store=house.store, actor=actor)[1]
    except Forbidden:
        return 0


def _text(house: House, made: RegisterPrint, actor: Actor) -> str:
    _, opened = open_print(made.id, store=house.store, vault=house.vault, actor=actor, clock=house.clock)
    with opened as stream:
        pdf = pypdfium2.PdfDocument(stream.read())
    return "".join(page.get_textpage().get_text_range() for page in pdf)


def test_a_print_is_pdf_a_numbered_and_fetched_again_byte_for_byte(
    house: House, kossi: Actor, client: httpx.Client
) -> None:
    for n in range(30):
        enter(house, kossi, Direction.INCOMING, n)
    made = printed(house, kossi)
    _, opened = open_print(made.id, store=house.store, vault=house.vault, actor=kossi, clock=house.clock)
    with opened as stream:
        data = stream.read()
    assert hashlib.sha256(data).hexdigest() == made.sha256
    with pikepdf.open(BytesIO(data)) as paper, paper.open_metadata() as metadata:
        assert metadata.pdfa_status == "2A"
    text = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data)]
    assert len(text) >= 2
    for n, sheet in enumerate(text, 1):
        assert f"page {n} sur {len(text)}" in sheet
        assert made.id in sheet
    again = client.get(f"/api/v1/register-prints/{made.id}", headers=bearer(house, "kossi"))
    assert again.content == data


def test_a_register_is_searched_by_number_and_state(house: House, kossi: Actor) -> None:
    for n in range(3):
        enter(house, kossi, Direction.INCOMING, n)
    found: dict[str, Any] = {
        "2": [2],
        "000003": [3],
        "arr-": [3, 2, 1],
        "%": [],
        "99999999999999": [],
    }
    for number, sequences in found.items():
        page = read_register(RegisterQuery("", Direction.INCOMING, number=number), store=house.store, actor=kossi)
        assert [line.entry.sequence for line in page.lines] == sequences, number
    done = RegisterQuery("", Direction.INCOMING, state=State.DONE)
    assert read_register(done, store=house.store, actor=kossi).total == 0
    with pytest.raises(NotFound):
        read_register(RegisterQuery("CEET", Direction.INCOMING), store=house.store, actor=kossi)
