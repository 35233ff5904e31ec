"""Scanners that SANE drives, by its own command `scanimage`: nothing of it is linked in.

Source: scanimage(1), sane-backends 1.1.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.own_folder import own_folder
from ingest.scanners.port import MAX_PAGE_BYTES, Abilities, Asked, Settings, away, no_paper, page_too_large

_NO_DOCUMENTS = 7
"""SANE_STATUS_NO_DOCS as an exit status: the feeder is empty, which ends a run."""
_ASK_S, _OPTIONS_S, _PAGE_S = 0.3, 30, 180
_RANGE = re.compile(r"--resolution (?:auto\|)?(\d+)\.\.(\d+)dpi")
_LIST = re.compile(r"--resolution (?:auto\|)?([\d|]+)dpi")


class SaneScanner:
    """A device by the name that `scanimage -L` gives it."""

    def __init__(self, device: str) -> None:
        self._device = device

    def abilities(self) -> Abilities:
        """Return what the device can do. Raises as the port says."""
        said = self._options()
        sources, modes = _choices(said, "source"), _choices(said, "mode")
        if found := _RANGE.search(said):
            lowest, highest = int(found[1]), int(found[2])
        else:
            listed = _LIST.search(said)
            values = [int(each) for each in listed[1].split("|")] if listed else [300]
            lowest, highest = min(values), max(values)
        feeders = [each for each in sources if _feeds(each)]
        return Abilities(
            feeder=bool(feeders),
            duplex=any(_both(each) for each in feeders),
            colour=any("color" in each.lower() for each in modes),
            lowest_dpi=lowest,
            highest_dpi=highest,
        )

    @contextmanager
    def pages(self, settings: Settings, stopped: Asked) -> Iterator[Iterator[bytes]]:
        """Give the pages of a run. Raises as the port says."""
        with own_folder("scanner") as folder:
            command = [*self._command(settings), f"--batch={folder}/page-%05d.jpg", "--batch-print"]
            with (folder / "said").open("w+b") as said:
                # In a group of its own: a stop reaches it alone, and it lets the device go before it ends.
                running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, process_group=0)
                try:
                    yield self._read(running, folder, stopped)
                finally:
                    _end(running)

    def _read(self, running: subprocess.Popen[bytes], folder: Path, stopped: Asked) -> Iterator[bytes]:
        assert running.stdout is not None  # noqa: S101 - it was asked for
        silence_s, given = 0.0, 0
        while not stopped():
            if not select.select([running.stdout], [], [], _ASK_S)[0]:
                silence_s += _ASK_S
                if silence_s > _PAGE_S:
                    raise away("no page for three minutes")
                continue
            line = running.stdout.readline()
            if not line:
                break
            silence_s, given = 0.0, given + 1
            path = folder / Path(os.fsdecode(line.strip())).name
            yield _bytes(path)
            path.unlink()
        else:
            return
        status = running.wait()
        if status == _NO_DOCUMENTS and not given:
            raise no_paper()
        if status not in {0, _NO_DOCUMENTS}:
            raise away((folder / "said").read_text(errors="replace"))

    def _command(self, settings: Settings) -> list[str]:
        said = self._options()
        sources, modes = _choices(said, "source"), _choices(said, "mode")
        command = [_scanimage(), f"--device-name={self._device}", "--format=jpeg"]
        command.append(f"--resolution={self.abilities().nearest(settings.resolution_dpi)}")
        wanted = "color" if settings.colour else "gray"
        command += [f"--mode={each}" for each in modes if wanted in each.lower()][:1]
        fits = [each for each in sources if _feeds(each) == settings.feeder]
        best = [each for each in fits if _both(each) == settings.duplex] or fits
        command += [f"--source={each}" for each in best[:1]]
        return command if settings.feeder else [*command, "--batch-count=1"]

    def _options(self) -> str:
        command = [_scanimage(), f"--device-name={self._device}", "--all-options"]
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=_OPTIONS_S)
        except subprocess.TimeoutExpired as error:
            raise away("no answer to --all-options") from error
        if done.returncode:
            raise away(done.stderr.decode(errors="replace"))
        return done.stdout.decode(errors="replace")


def _scanimage() -> str:
    found = shutil.which("scanimage")
    if found is None:
        raise away("scanimage is not installed (Debian: sane-utils)")
    return found


def _choices(said: str, option: str) -> list[str]:
    found = re.search(rf"--{option} ([^\[\n]+?)(?: \[|\n)", said)
    return [each.strip() for each in found[1].split("|")] if found else []


def _feeds(source: str) -> bool:
    return "adf" in source.lower() or "feeder" in source.lower()


def _both(source: str) -> bool:
    return "duplex" in source.lower()


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > MAX_PAGE_BYTES:
        raise page_too_large()
    return path.read_bytes()


def _end(running: subprocess.Popen[bytes]) -> None:
    if running.poll() is None:
        running.send_signal(signal.SIGINT)  # scanimage cancels, and lets the device go
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
    if running.stdout is not None:
        running.stdout.close()
