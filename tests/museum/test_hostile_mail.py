"""Messages that no honest program writes: each is read for what it is worth, or refused; none brings anything down."""

from __future__ import annotations

from email import message_from_string
from email.message import EmailMessage
from pathlib import Path

import pikepdf
import pytest

from ged.errors import Refused
from ged.mail.electronic import Piece, ReturnKind, acknowledges, comes_back, no_receipt
from ingest.readers.mime import MAX_PARTS, read_mail
from ingest.readers.pdf import read_text
from ingest.readers.plain_text import text_of_html
from ingest.stages.lay_out import lay_out
from rooms.letters import letter_pdf
from rooms.mails import PERSON, bounce, person_mail, read_notice

HEAD = b"From: a@exemple.tg\r\nTo: b@mines.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
OURS = message_from_string(f"To: {PERSON}\nSubject: DEP-1\nMessage-ID: <ged.{'A' * 22}@mines.example>\n\n")


def nested(depth: int) -> bytes:
    opened = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    return HEAD + opened + b"Content-Type: text/plain\r\n\r\nau fond\r\n"


def forwarded(depth: int) -> bytes:
    return HEAD + b"Content-Type: message/rfc822\r\n\r\nSubject: y\r\n" * depth + b"\r\nau fond\r\n"


def many(parts: int) -> bytes:
    one = b"--b\r\nContent-Type: application/octet-stream; name=a.bin\r\n\r\nx\r\n"
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + one * parts + b"--b--\r\n"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (nested(100), "mail.too_deep"),
        (nested(5_000), "mail.too_deep"),
        (forwarded(100), "mail.too_deep"),
        (forwarded(3_000), "mail.too_deep"),
        (many(10_000), "mail.too_many_parts"),
    ],
    ids=["deep", "very deep", "forwarded", "forwarded for ever", "ten thousand parts"],
)
def test_what_would_exhaust_the_reader_is_refused_with_a_sentence(raw: bytes, code: str) -> None:
    with pytest.raises(Refused) as error:
        read_mail(raw)
    assert error.value.code == code
    assert error.value.sentence.count(".") >= 2


def test_what_an_office_sends_is_within_the_limits() -> None:
    assert len(read_mail(many(MAX_PARTS - 2)).files) == MAX_PARTS - 2
    assert read_mail(nested(8)).text.strip() == "au fond"
    assert len(read_mail(forwarded(8)).files) == 1, "a message that is attached is a file like another"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 5_000,
        bytes(range(256)) * 20,
        b"Subject: =?inconnu-9?B?////?=\r\n\r\ntexte",
        b"Subject: =?utf-8?B?zz=?= =?utf-8?Q?=FF=FE?=\r\nFrom: =?utf-8?Q?=00?= <>\r\n\r\ntexte",
        HEAD + b"Content-Type: text/plain; charset=inconnu\r\n\r\n\xff\xfe\x00texte",
        HEAD + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%pas du base64%%%",
        HEAD + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n!!!\r\n",
        HEAD + b"Content-Type: multipart/mixed\r\n\r\nsans limite",
        b"Subject: =?\xef\xbf\xbd\xef\xbf\xbd8?Q?a?=\r\n\r\nun jeu de caracteres qui n'en est pas un",
        b"Subject: =?=C3=A98?Q?a?= =?\xc3\xa98?b?YQ==?=\r\n\r\nun autre",
        HEAD + b'Content-Type: text/plain; charset="a\x00b"\r\n\r\nun texte',
        HEAD + b'Content-Type: text/plain; charset="\x00"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xe9t\xe9',
        HEAD + b"Content-Type: text/html\r\n\r\n<p>a<![fbsp/r/t><p>b<![\xd8\xd8 x",
        HEAD + b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n',
        HEAD + b"Content-Type: message/rfc822\r\n\r\n",
        HEAD + b"Content-Type: application/pdf; name*=utf-8''%FF%00..%2F..%2Fetc%2Fpasswd\r\n\r\nx",
        HEAD + b"Date: Thu, 99 Foo 99999 99:99:99 +9999999\r\n\r\ntexte",
        HEAD + b"From: " + b"<" * 5_000 + b"\r\n\r\ntexte",
        HEAD + b"To: " + b"a@b.c, " * 20_000 + b"\r\n\r\ntexte",
    ],
)
def test_bad_bytes_give_what_can_be_read_of_them(raw: bytes) -> None:
    mail = read_mail(raw, "")
    shown = [mail.facts.subject, mail.facts.sender, mail.facts.name, *(each.name for each in mail.files)]
    assert all("\x00" not in one and "\n" not in one and len(one) <= 500 for one in shown)
    assert "\x00" not in mail.text
    assert all("/" not in each.name for each in mail.files)


