"""Pages are put as the index wants them when they are read; what nobody analysed, or somebody changed, is made then"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from api.wiring import House
from api.worker import drain_index
from ged.mail.access import Actor
from ged.mail.page import AnalysedPage
from ged.services.correct_text import correct_text
from ged.store.changes import Changes
from rooms.letters import letter_pdf, read_all, send
from rooms.scans import copy_of_a_copy
from search.document import ANALYSIS, documents
from search.find import find
from search.port import Query


@pytest.fixture(params=["printed", "scanned"])
def letter_id(house: House, kossi: Actor, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A letter, read: born digital, or so badly copied that the reading doubts some of its words."""
    data = letter_pdf(body="Le barème de l'or, ou un car, à Hahotoé.", pages=2)
    if request.param == "scanned":
        data = copy_of_a_copy(data, tmp_path / "copy.tif").read_bytes()
    one = send(house, kossi, data, "lettre.pdf" if data.startswith(b"%PDF") else "lettre.tif")
    read_all(house)
    return one.letter_id


def kinds(house: House, letter_id: str, analysis: int = ANALYSIS) -> set[type]:
    ((_, pages),) = Changes(house.store).analysed([letter_id], analysis)
    assert pages
    return {type(page) for page in pages}


def both(house: House, letter_id: str) -> tuple[Sequence[object], Sequence[object]]:
    """The document made of what was analysed before, and of the words as they stand."""
    changes = Changes(house.store)
    return documents(changes.analysed([letter_id], ANALYSIS)), documents(changes.current([letter_id]))


def test_what_was_analysed_as_it_was_read_gives_the_same_document(house: House, letter_id: str) -> None:
    assert kinds(house, letter_id) == {AnalysedPage}
    before, now = both(house, letter_id)
    assert before == now


def test_another_analysis_makes_its_own(house: House, letter_id: str) -> None:
    assert AnalysedPage not in kinds(house, letter_id, ANALYSIS + 1)


def test_a_corrected_page_is_found_by_what_it_says_now(house: House, kossi: Actor, letter_id: str) -> None:
    own = {"store": house.store, "actor": kossi, "clock": house.clock}
    correct_text(letter_id, 1, "Redevance du gisement de Bangéli", 0, **own)  # type: ignore[arg-type]
    assert AnalysedPage not in kinds(house, letter_id)
    before, now = both(house, letter_id)
    assert before == now
    drain_index(house)
    found = find(Query("gisement Bangéli"), index=house.index, store=house.store, actor=kossi)
    assert [hit.row.letter.id for hit in found.found] == [letter_id]
