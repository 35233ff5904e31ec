"""The mailer over SMTP: one connection a message, in TLS unless the site says otherwise."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Literal

from ged.errors import Refused, Unavailable
from ged.mail.message import header_id
from ged.ports import MailerReport, OutgoingMessage

TIMEOUT_S = 30.0
Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Gives messages to a mail server, in the name of one address.

    Attributes:
        security: `starttls` (RFC 3207) and `tls` (RFC 8314) check the server's certificate; `none` is for a relay
            on the same machine.
        ca_file: Certificates of the site's own authority; None for those of the system.
    """

    host: str
    port: int
    sender: str
    name: str = ""
    security: Security = "starttls"
    login: str = ""
    password: str = ""
    ca_file: Path | None = None
    timeout_s: float = TIMEOUT_S

    def send(self, message: OutgoingMessage) -> None:
        """Give a message to the server; it has taken charge of it when this returns.

        Raises:
            Unavailable: `mail.unavailable`.
            Refused: `mail.refused`.
        """
        written = self.written(message)
        with self._connection() as server:
            server.send_message(written, from_addr=self.sender, to_addrs=[message.to])

    def report(self) -> MailerReport:
        """Say where the server is and whether it lets us in. Never raises."""
        place = f"{self.host}:{self.port}"
        try:
            with self._connection() as server:
                server.noop()
        except (Unavailable, Refused) as error:
            return MailerReport(place, reachable=False, remark=str(error.diagnostics().get("said", "")))
        return MailerReport(place, reachable=True, remark="")

    def written(self, message: OutgoingMessage) -> EmailMessage:
        """Return a message as it goes on the wire."""
        domain = self.sender.rpartition("@")[2]
        made = EmailMessage(policy=SMTP)
        made["From"] = Address(self.name, addr_spec=self.sender)
        made["To"] = Address(addr_spec=message.to)
        made["Subject"] = " ".join(message.subject.split())
        made["Date"] = format_datetime(message.made_at)
        made["Message-ID"] = header_id(message.id, domain)
        if message.automatic:
            made["Auto-Submitted"] = "auto-replied" if message.answers else "auto-generated"
            made["X-Auto-Response-Suppress"] = "All"
        else:  # Source: RFC 8098, 2.1: the reader is asked whether to say that the message was opened
            made["Disposition-Notification-To"] = str(Address(addr_spec=self.sender))
        if message.answers:
            made["In-Reply-To"] = message.answers
            made["References"] = message.answers
        made.set_content(message.body, cte="quoted-printable")
        for each in message.attachments:
            kind, _, subtype = each.media_type.partition("/")
            made.add_attachment(each.data, maintype=kind, subtype=subtype, filename=each.name)
        return made

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        """Open a session with the server, and say in our words what it refuses."""
        try:
            with self._opened() as server:
                if self.login:
                    server.login(self.login, self.password)
                yield server
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise _refusal(code, said) from error
        except smtplib.SMTPAuthenticationError as error:
            # The address is not to blame: messages wait until the operator has mended the password.
            raise _unavailable(_words(error.smtp_code, error.smtp_error)) from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            raise _unavailable(str(error) or type(error).__name__) from error

    def _opened(self) -> smtplib.SMTP:
        context = ssl.create_default_context(cafile=self.ca_file) if self.security != "none" else None
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout_s, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=self.timeout_s)
        if self.security == "starttls":
            try:
                server.starttls(context=context)
            except BaseException:
                server.close()
                raise
        return server


def _words(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"[:500]


def _refusal(code: int, said: bytes | str) -> Refused | Unavailable:
    """Return a refusal for ever (5yz), or one until later (4yz). Source: RFC 5321, 4.2.1."""
    words = _words(code, said)
    if code < 500:
        return _unavailable(words)
    return Refused(
        "mail.refused",
        "Le serveur de courriel n'accepte pas ce message. Vérifiez l'adresse, puis envoyez-le de nouveau.",
        said=words,
    )


def _unavailable(said: str) -> Unavailable:
    return Unavailable(
        "mail.unavailable",
        "Le serveur de courriel ne répond pas. Le message est gardé et partira dès qu'il répondra.",
        said=said,
    )
