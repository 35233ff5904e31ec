"""A number of ours, quoted by others in any spelling."""

from __future__ import annotations

import pytest

from ged.mail.cited_reference import Cited, read_reference, says

OURS = "0123/2026/MMRE/CAB"


@pytest.mark.parametrize(
    "quoted",
    [OURS, "123 2026 mmre", "n° 123-2026/MMRE-CAB", "123/MMRE/CAB/26", "MMRE/CAB/N°0123/2026", "123/2026"],
)
def test_one_number_in_any_spelling_is_ours(quoted: str) -> None:
    cited = read_reference(quoted)
    assert cited is not None
    assert says(cited, OURS)


@pytest.mark.parametrize(
    "quoted", ["0124/2026/MMRE/CAB", "0123/2025/MMRE/CAB", "0123/2026/MEF/SG", "123", "0123/2026/MMRE/DAF"]
)
def test_another_number_year_or_service_is_not_ours(quoted: str) -> None:
    cited = read_reference(quoted)
    assert cited is not None
    assert not says(cited, OURS)


def test_one_letter_misread_in_a_long_acronym_is_forgiven() -> None:
    assert says(Cited(123, 2026, frozenset(["mmre", "cab"])), "0123/2026/MNRE/CAB")


@pytest.mark.parametrize("text", ["", "CAB", "2026", "sans numéro", "0000/2026"])
def test_what_holds_no_sequence_is_no_reference(text: str) -> None:
    assert read_reference(text) is None
