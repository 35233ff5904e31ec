"""How fast an audit reads originals beside openssl over the same files in the same run, and computes a log anew.

    python -m scripts.measure_audit [--objects N] [--entries N]

Originals are random bytes of the sizes of scanned letters, in a vault that is not encrypted: openssl cannot read the
other. Both use every core; each is run three times in turn, and the best of each counts.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from ged.clock import system_clock
from ged.seal.keys import ensure_keys
from ged.seal.ledger import TileLedger
from ged.services.audit.ground import Ground, ReadLog
from ged.services.audit.log import recompute
from ged.services.audit.objects import check_objects
from ged.store.vault.local import LocalVault
from scripts.measures import table, write_section

SIZES = (60_000, 150_000, 400_000, 1_500_000)
"""Of originals, bytes: a born-digital letter, one scanned page, three, ten."""


def main() -> None:
    """Measure, and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=1200)
    parser.add_argument("--entries", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ged-mesure-") as folder:
        ground, read = _filled(Path(folder), given.objects)
        files = sorted(str(path) for path in (Path(folder) / "coffre").rglob("*") if len(path.name) == 64)
        ours, theirs = [], []
        for _ in range(3):
            theirs.append(_timed(lambda: _openssl(files)))
            ours.append(_timed(lambda: _audit(ground)))
        log_s = _log(Path(folder), given.entries)
    megabytes, cores = read / 1e6, len(os.sched_getaffinity(0))
    rows = [
        (f"`openssl dgst -sha256`, {cores} at once", f"{megabytes / min(theirs):.0f} MB/s"),
        ("audit, every object hashed and its name compared", f"{megabytes / min(ours):.0f} MB/s"),
        ("audit beside openssl", f"{min(theirs) / min(ours):.2f}"),
        (f"a log of {given.entries:,} entries computed anew", f"{log_s:.2f} s"),
        ("largest memory of the process", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"),
    ]
    about = f"{given.objects} originals, {megabytes:.0f} MB, in the page cache. "
    write_section("audit", "Audits", about + "\n\n" + table(("what", "measured"), rows))


def _filled(folder: Path, count: int) -> tuple[Ground, int]:
    """Return a ground over a vault of random originals, and their bytes."""
    vault, chosen, read = LocalVault(folder / "coffre"), random.Random(7), 0
    for _ in range(count):
        data = chosen.randbytes(chosen.choice(SIZES))
        read += vault.put(BytesIO(data), media_type="application/pdf").size
    keys = ensure_keys(folder / "cles", organisation="Mesure", clock=system_clock)
    work = folder / "audit"
    work.mkdir()
    ground = Ground(
        vault=vault,
        documents=ReadLog("documents", folder / "journal", keys.log.verifier),
        store=None,
        trust_pem=b"",
        retained=(),
        folder=work,
        clock=lambda: datetime.now(UTC),
        seed="",
        sample=0,
        readers=2 * len(os.sched_getaffinity(0)),
    )
    return ground, read


def _timed(act: Callable[[], None]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _openssl(files: list[str]) -> None:
    cores = len(os.sched_getaffinity(0))
    command = ["xargs", "-P", str(cores), "-n", "100", "openssl", "dgst", "-sha256"]
    subprocess.run(command, input="\n".join(files).encode(), stdout=subprocess.DEVNULL, check=True)


def _audit(ground: Ground) -> None:
    faults = [each for step in check_objects(ground, "") for each in step.findings]
    if faults:
        raise SystemExit(f"the audit found {faults[0]}")


def _log(folder: Path, entries: int) -> float:
    keys = ensure_keys(folder / "cles", organisation="Mesure", clock=system_clock)
    ledger = TileLedger(folder / "grand", keys.log)
    for first in range(0, entries, 10_000):
        ledger.append([b'{"document":"%022d","sha256":"%064d"}' % (n, n) for n in range(first, first + 10_000)])
    log = ReadLog("documents", folder / "grand", keys.log.verifier)
    ground = Ground(
        vault=LocalVault(folder / "vide"),
        documents=log,
        store=None,
        trust_pem=b"",
        retained=(),
        folder=folder,
        clock=system_clock,
        seed="",
        sample=0,
        readers=1,
    )
    found: list[object] = []
    spent = _timed(lambda: found.extend(each for step in recompute(ground, "") for each in step.findings))
    if found:
        raise SystemExit(f"the audit found {found[0]}")
    return spent


if __name__ == "__main__":
    main()
