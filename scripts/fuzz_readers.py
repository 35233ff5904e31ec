"""Coverage-guided fuzzing of what reads bytes from outside: only refusals in words may come out of a reader.

    pip install --require-hashes -r requirements/fuzz.txt     # atheris, CPython 3.11 to 3.13
    python -m scripts.fuzz_readers 1500 FOLDER [TARGET ...]   # seconds in all; FOLDER keeps all that comes of it
    python -m scripts.keep_found FOLDER                       # what was found becomes pieces of the museum

Seeds are a file of every format, and the museum of the tests; a file goes to the target of the reader that bids for it.
A finding is written once for each place that raised it, as `found-…`, and the run goes on; what crashes, hangs or
fills memory ends its process, libFuzzer writes it down (`crash-…`, `timeout-…`, `oom-…`), and another goes on without
it. Nothing is confined here: run it where nothing matters.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests"))
from ingest.confined import answers  # noqa: E402
from ingest.readers.mime import read_mail  # noqa: E402 - what the tests make is found only now
from ingest.readers.table import format_of  # noqa: E402
from ingest.stages.rasterize import rasterize  # noqa: E402
from museum.test_bad_files import LIES  # noqa: E402
from museum.test_hostile_files import AT_THE_DOOR, OF_OTHER_KINDS, READ  # noqa: E402
from rooms import formats, museum  # noqa: E402
from rooms.compound_files import compound  # noqa: E402
from rooms.documents import template  # noqa: E402
from rooms.mails import person_mail  # noqa: E402

LONGEST = 40_000
_OLD = (b"WordDocument", b"Workbook", b"PowerPoint Document", b"EncryptedPackage", b"__properties_version1.0")
WORDS: dict[str, tuple[bytes, ...]] = {
    "pdf": (
        *(b"/Type", b"/Pages", b"/Page", b"/Kids", b"/Count", b"/Parent", b"/MediaBox", b"/Rotate", b"/Contents"),
        *(b"/Resources", b"/XObject", b"/Subtype/Image", b"/Width", b"/Height", b"/BitsPerComponent", b"/ColorSpace"),
        *(b"/Filter", b"/FlateDecode", b"/DCTDecode", b"/JBIG2Decode", b"/CCITTFaxDecode", b"/LZWDecode", b"/Encrypt"),
        *(b"/DecodeParms", b"/Predictor", b"/Font", b"/ToUnicode", b"/Names", b"/EmbeddedFiles", b"/EF", b"/Annots"),
        *(b"/AcroForm", b"/XFA", b"obj", b"endobj", b"stream\n", b"endstream", b"xref", b"trailer", b"startxref"),
        *(
            b"<<",
            b">>",
            b"[",
            b"]",
            b"null",
            b" 0 R",
            b"BT",
            b"ET",
            b"Tj",
            b"Tf",
            b"cm",
            b"Do",
            b"q",
            b"Q",
            b"-1",
            b"nan",
        ),
    ),
    "images": (
        *(b"II*\x00", b"MM\x00*", b"II+\x00", b"IHDR", b"IDAT", b"PLTE", b"tRNS", b"iCCP", b"zTXt", b"acTL", b"eXIf"),
        *(b"\xff\xd8", b"\xff\xd9", b"\xff\xe1", b"\xff\xe2", b"\xff\xc0", b"\xff\xc2", b"Exif\x00\x00", b"JFIF\x00"),
        *(
            b"MPF\x00",
            b"RIFF",
            b"WEBPVP8 ",
            b"VP8L",
            b"VP8X",
            b"ALPH",
            b"ANMF",
            b"GIF89a",
            b"\x21\xff\x0b",
            b"ftypheic",
        ),
        *(b"ftypavif", b"ipco", b"iloc", b"jP  ", b"ihdr", b"colr", b"\xff\x51", b"BM", b"\x00\x01\x03\x00"),
    ),
    "mail": (
        *(b"From: ", b"To: ", b"Subject: ", b"Date: ", b"Message-ID: ", b"References: ", b"\r\n\r\n", b"\r\n--b\r\n"),
        *(b"Content-Type: multipart/mixed; boundary=b", b"Content-Type: message/rfc822", b"Content-Type: text/html"),
        *(b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: quoted-printable", b"; charset=utf-7"),
        *(b"Content-Disposition: attachment; filename*0*=utf-8''%FF", b"=?utf-8?B?", b"=?utf-8?Q?", b"?=", b"=?x?q?"),
        *(
            b"multipart/report; report-type=delivery-status",
            b"message/delivery-status",
            b"x-uuencode",
            b"; charset=idna",
        ),
    ),
    "outlook": (
        *_OLD,
        *(f"__substg1.0_{each}".encode("utf-16-le") for each in ("0037001F", "007D001F", "1000001F", "3701000D")),
        *(
            b"From: ",
            b"Date: ",
            b"\r\n",
            "__attach_version1.0_#".encode("utf-16-le"),
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        ),
    ),
    "packed": (
        *(b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07", b"mimetype", b"\x01\x00\x1c\x00"),
        *(
            b"[Content_Types].xml",
            b"word/document.xml",
            b"xl/workbook.xml",
            b"META-INF/manifest.xml",
            b"encryption-data",
        ),
        *(b"application/vnd.oasis.opendocument.text", b"\x0c\x00", b"\x0e\x00", b"\x63\x00", b"../", b"__MACOSX/"),
    ),
    "text": (
        *(
            b"<html>",
            b"<!DOCTYPE html",
            b"<script>",
            b"</script>",
            b"<![CDATA[",
            b"<!--",
            b"-->",
            b"&#x110000;",
            b"&nbsp;",
        ),
        *(
            b"\xef\xbb\xbf",
            b"\xff\xfe",
            b"\xfe\xff",
            b"\x0c",
            b"\x1a",
            b"\t",
            b";",
            b'"',
            b'""',
            b"{\\rtf1",
            b"\xef\xbf\xbf",
        ),
    ),
}
_OF_TYPE: dict[str, tuple[str, ...]] = {
    "pdf": ("application/pdf",),
    "images": ("image/",),
    "mail": ("message/",),
    "outlook": ("application/vnd.ms-outlook",),
    "packed": ("application/zip", "application/vnd.open", "application/vnd.oasis"),
    "compound": ("application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"),
    "text": ("text/", "application/rtf"),
}
TARGETS = (*_OF_TYPE, "files", "html", "codes", "packages", "answers")


def main() -> None:
    """Fuzz each target for its share of the time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seconds", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("targets", nargs="*")
    given = parser.parse_args()
    targets = given.targets or list(TARGETS)
    pool = list(_pool())
    for target in targets:
        _fuzz(target, given.seconds / len(targets), given.folder / target, pool)


