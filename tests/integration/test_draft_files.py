"""Files given with a draft: looked at by content, kept, shown as a picture to its readers and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import httpx
import pytest
from PIL import Image

from api.deps import COOKIE
from api.enclosures import DOCX, enclose
from api.press.picture import drawn
from api.wiring import House
from ged.errors import Refused
from ged.mail.access import Actor
from ged.mail.draft import Content
from ged.services.draft import Plan, begin
from ged.services.sign_in import set_password, sign_in
from rooms.documents import altered, template
from rooms.letters import letter_pdf

Who = Callable[[str], Actor]


def cookie_of(house: House, login: str) -> dict[str, str]:
    set_password(login, "un mot de passe assez long", store=house.store, clock=house.clock)
    session = sign_in(login, "un mot de passe assez long", store=house.store, clock=house.clock)
    return {"Cookie": f"{COOKIE}={session.secret}"}


def test_a_word_body_is_shown_as_the_pages_that_would_leave(house: House, client: httpx.Client, who: Who) -> None:
    body = enclose(BytesIO(template()), "C:\\projets\\réponse.docx", house, who("kossi"), as_body=True)
    assert (body.label, body.media_type) == ("réponse.docx", DOCX)
    content = Content("Réponse", ("Société des Carrières du Mono",), "", file=body)
    draft = begin(Plan(), content, store=house.store, actor=who("comptable"), clock=house.clock)
    mine = client.get(f"/projet/{draft.id}/pages.webp", headers=cookie_of(house, "comptable"))
    assert mine.headers["content-type"] == "image/webp"
    with Image.open(BytesIO(mine.content)) as picture:
        assert picture.width == 909
        assert picture.convert("L").getbbox() is not None
        assert len(set(picture.convert("L").tobytes())) > 20  # something is written on it
    strangers = client.get(f"/projet/{draft.id}/pages.webp", headers=cookie_of(house, "drh"))
    assert strangers.status_code == 404


def test_pages_stand_one_under_the_other_and_what_is_no_pdf_is_said() -> None:
    with Image.open(BytesIO(drawn(letter_pdf(pages=2)))) as two, Image.open(BytesIO(drawn(letter_pdf()))) as one:
        assert two.height == 2 * one.height + 14
    with pytest.raises(Refused) as refused:
        drawn(b"%PDF-1.7 and nothing else")
    assert refused.value.code == "draft.picture"


@pytest.mark.parametrize(
    ("data", "as_body", "code"),
    [
        (b"", False, "capture.empty"),
        (b"#!/bin/sh\necho", False, "capture.unknown_type"),
        (b"PK\x03\x04 and nothing else", False, "press.not_docx"),
    ],
)
def test_what_is_no_letter_is_not_joined(house: House, kossi: Actor, data: bytes, as_body: bool, code: str) -> None:
    with pytest.raises(Refused) as refused:
        enclose(BytesIO(data), "pièce", house, kossi, as_body=as_body)
    assert refused.value.code == code


def test_macros_and_pictures_are_no_body(house: House, kossi: Actor) -> None:
    with pytest.raises(Refused) as macro:
        enclose(
            BytesIO(altered(template(), lambda _, data: data, **{"word/vbaProject.bin": b"x"})), "x.docx", house, kossi
        )
    assert macro.value.code == "press.macro"
    picture = BytesIO()
    Image.new("L", (400, 560), 255).save(picture, "PNG")
    assert enclose(BytesIO(picture.getvalue()), "plan.png", house, kossi).media_type == "image/png"
    with pytest.raises(Refused) as body:
        enclose(BytesIO(picture.getvalue()), "plan.png", house, kossi, as_body=True)
    assert body.value.code == "draft.body"
