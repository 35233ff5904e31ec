"""Signatures found in what came in: a PDF, a signed document, an e-mail.

Each gets three answers apart, since each can be no while the others are yes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from ged.mail.electronic import Piece

PDF, MESSAGE = "application/pdf", "message/rfc822"
ENCLOSING, BESIDE = "application/pkcs7-mime", "application/pkcs7-signature"
"""A signature with its document in it (.p7m), and one that lies beside it (.p7s)."""
BEARING = frozenset({PDF, MESSAGE, ENCLOSING, BESIDE})
NO_DOCUMENT, UNREADABLE = "NO_DOCUMENT", "UNREADABLE"
"""Why nothing could be asked of a signature."""


class Since(StrEnum):
    """What was added to the file after the signature."""

    NOTHING = "rien"
    PROOFS = "preuves"
    FORMS = "formulaire"
    NOTES = "annotations"
    OTHER = "autre"


@dataclass(frozen=True, slots=True)
class ArrivedSignature:
    """What is to be said of one signature.

    Attributes:
        signer: Who its certificate names; `issuer` who vouches for them.
        claimed_at: When it says it was made, ISO 8601, "" when it does not; `stamped_at` what a time-stamp in it says.
        intact: Whether the bytes that it covers are those that were signed, and what came after is no change of them.
        valid: Whether its cryptography holds, by a certificate that was neither ended nor revoked.
        trusted: Whether that certificate leads to an authority of the site's list.
        since: What was added after it.
        reason: Why the last of the three that is no is no, in pyHanko's word; "" where all are yes. `NO_DOCUMENT` and
            `UNREADABLE`: none was asked.
        of: The name of the piece that carries it; "" for the original itself.
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
    of: str = ""


@dataclass(frozen=True, slots=True)
class Bearer:
    """A file among those of a letter that may carry a signature, or be what one beside it covers.

    Attributes:
        rank: 0 for the original itself; `parent` the rank of what holds it.
    """

    digest: str
    name: str
    media_type: str
    rank: int = 0
    parent: int | None = None


def bearers(original: str, media_type: str, pieces: Sequence[Piece]) -> tuple[Bearer, ...]:
    """Return the files of a letter that may carry a signature, and those that lie beside a signature alone."""
    beside = {each.parent for each in pieces if each.media_type == BESIDE}
    found = [Bearer(original, "", media_type)] if media_type in BEARING else []
    found += [
        Bearer(each.digest, each.name, each.media_type, each.rank, each.parent)
        for each in pieces
        if each.media_type in BEARING or each.parent in beside
    ]
    return tuple(found)


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
    found: tuple[ArrivedSignature, ...]
    why: str = ""

    def written(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self) | {"at": self.at.isoformat(), "found": [asdict(each) for each in self.found]}

    @classmethod
    def read(cls, written: dict[str, Any]) -> Self:
        """Return what `written` gave."""
        found = tuple(ArrivedSignature(**(each | {"since": Since(each["since"])})) for each in written["found"])
        return cls(datetime.fromisoformat(written["at"]), written["listed"], found, written["why"])
