"""What people decide is learned by night: served when it is better, kept when not, put back by an administrator."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from api.wiring import House
from api.worker import drain_index
from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.item import Confidentiality, Reading
from ged.mail.journal import Act
from ged.mail.learning import TAUGHT, ModelState
from ged.mail.qualification import Field
from ged.mail.reading_quality import Tally, by_month
from ged.services.correct_text import correct_text, page_text
from ged.services.models import cards, put_to_serve, serve_words
from ged.services.reading_quality import reading_quality
from ingest.models.nightly import train_models
from ingest.models.served import ServedModels
from ingest.stages.classify import classify
from integration.test_acknowledgement import signed_in
from rooms.learning import CODES, TOPICS, decisions, letter_about, propose, read_letter
from rooms.letters import decide
from rooms.values import a_page
from search.find import find
from search.port import Query

Who = Callable[[str], Actor]


def proposed(house: House, text: str, tenant_id: str = "MME") -> dict[Field, str]:
    models = ServedModels(house.store, house.vault).of(tenant_id)
    return {one.field: one.value for one in classify([a_page(text)], models)}


def test_decisions_teach_by_night_and_a_worse_model_never_serves(house: House, kossi: Actor, who: Who) -> None:
    given: dict[str, Any] = {"store": house.store, "clock": house.clock}
    decisions(house, kossi, 30, seed=1)
    assert train_models(house.store, house.vault, house.clock) == ()
    decisions(house, kossi, 60, seed=2)
    decisions(house, kossi, 9, seed=3, confidentiality=Confidentiality.RESTRICTED, service_id="CAB")
    first = train_models(house.store, house.vault, house.clock)
    assert {(card.field, card.tenant_id, card.state) for card in first} == {
        (field, "MME", ModelState.SERVING) for field in TAUGHT
    }
    assert {card.letters for card in first} == {72}  # four fifths of ninety: the restricted ones teach nothing
    assert all(card.trial.right > card.trial.right_before for card in first)
    for topic in TOPICS:
        text = letter_about(topic, random.Random(7))
        decided = {Field.KIND: topic[0], Field.SERVICE: topic[1], Field.FILE_CODE: CODES[topic[0]]}
        assert proposed(house, text) == decided
        assert proposed(house, text, "CEET") == {}
    assert train_models(house.store, house.vault, house.clock) == ()  # nothing new was decided

    decisions(house, kossi, 24, seed=4, service_id="DAJ")  # a careless afternoon
    second = train_models(house.store, house.vault, house.clock)
    assert {card.state for card in second} == {ModelState.REJECTED}
    assert {card.replaces for card in second} == {card.id for card in first}

    admin, ceet = who("admin"), who("ceet")
    worse = next(card for card in second if card.field is Field.SERVICE)
    with pytest.raises(Forbidden):
        put_to_serve(worse.id, actor=who("lawson"), **given)
    with pytest.raises(Forbidden):
        cards(store=house.store, actor=kossi)
    put_to_serve(worse.id, actor=admin, **given)
    with pytest.raises(Conflict):
        put_to_serve(worse.id, actor=admin, **given)
    before = next(card for card in first if card.field is Field.SERVICE)
    states = {card.id: card.state for card in cards(store=house.store, actor=who("lawson"))}
    assert (states[worse.id], states[before.id]) == (ModelState.SERVING, ModelState.KEPT)
    put_to_serve(before.id, actor=admin, **given)
    serve_words(Field.KIND, actor=admin, **given)
    assert set(proposed(house, letter_about(("stage", "DRH"), random.Random(8)))) == {Field.SERVICE, Field.FILE_CODE}
    with house.store.unit() as unit:
        assert [line.act for line in unit.journal.about(before.id)] == [Act.MODEL_SERVES, Act.MODEL_SERVES]
        with pytest.raises(NotFound):
            unit.learning.card(before.id, ceet.post.tenant_id)


def test_reading_quality_counts_the_first_decision_beside_what_was_proposed_then(
    house: House, kossi: Actor, who: Who, client: httpx.Client
) -> None:
    letters = [read_letter(house, kossi, "Objet : facture", f"quality-{n}") for n in range(5)]
    for letter_id in letters[:3]:
        propose(house, letter_id, {Field.SUBJECT: "Demande  d'autorisation d'exploitation", Field.KIND: "facture"})
    decide(house, kossi, letters[0])
    decide(house, kossi, letters[1], kind="facture")
    decide(house, kossi, letters[2], confidentiality=Confidentiality.RESTRICTED)
    with house.store.unit() as unit:  # one that could not be read counts against the machine
        unit.letters.change(unit.letters.get(letters[3], None, lock=True), reading=Reading.FAILED)
        unit.commit()
    for early in letters[3:]:  # and one that was not read yet does not count
        decide(house, kossi, early)
    propose(house, letters[4], {Field.SUBJECT: "lu plus tard", Field.KIND: "demande"})

    given: dict[str, Any] = {"store": house.store, "clock": house.clock}
    found = reading_quality("", actor=who("lawson"), **given)
    tally = {field: by_month(found.tallies, field, found.months)[-1] for field in Field}
    assert tally[Field.SUBJECT] == Tally(accepted=2, typed=1)
    assert tally[Field.KIND] == Tally(accepted=1, changed=1, typed=1)
    assert tally[Field.RECIPIENT] == Tally()  # nobody said one, nor did the machine
    invoices = reading_quality("facture", actor=who("admin"), **given).tallies
    assert [one.tally for one in invoices if one.field is Field.KIND] == [Tally(accepted=1)]
    with pytest.raises(Forbidden):
        reading_quality("", actor=kossi, **given)
    lines = client.get("/qualite.csv", headers=signed_in(house, "lawson")).text.splitlines()
    assert f"{found.months[-1]:%Y-%m};Objet;demande;1;0;1" in lines


def test_a_corrected_text_is_versioned_and_found_by_search(house: House, kossi: Actor, who: Who) -> None:
    letter_id = read_letter(house, kossi, "Objet : xqzvbnk de Vogan\nMonsieur le Ministre", "texte")
    given: dict[str, Any] = {"store": house.store, "clock": house.clock}

    def seen(words: str, actor: Actor = kossi) -> int:
        drain_index(house)
        return find(Query(text=words), index=house.index, store=house.store, actor=actor).total

    assert seen("transformateur") == 0
    text = "Objet : transformateur  de Vogan\nMonsieur le Ministre\nLomé"
    after = correct_text(letter_id, 1, text, 0, actor=kossi, **given)
    assert (after.version, after.read) == (1, "Objet : xqzvbnk de Vogan\nMonsieur le Ministre")
    assert after.page.text == "Objet : transformateur de Vogan\nMonsieur le Ministre\nLomé"
    with house.store.unit() as unit:
        (read,) = unit.pages.as_read(letter_id)
        assert [word.box for word in after.page.words[:4]] == [word.box for word in read.words[:4]]
        lines = [(line.act, line.details["page"]) for line in unit.journal.of(letter_id) if "page" in line.details]
    assert lines == [(Act.TEXT_CORRECTED, 1)]
    assert seen("transformateur") == 1
    assert seen("xqzvbnk") == 0
    with pytest.raises(Conflict):
        correct_text(letter_id, 1, "autre chose", 0, actor=kossi, **given)
    for refused in (after.page.text, "x" * 20_001):
        with pytest.raises(Refused):
            correct_text(letter_id, 1, refused, 1, actor=kossi, **given)
    with pytest.raises(NotFound):
        correct_text(letter_id, 2, "page deux", 0, actor=kossi, **given)
    decide(house, kossi, letter_id)
    with pytest.raises(NotFound):
        correct_text(letter_id, 1, "d'ailleurs", 1, actor=who("drh"), **given)
    correct_text(letter_id, 1, "Objet : poste", 1, actor=who("daf"), **given)  # whoever has it
    assert [one.name for one in page_text(letter_id, 1, actor=kossi, **given).versions] == [kossi.name, who("daf").name]
    assert (seen("transformateur"), seen("poste")) == (0, 1)
