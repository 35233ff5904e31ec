"""Messages to send: a person's with two pieces, a bounce, an answer of a machine; and a door to send them through."""

from __future__ import annotations

from email.message import EmailMessage, Message
from email.policy import SMTP
from io import BytesIO

from PIL import Image

from api.config import MailBox, MailSettings, Settings
from rooms.letters import letter_pdf
from rooms.post_office import SENDER

BOX, PERSON = "courrier@mines.example", "ama.mensah@exemple.tg"
CEET_BOX = "courrier@ceet.example"


def with_boxes(settings: Settings, **mail: object) -> Settings:
    """Return settings by which two addresses bring mail to two registers."""
    boxes = (MailBox(address=BOX, login="kossi"), MailBox(address=CEET_BOX, login="ceet"))
    return settings.model_copy(update={"mail": MailSettings(**{"boxes": boxes, "sender": SENDER, **mail})})


def png() -> bytes:
    out = BytesIO()
    Image.new("L", (600, 850), 255).save(out, "PNG")
    return out.getvalue()


def person_mail(
    *,
    subject: str = "Demande de raccordement à Tsévié",
    text: str = "Monsieur le Ministre, veuillez trouver ma demande et son plan.",
    header_id: str = "<une-demande-1@exemple.tg>",
    pieces: bool = True,
    **headers: str,
) -> bytes:
    made = EmailMessage(policy=SMTP)
    made["From"] = f"Ama Mensah <{PERSON}>"
    made["To"] = BOX
    made["Subject"] = subject
    made["Date"] = "Thu, 12 Nov 2026 09:30:00 +0000"
    made["Message-ID"] = header_id
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    if pieces:
        made.add_attachment(letter_pdf(pages=2), maintype="application", subtype="pdf", filename="Demande signée.pdf")
        made.add_attachment(png(), maintype="image", subtype="png", filename="plan.png")
        made.add_attachment(b"PK\x03\x04" + b"\x00" * 60, maintype="application", subtype="zip", filename="annexe.zip")
    return made.as_bytes()


def read_notice(of: Message, disposition: str = "displayed", sender: str = PERSON) -> bytes:
    """Return the notice by which a reader's software says what became of one of our messages (RFC 8098)."""
    text = f"""From: {sender}
To: {SENDER}
Subject: Lu : {of["Subject"]}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification; boundary="lu"

--lu
Content-Type: text/plain

Votre message est lu.
--lu
Content-Type: message/disposition-notification

Final-Recipient: rfc822;{sender}
Original-Message-ID: {of["Message-ID"]}
Disposition: manual-action/MDN-sent-manually; {disposition}

--lu--
"""
    return text.replace("\n", "\r\n").encode("ascii", "replace")


def bounce(of: Message, *, action: str = "failed", words: str = "550 5.1.1 Boite pleine") -> bytes:
    """Return the report by which a server says that it could not deliver one of our messages (RFC 3464)."""
    returned = "\n".join(f"{name}: {value}" for name, value in of.items())
    text = f"""From: MAILER-DAEMON@exemple.tg
To: {SENDER}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="rapport"

--rapport
Content-Type: text/plain

Ce message n'a pas pu etre remis.
--rapport
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.exemple.tg

Final-Recipient: rfc822; {of["To"]}
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; {words}

--rapport
Content-Type: text/rfc822-headers

{returned}

--rapport--
"""
    return text.replace("\n", "\r\n").encode("ascii", "replace")
