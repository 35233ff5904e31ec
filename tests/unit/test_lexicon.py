"""Words that hold one of a query are found among those of pages, whatever was known before."""

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from search.french import read_word
from search.lexicon import Lexicon

WORDS = st.sets(
    st.sampled_from(["Énergie", "d'énergie", "énergies", "Kpalimé", "0123/2026", "l'eau", "eaux", "—", "N'Tcha"])
)


@given(st.lists(st.tuples(WORDS, WORDS), max_size=6))
def test_words_that_hold_a_form_are_those_that_reading_each_would_tell(asked: list[tuple[set[str], set[str]]]) -> None:
    lexicon = Lexicon(most=4)  # it begins anew now and then
    for said, typed in asked:
        forms = [token for word in typed for token in read_word(word)]
        stems, exacts = {token.stem for token in forms[::2]}, {token.exact for token in forms[1::2]}
        told = {word for word in said for token in read_word(word) if token.stem in stems or token.exact in exacts}
        assert lexicon.holding(said, stems, exacts) == told


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
WRITTEN = st.builds(str.__add__, st.text("abcerstvilnÉ0123'’/-.", max_size=9), st.sampled_from(ENDINGS))


@given(st.sets(WRITTEN, max_size=12), st.sets(WRITTEN, max_size=3))
def test_no_word_that_is_passed_over_unread_holds_what_is_asked(said: set[str], typed: set[str]) -> None:
    forms = [token for word in (*typed, *list(said)[:2]) for token in read_word(word)]
    for stems, exacts in (({one.stem for one in forms}, set()), (set(), {one.exact for one in forms})):
        told = {word for word in said for token in read_word(word) if token.stem in stems or token.exact in exacts}
        assert Lexicon().holding(said, stems, exacts) == told


def test_threads_that_begin_it_anew_for_each_other_find_all_the_same() -> None:
    lexicon = Lexicon(most=50)

    def ask(turn: int) -> set[str]:
        said = {f"mot{turn}x{n}" for n in range(40)}
        return lexicon.holding(said, exacts=[f"mot{turn}x7"])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(400))) == [{f"mot{turn}x7"} for turn in range(400)]
