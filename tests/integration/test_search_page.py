"""The search page reads and writes one language: what is ticked is what could have been typed."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import httpx

from api.wiring import House
from api.worker import drain_index
from ged.mail.access import Actor
from ged.services.correct_text import correct_text
from integration.test_acknowledgement import signed_in
from rooms.letters import decide, letter_pdf, read_all, send
from rooms.server import bearer
from rooms.values import a_page
from search.find import find
from search.light import Light
from search.port import Query


def test_a_file_code_is_typed_ticked_and_suggested_with_all_that_is_under_it(
    house: House, kossi: Actor, client: httpx.Client
) -> None:
    sent = {
        code: send(house, kossi, letter_pdf(subject=f"Gravier {code}", reference=f"{code}/2026"))
        for code in ("D1", "D2", "C2")
    }
    for code, one in sent.items():
        decide(house, kossi, one.letter_id, service_id="DAF", subject=f"Gravier {code}", file_code=code)
    read_all(house)
    drain_index(house)
    me = signed_in(house, "kossi")

    def page(address: str) -> str:
        answer = client.get(address, headers=me)
        assert answer.status_code == httpx.codes.OK, address
        return unescape(answer.text)

    def shown(address: str) -> list[str]:
        text = page(address)
        return [code for code, one in sent.items() if f"/courrier/{one.letter_id}?" in text]

    assert shown("/recherche?q=gravier cote:D") == ["D1", "D2"]
    assert shown("/recherche?q=cote:mines-et-carrieres") == ["D1", "D2"]
    assert shown("/recherche?q=gravier cote:c2") == ["C2"]
    branch = page("/recherche?q=gravier cote:D")
    assert re.search(r'value="D" checked> <span>D · Mines et carrières</span> <b>2</b>', branch)
    assert re.search(r'value="D1"> <span>D1 · Titres miniers</span> <b>1</b>', branch)
    ticked = client.get("/recherche?q=gravier&cote=D&cote=D1", headers=me).headers["location"]
    assert ticked == "/recherche?q=gravier+cote%3AD1"
    none = page("/recherche?q=introuvable cote:D2 nature:facture service:daf état:expédié")
    for value in ("D2", "facture", "DAF", "expedie"):
        assert re.search(rf'value="{value}" checked> <span>[^<]+</span> <b>0</b>', none), f"{value}: ticked, and none"

    def found(codes: str) -> set[str]:
        answer = client.get(f"/api/v1/search?q=gravier&{codes}", headers=bearer(house, "kossi")).json()
        return {one["letter"]["id"] for one in answer["found"]}

    assert found("code=D") == {sent["D1"].letter_id, sent["D2"].letter_id}
    assert found("code=d1&code=C2") == {sent["D1"].letter_id, sent["C2"].letter_id}
    assert found("code=Z9") == set()
    assert "« cote:Z9 » n'est pas dans le plan en vigueur" in page("/recherche?q=cote:Z9")

    assert "cote:D1" in page("/recherche/suggestions?q=cote:titres")
    assert "cote:D2" in page("/recherche/suggestions?q=gravier cote:d")
    assert "cote:D1" in page("/recherche/suggestions?q=titres")


def test_other_names_of_what_was_typed_are_lit_on_the_pages_as_in_the_hits(
    house: House, kossi: Actor, client: httpx.Client
) -> None:
    named = "Compagnie énergie électrique du Togo"
    one = send(house, kossi, letter_pdf(subject=f"Panne de la {named}", reference="5/2026"))
    read_all(house)
    drain_index(house)
    me = signed_in(house, "kossi")
    answer = find(Query("ceet panne"), index=house.index, store=house.store, actor=kossi)
    with house.store.unit() as unit:
        runs = answer.light.runs(unit.pages.of(one.letter_id))
    assert len(answer.found[0].passages) > 0
    shown = unescape(client.get(f"/courrier/{one.letter_id}?dans=recherche&q=ceet+panne", headers=me).text)
    assert f'id="trouve-{len(runs)}"' in shown
    assert f'id="trouve-{len(runs) + 1}"' not in shown
    assert len(runs) > len(Light("ceet panne").runs([a_page(f"Panne de la {named}")]))
    text = unescape(client.get(f"/courrier/{one.letter_id}/texte?dans=recherche&q=ceet", headers=me).text)
    assert f"<mark>{named}</mark>" in text


Lines = tuple[int, tuple[str, ...], tuple[int, ...]]
"""A page's number, its words, and the line of each."""


