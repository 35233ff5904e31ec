"""The head of the day on paper: what its QR says, or what is typed from it, is what an audit compares."""

from __future__ import annotations

import httpx
import pypdfium2
import zxingcpp

from api.wiring import House
from ged.mail.access import Actor
from ged.mail.journal import Act
from ged.services.audit.retained import read_heads
from integration.test_acknowledgement import signed_in
from rooms.letters import letter_pdf, read_all, send


def test_the_head_on_paper_is_read_back_from_its_qr_and_from_its_digits(
    house: House, kossi: Actor, client: httpx.Client
) -> None:
    send(house, kossi, letter_pdf())
    read_all(house)
    head = house.ledger.head()
    assert client.get("/integrite/tete.pdf", headers=signed_in(house, "daf")).status_code == httpx.codes.FORBIDDEN
    answer = client.get("/integrite/tete.pdf", headers=signed_in(house, "kossi"))
    assert answer.headers["content-type"] == "application/pdf"

    page = pypdfium2.PdfDocument(answer.content)[0]
    text = page.get_textpage().get_text_bounded()
    groups = [head.root[at : at + 4] for at in range(0, 64, 4)]
    assert "".join(groups) in "".join(text.split())
    codes = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
    line = next(code.text for code in codes if code.text.startswith("documents"))
    for kept in (line, f"documents {head.size}  {' '.join(groups)}"):
        (one,) = read_heads(kept, origins={})
        assert (one.log, one.size, one.root) == ("documents", head.size, head.root)

    with house.store.unit() as unit:
        (said,) = unit.journal.recent(Act.HEAD_PRINTED, "kossi")
    assert line in str(said.details["heads"])
