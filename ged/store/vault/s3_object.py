"""An object of an S3 store, read from its body as it comes, and by ranges where somebody reads from another place."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, FlexibleChecksumError

from ged.errors import Unavailable

_TRIES = 3
"""A body that breaks off is asked for again from there: a store drops what is read slowly."""


class S3Object(io.RawIOBase):
    """Reads one object; nothing of it is kept in memory or on the disk.

    Args:
        fetch: Gives the body of the object from a place on.
        body: Its body from the beginning, already asked for; `size` its length in bytes.
    """

    def __init__(self, fetch: Callable[[int], Any], body: Any, size: int) -> None:
        super().__init__()
        self._fetch, self._size = fetch, size
        self._body: Any = body
        self._at = self._body_at = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True: the rest is asked for from there."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place and return it; nothing is asked for before something is read there."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("a place before the beginning")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer, with less where less came.

        Raises:
            Unavailable: `vault.unavailable`.
        """
        if self._at >= self._size or not len(buffer):
            return 0
        data = self._read(len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        self._body_at = self._at
        return len(data)

    def close(self) -> None:
        """Give the connection back."""
        self._drop()
        super().close()

    def _read(self, most: int) -> bytes:
        why = "the body ended early"
        for _ in range(_TRIES):
            try:
                if self._body is None or self._body_at != self._at:
                    self._drop()
                    self._body, self._body_at = self._fetch(self._at), self._at
                if data := bytes(self._body.read(most)):
                    return data
            except FlexibleChecksumError as error:
                raise unavailable(str(error)) from error
            except (BotoCoreError, ClientError) as error:
                why = str(error)
            self._drop()
        raise unavailable(why)

    def _drop(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None


def unavailable(reason: str) -> Unavailable:
    """Return what to say of a store that does not answer."""
    return Unavailable(
        "vault.unavailable",
        "Le coffre ne répond pas. Rien n'est perdu : gardez le fichier et réessayez dans un instant.",
        reason=reason,
    )
