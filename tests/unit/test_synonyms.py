"""Other names of things: found from any of them, the longest name first, whatever its accents and number."""

from __future__ import annotations

import pytest

from search.french import tokens
from search.synonyms import NO_SYNONYMS, synonyms_of

KNOWN = synonyms_of(
    (("DRH", "Direction des ressources humaines"), ("véhicule", "voiture"), ("dû", "redevable"), ("voiture", "auto"))
)


@pytest.mark.parametrize(
    ("typed", "length", "others"),
    [
        ("drh Kara", 1, ["direction des ressources humaines"]),
        ("DIRECTIONS DES RESSOURCES HUMAINES", 4, ["drh"]),
        ("véhicules", 1, ["voiture"]),
        ("voiture", 1, ["vehicule", "auto"]),
        ("du", 0, []),
        ("dû", 1, ["redevable"]),
        ("humaines", 0, []),
    ],
)
def test_a_name_leads_to_the_others(typed: str, length: int, others: list[str]) -> None:
    found, names = KNOWN.at(tokens(typed), 0)
    assert found == length
    assert [" ".join(one.exact for one in name) for name in names] == others


def test_without_a_list_nothing_is_added() -> None:
    assert NO_SYNONYMS.at(tokens("drh"), 0) == (0, ())
    assert synonyms_of(()).at(tokens("drh"), 0) == (0, ())
