"""A word without end does not hold up what is sought in a letter."""

from __future__ import annotations

from ged.mail.qualification import Field
from ingest.stages.extract import extract
from ingest.work import LONGEST_WORD, with_words_cut
from rooms.values import a_page


def test_a_word_of_a_million_signs_is_cut_and_the_fields_around_it_are_found() -> None:
    page = a_page(f"Objet : Demande de branchement\n{'a-' * 500_000}\nLomé, le 12 mars 2026")
    cut = with_words_cut(page)
    assert max(len(word.text) for word in cut.words) == LONGEST_WORD
    assert [word.box for word in cut.words] == [word.box for word in page.words]
    found = {one.field: one.value for one in extract([cut])}
    assert found[Field.LETTER_DATE] == "2026-03-12"


def test_a_page_of_words_that_are_words_is_left_as_it_is() -> None:
    page = a_page("Demande de branchement")
    assert with_words_cut(page) is page
