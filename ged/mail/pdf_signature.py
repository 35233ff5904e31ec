"""Signatures found in a PDF that came in: three answers apart, since each can be no while the others are yes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self


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


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was said of a file's signatures when it came in: what was known of authorities and revocations that day.

    Attributes:
        at: When they were judged.
        listed: Whether the site had a list of authorities then.
        found: The signatures, first to last.
        why: Why they were not judged, a sentence; "" when they were.
    """

    at: datetime
    listed: bool
    found: tuple[PdfSignature, ...]
    why: str = ""

    def written(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self) | {"at": self.at.isoformat(), "found": [asdict(each) for each in self.found]}

    @classmethod
    def read(cls, written: dict[str, Any]) -> Self:
        """Return what `written` gave."""
        found = tuple(PdfSignature(**(each | {"since": Since(each["since"])})) for each in written["found"])
        return cls(datetime.fromisoformat(written["at"]), written["listed"], found, written["why"])
