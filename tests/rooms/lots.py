"""Lots as a scanner gives them: separators printed by the house, letters between them, one PDF of images."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from api.wiring import House
from ged.mail.access import Actor
from ged.mail.batch import Batch, Sides
from ged.services.batch_sheets import announce_lot, separators
from ged.services.capture import Door
from ged.services.open_batch import NewBatch, open_batch
from ingest.capture.deposit import deposit
from rooms.letters import letter_pdf, read_all
from scripts.demo_lot import pages_of, printed, scanned

DPI = 120


def a_letter(subject: str, pages: int = 1) -> list[Image.Image]:
    return pages_of(letter_pdf(subject=subject, pages=pages), DPI)


def a_blank() -> Image.Image:
    """Return the back of a sheet: paper, its grain, nothing written."""
    grain = np.random.default_rng(5).normal(246, 2, (1403, 992))
    return Image.fromarray(np.clip(grain, 0, 255).astype(np.uint8))


def separator(house: House, actor: Actor, entity: str = "", kind: str = "") -> Image.Image:
    (sheet,) = separators([(entity, kind)], store=house.store, actor=actor, clock=house.clock)
    return printed(sheet, DPI)


def lot_sheet(house: House, actor: Actor, letters: int, pages: int) -> Image.Image:
    return printed(
        announce_lot("Courrier du matin", letters, pages, store=house.store, actor=actor, clock=house.clock),
        DPI,
    )


def scan(pages: Sequence[Image.Image]) -> bytes:
    """Return pages as one PDF, each a JPEG."""
    return scanned(pages, DPI)


def a_lot(house: House, actor: Actor, *files: bytes, sides: Sides = Sides.FRONT, **said: Any) -> Batch:
    """Return a lot with files, looked at by a worker."""
    new = NewBatch(Door.UPLOAD, sides=sides, **said)
    opened = open_batch(new, store=house.store, actor=actor, clock=house.clock)
    for number, data in enumerate(files, 1):
        deposit(BytesIO(data), f"pile-{number}.pdf", opened.id, door=Door.UPLOAD, actor=actor, entrance=house.entrance)
    read_all(house)
    return opened
