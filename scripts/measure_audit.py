"""How fast an audit reads originals beside openssl over the same files in the same run, and what its seals cost.

    python -m scripts.measure_audit [--letters N] [--large N]

Two vaults that are not encrypted, since openssl cannot read the other: a few large files, and ordinary letters. Each
original is sealed, logged and has its proof, as letters are. openssl runs as many processes as there are cores, over
the originals alone; the audit walks everything that lies there. They take turns, and the best of each counts; what
each took of the processor, all threads together, tells more on a machine that others use.

Two lines say what could be had. « openssl, seals too » is what an auditor does without us: `openssl cms -verify` over
each original with its signature, a process each. The floor is openssl's digest and, for each letter, one ECDSA
verification at the rate of `openssl speed`: no certificate, no log, no proof, no file of a signature even read.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import random
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from ged.clock import system_clock
from ged.mail.audit import Audit, Checked, Depth
from ged.seal.keys import ensure_keys
from ged.seal.leaf import Leaf
from ged.seal.ledger import TileLedger
from ged.seal.sign import CmsSigner
from ged.services.audit.ground import Ground
from ged.services.audit.notebook import Notebook
from ged.services.audit.read_log import ReadLog
from ged.services.audit.walk import walk
from ged.services.beside import proof_suffix
from ged.store.vault.local import LocalVault
from ged.store.vault.names import place_of
from scripts.measures import table, write_section

TURNS, TURNS_OF_SEALS = 4, 1
SEALS = 1000
"""Of so many originals, at most, openssl verifies the seals: what it takes for each is the same."""
LETTERS, LARGE = (100_000, 300_000), (30_000_000, 50_000_000)
"""Sizes, bytes, drawn between these two."""
_DIGEST = 64
HEADS = 4
"""Letters sealed under one head: one by one in a quiet hour, up to 32 when a lot comes in."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What an act took, in seconds: by the clock on the wall, and of the processor."""

    wall: float
    processor: float


