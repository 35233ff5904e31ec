"""Sealed envelopes: the registry sees the number and for whom, the addressee the cover, and the content once opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import httpx
import pytest

from api.wiring import House
from ged.errors import Forbidden, GedError, NotFound
from ged.mail.access import Actor, Capacity
from ged.mail.baskets import basket_of
from ged.mail.envelope import Cover, Nature
from ged.mail.item import Confidentiality, Direction, Letter, Reading, Sealing, State
from ged.mail.register_book import RegisterQuery
from ged.seal.verify import Outcome
from ged.services import consult
from ged.services.acknowledge import acknowledge
from ged.services.capture import Door, Receipt
from ged.services.envelope import hand_over_envelope, keep_closed, registry_envelopes
from ged.services.hand_over import paper_file
from ged.services.register_book import read_register
from ged.services.verify import verify_letter
from ingest.capture.open_envelope import open_envelope
from ingest.capture.receive import receive
from rooms.letters import decide, letter_pdf, read_all, verifying
from rooms.server import bearer

COVER: dict[str, Any] = {"sender": "Cabinet Adjavon", "subject": "PERSONNEL", "body": "Pli à ne pas ouvrir."}


def cover(house: House, actor: Actor, nature: Nature, to: str = "DAF-1", opens_at: datetime | None = None) -> Receipt:
    data = BytesIO(letter_pdf(**COVER, reference=f"{nature}/{to}"))
    said = Cover(nature, to, "Cabinet Adjavon", "AO 012/2026", opens_at)
    return receive(data, "pli.pdf", door=Door.UPLOAD, actor=actor, entrance=house.entrance, sealed=said)


def hand(house: House, actor: Actor, letter_id: str) -> None:
    hand_over_envelope(letter_id, "Mme Lawson", store=house.store, actor=actor, clock=house.clock)


def open_it(house: House, actor: Actor, letter_id: str, level: Confidentiality = Confidentiality.INTERNAL) -> Letter:
    data = BytesIO(letter_pdf(subject="Offre ouverte", reference="9/CONTENU"))
    return open_envelope(data, "contenu.pdf", letter_id, level, door=Door.UPLOAD, actor=actor, entrance=house.entrance)


def code_of(act: Callable[[], Any]) -> str:
    with pytest.raises(GedError) as error:
        act()
    return error.value.code


def waiting(house: House, actor: Actor) -> int:
    listing = basket_of("plis-fermes", actor).listing(actor, house.clock().date())
    return consult.letters(listing, store=house.store, actor=actor).total


def test_an_envelope_is_numbered_handed_over_and_opened_by_its_addressee_alone(
    house: House, kossi: Actor, who: Callable[[str], Actor]
) -> None:
    daf, receipt = who("daf"), cover(house, kossi, Nature.PERSONAL)
    assert receipt.number.endswith("-000001")
    read_all(house)
    for login in ("kossi", "lawson", "ministre", "drh"):
        with pytest.raises(NotFound):
            consult.letter(receipt.letter_id, store=house.store, actor=who(login))
    seen = consult.letter(receipt.letter_id, store=house.store, actor=daf)
    assert (seen.state, seen.confidentiality, seen.service_id) == (State.RECEIVED, Confidentiality.PERSONAL, None)
    (line,) = read_register(RegisterQuery("", Direction.INCOMING), store=house.store, actor=kossi).lines
    assert line.hidden
    ((listed,), _) = registry_envelopes(store=house.store, actor=kossi, clock=house.clock)
    assert (listed.number, listed.envelope.cover.position_id) == (receipt.number, "DAF-1")
    assert acknowledge(receipt.letter_id, store=house.store, actor=kossi, clock=house.clock)[0].number == receipt.number

    assert waiting(house, daf) == 0
    assert code_of(lambda: open_it(house, daf, receipt.letter_id)) == "envelope.not_handed"
    hand(house, kossi, receipt.letter_id)
    assert code_of(lambda: hand(house, kossi, receipt.letter_id)) == "envelope.handed"
    standing = paper_file(receipt.letter_id, store=house.store, actor=daf).standing
    assert standing is not None
    assert (standing.keeper.position_id, standing.received_by) == ("DAF-1", "Mme Lawson")
    assert waiting(house, daf) == 1
    keep_closed(receipt.letter_id, store=house.store, actor=daf, clock=house.clock)
    assert waiting(house, daf) == 0

    acting = replace(daf, posts=tuple(replace(post, capacity=Capacity.INTERIM) for post in daf.posts))
    with pytest.raises(NotFound):
        consult.letter(receipt.letter_id, store=house.store, actor=acting)
    assert code_of(lambda: open_it(house, daf, receipt.letter_id, Confidentiality.PERSONAL)) == "envelope.level"
    opened = open_it(house, daf, receipt.letter_id)
    assert (opened.number, opened.state, opened.sealing) == (receipt.number, State.TO_QUALIFY, Sealing.PENDING)
    assert opened.original != seen.original
    assert code_of(lambda: open_it(house, daf, receipt.letter_id)) == "envelope.open"


def test_the_content_is_sealed_and_read_under_the_number_and_the_cover_is_kept(
    house: House, kossi: Actor, who: Callable[[str], Actor]
) -> None:
    daf, receipt = who("daf"), cover(house, kossi, Nature.CONFIDENTIAL)
    hand(house, kossi, receipt.letter_id)
    assert code_of(lambda: open_it(house, daf, receipt.letter_id)) == "envelope.being_read"
    read_all(house)
    before = consult.letter(receipt.letter_id, store=house.store, actor=daf)
    open_it(house, daf, receipt.letter_id)
    read_all(house)
    file = consult.letter_file(receipt.letter_id, store=house.store, actor=kossi, clock=house.clock)
    assert (file.letter.reading, file.letter.sealing) == (Reading.READY, Sealing.SEALED)
    assert "Offre ouverte" in file.pages[0].text
    assert verify_letter(receipt.letter_id, **verifying(house, kossi)).outcome is Outcome.INTACT
    assert house.vault.companion(before.original, "p7s")
    decide(house, kossi, receipt.letter_id, service_id="DAJ")
    assert consult.letter(receipt.letter_id, store=house.store, actor=daf).state is State.ASSIGNED


def test_nobody_opens_a_tender_before_its_hour(house: House, kossi: Actor, who: Callable[[str], Actor]) -> None:
    daf = who("daf")
    assert code_of(lambda: cover(house, kossi, Nature.TENDER)) == "envelope.no_opening"
    assert code_of(lambda: cover(house, kossi, Nature.CONFIDENTIAL, to="CEET-DG-1")) == "envelope.no_addressee"
    opens_at = datetime.now(UTC) + timedelta(hours=1)
    receipt = cover(house, kossi, Nature.TENDER, opens_at=opens_at)
    read_all(house)
    hand(house, kossi, receipt.letter_id)
    assert code_of(lambda: open_it(house, daf, receipt.letter_id)) == "envelope.too_early"
    later = replace(house, clock=lambda: opens_at)
    assert open_it(later, daf, receipt.letter_id, Confidentiality.RESTRICTED).state is State.TO_QUALIFY


def test_envelopes_stay_within_their_register(
    house: House, kossi: Actor, who: Callable[[str], Actor], client: httpx.Client
) -> None:
    receipt = cover(house, kossi, Nature.CONFIDENTIAL)
    with pytest.raises(NotFound):
        hand(house, who("ceet"), receipt.letter_id)
    with pytest.raises(Forbidden):
        hand(house, who("daf"), receipt.letter_id)
    path = f"/api/v1/envelopes/{receipt.letter_id}"
    assert client.post(f"{path}/keep", headers=bearer(house, "drh")).status_code == 404
    assert client.post(f"{path}/hand-over", headers=bearer(house, "kossi"), data={"name": "D. A."}).status_code == 204
    assert client.post(f"{path}/keep", headers=bearer(house, "daf")).status_code == 204
