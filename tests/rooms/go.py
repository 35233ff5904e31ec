"""Programs of tests/oracles, compiled with the Go that the test requirements bring."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_ORACLES = Path(__file__).parents[1] / "oracles"


def built(name: str, folder: Path) -> Path:
    """Compile an oracle into a folder and return its program; modules are those of its go.sum, and no other."""
    environment = os.environ | {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly -buildvcs=false"}
    environment.setdefault("HOME", str(folder))
    go, program = Path(sys.executable).with_name("go"), folder / name
    command = [str(go), "build", "-o", str(program), "."]
    made = subprocess.run(command, cwd=_ORACLES / name, env=environment, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    return program
