"""E-mail in: by SMTP and by IMAP a message becomes a letter with pieces and one answer; machines get none."""

from __future__ import annotations

import imaplib
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from pydantic import SecretStr

from api.config import Database, ImapSettings, ListenerSettings, Settings
from api.embedded.ports import LOOPBACK, free_port
from api.mailbox.doors import mail_door, mail_doors
from api.mailbox.imap_in import ImapBox, look_into
from api.mailbox.smtp_in import listening
from api.wiring import House
from ged.errors import Unavailable
from ged.mail.access import Actor
from ged.mail.baskets import TO_QUALIFY
from ged.mail.electronic import MailArrival, NoReceipt, Piece
from ged.mail.item import Letter, Reading
from ged.mail.message import MessageState
from ged.mail.qualification import Field
from ged.seal.verify import Outcome
from ged.services import consult
from ged.services.capture_mail import asides
from ged.services.notices import mine
from ged.services.post import messages_of, post_due
from ged.services.verify import verify_letter
from rooms.house import driver_url
from rooms.letters import read_all, verifying
from rooms.mails import BOX, CEET_BOX, PERSON, bounce, person_mail, with_boxes
from rooms.post_office import PostOffice, deaf_port, open_post_office
from rooms.server import bearer


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return with_boxes(Settings(data=tmp_path / "data", database=Database(kind="server", url=SecretStr(database))))


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with open_post_office() as opened:
        yield opened


@pytest.fixture
def port(house: House) -> Iterator[int]:
    """The port of the SMTP door, open."""
    found = free_port()
    with listening(mail_door(house), LOOPBACK, found, 5_000_000):
        yield found


def deliver(port: int, raw: bytes, *to: str, sender: str = PERSON) -> None:
    with smtplib.SMTP(LOOPBACK, port, timeout=60) as server:
        server.sendmail(sender, list(to) or [BOX], raw)


def waiting(house: House, actor: Actor) -> list[Letter]:
    return [row.letter for row in consult.letters(TO_QUALIFY, store=house.store, actor=actor).rows]


def came(house: House, letter: Letter) -> tuple[MailArrival, tuple[Piece, ...]]:
    with house.store.unit() as unit:
        arrival = unit.electronic.arrival(letter.id)
        assert arrival is not None
        return arrival, unit.electronic.pieces(letter.id)


def posted(house: House, office: PostOffice) -> None:
    post_due(store=house.store, vault=house.vault, mailer=office.mailer(), clock=house.clock)


def test_a_message_with_pieces_is_a_sealed_letter_read_whole_and_acknowledged_once(
    house: House, port: int, kossi: Actor, office: PostOffice, client: httpx.Client
) -> None:
    raw = person_mail()
    deliver(port, raw)
    (letter,) = waiting(house, kossi)
    arrival, pieces = came(house, letter)
    assert (arrival.return_path, arrival.box, arrival.no_receipt) == (PERSON, BOX, None)
    assert [(one.name, one.page_count) for one in pieces] == [
        ("Demande signée.pdf", 2),
        ("plan.png", 1),
        ("annexe.zip", 0),
    ]
    assert "abîmé" in pieces[2].remark
    read_all(house)
    file = consult.letter_file(letter.id, store=house.store, actor=kossi, clock=house.clock)
    assert file.letter.reading is Reading.READY
    assert len(file.pages) == 4
    assert "veuillez trouver ma demande" in " ".join(file.pages[0].text.split())
    assert "Kpalimé" in file.pages[1].text
    proposed = {name: one.value for name, one in file.proposals.items()}
    assert proposed[Field.SENDER] == "Ama Mensah"
    assert proposed[Field.SUBJECT] == "Demande de raccordement à Tsévié"
    assert proposed[Field.LETTER_DATE] == "2026-11-12"
    with house.vault.open(letter.original) as stream:
        assert stream.read().replace(b"\r\n", b"\n") == raw.replace(b"\r\n", b"\n")
    assert verify_letter(letter.id, **verifying(house, kossi)).outcome is Outcome.INTACT

    saved = client.get(f"/api/v1/letters/{letter.id}/original", headers=bearer(house, "kossi"))
    assert saved.headers["content-disposition"] == f'attachment; filename="{letter.number}.eml"'
    listed = client.get(f"/api/v1/letters/{letter.id}/pieces", headers=bearer(house, "kossi")).json()
    assert [one["name"] for one in listed] == [one.name for one in pieces]
    piece = client.get(f"/api/v1/letters/{letter.id}/pieces/2", headers=bearer(house, "kossi"))
    assert piece.content.startswith(b"\x89PNG")
    assert client.get(f"/api/v1/letters/{letter.id}/pieces/2", headers=bearer(house, "daf")).status_code == 404

    posted(house, office)
    (receipt,) = office.taken
    text = receipt.get_content()
    assert receipt["To"] == PERSON
    assert receipt["In-Reply-To"] == "<une-demande-1@exemple.tg>"
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert letter.number in text
    assert "Demande signée.pdf" in text
    assert "raccordement" not in f"{receipt['Subject']} {text}"
    link = text[text.index("http") :].split()[0]
    assert client.get("/accuse/" + link.rsplit("/", 1)[1]).status_code == 200

    deliver(port, raw)
    assert len(waiting(house, kossi)) == 1, "the same bytes are a second arrival"
    posted(house, office)
    assert len(office.taken) == 1


