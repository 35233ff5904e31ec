"""PDFs that were born so become PDF/A-2b that veraPDF validates and that shows the same, or nothing is made of them."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
import weasyprint
from pikepdf import Dictionary, Name

from engines.verapdf import conforms
from ged.errors import Refused
from ingest.confined.confined import Confined
from ingest.office.archival import to_pdf_a
from ingest.readers.pdf import read_text
from ingest.stages.pdf_a import declared
from rooms.letters import letter_pdf


@pytest.fixture(scope="module")
def confined() -> Iterator[Confined]:
    with Confined() as found:
        yield found


def saved(document: pikepdf.Pdf, **how: object) -> bytes:
    made = BytesIO()
    document.save(made, **how)  # type: ignore[arg-type]
    return made.getvalue()


def without_its_fonts() -> bytes:
    """Return a letter in Helvetica and Times as every reader is supposed to have them."""
    with pikepdf.new() as document:
        sheet = document.add_blank_page(page_size=(595, 842))
        fonts = {
            f"/F{n}": Dictionary(
                Type=Name.Font, Subtype=Name.Type1, BaseFont=Name(f"/{name}"), Encoding=Name.WinAnsiEncoding
            )
            for n, name in enumerate(("Helvetica", "Times-Roman"))
        }
        sheet.obj.Resources = Dictionary(Font=Dictionary(fonts))
        lines = (
            f"BT /F{n % 2} 12 Tf 72 {780 - 20 * n} Td (La redevance est due chaque ann\\351e, ligne {n}.) Tj ET"
            for n in range(30)
        )
        sheet.obj.Contents = document.make_stream("\n".join(lines).encode())
        return saved(document)


def filled_in() -> bytes:
    """Return a form with what somebody typed, transparent red and a link."""
    text = """<html lang=fr><style>input{appearance:auto} .t{opacity:.4;background:red}</style><p class=t>Demande</p>
    <a href="https://exemple.tg">le site</a><form><input name=nom value="Kossi"><input type=checkbox checked></form>"""
    return bytes(weasyprint.HTML(string=text).write_pdf(pdf_forms=True))


def acting() -> bytes:
    """Return a letter that runs a program when it is opened, and carries a file."""
    with pikepdf.open(BytesIO(letter_pdf())) as document:
        document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert(1)")
        document.attachments["outil.exe"] = pikepdf.AttachedFileSpec(document, b"MZ", filename="outil.exe")
        return saved(document)


def locked() -> bytes:
    """Return a letter that opens without a word, encrypted all the same."""
    with pikepdf.open(BytesIO(letter_pdf())) as document:
        return saved(document, encryption=pikepdf.Encryption(owner="secret", user=""))


def test_born_digital_pdfs_of_every_sort_become_pdf_a(confined: Confined, tmp_path: Path) -> None:
    given = {
        "lettre": letter_pdf(pages=3),
        "polices": without_its_fonts(),
        "formulaire": filled_in(),
        "actif": acting(),
        "chiffre": locked(),
    }
    made = {}
    for name, data in given.items():
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(data)
        made[name] = tmp_path / f"{name}-copie.pdf"
        made[name].write_bytes(to_pdf_a(path, f"0001/{name}", confined))
    assert conforms(*made.values()) == {path.name: "2b" for path in made.values()}
    assert "redevance est due chaque année, ligne 29" in read_text(made["polices"], 1)
    assert "Annexe 2" in read_text(made["lettre"], 3)
    assert "Kossi" in read_text(made["formulaire"], 1), "what was typed is part of the page"
    with pikepdf.open(made["actif"]) as document:
        assert not document.attachments
        assert "/OpenAction" not in document.Root


def test_a_damaged_pdf_is_refused(confined: Confined, tmp_path: Path) -> None:
    data = bytearray(saved(pikepdf.open(BytesIO(letter_pdf())), compress_streams=True))
    start = data.index(b"stream", data.index(b"/FlateDecode")) + 40
    data[start : start + 60] = bytes(60)
    (tmp_path / "abime.pdf").write_bytes(data)
    (tmp_path / "tronque.pdf").write_bytes(letter_pdf()[:2000])
    for name in ("abime.pdf", "tronque.pdf"):
        with pytest.raises(Refused, match="voyage seul") as said:
            to_pdf_a(tmp_path / name, "x", confined)
        assert said.value.code == "archival.failed", "not what a door says to a sender"


def test_a_copy_that_lost_a_line_or_a_page_or_claims_nothing_is_refused(confined: Confined, tmp_path: Path) -> None:
    whole, less, short = (tmp_path / f"{name}.pdf" for name in ("entier", "moins", "court"))
    whole.write_bytes(letter_pdf(pages=2))
    less.write_bytes(letter_pdf(pages=2, body="Une phrase."))
    short.write_bytes(letter_pdf())
    for path in (less, short):
        copy = path.with_name("copie.pdf")
        copy.write_bytes(to_pdf_a(path, "x", confined))
        with pytest.raises(Refused, match="ne montre pas la même chose"):
            declared(whole, copy, "x")
    with pytest.raises(Refused, match="norme"):
        declared(whole, whole, "x")