def test_a_header_cannot_bring_another_into_what_we_write() -> None:
    subject = b"Subject: =?utf-8?Q?Bonjour=0D=0ABcc:_tiers@exemple.tg?=\r\n"
    raw = b"From: a@exemple.tg\r\n" + subject + b"Message-ID: <a\r\n b>\r\n\r\nx"
    facts = read_mail(raw).facts
    assert facts.subject == "Bonjour Bcc: tiers@exemple.tg"
    assert facts.header_id == "", "what is no Message-ID is not written back as one"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("../../etc/passwd", "passwd"), ("C:\\dossier\\plan.pdf", "plan.pdf"), ("a\r\nX: b.pdf", "a X: b.pdf")],
)
def test_a_name_with_a_path_is_only_a_name(name: str, shown: str) -> None:
    boundary = b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="
    quoted = name.replace("\\", "\\\\").replace("\r\n", "=?utf-8?Q?=0D=0A?=")
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + boundary + f'"{quoted}"'.encode() + b"\r\n\r\nx"
    (file,) = read_mail(raw).files
    assert file.name == shown


def test_a_page_of_the_web_becomes_text_that_does_nothing() -> None:
    html = (
        "<html><head><title>t</title><style>p{}</style></head><body><script>alert(1)</script>"
        "<p>Bonjour&nbsp;<b>Madame</b></p><img src='http://pisteur.example/x.png'><p>Suite<br>fin</p>"
        "<svg><script>x</script></svg><iframe>cache</iframe><p><![if !mso]>Reste<![endif]><![inconnu[ x><!autre>"
    )
    assert text_of_html(html) == "Bonjour Madame\n\nSuite\nfin\n\nReste"


def test_the_pages_of_a_message_hold_text_only_and_call_nothing(tmp_path: Path) -> None:
    made = EmailMessage()
    made["Subject"] = "<img src=http://pisteur.example/x.png onerror=alert(1)>"
    made.set_content("<p>Bonjour</p><link rel=stylesheet href=http://pisteur.example/s.css>", subtype="html")
    raw = tmp_path / "message"
    raw.write_bytes(made.as_bytes())
    broken = tmp_path / "piece"
    broken.write_bytes(b"%PDF-1.7 abime")
    whole = tmp_path / "entiere"
    whole.write_bytes(letter_pdf(pages=2))
    pieces = [
        (Piece("", 1, None, "0" * 64, 1, "<b>lettre</b>.pdf", "application/pdf", 2, ""), whole),
        (Piece("", 2, None, "1" * 64, 1, "abimee.pdf", "application/pdf", 1, ""), broken),
        (Piece("", 3, None, "2" * 64, 1, "a.exe", "application/x-dosexec", 0, "Pas montrée."), broken),
    ]
    target = tmp_path / "pages.pdf"
    made_of = lay_out(raw, "message/rfc822", pieces, 500)
    target.write_bytes(made_of.pdf)
    assert [one.page_count for one in made_of.pieces] == [2, 0, 0]
    assert "abîmé" in made_of.pieces[1].remark
    with pikepdf.open(target) as pdf:
        assert len(pdf.pages) == made_of.page_count == 1 + 2
        assert "/OpenAction" not in pdf.Root
        assert all("/Annots" not in page for page in pdf.pages)
    text = read_text(target, 1)
    assert "<img src" in text, "shown as it was written"
    assert "<b>lettre</b>.pdf" in text
    assert "Pas montrée" in text


def test_a_forged_bounce_of_a_message_that_is_not_ours_is_a_message_like_another() -> None:
    strange = EmailMessage()
    strange["To"] = PERSON
    strange["Message-ID"] = "<pas-a-nous@exemple.tg>"
    assert comes_back(read_mail(bounce(strange), "").facts) is None
    ours = EmailMessage()
    ours["To"] = PERSON
    ours["Message-ID"] = f"<ged.{'A' * 22}@mines.example>"
    assert comes_back(read_mail(bounce(ours), "").facts) is ReturnKind.BOUNCE
    assert comes_back(read_mail(bounce(ours, action="delayed"), "").facts) is ReturnKind.DELAY
    person = read_mail(person_mail(pieces=False, In_Reply_To=str(ours["Message-ID"])), PERSON).facts
    assert comes_back(person) is None
    assert no_receipt(person, frozenset(), 0) is None


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (person_mail(pieces=False, subject="Re: Accusé de réception"), True),
        (person_mail(pieces=False, subject="RE : ACCUSE RECEPTION"), True),
        (person_mail(pieces=False, subject="Acknowledgment of your letter"), True),
        (person_mail(pieces=False, subject="Lu: votre lettre"), True),
        (person_mail(pieces=False, subject="Élu : votre lettre"), False),
        (person_mail(pieces=False, subject="Réception du ministre : il est accusé de retard"), False),
        (read_notice(OURS), True),
        (read_notice(OURS, "displayed/error"), True),
        (read_notice(OURS, "deleted"), False),
        (read_notice(OURS).replace(b"Disposition: ", b"X: "), False),
        (bounce(OURS).replace(b"Undelivered Mail", b"Accuse de reception"), False),
    ],
)
def test_only_a_notice_of_reading_or_a_subject_says_that_a_message_was_received(raw: bytes, said: bool) -> None:
    assert acknowledges(read_mail(raw, PERSON).facts) is said


def test_the_nearest_message_that_is_named_comes_first() -> None:
    first, last = (f"<ged.{mark * 22}@mines.example>" for mark in "AB")
    assert read_mail(person_mail(pieces=False, References=f"{first} {last}"), PERSON).facts.named == (
        "B" * 22,
        "A" * 22,
    )
