"""Lots as their pages show them: those that wait, one with its board, the picture of a page."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO

from ged.clock import Clock
from ged.errors import NotFound
from ged.mail.access import Actor, Right, require
from ged.mail.batch import Batch, BatchFile
from ged.mail.batch_board import BatchPage, Board, Counts, counts
from ged.mail.journal import Act
from ged.ports import Vault
from ged.services.add_to_batch import batch_registers
from ged.services.close_batch import doubts_about
from ged.store.batches import Outcome, Progress
from ged.store.unit import Store

RECENT = 20


@dataclass(frozen=True, slots=True)
class BatchView:
    """A lot with all that its page shows.

    Attributes:
        pages: By their key.
        can_undo: Whether the last act may be undone.
        readable: Which of its letters the actor may read.
    """

    batch: Batch
    files: tuple[BatchFile, ...]
    pages: dict[str, BatchPage]
    board: Board
    counted: Counts
    progress: Progress
    doubts: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    can_undo: bool
    readable: frozenset[str]

    @property
    def looking(self) -> bool:
        """Whether pages are still to come on the board."""
        return any(file.looked_at is None for file in self.files)


def batches(*, store: Store, actor: Actor) -> tuple[tuple[tuple[Batch, Progress], ...], tuple[Batch, ...]]:
    """Return the lots that wait in the registers that the actor keeps, and those closed last.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.CAPTURE)
    with store.unit() as unit:
        kept = batch_registers(actor)
        return unit.batches.waiting(kept), unit.batches.recent(kept, RECENT)


def batch_view(batch_id: str, *, store: Store, actor: Actor) -> BatchView:
    """Return a lot as it stands.

    Raises:
        NotFound: `batch.unknown`.
    """
    with store.unit() as unit:
        batch = unit.batches.get(batch_id, batch_registers(actor))
        files, pages = unit.batches.files(batch.id), unit.batches.pages(batch.id)
        board, before = unit.batches.board(batch.id, batch.revision)
        outcomes = unit.batches.letters(batch.id)
        return BatchView(
            batch=batch,
            files=files,
            pages={page.key: page for page in pages},
            board=board,
            counted=counts(board, (page.key for page in pages if page.blank)),
            progress=Progress(len(pages), sum(file.page_count for file in files)),
            doubts=doubts_about(batch, board, files, pages, len(outcomes)),
            outcomes=outcomes,
            can_undo=before is not None,
            readable=frozenset(
                one.letter_id for one in outcomes if one.letter_id and unit.letters.seen(one.letter_id, actor.tokens())
            ),
        )


def batch_picture(
    batch_id: str, key: str, *, large: bool, store: Store, vault: Vault, actor: Actor, clock: Clock
) -> AbstractContextManager[BinaryIO]:
    """Open the picture of a page that is on the board or set aside; one that is in a letter is read on the letter.

    That the lot was looked at is in the journal, once for all its pages.

    Raises:
        NotFound: `batch.unknown`, `batch.no_picture`.
    """
    with store.unit() as unit:
        batch = unit.batches.get(batch_id, batch_registers(actor))
        board, _ = unit.batches.board(batch.id, batch.revision)
        page = next((one for one in unit.batches.pages(batch.id) if one.key == key), None)
        digest = "" if page is None or key not in board.keys else page.large if large else page.small
        if not digest:
            raise NotFound(
                "batch.no_picture", "Cette page n'a pas d'image ici : elle est dans un courrier, ou illisible."
            )
        unit.journal.write_once(clock(), Act.PAPER_READ, actor, batch.id, what="lot")
        unit.commit()
    return vault.open(digest)
