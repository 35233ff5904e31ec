"""The evidence of an entry: its bytes, the way from it to a head that others vouch for, and what they gave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ged.errors import NotFound
from ged.mail.anchor import LogAnchor
from ged.ports import Ledger
from ged.seal.log import TileLog
from ged.seal.note import Proof, write_proof
from ged.store.unit import Store


@dataclass(frozen=True, slots=True)
class LeafEvidence:
    """Everything that a stranger needs to check an entry, beside the public keys.

    Attributes:
        path: From the entry to the root of the anchor's head.
        anchor: The first head holding the entry that has a token, else the first that a witness signed.
        earlier: When the last head *without* the entry was stamped: it was logged after that. None when there is none.
        record: The evidence record (RFC 4998, DER) of the checkpoint, empty while its token was never renewed.
    """

    log: str
    index: int
    leaf: bytes
    path: tuple[bytes, ...]
    anchor: LogAnchor
    earlier: datetime | None
    record: bytes

    @property
    def proof(self) -> str:
        """The proof as a file (C2SP tlog-proof), with the cosigned checkpoint."""
        return write_proof(Proof(self.index, self.path, self.anchor.cosigned_note.decode()))

    @property
    def stamped_at(self) -> datetime | None:
        """The time that counts: that of the token; None while it waits."""
        return self.anchor.stamp.at if self.anchor.stamp else None


def evidence_of(index: int, log: str, *, ledger: Ledger | TileLog, store: Store) -> LeafEvidence | None:
    """Return the evidence of the entry at an index of a log; None while nobody outside has vouched for it.

    A head that the log has not grown to vouches for nothing: an audit tells that the database has one.

    Raises:
        NotFound: `ledger.unknown`, the log is shorter.
        Corrupt: the log on disk is not the one that was signed.
    """
    leaf = ledger.entry(index)
    with store.unit() as unit:
        anchor, before = unit.anchors.covering(log, index), unit.anchors.before(log, index)
        record = unit.evidence_records.of(log, anchor.size) if anchor else b""
    if anchor is None:
        return None
    try:
        path = tuple(ledger.inclusion(index, anchor.size))
    except NotFound:
        return None
    earlier = before.stamp.at if before and before.stamp else None
    return LeafEvidence(log, index, leaf, path, anchor, earlier, record)
