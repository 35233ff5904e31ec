"""Signed PDF that come in: intact, valid and trusted are three answers, and the file is never written."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from api.config import Settings
from api.deps import COOKIE, Csrf
from api.wiring import House
from engines.site_authority import SiteAuthority, p256, pem
from ged.mail.access import Actor
from ged.mail.arrived_signature import ArrivedSignature, Since
from ged.mail.item import Reading
from ged.mail.journal import Act
from ged.services.consult import letter_file
from ingest.confined.confined import Confined
from ingest.readers.pdf_signatures import pdf_signatures
from ingest.signatures import UNJUDGED
from integration.test_acknowledgement import signed_in
from rooms.letters import letter_pdf, read_all, send

NOW = datetime.now(UTC)
PEM = serialization.Encoding.PEM


def signed(authority: SiteAuthority, end: datetime | None = None) -> tuple[bytes, x509.Certificate]:
    """Return a letter signed by somebody of an authority, and the certificate."""
    key = p256()
    certificate = authority.issue(key.public_key(), end=end or NOW + timedelta(days=300))
    plain = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(load_certs_from_pemder_data(pem(authority.certificate)))
    signer = SimpleSigner(
        signing_cert=next(iter(load_certs_from_pemder_data(pem(certificate)))),
        signing_key=load_private_key_from_pemder_data(plain, passphrase=None),
        cert_registry=store,
    )
    about = PdfSignatureMetadata(field_name="S", subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256")
    made = BytesIO()
    PdfSigner(about, signer).sign_pdf(IncrementalPdfFileWriter(BytesIO(letter_pdf()), strict=False), output=made)
    return made.getvalue(), certificate


@pytest.fixture(scope="module")
def authority() -> SiteAuthority:
    return SiteAuthority()


@pytest.fixture(scope="module")
def good(authority: SiteAuthority) -> tuple[bytes, x509.Certificate]:
    return signed(authority)


@pytest.fixture
def judge(tmp_path: Path) -> Callable[[bytes, bytes], ArrivedSignature]:
    def judged(data: bytes, trusted: bytes) -> ArrivedSignature:
        file = tmp_path / "lettre.pdf"
        file.write_bytes(data)
        (found,) = pdf_signatures(file, trusted.decode())
        assert file.read_bytes() == data
        return found

    return judged


Judge = Callable[[bytes, bytes], ArrivedSignature]


def answers(found: ArrivedSignature) -> tuple[bool, bool, bool]:
    return found.intact, found.valid, found.trusted


def test_a_good_one_of_a_known_authority_is_three_times_yes(
    judge: Judge, good: tuple[bytes, x509.Certificate], authority: SiteAuthority
) -> None:
    found = judge(good[0], pem(authority.certificate))
    assert answers(found) == (True, True, True)
    assert (found.since, found.reason) == (Since.NOTHING, "")
    assert found.signer.startswith("Cachet du courrier")
    assert found.issuer.startswith("AC du site")


def test_bytes_changed_after_signing_are_not_intact(
    judge: Judge, good: tuple[bytes, x509.Certificate], authority: SiteAuthority
) -> None:
    data = good[0]
    altered = data[:100] + bytes([data[100] ^ 1]) + data[101:]
    found = judge(altered, pem(authority.certificate))
    assert not found.intact
    assert found.reason == "HASH_FAILURE"


def test_a_page_added_after_signing_is_said(
    judge: Judge, good: tuple[bytes, x509.Certificate], authority: SiteAuthority
) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(good[0]), strict=False)
    page = writer.root["/Pages"]["/Kids"][0]
    page["/MediaBox"] = page.raw_get("/MediaBox")
    page["/Rotate"] = type(page["/MediaBox"][0])(180)
    writer.update_container(page)
    more = BytesIO()
    writer.write(more)  # type: ignore[no-untyped-call]
    found = judge(more.getvalue(), pem(authority.certificate))
    assert (found.intact, found.since, found.reason) == (False, Since.OTHER, "CHANGED_AFTER_SIGNING")


def test_an_authority_that_the_site_does_not_know_is_not_trusted(
    judge: Judge, good: tuple[bytes, x509.Certificate]
) -> None:
    for trusted in (b"", pem(SiteAuthority("Une autre AC").certificate)):
        assert answers(judge(good[0], trusted)) == (True, True, False)


def test_a_certificate_that_had_ended_is_not_valid(judge: Judge, authority: SiteAuthority) -> None:
    data, _ = signed(authority, end=NOW - timedelta(days=1))
    found = judge(data, pem(authority.certificate))
    assert (found.intact, found.valid) == (True, False)


def test_a_certificate_that_was_revoked_is_not_valid(
    judge: Judge, good: tuple[bytes, x509.Certificate], authority: SiteAuthority
) -> None:
    gone = authority.revoke(good[1], NOW - timedelta(days=2))
    found = judge(good[0], pem(authority.certificate, gone))
    assert (found.intact, found.valid, found.trusted) == (True, False, False)
    assert "REVOKED" in found.reason


def test_a_pdf_without_a_signature_and_what_is_no_pdf_have_none(tmp_path: Path) -> None:
    for data in (letter_pdf(), b"no pdf", b"", b"%PDF-1.7\nxref\n0 1\ntrailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF"):
        (tmp_path / "x.pdf").write_bytes(data)
        assert pdf_signatures(tmp_path / "x.pdf", "") == []


@pytest.fixture
def settings(settings: Settings, authority: SiteAuthority, tmp_path: Path) -> Settings:
    """An installation that trusts the authority of these tests."""
    (tmp_path / "autorites").mkdir()
    (tmp_path / "autorites" / "ac.pem").write_bytes(pem(authority.certificate))
    seal = settings.seal.model_copy(update={"trusted_ca": tmp_path / "autorites"})
    return settings.model_copy(update={"seal": seal})


def test_the_letter_page_shows_the_three_answers_and_the_journal_keeps_them(
    house: House, kossi: Actor, good: tuple[bytes, x509.Certificate], client: httpx.Client
) -> None:
    letter_id = send(house, kossi, good[0]).letter_id
    session = signed_in(house, "kossi")
    typed = {"csrf_token": Csrf(session["Cookie"].removeprefix(f"{COOKIE}=")).token}
    answer = client.post(f"/courrier/{letter_id}/signatures", headers=session, data=typed)
    assert answer.status_code == 200
    assert "AC du site" in answer.text
    assert answer.text.count('<div class="good"><dt>') == 3
    assert "Common Name" not in answer.text
    assert not re.search(r"\d{4}-\d\d-\d\dT", answer.text)
    with house.store.unit() as unit:
        (line,) = [each for each in unit.journal.of(letter_id) if each.act is Act.VERIFIED]
        kept = unit.letters.get(letter_id, None).original
    told = json.dumps(line.details["signatures"])
    assert all(f'"{answer}": true' in told for answer in ("intact", "valid", "trusted"))
    assert kept == hashlib.sha256(good[0]).hexdigest()


def test_what_arrives_signed_is_judged_at_once_and_shown_as_of_that_day(
    house: House, kossi: Actor, good: tuple[bytes, x509.Certificate], authority: SiteAuthority, client: httpx.Client
) -> None:
    changed = good[0][:100] + bytes([good[0][100] ^ 1]) + good[0][101:]
    arrived = [send(house, kossi, data).letter_id for data in (good[0], changed, letter_pdf(reference="2/SANS"))]
    before = house.clock()
    read_all(house)
    trusted = house.settings.seal.trusted_ca
    assert trusted is not None
    (trusted / "revoquee.pem").write_bytes(authority.revoke(good[1], NOW - timedelta(days=2)).public_bytes(PEM))
    files = [letter_file(each, store=house.store, actor=kossi, clock=house.clock) for each in arrived]
    assert files[0].signatures is not None
    assert files[1].signatures is not None
    assert files[2].signatures is None
    assert [answers(one) for one in files[0].signatures.found] == [(True, True, True)]
    assert [one.intact for one in files[1].signatures.found] == [False]
    assert before <= files[0].signatures.at <= house.clock()
    assert [file.letter.reading for file in files] == [Reading.READY] * 3
    with house.store.unit() as unit:
        lines = [[one.act for one in unit.journal.of(each)].count(Act.VERIFIED) for each in arrived]
    assert lines == [1, 1, 0]
    with house.vault.open(files[0].letter.original) as stream:
        assert stream.read() == good[0]
    session = signed_in(house, "kossi")
    pages = [unescape(client.get(f"/courrier/{each}", headers=session).text) for each in arrived]
    assert "jugées à l'arrivée" in pages[0]
    assert "Signature bonne, d'un signataire garanti." in pages[0]
    assert "Le fichier a changé depuis la signature." in pages[1]
    assert "jugées à" not in pages[2]


def test_a_list_of_authorities_that_cannot_be_read_keeps_no_letter_from_being_read(
    house: House, kossi: Actor, good: tuple[bytes, x509.Certificate]
) -> None:
    trusted = house.settings.seal.trusted_ca
    assert trusted is not None
    (trusted / "faux.pem").write_bytes(b"\xff\xfe")
    letter_id = send(house, kossi, good[0]).letter_id
    read_all(house)
    found = letter_file(letter_id, store=house.store, actor=kossi, clock=house.clock)
    assert found.letter.reading is Reading.READY
    assert found.signatures is not None
    assert (found.signatures.found, found.signatures.why) == ((), UNJUDGED)


def test_it_is_judged_behind_the_walls(
    good: tuple[bytes, x509.Certificate], authority: SiteAuthority, tmp_path: Path
) -> None:
    (tmp_path / "lettre.pdf").write_bytes(good[0])
    with Confined(at_once=1) as confined:
        (found,) = confined.call(pdf_signatures, tmp_path / "lettre.pdf", pem(authority.certificate).decode())
    assert answers(found) == (True, True, True)
