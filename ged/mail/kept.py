"""A piece kept with a letter: a file of its own, sealed as originals are, that is no letter and takes no number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class KeptKind(StrEnum):
    """Why a piece is kept with a letter."""

    SLIP = "fiche_imputation"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file kept with a letter; `sealed_at` is None while its seal waits."""

    id: str
    letter_id: str
    kind: KeptKind
    sha256: str
    size: int
    media_type: str
    filename: str
    added_at: datetime
    added_by: str
    sealed_at: datetime | None
