"""Whether the second OCR engine reads better the pages that the first reads with doubt, and at what cost.

    python -m scripts.measure_engines [--letters N] [--doubtful N] [--sure N]

The pages are the given letters, and letters of held-out templates and of a seed used nowhere else, copied before they
were scanned: each is spoilt two or three ways, at 120 to 200 dots an inch. The first engine reads them all; the second
reads the doubtful ones and some others. Errors as in `measure_ingest`; fields as in `measure_fields`, of first pages.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean
from typing import Any

import cv2
import numpy as np
import pypdfium2
from PIL import Image

from ged.mail.page import Page, TextSource
from ged.mail.qualification import Field
from ingest.second_reading import DOUBT, doubtful, read_again, surer
from ingest.stages.extract import extract
from ingest.stages.reading import read_page
from ingest.stages.recognize import DOUBTFUL
from scripts.field_truth import TRUTH, right, true_value
from scripts.measure_ingest import errors
from scripts.measures import ROOT, table, write_section
from scripts.sample_letters.lay_out import lay_out
from scripts.sample_letters.spoil import WAYS
from scripts.sample_letters.vary import vary

_GIVEN = ROOT.parent / "shared" / "data" / "letters"
_UNSEEN_SEED = 9017
_EDGES = (DOUBTFUL, 0.8, 0.9, 0.94)
_DRAWS = 2000
_FIELDS: tuple[Field, ...] = tuple(TRUTH)[:6]
_FIRST = "Tesseract"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a file and what it says; `fields` is what a register would say, known of a letter's first page."""

    path: Path
    number: int
    truth: str
    stamped: bool
    fields: dict[str, object]


@dataclass(frozen=True, slots=True)
class Reading:
    """What an engine made of a page; `right` of the fields that it says, and the most its process held so far."""

    page: Page
    right: tuple[bool, ...]
    cpu_s: float
    memory_mb: float


def _first(sheet: Sheet) -> Reading:
    began = time.process_time()
    return _reading(sheet, read_page(sheet.path, sheet.number, TextSource.OCR, "tesserocr"), began)


def _second(sheet: Sheet, first: Page) -> Reading:
    began = time.process_time()
    return _reading(sheet, read_again(sheet.path, first), began)


def _reading(sheet: Sheet, page: Page, began: float) -> Reading:
    spent, memory = time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return Reading(page, _right(page, sheet.fields), spent, memory)


def _right(page: Page, truth: dict[str, object]) -> tuple[bool, ...]:
    """Say of each main field that the letter says whether it is proposed right."""
    proposed = {one.field: one.value for one in extract((page,))}
    said = [field for field in _FIELDS if truth and true_value(truth, field)]
    return tuple(field in proposed and right(field, proposed[field], truth) for field in said)


def _given() -> list[Sheet]:
    found = []
    for path in sorted(_GIVEN.glob("*.json")):
        for number, page in enumerate(json.loads(path.read_text(encoding="utf-8"))["pages"], 1):
            stamped = any(mark["kind"] == "arrival_stamp" for mark in page["overlays"])
            truth = "\n".join(line["text"] for line in page["lines"])
            found.append(Sheet(path.with_suffix(".pdf"), number, truth, stamped, {}))
    return [sheet for sheet in found if sheet.truth]


def _copied(count: int, folder: Path) -> list[Sheet]:
    """Make pages that were copied before they were scanned: spoilt two or three ways, at 120 to 200 dots an inch."""
    found, ways = [], list(WAYS.values())
    for index in range(count):
        letter = vary(_UNSEEN_SEED * 100_000 + index, unseen=True)
        r, dpi = np.random.default_rng(letter.seed), (120, 150, 200)[index % 3]
        spoil = [ways[int(way)][0] for way in r.choice(len(ways), 3 if index % 2 else 2, replace=False)]
        for number, page in enumerate(pypdfium2.PdfDocument(lay_out(letter)), 1):
            spoilt = np.ascontiguousarray(page.render(scale=dpi / 72).to_numpy()[..., :3])
            for act in spoil:
                spoilt = act(spoilt, r)
            path = folder / f"{index:03d}-{number}.pdf"
            grey = Image.fromarray(cv2.cvtColor(spoilt, cv2.COLOR_BGR2GRAY))
            grey.save(path, "PDF", resolution=dpi, quality=60)
            truth, fields = str(page.get_textpage().get_text_range()), letter.truth() if number == 1 else {}
            found.append(Sheet(path, 1, truth, stamped=False, fields=fields))
    return found


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=72, help="letters to copy several times")
    parser.add_argument("--doubtful", type=int, default=28, help="doubtful pages that the second engine reads")
    parser.add_argument("--sure", type=int, default=6, help="other pages that it reads")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ged-mesure-") as folder:
        sheets = [*_copied(chosen.letters, Path(folder)), *_given()]
        firsts = _read_all(_first, [(sheet,) for sheet in sheets])
        pairs = sorted(zip(sheets, firsts, strict=True), key=lambda pair: _drawn(pair[0]))
        some = [pair for pair in pairs if doubtful(pair[1].page)][: chosen.doubtful]
        some += [pair for pair in pairs if pair[1].page.confidence >= DOUBT][: chosen.sure]
        seconds = _read_all(_second, [(sheet, first.page) for sheet, first in some])
    _say(firsts, [(*pair, second) for pair, second in zip(some, seconds, strict=True)])


