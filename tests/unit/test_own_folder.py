"""Letters in the clear do not outlive by long the process that worked on them."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from ingest.own_folder import forget_the_dead, own_folder

_WORKING = """
from ingest.own_folder import own_folder
import time
with own_folder("lecture") as folder:
    (folder / "original").write_bytes(b"une lettre")
    print(folder, flush=True)
    time.sleep(60)
"""


def test_the_folder_of_a_killed_process_goes_and_that_of_a_living_one_stays() -> None:
    working = subprocess.Popen([sys.executable, "-c", _WORKING], stdout=subprocess.PIPE, text=True)
    assert working.stdout is not None
    left = Path(working.stdout.readline().strip())
    forget_the_dead()
    assert (left / "original").exists(), "it lives"
    working.send_signal(signal.SIGKILL)
    working.wait()
    working.stdout.close()
    with own_folder("lecture") as own:
        forget_the_dead()
        assert own.exists()
    assert not left.exists()
    assert not own.exists()
