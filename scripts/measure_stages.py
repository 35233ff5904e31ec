"""Where the processor's time goes when a page is read, stage by stage, on the given letters.

    python -m scripts.measure_stages [--limit N]

One process, one page after the other, each stage as `ingest.stages.reading` calls it.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ged.mail.page import Page, TextSource
from ingest.engines.port import LANGUAGE, RawWord
from ingest.readers.source import Grey
from ingest.stages.clean import clean
from ingest.stages.photo import find_outline, straightened
from ingest.stages.rasterize import rasterize
from ingest.stages.reading import engine_named
from ingest.stages.recognize import recognize
from ingest.stages.render import page_images, render_pdf
from ingest.stages.triage import triage
from ingest.work import LARGE_PX, SMALL_PX
from scripts.measures import ROOT, table, write_section

_GIVEN = ROOT.parent / "shared" / "data" / "letters"


@dataclass(slots=True)
class _Clock:
    """Seconds of processor by stage."""

    spent: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        began = time.process_time()
        yield
        self.spent[name] += time.process_time() - began


class _Timed:
    """The engine, with its own part of a page's time taken apart."""

    def __init__(self, clock: _Clock) -> None:
        self._engine, self._clock = engine_named("tesserocr"), clock
        self.name, self.languages = self._engine.name, self._engine.languages

    def recognize(self, grey: Grey, resolution_dpi: float, language: str = LANGUAGE) -> list[RawWord]:
        """Return the words of an image, in reading order."""
        with self._clock.stage("engine"):
            return self._engine.recognize(grey, resolution_dpi, language)


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, default=36, help="letters to read")
    paths = [path for path in sorted(_GIVEN.glob("*.pdf")) if ".digital" not in path.name]
    clock, count = _Clock(), 0
    engine = _Timed(clock)
    for path in paths[: parser.parse_args().limit]:
        count += _read(path, engine, clock)
    engine_s = clock.spent.pop("engine")
    clock.spent["recognize: the rest (regions, dashes, way up)"] = clock.spent.pop("recognize") - engine_s
    clock.spent["recognize: Tesseract"] = engine_s
    whole = sum(clock.spent.values())
    rows = [
        [name, f"{1000 * spent / count:.0f}", f"{100 * spent / whole:.0f}"]
        for name, spent in sorted(clock.spent.items(), key=lambda pair: -pair[1])
    ]
    rows.append(["**all**", f"{1000 * whole / count:.0f}", "100"])
    text = f"{count} pages, one process; without the walls around each page, which cost it some 50 ms more."
    write_section("stages", "Where a page's time goes", f"{text}\n\n{table(['stage', 'CPU ms/page', '%'], rows)}")


def _read(path: Path, engine: _Timed, clock: _Clock) -> int:
    pages: list[Page] = []
    with clock.stage("triage"):
        sources = triage(path)
    for number, source in enumerate(sources, 1):
        if source is not TextSource.OCR:
            continue
        with clock.stage("rasterize"):
            page = rasterize(path, number)
        with clock.stage("photo"):
            outline = find_outline(page.grey)
            sheet = straightened(page, outline) if outline else page
        with clock.stage("clean"):
            cleaned = clean(sheet)
        with clock.stage("recognize"):
            pages.append(recognize(cleaned, number, engine))
    for read in pages:
        with clock.stage("render: page images"):
            page_images(path, read, (SMALL_PX, LARGE_PX))
    with clock.stage("render: searchable copy"):
        render_pdf(path, pages, path.stem)
    return len(pages)


if __name__ == "__main__":
    main()
