"""Judging the signatures of a PDF that came in, under the site's own list of authorities; the file is only read.

It runs behind walls, without a network: what was revoked is known by the lists in the file and the site's.

Source: ETSI EN 319 142-1; ISO 32000-2, 12.8; ETSI EN 319 102-1 (indications).
"""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import CMSStructuralError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus

from ged.mail.arrived_signature import ArrivedSignature, Since
from ingest.readers.signers import context_of, told_by

MOST = 50
"""Signatures of one file that are judged: a letter has a few."""
_SINCE = {
    ModificationLevel.NONE: Since.NOTHING,
    ModificationLevel.LTA_UPDATES: Since.PROOFS,
    ModificationLevel.FORM_FILLING: Since.FORMS,
    ModificationLevel.ANNOTATIONS: Since.NOTES,
}


def pdf_signatures(file: Path, trusted_pem: str) -> list[ArrivedSignature]:
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


def _judged(reader: PdfFileReader, found: EmbeddedPdfSignature, trusted_pem: str) -> ArrivedSignature:
    try:
        context = context_of(trusted_pem, reader)
        status: PdfSignatureStatus = validate_pdf_signature(found, context)
    except (SignatureValidationError, CMSStructuralError, PdfError, ValueError) as error:
        return ArrivedSignature("", "", "", "", False, False, False, Since.OTHER, type(error).__name__)
    told, level = told_by(status, trusted_pem), status.modification_level or ModificationLevel.OTHER
    return replace(
        told,
        intact=told.intact and level is not ModificationLevel.OTHER,
        since=_SINCE.get(level, Since.OTHER),
        reason=_reason(status, level, told.reason),
    )


def _reason(status: PdfSignatureStatus, level: ModificationLevel, problem: str) -> str:
    if not status.intact:
        return "HASH_FAILURE"
    return "CHANGED_AFTER_SIGNING" if level is ModificationLevel.OTHER else problem
