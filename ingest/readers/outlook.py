"""Outlook's messages (MSG): read as the e-mail that they were, what is attached to them as it was attached.

Source: MS-OXMSG (storages and streams), MS-OXPROPS (numbers of properties).
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.message import Message
from email.mime.application import MIMEApplication
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import HeaderParser
from email.utils import format_datetime, formataddr
from pathlib import Path

import olefile

from ingest.readers.limits import damaged
from ingest.readers.mime import MAX_DEPTH, Mail, read_mail, too_deep

PROPERTIES = "__properties_version1.0"
_ATTACHMENT, _EMBEDDED = "__attach_version1.0_#", "__substg1.0_3701000D"
_SUBJECT, _HEADERS, _BODY, _HTML, _TO = 0x0037, 0x007D, 0x1000, 0x1013, 0x0E04
_SENDER, _SENDER_ADDRESS, _SENDER_SMTP, _SENT, _DELIVERED = 0x0C1A, 0x0C1F, 0x5D01, 0x0039, 0x0E06
_DATA, _LONG_NAME, _SHORT_NAME = 0x3701, 0x3707, 0x3704
_UNICODE, _EIGHT_BITS, _BINARY, _TIME = 0x001F, 0x001E, 0x0102, 0x0040
_KEPT = ("Return-Path", "Message-ID", "In-Reply-To", "References", "Auto-Submitted", "Precedence", "Cc")
"""Headers of the way that are read beside those that are properties too."""
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)

Place = tuple[str, ...]


def read_file(path: Path) -> Mail:
    """Return the message that a file is, as `mime.read_file` would had it been kept as it was sent.

    Raises:
        Refused: `capture.damaged`, `mail.too_deep`, `mail.too_many_parts`.
    """
    try:
        with olefile.OleFileIO(path) as ole:
            return read_mail(_Outlook(ole).message((), 0).as_bytes())
    except (OSError, ValueError, IndexError, KeyError, TypeError, struct.error, RecursionError) as error:
        raise damaged(str(error)) from error


class _Outlook:
    def __init__(self, ole: olefile.OleFileIO) -> None:
        self._ole = ole
        self._places = [tuple(each) for each in ole.listdir(streams=True, storages=True)]

    def message(self, at: Place, depth: int) -> Message:
        """Return the message kept at a place: the whole file, or one attached to another."""
        if depth > MAX_DEPTH:
            raise too_deep()
        headers = HeaderParser().parsestr(self._text(at, _HEADERS))
        made = MIMEMultipart(boundary=f"=_outlook_{depth}_{len(at)}_{sum(map(ord, ''.join(at)))}")
        made["From"] = headers["From"] or self._sender(at)
        made["To"] = headers["To"] or _coded(self._text(at, _TO))
        made["Subject"] = _coded(self._text(at, _SUBJECT)) or headers["Subject"] or ""
        sent = self._time(at, _SENT) or self._time(at, _DELIVERED)
        made["Date"] = headers["Date"] or (format_datetime(sent) if sent else "")
        for name in _KEPT:
            if headers[name]:
                made[name] = headers[name]
        made.attach(self._said(at))
        for place in self._places:
            if len(place) == len(at) + 1 and place[:-1] == at and place[-1].startswith(_ATTACHMENT):
                made.attach(self._attached(place, depth))
        return made

    def _said(self, at: Place) -> Message:
        text = self._text(at, _BODY)
        html = self._bytes(at, _HTML, _BINARY).decode("utf-8", "replace") or self._text(at, _HTML)
        return MIMEText(text, "plain", "utf-8") if text.strip() or not html else MIMEText(html, "html", "utf-8")

    def _attached(self, at: Place, depth: int) -> Message:
        inner = (*at, _EMBEDDED)
        if inner in self._places:
            return MIMEMessage(self.message(inner, depth + 1))
        part = MIMEApplication(self._bytes(at, _DATA, _BINARY))
        name = self._text(at, _LONG_NAME) or self._text(at, _SHORT_NAME) or "piece"
        part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", _line(name)))
        return part

    def _sender(self, at: Place) -> str:
        address = self._text(at, _SENDER_SMTP) or self._text(at, _SENDER_ADDRESS)
        return formataddr((_line(self._text(at, _SENDER)), _line(address) if "@" in address else ""))

    def _text(self, at: Place, number: int) -> str:
        wide = self._bytes(at, number, _UNICODE)
        return (
            wide.decode("utf-16-le", "replace")
            if wide
            else self._bytes(at, number, _EIGHT_BITS).decode("cp1252", "replace")
        )

    def _bytes(self, at: Place, number: int, kind: int) -> bytes:
        return self._read((*at, f"__substg1.0_{number:04X}{kind:04X}"))

    def _time(self, at: Place, number: int) -> datetime | None:
        """Return a time among the properties of fixed length, sixteen bytes each after a header."""
        listed = self._read((*at, PROPERTIES))
        for start in range(24 if at else 32, len(listed) - 15, 16):
            tag, _flags, value = struct.unpack_from("<IIQ", listed, start)
            if tag == number << 16 | _TIME and 0 < value < 1 << 62:
                return _EPOCH + timedelta(microseconds=value // 10)
        return None

    def _read(self, place: Place) -> bytes:
        if place not in self._places:
            return b""
        with self._ole.openstream(list(place)) as stream:
            return bytes(stream.read())


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:500]


def _coded(text: str) -> str:
    return Header(_line(text), "utf-8").encode()
