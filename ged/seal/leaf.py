"""The leaf: what the log says of an original, as canonical JSON (sorted keys, no space, UTF-8).

Two formats stand side by side in one log. The first names the original by its SHA-256. The second, for a
confidential document, by SHA-256(salt, SHA-256 of the original): who has no salt can neither recognise nor confirm
the document, and when the salt is destroyed nobody can.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from typing import NamedTuple

from ged.mail.said import Said

DISPOSAL = "elimination"
"""The event of a leaf that says that a disposal destroyed a document: from then on its original is not missing."""

SALT_BYTES = 32
_BLINDED = 2
_SAID = ("document", "size", "p7s_sha256", "version", "event", "actor", "time")
_LARGEST = 2**63
"""A file has fewer bytes: what SQLite and PostgreSQL count with."""
_TEXTS = ("sha256", *(name for name in _SAID if name != "size"))
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
_PLAIN = re.compile(
    '{"actor":"%s","document":"%s","event":"%s","p7s_sha256":"%s","sha256":"%s","size":(0|[1-9][0-9]{0,17}),'
    '"time":"%s","version":"%s"}' % ((r'([^"\\\x00-\x1f]*)',) * 7)
)
"""The one encoding of a leaf of the first format none of whose values JSON escapes: an audit reads millions of them."""


def blind(digest: str, salt: bytes) -> str:
    """Return the blinded digest: SHA-256 over the salt followed by the 32 bytes of the digest, hexadecimal."""
    return hashlib.sha256(salt + bytes.fromhex(digest)).hexdigest()


class Leaf(NamedTuple):
    """One event of one document; a tuple, since an audit makes millions: decoded in two thirds of a dataclass's time.

    Attributes:
        sha256: Of the original, or, where `blinded`, its blinded digest; `p7s_sha256` of its signature file, since
            CMS lets some bits be flipped.
        version: The store's version identifier, "" where there is none.
        time: ISO 8601, UTC, as claimed by the installation; the log's heads bound it.
        blinded: Whether `sha256` can be told from the original only with its salt.
    """

    document: str
    sha256: str
    size: int
    p7s_sha256: str
    version: str
    event: str
    actor: str
    time: str
    blinded: bool = False

    def is_of(self, digest: str, salt: bytes = b"") -> bool:
        """Whether it is the leaf of the document of that SHA-256; a blinded one needs its salt."""
        if not self.blinded:
            return self.sha256 == digest
        return len(salt) == SALT_BYTES and self.sha256 == blind(digest, salt)

    def disposed(self, actor: str, at: datetime) -> Leaf:
        """Return the leaf to be logged before the document of this one is destroyed: all it says of it stays said."""
        return self._replace(event=DISPOSAL, actor=actor, time=at.isoformat())

    @property
    def subject(self) -> tuple[str, str, bool, str]:
        """What a leaf shares with that of its disposal: the document, its digest or blinded one, its signature."""
        return self.document, self.sha256, self.blinded, self.p7s_sha256

    def encode(self) -> bytes:
        """Return the one encoding of this leaf; a blinded one has `format` 2 and `blinded_sha256` for `sha256`."""
        fields: dict[str, str | int] = {name: getattr(self, name) for name in _SAID}
        fields |= {"format": _BLINDED, "blinded_sha256": self.sha256} if self.blinded else {"sha256": self.sha256}
        return _canonical(fields).encode()

    @classmethod
    def decode(cls, data: bytes) -> Leaf:
        """Return the leaf that these bytes are the encoding of, in either format.

        Raises:
            ValueError: they are not the canonical encoding of a leaf.
        """
        try:
            text = data.decode()
            if plain := _PLAIN.fullmatch(text):
                actor, document, event, p7s_sha256, sha256, size, time, version = plain.groups()
                return cls(document, sha256, int(size), p7s_sha256, version, event, actor, time)
            fields = json.loads(text)
            if "format" in fields:
                blinded = {"sha256": fields.pop("blinded_sha256"), "blinded": fields.pop("format") == _BLINDED}
                fields |= blinded
            leaf = cls(**fields)
        except (TypeError, KeyError, AttributeError, UnicodeDecodeError, RecursionError) as error:
            raise ValueError(Said("ce n'est pas une inscription")) from error
        if not all(isinstance(getattr(leaf, name), str) for name in _TEXTS):
            raise ValueError(Said("ce n'est pas une inscription"))
        if type(leaf.size) is not int or not 0 <= leaf.size < _LARGEST:
            raise ValueError(Said("ce n'est pas l'inscription d'un fichier"))
        if leaf.encode() != data:
            raise ValueError(Said("ce n'est pas l'écriture canonique"))
        return leaf
