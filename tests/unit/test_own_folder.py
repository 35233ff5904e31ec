"""Letters in the clear do not outlive by long the process that worked on them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.own_folder import forget_the_dead, own_folder


def test_the_folder_of_a_killed_process_goes_and_that_of_a_living_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    script = (
        "from ingest.own_folder import own_folder\nimport sys, time\n"
        "with own_folder('lecture') as folder:\n"
        "    (folder / 'original').write_bytes(b'une lettre')\n    print(folder, flush=True)\n    time.sleep(60)\n"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    dead = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment)
    assert dead.stdout is not None
    left = Path(dead.stdout.readline().strip())
    forget_the_dead()
    assert (left / "original").exists(), "it lives"
    dead.send_signal(signal.SIGKILL)
    dead.wait()
    dead.stdout.close()
    (tmp_path / "ged-autre").mkdir()
    with own_folder("lecture") as own:
        forget_the_dead()
        assert own.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ged-autre"]
