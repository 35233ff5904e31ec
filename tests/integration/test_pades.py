"""Signed PDF as others see them: pyHanko's validator, poppler and openssl say valid; one byte changed says not."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
import weasyprint
from cryptography.hazmat.primitives import serialization
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from api.press.press import HousePress
from engines.time_authority import TimeAuthority, answering, make_authority
from engines.verapdf import conforms
from ged.errors import Refused
from ged.mail.signature_block import SignatureBlock
from ged.ports import SignedPdf
from ged.seal.keys import SealKeys, ensure_keys
from ged.seal.pades import PadesSigner
from ged.seal.place import find_place
from ged.seal.timestamp.authority import http_authority
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
    return PadesSigner(keys).sign(pdf, block, name="Y. Amouzou", reason="DEP-2026-000001", at=AT).data


def sign_for_long(keys: SealKeys, pdf: bytes, authority: TimeAuthority, at: datetime | None = None) -> SignedPdf:
    asked = http_authority("première", authority.url, authority.roots)
    signer = PadesSigner(
        keys, [http_authority("muette", "http://127.0.0.1:9/tsa", authority.roots), asked], authority.roots
    )
    block = PRESS.print_block(BLOCK)
    return signer.sign(pdf, block, name="Y. Amouzou", reason="DEP-2026-000001", at=at or datetime.now(UTC))


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


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimeAuthority]:
    with answering(make_authority(tmp_path_factory.mktemp("tsa") / "tsa")) as running:
        yield running


def test_with_an_authority_of_time_a_letter_carries_what_validates_it_for_long(
    keys: SealKeys, authority: TimeAuthority, tmp_path: Path
) -> None:
    pdf = PRESS.print_sheet(a_sheet(number="DEP-2026-000001"))
    made = sign_for_long(keys, pdf, authority)
    assert made.level == "B-LTA"
    assert made.data.startswith(pdf)
    reader = PdfFileReader(BytesIO(made.data))
    kinds = [str(each.sig_object["/Type"]) for each in reader.embedded_signatures]
    assert kinds == ["/Sig", "/DocTimeStamp"]
    assert len(reader.root["/DSS"]["/Certs"]) >= 3
    trusted = [*load_certs_from_pemder_data(keys.chain_pem)][-1:]
    trusted += load_certs_from_pemder_data(authority.ca_file.read_bytes())
    context = ValidationContext(trust_roots=trusted, allow_fetching=False)
    status = validate_pdf_signature(reader.embedded_regular_signatures[0], context)
    assert status.bottom_line
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.trusted
    whole = validate_pdf_timestamp(reader.embedded_timestamp_signatures[0], context)
    assert (whole.intact, whole.valid, whole.trusted) == (True, True, True)
    assert isinstance(whole.diff_result, DiffResult)
    assert whole.diff_result.modification_level is ModificationLevel.LTA_UPDATES  # what validates the stamp itself
    told = by_poppler(made.data, tmp_path)
    assert "Signature is Valid" in told
    assert by_openssl(keys, made.data, tmp_path)


def test_what_is_signed_for_long_is_still_pdf_a(keys: SealKeys, authority: TimeAuthority, tmp_path: Path) -> None:
    sheet = a_sheet(number="DEP-2026-000001")
    for name, pdf in (
        ("word", PRESS.print_document(PRESS.fill(template(), sheet))),
        ("sheet", PRESS.print_sheet(sheet)),
    ):
        (tmp_path / f"{name}.pdf").write_bytes(sign_for_long(keys, pdf, authority).data)
    assert conforms(tmp_path / "word.pdf", tmp_path / "sheet.pdf") == {"word.pdf": "2b", "sheet.pdf": "3b"}


def test_while_no_authority_answers_nobody_waits_and_the_level_says_so(
    keys: SealKeys, authority: TimeAuthority
) -> None:
    pdf = letter_pdf()
    authority.broken = True
    try:
        made = sign_for_long(keys, pdf, authority)
    finally:
        authority.broken = False
    assert made.level == "B-B"
    assert valid(keys, made.data)
    far = sign_for_long(keys, pdf, authority, at=datetime(2020, 1, 1, tzinfo=UTC))
    assert far.level == "B-B"  # a clock that is years from ours proves nothing
