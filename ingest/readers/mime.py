"""E-mail messages (RFC 5322, MIME): headers decoded, the text, the attached files; whatever bytes claim to be one.

Nothing here trusts a length, a depth, a charset, a name or a type that a message claims. Lines of headers become
one line each, without control characters; a part that cannot be decoded gives what can be.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path

from ged.errors import Refused
from ged.mail.electronic import DELIVERY_REPORT, READ_REPORT, MailFacts
from ged.mail.message import ours_in
from ged.mail.said import Said
from ingest.readers.cms import BESIDE_TYPES, MIME_TYPES, enclosed, signed_data
from ingest.readers.plain_text import text_of_html
from ingest.readers.source import File

MAX_PARTS, MAX_DEPTH = 200, 30
"""What a message of an office never reaches; a hostile one does to exhaust who reads it."""
TEXT_LENGTH, LINE_LENGTH = 60_000, 500
MEDIA_TYPE = "message/rfc822"
_HEADERS = re.compile(rb"(?:From [^\r\n]+\r?\n)?(?:[!-9;-~]+:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n){2}")
_TELLING = re.compile(
    rb"^(?:from|to|date|subject|message-id|received|return-path|mime-version):", re.IGNORECASE | re.MULTILINE
)
_MULTIPART = re.compile(rb"^content-type:\s*multipart/", re.IGNORECASE | re.MULTILINE)
_REPORT_LENGTH = 2_000_000
_ENTITY = re.compile(rb"(?:mime-version|content-[a-z-]+):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as read."""

    facts: MailFacts
    text: str
    files: tuple[File, ...]


@dataclass(slots=True)
class _Found:
    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    parts: int = 0


def bid(_path: Path, head: bytes) -> int:
    """Return how sure the bytes are a message: they begin with headers, three of which are those of e-mail."""
    if not _HEADERS.match(head):
        return 0
    top = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    return 70 if len({name.lower() for name in _TELLING.findall(top)}) >= 3 else 0


def read_file(path: Path) -> Mail:
    """Return the message that a file is; raises as `read_mail` does."""
    return read_mail(path.read_bytes())


def read_mail(raw: bytes, return_path: str | None = None) -> Mail:
    """Return a message as read; `return_path` is the transport's word, where it gave one.

    Raises:
        Refused: `mail.too_deep`, `mail.too_many_parts`: nobody writes such a message.
    """
    if len(_MULTIPART.findall(raw)) > MAX_DEPTH * 2:
        raise too_deep()
    try:
        message = BytesParser(policy=compat32).parsebytes(raw)
        _refuse_deep(message)
        found = _Found()
        _walk(message, found)
    except RecursionError as error:
        raise too_deep() from error
    text = "\n\n".join(found.plain) or "\n\n".join(found.html)
    return Mail(_facts(message, raw, return_path), text[:TEXT_LENGTH], tuple(found.files))


def _walk(message: Message, found: _Found) -> None:
    """Gather texts and files; the text of an attached message is not the message's own."""
    found.parts += 1
    if found.parts > MAX_PARTS:
        raise Refused(
            "mail.too_many_parts",
            Said("Ce message a plus de %(most)s parties. Envoyez ses pièces en plusieurs messages.", most=MAX_PARTS),
        )
    if message.get_content_type() == MEDIA_TYPE and message.is_multipart():
        found.files.append(_attached(message))
    elif (signed := signed_parts(message)) is not None:
        _walk(signed[0], found)  # the signature is judged, and stays in the message
    elif (entity := enclosed_entity(message)) is not None:
        inner = BytesParser(policy=compat32).parsebytes(entity)
        _refuse_deep(inner)
        _walk(inner, found)
    elif message.is_multipart():
        for each in _parts(message):
            _walk(each, found)
    else:
        _leaf(message, found)


def signed_parts(message: Message) -> tuple[Message, Message] | None:
    """Return the entity and its signature that a part is (multipart/signed of S/MIME); None for any other part."""
    parts = list(_parts(message)) if message.get_content_type() == "multipart/signed" else []
    return (parts[0], parts[1]) if len(parts) == 2 and parts[1].get_content_type() in BESIDE_TYPES else None


def enclosed_entity(message: Message) -> bytes | None:
    """Return the entity that a part of signed data encloses (opaque S/MIME); None for any other part.

    A document that was signed and attached encloses no entity, and stays a file; so does what is encrypted.
    """
    if message.get_content_type() not in MIME_TYPES or message.is_multipart():
        return None
    try:
        content = enclosed(signed_data(_payload(message)))
    except Refused:
        return None
    return content if content is not None and is_entity(content) else None


def is_entity(content: bytes) -> bool:
    """Whether what was signed is an entity of a message: it begins with a header of one. Source: RFC 8551, 3.1."""
    return _ENTITY.match(content) is not None


def _refuse_deep(message: Message) -> None:
    """Let pass a message whose parts and attached messages are not within one another without end."""
    level, depth = [message], 0
    while level:
        level, depth = [part for each in level for part in _parts(each)], depth + 1
        if depth > MAX_DEPTH:
            raise too_deep()


def _attached(message: Message) -> File:
    """Return an attached message as the file that it is; what it holds is its own, opened in its turn."""
    inner = next(_parts(message))
    name = _file_name(message) or f"{_line(inner.get('Subject')) or 'message'}.eml"
    return File(name, _bytes_of(inner), media_type=MEDIA_TYPE)


def _parts(message: Message) -> Iterator[Message]:
    if message.is_multipart():  # asked first: the text of a part is decoded when it is asked for, and may not be
        yield from (each for each in message.get_payload() if isinstance(each, Message))


