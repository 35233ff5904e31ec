"""The press on the real LibreOffice: what leaves it can be read; what is hostile or broken is refused in French."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory

import docx
import pikepdf
import pypdfium2
import pytest

from api.press.press import HousePress
from ged.errors import Refused, Unavailable
from ged.mail.signature_block import SignatureBlock
from ged.seal.place import find_place
from ingest.office.confined import Limits, isolation, run, walls
from ingest.office.converter import Kind, Office
from rooms.documents import a_sheet, altered, template

PRESS = HousePress(Office())
BLOCK = SignatureBlock("Le Ministre", "A. Dogbé", "", "Signé le 24 novembre 2026", "DEP-2026-000007")


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def fonts_left_out(pdf: bytes, folder: Path) -> list[str]:
    """Return the fonts that a PDF names and does not hold, as poppler sees them."""
    (folder / "essai.pdf").write_bytes(pdf)
    told = subprocess.run(["pdffonts", folder / "essai.pdf"], check=True, capture_output=True, text=True)
    rows = told.stdout.splitlines()[2:]
    assert rows
    return [row for row in rows if row.split()[-5] != "yes"]


def archive_part(pdf: bytes) -> str:
    with pikepdf.open(BytesIO(pdf)) as document, document.open_metadata() as about:
        return f"{about.get('pdfaid:part')}{about.get('pdfaid:conformance')}"


def test_a_template_is_filled_and_printed_whole(tmp_path: Path) -> None:
    sheet = a_sheet(number="DEP-2026-000007", text=a_sheet().text + "\n\nMoins de 5 % & « 2 < 3 »")
    pdf = PRESS.print_document(PRESS.fill(template(), sheet))
    said = text_of(pdf)
    for part in ("DEP-2026-000007", "Carrières du Mono", "Kpalimé", "l'étude d'impact", "5 % & « 2 < 3 »", "CEET"):
        assert part in said
    assert "{{" not in said
    assert archive_part(pdf) == "2B"
    assert fonts_left_out(pdf, tmp_path) == []


def test_a_document_that_goes_round_gets_its_number_when_it_is_signed() -> None:
    going_round = PRESS.fill(template(), a_sheet(), later=True)
    assert any("{{ numero }}" in each.text for each in docx.Document(BytesIO(going_round)).paragraphs)
    signed = PRESS.fill(going_round, a_sheet(number="DEP-2026-000042"))
    assert any("DEP-2026-000042" in each.text for each in docx.Document(BytesIO(signed)).paragraphs)


def test_whoever_receives_a_copy_is_named_at_the_foot_of_a_page_that_does_not_say_so(tmp_path: Path) -> None:
    page = PRESS.print_sheet(a_sheet(text="Monsieur,\n\nC'est accordé.", copies=()))
    copies = ("Direction générale des mines", "CEET")
    named = PRESS.with_copies(page, copies)
    assert "Ampliations" not in text_of(page)
    assert all(part in text_of(named) for part in ("Ampliations", *copies, "accordé"))
    assert PRESS.with_copies(named, ("Un autre",)) == named  # it says so itself
    assert PRESS.with_copies(page, ()) == page
    _, place = find_place(named, PRESS.print_block(BLOCK))
    with pypdfium2.PdfDocument(named) as document:
        words = document[0].get_textpage()
        found = words.search("Ampliations").get_next()
        assert found is not None
        left, bottom, _, _ = words.get_charbox(found[0])
        assert (left < place.box[0], bottom < document[0].get_height() / 4) == (True, True)
    assert fonts_left_out(named, tmp_path) == []


def test_a_letter_written_here_is_printed_the_same_twice(tmp_path: Path) -> None:
    sheet = a_sheet(number="DEP-2026-000007", text="<b>Alinéa</b>\n\n" + "Un paragraphe plus long. " * 30 * 12)
    pdf = PRESS.print_sheet(sheet)
    assert pdf == PRESS.print_sheet(sheet)
    assert "<b>Alinéa</b>" in text_of(pdf)
    assert "2 / 4" in text_of(pdf)
    assert archive_part(pdf) == "3B"
    assert fonts_left_out(pdf, tmp_path) == []


@pytest.mark.parametrize(
    ("lines", "code", "said"),
    [
        (("{{ nom_du_chat }}",), "press.template", "nom_du_chat"),
        (("{{ objet ",), "press.template", "mal écrit"),
        (("{% for a in corps %}sans fin",), "press.template", "mal écrit"),
        (("{{ ''.__class__.__mro__[1].__subclasses__() }}",), "press.template", "fermé"),
        (("{{ corps.append('x') }}",), "press.template", "fermé"),
        (("{% include '/etc/hostname' %}",), "press.template", "un seul fichier"),
        (("{{ objet / 2 }}",), "press.template", "ne donne rien"),
        (
            ("{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",),
            "press.template_heavy",
            "",
        ),
    ],
)
def test_a_template_that_is_wrong_or_hostile_is_refused_in_french(lines: tuple[str, ...], code: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        PRESS.fill(template(lines), a_sheet())
    assert refused.value.code == code
    assert said in refused.value.sentence


DOCTYPE = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><w:document '


def _linked(kind: str, target: str) -> bytes:
    one = f'<Relationship Id="rId99" Type="http://x/relationships/{kind}" Target="{target}" TargetMode="External"/>'
    return altered(
        template(),
        lambda name, data: (
            data.replace(b"</Relationships>", one.encode() + b"</Relationships>")
            if name.endswith("document.xml.rels")
            else data
        ),
    )


def _field(words: str) -> bytes:
    run_of = "".join(f"<w:r><w:instrText>{part}</w:instrText></w:r>" for part in (words[:5], words[5:]))
    return altered(
        template(),
        lambda name, data: (
            data.replace(b"<w:body>", f"<w:body><w:p>{run_of}</w:p>".encode()) if name == "word/document.xml" else data
        ),
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"%PDF-1.7 not a document", "press.not_docx"),
        (b"PK\x03\x04 cut short", "press.not_docx"),
        (altered(template(), lambda _name, data: data, **{"word/vbaProject.bin": b"x"}), "press.macro"),
        (_linked("attachedTemplate", "http://192.0.2.1/modele.dotm"), "press.outside"),
        (_linked("image", "file:///etc/hostname"), "press.outside"),
        (_field('INCLUDETEXT "/etc/hostname"'), "press.outside"),
        (
            altered(
                template(),
                lambda name, data: data.replace(b"<w:document ", DOCTYPE)
                if name == "word/document.xml"
                else data,
            ),
            "press.outside",
        ),
        (altered(template(), lambda _name, data: data, **{"word/bombe.xml": b" " * 210_000_000}), "press.too_large"),
    ],
)  # fmt: skip
def test_a_word_file_that_brings_something_from_outside_is_not_opened(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        PRESS.print_document(data)
    assert refused.value.code == code


def test_an_ordinary_link_in_the_text_is_no_fault() -> None:
    assert PRESS.fill(_linked("hyperlink", "https://example.tg"), a_sheet())


def test_a_document_that_takes_too_long_is_stopped_with_all_it_started() -> None:
    with pytest.raises(Unavailable) as late:
        HousePress(Office(timeout_s=0.2)).print_document(template())
    assert late.value.code == "press.too_slow"


def test_without_libreoffice_it_says_so() -> None:
    press = HousePress(Office(program="soffice-absent"))
    with pytest.raises(Unavailable) as absent:
        press.print_document(template())
    assert absent.value.code == "press.no_office"
    assert not press.report().reachable
    assert PRESS.report().reachable


@pytest.mark.skipif(not walls()[1], reason="this machine has no Landlock, or no libseccomp")
@pytest.mark.parametrize("place", ["/tmp", "/var/tmp"])  # noqa: S108 - folders that all accounts share
def test_a_confined_program_reads_writes_and_removes_in_its_folder_alone(place: str, tmp_path: Path) -> None:
    limits = Limits(timeout_s=60, processor_s=5, memory_bytes=1_000_000_000)
    (tmp_path / "document").write_text("le sien", "utf-8")
    assert run(("sh", "-c", "cat document; rm document"), tmp_path, limits).said == "le sien"
    assert not (tmp_path / "document").exists()
    with TemporaryDirectory(dir=place) as elsewhere, NamedTemporaryFile(dir=place) as beside:
        others = (Path(elsewhere, "coffre", "lettre"), Path(beside.name))
        others[0].parent.mkdir()
        for one in others:
            one.write_text("une lettre", "utf-8")
            for forbidden in (
                f"cat {one}",
                f"ls {one.parent}",
                f"echo pris > {one}",
                f"echo pris > {one}.pris",
                f"ln -s {one} lien; cat lien",
                f"mv {one} pris",
                f"rm {one}",
                f"rm -r {elsewhere}",
            ):
                ended = run(("sh", "-c", forbidden), tmp_path, limits)
                assert ended.code != 0, forbidden
                assert "une lettre" not in ended.said
            assert one.read_text("utf-8") == "une lettre"
            assert not Path(f"{one}.pris").exists()


_CALLING = """
import socket, sys
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
    try:
        with socket.socket(socket.AF_UNIX, kind) as line:
            line.connect(sys.argv[1]) if kind == socket.SOCK_STREAM else line.sendto(b"x", sys.argv[2])
        print("heard", kind)
    except OSError:
        pass
