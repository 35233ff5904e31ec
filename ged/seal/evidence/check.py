"""Verifying an evidence record: every token held while the next was made, and the last one holds now.

Source: RFC 4998, 5.3.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from ged.mail.said import Said
from ged.seal.evidence.hashtree import climb
from ged.seal.evidence.record import ArchiveStamp, EvidenceRecord
from ged.seal.timestamp.chain import CheckedToken, check_token


@dataclass(frozen=True, slots=True)
class Lasting:
    """What a record proves: that its data was there at `since`, and until when it goes on proving it unrenewed."""

    since: datetime
    until: datetime
    renewals: int


def check_record(record: EvidenceRecord, data: bytes, roots: Sequence[x509.Certificate], now: datetime) -> Lasting:
    """Return what a record proves of data.

    Raises:
        ValueError: a token does not hold, or one ended before the next took over; the message says which.
    """
    checked: list[CheckedToken] = []
    for number, chain in enumerate(record.chains):
        algorithm = chain[0].algorithm
        digest = hashlib.new(algorithm, data).digest()
        if number:
            digest = EvidenceRecord(record.chains[:number]).rehash_digest(digest, algorithm)
        for stamp in chain:
            if stamp.algorithm != algorithm:
                raise ValueError(Said("une chaîne change d'empreinte"))
            checked.append(_checked(stamp, digest, roots))
            digest = stamp.digest()
    times = [each.token.at for each in checked]
    for number, (each, following) in enumerate(zip(checked, [*times[1:], now], strict=True), 1):
        if following < each.token.at:
            raise ValueError(Said("le jeton %(number)s est plus ancien que celui qu'il renouvelle", number=number + 1))
        if following > each.ends:
            raise ValueError(
                Said(
                    "le jeton %(number)s a pris fin le %(day)s, avant d'être renouvelé",
                    number=number,
                    day=f"{each.ends:%Y-%m-%d}",
                )
            )
    return Lasting(times[0], checked[-1].ends, len(checked) - 1)


def _checked(stamp: ArchiveStamp, digest: bytes, roots: Sequence[x509.Certificate]) -> CheckedToken:
    return check_token(stamp.token, climb(digest, stamp.reduced, stamp.algorithm), roots, stamp.algorithm)
