"""A page fuller than any letter does not hold up what is sought in it: in the square of its words it would not end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ged.mail.filing import Kind
from ged.mail.page import Page
from ged.mail.qualification import Field
from ingest.stages.extract import extract
from ingest.stages.fields.candidates import rank
from ingest.stages.fields.layout import LONGEST_LINE, LONGEST_WORD, MOST_LINES, MOST_WORDS, lines_of, within_bounds
from ingest.stages.propose import propose
from rooms.values import a_page

FULL = 30_000
HEAD = "Objet : Demande de branchement\nLomé, le 12 mars 2026"
SAID = (
    "n° 1/ 12 mars 12 mars 2026 1 000 0123/2026/MMRE/CAB a-a- 90 11 22 33 BP 12 objet : Monsieur le Ministre,"
    " abc – tel – Kodjo AGBÉKO sous dans"
)
STACKED = ("n° 1/", "12 mars", "------", "P.J. : plan ;", "a@domaine.tg")


def full_of(said: str, words_a_line: int) -> Page:
    """A page that begins as a letter and goes on saying one thing."""
    words = (said.split() * FULL)[:FULL]
    rest = [" ".join(words[at : at + words_a_line]) for at in range(0, FULL, words_a_line)]
    return a_page("\n".join([HEAD, *rest]))


@pytest.mark.parametrize(
    ("said", "words_a_line"), [(SAID, 1), (SAID, 12), (SAID, FULL), ("1 000", FULL), *((each, 4) for each in STACKED)]
)
def test_the_fields_of_a_page_without_end_are_found(said: str, words_a_line: int) -> None:
    found = {one.field: one.value for one in extract([full_of(said, words_a_line)], senders=True)}
    assert found[Field.LETTER_DATE] == "2026-03-12"


def test_words_of_the_configuration_are_sought_in_a_page_without_end() -> None:
    kinds = [Kind(f"K{at}", f"Demande {at}", f"Request {at}", "R") for at in range(50)]
    page = full_of("demande 7", 2)
    assert propose([page], [], [], kinds)[0].value == "K7"


def test_a_page_of_strokes_by_another_hand_is_bounded_too() -> None:
    page = full_of("Reçu 12", 2)
    written = replace(page, words=tuple(replace(word, printed=False) for word in page.words))
    assert extract([written])


def test_a_word_of_a_million_signs_is_cut_and_the_fields_around_it_are_found() -> None:
    page = a_page(f"Objet : Demande de branchement\n{'a-' * 500_000}\nLomé, le 12 mars 2026")
    cut = within_bounds(page)
    assert max(len(word.text) for word in cut.words) == LONGEST_WORD
    assert [word.box for word in cut.words] == [word.box for word in page.words]
    found = {one.field: one.value for one in extract([page])}
    assert found[Field.LETTER_DATE] == "2026-03-12"


def test_lines_are_no_longer_and_no_more_than_a_page_holds() -> None:
    long, many = lines_of(full_of("mot", FULL)), lines_of(full_of("mot", 1))
    assert max(len(line.text) for line in long) <= LONGEST_LINE
    assert sum(len(line.words) for line in long) == MOST_WORDS
    assert len(many) == MOST_LINES


def test_a_page_that_a_letter_has_is_left_as_it_is() -> None:
    page = a_page("Demande de branchement")
    assert within_bounds(page) is page


@pytest.mark.parametrize("value", [1.0, 2.0, 3.0, 4.0])
def test_a_value_is_ranked_among_those_in_order(value: float) -> None:
    values = [3.0, 1.0, 3.0, 2.0]
    smaller, equal = sum(each < value for each in values), sum(each == value for each in values)
    assert rank(sorted(values), value) == (smaller / 4, equal / 4)
