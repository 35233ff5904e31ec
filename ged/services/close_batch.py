"""The end of a lot: its letters are asked for, or the whole of it is set aside; its files stay either way."""

from __future__ import annotations

from collections.abc import Sequence

from ged.clock import Clock
from ged.errors import Refused
from ged.mail.access import SYSTEM, Actor
from ged.mail.batch import Batch, BatchFile, BatchState, doubts_of, refuse_closed, refuse_stale
from ged.mail.batch_board import BatchPage, Board, Pile, counts
from ged.mail.journal import Act
from ged.services.add_to_batch import batch_registers
from ged.services.capture import Receipt
from ged.store.unit import Store, Unit


def doubts_about(
    batch: Batch, board: Board, files: Sequence[BatchFile], pages: Sequence[BatchPage], entered: int
) -> tuple[str, ...]:
    """Return what a person must look at before the letters of a lot are entered; nothing once some of them are."""
    if entered:
        return ()
    odd = [file.filename for file in files if file.page_count % 2]
    return doubts_of(batch, counts(board, (page.key for page in pages if page.blank)), odd)


def confirm_batch(
    batch_id: str, revision: int, *, despite_doubts: bool, store: Store, actor: Actor, clock: Clock
) -> None:
    """Ask for the letters of a lot as its board stands: a worker enters them one by one in the name of the actor.

    Raises:
        NotFound: `batch.unknown`.
        Conflict: `batch.closed`, `batch.changed`.
        Refused: `batch.looking`, some pages are not on the board yet; `batch.no_letter`; `batch.doubts`.
    """
    now = clock()
    with store.unit() as unit:
        batch = unit.batches.get(batch_id, batch_registers(actor), lock=True)
        refuse_closed(batch)
        refuse_stale(batch, revision)
        files, (board, _) = unit.batches.files(batch.id), unit.batches.board(batch.id, batch.revision)
        if any(file.looked_at is None for file in files):
            raise Refused("batch.looking", "Des pages arrivent encore sur le tableau. Attendez qu'elles y soient.")
        if not board.piles:
            raise Refused("batch.no_letter", "Aucun pli n'est sur le tableau. Reprenez des pages, ou écartez le lot.")
        entered = len(unit.batches.letters(batch.id))
        doubts = doubts_about(batch, board, files, unit.batches.pages(batch.id), entered)
        if doubts and not despite_doubts:
            raise Refused("batch.doubts", "Vérifiez ce qui suit, puis confirmez que le tableau est juste.")
        unit.batches.change(batch.id, state=BatchState.REGISTERING, closed_by=actor.login, fault="")
        aside = [[left.leaf.key, left.reason] for left in board.aside]
        unit.journal.write(
            now,
            Act.BATCH_CONFIRMED,
            actor,
            batch=batch.id,
            revision=revision,
            letters=len(board.piles),
            aside=aside,
            doubts=list(doubts),
        )
        unit.queue.defer("enter_batch", batch_id=batch.id)
        unit.commit()


def drop_batch(batch_id: str, reason: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Set a lot aside with a reason: none of its pages becomes a letter, all of them stay with it.

    Raises:
        NotFound: `batch.unknown`.
        Conflict: `batch.closed`.
        Refused: `batch.no_reason`.
    """
    if not reason.strip():
        raise Refused("batch.no_reason", "Dites pourquoi ces pages ne vont dans aucun courrier.", field="motif")
    now = clock()
    with store.unit() as unit:
        batch = unit.batches.get(batch_id, batch_registers(actor), lock=True)
        refuse_closed(batch)
        unit.batches.change(
            batch.id, state=BatchState.DROPPED, fault=reason.strip(), closed_at=now, closed_by=actor.login
        )
        unit.journal.write(now, Act.BATCH_DROPPED, actor, batch=batch.id, reason=reason.strip())
        unit.commit()


def take_off_board(
    unit: Unit, batch_id: str, receipt: Receipt | None, said: str, *, actor: Actor, clock: Clock
) -> None:
    """Take the first pile off a board, in the transaction that enters it: what is left is what is still to be done."""
    now = clock()
    batch = unit.batches.get(batch_id, None, lock=True)
    board, _ = unit.batches.board(batch.id, batch.revision)
    pile, rest = board.piles[0], Board(board.piles[1:], board.aside)
    rank = len(unit.batches.letters(batch.id)) + 1
    unit.batches.add_letter(batch.id, rank, receipt.letter_id if receipt else None, said, pile)
    unit.batches.put_board(batch, rest, act="enregistrer", before=None, at=now, login=actor.login)
    if receipt is not None:
        unit.journal.write(
            now,
            Act.CAME_IN_BATCH,
            actor,
            receipt.letter_id,
            batch=batch.id,
            label=batch.label,
            rank=rank,
            files=_provenance(pile, unit.batches.files(batch.id)),
        )


def _provenance(pile: Pile, files: Sequence[BatchFile]) -> list[dict[str, object]]:
    """Return, page by page in runs, which file of the lot a letter was made of: its digest, its name, the pages."""
    by_rank = {file.rank: file for file in files}
    found: list[dict[str, object]] = []
    for leaf in pile.leaves:
        rank, number = leaf.place
        file = by_rank[rank]
        if not found or found[-1]["sha256"] != file.sha256:
            found.append({"sha256": file.sha256, "filename": file.filename, "pages": []})
        pages = found[-1]["pages"]
        assert isinstance(pages, list)  # noqa: S101 - put there just above
        pages.append([number, leaf.turn] if leaf.turn else number)
    return found


def finish_batch(batch_id: str, *, store: Store, clock: Clock) -> None:
    """Close a lot whose letters are all entered."""
    now = clock()
    with store.unit() as unit:
        batch = unit.batches.get(batch_id, None, lock=True)
        letters = [one.letter_id for one in unit.batches.letters(batch.id)]
        unit.batches.change(batch.id, state=BatchState.DONE, closed_at=now)
        unit.journal.write(now, Act.BATCH_DONE, SYSTEM, batch=batch.id, letters=letters)
        unit.commit()


def give_back(batch_id: str, sentence: str, *, store: Store) -> None:
    """Give a lot back to a person, with why its next letter could not be entered; those that were stay letters."""
    with store.unit() as unit:
        unit.batches.get(batch_id, None, lock=True)
        unit.batches.change(batch_id, state=BatchState.PREPARING, fault=sentence)
        unit.commit()
