"""The SMTP door: it says 250 only once a message is durable and registered, 4xx when the house cannot, 5xx why not."""

from __future__ import annotations

import asyncio
import logging
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from ged.errors import GedError, Refused, Unavailable
from ged.mail.access import Actor
from ged.mail.said import Said
from ged.services.capture import registering_post
from ingest.capture.mailbox import MailDoor

_log = logging.getLogger(__name__)
MAX_RECIPIENTS, TIMEOUT_S = 20, 120.0


@dataclass(frozen=True, slots=True)
class Handler:
    """What aiosmtpd asks of us, with its own names."""

    door: MailDoor

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's own name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient that is one of our boxes."""
        if not self.door.takes(address):
            return "550 5.1.1 Cette adresse n'existe pas ici"
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Trop de destinataires en une fois"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Register the message, once for each register that its recipients keep."""
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape")
        return await asyncio.to_thread(self._take, raw, (envelope.mail_from or "").strip("<>"), list(envelope.rcpt_tos))

    def _take(self, raw: bytes, return_path: str, boxes: list[str]) -> str:
        try:
            numbers = [
                receipt.number
                for box in self._one_a_register(boxes)
                if (receipt := self.door.take(raw, box, return_path)) is not None
            ]
        except Refused as error:
            return f"554 5.6.0 {_plain(error.sentence)} ({error.code})"
        except GedError as error:
            # Also a box whose keeper holds no post: the sender's server waits until the operator has mended it.
            _log.warning("mail door: %s", error.diagnostics())
            return f"451 4.3.0 {_plain(error.sentence)} ({error.code})"
        except Exception:  # noqa: BLE001 - the edge: whatever went wrong, the sender keeps the message
            _log.exception("mail door")
            return "451 4.3.0 Reessayez plus tard"
        return f"250 2.6.0 {' '.join(numbers) or 'recu'}"

    def _one_a_register(self, boxes: list[str]) -> list[str]:
        found: dict[str, str] = {}
        for box in boxes:
            actor: Actor = self.door.boxes[box.strip().lower()]()
            found.setdefault(registering_post(actor).register_id, box)
        return list(found.values())


class _Smtp(SMTP):
    line_length_limit = 1 << 16
    """Programs of offices write longer lines than RFC 5321 allows (1,000); what they sent is kept as it is."""


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Smtp(self.handler, **self.SMTP_kwargs)


@contextmanager
def listening(door: MailDoor, host: str, port: int, max_bytes: int) -> Iterator[None]:
    """Listen until the block ends.

    Raises:
        Unavailable: `mail.port_taken`.
    """
    controller = _Controller(
        Handler(door),
        hostname=host,
        port=port,
        data_size_limit=max_bytes,
        timeout=TIMEOUT_S,
        ident="GED Courrier",
    )
    try:
        controller.start()
    except (OSError, TimeoutError) as error:
        raise Unavailable(
            "mail.port_taken",
            Said("Le port %(port)s est pris : la porte du courriel n'est pas ouverte par ce processus.", port=port),
            port=port,
        ) from error
    try:
        yield
    finally:
        controller.stop()


def _plain(sentence: str) -> str:
    """Return a sentence as SMTP carries it: ASCII, one line (RFC 5321, 4.2)."""
    folded = unicodedata.normalize("NFKD", sentence).encode("ascii", "ignore").decode("ascii")
    return " ".join(folded.split())[:400]
