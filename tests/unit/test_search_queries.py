"""Queries for judging the search: each has answers among the letters it was made from, and their grades make sense."""

from __future__ import annotations

from collections import Counter

from ged.mail.folding import fold
from scripts.search_corpus import BLOCK, records
from scripts.search_queries import MOST, Asker
from scripts.search_words import TUNING


def test_every_family_asks_for_letters_that_are_there() -> None:
    made = {one.id: one for one in records(4 * BLOCK, 7, TUNING)}
    asked = Asker(list(made.values()), TUNING, 1).ask(5)
    assert set(Counter(one.family for one in asked).values()) == {5}
    assert all(set(one.answers) <= set(made) for one in asked)
    assert all(1 <= len(one.answers) <= MOST for one in asked)
    assert all(set(one.answers.values()) <= {1, 2, 3} for one in asked)
    for one in asked:
        if one.family == "accents left out":
            best = [made[name] for name, grade in one.answers.items() if grade == 3]
            assert all(fold(letter.place) in fold(one.text) and letter.place in letter.subject for letter in best)


def test_a_seed_asks_the_same() -> None:
    made = list(records(2 * BLOCK, 7, TUNING))
    assert Asker(made, TUNING, 1).ask(3) == Asker(made, TUNING, 1).ask(3)
    assert Asker(made, TUNING, 1).ask(3) != Asker(made, TUNING, 2).ask(3)
