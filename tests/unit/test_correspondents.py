"""Names as they are matched, and which two correspondents may be one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ged.mail.correspondent import (
    LIKELY,
    Card,
    Side,
    Sort,
    card_faults,
    enters_directory,
    likeness,
    marks,
    name_key,
    names_in,
    search_words,
    words_typed,
    written_as,
)
from ged.mail.folding import folded_words
from ged.mail.item import Confidentiality, Direction


def org(name: str, **more: tuple[str, ...]) -> Card:
    return Card(Sort.ORGANISATION, name, **more)  # type: ignore[arg-type]


def person(name: str, organisation: str = "") -> Card:
    return Card(Sort.PERSON, name, organisation=organisation)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("L'Électricité d’Aného", ["electricite", "aneho"]),
        ("Sté S.A.R.L. Œuvres", ["ste", "sarl", "oeuvres"]),
        ("Aujourd'hui Togo", ["aujourd", "hui", "togo"]),
        ("  ", []),
    ],
)
def test_accents_case_and_articles_do_not_count(written: str, words: list[str]) -> None:
    assert folded_words(written) == words


def test_a_field_holds_several_names_each_once() -> None:
    assert names_in(" Mairie de  Kpalimé ;M. Koffi;; Mairie de Kpalimé\nCEET") == (
        "Mairie de Kpalimé",
        "M. Koffi",
        "CEET",
    )
    assert names_in(" ; ") == ()


def test_a_civility_is_not_the_name() -> None:
    assert name_key("Monsieur le Maire") == "le maire"
    assert name_key("M. Koffi AGBÉKO") == name_key("Koffi Agbeko")
    assert written_as("Mme Afi Mensah") == Card(Sort.PERSON, "Afi Mensah", civility="Mme")
    assert written_as("Mairie de Kpalimé").sort is Sort.ORGANISATION
    assert name_key("M.") == "m"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (org("Société des Carrières du Mono"), org("SOCIETE DES CARRIERES DU MONO SARL")),
        (org("Société des Carrières du Mono"), org("Ste des Carières du Mono")),
        (person("Koffi Agbéko"), person("AGBEKO Koffi")),
        (org("Mairie de Kpalimé"), org("Mairie de Kpalime")),
        (org("Togo Mines", emails=("Contact@mines.tg",)), org("Mines togolaises", emails=("contact@mines.tg",))),
        (org("Cabinet Fiducia", phones=("+228 22 21 00 11",)), org("Fiducia conseil", phones=("0022822210011",))),
    ],
)
def test_what_is_one_is_suggested_and_shares_a_mark(one: Card, other: Card) -> None:
    found = likeness(one, other)
    assert found.score >= LIKELY
    assert found.reasons
    assert marks(one) & marks(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (org("Mairie de Kpalimé"), org("Mairie d'Atakpamé")),
        (person("Koffi Agbéko"), person("Kossi Agbéko")),
        (org("Lycée de Tokoin 1"), org("Lycée de Tokoin 2")),
        (org("Banque de Lomé"), person("Paul Lawson")),
        (org("SARL"), org("SA")),
    ],
)
def test_what_only_looks_alike_is_left_alone(one: Card, other: Card) -> None:
    assert likeness(one, other).score < LIKELY


def test_two_people_of_one_name_in_two_houses_are_less_likely_one() -> None:
    same = likeness(person("Koffi Agbéko", "CEET"), person("Koffi Agbéko", "CEET"))
    apart = likeness(person("Koffi Agbéko", "CEET"), person("Koffi Agbéko", "Mairie de Lomé"))
    assert apart.score < same.score


NAMES = st.text("abcéèçÉ '-.SARLdu", min_size=1, max_size=30)


@given(NAMES, NAMES)
def test_likeness_is_the_same_both_ways_and_one_is_like_itself(first: str, second: str) -> None:
    one, other = org(first), org(second)
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one).score >= LIKELY
    assert 0 <= likeness(one, other).score <= 1


def test_faults_of_a_card_are_said_field_by_field() -> None:
    assert card_faults(org("Mairie", emails=("maire@kpalime.tg",), phones=("22 21 00 11",))) == {}
    wrong = replace(org("--"), emails=("maire",), phones=("12",))
    assert set(card_faults(wrong)) == {"name", "emails", "phones"}
    assert "point-virgule" in card_faults(org("Mairie ; CEET"))["name"]


def test_a_correspondent_is_found_by_words_e_mail_and_telephone() -> None:
    words = search_words(org("Mairie de Kpalimé", emails=("maire@kpalime.tg",), phones=("+228 22 21 00 11",)))
    assert {"mairie", "kpalime", "maire@kpalime.tg", "22210011"} <= words


@pytest.mark.parametrize("typed", ["maire@kp", "22 21", "+228 22 21 00 11", "L'KPALIMÉ", "mair kpa"])
def test_what_is_typed_is_the_beginning_of_what_is_found(typed: str) -> None:
    known = search_words(org("Mairie de Kpalimé", emails=("maire@kpalime.tg",), phones=("+228 22 21 00 11",)))
    assert words_typed(typed)
    assert all(any(word.startswith(begun) for word in known) for begun in words_typed(typed))


def test_only_the_outer_side_of_an_open_letter_enters_the_directory_by_itself() -> None:
    assert enters_directory(Direction.INCOMING, Side.SENDER, Confidentiality.INTERNAL)
    assert enters_directory(Direction.OUTGOING, Side.RECIPIENT, Confidentiality.PUBLIC)
    assert not enters_directory(Direction.INCOMING, Side.RECIPIENT, Confidentiality.INTERNAL)
    assert not enters_directory(Direction.INTERNAL, Side.SENDER, Confidentiality.INTERNAL)
    assert not enters_directory(Direction.INCOMING, Side.SENDER, Confidentiality.RESTRICTED)