@pytest.mark.parametrize(
    ("headers", "sender", "reason"),
    [
        ({}, "", NoReceipt.NO_RETURN_PATH),
        ({"Auto_Submitted": "auto-generated"}, PERSON, NoReceipt.MACHINE),
        ({"X_Auto_Response_Suppress": "OOF, AutoReply"}, PERSON, NoReceipt.MACHINE),
        ({"Precedence": "bulk"}, PERSON, NoReceipt.LIST),
        ({"List_Id": "<annonces.exemple.tg>"}, PERSON, NoReceipt.LIST),
        ({}, "no-reply@exemple.tg", NoReceipt.MACHINE),
        ({}, CEET_BOX, NoReceipt.OURS),
    ],
)
def test_machines_lists_and_ourselves_are_registered_and_not_answered(
    house: House, port: int, kossi: Actor, headers: dict[str, str], sender: str, reason: NoReceipt
) -> None:
    deliver(port, person_mail(pieces=False, **headers), sender=sender)
    (letter,) = waiting(house, kossi)
    arrival, _ = came(house, letter)
    assert (arrival.no_receipt, arrival.receipt_id) == (reason, None)


def test_a_flood_from_one_address_is_registered_and_answered_five_times_an_hour(
    house: House, port: int, kossi: Actor
) -> None:
    for n in range(7):
        deliver(port, person_mail(pieces=False, header_id=f"<{n}@exemple.tg>"))
    reasons = [came(house, letter)[0].no_receipt for letter in waiting(house, kossi)]
    assert reasons == [None] * 5 + [NoReceipt.TOO_MANY] * 2


def test_a_bounce_is_attached_to_its_message_and_its_author_told_once(
    house: House, port: int, kossi: Actor, office: PostOffice
) -> None:
    deliver(port, person_mail(pieces=False))
    (letter,) = waiting(house, kossi)
    posted(house, office)
    report = bounce(office.taken[0])
    deliver(port, report, sender="")
    deliver(port, report, sender="")
    assert len(waiting(house, kossi)) == 1, "a bounce is no letter"
    (message,) = messages_of(letter.id, store=house.store, actor=kossi)
    assert message.state is MessageState.FAILED
    assert "Boite pleine" in message.said
    with house.store.unit() as unit:
        assert len(unit.electronic.returns([message.id])[message.id]) == 1
    assert [each.notice.kind for each in mine(store=house.store, actor=kossi)] == ["non_remis"]


def test_a_delay_and_an_absence_are_attached_without_failing_and_our_own_notice_is_no_letter(
    house: House, port: int, kossi: Actor, office: PostOffice
) -> None:
    deliver(port, person_mail(pieces=False))
    (letter,) = waiting(house, kossi)
    posted(house, office)
    ours = office.taken[0]
    deliver(port, bounce(ours, action="delayed"), sender="")
    away = person_mail(pieces=False, text="Absente", Auto_Submitted="auto-replied", In_Reply_To=str(ours["Message-ID"]))
    deliver(port, away)
    deliver(port, ours.as_bytes(), sender="")
    assert len(waiting(house, kossi)) == 1
    (message,) = messages_of(letter.id, store=house.store, actor=kossi)
    assert message.state is MessageState.SENT
    with house.store.unit() as unit:
        kinds = sorted(each.kind for each in unit.electronic.returns([message.id])[message.id])
    assert kinds == ["reponse_automatique", "reponse_automatique", "retard"]


