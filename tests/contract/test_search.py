"""One suite on both engines: what officials type finds what they mean, and never what they may not read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from api.embedded.ports import free_port
from ged.errors import Refused, Unavailable
from ged.mail.access import reader_tokens
from ged.mail.dossier import Dossier
from ged.mail.dossier_piece import DossierPiece, IndexedPiece
from ged.mail.indexing import entry_of_piece
from ged.mail.item import Confidentiality, Direction, State
from rooms.values import a_letter, a_page
from search.document import Document, document, document_of_piece
from search.elastic import Cluster, ElasticIndex
from search.embedded import EmbeddedIndex
from search.find import ask
from search.port import Query, Reach, Renewal, SearchIndex, Sort
from search.synonyms import synonyms_of

OPEN = reader_tokens(tenant_id="MME", register_id="MME", service_id=None, level=Confidentiality.INTERNAL)


@pytest.fixture(params=["tantivy", "elasticsearch"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> SearchIndex:
    if request.param == "tantivy":
        return EmbeddedIndex(tmp_path / "index")
    urls = (request.getfixturevalue("elasticsearch_url"),)
    return ElasticIndex(Cluster(urls, prefix=f"essai{uuid4().hex[:10]}"))


def doc(name: str, text: str = "", **changes: object) -> Document:
    return document(a_letter(id=name, **changes), [a_page(text)])


def badly_read(name: str, text: str, confidence: float = 0.5, **changes: object) -> Document:
    page = a_page(text)
    words = tuple(replace(word, confidence=confidence) for word in page.words)
    return document(a_letter(id=name, **changes), [replace(page, words=words)])


def found(index: SearchIndex, text: str, readers: frozenset[str] = OPEN, **asked: object) -> list[str]:
    return [hit.id for hit in index.search(Query(text=text, **asked), readers).hits]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("electricite", "Coupure d'électricité à Kpalimé"),
        ("ÉLECTRICITÉ", "coupure d'electricite"),
        ("hotel", "Facture de l'hôtel"),
        ("l'hôtel", "Les hôtels de Lomé"),
        ("exploitation", "autorisation d'exploitation minière"),
        ("creance", "Recouvrement des créances"),
        ("travail", "les travaux du barrage"),
        ("journal", "deux journaux officiels"),
        ("demander", "la demande du directeur"),
        ("autorisations", "nous avons été autorisés"),
        ("oeuvre", "mise en œuvre"),
        ("kpalime", "la mairie de KPALIMÉ"),
        ("Ŋutsu", "le canton de ŋutsu"),
        ("eʋegbe", "Ɖoɖowo ɖe Eʋegbe kple ƒoƒo ŋuti"),
        ("ɣeyiɣi", "aɖaŋuɖoƒe, ɣeyiɣi"),
        ("kabɩyɛ tɔm", "Kabɩyɛ tɔm : ɛzɩma, sɔsɔ"),
        ("permis minier", "les permis miniers"),
    ],
)
def test_a_word_is_found_whatever_its_accents_its_article_and_its_number(
    index: SearchIndex, typed: str, written: str
) -> None:
    index.put([doc("wanted", written), doc("other", "Invitation à la cérémonie du drapeau")])
    assert found(index, typed) == ["wanted"]


@pytest.mark.parametrize("typed", ["kpalmié", "transformateur existnat", "gravirr", "hezouwe", "transfomateurs"])
def test_a_misspelt_word_is_found_and_ranked_below_the_right_one(index: SearchIndex, typed: str) -> None:
    near = "Kpalimé, le transformateur existant, gravier, Hézouwè"
    index.put([doc("near", near), doc("other", "Invitation à la cérémonie du drapeau")])
    assert found(index, typed) == ["near"]
    index.put([doc("exact", f"On écrit {typed} ainsi")])
    assert found(index, typed)[0] == "exact"


def test_a_phrase_is_found_as_it_is_written_and_not_otherwise(index: SearchIndex) -> None:
    index.put([doc("a", "avis de la cour d'appel"), doc("b", "appel de la cour, avis rendu")])
    assert found(index, '"cour d\'appel"') == ["a"]
    assert found(index, "«\u00a0avis rendu\u00a0»") == ["b"]
    assert found(index, '"la cour" -avis') == []


@pytest.mark.parametrize(
    "typed", ["CEET Kpalimé", "kpalime compagnie energie electrique du togo", "ceet", "délestages"]
)
def test_a_thing_is_found_by_its_other_names(index: SearchIndex, typed: str) -> None:
    names = synonyms_of((("CEET", "Compagnie énergie électrique du Togo"), ("délestage", "coupure de courant")))
    index.put(
        [
            doc("acronym", "La CEET viendra à Kpalimé pour une coupure de courant"),
            doc("spelt", "La Compagnie énergie électrique du Togo viendra à Kpalimé, délestage"),
            doc("other", "La compagnie de transport électrique, courant octobre"),
        ]
    )
    assert set(found(index, typed, synonyms=names)) == {"acronym", "spelt"}
    assert len(found(index, typed)) < 2


@pytest.mark.parametrize(
    ("typed", "wanted", "other"),
    [
        ("or", "saisie d'or au comptoir", "Or, il se trouve que la route est coupée"),
        ("car", "la panne du car de service", "urgent, car il pleut"),
        ("thé", "la fourniture de thé", "the invoice is paid, the goods came"),
        ("mûr", "du manioc mûr", "le mur de clôture"),
        ("dû", "le solde dû", "le directeur du cabinet"),
    ],
)
def test_a_short_word_is_told_from_its_likes(index: SearchIndex, typed: str, wanted: str, other: str) -> None:
    index.put([doc(f"other{n}", other) for n in range(5)])
    index.put([doc("wanted", f"{wanted}, pièce jointe")])
    assert found(index, typed)[0] == "wanted"


@pytest.mark.parametrize("typed", ["Ŋutifafa", "nutifafa", "NUTIFAFA"])
def test_letters_of_ewe_are_found_as_they_are_and_in_plain_letters(index: SearchIndex, typed: str) -> None:
    index.put([doc("wanted", "le groupement Ŋutifafa"), doc("other", "le groupement Nɔvisi")])
    assert found(index, typed) == ["wanted"]


def test_a_letter_that_holds_all_the_words_comes_before_one_that_holds_most_in_its_subject(index: SearchIndex) -> None:
    index.put(
        [
            doc("all", "formation des techniciens de Danyi", subject="Relance"),
            doc("most", "à Vogan", subject="Formation des techniciens"),
            doc("damaged", "forrnation des techniciens de Danyi", subject="Relance"),
        ]
    )
    assert found(index, "formation techniciens danyi")[0] == "all"


def test_what_is_excluded_is_not_found(index: SearchIndex) -> None:
    index.put([doc("a", "facture de carburant"), doc("b", "facture de papier")])
    assert found(index, "facture -carburant") == ["b"]
    assert set(found(index, "-carburant")) == {"b"}


@pytest.mark.parametrize(
    "typed", ["0123/2026/MMRE/CAB", "123 2026 mmre", "n° 123/2026", "MMRE/CAB 0123", "0123/20", "01232026mmre"]
)
def test_a_reference_is_found_in_any_spelling(index: SearchIndex, typed: str) -> None:
    index.put(
        [
            doc("wanted", "objet sans rapport", sender_reference="0123/2026/MMRE/CAB"),
            doc("other", "objet sans rapport", sender_reference="0456/2025/DAF"),
        ]
    )
    assert found(index, typed)[0] == "wanted"


@pytest.mark.parametrize("typed", ["0123/2026/MMRE/CAB", "01232026MMRECAB", "1232026mmrecab"])
def test_letters_that_quote_a_reference_come_below_the_one_that_bears_it(index: SearchIndex, typed: str) -> None:
    index.put(
        [
            doc("quoting", "en réponse à votre lettre n°0123/2026/MMRE/CAB, il est répondu ce qui suit"),
            doc("bearing", "objet sans rapport", sender_reference="0123/2026/MMRE/CAB"),
            doc("other", "en réponse à votre lettre n°0124/2026/MMRE/CAB"),
        ]
    )
    assert found(index, typed) == ["bearing", "quoting"]


@pytest.mark.parametrize("typed", ["ARR-2026-000042", "arr 2026 42", "000042", "42", "ARR-2026-00004"])
def test_a_registration_number_is_found_by_its_parts_and_by_its_beginning(index: SearchIndex, typed: str) -> None:
    index.put([doc("wanted", number="ARR-2026-000042"), doc("other", number="ARR-2026-000311")])
    assert found(index, typed)[0] == "wanted"


def test_the_subject_counts_more_than_the_body(index: SearchIndex) -> None:
    index.put([doc("body", "il est question de transformateur"), doc("subject", "", subject="Transformateur en panne")])
    assert found(index, "transformateur") == ["subject", "body"]


def test_a_long_question_full_of_small_words_finds_the_letter(index: SearchIndex) -> None:
    index.put([doc("a", "remplacement du transformateur du quartier Bè"), doc("b", "les vœux de la direction")])
    asked = "où en est donc la demande de remplacement du transformateur qui alimente le quartier de Bè"
    assert found(index, asked)[0] == "a"


def test_words_spread_over_sender_and_subject_meet(index: SearchIndex) -> None:
    index.put(
        [
            doc("both", sender="Mairie de Vogan", subject="Branchement"),
            doc("one", sender="Mairie de Vogan", subject="Vœux"),
        ]
    )
    assert found(index, "vogan branchement") == ["both"]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("de:vogan", ["a"]),
        ("from:mairie", ["a"]),
        ("de:voagn", ["a"]),
        ("à:vogan", ["b"]),
        ("objet:pont", ["b"]),
        ('de:"mairie de vogan" pont', ["a"]),
        ("pont -de:vogan", ["b"]),
        ("de:vogan à:vogan", []),
        ("réf:88/2026", ["a"]),
        ("ref:88-DG", ["a"]),
        ("n°:2026/88", ["a"]),
        ("réf:pont", []),
        ("-de:voagn", ["a", "b"]),
    ],
)
def test_a_field_is_searched_alone(index: SearchIndex, typed: str, wanted: list[str]) -> None:
    index.put(
        [
            doc("a", "le pont", sender="Mairie de Vogan", sender_reference="088/2026/DG", subject="Travaux"),
            doc("b", "les travaux", recipient="Mairie de Vogan", subject="Le pont", sender_reference="89/2026"),
        ]
    )
    assert sorted(found(index, typed)) == wanted


@pytest.mark.parametrize(
    "typed", ['"', "«", '"" -', "-", "(", "*", "a:b", "AND OR NOT", "\\", "[1 TO", "~", "^2", "/.*/", "\x00", "é" * 400]
)
def test_nothing_that_is_typed_is_an_error(index: SearchIndex, typed: str) -> None:
    index.put([doc("a", "bonjour")])
    found(index, typed)


def test_only_small_words_are_looked_for_as_they_are(index: SearchIndex) -> None:
    index.put([doc("a", "avec vous"), doc("b", "bonjour monsieur")])
    assert found(index, "avec") == ["a"]


def test_without_words_everything_readable_comes_newest_first(index: SearchIndex) -> None:
    index.put(
        [doc(name, registered_at=datetime(2026, 1, day, tzinfo=UTC)) for day, name in ((2, "b"), (3, "c"), (1, "a"))]
    )
    assert found(index, "") == ["c", "b", "a"]


def test_hits_sort_by_date_when_asked(index: SearchIndex) -> None:
    index.put(
        [
            doc("old", "", subject="facture facture", registered_at=datetime(2026, 1, 1, tzinfo=UTC)),
            doc("new", "une facture", registered_at=datetime(2026, 2, 1, tzinfo=UTC)),
        ]
    )
    assert found(index, "facture", sort=Sort.NEWEST) == ["new", "old"]


def test_each_filter_restricts(index: SearchIndex) -> None:
    index.put(
        [
            doc("a", "facture", kind="facture", service_id="DAF", state=State.ASSIGNED),
            doc("b", "facture", kind="plainte", service_id="DAJ", registered_at=datetime(2025, 5, 5, tzinfo=UTC)),
            doc("c", "facture", direction=Direction.OUTGOING),
        ]
    )
    readers = OPEN | {"svc:DAF:interne", "svc:DAJ:interne"}
    assert found(index, "facture", readers, kinds=("plainte",)) == ["b"]
    assert found(index, "facture", readers, services=("DAF",)) == ["a"]
    assert found(index, "facture", readers, states=(State.ASSIGNED,)) == ["a"]
    assert found(index, "facture", readers, directions=(Direction.OUTGOING,)) == ["c"]
    day = datetime(2025, 5, 5, tzinfo=UTC).date()
    assert found(index, "facture", readers, since=day, until=day) == ["b"]
    assert set(found(index, "facture", readers, since=datetime(2025, 5, 6, tzinfo=UTC).date())) == {"a", "c"}


def test_nothing_forbidden_is_found_nor_counted(index: SearchIndex) -> None:
    index.put(
        [
            doc("open", "facture", kind="facture"),
            doc("closed", "facture", kind="facture", confidentiality=Confidentiality.SECRET),
            doc("elsewhere", "facture", kind="facture", tenant_id="CEET", register_id="CEET"),
        ]
    )
    hits = index.search(Query("facture", counted=True), OPEN)
    assert [hit.id for hit in hits.hits] == ["open"]
    assert hits.total == 1
    assert hits.facets["kind"] == {"facture": 1}
    assert index.search(Query("facture", counted=True), frozenset()).total == 0
    assert index.search(Query("-introuvable"), frozenset({"svc:X:interne"})).total == 0


def test_a_letter_closed_later_is_no_longer_found(index: SearchIndex) -> None:
    index.put([doc("a", "facture", revision=1)])
    index.put([doc("a", "facture", revision=2, confidentiality=Confidentiality.SECRET)])
    assert found(index, "facture") == []


def test_letters_are_found_and_counted_by_their_file_codes(index: SearchIndex) -> None:
    index.put([doc("title", "pont", file_code="D11"), doc("quarry", "pont", file_code="D2"), doc("unfiled", "pont")])
    assert found(index, "pont", codes=("D1", "D11")) == ["title"]
    assert set(found(index, "", codes=("D11", "D2"))) == {"title", "quarry"}
    assert found(index, "pont", codes=("d2",)) == []
    assert found(index, "pont", frozenset(), codes=("D2",)) == []
    assert index.search(Query("pont", counted=True), OPEN).facets["code"] == {"D11": 1, "D2": 1}


def test_facets_count_what_is_found(index: SearchIndex) -> None:
    index.put(
        [
            doc("a", "pont", kind="demande", service_id="DAF"),
            doc("b", "pont", kind="demande"),
            doc("c", "pont", kind="plainte"),
            doc("d", "route", kind="plainte"),
        ]
    )
    facets = index.search(Query("pont", counted=True), OPEN).facets
    assert facets["kind"] == {"demande": 2, "plainte": 1}
    assert facets["service"] == {"DAF": 1}
    assert facets["year"] == {"2026": 3}


def test_an_older_revision_never_undoes_a_newer_one(index: SearchIndex) -> None:
    index.put([doc("a", "nouveau", revision=5)])
    index.put([doc("a", "ancien", revision=4)])
    index.put([doc("a", "ancien", revision=3), doc("b", "ancien", revision=1)])
    assert found(index, "nouveau") == ["a"]
    assert found(index, "ancien") == ["b"]


def test_the_same_document_twice_is_one(index: SearchIndex) -> None:
    index.put([doc("a", "pont"), doc("a", "pont")])
    index.put([doc("a", "pont")])
    assert index.search(Query("pont"), OPEN).total == 1
    assert index.report().documents == 1


@pytest.mark.parametrize("text", ["pont", ""])
def test_pages_follow_one_another_past_ten_thousand(index: SearchIndex, text: str) -> None:
    count = 10_300
    index.put([doc(f"d{n:05d}", "pont", registered_at=datetime.fromtimestamp(n, UTC)) for n in range(count)])
    seen: list[str] = []
    after = None
    while True:
        hits = index.search(Query(text, limit=2_000, after=after), OPEN)
        assert hits.total == count
        seen += [hit.id for hit in hits.hits]
        after = hits.following
        if after is None:
            break
    assert len(seen) == count
    assert len(set(seen)) == count


@pytest.mark.parametrize("cursor", ["", "x", "W10=", "Wy01XQ==", "WyJhIl0=", "e30="])
def test_a_cursor_that_is_not_ours_is_refused_with_a_sentence(index: SearchIndex, cursor: str) -> None:
    index.put([doc("a", "pont")])
    with pytest.raises(Refused) as error:
        index.search(Query("pont", after=cursor), OPEN)
    assert error.value.code == "search.cursor"


def test_a_new_index_takes_over_in_one_step_while_writes_go_on(index: SearchIndex) -> None:
    index.put([doc("kept", "pont"), doc("gone", "pont")])
    with index.renew() as renewal:
        renewal.put([doc("kept", "pont")])
        index.put([doc("meanwhile", "pont")])
        assert set(found(index, "pont")) == {"kept", "gone", "meanwhile"}
        assert flushed(renewal) == 2
        renewal.adopt()
        assert set(found(index, "pont")) == {"kept", "meanwhile"}
    index.put([doc("after", "pont")])
    assert set(found(index, "pont")) == {"kept", "meanwhile", "after"}


def test_a_new_index_that_is_not_adopted_leaves_no_trace(index: SearchIndex) -> None:
    index.put([doc("kept", "pont")])

    def fail(act: Callable[[], None]) -> None:
        with index.renew() as renewal:
            renewal.put([doc("stray", "pont")])
            act()

    def stop() -> None:
        message = "stopped"
        raise RuntimeError(message)

    with pytest.raises(RuntimeError):
        fail(stop)
    index.put([doc("after", "pont")])
    assert set(found(index, "pont")) == {"kept", "after"}
    fail(lambda: None)
    assert set(found(index, "pont")) == {"kept", "after"}


def test_the_index_says_what_it_holds_and_at_which_revision(index: SearchIndex) -> None:
    moments = [datetime.fromtimestamp(n // 7_000, UTC) for n in range(12_000)]
    index.put([doc(f"d{n:05d}", revision=n, registered_at=moment) for n, moment in enumerate(moments)])
    walked = [each for part in index.walk() for each in part]
    assert sorted(walked) == [f"d{n:05d}" for n in range(12_000)]
    assert index.revisions(["d00007", "absent", "d11999"]) == {"d00007": 7, "d11999": 11_999}
    assert index.revisions([]) == {}


def test_a_word_read_too_badly_to_be_near_is_found_where_it_is_asked_for_and_comes_last(index: SearchIndex) -> None:
    index.put(
        [
            badly_read("damaged", "L'aut0rlsatlcn du minlslre"),
            badly_read("sure", "L'aut0rlsatlcn du minlslre", confidence=0.95),
            badly_read("closed", "L'aut0rlsatlcn du minlslre", confidentiality=Confidentiality.SECRET),
            doc("clean", "Une longue lettre, où « autorisation » est dit en passant."),
            badly_read("other", "L'exp1oltatlcn du gisement"),
        ]
    )
    assert found(index, "autorisation") == ["clean"]
    assert found(index, "autorisation", reach=Reach.DAMAGED) == ["clean", "damaged"]
    assert found(index, "autorisation ministre", reach=Reach.DAMAGED) == ["damaged"]
    assert found(index, "-autorisation lettre", reach=Reach.DAMAGED) == []
    assert found(index, "2026", reach=Reach.DAMAGED) == found(index, "2026")


def test_a_query_looks_for_what_is_near_only_where_few_letters_hold_its_words_as_written(index: SearchIndex) -> None:
    index.put([doc(f"clean{n:02d}", "la passerelle") for n in range(60)])
    index.put([doc("misread", "la passerelie"), doc("torn", "la passe relle"), doc("rare", "la balustrade")])
    assert ask(Query(text="passerelle"), index, OPEN).total == 60
    assert ask(Query(text="passerelie"), index, OPEN).total == 61
    assert ask(Query(text="objet:passerelie"), index, OPEN).total == 0
    assert [hit.id for hit in ask(Query(text="balustrades"), index, OPEN).hits] == ["rare"]
    assert ask(Query(text="balustrade", kinds=("facture",)), index, OPEN).total == 0
    assert ask(Query(), index, OPEN).total == 63
    seen, following = list[str](), None
    while not seen or following:
        page = ask(Query(text="passerelie", limit=25, after=following), index, OPEN)
        seen, following = [*seen, *(hit.id for hit in page.hits)], page.following
    assert (len(seen), len(set(seen))) == (61, 61)


def test_a_misspelt_name_is_looked_for_however_many_letters_hold_the_rest(index: SearchIndex) -> None:
    index.put([doc(f"other{n:02d}", "la passerelle du marché") for n in range(60)])
    index.put([doc("meant", "la passerelle du marché de Kpalimé")])
    written = index.search(Query(text="passerelle marché Kpalymé", reach=Reach.WRITTEN), OPEN)
    assert (written.total, written.whole, written.held) == (61, 0, (61, 61, 0))
    assert ask(Query(text="passerelle marché Kpalymé", counted=True), index, OPEN).hits[0].id == "meant"
    known = index.search(Query(text="passerelle marché Kpalimé", reach=Reach.WRITTEN, counted=True), OPEN)
    assert (known.total, known.whole, known.facets["direction"]) == (61, 1, {"arrivee": 61})


@pytest.mark.parametrize(
    "typed",
    ["or", "car", "or Togo", "car la mine", "mines or car", '"car la" mine', "or -car", "0123/2026 or", "objet:or"],
)
def test_as_many_are_counted_as_are_listed(index: SearchIndex, typed: str) -> None:
    """« Or » and « car » are found where they only join two clauses too."""
    index.put(
        [
            doc("gold", "l'or du Togo", subject="Or"),
            doc("joins", "or, la mine du Togo est fermée, car la pluie tombe"),
            doc("bus", "un car à la mine d'or"),
            doc("number", "votre lettre 0123/2026, or elle manque"),
        ]
    )
    found = ask(Query(text=typed, counted=True), index, OPEN)
    assert found.total == len(found.hits) == sum(found.facets["direction"].values())
    assert found.total == ask(Query(text=typed), index, OPEN).total > 0


def test_what_few_letters_hold_tells_more_than_all_the_rest(index: SearchIndex) -> None:
    index.put([doc(f"other{n:02d}", "la cour", subject="Octroi de la subvention à Blitta") for n in range(60)])
    index.put([doc("meant", "une subvention leur a été octroyée à Kpalimé", subject="Suite à donner")])
    index.put([doc("misread", "une subvention leur a été octroyée à Kpalimo", subject="Suite à donner")])
    hits = ask(Query(text="octroi subvention Kpalimé", limit=5), index, OPEN).hits
    assert [hit.id for hit in hits[:2]] == ["meant", "misread"]


def test_most_of_a_name_counts_for_it_where_something_else_is_looked_for(index: SearchIndex) -> None:
    agency = "agence nationale de gestion de l'environnement"
    names = synonyms_of((("ANGE", agency), ("délestage", "coupure de courant")))
    index.put(
        [
            doc("whole", f"l'avis de l'{agency}, à Bassar"),
            doc("spoilt", "l'avis de l'agence nationale de gestion de l'euuironuernent, à Bassar"),
            doc("said", "le courant a été coupé à Bassar"),
            doc("elsewhere", "l'agence nationale a coupé le courant à Blitta"),
        ]
    )
    for typed in ("ANGE Bassar", f"{agency} Bassar"):
        asked = Query(text=typed, synonyms=names)
        assert [hit.id for hit in ask(asked, index, OPEN).hits] == ["whole", "spoilt"]
    asked = Query(text="coupures de courant Bassar", synonyms=names)
    assert [hit.id for hit in ask(asked, index, OPEN).hits] == ["said"]
    assert ask(Query(text="coupures de courant", synonyms=names), index, OPEN).total == 0


@pytest.mark.parametrize("reach", Reach)
@pytest.mark.parametrize(
    "typed",
    ["mines carrières", "MINES", "0123/2026/MINES", "123 2026", "pont mines sable gravier", "dû", "la de", "-pont",
     '"la mairie" mines', "objet:pont", "réf:mines", "CEET mines", "passerelle"],
)  # fmt: skip
def test_as_many_letters_are_counted_as_found(index: SearchIndex, typed: str, reach: Reach) -> None:
    index.put(
        [
            doc("text", "la mairie parle de la mine, du pont, du sable et du gravier"),
            doc("number", "une lettre sur rien", sender_reference="0123/2026/MINES"),
            doc("both", "les mines et les carrières, la passerelle", subject="Le pont de la CEET", kind="demande"),
            doc("spelt", "la compagnie énergie électrique, le montant dû, la passerelie", subject="Carrières"),
        ]
    )
    names = synonyms_of((("CEET", "compagnie énergie électrique"),))
    asked = Query(text=typed, reach=reach, counted=True, synonyms=names)
    hits = index.search(asked, OPEN)
    assert hits.total == len(hits.hits) == sum(hits.facets["direction"].values())


def test_what_many_writes_left_is_put_together_and_found_as_before(index: SearchIndex) -> None:
    for turn in range(4):
        index.put([doc(f"d{turn}", "le pont")])
    index.remove(["d0"])
    index.compact()
    index.put([doc("d4", "le pont")])
    assert sorted(found(index, "pont")) == ["d1", "d2", "d3", "d4"]


def test_what_is_removed_is_found_no_more_and_may_come_back_at_a_lower_revision(index: SearchIndex) -> None:
    index.put([doc("gone", "pont", revision=9), doc("kept", "pont")])
    index.remove(["gone", "absent"])
    assert found(index, "pont") == ["kept"]
    assert index.revisions(["gone", "kept"]) == {"kept": 1}
    index.put([doc("gone", "pont", revision=2)])
    assert set(found(index, "pont")) == {"kept", "gone"}
    assert index.revisions(["gone"]) == {"gone": 2}


def test_what_is_removed_during_a_rebuild_is_in_neither_index(index: SearchIndex) -> None:
    index.put([doc("gone", "pont"), doc("kept", "pont")])
    with index.renew() as renewal:
        renewal.put([doc("gone", "pont"), doc("kept", "pont")])
        assert flushed(renewal) == 2
        index.remove(["gone"])
        assert found(index, "pont") == ["kept"]
        renewal.adopt()
    assert found(index, "pont") == ["kept"]


def test_the_words_of_a_destroyed_letter_leave_the_index(index: SearchIndex) -> None:
    index.put([doc("a", "Coupure du transformateur", subject="Réclamation", revision=1)])
    index.put([doc("a", "Coupure du transformateur", subject="Réclamation", revision=2, state=State.DESTROYED)])
    assert found(index, "transformateur") == []
    assert found(index, "réclamation") == ["a"]


def test_a_document_that_the_engine_refuses_stops_no_other(index: SearchIndex) -> None:
    """Elasticsearch takes no word above 32,766 bytes, tantivy no text that is not Unicode."""
    faulty = {"sender_reference": "9" * 40_000} if isinstance(index, ElasticIndex) else {"kind": "\ud800"}
    documents = [doc("before", "pont"), doc("faulty", "pont", **faulty), doc("after", "pont")]
    for put in (index.put, index.put):
        (refusal,) = put(documents)
        assert refusal.id == "faulty"
        assert refusal.reason
        assert "999" not in refusal.reason
        assert set(found(index, "pont")) == {"before", "after"}


def test_what_a_killed_rebuild_left_goes_with_the_next_one(index: SearchIndex) -> None:
    index.put([doc("kept", "pont")])
    killed = index.renew()
    half = killed.__enter__()
    half.put([doc("half", "pont")])
    with index.renew() as renewal:
        renewal.put([doc("kept", "pont")])
        assert flushed(renewal) == 1
        renewal.adopt()
    assert found(index, "pont") == ["kept"]
    assert places(index) == 1


def flushed(renewal: Renewal) -> int:
    """Count what a new index holds once all is written."""
    assert renewal.flush() == ()
    return renewal.count()


def places(index: SearchIndex) -> int:
    """Count the indices that an engine keeps for one of ours."""
    if isinstance(index, EmbeddedIndex):
        return sum(each.is_dir() for each in index._folder.iterdir())
    assert isinstance(index, ElasticIndex)
    return len(index._client.indices.get(index=f"{index._alias}*"))


def test_an_index_of_another_version_is_said_to_be_and_made_anew(index: SearchIndex, tmp_path: Path) -> None:
    index.put([doc("a", "pont")])
    if isinstance(index, ElasticIndex):
        index = ElasticIndex(replace(index._cluster, shards=2))
    else:
        (tmp_path / "index" / "current").write_text("0123456789abcdef")
    assert index.report().outdated
    index.put([doc("b", "pont")])
    with index.renew() as renewal:
        renewal.put([doc("a", "pont"), doc("b", "pont")])
        assert flushed(renewal) == 2
        renewal.adopt()
    assert not index.report().outdated
    assert set(found(index, "pont")) == {"a", "b"}


def test_an_index_that_does_not_answer_says_so() -> None:
    away = ElasticIndex(Cluster((f"http://127.0.0.1:{free_port()}",)))
    with pytest.raises(Unavailable) as error:
        away.search(Query("pont"), OPEN)
    assert error.value.code == "search.unavailable"
    assert not away.report().reachable


def test_two_readers_of_one_folder_see_what_either_writes(tmp_path: Path) -> None:
    one, other = EmbeddedIndex(tmp_path / "index"), EmbeddedIndex(tmp_path / "index")
    one.put([doc("a", "pont")])
    assert found(other, "pont") == ["a"]
    with other.renew() as renewal:
        renewal.put([doc("b", "pont")])
        assert flushed(renewal) == 1
        renewal.adopt()
    assert found(one, "pont") == ["b"]


MARCH = datetime(2026, 3, 2, 9, tzinfo=UTC)
CASE = Dossier("c", "MME", "DAF-2026-001", "Carrière de Tsévié", "DAF", ("DAF",), None, 1, MARCH)
OF_DAF, OF_ALL = frozenset({"dos:MME:DAF"}), frozenset({"dos:MME:*"})


def laid(text: str, revision: int = 1, case: Dossier = CASE, **changes: object) -> Document:
    bare = DossierPiece("p", case.id, "", "Plan de masse", "", {"parcelle": "Zogbedji"}, 1, "", "", None, "", 1)
    return document_of_piece(
        IndexedPiece(replace(bare, **changes), case, "plan.pdf", MARCH, revision),  # type: ignore[arg-type]
        [a_page(text)],
    )


def test_a_piece_of_a_dossier_is_found_by_who_sees_the_dossier_and_no_letter_s_reader(index: SearchIndex) -> None:
    index.put([doc("a", "Le bornage de Hahotoé"), laid("Le bornage de Hahotoé est fait")])
    name = entry_of_piece("p")
    for typed in ("bornage", "hahotoe", "objet:plan", "zogbedji", "réf:DAF-2026-001", "tsevie plan.pdf", '"est fait"'):
        assert found(index, typed, OF_DAF) == [name], typed
        assert found(index, typed, OF_ALL) == [name], typed
        assert name not in found(index, typed), typed
    for tokens in (frozenset({"dos:MME:DRH"}), frozenset({"dos:AUTRE:*"}), frozenset[str]()):
        assert found(index, "bornage", tokens) == []
    hits = index.search(Query("bornage", counted=True), OPEN)
    assert (hits.total, sum(hits.facets["direction"].values()), sum(hits.facets["year"].values())) == (1, 1, 1)
    begun = index.search(Query(begins="zogb"), OPEN)
    assert begun.total == 0, "nothing of it is suggested to a reader of letters"
    assert found(index, "", OF_DAF, since=date(2026, 3, 2), until=date(2026, 3, 2)) == [name]
    assert found(index, "", OF_DAF, until=date(2026, 3, 1)) == []
    assert {each for ids in index.walk() for each in ids} == {"a", name}
    assert index.revisions(["a", name])[name] == 1


def test_a_piece_is_found_by_the_units_that_share_its_dossier_now(index: SearchIndex) -> None:
    index.put([laid("Le bornage")])
    index.put([laid("Le bornage", 2, replace(CASE, units=("DRH",)))])
    assert found(index, "bornage", OF_DAF) == []
    assert found(index, "bornage", frozenset({"dos:MME:DRH"})) == [entry_of_piece("p")]


@pytest.mark.parametrize(
    "gone",
    [{"withdrawn": "En double"}, {"condemned_at": datetime(2026, 4, 1, tzinfo=UTC)}],
    ids=["withdrawn", "condemned"],
)
def test_of_a_piece_that_counts_no_more_nothing_is_found_and_no_late_write_brings_it_back(
    index: SearchIndex, gone: dict[str, Any]
) -> None:
    index.put([laid("Le bornage de Hahotoé")])
    index.put([laid("Le bornage de Hahotoé", 3, **gone)])
    index.put([laid("Le bornage de Hahotoé", 2)])
    for typed in ("bornage", "plan", "zogbedji", "réf:DAF-2026-001", ""):
        assert found(index, typed, OF_DAF | OF_ALL) == [], typed
    assert index.revisions([entry_of_piece("p")]) == {entry_of_piece("p"): 3}
    index.put([laid("Le bornage de Hahotoé", 4)])
    assert found(index, "bornage", OF_DAF) == [entry_of_piece("p")], "put back, it is found again"
