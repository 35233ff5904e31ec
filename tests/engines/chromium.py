"""The browser of the end-to-end tests: the machine's own Chromium, driven by Playwright.

These override the plug-ins' fixtures of the same names; `page` and `context` are its own.
"""

from __future__ import annotations

import shutil
from typing import Any

import pytest

_FLAGS = [
    "--no-sandbox",  # tests may run as root, in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    # Debian's; where a distribution has no such package, the bootstrap lets Playwright bring its own.
    return {"headless": True, "executable_path": shutil.which("chromium"), "args": _FLAGS}


@pytest.fixture(scope="session")
def base_url() -> None:
    """Replace pytest-base-url's, which warns: pages give their whole address."""


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    clerk = {"locale": "fr-FR", "timezone_id": "Africa/Lome", "viewport": {"width": 1366, "height": 768}}
    return {**browser_context_args, **clerk}
