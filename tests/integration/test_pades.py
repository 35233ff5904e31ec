"""Signed PDF as others see them: pyHanko's validator, poppler and openssl say valid; one byte changed says not."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
import weasyprint
from cryptography.hazmat.primitives import serialization
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from api.press.press import HousePress
from ged.errors import Refused
from ged.mail.signature_block import SignatureBlock
from ged.seal.keys import SealKeys, ensure_keys
from ged.seal.pades import PadesSigner
from ged.seal.place import find_place
from ingest.office.converter import Office
from ingest.readers import pdf as pdf_reader
from rooms.documents import a_sheet, template
from rooms.letters import letter_pdf

PRESS = HousePress(Office())
AT = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)
BLOCK = SignatureBlock(
    "Pour le Ministre et par délégation, le Directeur de cabinet",
    "Y. Amouzou",
    "Acte n° 12/2026/MME",
    "Signé électroniquement le 24 novembre 2026 à 14 h 02 (UTC)",
    "N° DEP-2026-000001",
)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> SealKeys:
    return ensure_keys(tmp_path_factory.mktemp("cles"), organisation="Ministère d'essai")


def sign(keys: SealKeys, pdf: bytes) -> bytes:
    block = PRESS.print_block(BLOCK)
    return PadesSigner(keys).sign(pdf, block, name="Y. Amouzou", reason="DEP-2026-000001", at=AT)


def valid(keys: SealKeys, signed: bytes) -> bool:
    """What pyHanko's validator says, trusting the house's authority and nobody else."""
    authority = list(load_certs_from_pemder_data(keys.chain_pem))[-1]
    embedded = PdfFileReader(BytesIO(signed)).embedded_signatures[0]
    status = validate_pdf_signature(embedded, ValidationContext(trust_roots=[authority], allow_fetching=False))
    return bool(status.bottom_line)


def by_poppler(signed: bytes, folder: Path) -> str:
    (folder / "signe.pdf").write_bytes(signed)
    return subprocess.run(["pdfsig", folder / "signe.pdf"], check=False, capture_output=True, text=True).stdout


def by_openssl(keys: SealKeys, signed: bytes, folder: Path) -> bool:
    """Whether openssl verifies the signature over the bytes that the PDF says it covers."""
    embedded = PdfFileReader(BytesIO(signed)).embedded_signatures[0]
    start, length, second, rest = (int(value) for value in embedded.byte_range)
    (folder / "couvert").write_bytes(signed[start : start + length] + signed[second : second + rest])
    (folder / "signature").write_bytes(embedded.pkcs7_content)
    (folder / "autorite.pem").write_bytes(keys.authority.public_bytes(serialization.Encoding.PEM))
    options = "-binary -inform DER -in signature -content couvert -CAfile autorite.pem -purpose any -out /dev/null"
    command = ["openssl", "cms", "-verify", "-cades", *options.split()]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize("source", ["template", "sheet", "foreign"])
def test_a_signed_letter_is_valid_to_others_and_a_changed_byte_is_not(
    keys: SealKeys, tmp_path: Path, source: str
) -> None:
    pdf = {
        "template": lambda: PRESS.print_document(PRESS.fill(template(), a_sheet(number="DEP-2026-000001"))),
        "sheet": lambda: PRESS.print_sheet(a_sheet(number="DEP-2026-000001")),
        "foreign": lambda: letter_pdf(pages=2),
    }[source]()
    signed = sign(keys, pdf)
    assert signed.startswith(pdf)
    told = by_poppler(signed, tmp_path)
    assert "Signature is Valid" in told
    assert "ETSI.CAdES.detached" in told
    assert "Nov 24 2026 14:02:00" in told
    assert "Total document signed" in told
    assert valid(keys, signed)
    assert by_openssl(keys, signed, tmp_path)
    at = len(pdf) // 2
    altered = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]
    assert not by_openssl(keys, altered, tmp_path)
    assert "Signature is Valid" not in by_poppler(altered, tmp_path)


@pytest.mark.parametrize("source", ["template", "sheet"])
def test_the_block_is_real_text_on_the_last_page_over_the_place_of_the_template(
    keys: SealKeys, tmp_path: Path, source: str
) -> None:
    sheet = a_sheet(number="DEP-2026-000001")
    pdf = PRESS.print_sheet(sheet) if source == "sheet" else PRESS.print_document(PRESS.fill(template(), sheet))
    (tmp_path / "signe.pdf").write_bytes(sign(keys, pdf))
    told = subprocess.run(["pdftotext", tmp_path / "signe.pdf", "-"], check=True, capture_output=True, text=True)
    words = " ".join(told.stdout.split())
    for line in BLOCK.lines:
        assert line in words
    left, bottom, right, top = find_place(pdf, PRESS.print_block(BLOCK))[1].box
    seen = pdf_reader.raster(tmp_path / "signe.pdf", 1, 1190)
    scale = seen.shape[1] / 595
    drawn = seen[round((842 - top) * scale) : round((842 - bottom) * scale), round(left * scale) : round(right * scale)]
    assert (drawn < 128).sum() > 1000
    with_anchor = find_place(pdf, PRESS.print_block(BLOCK))[1]
    assert with_anchor.page == 0
    fonts = subprocess.run(["pdffonts", tmp_path / "signe.pdf"], check=True, capture_output=True, text=True)
    assert all(row.split()[-5] == "yes" for row in fonts.stdout.splitlines()[2:])


def test_without_a_place_the_block_covers_nothing_that_is_written(keys: SealKeys) -> None:
    full = bytes(weasyprint.HTML(string=f"<p>{'Une page entière de mots. ' * 400}</p>").write_pdf())
    longer, place = find_place(full, PRESS.print_block(BLOCK))
    count = len(PdfFileReader(BytesIO(full)).root["/Pages"]["/Kids"])
    assert (place.page, longer == full) in {(count, False), (count - 1, True)}
    assert valid(keys, sign(keys, full))
    again = find_place(letter_pdf(), PRESS.print_block(BLOCK))
    assert again[1].page == 0


def test_what_is_no_pdf_is_not_signed(keys: SealKeys) -> None:
    with pytest.raises(Refused) as refused:
        sign(keys, b"PK not a PDF")
    assert refused.value.code == "pades.unreadable"
