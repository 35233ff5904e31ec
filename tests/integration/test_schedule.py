"""Plan and schedule: versions by two people, files that come back as they went, codes and events that decide a fate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import httpx
import pypdfium2
import pytest

from api.model_schedule import read_part, written
from api.wiring import House
from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.filing import Disposition, Span, Term
from ged.mail.journal import Act
from ged.mail.schedule import Change, Part, PlanLine, Schedule, VersionState
from ged.services import classify, consult, dossier, records_schedule
from integration.test_acknowledgement import signed_in
from retention.fate import fate_of, floor_of
from retention.preview import consequences
from rooms.disposals import disposed, over, over_piece
from rooms.house import PILOT
from rooms.letters import decide, letter_pdf, send
from rooms.server import bearer

Who = Callable[[str], Actor]


@pytest.fixture
def archives(who: Who) -> Actor:
    return who("archives")


@pytest.fixture
def chief(house: House, who: Who) -> Actor:
    """The supervisor of the mail, who approves."""
    with house.store.unit() as unit:
        held = {each.position_id: each.login for each in unit.organisation.holdings(house.clock().date())}
    return who(held["BOC-SUP"])


def longer(schedule: Schedule) -> Schedule:
    """Return a schedule whose ordinary letters are kept forty years, and transferred then."""
    rules = [
        replace(each, term=Term(40, Span.YEARS), disposition=Disposition.TRANSFER) if each.code == "COURANT" else each
        for each in schedule.rules
    ]
    return replace(schedule, rules=tuple(rules))


def drafted(house: House, actor: Actor, change: Callable[[Schedule], Schedule] = longer) -> str:
    begun = records_schedule.begin(store=house.store, actor=actor, clock=house.clock)
    records_schedule.write(
        begun.id, change, "Quarante ans", revision=1, store=house.store, actor=actor, clock=house.clock
    )
    return begun.id


def submitted(house: House, actor: Actor, change: Callable[[Schedule], Schedule] = longer) -> str:
    made = drafted(house, actor, change)
    records_schedule.submit(made, revision=2, store=house.store, actor=actor, clock=house.clock)
    return made


def until(house: House, letter_id: str, actor: Actor) -> date | None:
    file = consult.letter_file(letter_id, store=house.store, actor=actor, clock=house.clock)
    return fate_of(file.letter, file.retention, house.clock().date()).keep_until


def test_the_folder_makes_the_first_version_and_no_other(house: House, archives: Actor) -> None:
    (first,) = records_schedule.versions(store=house.store, actor=archives)
    assert (first.number, first.state) == (1, VersionState.APPROVED)
    assert first.in_force_on == first.written_at.date()


def test_a_version_applies_once_somebody_else_has_approved_it(
    house: House, kossi: Actor, archives: Actor, chief: Actor
) -> None:
    letter = send(house, kossi, letter_pdf())
    decided = decide(house, kossi, letter.letter_id, letter_date=date(2026, 3, 2), kind="demande")
    assert decided.schedule_version == 1
    assert until(house, letter.letter_id, archives) == floor_of(decided)
    made = submitted(house, archives)
    with pytest.raises(Forbidden, match="une autre personne"):
        records_schedule.approve(made, house.clock().date(), store=house.store, actor=archives, clock=house.clock)
    found = consequences(made, store=house.store, actor=archives, clock=house.clock)
    assert (found.changed, found.later, found.earlier, found.ends) == (1, 1, 0, 1)
    assert [(one.id, after.keep_until) for one, _, after in found.examples] == [(letter.letter_id, date(2066, 3, 2))]
    assert until(house, letter.letter_id, archives) == floor_of(decided)
    records_schedule.approve(made, house.clock().date(), store=house.store, actor=chief, clock=house.clock)
    assert until(house, letter.letter_id, archives) == date(2066, 3, 2)
    file = records_schedule.version_file(made, store=house.store, actor=archives, clock=house.clock)
    assert file.in_force
    ((changed, code, fields),) = [(one.change, one.code, one.fields) for one in file.differences]
    assert (changed, code) == (Change.CHANGED, "COURANT")
    assert ("term", "20 ans", "40 ans") in fields
    with pytest.raises(Conflict):
        records_schedule.write(made, longer, "", revision=4, store=house.store, actor=archives, clock=house.clock)


def test_the_preview_counts_pieces_of_dossiers_and_nothing_that_is_gone(
    house: House, kossi: Actor, archives: Actor, who: Who, client: httpx.Client
) -> None:
    over(house, kossi, "A")
    disposed(house, who)
    case, piece = over_piece(house, who, "B")
    over_piece(house, who, "C", file_code="A4")
    made = submitted(house, archives)
    found = consequences(made, store=house.store, actor=archives, clock=house.clock)
    assert (found.letters, found.pieces, found.dossiers) == (0, 1, {case})
    assert (found.later, found.earlier, found.ends, found.by_rule) == (1, 0, 1, {"COURANT": 1})
    ((one, before, after),) = found.piece_examples
    assert (one.piece.id, before.keep_until, after.keep_until) == (piece, date(2021, 3, 3), date(2041, 3, 3))
    shown = client.get(f"/referentiel/{made}", headers=signed_in(house, "archives")).text
    assert "1 pièce de dossier change (1 dossier)" in shown
    assert f"/dossiers/{case}/pieces/{piece}" in shown


def test_a_version_applies_from_its_day(house: House, archives: Actor, chief: Actor) -> None:
    made = submitted(house, archives)
    tomorrow = house.clock().date() + timedelta(days=1)
    with pytest.raises(Refused):
        records_schedule.approve(made, tomorrow - timedelta(days=2), store=house.store, actor=chief, clock=house.clock)
    records_schedule.approve(made, tomorrow, store=house.store, actor=chief, clock=house.clock)
    with house.store.unit() as unit:
        assert unit.schedules.applied("MME", tomorrow - timedelta(days=1))[0] == 1
        assert unit.schedules.applied("MME", tomorrow)[0] == 2


def test_what_is_approved_for_a_later_day_is_neither_lost_nor_overtaken(
    house: House, archives: Actor, chief: Actor
) -> None:
    today = house.clock().date()
    own: dict[str, Any] = {"store": house.store, "clock": house.clock}
    records_schedule.approve(submitted(house, archives), today + timedelta(days=30), actor=chief, **own)
    more = lambda schedule: replace(schedule, plan=(*schedule.plan, PlanLine("H", "Hydrogène")))  # noqa: E731
    third = submitted(house, archives, more)
    file = records_schedule.version_file(third, actor=archives, **own)
    assert [each.code for each in file.differences] == ["H"], "it begins from what is approved, in force or not yet"
    with pytest.raises(Refused, match="version 2"):
        records_schedule.approve(third, today + timedelta(days=29), actor=chief, **own)
    records_schedule.approve(third, today + timedelta(days=30), actor=chief, **own)
    with house.store.unit() as unit:
        assert unit.schedules.applied("MME", today + timedelta(days=30))[0] == 3
    first = records_schedule.version_file("", actor=archives, **own)
    assert first.version.number == 1
    records_schedule.submit(
        drafted(house, archives, lambda _: first.schedule), revision=2, actor=archives, **own
    )  # what was approved and is not in force yet can be taken back


def test_there_is_one_draft_and_it_may_come_back(house: House, archives: Actor, chief: Actor, kossi: Actor) -> None:
    made = submitted(house, archives)
    with pytest.raises(Conflict):
        records_schedule.begin(store=house.store, actor=archives, clock=house.clock)
    records_schedule.send_back(made, "Trop long", store=house.store, actor=chief, clock=house.clock)
    file = records_schedule.version_file(made, store=house.store, actor=archives, clock=house.clock)
    assert file.may_write
    assert file.version.refusal.endswith("Trop long")
    with pytest.raises(Forbidden):
        records_schedule.begin(store=house.store, actor=kossi, clock=house.clock)
    with pytest.raises(Forbidden):
        records_schedule.version_file(made, store=house.store, actor=kossi, clock=house.clock)


def test_whoever_may_approve_is_told_of_a_version_and_whoever_wrote_it_that_it_comes_back(
    house: House, archives: Actor, chief: Actor
) -> None:
    def told(actor: Actor) -> list[tuple[str, str]]:
        with house.store.unit() as unit:
            found = unit.notices.listed(actor.person_id or "", actor)
        return [(each.notice.kind, each.notice.link) for each in found]

    made = submitted(house, archives)
    assert told(chief) == [("tableau_approuver", f"/referentiel/{made}")]
    assert told(archives) == [], "who wrote it does not approve it"
    records_schedule.send_back(made, "Trop long", store=house.store, actor=chief, clock=house.clock)
    assert told(archives) == [("tableau_renvoye", f"/referentiel/{made}")]


def test_a_faulty_version_is_kept_but_not_submitted(house: House, archives: Actor) -> None:
    made = drafted(house, archives, lambda schedule: replace(schedule, rules=schedule.rules[1:]))
    file = records_schedule.version_file(made, store=house.store, actor=archives, clock=house.clock)
    assert any("COURANT" in fault.sentence for fault in file.faults)
    with pytest.raises(Refused):
        records_schedule.submit(made, revision=2, store=house.store, actor=archives, clock=house.clock)


@pytest.mark.parametrize("part", list(Part))
def test_what_is_exported_is_imported_as_it_was(house: House, archives: Actor, part: Part) -> None:
    file = records_schedule.version_file("", store=house.store, actor=archives, clock=house.clock)
    lines, faults, _numbers = read_part(part, written(part, file.schedule))
    assert faults == []
    assert lines == (file.schedule.plan if part is Part.PLAN else file.schedule.rules)
    again, _faults, _lines = read_part(part, (PILOT / part).read_text(encoding="utf-8"))
    assert again == lines


def test_a_file_that_a_spreadsheet_of_windows_saved_is_taken_and_the_faults_of_one_are_not_marked_on_other_lines(
    house: House, archives: Actor, client: httpx.Client
) -> None:
    made = drafted(house, archives)
    session = signed_in(house, "archives")
    text = (PILOT / Part.PLAN).read_text(encoding="utf-8").replace(";;;facture;", ";31/01/2026;;facture;")

    def load(data: bytes, revision: int) -> httpx.Response:
        address = f"/plan-de-classement/modifier?version={made}"
        token = client.get(address, headers=session).text.partition('csrf_token" value="')[2].partition('"')[0]
        form = {"version": made, "revision": str(revision), "csrf_token": token}
        files = {"fichier": ("plan.csv", data, "text/csv")}
        to = "/plan-de-classement/importer"
        return client.post(to, data=form, files=files, headers=session, follow_redirects=False)

    wrong = load(text.replace("31/01/2026", "31/02/2026").encode(), 2)
    assert wrong.status_code == 422
    assert "31/02/2026" in wrong.text
    assert 'class="wrong"' not in wrong.text
    assert load(b"PK\x03\x04\x00\x00", 2).status_code == 422
    assert load(text.encode("cp1252"), 2).status_code == 303
    line = records_schedule.version_file(made, store=house.store, actor=archives, clock=house.clock).schedule.line("C2")
    assert line is not None
    assert (line.title, line.since) == ("Comptabilité et factures", date(2026, 1, 31))


def test_the_faults_of_a_file_are_said_by_line() -> None:
    lines = ("A;A;20 ans;cloture;tri;un sur 2;x;", "B;B;vingt;x;x;;x;", "C")
    text = "\n".join(("code;libelle;duree;depart;sort;tri;fondement;racine", *lines))
    read, faults, _numbers = read_part(Part.RULES, text)
    assert len(read) == 1
    assert [(one.line, one.sentence.split()[0]) for one in faults] == [(4, "1"), (3, "«")]


def test_a_code_is_typed_corrected_later_and_rules_the_letter(house: House, kossi: Actor, archives: Actor) -> None:
    receipt = send(house, kossi, letter_pdf())
    with pytest.raises(Refused):
        decide(house, kossi, receipt.letter_id, file_code="Z9")
    decided = decide(house, kossi, receipt.letter_id, file_code="c2 · Comptabilité et factures", kind="facture")
    assert decided.file_code == "C2"
    filed = classify.file_letter(receipt.letter_id, "d1", store=house.store, actor=archives, clock=house.clock)
    assert filed.file_code == "D1"
    assert until(house, receipt.letter_id, archives) is None
    classify.record_event(
        "fin de permis",
        date(2030, 6, 1),
        letter_id=receipt.letter_id,
        store=house.store,
        actor=archives,
        clock=house.clock,
    )
    assert until(house, receipt.letter_id, archives) == date(2060, 6, 1)
    with pytest.raises(Conflict):
        classify.file_letter(receipt.letter_id, "D1", store=house.store, actor=archives, clock=house.clock)
    with pytest.raises(Forbidden):
        classify.file_letter(receipt.letter_id, "D2", store=house.store, actor=kossi, clock=house.clock)
    (event,) = classify.filing_of(filed, store=house.store, actor=archives, clock=house.clock).events
    with pytest.raises(NotFound):
        classify.withdraw_event("autre", store=house.store, actor=archives, clock=house.clock)
    classify.withdraw_event(event.id, store=house.store, actor=archives, clock=house.clock)
    assert until(house, receipt.letter_id, archives) is None


def test_a_dossiers_code_and_events_rule_its_letters(house: House, kossi: Actor, archives: Actor) -> None:
    receipt = send(house, kossi, letter_pdf())
    letter = decide(house, kossi, receipt.letter_id, letter_date=date(2026, 3, 2), kind="demande")
    opened = dossier.begin("", "Permis de Tsévié", "DAF", (), store=house.store, actor=kossi, clock=house.clock)
    dossier.put_in(opened.id, receipt.letter_id, store=house.store, actor=kossi, clock=house.clock)
    assert until(house, receipt.letter_id, archives) == floor_of(letter)
    classify.file_dossier(opened.id, "D1", store=house.store, actor=archives, clock=house.clock)
    assert until(house, receipt.letter_id, archives) is None
    classify.record_event(
        "fin de permis", date(2028, 2, 29), dossier_id=opened.id, store=house.store, actor=archives, clock=house.clock
    )
    assert until(house, receipt.letter_id, archives) == date(2058, 2, 28)


def test_programs_file_letters_and_dossiers_and_record_events(
    house: House, kossi: Actor, archives: Actor, client: httpx.Client
) -> None:
    letter_id = send(house, kossi, letter_pdf()).letter_id
    decide(house, kossi, letter_id, letter_date=date(2026, 3, 2), kind="demande")
    opened = dossier.begin("", "Permis de Tsévié", "DAF", (), store=house.store, actor=kossi, clock=house.clock)
    dossier.put_in(opened.id, letter_id, store=house.store, actor=kossi, clock=house.clock)
    mine, event = bearer(house, "archives"), {"name": "fin de permis", "on": "2028-02-29"}
    found = client.get("/api/v1/file-codes", params={"q": "titr min"}, headers=mine).json()
    assert [each["code"] for each in found["codes"]] == ["D1"]
    for subject in (f"letters/{letter_id}", f"dossiers/{opened.id}"):
        filed = client.put(f"/api/v1/{subject}/file-code", json={"code": "D1"}, headers=mine)
        assert filed.is_success
        assert until(house, letter_id, archives) is None
        refused = client.post(f"/api/v1/{subject}/events", json=event, headers=bearer(house, "kossi"))
        assert refused.status_code == 403
        made = client.post(f"/api/v1/{subject}/events", json=event, headers=mine)
        assert (made.status_code, made.json()["recorded_by"]) == (201, archives.name)
        assert until(house, letter_id, archives) == date(2058, 2, 28)
        gone = client.delete(f"/api/v1/events/{made.json()['id']}", headers=mine)
        assert gone.status_code == 204
        assert until(house, letter_id, archives) is None


def test_a_code_is_found_by_its_beginning_or_by_words_of_its_title(house: House, kossi: Actor) -> None:
    def codes(text: str) -> list[str]:
        found = classify.codes_like(text, store=house.store, actor=kossi, clock=house.clock)
        return [each.code for each in found]

    assert codes("d1") == ["D1"]
    assert codes("titr min") == ["D1"]
    assert codes("marches") == ["C3"]
    assert codes("") == []


def test_the_pages_of_the_archivist(
    house: House, kossi: Actor, archives: Actor, chief: Actor, client: httpx.Client
) -> None:
    send(house, kossi, letter_pdf())
    session = signed_in(house, "archives")
    plan = client.get("/plan-de-classement", headers=session)
    assert "Titres miniers" in plan.text
    table = client.get("/tableau-de-gestion/fichier.csv", headers=session)
    assert table.content.decode("utf-8-sig").startswith("code;libelle;duree")
    policy = client.get("/politique-archivage.pdf", headers=session)
    printed = " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(policy.content))
    assert "PDF, TIF, " in printed
    assert "application/" not in printed
    printed = " ".join(printed.split())
    assert "La durée des sauvegardes n'est pas déclarée" in printed
    assert "Un audit rapide contrôle l'intégrité à 24 heures d'intervalle." in printed
    assert "Un audit complet la contrôle à 7 jours d'intervalle." in printed
    made = drafted(
        house, archives, lambda schedule: replace(schedule, plan=(*schedule.plan, PlanLine("H", "Hydrogène")))
    )
    for address in (f"/referentiel/{made}", "/referentiel", f"/plan-de-classement/modifier?version={made}"):
        shown = client.get(address, headers=session)
        assert shown.status_code == 200, address
    assert "Hydrogène" in shown.text
    for half in ("plan-de-classement", "tableau-de-gestion"):
        led = client.get(f"/{half}/modifier", headers=session, follow_redirects=False)
        assert (led.status_code, led.headers["location"]) == (303, "/referentiel"), "the versions, to choose one"


def test_a_draft_is_discarded_what_is_submitted_or_in_force_is_not(
    house: House, archives: Actor, chief: Actor, client: httpx.Client
) -> None:
    change = lambda schedule: replace(schedule, plan=(*schedule.plan, PlanLine("H", "Hydrogène")))  # noqa: E731
    made = drafted(house, archives, change)
    session = signed_in(house, "archives")
    page = client.get(f"/referentiel/{made}", headers=session)
    assert f'action="/referentiel/{made}/abandonner"' in page.text
    own: dict[str, Any] = {"store": house.store, "clock": house.clock}
    with pytest.raises(Forbidden):
        records_schedule.discard(made, revision=2, actor=chief, **own)
    with pytest.raises(Conflict):
        records_schedule.discard(made, revision=1, actor=archives, **own)
    records_schedule.submit(made, revision=2, actor=archives, **own)
    with pytest.raises(Conflict):
        records_schedule.discard(made, revision=3, actor=archives, **own)
    records_schedule.send_back(made, "Non", actor=chief, **own)
    records_schedule.discard(made, revision=4, actor=archives, **own)
    with pytest.raises(NotFound):
        records_schedule.version_file(made, actor=archives, **own)
    (standing,) = records_schedule.versions(store=house.store, actor=archives)
    assert standing.in_force_on is not None
    assert records_schedule.version_file("", actor=archives, **own).schedule.line("H") is None
    with house.store.unit() as unit:
        (line,) = (each for each in unit.journal.about(made) if each.act is Act.SCHEDULE_DISCARDED)
    assert line.details["number"] == 2
    assert drafted(house, archives, change) != made
