"""What is lit on a page, and which passage is shown under a hit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ged.mail.folding import within
from rooms.values import a_page
from search.french import joined, stem, tokens
from search.light import Light
from search.plan import plan, taken_apart
from search.port import Query

PAGE = a_page("Direction de l'énergie\nLe transformateur existant de Kpalimé\nne suffit plus aux besoins du quartier")


def lit(text: str) -> list[str]:
    return [PAGE.words[at].text for at in Light(text).on([PAGE]).get(1, ())]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("transformateurs", ["transformateur"]),
        ("TRANSFORMATEUR kpalime", ["transformateur", "Kpalimé"]),
        ("l'energie", ["l'énergie"]),
        ("transformateur existnat", ["transformateur", "existant"]),
        ("besoin de quartiers", ["besoins", "quartier"]),
        ('"ne suffit plus"', ["ne", "suffit", "plus"]),
        ("-transformateur", []),
        ("introuvable", []),
        ("", []),
    ],
)
def test_the_words_that_answer_are_lit_and_no_other(typed: str, shown: list[str]) -> None:
    assert lit(typed) == shown


def test_a_misspelt_word_lights_no_neighbour_where_the_right_one_stands() -> None:
    page = a_page("existant existent")
    assert Light("existant").on([page]) == {1: (0,)}


def test_the_passage_shown_is_where_most_words_stand_together() -> None:
    far = a_page("transformateur\n" + "mot " * 60 + "\nle transformateur du quartier", 1)
    passage = Light("transformateur quartier").passage([far])
    assert passage is not None
    assert [text for text, shines in passage.pieces if shines] == ["transformateur", "quartier"]
    assert Light("absent").passage([far]) is None


def test_hits_are_found_on_every_page() -> None:
    pages = [a_page("rien", 1), a_page("un transformateur", 2), a_page("", 3)]
    assert Light("transformateur").on(pages) == {2: (1,)}
    passage = Light("transformateur").passage(pages)
    assert passage is not None
    assert passage.page == 2


@given(st.text(max_size=60))
def test_whatever_is_typed_makes_a_plan_and_a_light(typed: str) -> None:
    plan(Query(typed), frozenset({"x"}))
    Light(typed).on([PAGE])


@given(st.text(max_size=60))
def test_tokens_stand_where_they_say(text: str) -> None:
    for token in tokens(text):
        assert 0 <= token.start < token.end <= len(text)
        assert token.exact
        assert token.stem


@pytest.mark.parametrize(
    "family",
    [
        "demander demande demandé demandée demandes",
        "autoriser autorisation autorisations autorisé",
        "travail travaux",
        "bureau bureaux",
        "journal journaux",
        "personnel personnelle personnels",
        "minier minière miniers",
        "exploitation exploiter exploitations",
        "administratif administrative administration",
    ],
)
def test_words_of_one_family_share_a_stem(family: str) -> None:
    assert len({token.stem for token in tokens(family)}) == 1


@pytest.mark.parametrize("pair", ["département départ", "mine mineur", "cour court", "or ordre"])
def test_words_of_two_families_do_not(pair: str) -> None:
    one, other = tokens(pair)
    assert one.stem != other.stem


def test_numbers_keep_their_value_and_lose_their_zeros() -> None:
    assert [token.exact for token in tokens("0123/2026 000 007")] == ["123", "2026", "0", "7"]
    assert stem("2026") == "2026"
    assert joined("ARR-2026-000042") == ("arr2026000042", "arr202642")


@pytest.mark.parametrize(
    ("one", "other", "edits", "near"),
    [
        ("kpalime", "kpalmie", 1, True),
        ("kpalime", "kpalim", 1, True),
        ("kpalime", "kplme", 1, False),
        ("kpalime", "kplme", 2, True),
        ("abc", "abcdef", 2, False),
        ("", "", 0, True),
    ],
)
def test_edits_are_counted_a_swap_for_one(one: str, other: str, edits: int, *, near: bool) -> None:
    assert within(one, other, edits) is near


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_nearness_is_mutual_and_grows(one: str, other: str) -> None:
    assert within(one, other, 1) is within(other, one, 1)
    assert within(one, other, 2) or not within(one, other, 1)


def test_typed_text_is_taken_apart() -> None:
    typed = taken_apart('transformateur "cour d\'appel" -facture 0123/2026')
    assert [[token.exact for token in chunk] for chunk in typed.chunks] == [["transformateur"], ["123", "2026"]]
    assert [[token.exact for token in phrase] for phrase in typed.phrases] == [["cour", "appel"]]
    assert [[token.exact for token in words] for words in typed.excluded] == [["facture"]]
