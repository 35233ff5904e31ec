"""Letters in the clear do not outlive by long the process that worked on them."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

from ingest.own_folder import forget_the_dead, own_folder

_ROOT = Path(__file__).parents[2]
_FOLDERS = re.compile(r"\b(?:TemporaryDirectory|mkdtemp)\b")
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


def test_no_other_folder_is_made_that_nobody_would_remove() -> None:
    layers = ("api", "ged", "ingest", "retention", "search")
    sources = [path for name in layers for path in (_ROOT / name).rglob("*.py")]
    makers = {str(path.relative_to(_ROOT)) for path in sources if _FOLDERS.search(path.read_text("utf-8"))}
    assert makers == {"ingest/own_folder.py"}
