"""Readings of one line vote: what they share is kept, whole."""

from __future__ import annotations

import numpy as np
import pytest

from ingest.engines.port import LANGUAGE, RawWord
from ingest.readers.source import Grey
from ingest.stages.numbers_again import voted, with_numbers_again


def reading(text: str, confidence: float) -> list[RawWord]:
    return [RawWord(word, (0, 0, 10, 10), confidence, 0) for word in text.split()]


def said(line: list[RawWord]) -> str:
    return " ".join(word.text for word in line)


def test_what_two_readings_share_is_kept_as_sure_as_the_surest() -> None:
    found = voted([reading("N° 12IMEF", 0.9), reading("N° 12/MEF", 0.6), reading("N° 12/MEF", 0.8)])
    assert said(found) == "N° 12/MEF"
    assert {word.confidence for word in found} == {0.8}


def test_a_number_that_one_reading_tears_apart_stays_whole() -> None:
    whole, torn = reading("V/Réf : 1023/2023/DAF", 0.8), reading("v/ Réf : 1023 / 2023 /DAF", 0.95)
    assert said(voted([whole, torn])) == "V/Réf : 1023/2023/DAF"
    assert said(voted([torn, whole])) == "V/Réf : 1023/2023/DAF"


def test_a_dash_that_stands_between_words_is_torn_from_nothing() -> None:
    assert said(voted([reading("BP 12 - Lomé", 0.7), reading("BP 12 - Lomé", 0.9)])) == "BP 12 - Lomé"


def test_without_agreement_the_surest_is_kept() -> None:
    assert said(voted([reading("12/DAF", 0.7), reading("12/DAE", 0.9), reading("17/DAF", 0.8)])) == "12/DAE"


class Says:
    """An engine that reads one thing after another."""

    name, languages = "says", (LANGUAGE,)

    def __init__(self, *texts: str) -> None:
        self.left = list(texts)

    def recognize(self, _grey: Grey, _resolution_dpi: float, _language: str = LANGUAGE) -> list[RawWord]:
        """Return the next."""
        return [RawWord(word, (70, 70, 80, 80), 0.9, 0) for word in self.left.pop(0).split()]


@pytest.mark.parametrize(
    ("texts", "kept", "unheard"),
    [
        (("N° 12/MEF", "N° 77/MEF"), "N° 12/MEF", 1),
        (("N° 12/MEI", "N° 12/MEI"), "N° 12/MEI", 0),
    ],
)
def test_a_third_reading_is_heard_only_where_two_differ(texts: tuple[str, ...], kept: str, unheard: int) -> None:
    engine = Says(*texts)
    line = [RawWord(word, (10, 10, 20, 20), 0.7, 0) for word in ("N°", "12/MEF")]
    found = with_numbers_again(line, np.full((60, 60), 255, np.uint8), 200.0, engine, LANGUAGE)
    assert said(found) == kept
    assert len(engine.left) == unheard
