"""CMS files: a signature with what it covers inside, or beside it, and what was closed for somebody else to open.

Files come as DER, BER of indefinite length (what S/MIME programs write) or PEM. Source: RFC 5652, RFC 5083, RFC 7468.
"""

from __future__ import annotations

import re
from pathlib import Path

from asn1crypto import cms, core, pem

from ged.errors import Refused
from ged.mail.arrived_signature import BESIDE, ENCLOSING
from ingest.readers.limits import damaged

MIME_TYPES = frozenset({ENCLOSING, "application/x-pkcs7-mime"})
BESIDE_TYPES = frozenset({BESIDE, "application/x-pkcs7-signature"})
_HEAD = re.compile(
    rb"\x30(?:[\x00-\x80]|\x81.|\x82..|\x83...|\x84....)\x06"
    rb"(?:\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07[\x02\x03]|\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17)",
    re.DOTALL,
)
_PEM = re.compile(rb"\s{0,20}-----BEGIN (?:PKCS7|CMS|PKCS #7 SIGNED DATA)-----")
_CLOSED = frozenset({"enveloped_data", "authenticated_enveloped_data", "encrypted_data"})
STUMBLES = (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError, NotImplementedError)
"""What a parser of ASN.1 raises for hostile bytes."""


def bid(_path: Path, head: bytes) -> int:
    """Return how sure the bytes are signed data or an envelope: their first field names which."""
    return 95 if _HEAD.match(head) or _PEM.match(head) else 0


def signed_data(data: bytes) -> cms.SignedData:
    """Return what a file of signed data says, none of it verified.

    Raises:
        Refused: `capture.encrypted`, it is closed for somebody else; `capture.damaged`, it does not read.
    """
    try:
        if _PEM.match(data):
            data = pem.unarmor(data)[2]
        info = cms.ContentInfo.load(data)
        kind = info["content_type"].native
        if kind == "signed_data":
            return info["content"]
    except STUMBLES as error:
        raise damaged(str(error)) from error
    if kind in _CLOSED:
        raise Refused(
            "capture.encrypted",
            "Ce fichier est chiffré pour son destinataire : sans sa clé, personne ne peut le lire. Demandez le "
            "document à l'expéditeur, ou faites-le ouvrir par le destinataire.",
        )
    raise damaged(f"CMS of type {kind}")


def enclosed(signed: cms.SignedData) -> bytes | None:
    """Return what lies in signed data; None for a signature that lies beside its document.

    Raises:
        Refused: `capture.damaged`.
    """
    try:
        content = signed["encap_content_info"]["content"]
        return None if isinstance(content, core.Void) else bytes(content)
    except STUMBLES as error:
        raise damaged(str(error)) from error
