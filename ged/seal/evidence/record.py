"""Evidence records: a token, the tokens that renewed it, and the hash-trees that let one token renew many.

Source: RFC 4998, 3.1 (EvidenceRecord), 4.1 (ArchiveTimeStamp), 5.1 (chains). Bouncy Castle is the oracle in the tests.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from ged.mail.said import Said
from ged.seal.der import CONTEXT_0, INTEGER, OCTETS, SEQUENCE, Value, decode, encode
from ged.seal.evidence.hashtree import Reduced
from ged.seal.timestamp.request import DIGESTS

_CONTEXT_2 = 0xA2
_NAMES = {value: name for name, value in DIGESTS.items()}


@dataclass(frozen=True, slots=True)
class ArchiveStamp:
    """One token (CMS ContentInfo, DER) over the root that a digest leads to.

    Attributes:
        reduced: The way from the digest to the root; empty when the token covers the digest itself.
    """

    token: bytes
    algorithm: str
    reduced: Reduced = ()

    def encode(self) -> bytes:
        """Return the ArchiveTimeStamp."""
        groups = (encode(SEQUENCE, *(encode(OCTETS, each) for each in sorted(group))) for group in self.reduced)
        algorithm = encode(CONTEXT_0, DIGESTS[self.algorithm])
        return encode(SEQUENCE, algorithm, encode(_CONTEXT_2, *groups) if self.reduced else b"", self.token)

    def digest(self) -> bytes:
        """Return what a renewal covers: the hash of the token, as the next of its chain must hold it."""
        return hashlib.new(self.algorithm, self.token).digest()


Chain = tuple[ArchiveStamp, ...]
"""Tokens of one digest algorithm, each renewing the one before."""


@dataclass(frozen=True, slots=True)
class EvidenceRecord:
    """The chains, the oldest first: a new chain takes over when a digest algorithm grows weak."""

    chains: tuple[Chain, ...]

    @property
    def last(self) -> ArchiveStamp:
        """The token that keeps the rest alive."""
        return self.chains[-1][-1]

    @property
    def stamps(self) -> tuple[ArchiveStamp, ...]:
        """Every token, in order."""
        return tuple(stamp for chain in self.chains for stamp in chain)

    def encode(self) -> bytes:
        """Return the EvidenceRecord (DER)."""
        algorithms = dict.fromkeys(stamp.algorithm for stamp in self.stamps)
        listed = encode(SEQUENCE, *(encode(SEQUENCE, DIGESTS[name]) for name in algorithms))
        return encode(SEQUENCE, encode(INTEGER, b"\x01"), listed, self.sequence())

    def sequence(self) -> bytes:
        """Return the ArchiveTimeStampSequence, what a renewal of the hash-tree covers."""
        return encode(SEQUENCE, *(encode(SEQUENCE, *(stamp.encode() for stamp in chain)) for chain in self.chains))

    def renewed(self, stamp: ArchiveStamp) -> EvidenceRecord:
        """Return the record with a token that covers the last one (RFC 4998, 5.2: time-stamp renewal)."""
        return EvidenceRecord((*self.chains[:-1], (*self.chains[-1], stamp)))

    def rehashed(self, stamp: ArchiveStamp) -> EvidenceRecord:
        """Return the record with a chain of a stronger digest (RFC 4998, 5.2: hash-tree renewal)."""
        return EvidenceRecord((*self.chains, (stamp,)))

    def rehash_digest(self, data_digest: bytes, algorithm: str) -> bytes:
        """Return what a hash-tree renewal covers: the data's new digest with that of all the chains."""
        chains = hashlib.new(algorithm, self.sequence()).digest()
        return hashlib.new(algorithm, data_digest + chains).digest()

    @classmethod
    def decode(cls, data: bytes) -> EvidenceRecord:
        """Return the record that these bytes are the encoding of.

        Raises:
            ValueError: they are not, or not as we write them.
        """
        try:
            parts = decode(data).children()
            record = cls(tuple(tuple(_stamp(one) for one in chain.children()) for chain in parts[-1].children()))
        except (IndexError, KeyError) as error:
            raise ValueError(Said("ce n'est pas une preuve d'archive (evidence record)")) from error
        if not record.chains or not all(record.chains) or record.encode() != data:
            raise ValueError(Said("ce n'est pas une preuve d'archive (evidence record)"))
        return record


def _stamp(value: Value) -> ArchiveStamp:
    parts = value.children()
    algorithm = _NAMES[parts[0].children()[0].whole]
    groups = parts[1].children() if parts[1].tag == _CONTEXT_2 else []
    reduced = tuple(tuple(one.content for one in group.children()) for group in groups)
    return ArchiveStamp(parts[-1].whole, algorithm, reduced)
