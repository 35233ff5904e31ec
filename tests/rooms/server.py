"""The web application on a real port, in a thread, over the test's own house."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
import uvicorn

from api.app import create_app
from api.embedded.ports import LOOPBACK, free_port
from api.wiring import House
from ged.services.sign_in import create_token


@contextmanager
def served(house: House) -> Iterator[str]:
    """Run the application over a house, and give its address."""
    port = free_port()
    running = uvicorn.Server(uvicorn.Config(create_app(house), host=LOOPBACK, port=port, log_level="error"))
    thread = threading.Thread(target=running.run)
    thread.start()
    deadline = time.monotonic() + 20
    while not running.started:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    try:
        yield f"http://{LOOPBACK}:{port}"
    finally:
        running.should_exit = True
        thread.join()


@pytest.fixture
def server(house: House) -> Iterator[str]:
    """The address of the running application."""
    with served(house) as address:
        yield address


@pytest.fixture
def client(server: str) -> Iterator[httpx.Client]:
    """A client that follows no redirection and carries no token."""
    with httpx.Client(base_url=server, timeout=30) as opened:
        yield opened


def bearer(house: House, login: str) -> dict[str, str]:
    """Return the headers by which a program acts for somebody."""
    token = create_token(login, "essai", 1, store=house.store, clock=house.clock)
    return {"Authorization": f"Bearer {token}"}
