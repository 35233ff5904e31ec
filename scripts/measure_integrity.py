"""How fast a log takes entries, proves them and is computed anew, and what memory that takes.

    python -m scripts.measure_integrity [--entries 100000 1000000]

Each recomputation runs in a process of its own, whose largest memory is asked of the kernel. `openssl dgst` digests the
same bytes once, beside it: what a log costs is next to nothing but digests.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ged.seal.keys import LogKey, ensure_log_key
from ged.seal.ledger import TileLedger
from ged.seal.tiles import durable_write
from scripts.measures import table, write_section

_LEAF = b'{"actor":"systeme","document":"%032d","event":"capture","p7s":"%064d","sha256":"%064d","size":123456}'
_BATCH, _SINGLE, _PROOFS = 1000, 100, 2000


def leaves(start: int, count: int) -> list[bytes]:
    """Return entries of the size of a seal's."""
    return [_LEAF % (n, n, n) for n in range(start, start + count)]


def _unflushed(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _recheck(folder: Path, key_file: Path, answer: multiprocessing.SimpleQueue[tuple[float, float, int]]) -> None:
    log = TileLedger(folder, ensure_log_key(key_file, origin="mesure/log"))
    began, busy = time.perf_counter(), time.process_time()
    log.recheck()
    wall, processor = time.perf_counter() - began, time.process_time() - busy
    answer.put((wall, processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))


def recomputed(folder: Path, key_file: Path) -> tuple[float, float, int]:
    """Return how long a whole log takes, in seconds of wall and of processor, and the largest memory, in MiB."""
    spawn = multiprocessing.get_context("spawn")
    answer: multiprocessing.SimpleQueue[tuple[float, float, int]] = spawn.SimpleQueue()
    process = spawn.Process(target=_recheck, args=(folder, key_file, answer))
    process.start()
    process.join()
    return answer.get()


def openssl(folder: Path) -> tuple[float, int]:
    """Return how long `openssl dgst` takes over the log's bundles, and how many bytes they are."""
    files = [path for path in (folder / "tile" / "entries").rglob("*") if path.is_file()]
    began = time.perf_counter()
    for start in range(0, len(files), 1000):
        part = files[start : start + 1000]
        subprocess.run(["openssl", "dgst", "-sha256", *part], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began, sum(path.stat().st_size for path in files)


def rate(what: str, count: int, act: Callable[[], object]) -> list[str]:
    """Return a line: how many a second of wall, and of processor."""
    began, busy = time.perf_counter(), time.process_time()
    act()
    wall, processor = time.perf_counter() - began, time.process_time() - busy
    return [what, f"{count / wall:,.0f}", f"{count / processor:,.0f}"]


def _grown(folder: Path, key: LogKey, size: int) -> TileLedger:
    log = TileLedger(folder, key, _unflushed)
    for start in range(log.head().size, size, 50_000):
        log.place(leaves(start, min(50_000, size - start)))
    return log


def main() -> None:
    """Measure, and write the section."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--entries", type=int, nargs="+", default=[100_000, 1_000_000])
    sizes: list[int] = sorted(asked.parse_args().entries)
    with tempfile.TemporaryDirectory(dir=os.environ.get("GED_MEASURE_DIR")) as place:
        key_file = Path(place) / "log.key"
        key = ensure_log_key(key_file, origin="mesure/log")
        rates = _rates(Path(place) / "rates", key)
        rows = []
        for size in sizes:
            _grown(Path(place) / "log", key, size)
            wall, processor, memory = recomputed(Path(place) / "log", key_file)
            digested, volume = openssl(Path(place) / "log")
            rows.append(
                [f"{size:,}", f"{wall:.2f}", f"{processor:.2f}", memory, f"{digested:.2f}", f"{volume / 1e6:.0f}"]
            )
    head = (
        "entries",
        "recomputed whole, s",
        "of processor, s",
        "memory, MiB",
        "`openssl dgst` of its bundles, s",
        "MB",
    )
    text = f"{table(('what', 'a second', 'a second of processor'), rates)}\n\n{table(head, rows)}"
    write_section("log", "A log of seals", text)


def _rates(folder: Path, key: LogKey) -> list[list[str]]:
    log = TileLedger(folder, key, durable_write)
    log.append(leaves(0, 1))
    return [
        rate(
            "appended by 1,000, flushed, each with its proof",
            10 * _BATCH,
            lambda: [log.append(leaves(1 + n * _BATCH, _BATCH)) for n in range(10)],
        ),
        rate(
            "the same, no proof given",
            10 * _BATCH,
            lambda: [log.place(leaves(10**6 + n * _BATCH, _BATCH)) for n in range(10)],
        ),
        rate(
            "appended one by one, flushed, each with its proof",
            _SINGLE,
            lambda: [log.append(leaves(2 * 10**6 + n, 1)) for n in range(_SINGLE)],
        ),
        rate(
            "proofs, one question each",
            _PROOFS,
            lambda: [log.prove(n * log.head().size // _PROOFS) for n in range(_PROOFS)],
        ),
    ]


if __name__ == "__main__":
    main()
