"""Photographs: deposited by a telephone that a session paired, sent as one letter, their bytes untouched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import httpx
import pikepdf
import pytest
from PIL import Image

from api.deps import COOKIE
from api.views.phone import PHONE_COOKIE
from api.wiring import House
from ged.clock import system_clock
from ged.errors import NotFound, Refused
from ged.mail.access import Actor
from ged.mail.item import Direction
from ged.mail.journal import Act
from ged.mail.listing import Listing
from ged.mail.photo import PHOTO
from ged.mail.upload import Wish
from ged.services import consult, phone_link
from ged.services.capture import Receipt
from ged.services.sign_in import sign_out
from ingest.capture.photos import photos_of, send_letter, send_lot
from integration.test_acknowledgement import signed_in
from integration.test_uploads import BYTES, TUS


def jpeg(width: int, height: int, orientation: int = 1, mode: str = "RGB") -> bytes:
    """A photograph, as a camera that was held some way stores it."""
    data, exif = BytesIO(), Image.Exif()
    exif[274] = orientation
    Image.effect_noise((width, height), 40).convert(mode).save(data, "JPEG", exif=exif)
    return data.getvalue()


def deposit(house: House, actor: Actor, data: bytes) -> str:
    begun = house.uploads.begin(Wish("photo.jpg", len(data), PHOTO), actor)
    house.uploads.append(begun.id, 0, data, actor)
    house.uploads.take(begun.id, actor)
    return begun.id


def test_photographs_become_one_letter_in_order_with_their_bytes_untouched(house: House, kossi: Actor) -> None:
    shots = [jpeg(300, 400), jpeg(400, 300, 6), jpeg(320, 240, mode="L")]
    ids = [deposit(house, kossi, data) for data in shots]
    house.uploads.sweep(lambda _: kossi)
    assert consult.letters(Listing(), store=house.store, actor=kossi).total == 0
    receipt = send_letter([ids[2], ids[0], ids[1]], house.uploads, kossi, Direction.INCOMING, None)
    assert isinstance(receipt, Receipt)
    letter = consult.letter_file(receipt.letter_id, store=house.store, actor=kossi, clock=house.clock).letter
    with house.vault.open(letter.original) as stream, pikepdf.open(BytesIO(stream.read())) as pdf:
        kept = [bytes(page.get_images()["/Photo"].read_raw_bytes()) for page in pdf.pages]
        sizes = [[round(float(side)) for side in page.mediabox[2:]] for page in pdf.pages]
        turns = [int(page.obj.get("/Rotate", 0)) for page in pdf.pages]
    assert kept == [shots[2], shots[0], shots[1]]
    assert turns == [0, 0, 90]
    assert sizes == [[842, 631], [595, 794], [794, 595]]
    assert list(house.uploads.spool.iterdir()) == []
    with pytest.raises(NotFound):
        send_letter(ids, house.uploads, kossi, Direction.INCOMING, None)
    assert consult.letters(Listing(), store=house.store, actor=kossi).total == 1


def test_photographs_become_a_lot_and_what_is_no_photograph_stops_nothing_else(house: House, kossi: Actor) -> None:
    good, bad = deposit(house, kossi, jpeg(300, 400)), deposit(house, kossi, b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    half = house.uploads.begin(Wish("photo.jpg", 100, PHOTO), kossi).id
    for chosen, code in (([good, bad], "photo.not_jpeg"), ([good, half], "photo.incomplete"), ([], "photo.none")):
        with pytest.raises(Refused) as refused:
            send_letter(chosen, house.uploads, kossi, Direction.INCOMING, None)
        assert refused.value.code == code
    assert len(photos_of(house.uploads, kossi)) == 3
    batch = send_lot([good], house.uploads, kossi, Direction.INCOMING, None)
    with house.store.unit() as unit:
        (file,) = unit.batches.files(batch.id)
    assert file.page_count == 1
    assert len(photos_of(house.uploads, kossi)) == 2
    late = replace(house.uploads.entrance, clock=lambda: system_clock() + timedelta(days=30))
    replace(house.uploads, entrance=late).sweep(lambda _: kossi)
    assert photos_of(house.uploads, kossi) == ()
    with house.store.unit() as unit:
        said = [str(line.details["reason"]) for line in unit.journal.recent(Act.REFUSED, kossi.login)]
    assert any("attendait d'être enregistrée" in each for each in said)


def test_a_paired_telephone_deposits_for_its_session_and_can_do_nothing_else(
    house: House, client: httpx.Client, kossi: Actor, who: Callable[[str], Actor]
) -> None:
    secret = signed_in(house, "kossi")["Cookie"].removeprefix(f"{COOKIE}=")
    link = phone_link.open_link(secret, store=house.store, actor=kossi, clock=house.clock)
    assert "Utiliser ce téléphone" in client.get(f"/t/{link}").text
    taken = client.post(f"/t/{link}")
    phone = {"Cookie": f"{PHONE_COOKIE}={taken.cookies[PHONE_COOKIE]}"}
    assert f"Path=/t/{link}" in taken.headers["set-cookie"]
    client.cookies.clear()
    assert client.get(f"/t/{link}").status_code == 404  # another telephone
    assert client.post(f"/t/{link}").status_code == 404
    assert client.post(f"/t/{link}", headers={"Origin": "http://ailleurs.test"}).status_code == 403

    data = jpeg(300, 400)
    opened = client.post(f"/t/{link}/envois", headers={**phone, **TUS, "Upload-Length": str(len(data))})
    place = opened.headers["location"]
    sent = client.patch(place, headers={**phone, **BYTES, "Upload-Offset": "0"}, content=data)
    assert sent.status_code == 204
    (photo,) = photos_of(house.uploads, kossi)
    assert (
        "photo" not in client.get("/numeriser", headers={"Cookie": f"{COOKIE}={secret}"}).text.partition('id="sent"')[2]
    )
    assert photo.whole
    assert photos_of(house.uploads, who("lawson")) == ()

    letter = house.uploads.begin(Wish("lettre.pdf", 10, "televersement"), kossi)
    other = client.head(f"/t/{link}/envois/{letter.id}", headers={**phone, **TUS})
    assert other.status_code == 404
    for address in ("/photographier", "/b/a-qualifier", f"/photographier/{photo.id}.jpg"):
        assert client.get(address, headers=phone).status_code == 303

    later = lambda: system_clock() + timedelta(minutes=31)  # noqa: E731
    own = phone["Cookie"].partition("=")[2]
    with pytest.raises(NotFound):
        phone_link.who_photographs(link, own, store=house.store, clock=later)
    sign_out(secret, store=house.store, actor=kossi, clock=house.clock)
    assert client.get(f"/t/{link}", headers=phone).status_code == 404
