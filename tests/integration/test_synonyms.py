"""Synonyms are data of the configuration folder: a change counts from the next search on, without a new index."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from api.model_export import write_folder
from api.model_folder import read_folder
from api.wiring import House
from api.worker import drain_index
from ged.errors import Refused
from ged.mail.access import Actor
from ged.mail.listing import ListedLetter
from ged.services.establish import establish, standing
from rooms.house import PILOT
from rooms.letters import letter_pdf, read_all, send
from search.find import Found, find
from search.port import Query


def hits(house: House, actor: Actor, text: str) -> tuple[Found[ListedLetter], ...]:
    return find(Query(text), index=house.index, store=house.store, actor=actor).found


def test_a_change_of_the_list_counts_from_the_next_search_on(house: House, kossi: Actor, tmp_path: Path) -> None:
    receipt = send(house, kossi, letter_pdf(subject="Passage de la Compagnie énergie électrique du Togo"))
    read_all(house)
    drain_index(house)
    assert [one.row.letter.id for one in hits(house, kossi, "CEET")] == [receipt.letter_id]
    (shown,) = hits(house, kossi, "CEET")
    assert shown.passage is not None
    assert any(lit and "électrique" in text for text, lit in shown.passage.pieces), "the other name is lit"

    folder = Path(shutil.copytree(PILOT, tmp_path / "pilote"))
    listed = (folder / "synonymes.csv").read_text(encoding="utf-8")
    (folder / "synonymes.csv").write_text(listed.replace("CEET|", "COURANTIN|"), encoding="utf-8")
    establish(read_folder(folder), store=house.store, clock=house.clock)
    assert not hits(house, kossi, "CEET")
    assert [one.row.letter.id for one in hits(house, kossi, "courantin")] == [receipt.letter_id]


def test_an_entity_is_found_by_its_acronym_and_by_its_name(house: House, kossi: Actor) -> None:
    receipt = send(house, kossi, letter_pdf(subject="Visite de la Direction des affaires juridiques et du contentieux"))
    read_all(house)
    drain_index(house)
    assert [one.row.letter.id for one in hits(house, kossi, "visite daj")] == [receipt.letter_id]


def test_the_list_is_written_back_as_it_was_read(house: House, tmp_path: Path) -> None:
    write_folder(standing(store=house.store, clock=house.clock), tmp_path / "back")
    assert read_folder(tmp_path / "back").synonyms == read_folder(PILOT).synonyms


def test_a_line_with_one_name_is_refused_with_its_place(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(PILOT, tmp_path / "pilote"))
    with (folder / "synonymes.csv").open("a", encoding="utf-8") as file:
        file.write("seul|\n…|points\n")
    with pytest.raises(Refused) as refused:
        read_folder(folder)
    assert str(refused.value.diagnostics()["faults"]).count("synonymes.csv") == 2
