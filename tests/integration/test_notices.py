"""What people are told: by an act, by a deadline, by e-mail; each once, to who may read, and never content."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import httpx
import pytest

from api.config import Settings
from api.mailbox.notice_mail import NoticeWriter
from api.model_folder import read_folder
from api.wiring import House, open_house
from ged.errors import NotFound
from ged.mail.access import Actor, Capacity
from ged.mail.baskets import basket_of
from ged.mail.calendar import Holiday
from ged.mail.circuit import Approver, Stage, StageKind
from ged.mail.custody import Keeper
from ged.mail.draft import Content, Draft
from ged.mail.draft_acts import DraftAct, DraftOrder
from ged.mail.item import Confidentiality, Letter
from ged.mail.journal import Act
from ged.mail.moves import Destination, Move, Order
from ged.mail.organisation import Grant
from ged.services import circuit, consult, delegate, note
from ged.services.draft import Plan, begin
from ged.services.establish import establish
from ged.services.hand_over import confirm, give
from ged.services.mail_notices import mail_notices
from ged.services.menu import count_menu
from ged.services.notices import choose, mark_all_read, mine
from ged.services.post import post_due
from ged.services.remind import remind
from ged.services.route import move
from rooms.house import PILOT
from rooms.letters import decide, letter_pdf, send
from rooms.post_office import PostOffice, open_post_office
from rooms.processes import forking
from rooms.server import bearer

Who = Callable[[str], Actor]


def at(day: date, hour: int = 9) -> Callable[[], datetime]:
    return lambda: datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def told(house: House, actor: Actor) -> list[str]:
    return [each.notice.kind for each in mine(store=house.store, actor=actor)]


@pytest.fixture
def letter(house: House, kossi: Actor) -> Letter:
    """A letter for the finance department, due when its priority says."""
    return decide(house, kossi, send(house, kossi, letter_pdf()).letter_id)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with open_post_office() as opened:
        yield opened


def act(house: House, actor: Actor, letter: Letter, what: Move, **more: Any) -> Letter:
    with house.store.unit() as unit:
        last = unit.steps.last(letter.id)
    order = Order(what, last.id if last else None, **more)
    return move(letter.id, order, store=house.store, actor=actor, clock=house.clock)


def test_who_gets_work_is_told_and_who_did_it_is_not(house: House, letter: Letter, who: Who, kossi: Actor) -> None:
    assert told(house, who("daf")) == ["affecte"]
    assert told(house, kossi) == []
    assert told(house, who("comptable")) == [], "the unit has a head: the head distributes"
    note.follow(letter.id, following=True, store=house.store, actor=kossi)
    act(house, who("daf"), letter, Move.ASSIGN, to=Destination("DAF-COMPTA", "DAF-A1"))
    assert told(house, who("comptable")) == ["affecte"]
    assert told(house, kossi) == ["suivi"]
    act(house, who("daf"), letter, Move.RECALL)
    assert count_menu(lambda _views: [], [], store=house.store, actor=who("comptable")).unread == 0, (
        "what was taken back is not to be read"
    )
    act(house, who("daf"), letter, Move.TAKE)
    act(house, who("daf"), letter, Move.ASK, to=Destination("DAJ"), text="Est-ce dû ?")
    assert told(house, who("daj")) == ["avis_demande"]


def test_a_returned_letter_is_told_to_who_qualified_it(house: House, letter: Letter, who: Who, kossi: Actor) -> None:
    act(house, who("daf"), letter, Move.RETURN, text="Relève des mines")
    assert told(house, kossi) == ["retourne"]
    assert told(house, who("mensah")) == []


def test_who_fills_in_is_told_that_it_is_for_another_post(house: House, kossi: Actor, who: Who) -> None:
    today = house.clock().date()
    grant = Grant("SG-1", "dircab", Capacity.INTERIM, today, today + timedelta(days=5), "012/MME/2026", ())
    delegate.grant(grant, store=house.store, actor=who("ministre"), clock=house.clock)
    decide(house, kossi, send(house, kossi, letter_pdf()).letter_id, service_id="SG")
    assert told(house, who("dircab")) == ["remplacement"]
    assert told(house, who("sg")) == ["affecte"]


def test_opening_the_letter_reads_its_notices_and_the_api_says_so(
    house: House, letter: Letter, who: Who, client: httpx.Client
) -> None:
    (shown,) = client.get("/api/v1/notices", headers=bearer(house, "daf")).json()
    assert (shown["kind"], shown["letter"], shown["read"]) == ("affecte", letter.id, False)
    assert mark_all_read(store=house.store, actor=who("daf"), clock=house.clock, letter_id=letter.id) == 1
    assert client.get("/api/v1/notices", headers=bearer(house, "daf")).json()[0]["read"] is True
    assert client.get("/api/v1/notices", headers=bearer(house, "daj")).json() == []
    choice = {"channels": {"a_faire": "pigeon"}, "hour": 7}
    answer = client.put("/api/v1/notices/choice", json=choice, headers=bearer(house, "daf"))
    assert (answer.status_code, answer.json()["code"]) == (422, "notice.choice")


def test_before_and_after_the_deadline_then_the_secretary_general_has_it_in_the_late_basket(
    house: House, kossi: Actor, who: Who
) -> None:
    letter = decide(house, kossi, send(house, kossi, letter_pdf()).letter_id, service_id="CAB")
    due = letter.due_date
    assert due is not None
    with house.store.unit() as unit:
        calendar = unit.organisation.calendar(letter.tenant_id)
    for day in (calendar.before(due, 4), calendar.before(due, 3), due, calendar.after(due, 3), calendar.after(due, 4)):
        remind(store=house.store, clock=at(day))
        remind(store=house.store, clock=at(day, 15))
    holder = [(each.notice.kind, each.notice.rank) for each in mine(store=house.store, actor=who("dircab"))]
    assert sorted(holder) == [("affecte", 0), ("rappel", 1), ("rappel", 2), ("rappel", 3)]
    assert told(house, who("sg")) == []
    with pytest.raises(NotFound):
        consult.letter(letter.id, store=house.store, actor=who("sg"))
    late = calendar.after(due, 5)
    assert remind(store=house.store, clock=at(late)) == 1
    assert told(house, who("sg")) == ["escalade"]
    listing = basket_of("en-retard", who("sg")).listing(who("sg"), late)
    (row,) = consult.letters(listing, store=house.store, actor=who("sg")).rows
    assert (row.letter.id, row.escalated) == (letter.id, True)
    with house.store.unit() as unit:
        acts = [entry.act for entry in unit.journal.of(letter.id)]
    assert acts.count(Act.REMINDED) == 3
    assert acts.count(Act.ESCALATED) == 1


def test_a_suspended_term_is_quiet_and_reminders_follow_the_deadline_when_it_runs_again(
    house: House, letter: Letter, who: Who
) -> None:
    taken = act(house, who("daf"), letter, Move.TAKE)
    act(house, who("daf"), taken, Move.SUSPEND, text="Il manque un plan")
    due = letter.due_date
    assert due is not None
    assert remind(store=house.store, clock=at(due)) == 0
    waiting = consult.letter(letter.id, store=house.store, actor=who("daf"))
    with house.store.unit() as unit:
        last = unit.steps.last(letter.id)
    resumed = move(
        waiting.id, Order(Move.RESUME, last.id if last else None), store=house.store, actor=who("daf"), clock=at(due)
    )
    assert resumed.due_date is not None
    assert resumed.due_date > due
    assert remind(store=house.store, clock=at(due)) == 0
    assert remind(store=house.store, clock=at(resumed.due_date)) == 1


def test_a_holiday_announced_after_the_deadline_was_computed_moves_it_and_its_reminders(
    house: House, letter: Letter, who: Who
) -> None:
    due = letter.due_date
    assert due is not None
    with house.store.unit() as unit:
        calendar = unit.organisation.calendar(letter.tenant_id)
    eve, soon = calendar.before(due, 3), calendar.after(house.clock().date(), 2)
    known = read_folder(PILOT)
    announced = replace(known, holidays=(*known.holidays, Holiday("TG", soon, "Fête annoncée tard")))
    establish(announced, store=house.store, clock=house.clock)
    moved = consult.letter(letter.id, store=house.store, actor=who("daf"))
    assert moved.due_date == calendar.after(due, 1)
    assert remind(store=house.store, clock=at(eve)) == 0, "three working days before is a working day later now"
    assert remind(store=house.store, clock=at(calendar.after(eve, 1))) == 1


def test_an_opinion_is_reminded_to_who_was_asked(house: House, letter: Letter, who: Who) -> None:
    asked_by = house.clock().date() + timedelta(days=14)
    act(house, who("daf"), letter, Move.ASK, to=Destination("DAJ"), text="Est-ce dû ?", due_date=asked_by)
    remind(store=house.store, clock=at(asked_by))
    assert told(house, who("daj")).count("rappel_avis") == 1
    assert "rappel_avis" not in told(house, who("daf"))


def test_paper_past_its_day_is_asked_back_from_who_has_it_once(
    house: House, letter: Letter, kossi: Actor, who: Who
) -> None:
    back = house.clock().date() + timedelta(days=3)
    act_: dict[str, Any] = {"store": house.store, "clock": house.clock}
    give(letter.id, Keeper("DAF", "DAF-1"), back, actor=kossi, **act_)
    confirm(letter.id, actor=who("daf"), **act_)
    for day in (back, back + timedelta(days=1), back + timedelta(days=2)):
        remind(store=house.store, clock=at(day))
    assert told(house, who("daf")).count("papier_du") == 1
    assert told(house, kossi) == ["papier_du"]


def test_a_draft_is_announced_to_who_must_act_and_its_return_to_its_author(house: House, who: Who) -> None:
    officer, chief = who("comptable"), who("daf")
    stages = (Stage(StageKind.VISA, (Approver("DAF", "DAF-1"),)), Stage(StageKind.SIGNATURE, (Approver("MME", "MIN"),)))
    content = Content("Réponse", ("Société des Carrières du Mono",), "Monsieur,\n\nC'est accordé.")
    draft = begin(Plan(stages=stages), content, store=house.store, actor=officer, clock=house.clock)

    def do(actor: Actor, one: Draft, what: DraftAct, **more: Any) -> Draft:
        order = DraftOrder(what, one.revision, one.digest, **more)
        return circuit.act(one.id, order, store=house.store, actor=actor, clock=house.clock)

    sent = do(officer, draft, DraftAct.START)
    (waits,) = mine(store=house.store, actor=chief)
    assert (waits.notice.kind, waits.address, waits.subject) == ("projet_attend", f"/projet/{draft.id}", "")
    approved = do(chief, sent, DraftAct.APPROVE)
    assert told(house, who("ministre")) == ["projet_attend"]
    do(who("ministre"), approved, DraftAct.REFUSE, text="Citer le décret.", to_author=True)
    assert told(house, officer) == ["projet_revenu"]
    assert told(house, who("drh")) == []


def _remind_and_die(settings: Settings, day: date, at_call: int) -> None:
    calls = 0

    def clock() -> datetime:
        nonlocal calls
        calls += 1
        if calls == at_call:
            os.kill(os.getpid(), signal.SIGKILL)
        return at(day)()

    with open_house(settings) as house:
        remind(store=house.store, clock=clock)


def test_two_workers_and_one_killed_half_way_remind_of_each_letter_once(
    settings: Settings, house: House, who: Who, kossi: Actor
) -> None:
    letters = [decide(house, kossi, send(house, kossi, letter_pdf(reference=f"{n}/2026")).letter_id) for n in range(5)]
    due = letters[0].due_date
    assert due is not None
    process = forking.Process(target=_remind_and_die, args=(settings, due, 4))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert told(house, who("daf")).count("rappel") == 2
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: remind(store=house.store, clock=at(due)), range(2)))
    assert told(house, who("daf")).count("rappel") == 5
    assert remind(store=house.store, clock=at(due)) == 0


def mailed(house: House, office: PostOffice, clock: Callable[[], datetime]) -> list[EmailMessage]:
    office.taken.clear()
    mail_notices(store=house.store, clock=clock, write=NoticeWriter("https://courrier.example"))
    post_due(store=house.store, vault=house.vault, mailer=office.mailer(), clock=clock)
    return list(office.taken)


def working_day(house: House, letter: Letter) -> date:
    with house.store.unit() as unit:
        return unit.organisation.calendar(letter.tenant_id).after(house.clock().date(), 1)


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return f"{message['Subject']}\n{body.get_content()}"


@pytest.mark.parametrize("level", list(Confidentiality))
def test_an_email_tells_number_act_and_link_and_content_only_up_to_internal(
    house: House, kossi: Actor, who: Who, office: PostOffice, level: Confidentiality
) -> None:
    choose({"a_faire": "immediat"}, 7, store=house.store, actor=who("ministre"))
    sent = send(house, kossi, letter_pdf())
    clerk = replace(kossi, posts=tuple(replace(post, clearance=Confidentiality.PERSONAL) for post in kossi.posts))
    letter = decide(house, clerk, sent.letter_id, confidentiality=level.value, service_id="MME")
    got = [each for each in mailed(house, office, house.clock) if each["To"] == "ministre@mines.example"]
    if level is Confidentiality.PERSONAL:
        assert got == [], "nobody in that unit is cleared for it"
        return
    (message,) = got
    text = text_of(message)
    assert letter.number in text
    assert f"https://courrier.example/courrier/{letter.id}" in text
    assert "affecté" in text
    told_content = level in {Confidentiality.PUBLIC, Confidentiality.INTERNAL}
    assert ("Carrières" in text, "autorisation" in text) == (told_content, told_content)


def test_a_digest_is_one_email_on_a_working_morning_in_the_persons_language(
    house: House, kossi: Actor, who: Who, office: PostOffice
) -> None:
    letters = [decide(house, kossi, send(house, kossi, letter_pdf(reference=f"{n}/2026")).letter_id) for n in range(3)]
    with house.store.unit() as unit:
        unit.people.set_language(who("daf").person_id or "", "en")
        unit.commit()
    morning = working_day(house, letters[0])
    assert mailed(house, office, house.clock) == [] or house.clock().hour >= 7
    assert mailed(house, office, at(morning, 6)) == []
    today = house.clock().date()
    sunday = today + timedelta(days=6 - today.weekday())  # never after the morning below: the clock would go back
    assert mailed(house, office, at(sunday, 9)) == []
    (message,) = mailed(house, office, at(morning, 7))
    text = text_of(message)
    assert message["To"] == "daf@mines.example"
    assert "Your notices: 3" in text
    assert "A letter is assigned to you by A. Kossi" in text
    assert "Objet" not in text
    assert all(letter.number in text for letter in letters)
    assert mailed(house, office, at(morning, 12)) == []


def test_the_reminder_reaches_a_mail_server_at_once_for_who_chose_so(
    house: House, letter: Letter, who: Who, office: PostOffice
) -> None:
    choose({"a_faire": "rien", "echeances": "immediat"}, 7, store=house.store, actor=who("daf"))
    assert letter.due_date is not None
    remind(store=house.store, clock=at(letter.due_date))
    (message,) = mailed(house, office, at(letter.due_date))
    assert message["To"] == "daf@mines.example"
    assert f"{letter.number} : Rappel 2 : courrier à traiter avant le" in text_of(message)


def test_nothing_is_mailed_to_who_wants_nothing_has_read_it_or_has_no_address(
    house: House, kossi: Actor, who: Who, office: PostOffice
) -> None:
    choose({"a_faire": "rien"}, 7, store=house.store, actor=who("daf"))
    letter = decide(house, kossi, send(house, kossi, letter_pdf()).letter_id)
    assert mailed(house, office, at(working_day(house, letter), 9)) == []
    choose({"a_faire": "immediat"}, 7, store=house.store, actor=who("daf"))
    assert mailed(house, office, at(working_day(house, letter), 9)) == [], "it was settled"
    act(house, who("daf"), letter, Move.ASSIGN, to=Destination("DAF-COMPTA"))
    mark_all_read(store=house.store, actor=who("comptable"), clock=house.clock)
    assert mailed(house, office, at(working_day(house, letter), 9)) == []
