"""What an encrypted vault asks of the store that it lies in: to write first, and to name afterwards."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from ged.ports import Stored, Vault


class Draft(Protocol):
    """Bytes on their way into a store: nothing is there until `keep` has returned."""

    def write(self, data: bytes) -> None:
        """Add bytes."""
        ...

    def keep(self, name: str, *, media_type: str) -> Stored:
        """Make what was written durable under a name of 64 hexadecimal digits, unless the name is taken."""
        ...


class Shelf(Vault, Protocol):
    """A vault that also takes bytes under a name that is not their digest."""

    def draft(self) -> AbstractContextManager[Draft]:
        """Begin to write; what was not kept at the end is gone."""
        ...

    def locked_until(self, digest: str) -> datetime | None:
        """Return until when the store locks an object; None where nothing does."""
        ...
