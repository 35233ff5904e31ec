"""A word spelt otherwise than in the letters found is offered as they spell it."""

from __future__ import annotations

import pytest

from search.likeness import Likeness
from search.spelling import respelt
from search.texts import Texts

READ = ("Travaux à Kpalimé", "le transformateur de Kpalimé, la ligne 12", "Mairie de Vogan")


def _respelt(typed: str, read: list[list[str]]) -> str | None:
    likeness = Likeness()
    likeness.add(Texts.of_words([word for words in read for word in words]))
    return respelt(typed, likeness)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("kpalmié", "Kpalimé"),
        ("transfomateur kpalmie", "transformateur Kpalimé"),
        ("de:voagn travaux", "de:Vogan travaux"),
        ("KPALIME", None),
        ("transformateurs", None),
        ("-kpalmié travaux", None),
        ("travaux -de:voagn", None),
        ("introuvable", None),
        ("12", None),
        ("", None),
    ],
)
def test_the_spelling_of_the_hits_is_offered_where_none_has_the_word(typed: str, offered: str | None) -> None:
    assert _respelt(typed, [each.split() for each in READ]) == offered


def test_what_is_not_looked_for_is_left_alone() -> None:
    likeness = Likeness()
    likeness.add(Texts.of_words(["retrouvée", "Kpalimé"]))
    assert respelt("retrouver kpalmie", likeness, {"retrouver"}) == "retrouver Kpalimé"


def test_the_spelling_that_most_hits_have_is_the_one_offered() -> None:
    assert _respelt("gravuer", [["gravier"], ["graver", "le", "gravier"], ["gravier"]]) == "gravier"


def test_the_nearest_spelling_is_offered_unless_it_may_be_a_misreading() -> None:
    words = ["électricité", *["électrique"] * 5]
    assert _respelt("electricte", [words]) == "électricité"
    assert _respelt("electricte", [[*words, "électrique"]]) == "électrique"


def test_words_that_come_later_are_compared_as_well() -> None:
    likeness = Likeness()
    likeness.add(Texts.of_words(["Kpalimé,"]))
    assert likeness.near("kpalmie").words == {"Kpalimé,"}
    likeness.add(Texts.of_words(["l'Kpalime", "Kpalimé,", "Vogan"]))
    assert likeness.near("kpalmie").words == {"Kpalimé,", "l'Kpalime"}
    assert likeness.near("kpalmie").exacts == {"kpalime"}
