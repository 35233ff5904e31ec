"""Made-up letters for measures: the same for a seed, in whatever pieces, each saying what it is about."""

from __future__ import annotations

import pytest

from scripts.search_corpus import BLOCK, documents, letters, records
from scripts.search_words import HELD_OUT, TUNING


def test_a_seed_gives_the_same_letters_whole_or_in_blocks() -> None:
    whole = [one.text for one in records(2 * BLOCK, 7)]
    assert [one.index for one in records(2 * BLOCK, 7)] == list(range(2 * BLOCK))
    parts = [one.text for first in (0, BLOCK) for one in records(BLOCK, 7, first=first)]
    assert whole == parts
    assert whole != [one.text for one in records(2 * BLOCK, 8)]
    with pytest.raises(ValueError, match="block"):
        next(records(1, 7, first=12))


def test_each_letter_says_what_it_is_about_and_the_damaged_ones_nearly_so() -> None:
    made = list(records(BLOCK, 7, TUNING))
    clean = [one for one in made if not one.damaged]
    assert 0.7 * BLOCK < len(clean) < 0.9 * BLOCK
    assert all(one.place in one.text for one in clean)
    assert all(one.reference in one.text for one in clean)
    assert len({one.text for one in made}) == BLOCK
    assert 150 < sum(len(one.text.split()) for one in made) / BLOCK < 300
    assert any("ɔ" in one.text for one in made)


def test_what_the_search_is_judged_on_was_not_seen_while_it_was_tuned() -> None:
    for name in ("topics", "places", "first_names", "last_names", "firms", "bodies", "synonyms", "local"):
        assert not set(getattr(TUNING, name)) & set(getattr(HELD_OUT, name))


def test_letters_and_documents_are_the_same_letters() -> None:
    for (letter, pages), indexed, record in zip(letters(40, 3), documents(40, 3), records(40, 3), strict=True):
        assert letter.id == indexed.id == record.id
        assert pages[0].text.split() == record.text.split()
