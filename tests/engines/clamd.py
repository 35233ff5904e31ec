"""A real clamd for the session, that knows one signature: the test file of the antivirus industry (EICAR)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from api.clamd import Clamd
from engines.process import running

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE" + b"!$H+H*"
"""Harmless by design, and known to every antivirus. Source: eicar.org."""
SIGNATURE = "Essai-EICAR"


@pytest.fixture(scope="session")
def clamd() -> Iterator[Path]:
    """The path of its local socket."""
    program = shutil.which("clamd", path="/usr/sbin:/usr/bin")
    assert program, "clamav-daemon is not installed: scripts/test installs it"
    with TemporaryDirectory(prefix="ged-clamd-") as name:
        folder = Path(name)
        socket, database, config = folder / "clamd.sock", folder / "base", folder / "clamd.conf"
        database.mkdir()
        (database / "essai.ndb").write_text(f"{SIGNATURE}:0:*:{EICAR.hex()}\n", encoding="ascii")
        config.write_text(f"LocalSocket {socket}\nDatabaseDirectory {database}\nForeground yes\n", encoding="ascii")
        with running(
            [program, "-c", config],
            log=folder / "clamd.log",
            ready=lambda: Clamd(str(socket), "", 0, 5).report().reachable,
            within_s=60,
        ):
            yield socket
