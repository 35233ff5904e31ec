"""The IMAP door: a mailbox is looked into, and a message leaves its folder only once it is registered.

A round that is cut short leaves the message where it was; the next one takes it again, as a second arrival of the
same bytes. What is refused is kept for the registry and moved apart; nothing is ever deleted here.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ged.errors import Refused, Unavailable
from ged.mail.quarantine import Infected
from ingest.capture.mailbox import MailDoor

TIMEOUT_S, AT_ONCE = 60.0, 50
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


@dataclass(frozen=True, slots=True)
class ImapBox:
    """One mailbox, and the address of ours whose mail it holds."""

    address: str
    host: str
    port: int
    login: str
    password: str
    security: Literal["starttls", "tls", "none"]
    folder: str
    done: str
    refused: str
    ca_file: Path | None = None
    timeout_s: float = TIMEOUT_S


def look_into(box: ImapBox, door: MailDoor) -> int:
    """Take in what waits in a mailbox, and give how many messages left its folder.

    Raises:
        Unavailable: `mail.unavailable`, the server or one of our engines does not answer.
        Forbidden: `access.right`, who keeps the box may not register.
    """
    try:
        with _opened(box) as server:
            for folder in (box.done, box.refused):
                with suppress(imaplib.IMAP4.error):
                    server.create(_quoted(folder))
            found = _asked(server.uid("SEARCH", "UNDELETED"))
            uids = (found[0] or b"").split() if found else []
            return sum(_take(server, uid.decode("ascii"), box, door) for uid in uids[:AT_ONCE])
    except (imaplib.IMAP4.error, OSError) as error:
        raise Unavailable(
            "mail.unavailable",
            "Le serveur de courriel ne répond pas. Les messages restent dans la boîte et seront pris ensuite.",
            said=str(error)[:500],
        ) from error


def _take(server: imaplib.IMAP4, uid: str, box: ImapBox, door: MailDoor) -> int:
    limit = door.entrance.limits.max_bytes
    sized = _asked(server.uid("FETCH", uid, "(RFC822.SIZE)"))
    size = _SIZE.search(b" ".join(each if isinstance(each, bytes) else each[0] for each in sized if each))
    if size is None:
        return 0
    if int(size.group(1)) > limit:
        door.note_refusal(door.entrance.limits.too_large(), box.address, box.address)
        _move(server, uid, box.refused)
        return 1
    fetched = _asked(server.uid("FETCH", uid, "(BODY.PEEK[])"))
    raw = next((each[1] for each in fetched if isinstance(each, tuple)), None)
    if raw is None:
        return 0
    try:
        door.take(raw, box.address)
    except Infected:  # it stays in their mailbox, and in our quarantine: no vault takes it
        _move(server, uid, box.refused)
        return 1
    except Refused as error:
        door.keep(raw, error.sentence, box.address)
        _move(server, uid, box.refused)
        return 1
    _move(server, uid, box.done)
    return 1


def _move(server: imaplib.IMAP4, uid: str, folder: str) -> None:
    """Move a message after what it brought is committed. Source: RFC 6851; without it, copy then flag."""
    if "MOVE" in server.capabilities:
        _asked(server.uid("MOVE", uid, _quoted(folder)))
        return
    _asked(server.uid("COPY", uid, _quoted(folder)))
    _asked(server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"))
    server.expunge()


def _asked(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(str(data)[:300])
    return data


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@contextmanager
def _opened(box: ImapBox) -> Iterator[imaplib.IMAP4]:
    context = ssl.create_default_context(cafile=box.ca_file) if box.security != "none" else None
    server: imaplib.IMAP4
    if box.security == "tls":
        server = imaplib.IMAP4_SSL(box.host, box.port, ssl_context=context, timeout=box.timeout_s)
    else:
        server = imaplib.IMAP4(box.host, box.port, timeout=box.timeout_s)
    with server:
        if box.security == "starttls" and context is not None:
            server.starttls(context)
        server.login(box.login, box.password)
        _asked(server.select(_quoted(box.folder)))
        yield server
