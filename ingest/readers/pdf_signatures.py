"""Judging the signatures of a PDF that came in, under the site's own list of authorities; the file is only read.

It runs behind walls, without a network: what was revoked is known by the lists in the file and the site's.

Source: ETSI EN 319 142-1; ISO 32000-2, 12.8; ETSI EN 319 102-1 (indications).
"""

from __future__ import annotations

import logging
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from asn1crypto import crl, pem, x509
from cryptography.x509 import load_der_x509_certificate
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import CMSStructuralError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from ged.mail.pdf_signature import PdfSignature, Since
from ged.seal.trust import TrustStore, read_name

MOST = 50
"""Signatures of one file that are judged: a letter has a few."""
_SINCE = {
    ModificationLevel.NONE: Since.NOTHING,
    ModificationLevel.LTA_UPDATES: Since.PROOFS,
    ModificationLevel.FORM_FILLING: Since.FORMS,
    ModificationLevel.ANNOTATIONS: Since.NOTES,
}
_UNTRUSTED = frozenset(
    {AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND.name, AdESIndeterminate.CERTIFICATE_CHAIN_GENERAL_FAILURE.name}
)


def pdf_signatures(file: Path, trusted_pem: str) -> list[PdfSignature]:
    """Return what is to be said of each signature of a PDF, first to last; none where it has none or is no PDF.

    Args:
        file: The PDF.
        trusted_pem: The site's authorities, and lists of revoked certificates, PEM.
    """
    logging.disable(logging.CRITICAL)
    with file.open("rb") as stream:
        try:
            reader = PdfFileReader(stream, strict=False)
            return [_judged(reader, each, trusted_pem) for each in reader.embedded_regular_signatures[:MOST]]
        except (PdfError, ValueError, LookupError, TypeError, RecursionError):  # hostile: a file that is none has none
            return []


def _judged(reader: PdfFileReader, found: EmbeddedPdfSignature, trusted_pem: str) -> PdfSignature:
    try:
        context = _context(reader, trusted_pem)
        status: PdfSignatureStatus = validate_pdf_signature(found, context)
    except (SignatureValidationError, CMSStructuralError, PdfError, ValueError) as error:
        return PdfSignature("", "", "", "", False, False, False, Since.OTHER, type(error).__name__)
    (signer, issuer), stamp = _names(status.signing_cert), status.timestamp_validity
    level = status.modification_level or ModificationLevel.OTHER
    stamped = stamp.timestamp if stamp and stamp.valid and stamp.trusted else None
    problem = "REVOKED" if _revoked(status, trusted_pem, stamped) else _named(status.trust_problem_indic)
    return PdfSignature(
        signer=signer,
        issuer=issuer,
        claimed_at=status.signer_reported_dt.isoformat() if status.signer_reported_dt else "",
        stamped_at=stamped.isoformat() if stamped else "",
        intact=bool(status.intact and level is not ModificationLevel.OTHER),
        valid=bool(status.valid and (not problem or problem in _UNTRUSTED)),
        trusted=bool(status.trusted and not problem),
        since=_SINCE.get(level, Since.OTHER),
        reason=_reason(status, level, problem),
    )


def _names(certificate: x509.Certificate) -> tuple[str, str]:
    """Return whom a certificate names and who vouches, as people read them; nothing in them commands a screen."""
    try:
        read = load_der_x509_certificate(certificate.dump())
        names = read_name(read.subject), read_name(read.issuer)
    except ValueError:  # a name that a strict reader refuses
        names = certificate.subject.human_friendly, certificate.issuer.human_friendly
    signer, issuer = ("".join(each for each in name if each.isprintable())[:300] for name in names)
    return signer, issuer


def _reason(status: PdfSignatureStatus, level: ModificationLevel, problem: str) -> str:
    if not status.intact:
        return "HASH_FAILURE"
    return "CHANGED_AFTER_SIGNING" if level is ModificationLevel.OTHER else problem


def _named(problem: object) -> str:
    return problem.name if isinstance(problem, AdESFailure | AdESIndeterminate) else ""


def _revoked(status: PdfSignatureStatus, trusted_pem: str, stamped: datetime | None) -> bool:
    """Whether the site's lists hold a certificate of the path: pyHanko asks only where a certificate says where to ask.

    Only a proved time outlives a revocation: whoever stole a key would claim the day before.
    """
    if status.validation_path is None:
        return False
    believed = TrustStore.from_pem(trusted_pem.encode())
    path = [load_der_x509_certificate(each.dump()) for each in status.validation_path.iter_certs(include_root=True)]
    for issuer, one in pairwise(path):
        gone = believed.revocation(one, issuer)
        if gone is not None and not (stamped and stamped < gone.at):
            return True
    return False


def _context(reader: PdfFileReader, trusted_pem: str) -> ValidationContext:
    roots: list[x509.Certificate] = []
    lists: list[crl.CertificateList] = []
    for kind, _, der in pem.unarmor(trusted_pem.encode(), multiple=True) if trusted_pem.strip() else ():
        if kind == "CERTIFICATE":
            roots.append(x509.Certificate.load(der))
        elif kind == "X509 CRL":
            lists.append(crl.CertificateList.load(der))
    given: dict[str, Any] = {
        "trust_roots": roots,
        "crls": lists,
        "allow_fetching": False,
        "revocation_mode": "soft-fail",
    }
    if "/DSS" in reader.root:
        return DocumentSecurityStore.read_dss(reader).as_validation_context(given)
    return ValidationContext(**given)