def _leaf(message: Message, found: _Found) -> None:
    kind, name = message.get_content_type(), _file_name(message)
    disposition = str(message.get("Content-Disposition", "")).strip().lower()
    attached = disposition.startswith("attachment") or bool(name)
    if kind == "text/plain" and not attached:
        found.plain.append(_text(message))
    elif kind == "text/html" and not attached:
        found.html.append(text_of_html(_text(message)))
    elif kind not in {"message/delivery-status", "text/rfc822-headers"}:
        data = _payload(message)
        if data:
            found.files.append(File(name or f"piece-{len(found.files) + 1}", data))


def _payload(message: Message) -> bytes:
    """Return a part's bytes, what could be decoded of them; a charset that cannot be one is no charset."""
    try:
        data = message.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AssertionError):
        message.del_param("charset")
        data = None
    if isinstance(data, bytes):
        return data
    plain = message.get_payload()
    return plain.encode("utf-8", "surrogateescape") if isinstance(plain, str) else b""


def _text(message: Message) -> str:
    data, charset = _payload(message), str(message.get_content_charset() or "utf-8")
    for each in (charset, "utf-8"):
        try:
            return _clean(data.decode(each))
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return _clean(data.decode("latin-1"))


def _clean(text: str) -> str:
    """Return a text without what no page shows: control characters, halves of characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs", "Co", "Cn"})


def _line(value: object) -> str:
    """Return a header's value decoded, on one line, of bounded length."""
    if value is None:
        return ""
    text = str(value)
    try:
        text = str(make_header(decode_header(text)))
    except (MessageError, LookupError, UnicodeError, ValueError):  # a charset that is none, too
        text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return " ".join(_clean(text).split())[:LINE_LENGTH]


def _file_name(message: Message) -> str:
    try:
        name = message.get_filename()
    except (ValueError, TypeError, LookupError, UnicodeError):
        name = None
    return _line(name).replace("\\", "/").rsplit("/", 1)[-1].strip()[:200] if name else ""


def _bytes_of(message: Message) -> bytes:
    try:
        return message.as_bytes()
    except (UnicodeError, ValueError, LookupError, TypeError, AttributeError):
        return str(message.get_payload()).encode("utf-8", "replace")


def _facts(message: Message, raw: bytes, return_path: str | None) -> MailFacts:
    name, sender = parseaddr(_line(message.get("From")))
    path = parseaddr(_line(message.get("Return-Path")))[1] if return_path is None else return_path
    report = str(message.get_param("report-type") or "").lower() if _is_report(message) else ""
    report = "" if report and len(report) > 60 else report
    action, status = _delivery(message) if report == DELIVERY_REPORT else ("", "")
    action = _disposition(message) if report == READ_REPORT else action
    reported = bool(report) or not path
    naming = raw[:_REPORT_LENGTH].decode("latin-1") if reported else _naming_headers(message)
    return MailFacts(
        return_path=_line(path),
        sender=_line(sender),
        name=_line(name),
        to=_line(message.get("To")),
        subject=_line(message.get("Subject")),
        sent_at=_date(message.get("Date")),
        header_id=_header_id(message),
        automatic=_line(message.get("Auto-Submitted")).partition(";")[0].strip().lower(),
        precedence=_line(message.get("Precedence")),
        lists=any(message.get(each) for each in ("List-Id", "List-Unsubscribe", "List-Post")),
        suppress=_line(message.get("X-Auto-Response-Suppress")),
        named=tuple(ours_in(naming)[:20]),
        report=report,
        action=action,
        status=status,
        spam=_line(message.get("X-Spam-Flag")).lower() == "yes",
    )


def _header_id(message: Message) -> str:
    """Return the Message-ID, if it is one: it goes back out in our own headers."""
    given = _line(message.get("Message-ID"))
    return given if re.fullmatch(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,250}>", given) else ""


def _is_report(message: Message) -> bool:
    return message.get_content_type() == "multipart/report"


def _naming_headers(message: Message) -> str:
    """Return the headers that name messages, the nearest first: References has it last. Source: RFC 5322, 3.6.4."""
    references = " ".join(reversed(str(message.get("References", "")).split()))
    return f"{message.get('In-Reply-To', '')} {references} {message.get('Message-ID', '')}"


def _date(value: object) -> datetime | None:
    try:
        found = parsedate_to_datetime(str(value)) if value else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if found is None:
        return None
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _delivery(message: Message) -> tuple[str, str]:
    """Return what a delivery report says: the action, and the words of the server. Source: RFC 3464, 2.3."""
    for part in _parts(message):
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in _parts(part):
            action = _line(block.get("Action")).lower()
            if action:
                words = _line(block.get("Diagnostic-Code")) or _line(block.get("Status"))
                return action, f"{_line(block.get('Final-Recipient'))} : {words}"[:LINE_LENGTH]
    return "", ""


def _disposition(message: Message) -> str:
    """Return what became of a message by its reader's own software. Source: RFC 8098, 3.2.6."""
    for part in _parts(message):
        if part.get_content_type() == "message/disposition-notification":
            for block in _parts(part):
                said = _line(block.get("Disposition")).lower()
                if said:
                    return said.partition(";")[2].partition("/")[0].strip()
    return ""


def too_deep() -> Refused:
    """Return the refusal of messages that are within one another without end."""
    return Refused(
        "mail.too_deep",
        "Ce message emboîte trop de messages les uns dans les autres. Envoyez ses pièces directement.",
    )
