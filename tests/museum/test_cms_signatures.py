"""Signed documents and e-mails that come in: real S/MIME of openssl, and every lie about one told in its sentence."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import serialization

from api.config import Settings
from api.deps import COOKIE, Csrf
from api.wiring import House
from engines.site_authority import SiteAuthority, p256, pem
from ged.errors import Refused
from ged.mail.access import Actor
from ged.mail.arrived_signature import BESIDE, ENCLOSING, MESSAGE, NO_DOCUMENT, ArrivedSignature, Bearer
from ged.mail.item import Reading
from ged.mail.journal import Act
from ged.services.consult import letter_file
from ged.services.pieces import pieces_of
from ingest.confined.confined import Confined
from ingest.readers.cms_signatures import signatures_in
from integration.test_acknowledgement import signed_in
from rooms.formats import zipped
from rooms.letters import letter_pdf, read_all, send

NOW = datetime.now(UTC)
HEADERS = ("-from", "a@mine.tg", "-to", "b@mines.gouv.tg", "-subject", "Offre")
Answers = tuple[bool, bool, bool]


class Desk:
    """Somebody with a key and a certificate, who signs and encrypts with openssl."""

    def __init__(self, folder: Path, authority: SiteAuthority, end: datetime | None = None) -> None:
        self.folder = folder
        folder.mkdir()
        key = p256()
        self.certificate = authority.issue(key.public_key(), end=end or NOW + timedelta(days=300))
        plain = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / "key.pem").write_bytes(plain)
        (folder / "cert.pem").write_bytes(pem(self.certificate))

    def sign(self, data: bytes, *options: str) -> bytes:
        """`openssl cms -sign`: a file of its own where -outform says so, else a message."""
        return self._openssl(data, "-sign", "-signer", "cert.pem", "-inkey", "key.pem", *options)

    def enclose(self, data: bytes, form: str = "DER") -> bytes:
        return self.sign(data, "-binary", "-nodetach", "-outform", form)

    def beside(self, data: bytes) -> bytes:
        return self.sign(data, "-binary", "-outform", "DER")

    def encrypt(self, data: bytes, *options: str) -> bytes:
        return self._openssl(data, "-encrypt", "-aes256", *options, "cert.pem")

    def _openssl(self, data: bytes, *options: str) -> bytes:
        (self.folder / "in").write_bytes(data)
        command = ["openssl", "cms", *options[:1], "-in", "in", *options[1:]]
        return subprocess.run(command, cwd=self.folder, capture_output=True, check=True).stdout


@pytest.fixture(scope="module")
def authority() -> SiteAuthority:
    return SiteAuthority()


@pytest.fixture(scope="module")
def desk(authority: SiteAuthority, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk") / "desk", authority)


@pytest.fixture(scope="module")
def entity() -> bytes:
    """What a program of e-mail signs: a text and a PDF."""
    pdf = subprocess.run(["base64"], input=letter_pdf(), capture_output=True, check=True).stdout
    return (
        b'Content-Type: multipart/mixed; boundary="in"\n\n--in\nContent-Type: text/plain; charset=utf-8\n\n'
        b"Veuillez trouver l'offre pour la carri\xc3\xa8re.\n--in\nContent-Type: application/pdf\n"
        b'Content-Disposition: attachment; filename="offre.pdf"\nContent-Transfer-Encoding: base64\n\n'
        + pdf
        + b"\n--in--\n"
    )


@pytest.fixture
def judge(tmp_path: Path) -> Callable[..., list[ArrivedSignature]]:
    def judged(trusted: bytes, *held: tuple[str, str, bytes]) -> list[ArrivedSignature]:
        files = []
        for rank, (name, media_type, data) in enumerate(held, 1 if len(held) > 1 else 0):
            (tmp_path / str(rank)).write_bytes(data)
            files.append((Bearer("", name, media_type, rank), tmp_path / str(rank)))
        found = signatures_in(files, trusted.decode())
        assert [path.read_bytes() for _, path in files] == [data for _, _, data in held]
        return found

    return judged


Judge = Callable[..., list[ArrivedSignature]]


def answers(found: ArrivedSignature) -> Answers:
    return found.intact, found.valid, found.trusted


@pytest.mark.parametrize("form", ["DER", "PEM"])
def test_a_document_enclosed_is_judged(judge: Judge, desk: Desk, authority: SiteAuthority, form: str) -> None:
    (found,) = judge(pem(authority.certificate), ("offre.pdf.p7m", ENCLOSING, desk.enclose(letter_pdf(), form)))
    assert answers(found) == (True, True, True)
    assert (found.reason, found.of) == ("", "offre.pdf.p7m")
    assert found.signer.startswith("Cachet du courrier")
    assert found.claimed_at


def test_what_is_written_as_a_stream_is_judged_too(judge: Judge, desk: Desk, authority: SiteAuthority) -> None:
    streamed = desk.sign(letter_pdf(), "-binary", "-nodetach", "-stream", "-outform", "DER")
    assert streamed[:2] == b"\x30\x80"
    (found,) = judge(pem(authority.certificate), ("a.p7m", ENCLOSING, streamed))
    assert answers(found) == (True, True, True)


def test_an_enclosed_document_that_was_changed_is_not_intact(
    judge: Judge, desk: Desk, authority: SiteAuthority
) -> None:
    data = desk.enclose(b"Le montant est de 1000 francs. " * 20)
    (found,) = judge(pem(authority.certificate), ("a.p7m", ENCLOSING, data.replace(b"1000", b"9000", 1)))
    assert (answers(found), found.reason) == ((False, True, False), "HASH_FAILURE")


@pytest.mark.parametrize("how", ["ended", "unknown", "revoked", "false_key"])
def test_each_lie_of_a_signer_has_its_answer(
    judge: Judge, desk: Desk, authority: SiteAuthority, tmp_path: Path, how: str
) -> None:
    trusted, signer = pem(authority.certificate), desk
    if how == "ended":
        signer = Desk(tmp_path / "ended", authority, end=NOW - timedelta(days=1))
    elif how == "unknown":
        trusted = pem(SiteAuthority("Une autre AC").certificate)
    elif how == "revoked":
        trusted = pem(authority.certificate, authority.revoke(desk.certificate, NOW - timedelta(days=2)))
    data = signer.enclose(letter_pdf())
    if how == "false_key":  # the last bytes are the value of the signature
        data = data[:-3] + bytes([data[-3] ^ 1]) + data[-2:]
    (found,) = judge(trusted, ("a.p7m", ENCLOSING, data))
    due: dict[str, tuple[Answers, frozenset[str]]] = {
        "ended": ((True, False, False), frozenset({"EXPIRED", "OUT_OF_BOUNDS_NO_POE"})),
        "unknown": ((True, True, False), frozenset({"NO_CERTIFICATE_CHAIN_FOUND"})),
        "revoked": ((True, False, False), frozenset({"REVOKED"})),
        "false_key": ((True, False, False), frozenset({"SIG_CRYPTO_FAILURE"})),
    }
    assert answers(found) == due[how][0]
    assert found.reason in due[how][1]


def test_a_signature_beside_its_document_is_judged_by_it_and_by_no_other(
    judge: Judge, desk: Desk, authority: SiteAuthority
) -> None:
    trusted, pdf, signature = pem(authority.certificate), letter_pdf(), desk.beside(letter_pdf())
    (found,) = judge(trusted, ("offre.pdf", "application/pdf", pdf), ("OFFRE.pdf.p7s", BESIDE, signature))
    assert answers(found) == (True, True, True)
    (found,) = judge(trusted, ("offre.pdf", "application/pdf", pdf + b"%"), ("offre.pdf.p7s", BESIDE, signature))
    assert (found.intact, found.reason) == (False, "HASH_FAILURE")
    (found,) = judge(trusted, ("scan.pdf", "application/pdf", pdf), ("signature.p7s", BESIDE, signature))
    assert answers(found) == (True, True, True)
    (found,) = judge(trusted, ("autre.txt", "text/plain", b"autre"), ("signature.p7s", BESIDE, signature))
    assert (answers(found), found.reason) == ((False, False, False), NO_DOCUMENT)


def test_two_who_signed_get_three_answers_each(
    judge: Judge, desk: Desk, authority: SiteAuthority, tmp_path: Path
) -> None:
    other = Desk(tmp_path / "other", SiteAuthority("Une autre AC"))
    (other.folder / "first.p7m").write_bytes(desk.enclose(letter_pdf()))
    command = ["openssl", "cms", "-resign", "-inform", "DER", "-in", "first.p7m", "-signer", "cert.pem"]
    command += ["-inkey", "key.pem", "-outform", "DER", "-nodetach", "-binary"]
    both = subprocess.run(command, cwd=other.folder, capture_output=True, check=True).stdout
    found = judge(pem(authority.certificate), ("a.p7m", ENCLOSING, both))
    assert sorted(answers(one) for one in found) == [(True, True, False), (True, True, True)]


@pytest.mark.parametrize("options", [("-nodetach",), (), ("-crlfeol",)])
def test_a_message_that_was_signed_is_judged_and_its_change_seen(
    judge: Judge, desk: Desk, authority: SiteAuthority, entity: bytes, options: tuple[str, ...]
) -> None:
    message = desk.sign(entity, *HEADERS, *options)
    (found,) = judge(pem(authority.certificate), ("", MESSAGE, message))
    assert answers(found) == (True, True, True)
    if "-nodetach" not in options:
        (found,) = judge(pem(authority.certificate), ("", MESSAGE, message.replace(b"Veuillez", b"Veuillex")))
        assert (found.intact, found.reason) == (False, "HASH_FAILURE")


def test_what_is_no_signature_is_told_or_left(judge: Judge, desk: Desk) -> None:
    data = desk.enclose(letter_pdf())
    for lie in (data[:40], data[: len(data) // 2], b"\x30\x80\x06\x09" + data[:200], b""):
        for found in judge(b"", ("a.p7m", ENCLOSING, lie)):
            assert answers(found) == (False, False, False)
    assert judge(b"", ("", MESSAGE, b"From: a@b.tg\r\nTo: c@d.tg\r\nSubject: x\r\n\r\npkcs7\r\n")) == []


def test_it_is_judged_behind_the_walls(desk: Desk, authority: SiteAuthority, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(desk.enclose(letter_pdf()))
    with Confined(at_once=1) as confined:
        files = [(Bearer("", "a.p7m", ENCLOSING), tmp_path / "a")]
        (found,) = confined.call(signatures_in, files, pem(authority.certificate).decode())
    assert answers(found) == (True, True, True)


@pytest.fixture
def settings(settings: Settings, authority: SiteAuthority, tmp_path: Path) -> Settings:
    """An installation that trusts the authority of these tests."""
    (tmp_path / "autorites").mkdir()
    (tmp_path / "autorites" / "ac.pem").write_bytes(pem(authority.certificate))
    seal = settings.seal.model_copy(update={"trusted_ca": tmp_path / "autorites"})
    return settings.model_copy(update={"seal": seal})


def test_what_arrives_signed_is_opened_read_judged_and_never_rewritten(
    house: House, kossi: Actor, desk: Desk, entity: bytes, client: httpx.Client
) -> None:
    pdf = letter_pdf(reference="7/ENCLOS")
    given = {
        "enclosed": desk.enclose(pdf),
        "message": desk.sign(entity, *HEADERS),
        "opaque": desk.sign(entity, *HEADERS, "-nodetach"),
        "beside": zipped(("a/offre.pdf", pdf), ("a/offre.pdf.p7s", desk.beside(pdf))),
        "twice": zipped(("offre.pdf.p7m", desk.enclose(pdf))),
        "encrypted": desk.encrypt(entity, *HEADERS),
    }
    arrived = {name: send(house, kossi, data).letter_id for name, data in given.items()}
    read_all(house)
    files = {
        name: letter_file(each, store=house.store, actor=kossi, clock=house.clock) for name, each in arrived.items()
    }
    assert {name: file.letter.reading for name, file in files.items()} == dict.fromkeys(files, Reading.READY)
    for name, file in files.items():
        with house.vault.open(file.letter.original) as stream:
            assert stream.read() == given[name]
        if name == "encrypted":
            assert file.signatures is None
        else:
            assert file.signatures is not None
            assert [answers(one) for one in file.signatures.found] == [(True, True, True)], name
    pieces = {name: pieces_of(each, store=house.store, actor=kossi) for name, each in arrived.items()}
    told = {name: [(one.name, one.parent, one.page_count > 0) for one in some] for name, some in pieces.items()}
    assert told["enclosed"] == [("document.pdf", None, True)]
    assert told["message"] == told["opaque"] == [("offre.pdf", None, True)]
    assert told["twice"] == [("offre.pdf.p7m", None, True), ("offre.pdf", 1, True)]
    assert pieces["enclosed"][0].digest == hashlib.sha256(pdf).hexdigest()
    assert "chiffré pour son destinataire" in pieces["encrypted"][0].remark
    assert any("7/ENCLOS" in page.text for page in files["enclosed"].pages)
    assert any("Veuillez trouver" in page.text for page in files["opaque"].pages)
    session = signed_in(house, "kossi")
    page = unescape(client.get(f"/courrier/{arrived['twice']}", headers=session).text)
    assert "Signature bonne, d'un signataire garanti." in page
    assert "(offre.pdf.p7m)" in page
    with house.store.unit() as unit:
        (line,) = [each for each in unit.journal.of(arrived["beside"]) if each.act is Act.VERIFIED]
    alone = send(house, kossi, zipped(("x.p7s", desk.beside(b"rien")), ("y.txt", b"autre chose"))).letter_id
    bare = send(house, kossi, zipped(("y.txt", b"autre chose"))).letter_id
    asks = {each: f"/courrier/{each}/signatures" for each in (alone, bare)}  # neither was judged on arrival
    shown = {each: asks[each] in client.get(f"/courrier/{each}", headers=session).text for each in asks}
    assert shown == {alone: True, bare: False}
    form = {"csrf_token": Csrf(session["Cookie"].removeprefix(f"{COOKIE}=")).token}
    judged = unescape(client.post(f"/courrier/{alone}/signatures", headers=session, data=form).text)
    assert "n'est pas à côté d'elle" in judged
    assert "<dt>" not in judged.partition("n'est pas à côté d'elle")[2].partition("</section>")[0]
    assert "offre.pdf.p7s" in json.dumps(line.details["signatures"])


def test_an_encrypted_document_and_a_signature_alone_are_refused_with_what_to_do(
    house: House, kossi: Actor, desk: Desk
) -> None:
    with pytest.raises(Refused, match="chiffré pour son destinataire") as caught:
        send(house, kossi, desk.encrypt(letter_pdf(), "-binary", "-outform", "DER"))
    assert caught.value.code == "capture.encrypted"
    with pytest.raises(Refused, match="sans le document"):
        send(house, kossi, desk.beside(letter_pdf()))
