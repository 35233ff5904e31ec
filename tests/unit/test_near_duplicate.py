"""Two letters by their words: misread words and stamps part nothing, a name or a figure does."""

from __future__ import annotations

from itertools import permutations
from random import Random

import pytest

from ged.mail import near_duplicate
from ged.mail.near_duplicate import Facts, facts_of, resemblance, sketch
from rooms.values import a_page

TEXT = (
    "societe des carrieres du mono kpalime le douze octobre demande autorisation exploitation nous avons honneur de "
    "solliciter autorisation exploiter la carriere de gravier situee au nord de la ville une etude prealable "
    "montre que le transformateur existant ne suffit plus aux besoins du quartier montant estime 350 000 francs "
    "dossier 1958 suivi par madame afi lawson directrice"
)


def facts(text: str, confidence: float = 1.0) -> Facts:
    return Facts(tuple((word, confidence) for word in text.split()))


def likely(one: Facts, other: Facts) -> bool:
    said = {resemblance(first, second).likely for first, second in permutations((one, other))}
    assert len(said) == 1
    return said.pop() and bool(set(sketch(one)) & set(sketch(other)))


def changed(*pairs: tuple[str, str]) -> str:
    text = TEXT
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after)
    return text


def test_misread_words_stamps_and_figures_cut_otherwise_part_nothing() -> None:
    misread = changed(("carriere", "carrlere"), ("transformateur", "transfonnateur"), ("honneur", "hormeur"))
    assert likely(facts(TEXT), facts(misread, 0.8))
    assert likely(facts(TEXT), facts(f"courrier arrivee 14 oct 2026 n 00214 {TEXT}"))
    assert likely(facts(TEXT), facts(changed(("afi lawson directrice", "vu"))))
    assert likely(facts(TEXT), facts(changed(("1958", "19 58"))))
    assert likely(facts(TEXT), facts(changed(("1958", "1959")), 0.6))


def test_another_name_or_figure_read_well_on_both_sides_parts_two_letters() -> None:
    for pair in (("afi lawson", "yao mensah"), ("350", "475"), ("1958", "2044"), ("kpalime", "dapaong")):
        assert not likely(facts(TEXT), facts(changed(pair))), pair


def test_what_says_nothing_is_like_nothing() -> None:
    assert sketch(facts("page blanche")) == ()
    assert not resemblance(facts("page blanche"), facts("page blanche")).likely


def test_long_words_of_the_same_letters_are_compared_to_an_end() -> None:
    """Without a bound, each letter that may be misread takes three times as long."""
    one, other = ("".join(sorted(chr(97 + at) * 3 for at in range(26))), "zyxwvutsrqponmlkjihgfedcba" * 3)
    found = [facts_of([a_page(f"{TEXT} {word * 100_000}")], {}) for word in (one, other)]
    assert resemblance(*found).share > 0.9
    assert found[0].words[-1] != found[1].words[-1]


def test_letters_of_words_that_look_alike_are_compared_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0

    def unlike(*_: object) -> bool:
        nonlocal compared
        compared += 1
        return False

    monkeypatch.setattr(near_duplicate, "within", unlike)
    said = ["".join(letters) for letters in permutations("abcdefg")]
    one, other = (facts(" ".join([TEXT * 9, *some])) for some in (said[:600], said[600:1200]))
    assert not resemblance(one, other).likely
    assert 10_000 < compared <= 50_000


def test_letters_of_a_few_words_in_any_order_are_compared_to_an_end() -> None:
    """Longest runs sought again on both sides of each took the third power of what repeats: minutes, of 1,500 words."""
    words, r = TEXT.split()[:14], Random(14)
    one, other = (facts(" ".join(r.choices(words, k=near_duplicate.MAX_WORDS))) for _ in range(2))
    assert resemblance(one, other).apart > near_duplicate.MAX_APART
