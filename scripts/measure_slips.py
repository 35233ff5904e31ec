"""How well the boxes of a routing slip are read back, and what looking for a QR costs each page that comes in.

    python -m scripts.measure_slips [--slips N]

Slips of the pilot ministry are printed, rasterised, ticked as hands do, spoilt as scanners do, and read. A tick read
as empty, or an empty box read as a tick, is wrong; a doubt goes to a person.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pypdfium2

from api.model_folder import read_folder
from api.views.slip_sheet import SlipSheet, slips_pdf
from ged.mail.organisation import Organisation, Seat
from ged.mail.slip import Layout, Mark, layout_for
from ingest.readers.source import PageImage
from ingest.sheets.codes import codes_on
from ingest.sheets.look import look
from ingest.sheets.ticks import read_slip
from scripts.measures import ROOT, table, write_section
from scripts.sample_letters.generate import generate
from scripts.sample_letters.spoil import WAYS, Image
from scripts.sample_letters.ticked import HANDS, HARD_HANDS, HARDER, dirt

ALL_HANDS, ALL_WAYS = HANDS | HARD_HANDS, WAYS | HARDER
AUTHORITIES = ("MIN", "SG-1", "DGMG-1")
ADDRESS = "https://courrier.exemple.tg"
_CODE = "AbCdEfGhIjKlMnOpQrStUv"


def seats_of(organisation: Organisation) -> tuple[Seat, ...]:
    """Return the positions with the people who hold them today."""
    today = date.today()  # noqa: DTZ011 - holdings are days, not instants
    held = {
        each.position_id: each.login
        for each in organisation.holdings
        if each.since <= today and (each.until is None or each.until >= today)
    }
    return tuple(Seat(each, (held[each.id],) if each.id in held else ()) for each in organisation.positions)


def printed(authority: str) -> tuple[bytes, Layout]:
    """Return a slip of the pilot ministry as PDF, and its boxes."""
    organisation = read_folder(ROOT / "deploy" / "pilote")
    seats = seats_of(organisation)
    seat = next(each for each in seats if each.position.id == authority)
    layout = layout_for(seat, organisation.entities, seats, organisation.mentions)
    sheet = SlipSheet(
        code=_CODE,
        number="ARR-2026-000123",
        sender="Société des Carrières du Mono",
        subject="Demande d'autorisation d'exploitation de la carrière de gravier de Kpalimé",
        received_on=date(2026, 11, 24),
        due_date=date(2026, 12, 18),
        office="Ministère des mines et de l'énergie",
        authority=seat.position.title,
        layout=layout,
    )
    return slips_pdf([sheet], ADDRESS), layout


def raster(pdf: bytes, dpi: int) -> Image:
    """Return the first page in colour."""
    bitmap = pypdfium2.PdfDocument(pdf)[0].render(scale=dpi / 72).to_numpy()
    return np.ascontiguousarray(bitmap[..., :3])


def main() -> None:
    """Print and write the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--slips", type=int, default=12, help="slips of each way of spoiling")
    slips = parser.parse_args().slips
    sheets = {name: printed(name) for name in AUTHORITIES}
    by_way, by_hand = {}, {hand: Counter[str]() for hand in ALL_HANDS}
    for way in ALL_WAYS:
        by_way[way] = _measured(way, slips, sheets, by_hand)
    rows: list[tuple[object, ...]] = [
        (way, slips, got["found"], got["laid"], got["boxes"], got["right"], got["doubtful"], got["wrong"])
        for way, got in by_way.items()
    ]
    rows.append(("**all**", *(sum(int(str(row[column])) for row in rows) for column in range(1, 8))))
    hands = [(hand, got["ticked"], got["doubtful"], got["missed"]) for hand, got in by_hand.items()]
    text = "\n\n".join(
        (
            "Printed slips, ticked by nine hands or soiled, spoilt in eighteen ways. Wrong: a tick missed or invented.",
            table(("way", "slips", "QR found", "laid straight", "boxes", "right", "doubtful", "wrong"), rows),
            "Ticks by hand, over all ways of spoiling (boxes of slips that were laid straight).",
            table(("hand", "read", "doubtful", "missed"), hands),
            _cost(),
        )
    )
    write_section("slips", "Routing slips read back", text)


def _measured(
    way: str, slips: int, sheets: dict[str, tuple[bytes, Layout]], by_hand: dict[str, Counter[str]]
) -> Counter[str]:
    spoil, dpi = ALL_WAYS[way]
    got: Counter[str] = Counter()
    for seed in range(slips):
        r = np.random.default_rng([seed, dpi, *way.encode()])
        pdf, layout = sheets[AUTHORITIES[seed % len(AUTHORITIES)]]
        page = raster(pdf, dpi)
        truth: dict[str, str] = {}
        for box in layout.boxes:
            if r.random() < 0.22:
                truth[box.name] = list(ALL_HANDS)[int(r.integers(len(ALL_HANDS)))]
                ALL_HANDS[truth[box.name]](page, dpi / 25.4, box, r)
            elif r.random() < 0.1:
                dirt(page, dpi / 25.4, box, r)
        grey = np.asarray(cv2.cvtColor(spoil(page, r), cv2.COLOR_BGR2GRAY), np.uint8)
        seen = codes_on(PageImage(grey, float(dpi)), 1)
        got["boxes"] += len(layout.boxes)
        if not seen or seen[0].code != _CODE:
            got["doubtful"] += len(layout.boxes)
            continue
        got["found"] += 1
        reading, _ = read_slip(grey, seen[0].corners_px, layout)
        got["laid"] += reading.laid
        for name, mark in reading.marks.items():
            ticked = name in truth
            right = mark is (Mark.TICKED if ticked else Mark.EMPTY)
            got["right" if right else "doubtful" if mark is Mark.DOUBTFUL else "wrong"] += 1
            if ticked and reading.laid:
                by_hand[truth[name]][
                    {Mark.TICKED: "ticked", Mark.DOUBTFUL: "doubtful", Mark.EMPTY: "missed"}[mark]
                ] += 1
    return got


def _cost() -> str:
    """Time the look for a QR on pages as doors see them: a scan of 300 dpi in a PDF, and one born digital."""
    folder = ROOT / ".cache" / "measure" / "slips"
    scans = generate(12, 5, folder)
    born = folder / "born.pdf"
    born.write_bytes(printed(AUTHORITIES[0])[0])
    rows = []
    for name, files in (("scans, as they come", scans), ("born digital", [born] * 12)):
        times = []
        for file in files:
            begin = time.perf_counter()
            look(Path(file))
            times.append((time.perf_counter() - begin) * 1000)
        rows.append((name, len(times), f"{np.median(times):.0f}", f"{max(times):.0f}"))
    return "What the look for our own sheets adds to a capture (first two pages):\n\n" + table(
        ("files", "n", "median ms", "worst ms"), rows
    )


if __name__ == "__main__":
    main()
