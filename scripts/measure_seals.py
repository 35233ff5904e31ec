"""How fast originals are sealed: by a key in a file and on a token (softhsm2), and logged one by one as letters come.

    python -m scripts.measure_seals [--count N]

Signatures are counted by CPU second of this process, which other work on the machine does not change much; the log
waits for the disk, so its figure is of wall time.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from ged.errors import Unavailable
from ged.seal import rotation
from ged.seal.keys import SealKeys, ensure_keys
from ged.seal.ledger import TileLedger
from ged.seal.sealing_key import KeySource
from ged.seal.sign import CmsSigner
from ged.seal.signature import read_signature
from ged.seal.token import Token, TokenKeys
from scripts.measures import table, write_section

_PIN = "246810"
_MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=3000)
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory(prefix="ged-sceaux-") as place:
        folder = Path(place)
        keys = ensure_keys(folder / "cles", organisation="Mesure")
        _token(folder)
        rows = [_signed("P-256, file", keys, count), _signed("P-256, token", _held(keys, "sceau"), count)]
        rotation.rotate_seal(keys, lambda _made: None, rsa=True)
        rows += [
            _signed("RSA 3072, file", keys, count // 10),
            _signed("RSA 3072, token", _held(keys, "sceau-2"), count // 10),
        ]
        logged = [_logged(folder / "un", keys, count // 10, 1), _logged(folder / "lot", keys, count, 1000)]
    text = table(("sealing key", "seals by CPU second", "seals by second of wall time"), rows)
    text += "\n\n" + table(("log", "entries by second of wall time, proof included"), logged)
    write_section("seals", "Seals: key in a file or on a token, entries of the log", text)


def _signed(name: str, source: KeySource, count: int) -> tuple[str, str, str]:
    signer, now = CmsSigner(source), datetime.now(UTC)
    digests = [hashlib.sha256(str(each).encode()).digest() for each in range(count)]
    signer.sign(digests[0], now)
    wall, cpu = time.perf_counter(), time.process_time()
    for digest in digests:
        made = signer.sign(digest, now)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    read_signature(made)
    return name, f"{count / cpu:,.0f}", f"{count / wall:,.0f}"


def _logged(folder: Path, keys: SealKeys, count: int, at_once: int) -> tuple[str, str]:
    ledger = TileLedger(folder, keys.log)
    entries = [f"{folder.name} {each}".encode() * 20 for each in range(count)]
    wall = time.perf_counter()
    for start in range(0, count, at_once):
        ledger.append(entries[start : start + at_once])
    wall = time.perf_counter() - wall
    name = "one by one, as the seal stage does" if at_once == 1 else f"{at_once:,} at once"
    return name, f"{count / wall:,.0f}"


def _token(folder: Path) -> None:
    """Make a token in software; the library finds it by the environment."""
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n", encoding="utf-8")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    command = ["softhsm2-util", "--init-token", "--free", "--label", "mesure", "--pin", _PIN, "--so-pin", _PIN]
    subprocess.run(command, check=True, capture_output=True)


def _held(keys: SealKeys, name: str) -> TokenKeys:
    """Give the token a copy of a key file, so that both sign with the same key."""
    command = ["softhsm2-util", "--import", str(keys.folder / f"{name}.key"), "--token", "mesure", "--label", name]
    command += ["--id", name.encode().hex(), "--pin", _PIN]
    subprocess.run(command, check=True, capture_output=True)
    module = next((Path(each) for each in _MODULES if Path(each).exists()), None)
    if module is None:
        raise Unavailable("seal.token", "softhsm2 n'est pas installé (scripts/bootstrap --for test).")
    return TokenKeys(keys, Token(module, "mesure", name, lambda: _PIN))


if __name__ == "__main__":
    main()
