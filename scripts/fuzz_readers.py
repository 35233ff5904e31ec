"""Coverage-guided fuzzing of what reads bytes from outside: only errors of the house may come out of a reader.

    pip install --require-hashes -r requirements/fuzz.txt        # atheris, CPython 3.11
    python scripts/fuzz_readers.py mail 120 FOLDER               # seconds; FOLDER keeps the corpus and what was found

Seeds are the letters and the museum of the tests. A finding is written once for each place that raised it, as
`found-…`, and the run goes on; a crash of native code ends it, and libFuzzer writes `crash-…`. Each is then made a
piece of `tests/museum` and the reader is mended. Nothing is confined here: run it where nothing matters.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import atheris

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests")]
with atheris.instrument_imports(include=["ingest", "email", "html", "pdfplumber", "pdfminer", "api.press"]):
    from api.press.package import check_package
    from ged.errors import GedError
    from ingest.confined import answers
    from ingest.confined.bounds import Stopped, Unforeseen
    from ingest.readers import pdf
    from ingest.readers.inspection import Limits, inspect
    from ingest.readers.mime import Mail, read_mail
    from ingest.readers.plain_text import text_of_html
    from ingest.sheets.look import look
    from ingest.stages.triage import triage
    from rooms import museum
    from rooms.documents import template
    from rooms.letters import letter_pdf
    from rooms.mails import person_mail

LIMITS = Limits(max_bytes=2_000_000, max_pages=20, max_page_pixels=4_000_000)
_SCRATCH = Path(tempfile.mkdtemp(prefix="ged-fuzz-")) / "piece"


def _file(data: bytes) -> Path:
    _SCRATCH.write_bytes(data)
    return _SCRATCH


def _read(data: bytes) -> None:
    """Go the way of a file at the door, then of its first page up to its words."""
    path = _file(data)
    found = inspect(path, LIMITS)
    if found.media_type == "application/pdf":
        triage(path)
        pdf.read_words(path, 1)
        pdf.image_share(path, 1)


def _said() -> Mail:
    raise NotImplementedError


def _answer(data: bytes) -> None:
    with suppress(Stopped, Unforeseen):
        answers.value_of(data, _said)


TARGETS: dict[str, Callable[[bytes], object]] = {
    "files": _read,
    "mail": read_mail,
    "html": lambda data: text_of_html(data.decode("utf-8", "replace")),
    "codes": lambda data: look(_file(data), 1),
    "packages": check_package,
    "answers": _answer,
}


def _seeds(target: str) -> list[bytes]:
    images = [museum.behind(form, b"") for form in ("PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP", "JPEG2000")]
    pieces = [museum.bad_xref(), museum.looping_pages(), museum.broken_font(), museum.acting(), museum.xfa()]
    found = {
        "files": [letter_pdf(), *pieces, *images, museum.looping_tiff(), museum.exif_bomb()],
        "mail": [person_mail(), person_mail(pieces=False)],
        "html": [b"<html><p>Bonjour&nbsp;<b>Madame</b></p><script>x</script><table><tr><td>a</td></tr></table>"],
        "codes": images,
        "packages": [template(), museum.laughing_docx(), museum.zipped({"a": b"b"})],
        "answers": [b"".join(answers.answer_of(read_mail, (person_mail(),))), b"u\xa1x", b"m"],
    }
    return found[target]


def main() -> None:
    """Fuzz one target for so many seconds."""
    target, seconds, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3]) / sys.argv[1]
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in _seeds(target):
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    act, known = TARGETS[target], set[str]()

    def once(data: bytes) -> None:
        try:
            act(data)
        except GedError:
            pass
        except Exception as error:  # noqa: BLE001 - what we look for
            where = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{type(error).__name__} {Path(where.filename).name}:{where.lineno}"
            if place not in known:
                known.add(place)
                name = hashlib.sha256(place.encode()).hexdigest()[:12]
                (folder / f"found-{name}").write_bytes(data)
                (folder / f"found-{name}.txt").write_text(traceback.format_exc(), encoding="utf-8")
                print(f"FOUND {place}: {error}"[:200], flush=True)

    options = [f"-max_total_time={seconds}", "-max_len=20000", "-timeout=20", "-rss_limit_mb=3000"]
    atheris.Setup([sys.argv[0], f"-artifact_prefix={folder}/", *options, "-print_final_stats=1", str(corpus)], once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
