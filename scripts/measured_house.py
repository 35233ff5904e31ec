"""A house and a web server for one measure: embedded engines in a folder that goes when the measure is over."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from api.config import read_settings
from api.embedded.ports import free_port
from api.wiring import House, open_house


@contextmanager
def measured_house() -> Iterator[tuple[House, dict[str, str]]]:
    """Give an empty house, and the environment in which `ged` joins it."""
    with tempfile.TemporaryDirectory(prefix="ged-mesure-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        environment = {**os.environ, "GED_DATA": f"{folder}/data", "GED_WEB_PORT": str(free_port())}
        with open_house(read_settings(environment)) as house:
            yield house, environment


@contextmanager
def working(environment: dict[str, str]) -> Iterator[int]:
    """Run `ged worker`, as installed, and give its process id."""
    worker = subprocess.Popen([ged(), "worker"], env=environment)
    try:
        yield worker.pid
    finally:
        worker.terminate()
        worker.wait()


def ged() -> str:
    """Return where the command is installed."""
    return str(Path(sys.executable).with_name("ged"))


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[str]:
    """Run `ged serve`, as installed, and give its address once it answers."""
    base = f"http://127.0.0.1:{environment['GED_WEB_PORT']}"
    server = subprocess.Popen([ged(), "serve"], env=environment)
    try:
        for _ in range(200):
            try:
                httpx.get(f"{base}/connexion")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield base
    finally:
        server.terminate()
        server.wait()