def test_a_persons_answer_to_our_message_is_a_letter(house: House, port: int, kossi: Actor, office: PostOffice) -> None:
    deliver(port, person_mail(pieces=False))
    posted(house, office)
    answer = person_mail(pieces=False, header_id="<2@exemple.tg>", In_Reply_To=str(office.taken[0]["Message-ID"]))
    deliver(port, answer)
    assert len(waiting(house, kossi)) == 2


def test_each_register_takes_its_own_and_strangers_are_refused_with_a_sentence(
    house: House, port: int, kossi: Actor, who: Callable[[str], Actor]
) -> None:
    deliver(port, person_mail(pieces=False), BOX, CEET_BOX)
    assert len(waiting(house, kossi)) == 1
    assert len(waiting(house, who("ceet"))) == 1
    with pytest.raises(smtplib.SMTPRecipientsRefused) as unknown:
        deliver(port, person_mail(pieces=False), "ministre@mines.example")
    assert next(iter(unknown.value.recipients.values()))[0] == 550
    with pytest.raises((smtplib.SMTPSenderRefused, smtplib.SMTPDataError)) as heavy:
        deliver(port, person_mail(pieces=False) + b"x" * 6_000_000)
    assert heavy.value.smtp_code == 552
    with pytest.raises(smtplib.SMTPDataError) as deep:
        deliver(port, person_mail(pieces=False) + b"\r\nContent-Type: multipart/mixed; boundary=a\r\n" * 200)
    assert deep.value.smtp_code == 554
    assert b"mail.too_deep" in deep.value.smtp_error
    assert len(waiting(house, kossi)) == 1


def test_while_the_house_cannot_register_the_sender_keeps_the_message(
    settings: Settings, kossi: Actor, house: House
) -> None:
    class Down:
        def put(self, *_: object, **__: object) -> None:
            raise Unavailable("vault.unavailable", "Le coffre ne répond pas. Rien n'est perdu.")

    down: Any = Down()
    port = free_port()
    with (
        listening(mail_door(replace(house, vault=down)), LOOPBACK, port, 5_000_000),
        pytest.raises(smtplib.SMTPDataError) as later,
    ):
        deliver(port, person_mail())
    assert later.value.smtp_code == 451
    assert waiting(house, kossi) == []
    with listening(mail_door(house), LOOPBACK, port, 5_000_000):
        deliver(port, person_mail(pieces=False))
    assert len(waiting(house, kossi)) == 1
    assert settings.mail.boxes


def test_what_the_sites_filter_marks_waits_for_a_person(house: House, port: int, kossi: Actor) -> None:
    deliver(port, person_mail(pieces=False, X_Spam_Flag="YES"))
    assert waiting(house, kossi) == []
    (kept,) = asides(store=house.store, actor=kossi)
    assert (kept.sender, kept.settled_at) == (PERSON, None)
    assert "indésirable" in kept.reason


@contextmanager
def open_imap(folder: Path) -> Iterator[ImapBox]:
    """A real IMAP server with one empty mailbox."""
    port = free_port()
    folder.mkdir()
    (folder / "pymap-etc-passwd").write_text("courrier:x:1000:1000::mailbox:/\n", encoding="utf-8")
    command = [str(Path(sys.executable).with_name("pymap")), "--no-tls", "--host", LOOPBACK, "--port", str(port)]
    server = subprocess.Popen([*command, "dict", "--demo-user", "courrier", "--demo-password", "essai"])
    deadline = time.monotonic() + 20
    box = ImapBox(BOX, LOOPBACK, port, "courrier", "essai", "none", "INBOX", "Enregistres", "Refuses")
    try:
        while True:
            try:
                imaplib.IMAP4(LOOPBACK, port, timeout=5).logout()
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield box
    finally:
        server.terminate()
        server.wait()


