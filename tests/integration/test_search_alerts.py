"""Kept searches that alert: once a letter or a piece, what one may read then, and nothing of what one may not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import unescape
from uuid import uuid4

import httpx
import pytest

from api.wiring import House
from api.worker import drain_index, look_for_alerts
from ged.errors import NotFound
from ged.mail.access import Actor
from ged.mail.item import Confidentiality
from ged.mail.notice import ALERT, PIECE_ALERT
from ged.mail.saved_search import MOST_RECENT, PLACE
from ged.services import dossier, dossier_pieces, notices, saved_searches, saved_views
from integration.test_acknowledgement import signed_in
from integration.test_search_pieces import begun, bring, by
from integration.test_search_pieces import told as describe
from rooms.letters import decide, letter_pdf, read_all, send
from search.elastic import Cluster, ElasticIndex

Who = Callable[[str], Actor]


@pytest.fixture(params=["tantivy", "elasticsearch"])
def sought(request: pytest.FixtureRequest, house: House) -> House:
    """The house over each engine."""
    if request.param == "tantivy":
        return house
    url = request.getfixturevalue("elasticsearch_url")
    return replace(house, index=ElasticIndex(Cluster((url,), prefix=f"alerte{uuid4().hex[:10]}")))


def keep(house: House, actor: Actor, query: str, name: str = "Gravier") -> str:
    view = saved_views.save(name, PLACE, query, store=house.store, actor=actor, clock=house.clock)
    saved_searches.set_alert(view.id, alert=True, store=house.store, actor=actor, clock=house.clock)
    return view.id


def told(house: House, actor: Actor) -> list[tuple[str, str]]:
    """What the alerts told somebody: (number, subject)."""
    drain_index(house)
    look_for_alerts(house)
    rows = notices.mine(store=house.store, actor=actor)
    return sorted((row.number, row.subject) for row in rows if row.kind in {ALERT, PIECE_ALERT})


def test_a_new_letter_is_told_once_to_whoever_may_read_it(sought: House, kossi: Actor, who: Who) -> None:
    head = who("daf")
    before = send(sought, kossi, letter_pdf(reference="1/2026"))
    decide(sought, kossi, before.letter_id, service_id="DAF", subject="Gravier d'hier")
    view_id = keep(sought, head, "q=gravier+service%3Adaf")
    keep(sought, who("dircab"), "q=gravier+service%3Acab", "Du cabinet")
    letter = send(sought, kossi, letter_pdf(reference="2/2026"))
    assert told(sought, head) == [], "nobody gave it to the department yet, and what was there before says nothing"
    decide(sought, kossi, letter.letter_id, service_id="DAF", subject="Gravier d'aujourd'hui")
    assert told(sought, head) == [(letter.number, "Gravier d'aujourd'hui")]
    with sought.store.unit() as unit:
        unit.outbox.add(letter.letter_id, sought.clock())
        unit.commit()
    assert len(told(sought, head)) == 1, "seen again, it is told no more"
    assert told(sought, who("dircab")) == []
    saved_searches.set_alert(view_id, alert=False, store=sought.store, actor=head, clock=sought.clock)
    other = send(sought, kossi, letter_pdf(reference="3/2026"))
    decide(sought, kossi, other.letter_id, service_id="DAF", subject="Encore du gravier")
    assert len(told(sought, head)) == 1


def test_a_letter_closed_before_the_alert_looks_is_not_told_and_one_closed_after_tells_no_more(
    sought: House, kossi: Actor, who: Who
) -> None:
    officer = who("daf")
    keep(sought, officer, "q=gravier")
    first = send(sought, kossi, letter_pdf(reference="1/2026"))
    decide(sought, kossi, first.letter_id, service_id="DAF", subject="Gravier ouvert")
    second = send(sought, kossi, letter_pdf(reference="2/2026"))
    decide(sought, kossi, second.letter_id, service_id="DAF", subject="Gravier fermé")
    drain_index(sought)
    close(sought, second.letter_id)  # the index does not know yet
    look_for_alerts(sought)
    assert told(sought, officer) == [(first.number, "Gravier ouvert")]
    close(sought, first.letter_id)
    assert told(sought, officer) == [("", "")]


def close(house: House, letter_id: str) -> None:
    with house.store.unit() as unit:
        letter = unit.letters.get(letter_id, None)
        unit.letters.change(letter, confidentiality=Confidentiality.SECRET)
        unit.outbox.add(letter_id, house.clock())
        unit.commit()


def test_a_new_piece_is_told_once_to_whoever_may_open_its_dossier(
    sought: House, client: httpx.Client, who: Who
) -> None:
    case = begun(sought)
    before = bring(sought, case, "Plan", "gravier d'hier.pdf")
    drain_index(sought)
    officer, other = who("daf"), who("drh")
    keep(sought, officer, "q=gravier")
    keep(sought, other, "q=gravier")
    describe(sought, case, before, "Gravier d'hier, corrigé")
    assert told(sought, officer) == [], "what was there before says nothing, even when it changes"
    piece = bring(sought, case, "Le gravier de Tsévié", "gravier.pdf")
    assert told(sought, officer) == [(case.code, "gravier")]
    read_all(sought)
    assert told(sought, officer) == [(case.code, "gravier")], "read, it is told no more"
    assert told(sought, other) == []
    (notice,) = notices.mine(store=sought.store, actor=officer)
    address = f"/dossiers/{case.id}/pieces/{piece}"
    assert (notice.address, notice.confidentiality) == (address, None)
    me = signed_in(sought, "daf")
    shown = unescape(client.get("/avis", headers=me).text)
    assert "Une pièce de dossier répond à votre recherche « Gravier »" in shown
    assert case.code in shown
    assert client.get(f"/avis/{notice.notice.id}", headers=me).headers["location"] == address
    revision = dossier.dossier_file(case.id, store=sought.store, actor=officer).dossier.revision
    dossier.correct(case.id, "", "Carrière", ("DRH",), (), revision=revision, **by(sought, "daf"))
    assert told(sought, other) == [(case.code, "gravier")], "opened to another unit, it is new there"
    revision = dossier.dossier_file(case.id, store=sought.store, actor=officer).dossier.revision
    dossier.correct(case.id, "", "Carrière", (), (), revision=revision, **by(sought, "daf"))
    assert told(sought, other) == [("", "")], "closed again, not even its title is shown"


def test_an_alert_is_read_once_its_piece_was_opened_by_whom_it_told(
    house: House, client: httpx.Client, who: Who
) -> None:
    case = begun(house)
    people = {name: (who(name), signed_in(house, name)) for name in ("daf", "drh")}
    dossier.correct(case.id, "", "Carrière", ("DRH",), (), revision=case.revision, **by(house, "daf"))
    for actor, _ in people.values():
        keep(house, actor, "q=gravier")
    address = f"/dossiers/{case.id}/pieces/{bring(house, case, 'Plan', 'gravier.pdf')}"
    other = f"/dossiers/{case.id}/pieces/{bring(house, case, 'Plan', 'gravier, suite.pdf')}"
    drain_index(house)
    look_for_alerts(house)

    def unread(name: str) -> list[str]:
        rows = notices.mine(store=house.store, actor=people[name][0])
        return sorted(row.address for row in rows if row.notice.read_at is None)

    assert unread("daf") == sorted([address, other])
    assert client.get(address, headers=people["daf"][1]).status_code == 200
    assert (unread("daf"), unread("drh")) == ([other], sorted([address, other]))


def test_a_piece_closed_or_withdrawn_before_the_alert_looks_is_not_told(sought: House, who: Who) -> None:
    case = begun(sought)
    officer = who("daf")
    keep(sought, officer, "q=gravier")
    piece = bring(sought, case, "Plan", "gravier.pdf")
    drain_index(sought)
    dossier_pieces.withdraw(case.id, piece, "En double", **by(sought, "daf"))  # the index does not know yet
    look_for_alerts(sought)
    assert told(sought, officer) == []


def test_nothing_is_queued_while_nobody_has_an_alert(house: House, kossi: Actor) -> None:
    send(house, kossi, letter_pdf())
    drain_index(house)
    assert look_for_alerts(house) == 0


def test_last_searches_are_ones_own_and_bounded(house: House, kossi: Actor, who: Who, client: httpx.Client) -> None:
    me = signed_in(house, "kossi")
    for words in ("gravier", "sable", "gravier"):
        assert client.get("/recherche", params={"q": words}, headers=me).status_code == httpx.codes.OK
    assert saved_searches.recent(9, store=house.store, actor=kossi) == ("gravier", "sable")
    assert saved_searches.recent(9, store=house.store, actor=who("daf")) == ()
    for number in range(MOST_RECENT + 5):
        saved_searches.remember(f"mot {number}", store=house.store, actor=kossi, clock=house.clock)
    assert len(saved_searches.recent(99, store=house.store, actor=kossi)) == MOST_RECENT
    saved_searches.forget(store=house.store, actor=kossi)
    assert saved_searches.recent(9, store=house.store, actor=kossi) == ()


def test_an_alert_is_set_by_its_owner_alone_and_on_a_search_alone(house: House, kossi: Actor, who: Who) -> None:
    view = saved_views.save("À moi", PLACE, "q=gravier", store=house.store, actor=kossi, clock=house.clock)
    basket = saved_views.save("Liste", "a-qualifier", "", store=house.store, actor=kossi, clock=house.clock)
    for view_id, actor in ((view.id, who("daf")), (basket.id, kossi), ("inconnue", kossi)):
        with pytest.raises(NotFound):
            saved_searches.set_alert(view_id, alert=True, store=house.store, actor=actor, clock=house.clock)
    saved_searches.set_alert(view.id, alert=True, store=house.store, actor=kossi, clock=house.clock)
    saved_views.drop(view.id, store=house.store, actor=kossi)
    assert saved_searches.alerting(store=house.store, actor=kossi) == frozenset()
