"""Words that hold one of a query are found in whole texts: those that reading each would tell, where they stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ged.mail.page import WORD_END, PageText, PageWords
from search.french import read_word, tokens, tolerance
from search.light import Light
from search.texts import Texts, begin_of, form_of

ENDINGS = [
    "",
    "s",
    "x",
    "e",
    "er",
    "eaux",
    "aux",
    "ail",
    "iere",
    "age",
    "ement",
    "ation",
    "atif",
    "ification",
    "ll",
    "é",
    "œ",
]
WRITTEN = st.builds(
    str.__add__,
    st.text("abcerstvilnÉĖ0123'’/-. œßæ½²µİŋɖ\u0301\u00a0\0", max_size=9),
    st.sampled_from(ENDINGS),
)
ANY = st.one_of(WRITTEN, st.text(st.characters(exclude_characters=WORD_END), max_size=6))


@given(st.lists(ANY, max_size=12), st.lists(ANY, max_size=3))
def test_every_word_that_holds_what_is_asked_is_found_at_its_place(said: list[str], typed: list[str]) -> None:
    text = Texts.of_words(said)
    places, at = dict[int, str](), 0
    for word in said:
        places[at] = word
        at += len(word) + 1
    asked = [token for word in (*typed, *said[:2]) for token in read_word(word)]
    for token in asked:
        for begins, form in ([begin_of(token.stem)], "stem"), ([form_of(token.exact)], "exact"):
            found = text.holding(begins)
            assert found.items() <= places.items()
            told = {
                at: word
                for at, word in places.items()
                if any(getattr(each, form) == getattr(token, form) for each in read_word(word))
            }
            assert told.items() <= found.items()
        assert text.may_hold([form_of(token.exact)]) or not any(
            each.exact == token.exact for word in said for each in read_word(word)
        )
    several = text.holding({begin_of(token.stem) for token in asked})
    assert list(several) == sorted(several)


@given(st.lists(st.lists(ANY.filter(bool), min_size=1, max_size=9), max_size=3), st.integers(0, 9), st.integers(0, 9))
def test_words_stand_around_a_place_of_their_page(pages: list[list[str]], before: int, after: int) -> None:
    text = Texts.of_pages([PageWords(number, tuple(said)) for number, said in enumerate(pages)])
    for page, (said, (begin, end)) in enumerate(zip(pages, text.bounds, strict=True)):
        assert [word for _, word in text.words_from(begin, end)] == said
        for number, (start, _) in enumerate(text.words_from(begin, end)):
            assert text.count_words(begin, start) == number
            if before <= number:
                assert text.words_around(page, start, before, after) == said[number - before : number + after]


@given(st.lists(ANY, max_size=12), st.lists(ANY, max_size=3))
def test_a_page_as_one_text_is_lit_as_its_words_are(said: list[str], typed: list[str]) -> None:
    rows = [number // 3 for number in range(len(said))]
    apart = PageWords(1, tuple(said), tuple(rows))
    whole = PageText(1, WORD_END.join(said), str(rows))
    light = " ".join((*typed, *said[:2]))
    assert Light(light).on([whole]) == Light(light).on([apart])
    assert Light(light).runs([whole]) == Light(light).runs([apart])
    assert Light(light).passages([whole]) == Light(light).passages([apart])
    assert said == [""] or whole.said == apart.said


def test_a_word_that_holds_what_ends_words_stays_one() -> None:
    text = Texts.of_words(["a", f"b{WORD_END}c", "transformateur"])
    assert [word for _, word in text.words_from(0, len(text.text))] == ["a", "b c", "transformateur"]


SHORT = st.text("abcesétÉ01'’/-\u0301", min_size=1, max_size=4)


@given(
    st.lists(st.lists(st.lists(st.one_of(SHORT, ANY), max_size=5), max_size=2), max_size=4),
    st.lists(SHORT, max_size=4),
    st.booleans(),
)
def test_letters_are_lit_together_as_each_alone(letters: list[list[list[str]]], words: list[str], quoted: bool) -> None:
    """Nothing is near to what is so short; what is, is compared with all letters (tests/unit/test_light.py)."""
    pages = [[PageWords(n, tuple(said), tuple(range(len(said)))) for n, said in enumerate(each, 1)] for each in letters]
    typed = " ".join(words)
    typed = f'"{typed}"' if quoted else typed
    assert not any(tolerance(token.exact) for token in tokens(typed))
    assert Light(typed).passages_of(pages) == [Light(typed).passages(each) for each in pages]
