"""Add the bundle of today's format to the museum: a letter and a piece, sealed, stamped, witnessed by keys made here.

Run once for each format, then never again: `python scripts/museum_bundle.py`. The private keys are forgotten; beside
the bundle lie the public ones, under which it must be accepted for ever.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
MUSEUM = ROOT / "tests" / "museum" / "bundles"


def main() -> int:
    """Write `format-N.zip` and its keys; refuse to write over what is there."""
    from engines.time_authority import make_authority  # noqa: PLC0415 - found by the path set above
    from ged.seal.bundle.write import FORMAT  # noqa: PLC0415
    from rooms.bundles import LETTER, Cosigner, Sealer, pems  # noqa: PLC0415

    target = MUSEUM / f"format-{FORMAT}.zip"
    if target.exists():
        print(f"{target.relative_to(ROOT)} is there already: a bundle of the museum never changes")
        return 1
    MUSEUM.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        sealer = Sealer.begin(Path(folder) / "installation", "Ministère du musée")
        sealer.authority_of_time = make_authority(Path(folder) / "tsa")
        sealer.witness = Cosigner("temoin-du-musee")
        target.write_bytes(sealer.bundle(LETTER, b"%PDF-1.4 a piece\n", salt=bytes(range(32))))
        pins = sealer.pins
    keys = {
        "authorities": pems(pins.authorities),
        "seals": pems(pins.seals),
        "stamps": pems(pins.stamps),
        "logs": list(pins.logs),
        "witnesses": list(pins.witnesses),
    }
    target.with_suffix(".json").write_text(json.dumps(keys, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
