"""What fuzzing brought to light once, as small as it could be made: each is read, or refused in words; none surprises.

`found.json` is written by `scripts/keep_found.py`.
"""

from __future__ import annotations

import json
from base64 import b85decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import decompress

import pytest

from ingest.confined.confined import Confined
from ingest.readers.format import REFUSALS
from ingest.readers.table import of_type
from rooms.door import outcome

PIECES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("found.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def confined() -> Iterator[Confined]:
    with Confined(at_once=1) as opened:
        yield opened


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: str(piece["it raised"])[:60])
def test_what_was_found_once_is_foreseen_now(confined: Confined, piece: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "piece"
    path.write_bytes(decompress(b85decode(piece["bytes"])))
    fared, sentence = outcome(confined, path)
    assert (fared, sentence) == (piece["outcome"], piece["sentence"])
    assert fared in REFUSALS or of_type(fared) is not None
    if fared in REFUSALS:
        assert sentence[0].isupper()
        assert sentence.count(".") >= 2, "what happened, then what to do"
