"""The leaf: what the log says of an original, as canonical JSON (sorted keys, no space, UTF-8)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Leaf:
    """One event of one document.

    Attributes:
        sha256: Of the original; `p7s_sha256` of its signature file, since CMS lets some bits be flipped.
        version: The store's version identifier, "" where there is none.
        time: ISO 8601, UTC, as claimed by the installation; the log's heads bound it.
    """

    document: str
    sha256: str
    size: int
    p7s_sha256: str
    version: str
    event: str
    actor: str
    time: str

    def encode(self) -> bytes:
        """Return the one encoding of this leaf."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @classmethod
    def decode(cls, data: bytes) -> Leaf:
        """Return the leaf that these bytes are the encoding of.

        Raises:
            ValueError: they are not the canonical encoding of a leaf.
        """
        try:
            leaf = cls(**json.loads(data))
        except (TypeError, UnicodeDecodeError) as error:
            raise ValueError("not a leaf") from error
        if leaf.encode() != data:
            raise ValueError("not the canonical encoding")
        return leaf
