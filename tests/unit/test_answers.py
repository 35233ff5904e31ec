"""What a task says is of the type that was promised, or the task is stopped: nothing else comes of an answer."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

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
