"""An object that is read from its body: a body that breaks off is asked for again from there."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from botocore.exceptions import ReadTimeoutError

from ged.errors import Unavailable
from ged.store.vault.s3_object import S3Object

DATA = bytes(range(256)) * 40


class Body(io.BytesIO):
    """A body that breaks off after some bytes, by an error or by ending."""

    def __init__(self, at: int, lasts: int, *, fails: bool) -> None:
        super().__init__(DATA[at : at + lasts])
        self._fails = fails

    def read(self, most: int | None = -1) -> bytes:
        data = super().read(most)
        if not data and self._fails:
            raise ReadTimeoutError(endpoint_url="http://coffre")
        return data


def opened(lasts: Callable[[int], int], *, fails: bool) -> tuple[S3Object, list[int]]:
    asked: list[int] = []

    def fetch(at: int) -> Body:
        asked.append(at)
        return Body(at, lasts(at), fails=fails)

    return S3Object(fetch, Body(0, lasts(0), fails=fails), len(DATA)), asked


@pytest.mark.parametrize("fails", [True, False])
def test_what_breaks_off_goes_on_from_there(fails: bool) -> None:
    raw, asked = opened(lambda _at: 3000, fails=fails)
    assert io.BufferedReader(raw, 1000).read() == DATA
    assert asked == [3000, 6000, 9000]


@pytest.mark.parametrize("fails", [True, False])
def test_what_gives_nothing_more_is_said_and_no_part_is_taken_for_the_whole(fails: bool) -> None:
    raw, asked = opened(lambda at: 0 if at else 3000, fails=fails)
    assert raw.read(3000) == DATA[:3000]
    with pytest.raises(Unavailable):
        raw.read(10)
    assert asked == [3000] * 2


def test_a_place_that_is_looked_for_and_left_again_is_not_asked_for() -> None:
    raw, asked = opened(lambda _at: len(DATA), fails=False)
    assert raw.seek(0, io.SEEK_END) == len(DATA)
    assert raw.read(1) == b""
    raw.seek(0)
    assert raw.readall() == DATA
    raw.seek(-2, io.SEEK_CUR)
    assert raw.read() == DATA[-2:]
    assert asked == [len(DATA) - 2]
