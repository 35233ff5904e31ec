"""A lot to show: letters and separators of ours as one run of a scanner gives them, on the board of the registry."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageOps

from api.prints import print_pdf
from api.views.slip_sheet import qr_of
from api.wiring import House
from ged.mail.access import Actor
from ged.mail.batch import Batch
from ged.mail.batch_sheet import BatchSheet
from ged.services.batch_sheets import announce_lot, separators
from ged.services.capture import Door
from ged.services.open_batch import NewBatch, open_batch
from ingest.capture.deposit import deposit
from ingest.readers.table import pages_of as paged
from ingest.stages.rasterize import rasterize

_DPI = 150


def pages_of(pdf: bytes, dpi: int = _DPI) -> list[Image.Image]:
    """Return the pages of a PDF in grey."""
    return [page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L") for page in pypdfium2.PdfDocument(pdf)]


def _scans_of(path: Path) -> list[Image.Image]:
    images = [rasterize(path, number) for number in range(1, paged(path).count(path) + 1)]
    return [ImageOps.scale(Image.fromarray(each.grey), _DPI / each.resolution_dpi) for each in images]


def printed(sheet: BatchSheet, dpi: int = _DPI) -> Image.Image:
    """Return a sheet of ours as the house prints it, scanned."""
    qr = qr_of(f"http://127.0.0.1:8000/l/{sheet.code}")
    return pages_of(print_pdf("prints/batch_sheets.html", "fr", sheets=[(sheet, qr)], services={}, kinds={}), dpi)[0]


def scanned(pages: Sequence[Image.Image], dpi: int = _DPI) -> bytes:
    """Return pages as one PDF, each a JPEG."""
    out = BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=list(pages[1:]), resolution=dpi, quality=70)
    return out.getvalue()


def deposit_pile(house: House, actor: Actor, letters: Sequence[Path]) -> Batch:
    """Deposit letters as one pile, a separator before each and the sheet of the lot on top."""
    ways: Any = {"store": house.store, "actor": actor, "clock": house.clock}
    piles = [_scans_of(path) for path in letters]
    top = announce_lot("Courrier du matin", len(piles), sum(map(len, piles)), **ways)
    (separator,) = separators([("", "")], **ways)
    between = printed(separator)
    pages = [printed(top), *(page for pile in piles for page in (between, *pile))]
    lot = open_batch(NewBatch(Door.UPLOAD), **ways)
    deposit(
        BytesIO(scanned(pages)), "pile-du-matin.pdf", lot.id, door=Door.UPLOAD, actor=actor, entrance=house.entrance
    )
    return lot
