"""A file that holds others becomes one letter: its pieces keep what held them, are read, found and given back."""

from __future__ import annotations

from io import BytesIO

import httpx

from api.wiring import House
from ged.mail.access import Actor
from ged.mail.item import Letter, Reading
from ged.mail.qualification import Field
from ged.services import consult
from ged.services.capture import Door, Receipt
from ged.services.pieces import electronic
from ingest.capture.receive import receive_scan
from rooms.documents import template
from rooms.formats import message, zipped
from rooms.letters import letter_pdf, read_all
from rooms.server import bearer
from search.find import find
from search.port import Query


def sent(house: House, actor: Actor, data: bytes) -> Letter:
    receipt = receive_scan(BytesIO(data), "pli.bin", door=Door.UPLOAD, actor=actor, entrance=house.entrance)
    assert isinstance(receipt, Receipt)
    read_all(house)
    return consult.letter(receipt.letter_id, store=house.store, actor=actor)


def tree(house: House, letter: Letter) -> list[tuple[int | None, str, int | None]]:
    found = electronic(letter, store=house.store)
    return [(one.parent, one.name, found.first_pages.get(one.rank)) for one in found.pieces]


def test_a_message_given_by_hand_is_read_as_one_that_came_by_mail(
    house: House, kossi: Actor, client: httpx.Client
) -> None:
    raw = message()
    letter = sent(house, kossi, raw)
    assert (letter.media_type, letter.reading, letter.page_count) == ("message/rfc822", Reading.READY, 4)
    assert tree(house, letter) == [
        (None, "Lettre signée.pdf", 2),
        (None, "Demande 0.eml", 3),
        (2, "note.txt", 4),
    ]
    file = consult.letter_file(letter.id, store=house.store, actor=kossi, clock=house.clock)
    proposed = {name: one.value for name, one in file.proposals.items()}
    assert proposed[Field.SENDER] == "Ama Mensah"
    assert proposed[Field.LETTER_DATE] == "2026-11-12"
    assert "Cette copie réunit" in (file.rendition.remark if file.rendition else "")
    note = client.get(f"/api/v1/letters/{letter.id}/pieces/3", headers=bearer(house, "kossi"))
    assert "gravier" in note.text
    again = receive_scan(BytesIO(raw), "x.eml", door=Door.UPLOAD, actor=kossi, entrance=house.entrance)
    assert isinstance(again, Receipt)
    assert again.again


def test_an_archive_is_one_letter_whose_fields_come_from_the_letter_in_it(
    house: House, kossi: Actor, client: httpx.Client
) -> None:
    whole = letter_pdf(body="Un transformateur est en panne.")
    letter = sent(house, kossi, zipped(("Dossier/lettre.pdf", whole), ("devis.docx", template(("Devis du poste",)))))
    assert letter.page_count == 3
    assert tree(house, letter) == [(None, "Dossier/lettre.pdf", 2), (None, "devis.docx", 3)]
    file = consult.letter_file(letter.id, store=house.store, actor=kossi, clock=house.clock)
    proposed = {name: one.value for name, one in file.proposals.items()}
    assert proposed[Field.SENDER_REFERENCE] == "0123/2026/SCM/DG"
    assert "lettre.pdf" in file.pages[0].text
    assert "Devis du poste" in file.pages[2].text
    answer = find(Query("transformateur panne"), index=house.index, store=house.store, actor=kossi)
    assert [one.row.letter.number for one in answer.found] == [letter.number]
    saved = client.get(f"/api/v1/letters/{letter.id}/original", headers=bearer(house, "kossi"))
    assert saved.headers["content-disposition"] == f'attachment; filename="{letter.number}.zip"'
