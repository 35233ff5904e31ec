"""How fast and how well scans are read, beside OCRmyPDF at its best, on the same scans in the same run.

    python -m scripts.measure_ingest [--limit N] [--harsh] [--seed S]

`--harsh` measures letters that our own generator made as people make them, of a seed that nobody tuned on. OCRmyPDF
wants ghostscript on the machine for some of them.

Two letters at a time: two of our warm processes, then two OCRmyPDF processes of one job each, then the other
way round. Errors are free of order: words are matched as a set, what is left over is paired by likeness. An arrival
stamp is on the page and not in the truth, which holds the printed text: its own words count for neither program as
errors, and as errors for both in the columns « stamps counted ».
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pypdfium2

from ingest.stages.reading import read_page
from ingest.stages.render import page_images, render_pdf
from ingest.stages.triage import triage
from ingest.work import LARGE_PX, SMALL_PX
from scripts.measures import ROOT, table, write_section
from scripts.sample_letters.generate import generate
from scripts.sample_letters.harsh import UNSEEN_SEED, generate_harsh

_GIVEN = ROOT.parent / "shared" / "data" / "letters"
_PEER = ROOT / ".cache" / "measure"
_UNSEEN_SEED = 9001
_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan, how it was spoilt, and the true text of its pages."""

    path: Path
    way: str
    truth: str
    pages: int
    stamped: bool
    size: int


_STAMP = re.compile(r"COURRIER|ARRIVÉE|LE|N°|\d{1,2}|\d{4,5}|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|[A-ZÉÛ]{3,5}\.?")
"""The words of an arrival stamp, as offices have them made: a heading, a date, a number."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one program made of one scan; memory in MB, the greatest of any of its processes."""

    text: str
    cpu_s: float
    memory_mb: float
    size: int


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, default=36, help="letters to read")
    parser.add_argument("--harsh", action="store_true", help="images as people make them")
    parser.add_argument("--seed", type=int, default=UNSEEN_SEED, help="of the harsh letters")
    given = parser.parse_args()
    peer = _peer()
    with tempfile.TemporaryDirectory(prefix="ged-mesure-") as folder:
        made = partial(_harsh, seed=given.seed) if given.harsh else _scans
        scans = made(Path(folder), given.limit)
        with ProcessPoolExecutor(_AT_ONCE, mp_context=get_context("spawn")) as pool:
            for warm in [pool.submit(_ours, scans[0].path) for _ in range(_AT_ONCE)]:
                warm.result()
            found, walls = _side_by_side(scans, pool, peer, Path(folder))
    name, title = ("harsh", "Reading images as people make them") if given.harsh else ("ingest", "Reading scans")
    write_section(name, title, _said(scans, found, walls, peer))


def _harsh(folder: Path, limit: int, seed: int) -> list[Scan]:
    # In a process of its own: a process begins with the memory peak of the one that it was forked from.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as maker:
        return [_made(path) for path in maker.submit(generate_harsh, limit, seed, folder / "letters").result()]


def _scans(folder: Path, limit: int) -> list[Scan]:
    if _GIVEN.is_dir():
        paths = [path for path in sorted(_GIVEN.glob("*.pdf")) if ".digital" not in path.name]
        return [_given(path) for path in paths[:limit]]
    made = [path for path in generate(limit, _UNSEEN_SEED, folder / "letters") if "numerique" not in path.name]
    return [_made(path) for path in made if path.suffix == ".pdf"]


def _given(path: Path) -> Scan:
    facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    lines = [line["text"] for page in facts["pages"] for line in page["lines"]]
    stamped = any(mark["kind"] == "arrival_stamp" for page in facts["pages"] for mark in page["overlays"])
    return Scan(path, facts["profile"], "\n".join(lines), len(facts["pages"]), stamped, path.stat().st_size)


def _made(path: Path) -> Scan:
    facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    pages = facts.get("scanned", len(facts["pages"]))
    return Scan(path, facts["way"], "\n".join(facts["pages"]), pages, facts.get("stamped", False), path.stat().st_size)


def _ours(path: Path) -> Result:
    """Do for one letter what `ingest.work` does: read each page, draw its images, write the searchable copy."""
    began = time.process_time()
    sources = triage(path)
    pages = [read_page(path, number, source, "tesserocr") for number, source in enumerate(sources, 1)]
    for page in pages:
        page_images(path, page, (SMALL_PX, LARGE_PX))
    copy = render_pdf(path, pages, path.stem)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return Result(_text(copy.data), time.process_time() - began, memory, len(copy.data))


def _text(pdf: bytes | Path) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(str(page.get_textpage().get_text_range()) for page in document)


