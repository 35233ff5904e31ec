"""What fuzzing found becomes pieces of the museum: each made as small as it can be, with what its sender is told of it.

    python -m scripts.keep_found [FOLDER]

Each finding in the folder is opened behind the product's walls; while it is a fault it is cut down for as long as it
stays the same fault, and goes into `tests/museum/found.json`. Then every piece there is opened once more, and what
came of it is written beside it: once a reader is mended, run this again, and the museum's test holds it to that.
"""

from __future__ import annotations

import json
import sys
import tempfile
from base64 import b85decode, b85encode
from collections.abc import Callable, Iterator
from pathlib import Path
from zlib import compress, decompress

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests"))
from ingest.confined.confined import Confined  # noqa: E402 - what the tests make is found only now
from rooms.door import outcome  # noqa: E402

FOUND = ROOT / "tests" / "museum" / "found.json"
_TRIES = 400
"""How often a finding is cut at most."""
_KINDS = ("found", "crash", "timeout", "oom")


def main() -> None:
    """Keep what was found, and write down how each piece fares today."""
    pieces = json.loads(FOUND.read_text("utf-8")) if FOUND.exists() else []
    with Confined() as confined, tempfile.TemporaryDirectory(prefix="ged-found-") as name:
        path = Path(name) / "piece"

        def fares(data: bytes) -> tuple[str, str]:
            path.unlink(missing_ok=True)
            path.write_bytes(data)
            return outcome(confined, path)

        for found in _findings(Path(sys.argv[1])) if len(sys.argv) > 1 else ():
            fault, said = fares(found.read_bytes())
            if not fault.startswith(
                ("fault", "stopped crash")
            ):  # what takes time or memory is stopped, as it should be
                print(f"{found}: {fault}")
                continue
            small = cut(found.read_bytes(), lambda data, fault=fault: fares(data)[0] == fault)  # type: ignore[misc]
            packed = b85encode(compress(small, 9)).decode()
            if packed not in {piece["bytes"] for piece in pieces}:
                pieces.append({"found in": found.parent.name, "it raised": said[:200], "bytes": packed})
            print(f"{found}: {said[:200]} ({len(small)} bytes)")
        for piece in pieces:
            piece["outcome"], piece["sentence"] = fares(decompress(b85decode(piece["bytes"])))
    FOUND.write_text(json.dumps(pieces, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(*(f"{piece['it raised'][:80]} -> {piece['outcome']}" for piece in pieces), sep="\n")


def _findings(folder: Path) -> Iterator[Path]:
    for each in sorted(folder.glob("*/*-*")):
        if each.is_file() and each.suffix != ".txt" and each.name.startswith(_KINDS):
            yield each


def cut(data: bytes, same: Callable[[bytes], bool]) -> bytes:
    """Return the data without the pieces that a fault does not need, large pieces first (ddmin)."""
    size, tries = len(data) // 2, 0
    while size and tries < _TRIES:
        at = 0
        while at < len(data) and tries < _TRIES:
            less, tries = data[:at] + data[at + size :], tries + 1
            if less and same(less):
                data = less
            else:
                at += size
        size //= 2
    return data


if __name__ == "__main__":
    main()
