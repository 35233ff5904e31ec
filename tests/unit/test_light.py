"""What is lit on a page, and which passage is shown under a hit."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ged.mail.folding import near_words, within
from ged.mail.page import PageWords
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


def test_words_by_which_one_asks_are_lit_only_where_they_are_looked_for() -> None:
    page = a_page("pouvez-vous retrouver la lettre du quartier\nconcernant le transformateur existant")
    said = [word.text for word in page.words]

    def lit_on_page(text: str) -> list[str]:
        return [said[at] for at in Light(text).on([page]).get(1, ())]

    question = "Pouvez-vous retrouver la lettre concernant le transformateur existant du quartier ?"
    assert lit_on_page(question) == ["quartier", "transformateur", "existant"]
    assert lit_on_page("retrouver lettre") == ["retrouver", "lettre"]


def test_a_misspelt_word_lights_no_neighbour_where_the_right_one_stands() -> None:
    page = a_page("existant existent")
    assert Light("existant").on([page]) == {1: (0,)}


def test_the_passage_shown_is_where_most_words_stand_together() -> None:
    far = a_page("transformateur\n" + "mot " * 60 + "\nle transformateur du quartier", 1)
    (passage,) = Light("transformateur quartier").passages([far])
    assert [text for text, shines in passage.pieces if shines] == ["transformateur", "quartier"]
    assert passage.hit == 2
    assert Light("absent").passages([far]) == ()


def test_a_further_passage_is_shown_for_a_word_that_stands_elsewhere() -> None:
    pages = [a_page("un transformateur", 1), a_page("le transformateur\n" + "mot " * 60 + "\ndu quartier", 2)]
    passages = Light("transformateur quartier").passages(pages)
    assert [(one.page, one.hit) for one in passages] == [(1, 1), (2, 3)]
    assert Light("quartier").passages(pages)[0].hit == 1


def test_letters_read_together_are_lit_as_each_alone() -> None:
    texts = ["le transformateur existnat", "existant et transformatuer", "lettre 0123/2026 du cab", "rien", "exsitant"]
    letters = [[a_page(text, 1), a_page(f"{other} existent", 2)] for text in texts for other in texts]
    for typed in ("existant transformateur", "existant 123/2026", '"transformateur existnat" exsitant', "letre cab"):
        together = Light(typed).passages_of(letters)
        assert together == [Light(typed).passages(pages) for pages in letters]
        assert any(together)


def test_words_lit_side_by_side_are_one_hit() -> None:
    runs = Light('"ne suffit plus" transformateur').runs([PAGE])
    assert [[PAGE.words[at].text for at in run.words] for run in runs] == [["transformateur"], ["ne", "suffit", "plus"]]


def test_a_line_of_a_million_lit_words_is_one_hit() -> None:
    """In the square of them it would not end."""
    page = PageWords(1, ("transformateur",) * 1_000_000, (0,) * 1_000_000)
    (run,) = Light("transformateur").runs([page])
    assert len(run.words) == 1_000_000


def test_of_a_reference_that_stands_whole_no_part_is_lit_elsewhere() -> None:
    page = a_page("Lomé, le 3 mars 2026\nvotre lettre 0123/2026/CAB du cab")
    assert [page.words[at].text for at in Light("123/2026/cab").on([page])[1]] == ["0123/2026/CAB"]
    assert [page.words[at].text for at in Light("9/2026").on([page])[1]] == ["2026", "0123/2026/CAB"]


def test_a_subject_is_lit_as_a_page_is() -> None:
    assert Light("demande").pieces("Les demandes d'avis") == (("Les", False), ("demandes", True), ("d'avis", False))


def test_hits_are_found_on_every_page() -> None:
    pages = [a_page("rien", 1), a_page("un transformateur", 2), a_page("", 3)]
    assert Light("transformateur").on(pages) == {2: (1,)}
    assert [one.page for one in Light("transformateur").passages(pages)] == [2]


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


def aligned(one: str, other: str) -> int:
    """Return the optimal alignment distance, by the table of the books."""
    table = [[i + j for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i, j in product(range(1, len(one) + 1), range(1, len(other) + 1)):
        changed = table[i - 1][j - 1] + (one[i - 1] != other[j - 1])
        table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, changed)
        if i > 1 and j > 1 and one[i - 2 : i] == other[j - 1] + other[j - 2]:
            table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


@given(st.text("abc", max_size=7), st.text("abc", max_size=7), st.integers(0, 3))
def test_edits_are_those_of_the_optimal_alignment(one: str, other: str, edits: int) -> None:
    assert within(one, other, edits) is (aligned(one, other) <= edits)


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_nearness_is_mutual_and_grows(one: str, other: str) -> None:
    assert within(one, other, 1) is within(other, one, 1)
    assert within(one, other, 2) or not within(one, other, 1)


def test_typed_text_is_taken_apart() -> None:
    typed = taken_apart('transformateur "cour d\'appel" -facture 0123/2026')
    assert [[token.exact for token in chunk] for chunk in typed.chunks] == [["transformateur"], ["123", "2026"]]
    assert [[token.exact for token in phrase] for phrase in typed.phrases] == [["cour", "appel"]]
    assert [[token.exact for token in words] for words in typed.excluded] == [["facture"]]


@given(
    typed=st.text("abcé", max_size=8),
    words=st.lists(st.text("abcé", max_size=8), max_size=20),
    distance=st.integers(0, 3),
)
def test_near_words_are_those_within_so_many_edits(typed: str, words: list[str], distance: int) -> None:
    found = near_words(typed, words, distance)
    assert found == sorted(found, key=lambda word: aligned(typed, word))
    assert sorted(found) == sorted(word for word in words if within(typed, word, distance))
