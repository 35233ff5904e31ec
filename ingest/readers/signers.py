"""Whom a signature names, and whether they are to be believed: what judging a PDF and judging CMS share.

Source: ETSI EN 319 102-1 (indications).
"""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

from asn1crypto import crl, pem, x509
from cryptography.x509 import load_der_x509_certificate
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.status import StandardCMSSignatureStatus
from pyhanko_certvalidator import ValidationContext

from ged.mail.arrived_signature import ArrivedSignature, Since
from ged.seal.trust import TrustStore, read_name

UNTRUSTED = frozenset(
    {AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND.name, AdESIndeterminate.CERTIFICATE_CHAIN_GENERAL_FAILURE.name}
)
"""Codes that say no more than that nobody known vouches for the certificate."""


def names_of(certificate: x509.Certificate) -> tuple[str, str]:
    """Return whom a certificate names and who vouches, as people read them; nothing in them commands a screen."""
    try:
        read = load_der_x509_certificate(certificate.dump())
        names = read_name(read.subject), read_name(read.issuer)
    except ValueError:  # a name that a strict reader refuses
        names = certificate.subject.human_friendly, certificate.issuer.human_friendly
    signer, issuer = ("".join(each for each in name if each.isprintable())[:300] for name in names)
    return signer, issuer


def code_of(problem: object) -> str:
    """Return the code of an indication; "" where there is none."""
    return problem.name if isinstance(problem, AdESFailure | AdESIndeterminate) else ""


def is_revoked(status: StandardCMSSignatureStatus, trusted_pem: str, stamped: datetime | None) -> bool:
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


def told_by(status: StandardCMSSignatureStatus, trusted_pem: str) -> ArrivedSignature:
    """Return what a judgement says by itself; `reason` is the code of what is wrong with the certificate alone."""
    (signer, issuer), stamp = names_of(status.signing_cert), status.timestamp_validity
    stamped = stamp.timestamp if stamp and stamp.valid and stamp.trusted else None
    problem = "REVOKED" if is_revoked(status, trusted_pem, stamped) else code_of(status.trust_problem_indic)
    return ArrivedSignature(
        signer=signer,
        issuer=issuer,
        claimed_at=status.signer_reported_dt.isoformat() if status.signer_reported_dt else "",
        stamped_at=stamped.isoformat() if stamped else "",
        intact=bool(status.intact),
        valid=bool(status.valid and (not problem or problem in UNTRUSTED)),
        trusted=bool(status.trusted and not problem),
        since=Since.NOTHING,
        reason=problem,
    )


def context_of(trusted_pem: str, reader: PdfFileReader | None = None) -> ValidationContext:
    """Return what pyHanko judges under: the site's authorities and lists, with those that a PDF brings; no network."""
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
    if reader is not None and "/DSS" in reader.root:
        return DocumentSecurityStore.read_dss(reader).as_validation_context(given)
    return ValidationContext(**given)
