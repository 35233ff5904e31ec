"""Entering the letters of a lot, one after the other: killed anywhere, the next worker goes on with what is left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import copyfileobj

from ged.errors import GedError, Unavailable
from ged.mail.access import Actor
from ged.mail.batch import Batch, BatchFile, BatchState
from ged.mail.batch_board import Board
from ged.services.capture import Door, Receipt
from ged.services.close_batch import finish_batch, give_back, take_off_board
from ged.store.unit import Unit
from ingest.batches.piles import assembled
from ingest.capture.receive import Entrance, SheetsBack, receive_scan
from ingest.own_folder import own_folder

AGAIN = "Déjà enregistré : aucun nouveau numéro"


def enter_batch(batch_id: str, *, entrance: Entrance, actor_of: Callable[[str], Actor]) -> None:
    """Enter what is on the board of a confirmed lot in the name of whoever confirmed it, and close the lot.

    A pile that is a whole file keeps that file as its original, byte for byte. A pile that cannot be entered gives the
    lot back to a person with the reason; the letters before it stay.

    Raises:
        Unavailable: an engine does not answer; the job is tried again.
    """
    store = entrance.store
    with store.exclusive(f"batch:{batch_id}") as alone:
        if not alone:
            return
        try:
            while _enter_next(batch_id, entrance, actor_of):
                pass
        except Unavailable:
            raise
        except GedError as error:
            give_back(batch_id, error.sentence, store=store)


def _enter_next(batch_id: str, entrance: Entrance, actor_of: Callable[[str], Actor]) -> bool:
    store = entrance.store
    with store.unit() as unit:
        batch = unit.batches.get(batch_id, None)
        board, _ = unit.batches.board(batch.id, batch.revision)
        files = unit.batches.files(batch.id)
        rank = len(unit.batches.letters(batch.id)) + 1
    if batch.state is not BatchState.REGISTERING:
        return False
    if not board.piles:
        finish_batch(batch.id, store=store, clock=entrance.clock)
        return False
    actor = actor_of(batch.closed_by)
    with own_folder("lot") as folder:
        path, whole = _file_of(board, files, folder, entrance)
        name = whole.filename if whole else f"{batch.label or 'lot'} - pli {rank}.pdf"
        _enter(batch, path, name, entrance, actor)
    return True


def _file_of(
    board: Board, files: tuple[BatchFile, ...], folder: Path, entrance: Entrance
) -> tuple[Path, BatchFile | None]:
    """Return the first pile as a file, and the file of the lot that it is, if it is one whole."""
    pile, by_rank = board.piles[0], {file.rank: file for file in files}
    paths = {rank: folder / f"fichier-{rank}" for rank in {leaf.place[0] for leaf in pile.leaves}}
    for rank, path in paths.items():
        with entrance.vault.open(by_rank[rank].sha256) as stream, path.open("wb") as copy:
            copyfileobj(stream, copy)
    whole = pile.whole_file({file.rank: file.page_count for file in files})
    if whole is not None:
        return paths[whole], by_rank[whole]
    target = folder / "pli.pdf"
    target.write_bytes(entrance.ask(assembled, list(paths.items()), list(pile.leaves)))
    return target, None


def _enter(batch: Batch, path: Path, name: str, entrance: Entrance, actor: Actor) -> None:
    def beside(unit: Unit, receipt: Receipt) -> None:
        take_off_board(unit, batch.id, receipt, AGAIN if receipt.again else "", actor=actor, clock=entrance.clock)

    with path.open("rb") as stream:
        came = receive_scan(
            stream,
            name,
            door=Door(batch.door),
            actor=actor,
            entrance=entrance,
            direction=batch.direction,
            received_on=batch.received_on,
            beside=beside,
            pile=False,
        )
    if isinstance(came, SheetsBack):
        with entrance.store.unit() as unit:
            said = " ".join(each.sentence for each in came.sheets)
            take_off_board(unit, batch.id, None, said, actor=actor, clock=entrance.clock)
            unit.commit()
