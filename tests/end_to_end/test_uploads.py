"""A slow link: a file held, the page closed, the file chosen again, the network lost and back; it ends as a letter."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from end_to_end.test_pages import faults_of
from rooms.letters import letter_pdf

SLOW = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 700_000}
FAST = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A heavy letter and a light one."""
    noise = os.urandom(3_500_000).replace(b"\n", b" ").replace(b"\r", b" ")
    heavy, light = tmp_path / "dossier lourd.pdf", tmp_path / "pli.pdf"
    heavy.write_bytes(letter_pdf(reference="1/H")[:-6] + b"\n%" + noise + b"\n%%EOF\n")
    light.write_bytes(letter_pdf(reference="2/L"))
    return [heavy, light]


def test_an_upload_goes_on_after_a_pause_a_reload_and_a_network_that_was_lost(
    page: Page, sign_in: Callable[[Page, str], Page], server: str, errors: list[str], files: list[Path]
) -> None:
    sign_in(page, "kossi")
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    offsets: list[int] = []
    page.on(
        "request",
        lambda asked: offsets.append(int(asked.headers["upload-offset"])) if asked.method == "PATCH" else None,
    )

    page.goto(f"{server}/numeriser")
    network.send("Network.emulateNetworkConditions", SLOW)
    page.set_input_files("#files", files)
    page.click("#capture button")
    heavy = page.locator(".sent li", has_text="dossier lourd.pdf")
    expect(heavy).to_contain_text(re.compile(r"envoi [4-9]\d %"))
    assert faults_of(page) == []
    heavy.get_by_role("button", name="Suspendre").click()
    expect(heavy).to_contain_text("en pause")
    expect(page.locator(".sent .good")).to_contain_text("000001")

    page.reload()
    expect(page.locator(".note")).to_contain_text("1 envoi s'est arrêté en route")
    expect(heavy).to_contain_text("arrêté à")
    page.set_viewport_size({"width": 390, "height": 844})
    assert faults_of(page) == []
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    offsets.clear()
    network.send("Network.emulateNetworkConditions", {**FAST, "offline": True})
    page.set_input_files("#files", files[0])
    page.click("#capture button")
    expect(heavy).to_contain_text("Le réseau ne répond pas")
    page.route("**/televersements/*", lambda route: route.abort(), times=1)
    network.send("Network.emulateNetworkConditions", FAST)
    expect(page.locator(".sent .good")).to_contain_text("000002", timeout=60_000)
    expect(page.locator(".sent li")).to_have_count(1)
    assert min(offsets) >= 1 << 20
    assert all("ERR_INTERNET_DISCONNECTED" in said or "ERR_FAILED" in said for said in errors)
    errors.clear()