"""


@pytest.mark.skipif(not walls()[2], reason="this machine has no libseccomp")
def test_a_confined_program_reaches_no_service_of_this_machine(tmp_path: Path) -> None:
    limits = Limits(timeout_s=60, processor_s=5, memory_bytes=1_000_000_000)
    names = [str(tmp_path / "flux"), str(tmp_path / "lettres")]
    with socket.socket(socket.AF_UNIX) as stream, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as letters:
        stream.bind(names[0])
        stream.listen()
        letters.bind(names[1])
        calling = (sys.executable, "-c", _CALLING, *names)
        assert subprocess.run(calling, check=True, capture_output=True, text=True).stdout.count("heard") == 2
        ended = run(calling, tmp_path, limits)
    assert ended.code == 0
    assert "heard" not in ended.said


def test_a_document_that_links_to_a_file_of_the_machine_shows_nothing_of_it(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("une lettre de la maison", "utf-8")
    content = (
        '<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text>'
        "<text:p>Avant</text:p>"
        f'<text:section text:name="lien"><text:section-source xlink:href="{secret.as_uri()}"/></text:section>'
        "<text:p>Après</text:p></office:text></office:body></office:document>"
    )
    made = Office().convert(content.encode(), Kind("fodt", "OpenDocument Text Flat XML", "writer"))
    text = text_of(made)
    assert "Avant" in text
    assert "Après" in text
    assert "une lettre" not in text


def test_a_confined_program_sees_no_secret_no_network_and_ends_with_its_children(tmp_path: Path) -> None:
    os.environ["GED_DATABASE_URL"] = "secret"
    try:
        limits = Limits(timeout_s=60, processor_s=2, memory_bytes=1_000_000_000, file_bytes=1000)
        told = run(("env",), tmp_path, limits)
        assert "secret" not in told.said
        if isolation():
            ip = shutil.which("cat")
            assert [
                line
                for line in run((ip or "cat", "/proc/net/dev"), tmp_path, limits).said.splitlines()[2:]
                if "lo:" not in line
            ] == []
        assert run(("sh", "-c", "while :; do :; done"), tmp_path, limits).code not in {0, None}
        assert run(("sh", "-c", "head -c 5000 /dev/zero > gros"), tmp_path, limits).code != 0
        begun = time.monotonic()
        run(("sh", "-c", "sleep 300 & echo $! > fils; exit 0"), tmp_path, replace(limits, timeout_s=5))
        child = int((tmp_path / "fils").read_text())
        while Path(f"/proc/{child}").exists() and b"Z" not in Path(f"/proc/{child}/stat").read_bytes():
            assert time.monotonic() - begun < 20
            time.sleep(0.02)
    finally:
        del os.environ["GED_DATABASE_URL"]