def dropped(box: ImapBox, *messages: bytes) -> None:
    with imaplib.IMAP4(box.host, box.port, timeout=10) as server:
        server.login(box.login, box.password)
        for raw in messages:
            server.append(
                "INBOX", "", imaplib.Time2Internaldate(0.0), b"Return-Path: <" + PERSON.encode() + b">\r\n" + raw
            )


def folder_count(box: ImapBox, folder: str) -> int:
    with imaplib.IMAP4(box.host, box.port, timeout=10) as server:
        server.login(box.login, box.password)
        return int(server.select(folder, readonly=True)[1][0] or b"0")


def test_a_mailbox_is_emptied_only_of_what_is_registered(
    house: House, settings: Settings, kossi: Actor, tmp_path: Path, office: PostOffice
) -> None:
    door = mail_door(house)
    hostile = person_mail(pieces=False) + b"\r\nContent-Type: multipart/mixed; boundary=a\r\n" * 200
    raw = person_mail()
    with open_imap(tmp_path / "imap") as box:
        dropped(box, raw, hostile)

        class Down:
            def put(self, *_: object, **__: object) -> None:
                raise Unavailable("vault.unavailable", "Le coffre ne répond pas. Rien n'est perdu.")

        down: Any = Down()
        with pytest.raises(Unavailable):
            look_into(box, mail_door(replace(house, vault=down)))
        assert folder_count(box, "INBOX") == 2
        assert look_into(box, door) == 2
        assert [folder_count(box, name) for name in ("INBOX", "Enregistres", "Refuses")] == [0, 1, 1]
        (letter,) = waiting(house, kossi)
        assert came(house, letter)[0].return_path == PERSON
        (kept,) = asides(store=house.store, actor=kossi)
        assert "emboîte" in kept.reason
        dropped(box, raw)
        assert look_into(box, door) == 1
        assert len(waiting(house, kossi)) == 1, "taken again after a round cut short, it is a second arrival"
        wrong = replace(box, password="faux")
        with pytest.raises(Unavailable):
            look_into(wrong, door)
    posted(house, office)
    assert len(office.to(PERSON)) == 1
    assert settings.database.url is not None
    with psycopg.connect(driver_url(settings.database.url.get_secret_value())) as connection:
        row = connection.execute("SELECT count(*) FROM arrival").fetchone()
    assert row == (2,)


def test_a_process_opens_the_doors_that_its_settings_name_and_says_how_they_stand(
    house: House, kossi: Actor, tmp_path: Path, client: httpx.Client
) -> None:
    smtp, deaf = free_port(), deaf_port()
    with open_imap(tmp_path / "imap") as box:
        dropped(box, person_mail(pieces=False, header_id="<imap@exemple.tg>"))
        given = {"login": box.login, "password": SecretStr(box.password), "security": "none", "host": LOOPBACK}
        mail = house.settings.mail.model_copy(
            update={
                "listener": ListenerSettings(port=smtp),
                "imap": (
                    ImapSettings(address=BOX, port=box.port, **given),
                    ImapSettings(address=CEET_BOX, port=deaf, **given),
                ),
            }
        )
        opened = replace(house, settings=house.settings.model_copy(update={"mail": mail}))
        with mail_doors(opened):
            await_port(smtp)
            deliver(smtp, person_mail(pieces=False))
            deadline = time.monotonic() + 30
            while len(waiting(house, kossi)) < 2 or len(doors(house)) < 3:
                assert time.monotonic() < deadline
                time.sleep(0.05)
    states = doors(house)
    assert (states["smtp"], states[f"imap {BOX}"]) == ("", "")
    assert "refused" in states[f"imap {CEET_BOX}"].lower()
    shown = client.get("/api/v1/status", headers=bearer(house, "kossi")).json()
    assert len(shown["store"]["mail_doors"]) == 3


def await_port(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection((LOOPBACK, port), timeout=5).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


def doors(house: House) -> dict[str, str]:
    with house.store.unit() as unit:
        return {each.name: each.said for each in unit.electronic.doors()}


def test_an_address_of_ours_is_known_whatever_its_case(house: House) -> None:
    door = mail_door(house)
    assert door.takes("Courrier@Mines.example")
    assert not door.takes("autre@mines.example")
