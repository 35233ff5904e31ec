"""Scanners: SANE's own test device, and a small server that speaks eSCL; pages are kept as they are read."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from api.config import EsclDevice, SaneDevice, ScanningSettings, Settings
from api.wiring import House, open_house
from api.worker import run_worker
from ged.errors import Conflict, Refused, Unavailable
from ged.mail.access import Actor
from ged.mail.item import Direction
from ged.mail.scan import GOES, ScanState
from ged.services.capture import Receipt
from ged.services.scan import ask_scan, last_scan, stop_scan, tell_scan
from ingest.capture.photos import photos_of, send_letter
from ingest.scanners.escl import EsclScanner
from ingest.scanners.port import Settings as Scan
from ingest.scanners.sane import SaneScanner
from integration.test_photos import jpeg

CAPABILITIES = """<?xml version="1.0"?><scan:ScannerCapabilities
xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm">
<scan:Platen><scan:PlatenInputCaps><scan:SettingProfiles><scan:SettingProfile><scan:ColorModes>
<scan:ColorMode>Grayscale8</scan:ColorMode><scan:ColorMode>RGB24</scan:ColorMode></scan:ColorModes>
<scan:SupportedResolutions><scan:DiscreteResolutions><scan:DiscreteResolution><scan:XResolution>200</scan:XResolution>
</scan:DiscreteResolution><scan:DiscreteResolution><scan:XResolution>600</scan:XResolution></scan:DiscreteResolution>
</scan:DiscreteResolutions></scan:SupportedResolutions></scan:SettingProfile></scan:SettingProfiles>
</scan:PlatenInputCaps></scan:Platen><scan:Adf><scan:AdfSimplexInputCaps/><scan:AdfDuplexInputCaps/></scan:Adf>
</scan:ScannerCapabilities>"""
ADF = Scan(resolution_dpi=300, colour=False, feeder=True, duplex=True)


class Device(BaseHTTPRequestHandler):
    """A scanner of two sheets; class attributes say how it behaves."""

    sheets: ClassVar[list[bytes]] = []
    place: ClassVar[str] = ""
    asked: ClassVar[list[str]] = []
    posted: ClassVar[str] = ""
    busy: ClassVar[int] = 0
    capabilities: ClassVar[str] = CAPABILITIES

    def do_GET(self) -> None:
        kind = type(self)
        kind.asked.append(f"GET {self.path}")
        if self.path.endswith("/ScannerCapabilities"):
            self._say(200, kind.capabilities.encode(), "text/xml")
        elif kind.busy:
            kind.busy -= 1
            self._say(503, b"")
        elif kind.sheets:
            self._say(200, kind.sheets.pop(0), "image/jpeg")
        else:
            self._say(404, b"")

    def do_POST(self) -> None:
        kind = type(self)
        kind.posted = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._say(201, b"", place=kind.place or "http://elsewhere.example/eSCL/ScanJobs/7")

    def do_DELETE(self) -> None:
        type(self).asked.append(f"DELETE {self.path}")
        self._say(200, b"")

    def _say(self, status: int, body: bytes, kind: str = "", place: str = "") -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Location": place, "Content-Length": str(len(body))}.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def device() -> Iterator[type[Device]]:
    kind = type("OneDevice", (Device,), {"sheets": [], "asked": [], "busy": 0})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    kind.address = f"http://127.0.0.1:{server.server_port}/eSCL"  # type: ignore[attr-defined]
    yield kind
    server.shutdown()
    server.server_close()


def test_an_escl_scanner_is_read_page_by_page_and_leads_nowhere_else(device: Any) -> None:
    device.sheets, device.busy = [b"une", b"deux"], 2
    scanner = EsclScanner(device.address)
    able = scanner.abilities()
    assert (able.feeder, able.duplex, able.colour, able.lowest_dpi, able.highest_dpi) == (True, True, True, 200, 600)
    with scanner.pages(ADF, lambda: False) as pages:
        assert list(pages) == [b"une", b"deux"]
    for word in ("<pwg:InputSource>Feeder", "<scan:ColorMode>Grayscale8", "<scan:XResolution>300", "<scan:Duplex>true"):
        assert word in device.posted
    assert device.asked[-1] == "DELETE /eSCL/ScanJobs/7"
    with scanner.pages(ADF, lambda: False) as pages, pytest.raises(Refused) as empty:
        list(pages)
    assert empty.value.code == "scanner.no_paper"
    for place in ("http://127.0.0.1/admin/eteindre", "/eSCL/ScanJobs/../../admin"):
        device.place = place
        with pytest.raises(Unavailable), scanner.pages(ADF, lambda: False):
            pass
    device.capabilities = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    with pytest.raises(Unavailable):
        scanner.abilities()


def test_the_test_device_of_sane_gives_the_pages_of_its_feeder_and_stops_when_asked() -> None:
    assert shutil.which("scanimage"), "scripts/bootstrap --for test installs sane-utils"
    scanner = SaneScanner("test:0")
    able = scanner.abilities()
    assert (able.feeder, able.duplex, able.colour, able.lowest_dpi, able.highest_dpi) == (True, False, True, 1, 1200)
    low = Scan(resolution_dpi=50, colour=True, feeder=True, duplex=False)
    with scanner.pages(low, lambda: False) as pages:
        assert [page[:2] for page in pages] == [b"\xff\xd8"] * 10
    seen: list[bytes] = []
    with scanner.pages(low, lambda: len(seen) >= 2) as pages:
        for page in pages:
            seen.append(page)  # noqa: PERF402 - what was seen so far is what stops it
    assert len(seen) == 2
    with scanner.pages(Scan(50, colour=False, feeder=False, duplex=False), lambda: False) as pages:
        assert len(list(pages)) == 1
    with pytest.raises(Unavailable):
        SaneScanner("test:99:none").abilities()


def test_a_run_keeps_each_page_at_once_tells_how_it_goes_and_becomes_a_letter(
    settings: Settings, device: Any, kossi: Actor
) -> None:
    device.sheets = [jpeg(300, 400), jpeg(300, 401)]
    devices = ScanningSettings(
        sane=(SaneDevice(code="essai", label="Essai", device="test:0"),),
        escl=(EsclDevice(code="reseau", label="Réseau", address=device.address),),
    )
    with open_house(settings.model_copy(update={"scanning": devices})) as house:
        asked = ask(house, kossi, "reseau")
        with pytest.raises(Conflict):
            ask(house, kossi, "essai")
        run_worker(house, until_idle=True)
        done = last_scan(store=house.store, actor=kossi)
        assert done is not None
        assert (done.id, done.state, done.pages, done.said) == (asked, ScanState.DONE, 2, "")
        ids = [each.id for each in photos_of(house.uploads, kossi)]
        receipt = send_letter(ids, house.uploads, kossi, Direction.INCOMING, None)
        assert isinstance(receipt, Receipt)
        assert receipt.page_count == 2
        with house.store.unit() as unit:
            (arrival,) = unit.arrivals.of(receipt.letter_id)
        assert arrival.door == "scanner"

        run_worker(house, until_idle=True)
        empty = ask(house, kossi, "reseau")
        run_worker(house, until_idle=True)
        assert "chargeur" in said(house, kossi, empty, ScanState.FAILED)

        gone = ask(house, kossi, "reseau")
        assert tell_scan(gone, GOES, store=house.store, state=ScanState.GOING)  # a worker that died took it
        run_worker(house, until_idle=True)
        assert "interrompue" in said(house, kossi, gone, ScanState.FAILED)

        stop = ask(house, kossi, "essai")
        stop_scan(store=house.store, actor=kossi)
        run_worker(house, until_idle=True)
        assert said(house, kossi, stop, ScanState.DONE) == ""


def ask(house: House, actor: Actor, scanner: str) -> str:
    how: dict[str, Any] = {"resolution_dpi": 50, "colour": False, "feeder": True, "duplex": False}
    made = ask_scan(scanner, Direction.INCOMING, **how, store=house.store, actor=actor, clock=house.clock)
    return made.id


def said(house: House, actor: Actor, run_id: str, state: ScanState) -> str:
    last = last_scan(store=house.store, actor=actor)
    assert last is not None
    assert (last.id, last.state) == (run_id, state)
    return last.said
