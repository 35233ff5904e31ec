"""A stream copied into a draft, digested on the way."""

from __future__ import annotations

import hashlib
from typing import BinaryIO

from ged.store.vault.limits import too_large
from ged.store.vault.shelf import Draft

CHUNK = 1 << 20


def copied(stream: BinaryIO, draft: Draft, limit_bytes: int | None) -> str:
    """Write a stream into a draft and return its SHA-256.

    Raises:
        Refused: `capture.too_large`.
    """
    hasher, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if limit_bytes is not None and size > limit_bytes:
            raise too_large(limit_bytes)
        hasher.update(chunk)
        draft.write(chunk)
    return hasher.hexdigest()
