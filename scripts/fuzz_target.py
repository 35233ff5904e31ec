"""One process of `scripts/fuzz_readers.py`: one target, with the Python of readers and of their libraries watched."""

from __future__ import annotations

import hashlib
import random
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

import atheris

sys.path.append(str(Path(__file__).parents[1] / "tests"))
WATCHED = ["ingest", "email", "html", "zipfile", "pdfplumber", "pdfminer", "olefile", "PIL"]
"""Packages whose Python is watched; atheris knows them by their first name alone."""
with atheris.instrument_imports(include=WATCHED):
    import zipfile

    import olefile.olefile
    from PIL import Image, TiffImagePlugin

    Image.init()  # loads the reader of each format, which Pillow would load later, unwatched
    from api.press.package import check_package
    from ged.errors import GedError, Refused
    from ingest.confined import answers
    from ingest.confined.bounds import Stopped, Unforeseen
    from ingest.readers import archive, image, mime, office, outlook, pdf, text
    from ingest.readers.format import REFUSALS
    from ingest.readers.plain_text import text_of_html
    from ingest.sheets.look import look
    from ingest.stages.rasterize import rasterize
    from rooms.door import read_through

_MUST = (archive, image, mime, office, outlook, pdf, text, zipfile, olefile.olefile, TiffImagePlugin)
_SCRATCH = Path(tempfile.mkdtemp(prefix="ged-fuzz-")) / "piece"


def _file(data: bytes) -> Path:
    _SCRATCH.write_bytes(data)
    return _SCRATCH


def _read(data: bytes) -> None:
    read_through(_file(data))


def _answer(data: bytes) -> None:
    for act in (mime.read_mail, rasterize):
        with suppress(Stopped, Unforeseen, GedError):
            answers.value_of(data, act)


_ACTS: dict[str, Callable[[bytes], object]] = {
    "html": lambda data: text_of_html(data.decode("utf-8", "replace")),
    "codes": lambda data: look(_file(data), 1),
    "packages": atheris.instrument_func(check_package),
    "answers": _answer,
}

_IN_C = {"answers"}
"""Targets whose work nobody watches: what was tried tells nothing, so half of what is tried begins with a seed anew."""


def main() -> None:
    """Fuzz one target as libFuzzer's options say."""
    unseen = [module.__name__ for module in _MUST if not any(map(_is_watched, _codes(module)))]
    if unseen:
        raise SystemExit(f"not watched, because it was imported too early: {unseen}")
    target, folder = sys.argv[1], Path(sys.argv[-1]).parent
    act, known = _ACTS.get(target, _read), set[str]()
    whole = [seed.read_bytes() for seed in sorted(folder.glob("corpus/*"))] if target in _IN_C else []

    def once(data: bytes) -> None:
        try:
            act(data)
        except Refused as error:
            if error.code not in REFUSALS and not error.code.startswith("press."):
                note(data, f"Refused {error.code}")
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - what we look for
            where = traceback.extract_tb(error.__traceback__)[-1]
            note(data, f"{type(error).__name__} {Path(where.filename).name}:{where.lineno}")

    def note(data: bytes, place: str) -> None:
        if place not in known:
            known.add(place)
            name = hashlib.sha256(place.encode()).hexdigest()[:12]
            (folder / f"found-{name}").write_bytes(data)
            (folder / f"found-{name}.txt").write_text(f"{place}\n{traceback.format_exc()}", encoding="utf-8")

    def mutated(data: bytes, longest: int, seed: int) -> bytes:
        chance = random.Random(seed)
        return _mutated(chance.choice(whole) if whole and chance.random() < 0.5 else data, longest, seed)

    atheris.Setup([sys.argv[0], "-print_final_stats=1", *sys.argv[2:]], once, custom_mutator=mutated)
    atheris.Fuzz()


def _mutated(data: bytes, longest: int, seed: int) -> bytes:
    """Change a file as libFuzzer does; half of the time, of a package, what one of its parts says, packed anew."""
    chance = random.Random(seed)
    if data.startswith(b"PK") and chance.random() < 0.5:
        with suppress(Exception):  # it is a package no longer
            return _packed_anew(data, longest, chance)
    return bytes(atheris.Mutate(data, longest))


def _packed_anew(data: bytes, longest: int, chance: random.Random) -> bytes:
    with zipfile.ZipFile(BytesIO(data)) as given:
        parts = {name: given.read(name) for name in given.namelist()[:20]}
    one = chance.choice(list(parts))
    parts[one] = bytes(atheris.Mutate(parts[one], max(64, 2 * len(parts[one]))))
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archived:
        for name, part in parts.items():
            archived.writestr(name, part)
    return out.getvalue()[:longest]


def _codes(module: ModuleType) -> list[CodeType]:
    whole = [each for each in vars(module).values() if getattr(each, "__module__", "") == module.__name__]
    within = [made for each in whole if isinstance(each, type) for made in vars(each).values()]
    return [each.__code__ for each in (*whole, *within) if isinstance(each, FunctionType)]


def _is_watched(code: CodeType) -> bool:
    return "__ATHERIS_INSTRUMENTED__" in code.co_consts


if __name__ == "__main__":
    main()
