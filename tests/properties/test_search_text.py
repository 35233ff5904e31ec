"""Whatever is typed, both engines answer: no text makes a search fail, nor finds a letter that may not be read."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ged.mail.access import reader_tokens
from ged.mail.item import Confidentiality
from rooms.values import a_letter, a_page
from search.document import document
from search.elastic import Cluster, ElasticIndex
from search.embedded import EmbeddedIndex
from search.port import Query, SearchIndex
from search.synonyms import synonyms_of

OPEN = reader_tokens(tenant_id="MME", register_id="MME", service_id=None, level=Confidentiality.INTERNAL)
NAMES = synonyms_of((("CEET", "Compagnie énergie électrique du Togo"), ("or", "métal jaune"), ("dû", "à payer")))
LETTER = " ".join(f"mot{n} panneaux {n}" for n in range(300))
PIECES = st.sampled_from(
    ["de:", "à:", "réf:", "n°", "-", '"', "«", "»", "or", "car", "dû", "thé", "ceet", "l'", "Ɖoɖo", "mûr", "kpalimé",
     "Compagnie énergie électrique du Togo", "0123/2026/MMRE", "*", "?", "\\", "(", ")", "[", "]", "{", "}", "~", "^",
     "&&", "||", "!", "/", ":", "\x00", "\ud7ff", "\U0001f600", "é" * 300, "a" * 900, "1" * 400, "²", "½", "ﬁ", "İ",
     LETTER, "-x " * 500, "de:lui " * 300]
)  # fmt: skip
SPACED, GLUED = st.lists(PIECES, max_size=12).map(" ".join), st.lists(PIECES, max_size=8).map("".join)
TYPED = st.one_of(st.text(max_size=80), SPACED, GLUED)


@pytest.fixture(params=["tantivy", "elasticsearch"], scope="module")
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    made: SearchIndex
    if request.param == "tantivy":
        made = EmbeddedIndex(tmp_path_factory.mktemp("index") / "index")
    else:
        urls = (request.getfixturevalue("elasticsearch_url"),)
        made = ElasticIndex(Cluster(urls, prefix=f"essai{uuid4().hex[:10]}"))
    secret = a_letter(id="closed", confidentiality=Confidentiality.SECRET, subject="or dû thé ceet Kpalimé")
    letters = [a_letter(id="open", subject="l'or dû à la CEET"), secret]
    made.put([document(one, [a_page("bonjour, le thé de Kpalimé")]) for one in letters])
    return made


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(TYPED)
def test_whatever_is_typed_is_answered(index: SearchIndex, text: str) -> None:
    hits = index.search(Query(text=text, synonyms=NAMES, counted=True), OPEN)
    assert {hit.id for hit in hits.hits} <= {"open"}
    assert hits.total == len(hits.hits)
