"""Network scanners that speak eSCL (AirScan): a job is posted, its pages are fetched one by one.

The address comes from the configuration, and nothing that the device says leads elsewhere: redirections are not
followed, and of a job's place only the path is taken. Source: Mopria eSCL 2.97.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from ged.errors import Unavailable
from ingest.scanners.port import MAX_PAGE_BYTES, Abilities, Asked, Settings, away, no_paper, page_too_large

_TIMEOUT_S, _BUSY_S, _WAITS = 60, 0.5, 240
_MAX_XML = 256_000
_SCAN, _PWG = "http://schemas.hp.com/imaging/escl/2011/05/03", "http://www.pwg.org/schemas/2010/12/sm"
_JOB = """<?xml version="1.0" encoding="UTF-8"?>
<scan:ScanSettings xmlns:scan="{scan}" xmlns:pwg="{pwg}">
<pwg:Version>2.0</pwg:Version><scan:Intent>Document</scan:Intent><pwg:InputSource>{source}</pwg:InputSource>
<scan:ColorMode>{mode}</scan:ColorMode><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>
<scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt>
<scan:XResolution>{dpi}</scan:XResolution><scan:YResolution>{dpi}</scan:YResolution><scan:Duplex>{duplex}</scan:Duplex>
</scan:ScanSettings>
"""


class EsclScanner:
    """A device by the address of its eSCL service, `http://host:port/eSCL`."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._port, self._tls = parts.hostname or "", parts.port, parts.scheme == "https"
        self._root = parts.path.rstrip("/")

    def abilities(self) -> Abilities:
        """Return what the device can do. Raises as the port says."""
        status, body, _ = self._ask("GET", f"{self._root}/ScannerCapabilities", limit=_MAX_XML)
        if status != 200:
            raise away(f"ScannerCapabilities: {status}")
        tree = _xml(body)
        ranges = [each for spread in tree.iter(f"{{{_SCAN}}}XResolutionRange") for each in spread]
        named = [*tree.iter(f"{{{_SCAN}}}XResolution"), *(each for each in ranges if each.tag.endswith(("Min", "Max")))]
        dpi = [int(each.text) for each in named if each.text and each.text.isdigit()]
        modes = {each.text for each in tree.iter(f"{{{_SCAN}}}ColorMode")}
        return Abilities(
            feeder=next(tree.iter(f"{{{_SCAN}}}Adf"), None) is not None,
            duplex=next(tree.iter(f"{{{_SCAN}}}AdfDuplexInputCaps"), None) is not None,
            colour="RGB24" in modes,
            lowest_dpi=min(dpi, default=300),
            highest_dpi=max(dpi, default=300),
        )

    @contextmanager
    def pages(self, settings: Settings, stopped: Asked) -> Iterator[Iterator[bytes]]:
        """Give the pages of a run. Raises as the port says."""
        job = self._begin(settings)
        try:
            yield self._read(job, stopped)
        finally:
            with suppress(Unavailable):  # it forgets the job by itself
                self._ask("DELETE", job, limit=_MAX_XML)

    def _begin(self, settings: Settings) -> str:
        body = _JOB.format(
            scan=_SCAN,
            pwg=_PWG,
            source="Feeder" if settings.feeder else "Platen",
            mode="RGB24" if settings.colour else "Grayscale8",
            dpi=self.abilities().nearest(settings.resolution_dpi),
            duplex="true" if settings.duplex else "false",
        )
        status, _, place = self._ask("POST", f"{self._root}/ScanJobs", body.encode(), limit=_MAX_XML)
        if status == 409:
            raise no_paper()
        path = urlsplit(place).path.rstrip("/")
        if status != 201 or ".." in path or not path.startswith(f"{self._root}/ScanJobs/"):
            raise away(f"ScanJobs: {status} {place[:200]}")
        return path

    def _read(self, job: str, stopped: Asked) -> Iterator[bytes]:
        waits, given = 0, 0
        while not stopped():
            status, body, _ = self._ask("GET", f"{job}/NextDocument", limit=MAX_PAGE_BYTES)
            if status == 200:
                waits, given = 0, given + 1
                yield body
            elif status in {404, 410} and given:
                return
            elif status in {404, 409, 410}:
                raise no_paper()
            elif status == 503 and waits < _WAITS:
                waits += 1
                time.sleep(_BUSY_S)
            else:
                raise away(f"NextDocument: {status}")

    def _ask(self, method: str, path: str, body: bytes | None = None, *, limit: int) -> tuple[int, bytes, str]:
        """Return status, body and `Location` of an answer."""
        kind = http.client.HTTPSConnection if self._tls else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=_TIMEOUT_S)
        try:
            connection.request(method, path, body, {"Content-Type": "text/xml"} if body else {})
            answer = connection.getresponse()
            given = answer.read(limit + 1)
        except (OSError, http.client.HTTPException) as error:
            raise away(f"{method} {path}: {error}") from error
        finally:
            connection.close()
        if len(given) > limit:
            raise page_too_large()
        return answer.status, given, answer.getheader("Location") or ""


def _xml(body: bytes) -> ET.Element:
    if b"<!" in body.replace(b"<!--", b""):  # no entities, no types: nothing that grows when it is read
        raise away("ScannerCapabilities declares types")
    try:
        return ET.fromstring(body)  # noqa: S314 - bounded in size, and what expands was refused above
    except ET.ParseError as error:
        raise away(f"ScannerCapabilities: {error}") from error
