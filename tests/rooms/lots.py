"""Lots as a scanner gives them: separators printed by the house, letters between them, one PDF of images."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
import pypdfium2
from PIL import Image

from api.views.slip_sheet import qr_of
from api.wiring import House
from ged.mail.access import Actor
from ged.mail.batch import Batch, Sides
from ged.mail.batch_sheet import BatchSheet
from ged.services.batch_sheets import announce_lot, separators
from ged.services.capture import Door
from ged.services.open_batch import NewBatch, open_batch
from ingest.capture.deposit import deposit
from rooms.letters import letter_pdf, read_all

DPI = 120


def pages_of(pdf: bytes) -> list[Image.Image]:
    """Return the pages of a PDF as grey images, coarse: a lot of a test is many pages."""
    return [page.render(scale=DPI / 72, grayscale=True).to_pil().convert("L") for page in pypdfium2.PdfDocument(pdf)]


def a_letter(subject: str, pages: int = 1) -> list[Image.Image]:
    return pages_of(letter_pdf(subject=subject, pages=pages))


def a_blank() -> Image.Image:
    """Return the back of a sheet: paper, its grain, nothing written."""
    grain = np.random.default_rng(5).normal(246, 2, (1403, 992))
    return Image.fromarray(np.clip(grain, 0, 255).astype(np.uint8))


def sheet_page(sheet: BatchSheet) -> Image.Image:
    """Return a sheet of the house as it is printed."""
    import weasyprint  # noqa: PLC0415 - slow to load

    qr = qr_of(f"http://127.0.0.1:8000/l/{sheet.code}")
    style = "@page{size:A4} div{width:62mm;height:62mm;margin:60mm auto} svg{width:100%}"
    text = f"<style>{style}</style><div>{qr}</div>"
    return pages_of(bytes(weasyprint.HTML(string=text).write_pdf()))[0]


def separator(house: House, actor: Actor, entity: str = "", kind: str = "") -> Image.Image:
    (sheet,) = separators([(entity, kind)], store=house.store, actor=actor, clock=house.clock)
    return sheet_page(sheet)


def lot_sheet(house: House, actor: Actor, letters: int, pages: int) -> Image.Image:
    return sheet_page(
        announce_lot("Courrier du matin", letters, pages, store=house.store, actor=actor, clock=house.clock)
    )


def scan(pages: Sequence[Image.Image]) -> bytes:
    """Return pages as one PDF, each a JPEG."""
    out = BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=list(pages[1:]), resolution=DPI, quality=70)
    return out.getvalue()


def a_lot(house: House, actor: Actor, *files: bytes, sides: Sides = Sides.FRONT, **said: Any) -> Batch:
    """Return a lot with files, looked at by a worker."""
    new = NewBatch(Door.UPLOAD, sides=sides, **said)
    opened = open_batch(new, store=house.store, actor=actor, clock=house.clock)
    for number, data in enumerate(files, 1):
        deposit(BytesIO(data), f"pile-{number}.pdf", opened.id, door=Door.UPLOAD, actor=actor, entrance=house.entrance)
    read_all(house)
    return opened
