"""*Recherche* finds pieces of dossiers by what they say, for who may read the dossier, whatever is killed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from html import unescape
from io import BytesIO
from typing import Any

import httpx

from api.config import Settings
from api.index_check import check_index
from api.wiring import House, open_house
from api.worker import drain_index
from ged.mail.access import Actor
from ged.mail.dossier import Dossier
from ged.mail.dossier_piece import Said
from ged.mail.folding import fold
from ged.mail.indexing import TRIES, Drift, entry_of_piece
from ged.services import dossier, dossier_pieces
from ged.services.sign_in import actor_of
from ged.store.changes import Changes
from integration.test_acknowledgement import signed_in
from integration.test_index_kills import DRAIN, REBUILD, Dying, When, killed
from integration.test_index_state import behind_the_back, letters_of
from rooms.disposals import disposed, over_piece
from rooms.letters import letter_pdf, read_all
from rooms.server import bearer
from search.document import document_of_piece
from search.find import find, find_pieces
from search.outbox import drain
from search.port import Query
from search.rebuild import rebuild
from search.suggest import beginnings

Who = Callable[[str], Actor]
PDF = "application/pdf"


def by(house: House, login: str) -> dict[str, Any]:
    return {
        "store": house.store,
        "actor": actor_of(login, store=house.store, clock=house.clock),
        "clock": house.clock,
    }


def begun(house: House, title: str = "Carrière de Tsévié") -> Dossier:
    return dossier.begin("", title, "DAF", (), **by(house, "daf"))


def bring(house: House, case: Dossier, body: str, name: str = "plan.pdf") -> str:
    stored = house.vault.put(BytesIO(letter_pdf(body=body)), media_type=PDF, tenant_id="MME")
    return dossier_pieces.bring(case.id, dossier_pieces.Brought(stored, PDF, name), **by(house, "daf")).id


def told(house: House, case: Dossier, piece_id: str, title: str) -> None:
    """Give a piece another title."""
    file = dossier_pieces.piece_file(case.id, piece_id, store=house.store, actor=by(house, "daf")["actor"])
    said = Said(title=title, part="", kind="", metadata={})
    dossier_pieces.describe(case.id, piece_id, said, revision=file.piece.revision, **by(house, "daf"))


def found(house: House, login: str, words: str) -> list[str]:
    """Return the pieces that somebody finds; whether the index counts as many is looked at as well."""
    actor = by(house, login)["actor"]
    answer = find_pieces(Query(words), index=house.index, store=house.store, actor=actor)
    written = find_pieces(Query(words), index=house.index, store=house.store, actor=actor, as_written=True)
    assert answer.total == len(answer.found)
    assert [one.row.piece.id for one in written.found] == [one.row.piece.id for one in answer.found]
    return [one.row.piece.id for one in answer.found]


def read_and_indexed(house: House) -> None:
    read_all(house)
    drain_index(house)


def test_a_piece_is_found_by_a_word_of_its_text_and_the_page_leads_to_it(house: House, client: httpx.Client) -> None:
    case = begun(house)
    piece = bring(house, case, "La parcelle de Zogbédji est bornée par un rocher.")
    drain_index(house)
    assert found(house, "daf", "plan") == [piece], "by its title before it is read"
    assert found(house, "daf", "rocher") == []
    read_and_indexed(house)
    me = signed_in(house, "daf")
    address = f"/dossiers/{case.id}/pieces/{piece}"
    for page in ("/recherche?q=rocher", "/recherche/pieces?q=rocher", "/recherche/pieces?q=roche"):
        shown = unescape(client.get(page, headers=me).text)
        assert f'href="{address}"' in shown, page
        assert "Pièce de dossier" in shown, page
        assert f"{case.code} · " in shown, page
    assert "<mark>rocher" in shown
    assert client.get(address, headers=me).status_code == httpx.codes.OK
    first = unescape(client.get("/recherche?q=rocher", headers=me).text)
    assert "1 pièce de dossier trouvée" in first
    assert "0 courrier" in first, "letters are counted without it"
    assert "Aucune pièce ne correspond" in unescape(client.get("/recherche/pieces?q=barrage", headers=me).text)
    assert "Vouliez-vous dire" in unescape(client.get("/recherche/pieces?q=rochet", headers=me).text)
    answer = client.get("/api/v1/search/pieces?q=rocher", headers=bearer(house, "daf")).json()
    assert answer["total"] == 1
    (one,) = answer["found"]
    assert (one["id"], one["dossier"], one["code"], one["page"]) == (piece, case.id, case.code, 1)
    assert any(lit and "rocher" in text for text, lit in one["passage"])
    assert client.get("/api/v1/search?q=rocher", headers=bearer(house, "daf")).json()["total"] == 0


def test_a_message_dropped_in_a_dossier_is_found_by_what_hangs_on_it_and_leads_to_it(
    house: House, client: httpx.Client
) -> None:
    case, me = begun(house), signed_in(house, "daf")
    inner = EmailMessage(policy=SMTP)
    inner["From"], inner["To"], inner["Subject"] = "a@exemple.tg", "b@exemple.tg", "Transmission"
    inner.set_content("Ci-joint.")
    inner.add_attachment("Le relevé de Hahotoé".encode(), maintype="text", subtype="plain", filename="relevé.txt")
    outer = EmailMessage(policy=SMTP)
    outer["From"], outer["To"], outer["Subject"] = "b@exemple.tg", "c@exemple.tg", "Plan demandé"
    outer.set_content("Voici le plan de Bangéli.")
    outer.add_attachment(
        letter_pdf(body="La borne de Zogbédji."), maintype="application", subtype="pdf", filename="borne.pdf"
    )
    outer.add_attachment(inner)
    page = client.get(f"/dossiers/{case.id}", headers=me).text
    csrf = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    dropped = [("fichiers", ("demande.eml", outer.as_bytes(), "message/rfc822"))]
    sent = client.post(f"/dossiers/{case.id}/pieces", headers=me, data={"csrf_token": csrf}, files=dropped)
    assert sent.status_code == httpx.codes.SEE_OTHER
    read_and_indexed(house)
    with house.store.unit() as unit:
        (piece,) = unit.dossier_pieces.of(case.id)
        pages = unit.version_texts.of_pieces([piece.id])[piece.id]
    assert piece.title == "demande"
    for word in ("Bangéli", "Zogbédji", "Hahotoé"):
        assert found(house, "daf", word) == [piece.id], word
        shown = unescape(client.get(f"/recherche/pieces?q={word}", headers=me).text)
        assert f'href="/dossiers/{case.id}/pieces/{piece.id}"' in shown, "the file that was found leads to the message"
        assert f"{case.code} · " in shown, "and to its dossier"
    where = {word: next(n for n, one in enumerate(pages) if word in one.text) for word in ("Bangéli", "Ci-joint")}
    assert "borne.pdf" in pages[where["Bangéli"]].text, "the message names what hangs on it"
    assert "relevé.txt" in pages[where["Ci-joint"]].text, "and so does the one inside it"


def test_many_pieces_come_page_by_page_each_once(house: House) -> None:
    case = begun(house)
    pieces = {bring(house, case, f"Feuille {n}", f"rocher {n}.pdf") for n in range(7)}
    drain_index(house)
    actor, seen, after = by(house, "daf")["actor"], list[str](), None
    while True:
        query = Query("rocher", limit=3, after=after)
        answer = find_pieces(query, index=house.index, store=house.store, actor=actor)
        assert answer.total == 7
        seen += [one.row.piece.id for one in answer.found]
        after = answer.following
        if after is None:
            break
    assert (len(seen), set(seen)) == (7, pieces)


def test_who_may_not_open_the_dossier_finds_counts_and_is_suggested_nothing(
    house: House, client: httpx.Client, who: Who
) -> None:
    case = begun(house)
    piece = bring(house, case, "La parcelle de Zogbédji est bornée par un rocher.")
    read_and_indexed(house)
    for login in ("daf", "sg", "audit", "archives", "kossi"):
        assert found(house, login, "rocher") == [piece], login
    for login in ("drh", "mines", "ceet", "ceetdg"):
        assert found(house, login, "rocher") == [], login
        assert found(house, login, "") == [], login
    letters = find(Query("rocher", counted=True), index=house.index, store=house.store, actor=who("daf"))
    assert (letters.total, letters.found, letters.respelt) == (0, (), None)
    assert not any(letters.facets["year"].values())
    for login, words in (("daf", ("zogbedji",)), ("drh", ()), ("mines", ())):
        begun_so = beginnings("zogb", index=house.index, store=house.store, actor=who(login))
        assert tuple(fold(word) for word in begun_so.words) == words, login
        assert [one.piece.id for one in begun_so.pieces] == [piece for _ in words], login
    shown = client.get("/recherche?q=rocher", headers=signed_in(house, "drh")).text
    assert piece not in shown
    assert case.code not in shown
    assert "<mark>" not in client.get("/recherche/pieces?q=rocher", headers=signed_in(house, "drh")).text
    assert client.get("/api/v1/search/pieces?q=rocher", headers=bearer(house, "drh")).json()["total"] == 0
    assert client.get("/recherche/pieces?q=rocher", headers=signed_in(house, "admin")).status_code == 403


def test_other_units_a_withdrawal_a_new_version_and_a_code_are_followed(house: House, who: Who) -> None:
    case = begun(house)
    piece = bring(house, case, "La parcelle de Zogbédji.")
    read_and_indexed(house)

    def shared(*units: str, code: str = "", title: str = "Carrière de Tsévié") -> None:
        revision = dossier.dossier_file(case.id, store=house.store, actor=who("daf")).dossier.revision
        dossier.correct(case.id, code, title, units, (), revision=revision, **by(house, "daf"))

    shared("DRH")
    drain_index(house)
    assert found(house, "drh", "zogbedji") == [piece]
    shared(title="Bornage de Kara")
    assert find_pieces(Query("zogbedji"), index=house.index, store=house.store, actor=who("drh")).found == (), "at once"
    drain_index(house)
    assert found(house, "drh", "zogbedji") == []
    assert found(house, "daf", "bornage kara") == [piece]
    dossier_pieces.withdraw(case.id, piece, "En double", **by(house, "daf"))
    assert find_pieces(Query("zogbedji"), index=house.index, store=house.store, actor=who("daf")).found == (), "at once"
    drain_index(house)
    assert found(house, "daf", "zogbedji") == []
    assert check_index(house).drift == Drift(letters=1)
    dossier_pieces.take_back(case.id, piece, **by(house, "daf"))
    drain_index(house)
    assert found(house, "daf", "zogbedji") == [piece]
    told(house, case, piece, "Croquis de Dapaong")
    drain_index(house)
    assert found(house, "daf", "objet:dapaong") == [piece]
    stored = house.vault.put(BytesIO(letter_pdf(body="La parcelle de Hahotoé.")), media_type=PDF, tenant_id="MME")
    file = dossier_pieces.Brought(stored, PDF, "v2.pdf")
    dossier_pieces.bring_version(case.id, piece, file, made_from=1, **by(house, "daf"))
    drain_index(house)
    assert found(house, "daf", "zogbedji") == [], "what the last version said is found no more"
    read_and_indexed(house)
    assert found(house, "daf", "hahotoe") == [piece]


def test_a_piece_that_is_destroyed_is_found_by_nobody_and_is_no_drift(house: House, who: Who) -> None:
    _, piece = over_piece(house, who, "Zwiggurat", letter_pdf(body="La parcelle de Zogbédji."), read=False)
    read_and_indexed(house)
    assert found(house, "daf", "zogbedji") == [piece]
    disposed(house, who)
    drain_index(house)
    for words in ("zogbedji", "zwiggurat", ""):
        assert found(house, "daf", words) == [], words
    assert check_index(house).drift == Drift(letters=1)
    rebuild(Changes(house.store), house.index, house.clock)
    assert found(house, "daf", "zwiggurat") == []
    assert check_index(house).drift == Drift(letters=1)


def test_each_sort_of_drift_of_pieces_is_found_and_put_right(any_house: House) -> None:
    house = any_house
    case = begun(house)
    missing, stale, ahead, waiting = (bring(house, case, "Plan", f"rocher {n}.pdf") for n in range(4))
    letters_of(house, 2)
    told(house, case, waiting, "Attend d'être indexé")
    house.index.remove([entry_of_piece(missing)])
    behind_the_back(house, "UPDATE dossier_piece SET entry_revision = entry_revision + 1 WHERE id = %s", stale)
    with house.store.unit() as unit:
        known = unit.dossier_pieces.indexed([ahead])[ahead]
    stranger = replace(known, piece=replace(known.piece, id="orpheline"))
    house.index.put([document_of_piece(replace(known, revision=99), []), document_of_piece(stranger, [])])
    drift = Drift(letters=6, missing=1, stale=1, ahead=1, orphans=1)
    assert check_index(house, repair=False).drift == drift
    assert check_index(house).drift == drift
    drain_index(house)
    assert check_index(house).drift == Drift(letters=6)
    assert set(found(house, "daf", "rocher")) == {missing, stale, ahead, waiting}
    assert rebuild(Changes(house.store), house.index, house.clock) == 6
    assert check_index(house).drift == Drift(letters=6)
    assert set(found(house, "daf", "rocher")) == {missing, stale, ahead, waiting}


def test_a_piece_that_the_engine_refuses_is_set_aside_and_tried_again(house: House, client: httpx.Client) -> None:
    case = begun(house)
    piece = bring(house, case, "Plan", "rocher.pdf")
    entry = entry_of_piece(piece)
    with house.store.unit() as unit:
        for _ in range(TRIES):
            unit.index_state.refused({entry: "illegal_argument_exception"}, house.clock())
        unit.commit()
    with house.store.unit() as unit:
        (aside,) = unit.index_state.set_aside()
    assert (aside.entry, aside.number) == (entry, case.code)
    assert case.code in unescape(client.get("/etat", headers=signed_in(house, "admin")).text)
    with house.store.unit() as unit:
        assert unit.index_state.set_aside({"AUTRE"}) == ()
        assert unit.index_state.try_again({"AUTRE"}, house.clock()) == 0
        assert unit.index_state.try_again({"MME"}, house.clock()) == 1
        unit.commit()
    drain_index(house)
    with house.store.unit() as unit:
        assert unit.index_state.count_set_aside() == 0
    assert found(house, "daf", "rocher") == [piece]


def test_a_drain_killed_at_any_step_leaves_the_index_equal_to_the_pieces(any_settings: Settings) -> None:
    with open_house(any_settings) as house:
        case = begun(house)
        piece = bring(house, case, "Plan", "premier.pdf")
        drain_index(house)
    for count, step in enumerate(DRAIN, 2):
        with open_house(any_settings) as house:
            told(house, case, piece, f"rocher{count}")
            bring(house, case, f"Plan {count}", f"feuille{count}.pdf")

        def act(step: tuple[str, When] = step) -> None:
            with open_house(any_settings) as house:
                changes: Any = Dying(Changes(house.store), step)
                index: Any = Dying(house.index, step)
                drain(changes, index, house.clock)

        killed(act)
        with open_house(any_settings) as house:
            assert check_index(house).drift.found == 0, step
            drain_index(house)
            assert check_index(house).drift == Drift(letters=count), step
            assert found(house, "daf", f"rocher{count}") == [piece], step
            assert len(found(house, "daf", f"feuille{count}")) == 1, step


def test_a_rebuild_killed_at_any_step_leaves_the_index_equal_to_the_pieces(any_settings: Settings) -> None:
    with open_house(any_settings) as house:
        case = begun(house)
        piece = bring(house, case, "Plan", "premier.pdf")
        drain_index(house)
    for count, step in enumerate(REBUILD, 2):

        def act(step: tuple[str, When] = step) -> None:
            with open_house(any_settings) as house:
                changes: Any = Dying(Changes(house.store), step if step[0] == "count" else ("", "before"))
                index: Any = Dying(house.index, step)
                rebuild(changes, index, house.clock)

        killed(act)
        with open_house(any_settings) as house:
            told(house, case, piece, f"rocher{count}")
            bring(house, case, f"Plan {count}", f"feuille{count}.pdf")
            drain_index(house)
            assert check_index(house).drift == Drift(letters=count), step
            assert rebuild(Changes(house.store), house.index, house.clock) == count
            assert check_index(house).drift == Drift(letters=count), step
            assert found(house, "daf", f"rocher{count}") == [piece], step
