"""Signatures found in a PDF that came in: three answers apart, since each can be no while the others are yes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Since(StrEnum):
    """What was added to the file after the signature."""

    NOTHING = "rien"
    PROOFS = "preuves"
    FORMS = "formulaire"
    NOTES = "annotations"
    OTHER = "autre"


@dataclass(frozen=True, slots=True)
class PdfSignature:
    """What is to be said of one signature of a PDF.

    Attributes:
        signer: Who its certificate names; `issuer` who vouches for them.
        claimed_at: When it says it was made, ISO 8601, "" when it does not; `stamped_at` what a time-stamp in it says.
        intact: Whether the bytes that it covers are those that were signed, and what came after is no change of them.
        valid: Whether its cryptography holds, by a certificate that was neither ended nor revoked.
        trusted: Whether that certificate leads to an authority of the site's list.
        since: What was added after it.
        reason: Why the last of the three that is no is no, in pyHanko's word; "" where all are yes.
    """

    signer: str
    issuer: str
    claimed_at: str
    stamped_at: str
    intact: bool
    valid: bool
    trusted: bool
    since: Since
    reason: str
