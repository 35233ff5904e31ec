"""Quarantine: a file in which the antivirus found something. It is in no register and no vault, and nobody opens it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ged.errors import Refused

_REASON_LENGTH = 500


class Infected(Refused):
    """A file was refused for what the antivirus found in it; its bytes are in the quarantine under their digest."""

    def __init__(self, signature: str, digest: str, size: int) -> None:
        super().__init__(
            "capture.infected",
            "L'antivirus a trouvé un programme malveillant dans ce fichier : il est refusé et mis en quarantaine, et "
            "rien n'est enregistré. Prévenez l'administrateur et l'expéditeur ; n'ouvrez pas le fichier.",
            signature=signature,
        )
        self.signature = signature
        self.digest = digest
        self.size = size


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A file that was refused, or the trace of one that was deleted since.

    Attributes:
        filename: As given, fit to be shown.
        signature: What the antivirus calls what it found.
        removed_at: When its bytes were deleted, by whom and why; None and "" while they are there.
    """

    id: str
    tenant_id: str
    digest: str
    size: int
    filename: str
    signature: str
    door: str
    login: str
    name: str
    at: datetime
    removed_at: datetime | None = None
    removed_by: str = ""
    reason: str = ""


def reason_of_removal(reason: str) -> str:
    """Return why a file is deleted, as it is kept.

    Raises:
        Refused: `quarantine.reason`.
    """
    kept = " ".join(reason.split())[:_REASON_LENGTH]
    if not kept:
        raise Refused(
            "quarantine.reason", "Dites pourquoi vous supprimez ce fichier : le motif reste au journal.", field="motif"
        )
    return kept
