"""Transfers on the wire: slips, their lines and their packages."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel

from ged.mail.filing import Disposition
from ged.mail.transfer import Form, ItemState, PackageOutcome, Transfer, TransferState
from retention import slips


class TransferOut(BaseModel):
    """A slip."""

    id: str
    number: str
    title: str
    form: Form
    archive_code: str
    archive_name: str
    state: TransferState
    revision: int
    created_at: datetime
    created_by: str
    submitted_at: datetime | None
    submitted_by: str
    approved_at: datetime | None
    approved_by: str
    ended_at: datetime | None
    remark: str
    planned: int
    packed: int
    fault: str

    @classmethod
    def of(cls, one: Transfer) -> TransferOut:
        """Return a slip on the wire."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class LineOut(BaseModel):
    """A letter on a slip, or a piece of a dossier; what names it is None where it is closed to the caller.

    `number` is that of a letter, or the code of the dossier and the title of a piece.
    """

    rank: int
    letter_id: str | None
    piece_id: str | None
    dossier_id: str | None
    number: str | None
    disposition: Disposition
    kept_until: date
    reasons: tuple[str, ...]
    state: ItemState
    said: str
    package: int


class PackageOut(BaseModel):
    """A package; `kept` while it can be taken away."""

    rank: int
    identifier: str
    sha256: str
    size: int
    letters: int
    kept: bool
    outcome: PackageOutcome
    answered_at: datetime | None
    answer: tuple[str, ...]


class SlipOut(BaseModel):
    """A slip with some of its lines and its packages."""

    transfer: TransferOut
    total: int
    closed: int
    lines: list[LineOut]
    packages: list[PackageOut]

    @classmethod
    def of(cls, found: slips.Slip) -> SlipOut:
        """Return a slip on the wire."""
        return cls(
            transfer=TransferOut.of(found.transfer),
            total=found.total,
            closed=found.closed,
            lines=[
                LineOut(
                    letter_id=line.letter.id if line.letter else None,
                    piece_id=line.piece.piece.id if line.piece else None,
                    dossier_id=line.piece.dossier.id if line.piece else None,
                    number=line.named or None,
                    reasons=tuple(map(str, line.item.reasons)),
                    **{
                        name: getattr(line.item, name)
                        for name in ("rank", "disposition", "kept_until", "state", "said", "package")
                    },
                )
                for line in found.lines
            ],
            packages=[
                PackageOut(
                    kept=one.held is not None,
                    **{name: getattr(one, name) for name in PackageOut.model_fields if name != "kept"},
                )
                for one in found.packages
            ],
        )