def test_lines_without_boxes_are_the_lines_of_the_page_as_read_and_as_corrected(house: House, kossi: Actor) -> None:
    one = send(house, kossi, letter_pdf(subject="Panne au quartier", reference="6/2026"))
    read_all(house)
    ids = [one.letter_id]

    def both() -> tuple[list[Lines], list[Lines]]:
        with house.store.unit() as unit:
            boxed, bare = unit.pages.of_letters(ids)[one.letter_id], unit.pages.texts_of(ids)[one.letter_id]
        return [(each.number, each.said, each.rows) for each in boxed], [
            (each.number, each.said, each.rows) for each in bare
        ]

    boxed, bare = both()
    assert boxed == bare
    correct_text(
        one.letter_id, 1, "Panne du\n\ntransformateur  public\ndu quartier d'Adidogomé", 0,
        store=house.store, actor=kossi, clock=house.clock,
    )  # fmt: skip
    boxed, bare = both()
    assert boxed == bare
    assert bare[0][1][:4] == ("Panne", "du", "transformateur", "public")


def test_words_of_any_letters_come_from_the_database_as_they_were_read(house: House, kossi: Actor) -> None:
    one = send(house, kossi, letter_pdf(subject="Panne", reference="7/2026"))
    for words in (
        ['a", "b', "c\\", '"', "\\u0041", "é\tà", "œ\x01", "ɖ", "l’eau,"],
        ["deux mots", "\u2028", "🙂", "un"],
        ["seul"],
        [],
    ):
        page = a_page("mot")
        read = replace(page, words=tuple(replace(page.words[0], text=each, line=n) for n, each in enumerate(words)))
        with house.store.unit() as unit:
            unit.pages.keep(one.letter_id, [read])
            (bare,) = unit.pages.texts_of([one.letter_id])[one.letter_id]
            (apart,) = unit.pages.words_of([one.letter_id])[one.letter_id]
        assert (bare.said, bare.rows) == (read.said, read.rows)
        assert apart.said == read.said


def test_what_is_ticked_is_written_and_what_is_written_is_ticked(
    house: House, kossi: Actor, client: httpx.Client
) -> None:
    bill = send(house, kossi, letter_pdf(subject="Facture de gravier", reference="77/2026/X"))
    plea = send(house, kossi, letter_pdf(subject="Plainte sur le gravier", reference="78/2026/X"))
    decide(house, kossi, bill.letter_id, service_id="DAF", kind="facture", subject="Facture de gravier")
    decide(house, kossi, plea.letter_id, service_id="DAF", kind="plainte", subject="Plainte sur le gravier")
    read_all(house)
    drain_index(house)
    me = signed_in(house, "kossi")

    def page(address: str) -> str:
        answer = client.get(address, headers=me)
        assert answer.status_code == httpx.codes.OK, address
        return unescape(answer.text)

    ticked = client.get("/recherche?q=gravier&nature=facture&service=DAF&du=01/01/2026&au=", headers=me)
    assert ticked.headers["location"] == "/recherche?q=gravier+nature%3Afacture+service%3Adaf+depuis%3A01%2F01%2F2026"
    shown = page(ticked.headers["location"])
    assert (bill.number in shown, plea.number in shown) == (True, False)
    assert 'value="facture" checked' in shown
    assert 'name="du" value="01/01/2026"' in shown

    assert plea.number in page("/recherche?q=objet:plainte depuis:cette-année")
    assert plea.number not in page("/recherche?q=gravier avant:2020")
    unread = client.get("/recherche?q=gravier&du=bientôt", headers=me).headers["location"]
    assert "« depuis:bientot » : cette date ne se lit pas" in page(unread)
    assert "« couleur: » n'est pas un champ" in page("/recherche?q=gravier couleur:rouge")

    assert "/recherche?q=objet%3AFacture+gravier" in page("/recherche?q=objet:factrue gravier")
    assert "Vouliez-vous dire" not in page("/recherche?q=factures de gravier")

    through = page(f"/courrier/{bill.letter_id}?dans=recherche&q=nature:facture")
    assert "1 sur 1" in through, "the way through the hits keeps to what was asked"


def test_a_search_that_finds_nothing_says_which_word_nothing_holds(
    house: House, kossi: Actor, client: httpx.Client
) -> None:
    for subject in ("Panne du transformateur de Bassar", "Panne de la pompe"):
        one = send(house, kossi, letter_pdf(subject=subject, reference=f"{len(subject)}/2026/X"))
        decide(house, kossi, one.letter_id, service_id="DAF", subject=subject)
    read_all(house)
    session = signed_in(house, "kossi")

    def shown(asked: str) -> str:
        return unescape(client.get("/recherche", params={"q": asked}, headers=session).text)

    page = shown("Bassar tungstène")
    assert "Aucun courrier ne correspond" in page
    assert ">Bassar</a>" in page
    assert "1 courrier, sans « tungstène »" in page
    assert ">tungstène</a>" not in page.partition("Aucun courrier ne correspond")[2].partition("Ce qu'on peut")[0]
    assert "2 courriers, sans « -panne »" in shown("panne -panne")
    assert "sans «" not in shown("transformateur Bassar")
    assert "sans «" not in shown("tungstène depuis:"), "what is left would be every letter"
