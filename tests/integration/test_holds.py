"""Legal holds on letters, dossiers, correspondents and searches: what they catch, keep, let go, and who is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import httpx
import pytest

from api.config import Settings
from api.wiring import House
from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.journal import Act
from ged.mail.legal_hold import HoldQuery, LegalHold, Scope
from ged.services import consult, correspondents, dossier, dossier_pieces, hold, merge_correspondents
from ged.services.hold import NewHold
from ged.services.notices import mine
from ged.services.search_hold import search_hold, search_holds_again
from ged.store.holds import HoldsWanted
from integration.test_acknowledgement import signed_in
from integration.test_reading_resumes import query
from rooms.letters import decide, letter_pdf, read_all, send
from rooms.server import bearer
from search.document import analysed_page

Who = Callable[[str], Actor]


def own(house: House, actor: Actor) -> dict[str, Any]:
    return {"store": house.store, "actor": actor, "clock": house.clock}


def arrive(house: House, kossi: Actor, mark: str, **said: Any) -> str:
    receipt = send(house, kossi, letter_pdf(reference=mark))
    return decide(house, kossi, receipt.letter_id, sender_reference=mark, **said).id


def held(house: House, *letter_ids: str) -> list[bool]:
    """Whether each letter is held: what lists show, and what its fate is told from, are one."""
    with house.store.unit() as unit:
        standing = unit.holds.standing_on(list(letter_ids))
        letters = {one.id: one for one in unit.letters.many(list(letter_ids))}
    assert all(letters[each].held is bool(standing.get(each)) for each in letter_ids)
    return [letters[each].held for each in letter_ids]


def place(house: House, who: Who, scope: Scope, target: str = "", **more: Any) -> LegalHold:
    new = NewHold(scope, target, more.pop("reason", "Contentieux"), **more)
    placed = hold.place(new, **own(house, who("archives")))
    search_hold(placed.id, store=house.store, clock=house.clock)
    return placed


def test_a_dossier_on_hold_keeps_all_its_letters_and_those_put_in_later(house: House, kossi: Actor, who: Who) -> None:
    inside, later, outside = (arrive(house, kossi, mark) for mark in "ABC")
    case = dossier.begin("", "Carrière", "DAF", (), **own(house, who("daf")))
    dossier.put_in(case.id, inside, **own(house, kossi))
    placed = place(house, who, Scope.DOSSIER, case.id)
    assert held(house, inside, later, outside) == [True, False, False]
    dossier.put_in(case.id, later, **own(house, kossi))
    dossier.take_out(case.id, inside, **own(house, kossi))
    assert held(house, inside, later, outside) == [True, True, False], "what is taken out stays held"
    hold.lift(placed.id, "Clos", **own(house, who("archives")))
    assert held(house, inside, later) == [False, False]


def test_a_correspondent_on_hold_keeps_what_names_it_also_once_it_is_merged(
    house: House, kossi: Actor, who: Who
) -> None:
    theirs = arrive(house, kossi, "A", sender="Société Alpha")
    others = arrive(house, kossi, "B", sender="Établissements Bêta")
    (alpha,), (beta,) = (correspondents.found(name, store=house.store, actor=kossi)[0] for name in ("Alpha", "Bêta"))
    place(house, who, Scope.CORRESPONDENT, alpha.id)
    later = arrive(house, kossi, "C", sender="Société Alpha")
    assert held(house, theirs, others, later) == [True, False, True]
    merge_correspondents.merge(alpha.id, beta.id, **own(house, kossi))
    assert held(house, theirs, others, later) == [True, True, True]


def test_a_search_on_hold_catches_what_answers_it_now_and_later_by_subject_or_text(
    house: House, kossi: Actor, who: Who
) -> None:
    named = arrive(house, kossi, "A", subject="Convention de Kévé")
    written = send(house, kossi, letter_pdf(reference="B", body="Le site de Kévé est fermé.")).letter_id
    other = arrive(house, kossi, "C")
    placed = place(house, who, Scope.QUERY, query=HoldQuery("KEVE"))
    assert held(house, named, other) == [True, False]
    read_all(house)
    assert held(house, named, written, other) == [True, True, False], "caught as soon as it is read"
    again = decide(house, kossi, written, subject="Autre objet", sender_reference="B")
    assert held(house, again.id) == [True]
    dated = place(house, who, Scope.QUERY, query=HoldQuery(service="DAF", until=house.clock().date()))
    assert held(house, other) == [True]
    (listed, count, *_), *_ = hold.listed(HoldsWanted(words="keve"), store=house.store, actor=who("audit"), limit=9)[0]
    assert (listed.id, count) == (placed.id, 2)
    hold.lift(dated.id, "Clos", **own(house, who("archives")))
    assert held(house, named, written, other) == [True, True, False], "several at once, each lifted by itself"


class KilledError(Exception):
    """What stands for a process that dies."""


def test_a_search_on_hold_goes_on_where_it_was_killed_and_says_how_far_it_is(
    house: House, kossi: Actor, who: Who, client: httpx.Client
) -> None:
    letters = [arrive(house, kossi, f"M{n}", subject="Le site de Kévé") for n in range(5)]
    archives = own(house, who("archives"))
    placed = hold.place(NewHold(Scope.QUERY, reason="Contentieux", query=HoldQuery("keve")), **archives)
    session, address = signed_in(house, "archives"), f"/gels/{placed.id}"
    assert "La recherche commence" in client.get(address, headers=session).text
    died: list[int] = []

    def die(looked: int) -> None:
        if not died:
            died.append(looked)
            raise KilledError

    with pytest.raises(KilledError):
        search_hold(placed.id, store=house.store, clock=house.clock, part=2, fault=die)
    assert sorted(held(house, *letters)) == [False, False, False, True, True]
    assert "2 courriers et pièces regardés sur 5" in client.get(f"{address}/avancement", headers=session).text
    assert "Recherche en cours" in client.get("/gels", headers=session).text
    told = client.get(f"/api/v1{address.replace('gels', 'holds')}", headers=bearer(house, "archives")).json()
    assert told["searching"] == {"looked": 2, "total": 5}
    search_hold(placed.id, store=house.store, clock=house.clock, part=2)
    assert all(held(house, *letters))
    assert client.get(f"{address}/avancement", headers=session).headers["HX-Refresh"] == "true"
    assert "regardés sur" not in client.get(address, headers=session).text
    with house.store.unit() as unit:
        (line,) = [each for each in unit.journal.about(placed.id) if each.act is Act.HOLD_SEARCHED]
    assert (line.details["looked"], line.details["letters"]) == (5, 5)


def test_a_search_that_was_lifted_before_its_end_holds_nothing(house: House, kossi: Actor, who: Who) -> None:
    letters = [arrive(house, kossi, f"M{n}", subject="Le site de Kévé") for n in range(3)]
    archives = own(house, who("archives"))
    placed = hold.place(NewHold(Scope.QUERY, reason="Contentieux", query=HoldQuery("keve")), **archives)
    with house.store.unit() as unit:
        unit.holds.look_on(placed.id, 2, house.clock())
        unit.commit()
    hold.lift(placed.id, "Clos", **archives)
    read_all(house)
    assert held(house, *letters) == [False] * 3


def test_what_changes_while_a_search_goes_on_is_held_for_what_it_said(house: House, kossi: Actor, who: Who) -> None:
    letter = arrive(house, kossi, "A", subject="Le site de Kévé")
    case = dossier.begin("", "Affaire de Kévé", "DAF", (), **own(house, who("daf")))
    stored = house.vault.put(BytesIO(letter_pdf()), media_type="application/pdf", tenant_id="MME")
    brought = dossier_pieces.Brought(stored, "application/pdf", "plan.pdf")
    piece = dossier_pieces.bring(case.id, brought, **own(house, who("daf")))
    placed = hold.place(
        NewHold(Scope.QUERY, reason="Contentieux", query=HoldQuery("keve")), **own(house, who("archives"))
    )
    with house.store.unit() as unit:
        unit.letters.change(unit.letters.get(letter, None, lock=True), subject="Autre objet")
        unit.outbox.add(letter, house.clock())
        unit.commit()
    dossier.correct(case.id, case.code, "Autre affaire", (), (), revision=case.revision, **own(house, who("daf")))
    search_hold(placed.id, store=house.store, clock=house.clock)
    assert held(house, letter) == [True]
    with house.store.unit() as unit:
        assert unit.holds.standing_on_pieces([piece.id])


def test_a_word_is_found_whether_a_page_keeps_its_words_folded_or_not(
    house: House, kossi: Actor, who: Who, settings: Settings
) -> None:
    said = letter_pdf(reference="A", body="L’arrêté 00457/MME du site de Kévé.")
    letter = send(house, kossi, said).letter_id
    read_all(house)
    for words in ("arrete", "00457", "457", "kev", "zzz"):
        caught = []
        for analysed in (True, False):
            if not analysed:
                query(settings, "UPDATE page SET exact = NULL, stems = NULL, grams = NULL, analysis = NULL")
            placed = place(house, who, Scope.QUERY, query=HoldQuery(words))
            caught += held(house, letter)
            hold.lift(placed.id, "Clos", **own(house, who("archives")))
        with house.store.unit() as unit:
            pages = unit.pages.of(letter)
            unit.pages.keep(letter, pages, [analysed_page(each) for each in pages])
            unit.commit()
        assert caught == [words != "zzz"] * 2, words


def test_every_night_holds_catch_what_no_change_told_them_of(
    house: House, kossi: Actor, who: Who, settings: Settings
) -> None:
    letter, other = arrive(house, kossi, "A"), arrive(house, kossi, "B")
    case = dossier.begin("", "Affaire", "DAF", (), **own(house, who("daf")))
    place(house, who, Scope.QUERY, query=HoldQuery("keve"))
    place(house, who, Scope.DOSSIER, case.id)
    query(settings, f"UPDATE letter SET subject = 'Kévé' WHERE id = '{letter}'")
    query(settings, f"INSERT INTO dossier_letter VALUES ('{case.id}', '{other}', now(), 'hors du produit')")
    search_holds_again(store=house.store, clock=house.clock)
    assert held(house, letter, other) == [True, True]
    with house.store.unit() as unit:
        assert unit.holds.searching() == ()


def test_holds_are_lifted_one_by_one_with_a_reason_and_leave_their_lines(house: House, kossi: Actor, who: Who) -> None:
    letter = arrive(house, kossi, "A")
    first, second = (place(house, who, Scope.LETTER, letter, reason=reason) for reason in ("Contrôle", "Recours"))
    with pytest.raises(Refused) as error:
        hold.lift(first.id, " ", **own(house, who("archives")))
    assert error.value.code == "hold.no_lift_reason"
    hold.lift(first.id, "Contrôle fini", **own(house, who("archives")))
    assert held(house, letter) == [True]
    with pytest.raises(Conflict):
        hold.lift(first.id, "Encore", **own(house, who("archives")))
    file = consult.letter_file(letter, **own(house, who("archives")))
    assert [one.reason for one in file.holds] == ["Recours"]
    assert [line.act for line in file.journal if line.act in {Act.HELD, Act.RELEASED}] == [
        Act.HELD, Act.HELD, Act.RELEASED
    ]  # fmt: skip
    hold.lift(second.id, "Arrêt rendu", **own(house, who("archives")))
    assert held(house, letter) == [False]
    kept = hold.on_letter(letter, store=house.store, actor=kossi)
    assert {(one.reason, one.lift_reason) for one in kept} == {
        ("Contrôle", "Contrôle fini"),
        ("Recours", "Arrêt rendu"),
    }


def test_whoever_answers_for_a_hold_is_asked_on_its_day_once(house: House, kossi: Actor, who: Who) -> None:
    letter = arrive(house, kossi, "A", service_id="DAJ")
    day = house.clock().date() + timedelta(days=30)
    owned = place(house, who, Scope.LETTER, letter, owner_id="DAJ-1", review_on=day)
    place(house, who, Scope.QUERY, query=HoldQuery("introuvable"), review_on=day)
    later = datetime.combine(day, datetime.min.time(), UTC)
    assert hold.review(store=house.store, clock=house.clock) == 0
    for _ in range(2):
        assert hold.review(store=house.store, clock=lambda: later) == 2
    links = {
        login: [
            each.notice.link for each in mine(store=house.store, actor=who(login)) if each.notice.kind == "gel_revoir"
        ]
        for login in ("daj", "archives", "daf")
    }
    assert links["daj"] == [f"/gels/{owned.id}"]
    assert [len(links["archives"]), links["daf"]] == [1, []]
    assert not hold.hold_file(owned.id, store=house.store, actor=who("daj")).may_change
    hold.amend(owned.id, "", None, **own(house, who("archives")))
    with pytest.raises(NotFound):
        hold.hold_file(owned.id, store=house.store, actor=who("daj"))


def test_a_hold_is_refused_with_a_sentence_where_it_cannot_stand(house: House, kossi: Actor, who: Who) -> None:
    archives = own(house, who("archives"))
    letter = arrive(house, kossi, "A")
    faulty = {
        "hold.no_reason": NewHold(Scope.LETTER, letter, " "),
        "hold.review_past": NewHold(Scope.LETTER, letter, "R", review_on=date(2020, 1, 1)),
        "hold.query_empty": NewHold(Scope.QUERY, reason="R", query=HoldQuery(" ,; ")),
        "hold.owner": NewHold(Scope.LETTER, letter, "R", owner_id="CEET-BO"),
    }
    for code, new in faulty.items():
        with pytest.raises(Refused) as error:
            hold.place(new, **archives)
        assert error.value.code == code
    for scope in (Scope.LETTER, Scope.DOSSIER, Scope.CORRESPONDENT):
        with pytest.raises(NotFound):
            hold.place(NewHold(scope, "inconnu", "R"), **archives)
    with pytest.raises(Forbidden):
        hold.place(NewHold(Scope.LETTER, letter, "R"), **own(house, who("audit")))
    assert held(house, letter) == [False]


def test_another_organisation_neither_sees_a_hold_nor_is_caught_by_it(house: House, kossi: Actor, who: Who) -> None:
    arrive(house, kossi, "A", subject="Kévé")
    theirs = send(house, who("ceet"), letter_pdf(reference="B", subject="Kévé")).letter_id
    placed = place(house, who, Scope.QUERY, query=HoldQuery("lettre.pdf"))
    assert held(house, theirs) == [False]
    with pytest.raises(NotFound):
        hold.hold_file(placed.id, store=house.store, actor=replace(who("archives"), posts=who("ceetdg").posts))


def test_programs_place_list_and_lift_holds(house: House, kossi: Actor, client: httpx.Client) -> None:
    letter = arrive(house, kossi, "A")
    archives = bearer(house, "archives")
    asked = {"scope": "courrier", "target": letter, "reason": "Contrôle", "review_on": "2099-01-01"}
    placed = client.post("/api/v1/holds", json=asked, headers=archives)
    assert (placed.status_code, placed.json()["label"]) == (
        201,
        consult.letter(letter, store=house.store, actor=kossi).number,
    )
    found = client.get("/api/v1/holds", params={"scope": "courrier"}, headers=archives).json()
    assert [(one["id"], one["letters"]) for one in found["holds"]] == [(placed.json()["id"], 1)]
    address = f"/api/v1/holds/{placed.json()['id']}"
    assert client.post(f"{address}/lift", json={"reason": ""}, headers=archives).status_code == 422
    lifted = client.post(f"{address}/lift", json={"reason": "Fini"}, headers=archives)
    assert lifted.json()["lift_reason"] == "Fini"
    assert client.get(address, headers=archives).json()["lifted_by"] is not None
    assert client.get(address, headers=bearer(house, "kossi")).status_code == 404


def test_the_page_of_a_held_letter_names_its_holds_and_leads_to_them(
    house: House, kossi: Actor, who: Who, client: httpx.Client
) -> None:
    letter = arrive(house, kossi, "A")
    placed = place(house, who, Scope.LETTER, letter, reason="Contrôle de la Cour")
    for login, leads in (("archives", True), ("kossi", False)):
        answer = client.get(f"/courrier/{letter}", headers=signed_in(house, login))
        assert answer.status_code == 200
        assert "Contrôle de la Cour" in answer.text
        assert (f'href="/gels/{placed.id}"' in answer.text) is leads
    for address in (f"/gels/{placed.id}", "/gels", f"/gels/nouveau?portee=courrier&cible={letter}"):
        assert client.get(address, headers=signed_in(house, "archives")).status_code == 200
