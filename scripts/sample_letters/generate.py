"""Generating: letters as files of every accepted type, each with its truth in a `.json` beside it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from itertools import count as count_from
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
from PIL import Image

from scripts.sample_letters.compose import Letter, compose
from scripts.sample_letters.lay_out import lay_out
from scripts.sample_letters.sheet import set_letter
from scripts.sample_letters.spoil import WAYS
from scripts.sample_letters.vary import vary

Progress = Callable[[int, int], None]


def generate(count: int, seed: int, folder: Path, progress: Progress = lambda _done, _total: None) -> list[Path]:
    """Write `count` letters into a folder and return their paths; the same seed gives the same letters."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for index in range(count):
        found.append(_one(compose(seed * 100_000 + index), index, folder))
        progress(index + 1, count)
    return found


def generate_varied(
    count: int,
    seed: int,
    folder: Path,
    progress: Progress = lambda _done, _total: None,
    *,
    unseen: bool,
    later: bool = False,
) -> list[Path]:
    """Write `count` letters of the many templates, each spoilt in its way; `unseen`: of the templates held out."""
    folder.mkdir(parents=True, exist_ok=True)
    ways, found = list(WAYS), []
    for index in range(count):
        letter = vary(seed * 100_000 + index, unseen=unseen, later=later)
        printed, way = lay_out(letter), ways[(index // 3 + index) % len(ways)]
        stem = folder / f"variee-{index + 1:03d}-{way}"
        found.append(scan(printed, letter.seed, way, index, stem))
        truth = {"seed": letter.seed, "way": way, **letter.truth(), "pages": _texts(printed)}
        stem.with_suffix(".json").write_text(json.dumps(truth, ensure_ascii=False, indent=1), "utf-8")
        progress(index + 1, count)
    return found


def generate_old(kind: str, year: int, seed: int, folder: Path) -> Path:
    """Write the first letter of a kind from a seed on, as it was written in a year of this century; a clean scan."""
    folder.mkdir(parents=True, exist_ok=True)
    letter = next(found for found in (compose(each, year) for each in count_from(seed)) if found.kind == kind)
    printed, stem = set_letter(letter), folder / f"ancienne-{year}-{letter.seed}"
    stem.with_suffix(".json").write_text(
        json.dumps(_truth(letter, "propre", printed), ensure_ascii=False, indent=1), "utf-8"
    )
    return scan(printed, letter.seed, "propre", 0, stem)


def _one(letter: Letter, index: int, folder: Path) -> Path:
    printed = set_letter(letter)
    ways = list(WAYS)
    way = ways[index % len(ways)]
    stem = f"lettre-{index + 1:03d}-{way}"
    if index % 12 == 11:
        stem = f"lettre-{index + 1:03d}-numerique"
        path = folder / f"{stem}.pdf"
        path.write_bytes(printed)
    else:
        path = scan(printed, letter.seed, way, index, folder / stem)
    (folder / f"{stem}.json").write_text(
        json.dumps(_truth(letter, way, printed), ensure_ascii=False, indent=1), "utf-8"
    )
    return path


def scan(printed: bytes, seed: int, way: str, index: int, stem: Path) -> Path:
    """Write a letter as one way of spoiling it gives it back, and return the file."""
    spoil, dpi = WAYS[way]
    r = np.random.default_rng(seed)
    pages = []
    for page in pypdfium2.PdfDocument(printed):
        drawn = np.ascontiguousarray(page.render(scale=dpi / 72).to_numpy()[..., :3])
        pages.append(Image.fromarray(cv2.cvtColor(spoil(drawn, r), cv2.COLOR_BGR2RGB)))
    return _save(pages, way, dpi, index, stem)


def _save(pages: list[Image.Image], way: str, dpi: int, index: int, stem: Path) -> Path:
    one = len(pages) == 1
    if way == "fax":
        path = stem.with_suffix(".tif")
        bits = [page.convert("1", dither=Image.Dither.NONE) for page in pages]
        bits[0].save(path, save_all=True, append_images=bits[1:], compression="group4", dpi=(dpi, dpi))
    elif way == "telephone" and one:
        path = stem.with_suffix(".jpg")
        pages[0].save(path, quality=82, dpi=(dpi, dpi))
    elif way == "perfore" and one and index % 2:
        path = stem.with_suffix(".png")
        pages[0].save(path, dpi=(dpi, dpi))
    else:
        path = stem.with_suffix(".pdf")
        grey = pages if way in {"teinte", "propre"} else [page.convert("L") for page in pages]
        buffer = io.BytesIO()
        grey[0].save(buffer, "PDF", save_all=True, append_images=grey[1:], resolution=dpi, quality=78)
        path.write_bytes(buffer.getvalue())
    return path


def _truth(letter: Letter, way: str, printed: bytes) -> dict[str, object]:
    return {
        "seed": letter.seed,
        "way": way,
        "kind": letter.kind,
        "date": letter.day.isoformat(),
        "reference": letter.reference,
        "subject": letter.subject,
        "sender": letter.sender,
        "recipient": " ".join(line for line in letter.to if line not in {"À", "LOMÉ"}),
        "scanned": len(pypdfium2.PdfDocument(printed)),
        "stamped": True,
        "pages": _texts(set_letter(letter, marks=False)),  # of a round stamp, letters one by one are no text
    }


def _texts(printed: bytes) -> list[str]:
    texts = [str(page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(printed)]
    return [text.replace("\r\n", "\n") for text in texts]
