"""The antivirus at the door: before anything is opened or kept, and what it finds goes to the quarantine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from ged.mail.quarantine import Infected
from ged.ports import Antivirus
from ged.store.quarantine import QuarantineFolder


@dataclass(frozen=True, slots=True)
class Screen:
    """Lets pass what the antivirus finds nothing in."""

    antivirus: Antivirus
    folder: QuarantineFolder

    def check(self, stream: BinaryIO) -> None:
        """Let a file pass, or put its bytes aside; whoever notes the refusal writes down whose they are.

        Raises:
            Infected: `capture.infected`.
            Unavailable: `antivirus.unavailable`; the file stays with its sender.
        """
        stream.seek(0)
        signature = self.antivirus.scan(stream)
        if signature is not None:
            stream.seek(0)
            raise Infected(signature, *self.folder.put(stream))
        stream.seek(0)
