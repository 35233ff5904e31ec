"""Words as the search knows them: short ones by their accents, conjunctions apart from things, other letters too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.french import analysed, tokens


def stems(text: str) -> list[str]:
    return analysed(text.split())[1].split()


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
    assert {"or", "car"} & set(analysed(text.split())[0].split())


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
    exacts, held = analysed(text.split())
    assert exacts.split() == [one.exact for one in read]
    assert held.split() == [form for one in read for form in ("" if one.small else one.stem, one.kept) if form]


@pytest.mark.parametrize(
    ("read", "meant"),
    [("E1avagnon", "Elavagnon"), ("5ollicitons", "sollicitons"), ("4gbéko", "Agbéko"), ("év1ter", "éviter")],
)
def test_a_word_with_a_figure_in_it_is_found_by_the_letter_that_it_was(read: str, meant: str) -> None:
    assert stems(meant)[0] in stems(read)


@pytest.mark.parametrize("code", ["AT2ER", "H2SO4", "ISO9001", "R+1", "2026", "12h30", "B52", "01232026"])
def test_a_code_stays_as_it_is(code: str) -> None:
    assert all(one.kept == "" for one in tokens(code))


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        ("n°0123/2026/MMRE/CAB,", {"01232026mmrecab", "1232026mmrecab"}),
        ("(MMRE-SG-2026-07)", {"mmresg202607", "mmresg20267"}),
        ("12/03/2024", set()),
        ("c'est-à-dire", set()),
        ("0123/2026", set()),
    ],
)
def test_a_reference_in_a_text_is_one_word_as_well(said: str, whole: set[str]) -> None:
    assert {one for one in stems(said) if len(one) > 7} == whole


@pytest.mark.parametrize("part", ["9", "a", "a1/", "l'", "a-", "1er"])
def test_a_word_without_end_takes_no_longer_than_its_letters(part: str) -> None:
    """An encoded attachment in a text: in the square of a million it would not end."""
    exact, _ = analysed([part * (1_000_000 // len(part))])
    assert exact
