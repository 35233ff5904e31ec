"""The routing slip as it is printed: French, as what is signed on paper; one sheet a letter, on a fixed geometry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import segno

from api.prints import print_pdf
from ged.mail.slip import BOX, MARK, MARKS, QR_AT, QR_SIDE, WITNESSES, Layout

GEOMETRY: dict[str, Any] = {"marks": MARKS, "mark": MARK, "size": BOX, "qr_at": QR_AT, "qr_side": QR_SIDE}
"""Where our sheets carry what a scan is laid straight by."""


@dataclass(frozen=True, slots=True)
class SlipSheet:
    """What one sheet shows."""

    code: str
    number: str
    sender: str
    subject: str
    received_on: date
    due_date: date | None
    office: str
    authority: str
    layout: Layout


def qr_of(address: str) -> str:
    """Return a QR as an SVG that fills its place; level M stands a fold or a stain (ISO/IEC 18004)."""
    return segno.make(address, error="m", micro=False).svg_inline(border=0, omitsize=True)


def slips_pdf(sheets: Sequence[SlipSheet], address: str) -> bytes:
    """Return slips on paper; the QR of each is the address with its code, and nothing else."""
    return print_pdf(
        "prints/routing_slip.html",
        "fr",
        witnesses=WITNESSES,
        sheets=[(one, qr_of(f"{address}/f/{one.code}")) for one in sheets],
        **GEOMETRY,
    )