def _drawn(sheet: Sheet) -> str:
    """Return a fixed disorder: the same pages are drawn each time."""
    return sha256(f"{sheet.path.name} {sheet.number}".encode()).hexdigest()


def _read_all(act: Callable[..., Reading], calls: Sequence[tuple[Any, ...]]) -> list[Reading]:
    """Read pages one after another in a process of their own, whose memory is then one engine's alone."""
    found = []
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        for done, reading in enumerate(pool.map(act, *zip(*calls, strict=True)), 1):
            found.append(reading)
            print(f"\r{act.__name__} {done}/{len(calls)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return found


@dataclass(frozen=True, slots=True)
class _Row:
    """A page as each way of choosing gives it: its (CER, WER); `weight` is the length of its truth."""

    weight: int
    found: dict[str, tuple[float, float]]
    right: dict[str, tuple[bool, ...]]


def _row(sheet: Sheet, first: Reading, second: Reading) -> _Row:
    kept = second if surer(first.page, second.page) is second.page else first
    ways = {_FIRST: first, "RapidOCR": second, "the surer of both": kept}
    found = {way: errors(sheet.truth, one.page.text, stamped=sheet.stamped) for way, one in ways.items()}
    best = min(found[_FIRST], found["RapidOCR"])
    right = {way: one.right for way, one in ways.items()}
    return _Row(len(sheet.truth), {**found, "the better of both, by the truth": best}, right)


def _say(firsts: Sequence[Reading], read: Sequence[tuple[Sheet, Reading, Reading]]) -> None:
    parts: list[str] = []
    for title, some in (
        (f"Doubtful pages, confidence below {DOUBT}", [each for each in read if each[1].page.confidence < DOUBT]),
        ("Other pages, drawn", [each for each in read if each[1].page.confidence >= DOUBT]),
    ):
        rows = [_row(*each) for each in some]
        lines = [[way, *_cells(rows, way)] for way in rows[0].found] if rows else []
        columns = [
            "text kept",
            "CER %",
            "WER %",
            "CER less first (95 %)",
            "WER less first (95 %)",
            "WER better / worse",
            "fields right",
        ]
        parts.append(f"{title}: {len(rows)} pages.\n\n{table(columns, lines)}")
    bands = Counter(sum(one.page.confidence >= edge for edge in _EDGES) for one in firsts)
    spread = ", ".join(
        f"{bands[n]} {f'from {_EDGES[n - 1]}' if n else f'below {_EDGES[0]}'}" for n in range(len(_EDGES) + 1)
    )
    costs = [
        [name, f"{fmean(one.cpu_s for one in some):.2f}", f"{max(one.memory_mb for one in some):.0f}"]
        for name, some in (("Tesseract", [each[1] for each in read]), ("RapidOCR", [each[2] for each in read]))
    ]
    head = (
        f"{len(firsts)} pages; the first engine's confidence: {spread}. "
        f"Errors weigh each page by its length; intervals by drawing pages anew {_DRAWS} times."
    )
    cost = table(["engine", "CPU s/page", "memory MB"], costs)
    write_section("engines", "A second engine for doubtful pages", "\n\n".join([head, *parts, cost]))


def _cells(rows: Sequence[_Row], way: str) -> list[str]:
    r = random.Random(_UNSEEN_SEED)
    draws = [r.choices(rows, k=len(rows)) for _ in range(_DRAWS)]
    cells = [f"{_rate(rows, way, side):.2f}" for side in (0, 1)]
    for side in (0, 1):
        gains = sorted(_rate(drawn, way, side) - _rate(drawn, _FIRST, side) for drawn in draws)
        cells.append(f"{gains[_DRAWS // 40]:+.2f} to {gains[-_DRAWS // 40]:+.2f}")
    change = [row.found[way][1] - row.found[_FIRST][1] for row in rows]
    fields = [good for row in rows for good in row.right.get(way, ())]
    told = f"{sum(fields)} of {len(fields)}" if fields else ""
    return [*cells, f"{sum(one < 0 for one in change)} / {sum(one > 0 for one in change)}", told]


def _rate(rows: Sequence[_Row], way: str, side: int) -> float:
    return 100 * sum(row.weight * row.found[way][side] for row in rows) / sum(row.weight for row in rows)


if __name__ == "__main__":
    main()
