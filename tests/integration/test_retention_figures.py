"""Statistics per rule: each letter once, under the rule that the night found, only to who may read it; as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import httpx
import psycopg
import pytest

from api.wiring import House
from ged.errors import Forbidden
from ged.mail.access import Actor
from ged.mail.filing import Span, Term
from ged.mail.item import State
from ged.mail.legal_hold import Scope
from ged.mail.moves import Move
from ged.mail.near_duplicate import Resemblance
from ged.services import classify, dossier, hold
from ged.services.dispatch import send
from ged.services.hold import NewHold
from ged.services.same_letter import other_letter, same_letter
from integration.test_acknowledgement import signed_in
from integration.test_dispatch import MONO, planned, sent
from integration.test_routing import do
from properties.test_register import register_one
from retention.figures import Figures, RuleFigures, figures_by_rule
from retention.nightly import note_term, sweep_letters
from rooms.departures import signed
from rooms.disposals import close, disposed, over, own
from rooms.house import driver_url
from rooms.letters import decide, read_all

Who = Callable[[str], Actor]


def figures(house: House, actor: Actor) -> Figures:
    return figures_by_rule(store=house.store, actor=actor, clock=house.clock)


def of(found: Figures, code: str) -> RuleFigures:
    return next(each for each in found.rules if each.code == code)


def rule_of(house: House, kind: str) -> str:
    with house.store.unit() as unit:
        return unit.organisation.rules_of_kinds()[kind]


def noted(house: House, letter_id: str) -> tuple[str | None, date | None]:
    """Do what the jobs say, and tell the rule and the last day that stand on a letter."""
    read_all(house)
    with house.store.unit() as unit:
        assert unit.queue.left(("note_term", "note_terms")) == 0
    with psycopg.connect(driver_url(house.database_url)) as connection:
        row = connection.execute("SELECT term_rule, kept_until FROM letter WHERE id = %s", [letter_id]).fetchone()
    assert row is not None
    return row


def test_each_letter_is_counted_once_under_the_rule_that_the_night_found(house: House, kossi: Actor, who: Who) -> None:
    rule, today = rule_of(house, "demande"), house.clock().date()
    gone = over(house, kossi, "A")
    disposed(house, who)
    late, held = over(house, kossi, "B"), over(house, kossi, "C")
    hold.place(NewHold(Scope.LETTER, held, "Contentieux"), **own(house, who("archives")))
    working, closed, unknown = (register_one(house.store, kossi, f"lettre {n}".encode()).letter_id for n in range(3))
    for each in (working, closed):
        decide(house, kossi, each, letter_date=today, kind="demande", sender_reference="")
    close(house, closed)
    before = figures(house, who("archives"))
    assert of(before, rule).destroyed == 1, "what the last night found of a letter stays when it is destroyed"
    sweep_letters(house.store, house.clock)
    found = of(figures(house, who("archives")), rule)
    assert (found.current, found.intermediate, found.overdue, found.destroyed) == (1, 1, 2, 1), (gone, late)
    assert (found.held, found.total) == (1, 5)
    with house.store.unit() as unit:
        facts = unit.retention.of(unit.letters.many([closed]), today)[closed]
    assert of(figures(house, who("archives")), "").current == 1, f"nobody has said what {unknown} is"
    assert facts.rulings[0].rule.code == rule
    assert sum(found.falls_due.values()) + found.waiting == 2
    assert min(found.falls_due, default=today.year + 20) >= today.year + 20, "the law keeps both twenty years"


def test_a_letter_just_qualified_is_counted_under_its_rule_before_the_night(
    house: House, kossi: Actor, who: Who
) -> None:
    rule, today = rule_of(house, "demande"), house.clock().date()
    letter_id = register_one(house.store, kossi, b"lettre").letter_id
    assert of(figures(house, who("archives")), "").current == 1
    with house.store.unit() as unit:
        before = unit.queue.left(("note_term",))
    decide(house, kossi, letter_id, letter_date=today, kind="demande", sender_reference="")
    with house.store.unit() as unit:
        assert unit.queue.left(("note_term",)) == before + 1, "given with what was decided"
    read_all(house)
    found = of(figures(house, who("archives")), rule)
    assert (found.current, found.total) == (1, 1)
    with house.store.unit() as unit:
        letter = unit.letters.many([letter_id])[0]
    sweep_letters(house.store, house.clock)
    note_term(letter_id, store=house.store, clock=house.clock)
    with house.store.unit() as unit:
        assert unit.letters.many([letter_id])[0] == letter, "the night finds the same, and no revision is made"
    assert of(figures(house, who("archives")), rule) == found


def test_a_dossier_and_its_events_are_noted_on_its_letters_at_once(house: House, kossi: Actor, who: Who) -> None:
    archives, daf = own(house, who("archives")), own(house, who("daf"))
    letter_id = register_one(house.store, kossi, b"lettre").letter_id
    case = dossier.begin("", "Affaire", "DAF", (), **daf)

    dossier.put_in(case.id, letter_id, **own(house, kossi))
    classify.file_dossier(case.id, "G3", **archives)
    assert noted(house, letter_id) == ("PROJET", None), "it waits for the closing of the dossier"
    dossier.close(case.id, closing=True, **daf)
    assert noted(house, letter_id) == ("PROJET", Term(30, Span.YEARS).after(house.clock().date()))
    dossier.close(case.id, closing=False, **daf)
    classify.file_dossier(case.id, "D1", **archives)
    event = classify.record_event("fin de permis", date(2026, 3, 1), dossier_id=case.id, **archives)
    assert noted(house, letter_id) == ("TITRE", date(2056, 3, 1))
    classify.withdraw_event(event.id, **archives)
    assert noted(house, letter_id) == ("TITRE", None)
    classify.record_event("fin de permis", date(2027, 3, 1), letter_id=letter_id, **archives)
    assert noted(house, letter_id) == ("TITRE", date(2057, 3, 1))
    dossier.take_out(case.id, letter_id, **own(house, kossi))
    assert noted(house, letter_id) == (None, None)


def test_the_end_of_a_letter_and_its_reopening_are_noted_at_once(house: House, kossi: Actor, who: Who) -> None:
    daf, today = who("daf"), house.clock().date()
    letter_id = register_one(house.store, kossi, b"plainte").letter_id
    decide(house, kossi, letter_id, kind="plainte")
    assert noted(house, letter_id) == ("CONTENTIEUX", None), "it waits for the end of the letter"
    do(house, daf, letter_id, Move.FINISH)
    assert noted(house, letter_id) == ("CONTENTIEUX", Term(30, Span.YEARS).after(today))
    do(house, daf, letter_id, Move.REOPEN, text="Nouvelle pièce")
    assert noted(house, letter_id) == ("CONTENTIEUX", None)
    do(house, daf, letter_id, Move.SUSPEND, text="Attend le plan.")
    do(house, daf, letter_id, Move.RESUME)
    with house.store.unit() as unit:
        assert unit.queue.left(("note_term",)) == 0, "what ends nothing asks for nothing"
    do(house, daf, letter_id, Move.DROP, text="Sans suite.")
    assert noted(house, letter_id) == ("CONTENTIEUX", Term(30, Span.YEARS).after(today))


def test_what_leaves_and_what_it_answers_are_noted_at_once(house: House, kossi: Actor, who: Who) -> None:
    ended = ("CONTENTIEUX", Term(30, Span.YEARS).after(house.clock().date()))
    asked = register_one(house.store, kossi, b"plainte").letter_id
    decide(house, kossi, asked, kind="plainte")
    reply = signed(house, who("daf"), who("ministre"), answers=(asked,)).id
    classify.file_letter(reply, "A4", **own(house, who("archives")))
    assert (noted(house, asked), noted(house, reply)) == (("CONTENTIEUX", None), ("CONTENTIEUX", None))
    sent(house, kossi, reply, MONO)
    assert noted(house, reply) == ended, "its departure ends it"
    assert noted(house, asked) == ended, "and ends what it answers"


def test_a_sending_that_comes_back_takes_the_term_away_until_it_leaves_again(
    house: House, kossi: Actor, who: Who
) -> None:
    ended = ("CONTENTIEUX", Term(30, Span.YEARS).after(house.clock().date()))
    letter_id = signed(house, who("daf"), who("ministre")).id
    classify.file_letter(letter_id, "A4", **own(house, who("archives")))
    sent(house, kossi, letter_id, MONO)
    assert noted(house, letter_id) == ended
    planned(house, kossi, letter_id, replace(MONO, address="B.P. 99, Lomé"))
    assert noted(house, letter_id) == ("CONTENTIEUX", None)
    send({letter_id: None}, **own(house, kossi))
    assert noted(house, letter_id) == ended


def test_a_second_copy_is_noted_when_it_is_closed_and_when_it_is_taken_back(
    house: House, kossi: Actor, who: Who
) -> None:
    first, second = (register_one(house.store, kossi, each).letter_id for each in (b"plainte", b"copie"))
    decide(house, kossi, first)
    with house.store.unit() as unit:
        copy = unit.letters.get(second, None, lock=True)
        unit.letters.change(copy, state=State.TO_QUALIFY)
        unit.near_duplicates.keep(second, [(first, Resemblance(1.0, 0.0, (), (), (), likely=True))])
        unit.commit()
    classify.file_letter(second, "A4", **own(house, who("archives")))
    assert noted(house, second) == ("CONTENTIEUX", None)
    same_letter(second, first, **own(house, kossi))
    assert noted(house, second) == ("CONTENTIEUX", Term(30, Span.YEARS).after(house.clock().date()))
    other_letter(second, first, **own(house, kossi))
    assert noted(house, second) == ("CONTENTIEUX", None)


def test_what_one_may_not_read_is_not_counted(house: House, kossi: Actor, who: Who) -> None:
    over(house, kossi, "A", service_id="DAJ", confidentiality="confidentiel")
    sweep_letters(house.store, house.clock)
    rule = rule_of(house, "demande")
    assert of(figures(house, who("archives")), rule).total == 1
    with pytest.raises(Forbidden):
        figures(house, kossi)


def test_the_figures_are_a_page_and_a_table_in_both_languages(
    house: House, kossi: Actor, who: Who, client: httpx.Client
) -> None:
    over(house, kossi, "A")
    rule = rule_of(house, "demande")
    sweep_letters(house.store, house.clock)
    headers = signed_in(house, "archives")
    shown = client.get("/conservation/regles", headers=headers)
    assert shown.status_code == 200
    assert rule in shown.text
    table = client.get("/conservation/regles.csv", headers=headers)
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig")), delimiter=";"))
    row = next(each for each in rows if each["Règle"] == rule)
    assert (row["Courriers et pièces"], row["Délai passé"], row[str(house.clock().year)]) == ("1", "1", "0")
    spoken = {"Cookie": headers["Cookie"] + "; ged_langue=en"}
    english = client.get("/conservation/regles.csv", headers=spoken).content.decode("utf-8-sig")
    assert english.startswith("Rule;")
    assert client.get("/conservation/regles", headers=signed_in(house, "kossi")).status_code == 403
