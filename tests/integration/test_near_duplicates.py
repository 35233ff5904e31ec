"""The same letter twice: asked about before it is qualified, never of a letter that the asker may not see."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from api.wiring import House
from ged.errors import Conflict, Forbidden, NotFound
from ged.mail.access import Actor
from ged.mail.item import State
from ged.mail.links import LinkKind
from ged.mail.near_duplicate import Resemblance, Verdict
from ged.services import consult, read_draft
from ged.services.same_letter import doubts, other_letter, same_letter
from rooms.letters import decide, letter_pdf, read_all, send

Who = Callable[[str], Actor]
BODY = (
    "Nous avons l'honneur de solliciter un appui financier de 350 000 francs CFA pour la fourniture de vingt "
    "lampadaires solaires destinés au marché central et au centre de santé, dont le devis est joint."
)


def scan(pdf: bytes, seed: int = 1) -> bytes:
    """Return a PDF as a scanner gives it: an image with grain, and no text."""
    drawn = pypdfium2.PdfDocument(pdf)[0].render(scale=200 / 72).to_numpy()[..., 0]
    grain = np.random.default_rng(seed).normal(0, 12, drawn.shape)
    out = BytesIO()
    Image.fromarray(np.clip(drawn + grain, 0, 255).astype(np.uint8)).save(out, "PDF", resolution=200)
    return out.getvalue()


def acting(house: House, actor: Actor) -> dict[str, Any]:
    return {"store": house.store, "actor": actor, "clock": house.clock}


def test_a_scan_of_an_emailed_letter_is_asked_about_closed_as_its_copy_and_taken_back(
    house: House, kossi: Actor, who: Who
) -> None:
    pdf = letter_pdf(body=BODY)
    first = send(house, kossi, pdf).letter_id
    form = send(
        house, kossi, letter_pdf(body=BODY.replace("350 000", "475 000"), reference="0124/2026/SCM/DG")
    ).letter_id
    read_all(house)
    decide(house, kossi, first, confidentiality="diffusion_restreinte", service_id="DGE-ER")
    second = send(house, kossi, scan(pdf), "scan.pdf").letter_id
    read_all(house)

    (doubt,) = doubts(second, store=house.store, actor=kossi)
    assert doubt.other.id == first
    assert doubts(first, store=house.store, actor=kossi) == ()
    assert doubts(form, store=house.store, actor=kossi) == ()
    with pytest.raises(NotFound):
        same_letter(second, form, **acting(house, kossi))
    with pytest.raises(Forbidden):
        same_letter(second, first, **acting(house, who("daf")))

    closed = same_letter(second, first, **acting(house, kossi))
    assert (closed.state, closed.service_id) == (State.NO_FURTHER_ACTION, "DGE-ER")
    assert closed.confidentiality == "diffusion_restreinte"
    assert closed.number != doubt.other.number
    (bound,) = read_draft.relations(first, store=house.store, actor=kossi).links
    assert (bound.kind, bound.forward, bound.letter_id) == (LinkKind.COPIES, False, second)
    told = consult.letter_file(second, store=house.store, actor=kossi, clock=house.clock)
    assert doubt.other.number in told.steps[-1].text
    with pytest.raises(Conflict):
        same_letter(second, first, **acting(house, kossi))

    back = other_letter(second, first, **acting(house, kossi))
    assert (back.state, back.service_id, back.closed_on) == (State.TO_QUALIFY, None, None)
    assert read_draft.relations(first, store=house.store, actor=kossi).links == ()
    assert doubts(second, store=house.store, actor=kossi) == ()
    with pytest.raises(Conflict):
        same_letter(second, first, **acting(house, kossi))
    with house.store.unit() as unit:  # read again, it is not asked about again
        (pair,) = unit.near_duplicates.of(second, None)
        unit.near_duplicates.keep(second, [(first, Resemblance(1.0, 0.0, (), (), (), likely=True))])
        assert unit.near_duplicates.of(second, None) == (pair,)
    assert (pair.verdict, pair.name) == (Verdict.OTHER, kossi.name)
    decide(house, kossi, second)


def test_a_letter_that_the_clerk_may_not_see_is_not_hinted_at(house: House, kossi: Actor, who: Who) -> None:
    pdf, lawson = letter_pdf(body=BODY), who("lawson")
    first = send(house, kossi, pdf).letter_id
    read_all(house)
    decide(house, lawson, first, confidentiality="confidentiel")
    second = send(house, kossi, scan(pdf), "scan.pdf").letter_id
    read_all(house)
    assert doubts(second, store=house.store, actor=kossi) == ()
    for answer in (same_letter, other_letter):
        with pytest.raises(NotFound) as hidden:
            answer(second, first, **acting(house, kossi))
        assert hidden.value.code == "letter.unknown"
    assert [one.found.verdict for one in doubts(second, store=house.store, actor=lawson)] == [None]
