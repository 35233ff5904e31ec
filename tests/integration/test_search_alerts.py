"""Kept searches that alert: once a letter, what one may read at that moment, and nothing of what one may not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import httpx
import pytest

from api.wiring import House
from api.worker import drain_index, look_for_alerts
from ged.errors import NotFound
from ged.mail.access import Actor
from ged.mail.item import Confidentiality
from ged.mail.saved_search import MOST_RECENT, PLACE
from ged.services import notices, saved_searches, saved_views
from integration.test_acknowledgement import signed_in
from rooms.letters import decide, letter_pdf, send
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
    return sorted((row.number, row.subject) for row in rows if row.kind.code == "alerte_recherche")


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
