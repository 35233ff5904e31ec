"""Annexes: files that belong to a letter beside its original, each durable, and sealed by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AnnexKind(StrEnum):
    """What an annex is to its letter."""

    ENCLOSURE = "piece_jointe"
    RECEIPT = "accuse"
    RETURN = "retour"
    PROVENANCE = "preuves_d_origine"


@dataclass(frozen=True, slots=True)
class Annex:
    """One file.

    Attributes:
        label: What the reader is told it is.
        digest: SHA-256 of its bytes in the vault, 64 lower-case hexadecimal digits.
        sending_id: The sending that it answers; None when it answers none.
        leaf: Its leaf in the log of seals, and the index of that leaf; None while its seal waits.
    """

    id: str
    letter_id: str
    kind: AnnexKind
    label: str
    digest: str
    media_type: str
    size: int
    added_at: datetime
    login: str
    name: str
    sending_id: str | None = None
    leaf: bytes | None = None
    leaf_index: int | None = None
    sealed_at: datetime | None = None
