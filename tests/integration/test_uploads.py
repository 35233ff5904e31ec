"""Resumable uploads: what was acknowledged outlives any death, its owner alone goes on, and it ends as a letter."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pikepdf
import pytest

from api.config import Settings
from api.embedded.ports import LOOPBACK, free_port
from api.views.render import LANGUAGE_COOKIE
from api.wiring import House
from ged.clock import system_clock
from ged.errors import Refused, Unavailable
from ged.mail.access import Actor
from ged.mail.journal import Act
from ged.mail.listing import Listing
from ged.mail.upload import Wish
from ged.ports import Stored
from ged.services import consult
from ged.services.sign_in import actor_of
from ingest.capture.receive import Entrance
from integration.test_acknowledgement import signed_in
from rooms.letters import letter_pdf
from rooms.server import bearer

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {**TUS, "Content-Type": "application/offset+octet-stream"}
Who = Callable[[str], Actor]


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def begin(client: httpx.Client, headers: dict[str, str], size: int, name: str = "lettre.pdf", **more: str) -> str:
    """Open an upload and return where it is."""
    given = ",".join(f"{key} {b64(value)}" for key, value in {"filename": name, **more}.items())
    asked = {**headers, **TUS, "Upload-Length": str(size), "Upload-Metadata": given}
    answer = client.post("/api/v1/uploads", headers=asked)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    return str(answer.headers["location"])


def add(client: httpx.Client, place: str, headers: dict[str, str], at: int, data: bytes, **more: str) -> httpx.Response:
    return client.patch(place, headers={**headers, **BYTES, "Upload-Offset": str(at), **more}, content=data)


def total(house: House, actor: Actor) -> int:
    return consult.letters(Listing(), store=house.store, actor=actor).total


def spooled(house: House) -> list[Path]:
    return sorted(house.uploads.spool.iterdir()) if house.uploads.spool.is_dir() else []


def test_a_file_sent_in_pieces_is_registered_once_with_its_choices(
    house: House, client: httpx.Client, kossi: Actor
) -> None:
    headers, data = bearer(house, "kossi"), letter_pdf()
    asked = client.options("/api/v1/uploads", headers=headers)
    assert asked.headers["tus-extension"] == "creation,termination,expiration,checksum"
    place = begin(client, headers, len(data), "été\x00 2026.pdf", direction="depart", received_on="2026-01-05")
    half = len(data) // 2
    assert add(client, place, headers, 0, data[:half]).headers["upload-offset"] == str(half)
    looked = client.head(place, headers={**headers, **TUS})
    assert (looked.headers["upload-offset"], looked.headers["upload-length"]) == (str(half), str(len(data)))
    assert looked.headers["cache-control"] == "no-store"
    assert add(client, place, headers, 0, data[:half]).status_code == httpx.codes.CONFLICT
    ended = client.post(
        place,
        headers={**headers, **BYTES, "Upload-Offset": str(half), "X-HTTP-Method-Override": "PATCH"},
        content=data[half:],
    )
    assert ended.status_code == httpx.codes.NO_CONTENT
    outcome = client.get(place, headers=headers).json()["outcome"]
    file = consult.letter_file(outcome["letter_id"], store=house.store, actor=kossi, clock=house.clock)
    assert file.letter.number == outcome["number"]
    assert (file.letter.direction, file.letter.filename) == ("depart", "été 2026.pdf")
    assert file.letter.received_at.date().isoformat() == "2026-01-05"
    assert file.letter.original == hashlib.sha256(data).hexdigest()
    assert spooled(house) == []
    add(client, place, headers, len(data), b"")
    assert total(house, kossi) == 1
    assert client.get("/api/v1/uploads", headers=headers).json() == []


def test_what_breaks_the_protocol_writes_nothing(house: House, client: httpx.Client) -> None:
    headers, data = bearer(house, "kossi"), letter_pdf()
    place = begin(client, headers, len(data))
    digest = base64.b64encode(hashlib.sha256(data[:1000]).digest()).decode()
    answers = [
        client.head(place, headers=headers),
        client.patch(place, headers={**headers, **TUS, "Upload-Offset": "0"}, content=b"x"),
        add(client, place, headers, 0, b"x" * 1000, **{"Upload-Checksum": f"sha256 {digest}"}),
        add(client, place, headers, 0, data[:1000], **{"Upload-Checksum": f"crc32 {digest}"}),
        add(client, place, headers, 0, data + b"x"),
        client.patch(place, headers={**headers, **BYTES, "Upload-Offset": "-1"}, content=b"x"),
        client.post("/api/v1/uploads", headers={**headers, **TUS, "Upload-Defer-Length": "1"}),
        client.post("/api/v1/uploads", headers={**headers, **TUS, "Upload-Length": "999999999999"}),
    ]
    assert [each.status_code for each in answers] == [412, 415, 460, 400, 422, 400, 400, 413]
    assert client.get(place, headers=headers).json()["offset"] == 0
    assert add(client, place, headers, 0, data[:1000], **{"Upload-Checksum": f"sha256 {digest}"}).is_success


def test_its_owner_alone_sees_continues_or_abandons_an_upload(house: House, client: httpx.Client) -> None:
    mine, theirs, data = bearer(house, "kossi"), bearer(house, "lawson"), letter_pdf()
    place = begin(client, mine, len(data))
    add(client, place, mine, 0, data[:1000])
    for answer in (
        client.head(place, headers={**theirs, **TUS}),
        client.get(place, headers=theirs),
        add(client, place, theirs, 1000, data[1000:]),
        client.delete(place, headers={**theirs, **TUS}),
    ):
        assert answer.status_code == httpx.codes.NOT_FOUND
    assert len(spooled(house)) == 1
    assert client.delete(place, headers={**mine, **TUS}).status_code == httpx.codes.NO_CONTENT
    assert spooled(house) == []
    assert client.head(place, headers={**mine, **TUS}).status_code == httpx.codes.NOT_FOUND
    no_post = client.post("/api/v1/uploads", headers={**bearer(house, "daf"), **TUS, "Upload-Length": "10"})
    assert no_post.status_code == httpx.codes.FORBIDDEN


def test_unfinished_files_take_no_more_room_than_there_is(house: House, kossi: Actor, who: Who) -> None:
    door = replace(house.uploads, room=replace(house.uploads.room, of_one=1000, of_all=1500))
    door.begin(Wish("a.pdf", 800, "api"), kossi)
    with pytest.raises(Refused) as own:
        door.begin(Wish("b.pdf", 300, "api"), kossi)
    assert own.value.code == "upload.quota"
    with pytest.raises(Unavailable) as every:
        door.begin(Wish("c.pdf", 800, "api"), who("lawson"))
    assert every.value.code == "upload.full"


def test_what_is_no_letter_is_refused_at_the_end_with_a_line_in_the_journal(
    house: House, client: httpx.Client, kossi: Actor
) -> None:
    headers = bearer(house, "kossi")
    place = begin(client, headers, 7, "note.pdf")
    add(client, place, headers, 0, b"MZ\x90\x00\x00\x00\x00")
    assert client.get(place, headers=headers).json()["outcome"]["code"] == "capture.unknown_type"
    with house.store.unit() as unit:
        assert len(unit.journal.recent(Act.REFUSED, kossi.login)) == 1
    assert spooled(house) == []


def test_why_a_file_was_refused_is_told_with_its_values_in_the_language_of_who_reads_it(
    house: House, client: httpx.Client
) -> None:
    with pikepdf.new() as pages, BytesIO() as written:
        for _ in range(501):
            pages.add_blank_page()
        pages.save(written)
        data = written.getvalue()
    headers, session = bearer(house, "kossi"), signed_in(house, "kossi")
    place = begin(client, headers, len(data))
    add(client, place, headers, 0, data)
    french = "Ce fichier a 501 pages, la limite est de 500. Envoyez-le en plusieurs fois."
    assert client.get(place, headers=headers).json()["outcome"] == {"error": french, "code": "capture.too_many_pages"}
    line = f"/televersements/{place.rpartition('/')[2]}"
    assert french in client.get(line, headers=session).text
    spoken = session | {"Cookie": f"{session['Cookie']}; {LANGUAGE_COOKIE}=en"}
    assert (
        "This file has 501 pages, the limit is 500. Send it in several parts." in client.get(line, headers=spoken).text
    )


class _Away:
    """A vault whose engine does not answer."""

    def put(self, *_: object, **__: object) -> Stored:
        raise Unavailable("vault.unavailable", "Le coffre ne répond pas.")


def test_a_whole_file_left_by_a_server_that_could_not_register_it_is_registered_by_the_sweep(
    house: House, kossi: Actor
) -> None:
    up, data = house.uploads, letter_pdf()
    down = replace(up, entrance=Entrance(house.store, _Away(), house.clock, up.entrance.limits, house.confined))  # type: ignore[arg-type]
    begun = down.begin(Wish("a.pdf", len(data), "televersement"), kossi)
    down.append(begun.id, 0, data, kossi)
    assert down.take(begun.id, kossi).outcome is None
    late = replace(up.entrance, clock=lambda: system_clock() + timedelta(days=30))
    replace(up, entrance=late).sweep(lambda _: kossi)
    assert total(house, kossi) == 1
    assert spooled(house) == []


def test_what_expired_is_swept_with_its_stray_bytes_and_a_trace(house: House, kossi: Actor) -> None:
    up, data = house.uploads, letter_pdf()
    begun = up.begin(Wish("a.pdf", len(data), "televersement"), kossi)
    up.append(begun.id, 0, data[: len(data) // 2], kossi)
    (up.spool / "sans-ligne").write_bytes(b"x")
    up.sweep(lambda _: kossi)
    assert len(spooled(house)) == 2
    late = replace(up.entrance, clock=lambda: system_clock() + timedelta(days=30))
    replace(up, entrance=late).sweep(lambda _: kossi)
    assert spooled(house) == []
    with house.store.unit() as unit:
        (line,) = unit.journal.recent(Act.REFUSED, kossi.login)
    assert line.details["code"] == "upload.expired"
    assert total(house, kossi) == 0


@pytest.fixture
def serving(settings: Settings, house: House) -> Iterator[Callable[[int], tuple[str, subprocess.Popen[bytes]]]]:
    """Start the real web server with some processes on one port; give its address and its process."""
    del house  # the schema and the keys are there before two processes look for them
    assert settings.database.url is not None
    started: list[subprocess.Popen[bytes]] = []

    def start(processes: int) -> tuple[str, subprocess.Popen[bytes]]:
        port = free_port()
        environment = {
            **os.environ,
            "GED_DATA": str(settings.data),
            "GED_DATABASE_KIND": "server",
            "GED_DATABASE_URL": settings.database.url.get_secret_value() if settings.database.url else "",
            "GED_WEB_PORT": str(port),
            "GED_WEB_PROCESSES": str(processes),
        }
        ged = str(Path(sys.executable).with_name("ged"))
        process = subprocess.Popen([ged, "serve"], env=environment, start_new_session=True)
        started.append(process)
        return f"http://{LOOPBACK}:{port}", process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def looked(address: str, place: str, headers: dict[str, str]) -> int:
    """Return the offset, from a server that may still be starting."""
    for _ in range(4000):
        try:
            return int(httpx.head(address + place, headers={**headers, **TUS}, timeout=10).headers["upload-offset"])
        except (httpx.TransportError, KeyError):
            time.sleep(0.05)
    raise AssertionError(address)


def test_a_killed_server_loses_nothing_acknowledged_and_any_process_goes_on(
    house: House, kossi: Actor, serving: Callable[[int], tuple[str, Any]]
) -> None:
    headers, noise = bearer(house, "kossi"), os.urandom(3_000_000)
    data = letter_pdf()[:-6] + b"\n%" + noise.replace(b"\n", b" ").replace(b"\r", b" ") + b"\n%%EOF\n"
    begun = house.uploads.begin(Wish("lourd.pdf", len(data), "api"), kossi)
    place = f"/api/v1/uploads/{begun.id}"
    address, process = serving(1)
    looked(address, place, headers)

    def slow() -> Iterator[bytes]:
        yield data[:2_500_000]
        for _ in range(4000):  # until two pieces are acknowledged; then the server dies with the third in hand
            if house.uploads.find(begun.id, kossi).written >= 2 << 20:
                break
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        yield data[2_500_000:]

    with pytest.raises(httpx.TransportError):
        httpx.patch(address + place, headers={**headers, **BYTES, "Upload-Offset": "0"}, content=slow(), timeout=30)
    address, _ = serving(2)
    offset = looked(address, place, headers)
    assert offset == house.uploads.find(begun.id, kossi).written >= 2 << 20
    with httpx.Client(base_url=address, timeout=30) as client:
        for _ in range(4):
            with httpx.Client(base_url=address, timeout=30) as other:  # a connection: any of the processes
                piece = data[offset : offset + 300_000]
                offset = int(add(other, place, headers, offset, piece).headers["upload-offset"])
        assert add(client, place, headers, offset, data[offset:]).status_code == httpx.codes.NO_CONTENT
        outcome = client.get(place, headers=headers).json()["outcome"]
    who = actor_of("kossi", store=house.store, clock=house.clock)
    file = consult.letter_file(outcome["letter_id"], store=house.store, actor=who, clock=house.clock)
    assert file.letter.original == hashlib.sha256(data).hexdigest()
