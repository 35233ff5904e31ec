"""A lot: what a run of the scanner gives, before anything of it is numbered; its files are durable from the start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ged.errors import Conflict
from ged.mail.batch_board import Counts
from ged.mail.item import Direction


class BatchState(StrEnum):
    """Where a lot stands."""

    PREPARING = "a_preparer"
    REGISTERING = "en_enregistrement"
    DONE = "enregistre"
    DROPPED = "ecarte"


class Sides(StrEnum):
    """How the paper went through the scanner."""

    FRONT = "recto"
    BOTH = "recto_verso"
    INTERLEAVED = "rectos_puis_versos"

    @property
    def two(self) -> bool:
        """Whether a sheet has two pages on the board."""
        return self is not Sides.FRONT


@dataclass(frozen=True, slots=True)
class Batch:
    """One lot.

    Attributes:
        direction: The register in which its letters will be entered.
        received_on: The day its paper was handed in, when that is not the day of entry.
        declared_letters: What was written on the sheet of the lot, or typed; None when nothing was.
        revision: Grows by one with each act on its board.
        fault: Why entering its letters stopped, for a person to read; "" when it did not.
    """

    id: str
    tenant_id: str
    register_id: str
    direction: Direction
    label: str
    door: str
    sides: Sides
    state: BatchState
    opened_at: datetime
    login: str
    name: str
    received_on: date | None = None
    declared_letters: int | None = None
    declared_pages: int | None = None
    revision: int = 0
    fault: str = ""
    closed_at: datetime | None = None
    closed_by: str = ""

    @property
    def open(self) -> bool:
        """Whether its board may still be changed."""
        return self.state is BatchState.PREPARING


@dataclass(frozen=True, slots=True)
class BatchFile:
    """One file of a lot, durable in the vault; `looked_at` is None while its pages are not on the board yet."""

    batch_id: str
    rank: int
    sha256: str
    size: int
    media_type: str
    filename: str
    page_count: int
    came_at: datetime
    login: str
    looked_at: datetime | None = None


def doubts_of(batch: Batch, counted: Counts, odd_files: Sequence[str]) -> tuple[str, ...]:
    """Return what a person must look at before the letters are entered, each a French sentence."""
    found = []
    if batch.declared_letters is not None and batch.declared_letters != counted.letters:
        found.append(
            f"Plis : {batch.declared_letters} annoncés, {counted.letters} sur le tableau. Vérifiez les coupures."
        )
    if batch.declared_pages is not None and batch.declared_pages not in {counted.written, counted.pages}:
        found.append(
            f"Pages : {batch.declared_pages} annoncées, {counted.written} comptées, et {counted.blank} blanches. "
            "Une feuille a pu coller à une autre, ou manquer."
        )
    if batch.sides is Sides.BOTH:
        found += [f"Recto verso : « {name} » a un nombre impair de pages, un verso manque." for name in odd_files]
    return tuple(found)


def refuse_closed(batch: Batch) -> None:
    """Let pass a lot whose board may be changed.

    Raises:
        Conflict: `batch.closed`.
    """
    if not batch.open:
        raise Conflict(
            "batch.closed",
            "Ce lot est déjà enregistré ou écarté. Rien n'a été changé : ouvrez un autre lot.",
            revision=batch.revision,
        )


def refuse_stale(batch: Batch, revision: int) -> None:
    """Let pass who saw the board as it stands.

    Raises:
        Conflict: `batch.changed`.
    """
    if revision != batch.revision:
        raise Conflict(
            "batch.changed",
            "Ce lot a changé entre-temps, ici ou chez un collègue. Votre dernier acte n'a pas été fait. "
            "Le tableau montré est celui qui vaut.",
            revision=batch.revision,
        )
