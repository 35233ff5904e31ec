"""Letters with the truth of their fields, born digital or scanned, read once: kept under `.cache/fields`."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from ged.mail.page import Box, Page, TextSource, Word
from ingest.readers import pdf
from ingest.stages.reading import read_page
from ingest.stages.triage import triage
from scripts.measures import ROOT
from scripts.sample_letters.generate import generate_varied
from scripts.sample_letters.lay_out import lay_out
from scripts.sample_letters.vary import vary

GIVEN = ROOT.parent / "shared" / "data" / "letters"
_CACHE = ROOT / ".cache" / "fields"
_MAKERS = ("stock", "shapes", "templates", "vary", "heads", "lay_out", "words", "compose")
_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Sample:
    """One letter as read, with what is true of it; `group` is its template, or the way it was spoilt."""

    group: str
    truth: dict[str, Any]
    pages: tuple[Page, ...]


def composed(count: int, seed: int, *, unseen: bool, later: bool = False) -> list[Sample]:
    """Return letters of the many templates as born digital; `unseen`: of those held out; `later`: of the later ones."""
    name = _name(count, seed, unseen=unseen, later=later)
    return _kept(name, lambda: _compose_all(count, seed, unseen=unseen, later=later))


def scanned(paths: Sequence[Path], truths: Sequence[dict[str, Any]], groups: Sequence[str]) -> list[Sample]:
    """Return files as the product reads them."""
    with ProcessPoolExecutor(_AT_ONCE, mp_context=get_context("spawn")) as pool:
        read = list(pool.map(_read, paths))
    return [Sample(group, truth, pages) for group, truth, pages in zip(groups, truths, read, strict=True)]


def spoilt(count: int, seed: int, *, unseen: bool, later: bool = False) -> list[Sample]:
    """Return letters of the many templates, printed, spoilt in every way and read by OCR."""

    def make() -> list[Sample]:
        with tempfile.TemporaryDirectory(prefix="ged-champs-") as folder:
            paths = generate_varied(count, seed, Path(folder), unseen=unseen, later=later)
            truths = [json.loads(path.with_suffix(".json").read_text("utf-8")) for path in paths]
            return scanned(paths, truths, [truth["way"] for truth in truths])

    return _kept(f"{_name(count, seed, unseen=unseen, later=later)}-scans", make)


def given(*, digital: bool) -> list[Sample]:
    """Return the shared letters, as scans or as born digital; none where they are not there."""
    sources = [path for path in sorted(GIVEN.glob("*.pdf")) if (".digital" in path.name) == digital]

    def make() -> list[Sample]:
        told = [json.loads(GIVEN.joinpath(f"{path.name.split('.')[0]}.json").read_text("utf-8")) for path in sources]
        truths = [_given_truth(one["meta"]) for one in told]
        return scanned(sources, truths, ["numerique" if digital else str(one["profile"]) for one in told])

    return _kept(f"given-{'digital' if digital else 'scans'}", make) if sources else []


def _given_truth(meta: dict[str, Any]) -> dict[str, Any]:
    names = {"sender": "sender", "recipient": "recipient", "signer": "signer", "objet": "subject", "n_ref": "reference"}
    names |= {"v_ref": "their_reference", "date": "date"}
    return {ours: meta[theirs] or "" for theirs, ours in names.items()}


def _name(count: int, seed: int, *, unseen: bool, later: bool) -> str:
    return f"{_digest()}-{seed}-{count}-{'unseen' if unseen else 'later' if later else 'seen'}"


def _compose_all(count: int, seed: int, *, unseen: bool, later: bool) -> list[Sample]:
    calls = [(seed * 100_000 + index, unseen, later) for index in range(count)]
    with ProcessPoolExecutor(_AT_ONCE, mp_context=get_context("spawn")) as pool:
        return list(pool.map(_compose_one, calls, chunksize=20))


def _compose_one(call: tuple[int, bool, bool]) -> Sample:
    seed, unseen, later = call
    letter = vary(seed, unseen=unseen, later=later)
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(lay_out(letter))
        file.flush()
        path = Path(file.name)
        pages = tuple(_digital(path, number) for number in range(1, pdf.page_count(path) + 1))
    return Sample(letter.template.name, letter.truth(), pages)


def _digital(path: Path, number: int) -> Page:
    words = pdf.read_words(path, number)
    return Page(number, 909, 1286, 110.0, 0, 0.0, TextSource.BORN_DIGITAL, 1.0, "pdfplumber", words)


def _read(path: Path) -> tuple[Page, ...]:
    return tuple(read_page(path, number, source, "tesserocr") for number, source in enumerate(triage(path), 1))


def _digest() -> str:
    made = ROOT / "scripts" / "sample_letters"
    return hashlib.sha256(b"".join((made / f"{name}.py").read_bytes() for name in _MAKERS)).hexdigest()[:10]


def _kept(name: str, make: Callable[[], list[Sample]]) -> list[Sample]:
    path = _CACHE / f"{name}.json"
    if path.exists():
        return [_sample(one) for one in json.loads(path.read_text("utf-8"))]
    found = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(one) for one in found], ensure_ascii=False), "utf-8")
    return found


def _sample(kept: dict[str, Any]) -> Sample:
    return Sample(kept["group"], kept["truth"], tuple(_page(one) for one in kept["pages"]))


def _page(kept: dict[str, Any]) -> Page:
    words = tuple(Word(**{**one, "box": Box(**one["box"])}) for one in kept["words"])
    return Page(**{**kept, "source": TextSource(kept["source"]), "words": words, "regions": ()})
