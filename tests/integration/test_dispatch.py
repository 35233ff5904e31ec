"""Dispatch over the real database: each recipient by a way of its own, what came back, and another organisation."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from typing import Any

import httpx
import pypdfium2
import pytest

from api.wiring import House
from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.annex import AnnexKind
from ged.mail.dispatch import EMAIL, INTERNAL, PLATFORM, Plan, Sending, SendingState
from ged.mail.draft import Copy
from ged.mail.item import Confidentiality, Direction, Letter, Sealing, State
from ged.mail.listing import Listing
from ged.mail.message import MessageState
from ged.mail.moves import Move, Order
from ged.mail.transmittal import Transmittal
from ged.services import consult, correspondents
from ged.services.acknowledge import public_receipt
from ged.services.capture import Door
from ged.services.discharge import Signed, public_sheet, receive_by_code, sign_transmittal
from ged.services.dispatch import Slipped, answer, call_back, plan, send
from ged.services.route import move
from ged.services.transmit import cancel, transmittal, transmittals
from ingest.capture.receive import SheetsBack, keep
from integration.test_acknowledgement import signed_in
from integration.test_slips import page_of, scan_of, scanned
from integration.test_slips import signed as by_pen
from rooms.departures import TEXT, signed
from rooms.letters import decide, letter_pdf, read_all
from rooms.letters import send as register

Who = Callable[[str], Actor]
MONO = Plan("Société des Carrières du Mono", way="coursier", address="B.P. 1234, Kpalimé")


@pytest.fixture
def letter(house: House, who: Who) -> Letter:
    return signed(house, who("daf"), who("ministre"))


def by(house: House, actor: Actor) -> dict[str, Any]:
    return {"store": house.store, "actor": actor, "clock": house.clock}


def ready_of(house: House, letter_id: str) -> frozenset[str]:
    with house.store.unit() as unit:
        return frozenset(each.id for each in unit.sendings.of(letter_id) if each.state is SendingState.READY)


def planned(house: House, actor: Actor, letter_id: str, *plans: Plan) -> tuple[Sending, ...]:
    return plan(letter_id, plans, ready_of(house, letter_id), **by(house, actor))


def sent(house: House, actor: Actor, letter_id: str, *plans: Plan) -> Letter:
    planned(house, actor, letter_id, *plans)
    return send({letter_id: None}, **by(house, actor))[0]


def sheet_of(house: House, actor: Actor, sending: Sending) -> Transmittal:
    return transmittal(sending.transmittal_id or "", store=house.store, actor=actor)


def slip(house: House, actor: Actor) -> Slipped:
    scan = BytesIO(letter_pdf(subject="Accusé de réception"))
    kept = keep(scan, "accuse.pdf", door=Door.UPLOAD, actor=actor, entrance=house.entrance)
    return Slipped(kept.stored, kept.media_type, kept.filename)


def test_a_letter_leaves_by_each_way_and_is_dispatched_once_all_are_gone(
    house: House, kossi: Actor, letter: Letter, who: Who
) -> None:
    plans = (
        MONO,
        Plan("M. Amegan", way=EMAIL, address="amegan@exemple.tg"),
        Plan("DRH", way=INTERNAL, entity_id="DRH"),
    )
    ours = planned(house, kossi, letter.id, *plans[:2], replace(plans[2], copy=True))
    with pytest.raises(NotFound):
        consult.letter(letter.id, store=house.store, actor=who("drh"))
    half = send({letter.id: frozenset({ours[0].id})}, **by(house, kossi))[0]
    assert half.state is State.TO_DISPATCH
    with pytest.raises(Conflict) as gone:
        send({letter.id: frozenset({ours[0].id})}, **by(house, kossi))
    assert gone.value.code == "dispatch.gone"
    done = send({letter.id: None}, **by(house, kossi))[0]
    assert (done.state, done.closed_on) == (State.DISPATCHED, house.clock().date())
    assert consult.letter(letter.id, store=house.store, actor=who("drh")).id == letter.id
    with house.store.unit() as unit:
        by_hand, mailed, inside = unit.sendings.of(letter.id)
        message = unit.messages.get(mailed.message_id or "")
    sheet = sheet_of(house, kossi, by_hand)
    assert (by_hand.state, mailed.state, inside.state) == (
        SendingState.SENT,
        SendingState.SENT,
        SendingState.DELIVERED,
    )
    assert (message.to, message.enclosures[0].digest) == ("amegan@exemple.tg", letter.original)
    assert sheet.number == f"BE-BOC-{house.clock().year}-0001"
    assert (sheet.keeper.outside, sheet.delivery, sheet.address) == (MONO.recipient, MONO.way, MONO.address)
    assert transmittals(store=house.store, actor=kossi)[0] == (sheet,)
    steps = consult.letter_file(letter.id, **by(house, kossi)).steps
    assert [step.move for step in steps] == [Move.SIGN, Move.DISPATCH]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (Plan("", way="poste"), "dispatch.recipient"),
        (Plan("M. Amegan", way="pigeon"), "dispatch.way"),
        (Plan("M. Amegan", way=EMAIL, address="Kpalimé"), "mail.address"),
        (Plan("CEET", way=PLATFORM), "dispatch.way"),
        (Plan("DRH", way="poste", entity_id="DRH"), "dispatch.way"),
    ],
)
def test_a_sending_that_cannot_be_made_is_refused_when_it_is_planned(
    house: House, kossi: Actor, letter: Letter, wrong: Plan, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        planned(house, kossi, letter.id, wrong)
    assert refused.value.code == code


def test_what_is_confidential_never_leaves_by_mail_and_only_who_may_sends(house: House, who: Who, kossi: Actor) -> None:
    secret = signed(house, who("daf"), who("ministre"), confidentiality=Confidentiality.CONFIDENTIAL)
    with pytest.raises(NotFound):
        planned(house, kossi, secret.id, MONO)
    supervisor = who("lawson")
    with pytest.raises(Refused) as refused:
        planned(house, supervisor, secret.id, Plan("M. Amegan", way=EMAIL, address="amegan@exemple.tg"))
    assert refused.value.code == "dispatch.confidential"
    with pytest.raises(Forbidden):
        planned(house, who("audit"), secret.id, MONO)
    assert sent(house, supervisor, secret.id, MONO).state is State.DISPATCHED


def test_the_copies_of_the_page_are_proposed_beside_its_recipients(house: House, kossi: Actor, who: Who) -> None:
    content = replace(TEXT, copies=(Copy("", "DRH"), Copy("CEET"), Copy("Préfecture de Kloto"), Copy("CEET")))
    letter = signed(house, who("daf"), who("ministre"), content)
    with house.store.unit() as unit:
        sendings = unit.sendings.of(letter.id)
        drh = unit.organisation.entity("DRH").name_fr
    assert [(each.plan.recipient, each.plan.way, each.plan.copy) for each in sendings] == [
        (TEXT.recipients[0], "", False),
        (drh, INTERNAL, True),
        ("CEET", PLATFORM, True),
        ("Préfecture de Kloto", "", True),
    ]
    with pytest.raises(NotFound):
        consult.letter(letter.id, store=house.store, actor=who("drh"))
    send({letter.id: frozenset({sendings[1].id})}, **by(house, kossi))
    assert consult.letter(letter.id, store=house.store, actor=who("drh")).id == letter.id


def test_two_screens_one_plan(house: House, kossi: Actor, letter: Letter) -> None:
    seen = ready_of(house, letter.id)
    plan(letter.id, (MONO,), seen, **by(house, kossi))
    with pytest.raises(Conflict) as stale:
        plan(letter.id, (Plan("Autre", way="poste"),), seen, **by(house, kossi))
    assert stale.value.code == "dispatch.stale"


def test_a_returned_slip_becomes_a_sealed_piece_and_a_return_can_be_sent_again(
    house: House, kossi: Actor, letter: Letter
) -> None:
    sent(house, kossi, letter.id, MONO)
    with house.store.unit() as unit:
        (sending,) = unit.sendings.of(letter.id)
    answer(letter.id, sending.id, SendingState.RETURNED, "N'habite plus ici", slip(house, kossi), **by(house, kossi))
    planned(house, kossi, letter.id, replace(MONO, address="B.P. 99, Lomé"))
    assert consult.letter(letter.id, store=house.store, actor=kossi).state is State.TO_DISPATCH
    again = send({letter.id: None}, **by(house, kossi))[0]
    with house.store.unit() as unit:
        last = unit.sendings.of(letter.id)[-1]
    answer(letter.id, last.id, SendingState.ACKNOWLEDGED, "", slip(house, kossi), **by(house, kossi))
    read_all(house)
    with house.store.unit() as unit:
        annexes, sendings = unit.annexes.of(letter.id), unit.sendings.of(letter.id)
    assert again.state is State.DISPATCHED
    assert [each.kind for each in annexes] == [AnnexKind.RETURN, AnnexKind.RECEIPT]
    assert len({each.leaf_index for each in annexes} - {None}) == 2
    assert [each.state for each in sendings] == [SendingState.RETURNED, SendingState.ACKNOWLEDGED]
    assert [each.sending_id for each in annexes] == [each.id for each in sendings]


def test_a_slip_lists_what_one_recipient_gets_and_its_code_discharges_it_once(
    house: House, kossi: Actor, letter: Letter, who: Who
) -> None:
    other = signed(house, who("daf"), who("ministre"), replace(TEXT, subject="Deuxième envoi"))
    for each in (letter, other):
        planned(house, kossi, each.id, MONO)
    send({letter.id: None, other.id: None}, **by(house, kossi))
    with house.store.unit() as unit:
        first, second = (unit.sendings.of(each.id)[0] for each in (letter, other))
    sheet = sheet_of(house, kossi, first)
    assert second.transmittal_id == sheet.id
    assert public_sheet(sheet.code, store=house.store, clock=house.clock).pieces == 2
    bearer: dict[str, Any] = {"store": house.store, "actor": None, "clock": house.clock}
    with pytest.raises(Refused, match="nom de la personne"):
        receive_by_code(sheet.code, " ", **bearer)
    receive_by_code(sheet.code, "Komla Adjovi", **bearer)
    with house.store.unit() as unit:
        told = [unit.sendings.of(each.id)[0] for each in (letter, other)]
    assert {(each.state, each.answered_by) for each in told} == {(SendingState.DELIVERED, "Komla Adjovi")}
    assert sheet.number in told[0].remark
    with pytest.raises(Refused) as over:
        receive_by_code(sheet.code, "Un autre", **bearer)
    assert over.value.code == "transmittal.over"
    with pytest.raises(NotFound):
        receive_by_code("A" * 22, "Un autre", **bearer)


def test_a_sending_called_back_leaves_its_sheet_and_the_rest_is_discharged_on_the_screen(
    house: House, kossi: Actor, letter: Letter, who: Who
) -> None:
    other = signed(house, who("daf"), who("ministre"), replace(TEXT, subject="Deuxième envoi"))
    for each in (letter, other):
        planned(house, kossi, each.id, MONO)
    send({letter.id: None, other.id: None}, **by(house, kossi))
    with house.store.unit() as unit:
        first, second = (unit.sendings.of(each.id)[0] for each in (letter, other))
    sheet = sheet_of(house, kossi, first)
    with pytest.raises(Refused) as despatched:
        cancel(sheet.id, **by(house, kossi))
    assert despatched.value.code == "transmittal.despatched"
    call_back(letter.id, first.id, **by(house, kossi))
    after = transmittal(sheet.id, store=house.store, actor=kossi)
    assert {line.sending_id: line.called_back for line in after.lines} == {first.id: True, second.id: False}
    assert after.awaited == 1
    sign_transmittal(sheet.id, Signed("M. Agbodjan", None), vault=house.vault, **by(house, kossi))
    with house.store.unit() as unit:
        back, gone = (unit.sendings.of(each.id)[0] for each in (letter, other))
    assert (back.state, gone.state) == (SendingState.READY, SendingState.DELIVERED)
    assert "M. Agbodjan" in gone.remark
    send({letter.id: None}, **by(house, kossi))
    with house.store.unit() as unit:
        (again,) = unit.sendings.of(letter.id)
    anew = sheet_of(house, kossi, again)
    assert anew.sequence == sheet.sequence + 1
    call_back(letter.id, again.id, **by(house, kossi))
    empty = transmittal(anew.id, store=house.store, actor=kossi)
    assert (empty.called_back, empty.open) == (True, False)
    with pytest.raises(Refused):
        sign_transmittal(anew.id, Signed("M. Agbodjan", None), vault=house.vault, **by(house, kossi))


def test_the_signed_sheet_of_a_sending_that_comes_back_by_the_scanner_is_its_receipt(
    house: House, kossi: Actor, letter: Letter, client: httpx.Client
) -> None:
    sent(house, kossi, letter.id, MONO)
    with house.store.unit() as unit:
        (sending,) = unit.sendings.of(letter.id)
    sheet = sheet_of(house, kossi, sending)
    head = signed_in(house, "kossi")
    assert f"/bordereaux/{sheet.id}" in client.get(f"/courrier/{letter.id}", headers=head).text
    paper = client.get(f"/bordereaux/{sheet.id}/bordereau.pdf", headers=head).content
    assert f"/d/{sheet.code}" in pypdfium2.PdfDocument(paper)[0].get_textpage().get_text_range()
    assert client.get(f"/e/{sheet.code}").headers["location"] == f"/d/{sheet.code}"
    assert isinstance(scanned(house, kossi, scan_of([by_pen(page_of(paper))])), SheetsBack)
    closed = transmittal(sheet.id, store=house.store, actor=kossi)
    with house.store.unit() as unit:
        (told,) = unit.sendings.of(letter.id)
    assert closed.scan is not None
    assert (told.state, told.remark) == (SendingState.DELIVERED, f"Bordereau {sheet.number}, revenu signé")


def test_what_has_not_left_can_be_called_back_and_what_arrived_cannot(
    house: House, kossi: Actor, letter: Letter
) -> None:
    sent(house, kossi, letter.id, MONO, Plan("M. Amegan", way=EMAIL, address="amegan@exemple.tg"))
    with house.store.unit() as unit:
        by_hand, by_mail = unit.sendings.of(letter.id)
    assert call_back(letter.id, by_mail.id, **by(house, kossi)).state is State.TO_DISPATCH
    with house.store.unit() as unit:
        assert unit.messages.get(by_mail.message_id or "").state is MessageState.FAILED
    call_back(letter.id, by_hand.id, **by(house, kossi))
    send({letter.id: frozenset({by_hand.id})}, **by(house, kossi))
    answer(letter.id, by_hand.id, SendingState.DELIVERED, **by(house, kossi))
    with pytest.raises(Conflict) as late:
        call_back(letter.id, by_hand.id, **by(house, kossi))
    assert late.value.code == "dispatch.too_late"


def test_the_letter_that_is_answered_is_closed_when_the_reply_has_left(house: House, kossi: Actor, who: Who) -> None:
    asked = register(house, kossi, letter_pdf())
    decide(house, kossi, asked.letter_id)
    reply = signed(house, who("daf"), who("ministre"), answers=(asked.letter_id,))
    sent(house, kossi, reply.id, MONO)
    assert consult.letter(asked.letter_id, store=house.store, actor=who("daf")).state is State.DONE


@pytest.fixture
def ceet(who: Who) -> Actor:
    return who("ceet")


def to_ceet(house: House, kossi: Actor, letter: Letter) -> Letter:
    return sent(house, kossi, letter.id, Plan("CEET", way=PLATFORM, tenant_id="CEET"))


def test_another_organisation_registers_what_is_sent_to_it_and_its_receipt_comes_back_by_itself(
    house: House, kossi: Actor, letter: Letter, ceet: Actor
) -> None:
    done = to_ceet(house, kossi, letter)
    with house.store.unit() as unit:
        (sending,) = unit.sendings.of(letter.id)
    (row,) = consult.letters(Listing(direction=Direction.INCOMING), store=house.store, actor=ceet).rows
    arrived = row.letter
    assert (done.state, sending.state, sending.arrival_number) == (
        State.DISPATCHED,
        SendingState.ACKNOWLEDGED,
        arrived.number,
    )
    assert (arrived.tenant_id, arrived.sequence, arrived.state) == ("CEET", 1, State.TO_QUALIFY)
    (writer,), _ = correspondents.found("ministere mines", store=house.store, actor=ceet)
    known = correspondents.card_file(writer.id, store=house.store, actor=ceet)
    assert [row.letter.id for row in known.letters.rows] == [arrived.id]
    assert (arrived.original, arrived.sender_reference) == (letter.original, letter.number)
    assert arrived.sender == "Ministère des mines et de l'énergie"
    assert public_receipt(sending.receipt, store=house.store).number == arrived.number
    read_all(house)
    with house.store.unit() as unit:
        ours, theirs = unit.seals.of(letter.id), unit.seals.of(arrived.id)
    assert ours is not None
    assert theirs is not None
    assert ours.leaf_index != theirs.leaf_index
    assert consult.letter(arrived.id, store=house.store, actor=ceet).sealing is Sealing.SEALED


def test_neither_organisation_sees_more_of_the_other_than_a_correspondent(
    house: House, kossi: Actor, letter: Letter, ceet: Actor, who: Who
) -> None:
    to_ceet(house, kossi, letter)
    (row,) = consult.letters(Listing(direction=Direction.INCOMING), store=house.store, actor=ceet).rows
    file = consult.letter_file(row.letter.id, store=house.store, actor=ceet, clock=house.clock)
    assert {entry.actor_login for entry in file.journal} <= {"systeme", "ceet"}
    assert file.steps == ()
    assert file.notes == ()
    assert {record.login for record in file.arrivals} == {"systeme"}
    with pytest.raises(NotFound):
        consult.letter(letter.id, store=house.store, actor=ceet)
    for login in ("kossi", "lawson", "ministre", "audit", "daf"):
        with pytest.raises(NotFound):
            consult.letter(row.letter.id, store=house.store, actor=who(login))
    with house.store.unit() as unit:
        told = repr(unit.sendings.of(letter.id))
    assert row.letter.id not in told
    for act in (lambda: planned(house, ceet, letter.id, MONO), lambda: send({letter.id: None}, **by(house, ceet))):
        with pytest.raises(NotFound):
            act()


def test_the_same_letter_sent_twice_by_the_platform_has_one_number_there(
    house: House, kossi: Actor, letter: Letter, ceet: Actor
) -> None:
    to_ceet(house, kossi, letter)
    to_ceet(house, kossi, letter)
    found = consult.letters(Listing(direction=Direction.INCOMING), store=house.store, actor=ceet)
    assert found.total == 1
    with house.store.unit() as unit:
        assert len({each.receipt for each in unit.sendings.of(letter.id)}) == 1


def test_a_letter_nobody_over_there_may_read_does_not_go_by_the_platform(house: House, who: Who) -> None:
    secret = signed(house, who("daf"), who("ministre"), confidentiality=Confidentiality.CONFIDENTIAL)
    planned(house, who("lawson"), secret.id, Plan("AT2ER", way=PLATFORM, tenant_id="AT2ER"))
    with pytest.raises(Refused) as refused:
        send({secret.id: None}, **by(house, who("lawson")))
    assert refused.value.code == "exchange.clearance"
    with pytest.raises(NotFound):
        planned(house, who("lawson"), secret.id, Plan("Nulle part", way=PLATFORM, tenant_id="NULLE"))


def test_many_sent_to_the_same_organisation_at_once_leave_no_hole_in_its_register(
    house: House, kossi: Actor, who: Who, ceet: Actor
) -> None:
    letters = [signed(house, who("daf"), who("ministre"), replace(TEXT, subject=f"Envoi {n}")) for n in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda each: to_ceet(house, kossi, each), letters))
    found = consult.letters(Listing(direction=Direction.INCOMING), store=house.store, actor=ceet)
    assert sorted(row.letter.sequence for row in found.rows) == [1, 2, 3, 4]


def test_a_letter_that_left_in_part_is_not_cancelled(house: House, kossi: Actor, letter: Letter, who: Who) -> None:
    first, _ = planned(house, kossi, letter.id, MONO, Plan("M. Amegan", way="poste"))
    send({letter.id: frozenset({first.id})}, **by(house, kossi))
    with house.store.unit() as unit:
        last = unit.steps.last(letter.id)
    with pytest.raises(Conflict) as partly:
        move(letter.id, Order(Move.CANCEL, last.id if last else None, text="Erreur"), **by(house, who("lawson")))
    assert partly.value.code == "dispatch.partly_gone"
