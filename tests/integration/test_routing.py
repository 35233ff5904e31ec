"""A letter's way through the ministry: baskets, moves, opinions, deadlines, and what is refused with a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from api.model_export import write_folder
from api.model_folder import read_folder
from api.wiring import House
from ged.errors import Conflict, Forbidden, GedError, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.baskets import basket_of, baskets_for
from ged.mail.calendar import Holiday
from ged.mail.item import Letter, State
from ged.mail.journal import Act
from ged.mail.moves import Destination, Move, Order, Step, open_moves
from ged.mail.opinion import OpinionVerdict
from ged.mail.organisation import Organisation
from ged.services import consult, note, opinion
from ged.services.check_register import check_registers
from ged.services.establish import establish, standing
from ged.services.route import move
from rooms.house import PILOT, driver_url
from rooms.letters import decide, letter_pdf, send

Who = Callable[[str], Actor]


@pytest.fixture
def letter(house: House, kossi: Actor) -> Letter:
    """A letter qualified for the finance department, in its basket."""
    receipt = send(house, kossi, letter_pdf())
    return decide(house, kossi, receipt.letter_id)


def do(house: House, actor: Actor, letter_id: str, act: Move, at: datetime | None = None, **said: object) -> Letter:
    """Make a move on the letter as it stands."""
    with house.store.unit() as unit:
        last = unit.steps.last(letter_id)
    order = Order(act, last.id if last else None, **said)  # type: ignore[arg-type]
    return move(letter_id, order, store=house.store, actor=actor, clock=(lambda: at) if at else house.clock)


def last_step(house: House, letter_id: str) -> Step | None:
    with house.store.unit() as unit:
        return unit.steps.last(letter_id)


def basket(house: House, actor: Actor, slug: str) -> list[str]:
    listing = basket_of(slug, actor).listing(actor, house.clock().date())
    return [row.letter.id for row in consult.letters(listing, store=house.store, actor=actor).rows]


def opened(house: House, actor: Actor, letter_id: str) -> None:
    consult.letter_file(letter_id, store=house.store, actor=actor, clock=house.clock)


def test_a_letter_goes_down_the_tree_is_advised_on_and_closed(house: House, letter: Letter, who: Who) -> None:
    chief, accountant, lawyer = who("daf"), who("comptable"), who("daj")
    assert basket(house, chief, "a-affecter") == [letter.id]
    with pytest.raises(NotFound):
        consult.letter(letter.id, store=house.store, actor=lawyer)
    do(
        house,
        chief,
        letter.id,
        Move.ASSIGN,
        to=Destination("DAF-COMPTA", "DAF-A1"),
        mention="elements",
        text="Vérifier le solde.",
    )
    assert basket(house, chief, "a-affecter") == []
    assert basket(house, accountant, "a-traiter") == [letter.id]
    taken = do(house, accountant, letter.id, Move.TAKE)
    assert (taken.state, taken.position_id) == (State.IN_PROGRESS, "DAF-A1")
    do(house, accountant, letter.id, Move.ASK, to=Destination("DAJ"), text="Est-ce dû ?")
    assert basket(house, lawyer, "avis") == [letter.id]
    file = consult.letter_file(letter.id, store=house.store, actor=lawyer, clock=house.clock)
    (asked,) = file.opinions
    with pytest.raises(Forbidden):
        opinion.give(
            letter.id, asked.id, OpinionVerdict.FAVOURABLE, "", store=house.store, actor=chief, clock=house.clock
        )
    with pytest.raises(Refused) as refusal:
        opinion.give(
            letter.id, asked.id, OpinionVerdict.RESERVED, " ", store=house.store, actor=lawyer, clock=house.clock
        )
    assert refusal.value.code == "opinion.no_text"
    back = opinion.give(
        letter.id, asked.id, OpinionVerdict.RESERVED, "En partie", store=house.store, actor=lawyer, clock=house.clock
    )
    assert back.state is State.IN_PROGRESS
    assert basket(house, lawyer, "avis") == []
    closed = do(house, accountant, letter.id, Move.FINISH)
    assert closed.closed_on == house.clock().date()
    assert [basket(house, each, "mon-service") for each in (chief, who("ministre"))] == [[], []]
    reopened = do(house, accountant, letter.id, Move.REOPEN, text="Nouvelle pièce")
    assert (reopened.state, reopened.closed_on) == (State.IN_PROGRESS, None)
    steps = consult.letter_file(letter.id, store=house.store, actor=chief, clock=house.clock).steps
    assert [step.move for step in steps] == [
        Move.ASSIGN,
        Move.TAKE,
        Move.ASK,
        Move.ADVISE,
        Move.FINISH,
        Move.REOPEN,
    ]


def test_one_may_go_back_until_the_addressee_has_opened_the_letter(house: House, letter: Letter, who: Who) -> None:
    chief, accountant = who("daf"), who("comptable")
    to = Destination("DAF-COMPTA")
    do(house, chief, letter.id, Move.ASSIGN, to=to, due_date=house.clock().date() + timedelta(days=90))
    restored = do(house, chief, letter.id, Move.RECALL)
    assert (restored.service_id, restored.due_date, restored.delay_days) == ("DAF", letter.due_date, letter.delay_days)
    do(house, chief, letter.id, Move.ASSIGN, to=to)
    opened(house, chief, letter.id)
    opened(house, accountant, letter.id)
    with pytest.raises(Conflict) as late:
        do(house, chief, letter.id, Move.RECALL)
    assert late.value.code == "move.opened"
    step = consult.letter_file(letter.id, store=house.store, actor=chief, clock=house.clock).steps[-1]
    assert step.opened_by == accountant.name


def test_one_may_go_back_on_what_went_to_another_branch(house: House, letter: Letter, who: Who) -> None:
    chief = who("daf")
    do(house, chief, letter.id, Move.ASSIGN, to=Destination("DAJ"))
    assert basket(house, who("daj"), "a-affecter") == [letter.id]
    restored = do(house, chief, letter.id, Move.RECALL)
    assert (restored.service_id, restored.concerned) == ("DAF", ())
    with pytest.raises(NotFound):
        consult.letter(letter.id, store=house.store, actor=who("daj"))


def test_a_misdirected_letter_returns_with_its_reason_and_is_sent_on(
    house: House, letter: Letter, kossi: Actor, who: Who
) -> None:
    with pytest.raises(Refused) as silent:
        do(house, who("daf"), letter.id, Move.RETURN)
    assert silent.value.code == "move.no_reason"
    returned = do(house, who("daf"), letter.id, Move.RETURN, text="Relève des mines")
    assert (returned.state, returned.position_id) == (State.RETURNED, None)
    assert basket(house, kossi, "retournes") == [letter.id]
    assert basket(house, who("daf"), "a-affecter") == []
    assert open_moves(who("daf"), returned, last_step(house, letter.id)) == (Move.RECALL,)
    do(house, kossi, letter.id, Move.ASSIGN, to=Destination("DGMG"))
    assert basket(house, who("mines"), "a-affecter") == [letter.id]
    with pytest.raises(NotFound):
        consult.letter(letter.id, store=house.store, actor=who("daf"))


def test_who_returned_a_letter_may_go_back_on_it_until_the_registry_has_opened_it(
    house: House, letter: Letter, kossi: Actor, who: Who
) -> None:
    chief = who("daf")
    do(house, chief, letter.id, Move.RETURN, text="Relève des mines")
    opened(house, chief, letter.id)
    restored = do(house, chief, letter.id, Move.RECALL)
    assert (restored.state, restored.service_id) == (State.ASSIGNED, "DAF")
    do(house, chief, letter.id, Move.RETURN, text="Relève des mines")
    opened(house, kossi, letter.id)
    opened(house, chief, letter.id)
    with pytest.raises(Conflict):
        do(house, chief, letter.id, Move.RECALL)


def test_two_who_act_at_once_do_not_both_succeed(house: House, letter: Letter, who: Who) -> None:
    chief, minister = who("daf"), who("ministre")
    orders = [(chief, Order(Move.TAKE, None)), (minister, Order(Move.ASSIGN, None, Destination("DAJ")))]

    def attempt(each: tuple[Actor, Order]) -> str:
        try:
            move(letter.id, each[1], store=house.store, actor=each[0], clock=house.clock)
        except GedError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(attempt, orders))
    assert found in (["done", "move.stale"], ["done", "letter.unknown"])


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (Order(Move.ASSIGN, None), "move.no_destination"),
        (Order(Move.ASSIGN, None, Destination("NULLE-PART")), "move.destination"),
        (Order(Move.ASSIGN, None, Destination("DAF", "DRH-1")), "move.destination"),
        (Order(Move.ASSIGN, None, Destination("CEET-DG")), "move.destination"),
        (Order(Move.ASSIGN, None, Destination("DAJ"), copies=("CEET-DG",)), "move.destination"),
        (Order(Move.ASSIGN, None, Destination("DAJ"), mention="inventee"), "move.mention"),
        (Order(Move.ASSIGN, None, Destination("DAJ"), due_date=date(2020, 1, 1)), "move.past_due"),
        (Order(Move.RESUME, None), "move.state"),
        (Order(Move.TAKE, 12345), "move.stale"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    house: House, letter: Letter, who: Who, order: Order, code: str
) -> None:
    chief = who("daf")
    with pytest.raises(GedError) as refusal:
        move(letter.id, order, store=house.store, actor=chief, clock=house.clock)
    assert refusal.value.code == code
    assert consult.letter(letter.id, store=house.store, actor=chief).revision == letter.revision


def test_a_letter_is_not_sent_to_an_empty_seat_nor_to_somebody_not_cleared(
    house: House, kossi: Actor, who: Who
) -> None:
    receipt = send(house, kossi, letter_pdf(reference="9/2026"))
    decide(house, kossi, receipt.letter_id, service_id="DGE", confidentiality="diffusion_restreinte")
    with pytest.raises(Refused) as refusal:
        do(house, who("energie"), receipt.letter_id, Move.ASSIGN, to=Destination("DGE-ELEC", "DGE-A1"))
    assert refusal.value.code == "move.clearance"
    organisation = read_folder(PILOT)
    holdings = tuple(each for each in organisation.holdings if each.login != "daj")
    establish(replace(organisation, holdings=holdings), store=house.store, clock=house.clock)
    with pytest.raises(Refused) as empty:
        do(house, who("energie"), receipt.letter_id, Move.ASSIGN, to=Destination("DAJ", "DAJ-1"))
    assert empty.value.code == "move.no_holder"


def test_a_copy_may_be_read_and_an_agency_never_reads(house: House, letter: Letter, who: Who) -> None:
    do(house, who("daf"), letter.id, Move.ASSIGN, to=Destination("DAF-COMPTA"), copies=("DRH",))
    assert consult.letter(letter.id, store=house.store, actor=who("drh")).concerned == ("DAF", "DRH")
    assert basket(house, who("drh"), "a-affecter") == []
    for stranger in ("ceet", "ceetdg"):
        with pytest.raises(NotFound):
            do(house, who(stranger), letter.id, Move.TAKE)


def test_a_term_waits_for_the_applicant(house: House, letter: Letter, who: Who) -> None:
    chief = who("daf")
    assert letter.delay_days == 30
    do(house, chief, letter.id, Move.TAKE)
    stopped = house.clock()
    do(house, chief, letter.id, Move.SUSPEND, at=stopped, text="Pièce 3 manquante")
    with house.store.unit() as unit:
        calendar = unit.organisation.calendar("MME")
    later = stopped + timedelta(days=20)
    resumed = do(house, chief, letter.id, Move.RESUME, at=later)
    assert letter.due_date is not None
    assert resumed.due_date is not None
    assert calendar.between(stopped.date(), letter.due_date) == calendar.between(later.date(), resumed.due_date)
    assert resumed.due_date > letter.due_date


def test_a_holiday_announced_late_moves_computed_deadlines_and_no_others(
    house: House, kossi: Actor, letter: Letter, who: Who
) -> None:
    fixed = send(house, kossi, letter_pdf(reference="8/2026"))
    day = house.clock().date() + timedelta(days=40)
    decide(house, kossi, fixed.letter_id, due_date=day)
    assert letter.due_date is not None
    organisation = read_folder(PILOT)
    announced = Holiday("TG", letter.due_date, "Jour de deuil national")
    establish(replace(organisation, holidays=(*organisation.holidays, announced)), store=house.store, clock=house.clock)
    moved = consult.letter_file(letter.id, store=house.store, actor=who("daf"), clock=house.clock)
    assert moved.letter.due_date is not None
    assert moved.letter.due_date > letter.due_date
    assert Act.DUE_RECOMPUTED in {line.act for line in moved.journal}
    assert consult.letter(fixed.letter_id, store=house.store, actor=kossi).due_date == day


def test_counts_are_those_of_the_lists_and_late_letters_show(house: House, kossi: Actor, who: Who) -> None:
    receipt = send(house, kossi, letter_pdf())
    yesterday = house.clock().date() - timedelta(days=1)
    decide(house, kossi, receipt.letter_id, due_date=yesterday, letter_date=date(2026, 1, 5))
    for login in ("kossi", "daf", "comptable", "ministre", "archives", "admin"):
        actor = who(login)
        mine = baskets_for(actor)
        listings = [each.listing(actor, house.clock().date()) for each in mine]
        counted = consult.counts(listings, store=house.store, actor=actor)
        assert counted == tuple(consult.letters(listing, store=house.store, actor=actor).total for listing in listings)
    assert basket(house, who("daf"), "en-retard") == [receipt.letter_id]
    assert basket(house, who("ministre"), "en-retard") == [receipt.letter_id]
    with pytest.raises(NotFound):
        basket_of("mon-service", who("comptable"))


def test_a_private_note_is_its_authors_alone(house: House, letter: Letter, kossi: Actor, who: Who) -> None:
    chief = who("daf")
    note.add_note(letter.id, "Pour tous", private=False, store=house.store, actor=chief, clock=house.clock)
    note.add_note(letter.id, "Pour moi", private=True, store=house.store, actor=chief, clock=house.clock)
    with pytest.raises(Refused):
        note.add_note(letter.id, "  ", private=False, store=house.store, actor=chief, clock=house.clock)
    mine = consult.letter_file(letter.id, store=house.store, actor=chief, clock=house.clock).notes
    theirs = consult.letter_file(letter.id, store=house.store, actor=kossi, clock=house.clock).notes
    assert [each.text for each in mine] == ["Pour tous", "Pour moi"]
    assert [each.text for each in theirs] == ["Pour tous"]


def test_a_followed_letter_stays_in_view(house: House, letter: Letter, kossi: Actor, who: Who) -> None:
    note.follow(letter.id, following=True, store=house.store, actor=kossi)
    do(house, who("daf"), letter.id, Move.DROP, text="Publicité")
    assert basket(house, kossi, "suivis") == [letter.id]
    note.follow(letter.id, following=False, store=house.store, actor=kossi)
    assert basket(house, kossi, "suivis") == []


def test_an_exported_organisation_loads_as_it_was(house: House, tmp_path: Path) -> None:
    found = standing(store=house.store, clock=house.clock)
    write_folder(found, tmp_path / "modele")
    again = read_folder(tmp_path / "modele")
    for name in Organisation.__slots__:
        read, kept = getattr(again, name), getattr(found, name)
        if isinstance(kept, tuple | Mapping):
            read, kept = sorted(map(repr, read)), sorted(map(repr, kept))
        assert read == kept, name
    assert again.schedules == found.schedules
    given = read_folder(PILOT)
    assert again.files == given.files
    assert {one.id for one in again.entities} == {one.id for one in given.entities}
    assert set(again.holidays) == set(given.holidays)
    with pytest.raises(Refused):
        write_folder(found, tmp_path / "modele")


def test_a_register_that_was_tampered_with_says_where(house: House, kossi: Actor, database: str) -> None:
    for number in range(4):
        send(house, kossi, letter_pdf(reference=f"{number}/2026"))
    (checked,) = check_registers(store=house.store, actor=kossi)
    assert (checked.report.year.last, checked.report.faults) == (4, ())
    with psycopg.connect(driver_url(database), autocommit=True) as superuser:
        superuser.execute("UPDATE letter SET sequence = 9 WHERE sequence = 2")
        superuser.execute("UPDATE letter SET registered_at = registered_at - interval '9 days' WHERE sequence = 4")
    (checked,) = check_registers(store=house.store, actor=kossi)
    assert list(checked.report.faults) == [
        "Il manque le numéro 2.",
        "Le numéro 4 est daté avant le précédent.",
        "Il manque les numéros 5 à 8.",
        "Le numéro 9 est daté avant le précédent.",
        "Le compteur dit 4, mais le numéro 9 existe.",
    ]


def test_a_number_is_cancelled_by_the_supervisor_and_stays(house: House, kossi: Actor, who: Who) -> None:
    receipt = send(house, kossi, letter_pdf())
    with house.store.unit() as unit:
        unit.letters.change(unit.letters.get(receipt.letter_id, None), state=State.TO_QUALIFY)
        unit.commit()
    with pytest.raises(Forbidden):
        do(house, kossi, receipt.letter_id, Move.CANCEL, text="Erreur")
    cancelled = do(house, who("lawson"), receipt.letter_id, Move.CANCEL, text="Scanné deux fois")
    assert (cancelled.state, cancelled.number) == (State.CANCELLED, receipt.number)
    following = send(house, kossi, letter_pdf(reference="10/2026"))
    assert following.number != receipt.number
