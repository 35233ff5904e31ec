"""What a task says is of the type that was promised, or the task is stopped: nothing else comes of an answer."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from ged.errors import Refused
from ged.mail.said import Said, tell
from ingest.confined.answers import answer_of, value_of
from ingest.confined.bounds import Stopped
from ingest.readers.source import Grey


def grey() -> Grey:
    return np.arange(6, dtype=np.uint8).reshape(2, 3)


def test_an_image_crosses_as_it_is() -> None:
    np.testing.assert_array_equal(value_of(b"".join(answer_of(grey, ())), grey), grey())


@pytest.mark.parametrize(
    ("kind", "shape"),
    [("<M8[s]", [1]), ("O", [1]), ("f,,", [2]), ("(2,", [2]), ("|u1", [2**63]), ("|u1", [3, 3]), ("|u1", [-1, -1])],
)
def test_an_array_of_something_else_or_of_another_size_is_no_answer(kind: str, shape: list[int]) -> None:
    with pytest.raises(Stopped):
        value_of(b"v" + msgspec.msgpack.encode([kind, shape, b"12345678"]), grey)


def refusing() -> None:
    why = Said("la taille de %(file)s manque", file="content/a.pdf")
    raise Refused("transfer.manifest", Said("Le manifeste de ce versement n'est pas accepté : %(why)s.", why=why))


def test_an_error_crosses_with_the_sentence_and_the_values_of_which_it_is_made() -> None:
    with pytest.raises(Refused) as raised:
        value_of(b"".join(answer_of(refusing, ())), refusing)
    said = raised.value.sentence
    assert said == "Le manifeste de ce versement n'est pas accepté : la taille de content/a.pdf manque."
    told = tell(said, lambda each: each.replace("la taille de", "the size of"))
    assert told.endswith("the size of content/a.pdf manque.")


def remarking() -> str:
    return Said("Un fichier de %(count)s pages", count=3)


def test_a_text_within_a_value_crosses_as_what_it_says() -> None:
    assert value_of(b"".join(answer_of(remarking, ())), remarking) == "Un fichier de 3 pages"


@pytest.mark.parametrize(
    "sentence",
    [
        ["%(a)999999999s", {"a": 1}],
        ["%(a)s", {"b": 1}],
        ["%(a)s", {"a": "x" * 501}],
        ["%(sentence)s", {"sentence": 1}],
        ["%(a)s", {"a": ["%(a)s", {"a": ["%(a)s", {"a": 1}]}]}],
        ["%(a)s"],
    ],
)
def test_a_sentence_without_measure_is_no_answer(sentence: list[object]) -> None:
    error = {"kind": "refused", "code": "capture.damaged", "sentence": sentence, "diagnostics": {}}
    with pytest.raises(Stopped):
        value_of(b"e" + msgspec.msgpack.encode(error), refusing)
