"""Words as the search knows them: short ones by their accents, conjunctions apart from things, other letters too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.french import analysed, tokens


def stems(text: str) -> list[str]:
    return analysed(text)[1].split()


@pytest.mark.parametrize(
    "text",
    ["l'or saisi", "exportation d'or", "Or brut", "un car est en panne", "le car du personnel", "location de car"],
)
def test_a_thing_is_looked_for(text: str) -> None:
    assert {"or", "car"} & set(stems(text))


@pytest.mark.parametrize(
    "text",
    ["Or, il se trouve", "car il pleut", "urgent, car les agents partent", "or nous savons", "Car la route est longue"],
)
def test_a_conjunction_is_not(text: str) -> None:
    assert not {"or", "car"} & set(stems(text))
    assert {"or", "car"} & set(analysed(text)[0].split())


@pytest.mark.parametrize(
    ("typed", "kept"), [("thé", "thé"), ("mûrs", "mûr"), ("DÛ", "dû"), ("maïs", "maï"), ("forêt", "forêt"), ("été", "")]
)
def test_a_short_word_keeps_its_accents_beside_its_stem(typed: str, kept: str) -> None:
    assert [one.kept for one in tokens(typed)] == [kept]
    assert not kept or kept in stems(typed)


@pytest.mark.parametrize(("written", "plain"), [("Ŋutifafa", "nutifafa"), ("Ɖoɖo", "dodo"), ("Kabɩyɛ", "kabiy")])
def test_a_word_of_other_letters_is_found_in_plain_ones_too(written: str, plain: str) -> None:
    assert plain in stems(written)
    assert stems(written)[0] != plain


@given(st.text(alphabet="orcaORCA thé'’,.\nLdû1ɖ", max_size=60))
def test_a_text_is_read_the_same_in_one_piece_and_word_by_word(text: str) -> None:
    read = tokens(text)
    exacts, held = analysed(text)
    assert exacts.split() == [one.exact for one in read]
    assert held.split() == [form for one in read for form in ("" if one.small else one.stem, one.kept) if form]
