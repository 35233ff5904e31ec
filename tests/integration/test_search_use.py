"""What goes with a search keeps to the rights of the moment, on both engines: suggestions, exports, what is around."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import unescape
from typing import Any
from uuid import uuid4

import httpx
import pypdfium2
import pytest

from api.views.search_files import MOST_ROWS
from api.wiring import House
from api.worker import drain_index
from ged.mail.access import Actor
from ged.mail.item import Confidentiality
from ged.mail.journal import Act
from ged.mail.links import LinkKind
from ged.services import saved_searches
from ged.services.link import link
from integration.test_acknowledgement import signed_in
from integration.test_search_pieces import begun, bring
from rooms.letters import decide, letter_pdf, read_all, send
from search.around import around
from search.elastic import Cluster, ElasticIndex
from search.entries import LETTERS, PIECES
from search.find import find, gather
from search.port import Query, Sort
from search.suggest import beginnings, in_hand, numbered

Who = Callable[[str], Actor]


@pytest.fixture(params=["tantivy", "elasticsearch"])
def house(request: pytest.FixtureRequest, house: House) -> House:
    """The house over each engine; its server too."""
    if request.param == "tantivy":
        return house
    url = request.getfixturevalue("elasticsearch_url")
    return replace(house, index=ElasticIndex(Cluster((url,), prefix=f"usage{uuid4().hex[:10]}")))


@dataclass(frozen=True)
class Site:
    """What the pages of a house answer to the head of a department."""

    house: House
    client: httpx.Client
    headers: dict[str, str]

    def get(self, address: str, **cookies: str) -> httpx.Response:
        kept = [self.headers["Cookie"], *(f"{name}={value}" for name, value in cookies.items())]
        answer = self.client.get(address, headers={"Cookie": "; ".join(kept)})
        assert answer.status_code == httpx.codes.OK, address
        return answer

    def page(self, address: str, **cookies: str) -> str:
        return unescape(self.get(address, **cookies).text)


@pytest.fixture
def site(house: House, client: httpx.Client) -> Site:
    return Site(house, client, signed_in(house, "daf"))


def close(house: House, letter_id: str) -> None:
    """Close a letter to the department without telling the index: a change of rights holds before it knows."""
    with house.store.unit() as unit:
        unit.letters.change(unit.letters.get(letter_id, None), confidentiality=Confidentiality.SECRET)
        unit.commit()


def table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def test_a_change_of_rights_is_effective_at_once_in_all_that_a_search_shows(site: Site, kossi: Actor, who: Who) -> None:
    house, head = site.house, who("daf")
    kept = send(house, kossi, letter_pdf(subject="Pylône de Kara", reference="51/2026/X"))
    shut = send(house, kossi, letter_pdf(subject="Pylône de Dapaong", reference="52/2026/X"))
    read_all(house)
    decide(house, kossi, kept.letter_id, service_id="DAF", subject="Pylône de Kara", sender_reference="51/2026/X")
    decide(house, kossi, shut.letter_id, service_id="DAF", subject="Pylône de Dapaong", sender_reference="52/2026/X")
    link(kept.letter_id, shut.number, LinkKind.FOLLOWS, store=house.store, actor=kossi, clock=house.clock)
    drain_index(house)
    use: dict[str, Any] = {"index": house.index, "store": house.store, "actor": head}

    def shown() -> list[object]:
        answer = find(Query("pylone", counted=True), **use)
        exported = gather(LETTERS, Query("pylone"), MOST_ROWS, **use)
        return [
            (len(answer.found), answer.total, answer.facets["kind"].get("demande")),
            "Dapaong" in site.page("/recherche?q=pylone"),
            "Dapaong" in site.page("/recherche/suggestions?q=pylo"),
            "dapaong" in beginnings("dapa", **use).words,
            [one.letter.number for one in numbered("52/2026", **use).letters],
            (len(exported.rows), exported.total),
            len(table(site.page("/recherche.csv?q=pylone"))) - 1,
            [one.letter.number for one in around(kept.letter_id, **use).similar],
            "Dapaong" in site.page(f"/courrier/{kept.letter_id}/autour"),
        ]

    assert shown() == [(2, 2, 2), True, True, True, [shut.number], (2, 2), 2, [shut.number], True]
    close(house, shut.letter_id)  # the index does not know yet: its counts follow, and nothing else of it is shown
    late = shown()
    assert late[1:5] == [False, False, False, []]
    assert late[5:] == [(1, 1), 1, [], False]
    with house.store.unit() as unit:
        unit.outbox.add(shut.letter_id, house.clock())
        unit.commit()
    drain_index(house)
    assert shown() == [(1, 1, 1), False, False, False, [], (1, 1), 1, [], False]


def test_a_search_is_exported_in_its_order_and_leaves_its_line(site: Site, kossi: Actor, who: Who) -> None:
    house, subjects = site.house, ("=Gravier un", "Gravier deux", "Gravier trois")
    for number, subject in enumerate(subjects):
        letter = send(house, kossi, letter_pdf(reference=f"{number}/2026"))
        decide(house, kossi, letter.letter_id, service_id="DAF", subject=subject)
    drain_index(house)
    asked = "/recherche.csv?q=gravier nature:demande&tri=date"
    answer = site.get(asked)
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = table(answer.text)
    assert rows[0][:3] == ["Numéro", "Numéros de service", "Sens"]
    assert [row[6] for row in rows[1:]] == ["Gravier trois", "Gravier deux", "'=Gravier un"]
    printed = site.get("/recherche.pdf?q=gravier")
    assert printed.content.startswith(b"%PDF-")
    with house.store.unit() as unit:
        acts = [(entry.act, entry.details) for entry in unit.journal.about("recherche")]
    assert [(act, details["lines"]) for act, details in acts] == [(Act.LIST_EXPORTED, 3), (Act.LIST_PRINTED, 3)]
    few = gather(LETTERS, Query("gravier", sort=Sort.NEWEST), 2, index=house.index, store=house.store, actor=who("daf"))
    assert ([row.letter.subject for row in few.rows], few.total) == (["Gravier trois", "Gravier deux"], 3)
    refused = site.client.get("/recherche.csv?q=gravier", headers=signed_in(house, "admin"))
    assert refused.status_code == 403


def test_suggestions_complete_the_piece_in_hand(site: Site, kossi: Actor, who: Who) -> None:
    house = site.house
    letter = send(house, kossi, letter_pdf(reference="77/2026/X"))
    said: dict[str, Any] = {
        "subject": "Transformateurs de Kpalimé",
        "sender": "Mairie de Lomé",
        "sender_reference": "77/2026/X",
    }
    decide(house, kossi, letter.letter_id, service_id="DAF", **said)
    drain_index(house)
    saved_searches.remember("gravier de Kara", store=house.store, actor=who("daf"), clock=house.clock)

    def lines(typed: str, language: str = "fr") -> list[str]:
        text = site.get(f"/recherche/suggestions?q={typed}", ged_langue=language).text
        return [unescape(part.split('"')[0]) for part in text.split('data-line="')[1:]]

    assert lines("")[:3] == ["gravier de Kara", "de:", "à:"]
    assert lines("", "en")[1:3] == ["from:", "to:"]
    assert lines("gra")[0] == "gravier de Kara"
    assert lines("dep") == ["depuis:", "cote:F2 "]
    assert "facture nature:demande " in lines("facture nature:dem")
    assert "service:daf " in lines("service:fina")
    assert "status:" in lines("stat", "en")
    assert lines("depuis:cette") == ["depuis:cette-semaine ", "depuis:cette-année "]
    assert "transformateurs " in lines("transf")
    assert "-transformateurs " in lines("-transf")
    assert f'data-go="/courrier/{letter.letter_id}"' in site.page("/recherche/suggestions?q=77/20")
    assert 'de:"Mairie de Lomé" ' in lines("de:mair")
    assert len(lines("a")) <= 12
    assert lines("zzzz") == []


def test_pieces_of_dossiers_are_exported_and_suggested_to_who_may_open_them(site: Site, kossi: Actor, who: Who) -> None:
    house = site.house
    letter = send(house, kossi, letter_pdf(reference="9/2026"))
    decide(house, kossi, letter.letter_id, service_id="DAF", subject="Gravier de Kara")
    case = begun(house, "Carrière de Tsévié")
    for number in range(3):
        bring(house, case, f"Feuille {number}", f"=gravier {number}.pdf")
    drain_index(house)
    rows = table(site.get("/recherche.csv?q=gravier").text)
    assert rows[0][2:7:4] + rows[0][-2:] == ["Sens", "Objet", "Dossier de la pièce", "Partie"]
    assert rows[1][6] == "Gravier de Kara"
    assert {len(row) for row in rows} == {len(rows[0])}
    assert sorted((row[2], row[6], row[14]) for row in rows[2:]) == [
        ("Pièce de dossier", f"'=gravier {number}", case.label) for number in range(3)
    ]
    with house.store.unit() as unit:
        assert unit.journal.about("recherche")[-1].details["lines"] == 4
    few = gather(PIECES, Query("gravier"), 2, index=house.index, store=house.store, actor=who("daf"))
    assert (len(few.rows), few.total) == (2, 3)
    printed = "".join(
        each.get_textpage().get_text_range()
        for each in pypdfium2.PdfDocument(site.get("/recherche.pdf?q=gravier").content)
    )
    assert "3 pièces de dossiers" in printed
    assert case.code in printed
    assert f'data-go="/dossiers/{case.id}/pieces/' in site.page("/recherche/suggestions?q=grav")
    coded = site.page(f"/recherche/suggestions?q={case.code}")
    assert coded.count(f'data-go="/dossiers/{case.id}/pieces/') == 3
    assert f'data-go="/dossiers/{case.id}"' in coded
    assert f'data-go="/dossiers/{case.id}"' in site.page("/recherche/suggestions?q=tsévi")
    other = signed_in(house, "mines")
    assert case.id not in site.client.get("/recherche/suggestions?q=grav", headers=other).text
    assert table(site.client.get("/recherche.csv?q=gravier", headers=other).text)[1:] == []


@pytest.mark.parametrize(
    ("line", "piece"),
    [
        ("", ("", "", "")),
        ("panne de", ("panne ", "", "de")),
        ("panne -de:ce", ("panne -", "de", "ce")),
        ('objet:"mise en', ("", "objet", "mise en")),
        ('"mise en service" ré', ('"mise en service" ', "", "ré")),
        ("panne ", ("panne ", "", "")),
    ],
)
def test_the_piece_in_hand_is_the_last(line: str, piece: tuple[str, str, str]) -> None:
    found = in_hand(line)
    assert (found.before, found.name, found.value) == piece


def test_a_letter_is_surrounded_by_those_that_resemble_quote_and_come_from_the_same(
    site: Site, kossi: Actor, who: Who
) -> None:
    house = site.house
    body = "Le transformateur du poste de Kpalimé chauffe ; son huile fuit et le disjoncteur saute chaque soir."
    first, twin = (
        send(house, kossi, letter_pdf(subject=subject, body=body, reference=f"{number}/2026/M"))
        for number, subject in ((31, "Transformateur en panne"), (32, "Panne du transformateur"))
    )
    study: dict[str, Any] = {"subject": "Demande de stage", "body": "Étudiante en droit.", "quoted": first.number}
    other = send(house, kossi, letter_pdf(reference="33/2026/M", **study))
    for number in range(41, 47):  # what every letter says weighs little only where there are letters enough
        send(house, kossi, letter_pdf(subject=f"Facture {number}", body="Eau et gaz.", reference=f"{number}/2026/F"))
    read_all(house)
    for receipt, subject in ((first, "Transformateur en panne"), (twin, "Panne du transformateur"), (other, "Stage")):
        sender = "Mairie de Lomé" if receipt is not twin else "Mairie de Kara"
        decide(house, kossi, receipt.letter_id, service_id="DAF", subject=subject, sender=sender, sender_reference="")
    drain_index(house)
    found = around(first.letter_id, index=house.index, store=house.store, actor=who("daf"))
    assert [one.letter.number for one in found.similar] == [twin.number]
    assert [one.letter.number for one in found.quoting] == [other.number]
    assert [one.letter.number for one in found.of_sender] == [other.number]
    assert found.sender == "Mairie de Lomé"
    back = around(other.letter_id, index=house.index, store=house.store, actor=who("daf"))
    assert [one.letter.number for one in back.quoted] == [first.number]


def test_a_search_that_finds_next_to_nothing_falls_back_on_what_reading_left_of_words(
    house: House, kossi: Actor
) -> None:
    badly, well = (send(house, kossi, letter_pdf(body=body)).letter_id for body in ("Voici.", "Une autorisation."))
    read_all(house)
    with house.store.unit() as unit:
        (page,) = unit.pages.as_read(badly)
        said = replace(page.words[-1], text="aut0rlsatlcn", confidence=0.41)
        unit.pages.keep(badly, [replace(page, words=(*page.words, said))])
        assert unit.pages.words_of([badly])[badly][0].doubted == ("aut0rlsatlcn",)
        unit.commit()
    for letter_id in (badly, well):
        decide(house, kossi, letter_id)
    drain_index(house)
    asked = Query("autorisation")
    assert [one.row.letter.id for one in find(asked, index=house.index, store=house.store, actor=kossi).found] == [
        well,
        badly,
    ]
    assert gather(LETTERS, asked, 10, index=house.index, store=house.store, actor=kossi).total == 2
