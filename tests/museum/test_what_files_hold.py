"""Archives and messages that hold files as no office does: opened within limits, or left closed with the reason."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from ged.errors import Refused
from ingest.capture.names import shown_path
from ingest.readers.inspection import Limits, inspect
from ingest.readers.unpack import MAX_DEPTH, MAX_FILES, NOT_SHOWN, TOO_DEEP, Unpacked, unpack
from rooms.formats import message, zipped
from rooms.letters import letter_pdf

LIMITS = Limits(max_bytes=30_000_000, max_pages=50)


def opened(data: bytes, folder: Path, limits: Limits = LIMITS) -> tuple[Unpacked, ...]:
    path, held = folder / "file", folder / "held"
    path.write_bytes(data)
    held.mkdir()
    return unpack(path, inspect(path, limits).media_type, held, limits, direct)


def direct(act: Any, *arguments: Any) -> Any:
    return act(*arguments)


def matryoshka(depth: int) -> bytes:
    data = letter_pdf()
    for n in range(depth):
        data = zipped((f"{n}.zip" if n else "lettre.pdf", data))
    return data


def test_each_piece_knows_what_held_it_however_deep(tmp_path: Path) -> None:
    found = opened(zipped(("Plans/lettre.pdf", letter_pdf()), ("courriel.eml", message(depth=2))), tmp_path)
    assert [(one.rank, one.parent, one.name, one.media_type) for one in found] == [
        (1, None, "Plans/lettre.pdf", "application/pdf"),
        (2, None, "courriel.eml", "message/rfc822"),
        (3, 2, "Lettre signée.pdf", "application/pdf"),
        (4, 2, "Demande 1.eml", "message/rfc822"),
        (5, 4, "Lettre signée.pdf", "application/pdf"),
        (6, 4, "Demande 0.eml", "message/rfc822"),
        (7, 6, "note.txt", "text/plain"),
    ]
    assert found[4].path.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: zipped(*[(f"{n}.txt", b"x") for n in range(MAX_FILES + 1)]), "capture.archive"),
        (lambda: zipped(("zeros.txt", b"0" * 25_000_000)), "capture.archive"),
        (lambda: zipped(("gros.txt", b"0" * 31_000_000)), "capture.archive"),
        (lambda: zipped(("a.txt", b"Bonjour"))[:40] + zipped(("a.txt", b"Bonsoir"))[40:], "capture.damaged"),
    ],
    ids=["too many", "unpacks without measure", "too heavy", "a false checksum"],
)
def test_what_would_fill_the_disk_is_refused_whole(make: Callable[[], bytes], code: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as error:
        opened(make(), tmp_path)
    assert error.value.code == code
    assert error.value.sentence.count(".") >= 2


def test_archives_within_one_another_are_opened_so_far_and_the_next_stays_closed(tmp_path: Path) -> None:
    found = opened(matryoshka(MAX_DEPTH + 3), tmp_path)
    assert len(found) == MAX_DEPTH
    assert [one.remark for one in found] == [""] * (MAX_DEPTH - 1) + [TOO_DEEP]


def test_a_bad_archive_inside_is_a_piece_with_its_reason_and_the_others_are_read(tmp_path: Path) -> None:
    bomb = zipped(("zeros.txt", b"0" * 25_000_000))
    found = opened(zipped(("bombe.zip", bomb), ("prog.exe", b"MZ\x90\x00" * 40), ("a.pdf", letter_pdf())), tmp_path)
    assert [(one.name, one.page_count) for one in found] == [("bombe.zip", 0), ("prog.exe", 0), ("a.pdf", 1)]
    assert "sans mesure" in found[0].remark
    assert found[1].remark == NOT_SHOWN


def test_a_form_that_only_one_program_draws_gives_what_was_typed_in_it(tmp_path: Path) -> None:
    with pikepdf.open(BytesIO(letter_pdf(body="Veuillez patienter."))) as pdf:
        data = pikepdf.Stream(pdf, b"<xfa:datasets><nom>Ama Mensah</nom></xfa:datasets>")
        packets = pikepdf.Array([pikepdf.String("datasets"), pdf.make_indirect(data)])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(), XFA=packets)
        pdf.Root.NeedsRendering = True
        out = BytesIO()
        pdf.save(out)
    (typed,) = opened(out.getvalue(), tmp_path)
    assert b"Ama Mensah" in typed.path.read_bytes()
    assert typed.media_type == "text/plain"


def test_names_of_any_bytes_are_names(tmp_path: Path) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("../../etc/passwd.txt", "Décision.txt", "C:\\plans\\x.txt"):
            archive.writestr(name, b"Bonjour")
    windows = out.getvalue().replace("Décision".encode(), "D\x82cision ".encode("latin-1"))
    windows = windows.replace(b"\x00\x08", b"\x00\x00")  # nothing says UTF-8 any more
    found = opened(windows, tmp_path)
    assert [shown_path(one.name) for one in found] == ["etc/passwd.txt", "Décision .txt", "C:/plans/x.txt"]
    assert {one.path.parent for one in found} == {tmp_path / "held"}
