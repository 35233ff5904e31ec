"""A real mail server for tests: it keeps what it takes, and refuses, hangs up or dawdles when told to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from api.embedded.ports import LOOPBACK, free_port
from api.mailbox.smtp_out import SmtpMailer

SENDER = "courrier@mines.example"


@dataclass(slots=True)
class PostOffice:
    """What the server took, and how it behaves: `answers` are given to RCPT in turn, "" for taken."""

    port: int
    taken: list[EmailMessage] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    after_data: list[str] = field(default_factory=list)
    hang_up: int = 0
    dawdle_s: float = 0.0

    def mailer(self, **changes: Any) -> SmtpMailer:
        values: dict[str, Any] = {"host": LOOPBACK, "port": self.port, "sender": SENDER, "security": "none"}
        return SmtpMailer(**(values | changes))

    def to(self, address: str) -> list[EmailMessage]:
        return [each for each in self.taken if str(each["To"]) == address]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's own name and order
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.answers.get(address):
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.hang_up:
            self.hang_up -= 1
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "421 gone"
        if self.dawdle_s:
            await asyncio.sleep(self.dawdle_s)
        if self.after_data:
            return self.after_data.pop(0)
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        return "250 OK"


@contextmanager
def open_post_office() -> Iterator[PostOffice]:
    office = PostOffice(free_port())
    controller = Controller(office, hostname=LOOPBACK, port=office.port)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


def deaf_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as closed:
        closed.bind((LOOPBACK, 0))
        return int(closed.getsockname()[1])
