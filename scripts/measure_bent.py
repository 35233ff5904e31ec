"""Letters on sheets that do not lie flat: how well they are read as they lie, and with their lines made straight.

    python -m scripts.measure_bent [--letters N]

Templates and letters are of those that nobody looked at while the straightening was made (`generate_varied`, unseen).
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable
from statistics import mean

import cv2
import numpy as np
import pypdfium2

from ingest.readers.source import PageImage
from ingest.stages import clean as cleaning
from ingest.stages.bends import Bend, Ink, find_bend
from ingest.stages.reading import engine_named
from ingest.stages.recognize import recognize
from scripts.measure_ingest import errors
from scripts.measures import table, write_section
from scripts.sample_letters.bent import BENDS, bent
from scripts.sample_letters.lay_out import lay_out
from scripts.sample_letters.vary import vary

_SEED, _DPI = 918_273_000, 200
_STRENGTHS = (0.0, 0.02, 0.04, 0.07, 0.1)


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=8)
    count = parser.parse_args().letters
    found: dict[tuple[str, float, str], list[float]] = defaultdict(list)
    looks: list[float] = []

    def looked(ink: Ink) -> Bend | None:
        began = time.process_time()
        bend = find_bend(ink)
        looks.append(time.process_time() - began)
        return bend

    ways: dict[str, Callable[[Ink], Bend | None]] = {"as it lies": lambda _: None, "straight": find_bend}
    for index in range(count):
        page = pypdfium2.PdfDocument(lay_out(vary(_SEED + index, unseen=True)))[0]
        truth, image = str(page.get_textpage().get_text_range()), page.render(scale=_DPI / 72).to_numpy()[..., :3]
        kind = list(BENDS)[index % len(BENDS)]
        for strength in _STRENGTHS:
            shown = bent(np.ascontiguousarray(image), np.random.default_rng(index), kind, strength)
            grey = np.asarray(cv2.cvtColor(shown, cv2.COLOR_BGR2GRAY), np.uint8)
            for way, act in ways.items():
                vars(cleaning)["find_bend"] = looked if act is find_bend and not strength else act
                read = recognize(cleaning.clean(PageImage(grey, _DPI)), 1, engine_named("tesserocr"))
                found[kind, strength, way].append(100 * errors(truth, read.text)[0])
    rows = [
        [kind, *(f"{mean(found[kind, strength, way]):.1f}" for strength in _STRENGTHS for way in ways)]
        for kind in list(BENDS)[:count]
    ]
    every = [mean(cer for kind in BENDS for cer in found[kind, at, way]) for at in _STRENGTHS for way in ways]
    rows.append(["**all**", *(f"{cer:.1f}" for cer in every)])
    head = ["bend", *(f"{strength:g} {way}" for strength in _STRENGTHS for way in ways)]
    text = (
        f"{count} letters of held-out templates, first pages at {_DPI} dpi, CER in %. The number is the greatest "
        "height of the sheet over the distance of the eye; 0 lies flat. To see that a page is flat took "
        f"{1000 * float(np.median(looks)):.1f} ms of processor (median)."
    )
    write_section("bent", "Sheets that do not lie flat", f"{text}\n\n{table(head, rows)}")


if __name__ == "__main__":
    main()
