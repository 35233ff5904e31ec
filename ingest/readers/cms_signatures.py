"""Judging signatures that are not of a PDF: of a document enclosed or beside (CMS, CAdES), of an e-mail (S/MIME).

It runs behind walls, without a network, under the site's own list of authorities; files are only read.

Source: RFC 5652; RFC 8551, 3.5 (signed messages), 3.1.1 (lines end with CR LF where they were signed);
ETSI EN 319 102-1 (indications).
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from pathlib import Path

from asn1crypto import cms, core
from pyhanko.sign.general import CMSExtractionError, CMSStructuralError
from pyhanko.sign.validation import async_validate_detached_cms
from pyhanko.sign.validation.errors import DisallowedAlgorithmError, SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints

from ged.errors import Refused
from ged.mail.arrived_signature import (
    BESIDE,
    ENCLOSING,
    MESSAGE,
    NO_DOCUMENT,
    PDF,
    UNREADABLE,
    ArrivedSignature,
    Bearer,
    Since,
)
from ingest.readers import mime
from ingest.readers.cms import MIME_TYPES, STUMBLES, enclosed, signed_data
from ingest.readers.pdf_signatures import MOST, pdf_signatures
from ingest.readers.signers import context_of, told_by

_SIGNERS = 10
_MAY_SIGN = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
"""Certificates of people who sign messages have one of the two, seldom both."""


def signatures_in(files: Sequence[tuple[Bearer, Path]], trusted_pem: str) -> list[ArrivedSignature]:
    """Return what is to be said of every signature in the files of a letter, in their order.

    Args:
        files: The original and its pieces, so far as they may carry a signature.
        trusted_pem: The site's authorities, and lists of revoked certificates, PEM.
    """
    logging.disable(logging.CRITICAL)
    found = list[ArrivedSignature]()
    for one, path in files:
        judged = list(_of_one(one, path, files, trusted_pem))
        found += [replace(each, of=one.name) for each in judged]
        if len(found) >= MOST:
            break
    return found[:MOST]


def _of_one(
    one: Bearer, path: Path, files: Sequence[tuple[Bearer, Path]], trusted_pem: str
) -> Iterator[ArrivedSignature]:
    if one.media_type == PDF:
        yield from pdf_signatures(path, trusted_pem)
        return
    try:
        if one.media_type == MESSAGE:
            for signed, covered in _in_message(path.read_bytes()):
                yield from _first_intact(signed, covered, trusted_pem)
        elif one.media_type == ENCLOSING:
            signed = signed_data(path.read_bytes())
            yield from _judged(signed, enclosed(signed) or b"", trusted_pem)
        elif one.media_type == BESIDE:
            yield from _beside(one, signed_data(path.read_bytes()), files, trusted_pem)
    except Refused:  # a signature that does not read, in a file that could be kept
        yield _unread()


def _beside(
    one: Bearer, signed: cms.SignedData, files: Sequence[tuple[Bearer, Path]], trusted_pem: str
) -> list[ArrivedSignature]:
    """Judge a signature by the document of its name; where there is none, by whichever beside it was signed."""
    others = [(each, path) for each, path in files if each.parent == one.parent and each.rank and each.rank != one.rank]
    stem = one.name.rpartition(".")[0].lower()
    for each, path in others:
        if stem and each.name.lower() == stem:
            return _judged(signed, path.read_bytes(), trusted_pem)
    for each, path in others:
        found = _judged(signed, path.read_bytes(), trusted_pem) if each.media_type != BESIDE else []
        if found and found[0].intact:
            return found
    return [replace(_unread(), reason=NO_DOCUMENT)]


def _first_intact(signed: cms.SignedData, covered: Sequence[bytes], trusted_pem: str) -> list[ArrivedSignature]:
    """Judge by the form of the covered bytes that was signed; by the last, which the norm names, where none was."""
    found = list[ArrivedSignature]()
    for each in covered:
        found = _judged(signed, each, trusted_pem)
        if found and found[0].intact:
            break
    return found


def _in_message(raw: bytes) -> Iterator[tuple[cms.SignedData, tuple[bytes, ...]]]:
    """Yield the signed data of a message with the bytes that it covers, in the forms that they may have been signed in.

    What is attached as a message is a piece of its own, judged by itself.

    Raises:
        Refused: `capture.damaged`, a signature does not read.
    """
    waiting = [BytesParser(policy=compat32).parsebytes(raw)]
    while waiting:
        part = waiting.pop(0)
        if (parts := mime.signed_parts(part)) is not None:
            covered = _between(raw, str(part.get_boundary() or "").encode("utf-8", "surrogateescape"))
            yield signed_data(_payload(parts[1])), covered
            waiting.insert(0, parts[0])
        elif part.get_content_type() == mime.MEDIA_TYPE:
            continue
        elif part.get_content_type() in MIME_TYPES:
            opened = mime.enclosed_entity(part)
            if opened is not None:
                yield signed_data(_payload(part)), (opened,)
                yield from _in_message(opened)
        elif part.is_multipart():
            waiting += [each for each in part.get_payload() if isinstance(each, Message)]


def _between(raw: bytes, boundary: bytes) -> tuple[bytes, ...]:
    """Return the first part of a multipart as it lies in the message, and with the ends of lines of the norm."""
    mark = b"--" + re.escape(boundary)
    found = re.search(rb"(?:\A|\n)" + mark + rb"[ \t]*\r?\n(.*?)\r?\n" + mark, raw, re.DOTALL)
    lying = found[1] if found else b""
    return lying, re.sub(rb"\r?\n", b"\r\n", lying)


def _payload(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _judged(signed: cms.SignedData, covered: bytes, trusted_pem: str) -> list[ArrivedSignature]:
    """Return what is to be said of each who signed."""
    try:
        infos = list(signed["signer_infos"])[:_SIGNERS]
        return [_by_one(signed, each, covered, trusted_pem) for each in infos] or [_unread()]
    except STUMBLES:
        return [_unread()]


def _by_one(signed: cms.SignedData, info: cms.SignerInfo, covered: bytes, trusted_pem: str) -> ArrivedSignature:
    context = context_of(trusted_pem)
    try:
        alone = _alone(signed, info)
        status = asyncio.run(async_validate_detached_cms(covered, alone, context, key_usage_settings=_MAY_SIGN))
    except DisallowedAlgorithmError:
        return replace(_unread(), reason="CRYPTO_CONSTRAINTS_FAILURE")
    except (SignatureValidationError, CMSStructuralError, CMSExtractionError) as error:
        return replace(_unread(), reason=type(error).__name__)
    told = told_by(status, trusted_pem)
    if not told.intact:
        return replace(told, since=Since.OTHER, reason="HASH_FAILURE")
    return told if status.valid or told.reason else replace(told, reason="SIG_CRYPTO_FAILURE")


def _alone(signed: cms.SignedData, info: cms.SignerInfo) -> cms.SignedData:
    """Return signed data of one who signed, its content beside it: pyHanko judges no other."""
    fields = {"version": signed["version"], "digest_algorithms": signed["digest_algorithms"]}
    fields |= {name: signed[name] for name in ("certificates", "crls") if not isinstance(signed[name], core.Void)}
    kind = {"content_type": signed["encap_content_info"]["content_type"]}
    return cms.SignedData(fields | {"encap_content_info": kind, "signer_infos": [info]})


def _unread() -> ArrivedSignature:
    return ArrivedSignature("", "", "", "", False, False, False, Since.OTHER, UNREADABLE)