def _fuzz(target: str, seconds: float, folder: Path, pool: list[bytes]) -> None:
    """Fuzz one target, in one process after the other."""
    corpus, words = folder / "corpus", folder / "words.dict"
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in _seeds(target, pool):
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    _forget_ended(folder)
    known = WORDS.get(target) or tuple(word for each in WORDS.values() for word in each)
    lines = ('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in known)
    words.write_text("".join(lines), encoding="ascii")
    limits = [
        "-timeout=30",
        "-rss_limit_mb=2500",
        f"-max_len={LONGEST}",
        f"-dict={words}",
        f"-artifact_prefix={folder}/",
    ]
    until = time.monotonic() + seconds
    while (left := int(until - time.monotonic())) > 5:
        command = [sys.executable, "-m", "scripts.fuzz_target", target, f"-max_total_time={left}", *limits, str(corpus)]
        with (folder / "log").open("ab") as log:
            subprocess.run(command, cwd=ROOT, stdout=log, stderr=log, check=False)
        _forget_ended(folder)
    said = (folder / "log").read_text("utf-8", "replace")
    ran = [int(count) for count in re.findall(r"number_of_executed_units: (\d+)", said)]
    found = [each.name for kind in ("found", "crash", "timeout", "oom") for each in folder.glob(f"{kind}-*[!t]")]
    print(f"{target}: {sum(ran)} files tried, {len(list(corpus.iterdir()))} in the corpus, found: {found}", flush=True)
    if not ran:
        raise SystemExit(f"{target} never ran: read {folder / 'log'}")


def _forget_ended(folder: Path) -> None:
    """Take out of a corpus what ended a process: the next one would begin with it."""
    ended = [each.read_bytes() for kind in ("crash", "timeout", "oom") for each in folder.glob(f"{kind}-*")]
    for each in (folder / "corpus").iterdir():
        if each.read_bytes() in ended:
            each.unlink()


def _seeds(target: str, pool: list[bytes]) -> list[bytes]:
    if target not in {*_OF_TYPE, "files", "mail"}:
        special = {
            "html": [b"<html><p>Bonjour&nbsp;<b>Madame</b></p><script>x</script><table><tr><td>a</td></tr></table>"],
            "codes": list(_small_images()),
            "packages": [template(), museum.laughing_docx(), museum.zipped({"a": b"b"})],
            "answers": list(_answers()),
        }
        return special[target]
    kinds = _OF_TYPE.get(target, ("",))
    return [seed for seed in pool if len(seed) <= LONGEST and _kind(seed).startswith(kinds)]


def _answers() -> Iterator[bytes]:
    """Yield one answer of every sort."""
    with tempfile.TemporaryDirectory() as name:
        picture = Path(name) / "picture"
        picture.write_bytes(next(_small_images()))
        for act, arguments in ((read_mail, (person_mail(),)), (rasterize, (picture, 1)), (rasterize, (picture, 9))):
            yield b"".join(answers.answer_of(act, arguments))
    yield from (b"u\xa1x", b"m")


def _kind(data: bytes) -> str:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        found = format_of(Path(file.name))
    return found.media_type if found else ""


def _small_images() -> Iterator[bytes]:
    """Yield a small picture in every way that a format knows of holding one."""
    picture = Image.effect_noise((48, 64), 60)
    ways = {"PNG": "1 L P RGB RGBA I;16", "TIFF": "1 L P RGB CMYK I;16 F", "GIF": "L P", "BMP": "1 L P RGB"}
    ways |= {"JPEG": "L RGB CMYK", "WEBP": "RGB RGBA", "JPEG2000": "L RGB", "AVIF": "RGB"}
    for form, modes in ways.items():
        for mode in modes.split():
            yield formats.saved(picture.convert("I" if mode == "I;16" else mode).convert(mode), form)
    for packing in ("group3", "group4", "tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits"):
        bits = picture.convert("1" if packing.startswith("group") else "L")
        yield formats.pages(bits, bits, form="TIFF", compression=packing)
    yield formats.saved(picture, "TIFF", big_tiff=True)
    yield formats.pages(picture.convert("RGB"), picture.convert("RGB"), form="MPO")
    held = Image.Exif()
    held[0x0112] = 6
    yield formats.saved(picture, "JPEG", exif=held)


def _pool() -> Iterator[bytes]:
    """Yield a file of every format, and the museum but for its bombs; what takes LibreOffice to make is left out."""
    old = ("an old Word document", "an old workbook of Excel", "old slides", "slides")
    yield from (make() for name, (_, _, make) in formats.MADE.items() if name not in old)
    yield from _small_images()
    yield from (person_mail(), person_mail(pieces=False))
    yield from (make() for make, _ in (*LIES.values(), *AT_THE_DOOR.values()))
    yield from (make() for make in (*READ.values(), *OF_OTHER_KINDS.values()))
    yield from (compound({name.decode(): b"?" * 5000}) for name in _OLD)


if __name__ == "__main__":
    main()