def main() -> None:
    """Measure, and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=20_000)
    parser.add_argument("--large", type=int, default=12)
    given = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    rows = []
    with tempfile.TemporaryDirectory(prefix="ged-mesure-", dir=os.environ.get("GED_MEASURE_DIR")) as place:
        for name, count, sizes in (("large files", given.large, LARGE), ("letters", given.letters, LETTERS)):
            rows += _beside(name, Path(place) / name, count, sizes)
    head = ("what is read", "by", "MB/s", "beside openssl", "MB a second of processor", "beside openssl")
    about = (
        f"In the page cache, {cores} processes of openssl, best of {TURNS} turns. « Vault »: every byte of every "
        "original hashed, every name compared (*Coffre, octet par octet*). « Full »: all of `ged audit --full`, as an "
        "auditor runs it on vault and log: each seal, certificate and proof verified too, the log computed anew. "
        f"« openssl, seals too »: `openssl cms -verify` over each original, a process each, of {SEALS:,} at most. "
        "« Floor »: openssl's digests and one ECDSA verification a letter at the rate of `openssl speed` "
        f"({_verifications():,.0f} a second of a core), nothing else: "
        "where its line is under 0.9, no audit that verifies each seal comes to 0.9 of the digests alone. "
        "A line of « full » beside one of « vault » is the price of seals. "
        f"Largest memory of the audit: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB."
    )
    write_section("audit", "Audits", about + "\n\n" + table(head, rows))


def _beside(name: str, folder: Path, count: int, sizes: tuple[int, int]) -> list[list[str]]:
    """Return the lines of one vault: openssl, the check of the vault, the whole audit."""
    filling = multiprocessing.get_context("spawn").Process(target=_fill, args=(folder, count, sizes))
    filling.start()  # apart, so that its memory is not the audit's
    filling.join()
    ground = _ground(folder)
    files = sorted(str(each) for each in (folder / "coffre").rglob("*") if len(each.name) == _DIGEST)
    read = sum(Path(each).stat().st_size for each in files)
    openssl, vault, full, sealed = list[Spent](), list[Spent](), list[Spent](), list[Spent]()
    for turn in range(TURNS):
        openssl.append(_spent(lambda: _openssl(files)))
        whole, of_vault = _audit(ground, folder / f"audit-{turn}")
        full.append(whole)
        vault.append(of_vault)
        if turn < TURNS_OF_SEALS:
            sealed.append(_spent(lambda: _openssl_seals(files[:SEALS], folder)))
    floor = [_floor(one, len(files)) for one in openssl]
    what = f"{count:,} {name}, {read / 1e6:,.0f} MB"
    return [
        _row(what, "`openssl dgst -sha256`", read, openssl, openssl),
        _row(what, "vault", read, vault, openssl),
        _row(what, "full", read, full, openssl),
        _row(
            what, "openssl, seals too", read, [_times(one, len(files) / len(files[:SEALS])) for one in sealed], openssl
        ),
        _row(what, "floor", read, floor, openssl),
    ]


def _times(one: Spent, factor: float) -> Spent:
    return Spent(one.wall * factor, one.processor * factor)


def _row(what: str, by: str, read: int, ours: Sequence[Spent], theirs: Sequence[Spent]) -> list[str]:
    cells = [what, by]
    for each in ("wall", "processor"):
        took, beside = (min(getattr(one, each) for one in every) for every in (ours, theirs))
        cells += [f"{read / 1e6 / took:,.0f}", f"{beside / took:.2f}"]
    return cells


def _fill(folder: Path, count: int, sizes: tuple[int, int]) -> None:
    """Make a vault of sealed originals of random bytes, and its log; nothing is flushed."""
    chosen, leaves = random.Random(7), list[bytes]()
    keys = ensure_keys(folder / "cles", organisation="Mesure", clock=system_clock)
    signer, digests = CmsSigner(keys), list[str]()
    for number in range(count):
        data = chosen.randbytes(chosen.randint(*sizes))
        digest = hashlib.sha256(data).hexdigest()
        signature = signer.sign(bytes.fromhex(digest), system_clock())
        _unflushed(folder / "coffre" / place_of(digest), data)
        _unflushed(folder / "coffre" / place_of(digest, "p7s"), signature)
        p7s, now = hashlib.sha256(signature).hexdigest(), datetime.now(UTC).isoformat()
        leaves.append(Leaf(f"{number:022d}", digest, len(data), p7s, "", "capture", "systeme", now).encode())
        digests.append(digest)
    ledger = TileLedger(folder / "journal", keys.log, _unflushed)
    for first in range(0, count, HEADS):
        for placed, digest in zip(ledger.append(leaves[first : first + HEADS]), digests[first:], strict=False):
            proof = folder / "coffre" / place_of(digest, proof_suffix(placed.index))
            _unflushed(proof, placed.proof.encode())


def _unflushed(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _ground(folder: Path) -> Ground:
    keys = ensure_keys(folder / "cles", organisation="Mesure", clock=system_clock)
    return Ground(
        vault=LocalVault(folder / "coffre"),
        documents=ReadLog("documents", folder / "journal", keys.log.verifier),
        store=None,
        trust_pem=CmsSigner(keys).trust_pem,
        retained=(),
        folder=folder,
        clock=system_clock,
        seed="",
        sample=0,
        readers=2 * len(os.sched_getaffinity(0)),
    )


def _spent(act: Callable[[], object]) -> Spent:
    """Return what an act took; of the processor, with the processes that it ran."""
    wall, processor = time.perf_counter(), _processor()
    act()
    return Spent(time.perf_counter() - wall, _processor() - processor)


def _processor() -> float:
    """Return what this process took, and those that ended below it."""
    each = os.times()
    return each.user + each.system + each.children_user + each.children_system


def _openssl(files: list[str]) -> None:
    cores = len(os.sched_getaffinity(0))
    at_once = min(200, -(-len(files) // cores))
    command = ["xargs", "-P", str(cores), "-n", str(at_once), "openssl", "dgst", "-sha256"]
    given = "\n".join(f'"{each}"' for each in files).encode()
    subprocess.run(command, input=given, stdout=subprocess.DEVNULL, check=True)


def _openssl_seals(files: list[str], folder: Path) -> None:
    """Have openssl verify each original with its signature, under the authority of the installation alone."""
    keys = ensure_keys(folder / "cles", organisation="Mesure", clock=system_clock)
    authority = folder / "autorite.pem"
    authority.write_bytes(CmsSigner(keys).chain_pem)
    verify = "openssl cms -verify -cades -binary -inform DER -in {}.p7s -content {} -purpose any -out /dev/null -CAfile"
    cores = str(len(os.sched_getaffinity(0)))
    command = ["xargs", "-P", cores, "-I", "{}", *verify.split(), str(authority)]
    subprocess.run(command, input="\n".join(files).encode(), stderr=subprocess.DEVNULL, check=True)


def _floor(digests: Spent, count: int) -> Spent:
    """Return what the digests took, and a verification of ECDSA for each letter on every core."""
    each = 1 / _verifications()
    return Spent(digests.wall + count * each / len(os.sched_getaffinity(0)), digests.processor + count * each)


@cache
def _verifications() -> float:
    """Return how many signatures of P-256 openssl verifies in a second of one core."""
    command = ["openssl", "speed", "-seconds", "2", "ecdsap256"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(said.split()[-1])


def _audit(ground: Ground, notes: Path) -> tuple[Spent, Spent]:
    """Return what a whole audit took, and the check of the vault among it."""
    began, parts = [(time.perf_counter(), _processor())], dict[str, Spent]()

    def told(_: Audit, checked: Checked) -> None:
        if checked.done:
            now, before = (time.perf_counter(), _processor()), began[-1]
            parts[checked.code] = Spent(now[0] - before[0], now[1] - before[1])
            began.append(now)

    asked = Audit("mesure", Depth.FULL, "", "", 0, "mesure", system_clock())
    done = walk(asked, ground, Notebook(notes), told)
    found = [each for one in done.checks for each in one.findings if each.code != "certificate.ends"]
    if found or any(one.stopped for one in done.checks):
        raise SystemExit(f"the audit found {found or done.checks}")
    (wall, processor), (ended, used) = began[0], began[-1]
    return Spent(ended - wall, used - processor), parts["coffre"]


if __name__ == "__main__":
    main()