def _peer() -> Path:
    """Return OCRmyPDF in an environment of its own, made from the locked list if it is not there."""
    program = _PEER / "bin" / "ocrmypdf"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", _PEER], check=True)
        pip: list[str | Path] = [_PEER / "bin" / "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*pip, "--require-hashes", "-r", ROOT / "requirements" / "measure.txt"], check=True)
    return program


def _theirs(program: Path, path: Path, folder: Path) -> Result:
    out = folder / f"{path.stem}.ocrmypdf.pdf"
    options = ["-l", "fra", "--deskew", "--rotate-pages", "--output-type", "pdfa", "--jobs", "1", "--quiet"]
    process = subprocess.Popen([program, *options, path, out], stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"ocrmypdf refused {path.name} with exit code {process.returncode}: run it by hand to see why")
    text, size = _text(out), out.stat().st_size
    out.unlink(missing_ok=True)
    return Result(text, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000, size)


def _side_by_side(
    scans: Sequence[Scan], pool: ProcessPoolExecutor, program: Path, folder: Path
) -> tuple[dict[str, list[Result]], dict[str, float]]:
    found: dict[str, list[Result]] = {"ours": [], "peer": []}
    walls: dict[str, float] = defaultdict(float)

    def ours(pair: Sequence[Scan]) -> list[Result]:
        return [job.result() for job in [pool.submit(_ours, scan.path) for scan in pair]]

    def theirs(pair: Sequence[Scan]) -> list[Result]:
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            return list(threads.map(lambda scan: _theirs(program, scan.path, folder), pair))

    programs: list[tuple[str, Callable[[Sequence[Scan]], list[Result]]]] = [("ours", ours), ("peer", theirs)]
    for start in range(0, len(scans), _AT_ONCE):
        pair = scans[start : start + _AT_ONCE]
        for name, act in programs if start % (2 * _AT_ONCE) else programs[::-1]:
            began = time.perf_counter()
            found[name] += act(pair)
            walls[name] += time.perf_counter() - began
        print(f"\r{start + len(pair)}/{len(scans)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return found, walls


def errors(truth: str, read: str, *, stamped: bool = False) -> tuple[float, float]:
    """Return (CER, WER) free of order: matched words leave, the rest is paired by likeness; both over the truth.

    On a `stamped` page, words over that an arrival stamp has are no errors.
    """
    wanted, got = Counter(_words(truth)), Counter(_words(read))
    left, over = list((wanted - got).elements()), list((got - wanted).elements())
    if stamped:
        over = _without_stamp(over)
    words = max(len(left), len(over))
    characters = 0
    for word in sorted(left, key=len, reverse=True):
        best = min(over, key=lambda other: _distance(word, other), default="")
        cost = _distance(word, best) if best else len(word)
        if best and cost < len(word):
            over.remove(best)
        characters += min(cost, len(word))
    characters += sum(len(word) for word in over)
    total = sum(wanted.values())
    return characters / max(1, sum(len(word) * n for word, n in wanted.items())), words / max(1, total)


def _without_stamp(over: list[str]) -> list[str]:
    """Leave out ten words at most of those that a stamp has."""
    kept, allowed = [], 10
    for word in over:
        allowed -= (own := allowed > 0 and _STAMP.fullmatch(word) is not None)
        kept += [] if own else [word]
    return kept


def _words(text: str) -> list[str]:
    return unicodedata.normalize("NFC", text).replace("’", "'").split()


def _distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, right in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (left != right))
    return row[-1]


def _said(scans: Sequence[Scan], found: dict[str, list[Result]], walls: dict[str, float], peer: Path) -> str:
    version = subprocess.run([peer, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    pages = sum(scan.pages for scan in scans)
    whole = [
        [
            name,
            f"{pages / walls[key] * 60:.1f}",
            f"{sum(one.cpu_s for one in found[key]) / pages:.2f}",
            *_mean(_errors(scan, one) for scan, one in zip(scans, found[key], strict=True)),
            *_mean(errors(scan.truth, one.text) for scan, one in zip(scans, found[key], strict=True)),
            f"{100 * sum(one.size for one in found[key]) / sum(scan.size for scan in scans) - 100:+.1f}",
            f"{max(one.memory_mb for one in found[key]):.0f}",
        ]
        for key, name in (
            ("ours", "GED Courrier"),
            ("peer", f"OCRmyPDF {version} `--deskew --rotate-pages --output-type pdfa`"),
        )
    ]
    ways: dict[str, list[int]] = defaultdict(list)
    for index, scan in enumerate(scans):
        ways[scan.way].append(index)
    by_way: list[list[Any]] = [
        [
            way,
            len(indexes),
            *(
                cell
                for key in ("ours", "peer")
                for cell in _mean(_errors(scans[index], found[key][index]) for index in indexes)
            ),
        ]
        for way, indexes in sorted(ways.items())
    ]
    head = (
        f"{len(scans)} letters, {pages} pages, two at a time. Ours also draws two images a page; the peer runs as "
        "two processes of one job, `--deskew --rotate-pages --output-type pdfa`. "
        f"Throughput: {walls['peer'] / walls['ours']:.1f} times the peer's in this run."
    )
    totals = table(
        [
            "program",
            "pages/min",
            "CPU s/page",
            "CER %",
            "WER %",
            "CER % stamps counted",
            "WER % stamps counted",
            "size of copy %",
            "memory MB",
        ],
        whole,
    )
    detail = table(["degradation", "letters", "CER", "WER", "CER peer", "WER peer"], by_way)
    return f"{head}\n\n{totals}\n\nBy degradation (CER and WER in %, mean over letters):\n\n{detail}"


def _errors(scan: Scan, result: Result) -> tuple[float, float]:
    return errors(scan.truth, result.text, stamped=scan.stamped)


def _mean(pairs: Iterable[tuple[float, float]]) -> list[str]:
    known = list(pairs)
    return [f"{100 * sum(pair[side] for pair in known) / max(1, len(known)):.2f}" for side in (0, 1)]


if __name__ == "__main__":
    main()
