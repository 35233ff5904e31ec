"""Comparing versions: whatever was written, both texts can be read back from the pieces."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ged.mail.comparison import Change, Part, Piece, compare, pieces
from ged.mail.draft import Attachment
from rooms.circuits import TEXT

TEXTS = st.text(st.sampled_from("ab é.\n*|"), max_size=60)


@given(TEXTS, TEXTS)
def test_both_texts_are_in_the_pieces(old: str, new: str) -> None:
    found = pieces(old, new)
    assert "".join(one.text for one in found if one.change is not Change.ADDED) == old
    assert "".join(one.text for one in found if one.change is not Change.REMOVED) == new


def test_only_the_words_that_changed_are_marked() -> None:
    assert pieces("Le montant est de 500 francs.\nFin", "Le montant est de 700 francs.\nFin") == (
        Piece(Change.SAME, "Le montant est de "),
        Piece(Change.REMOVED, "500"),
        Piece(Change.ADDED, "700"),
        Piece(Change.SAME, " francs.\nFin"),
    )


def test_a_sentence_put_in_the_place_of_another_is_one_change() -> None:
    assert pieces("- Un, deux.\n", "Elle est accordée.\n") == (
        Piece(Change.REMOVED, "- Un, deux"),
        Piece(Change.ADDED, "Elle est accordée"),
        Piece(Change.SAME, ".\n"),
    )


def test_what_did_not_change_is_not_shown() -> None:
    joined = replace(TEXT, subject="Autre objet", attachments=(Attachment("plan.pdf", "a" * 64, "application/pdf", 1),))
    assert [part for part, _ in compare(TEXT, joined)] == [Part.SUBJECT, Part.ATTACHMENTS]
    assert compare(TEXT, TEXT) == ()
