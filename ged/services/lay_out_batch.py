"""The board of a lot: laid out as its files are looked at, then changed act by act, each act kept at once."""

from __future__ import annotations

from collections.abc import Sequence

from ged.clock import Clock
from ged.errors import Refused
from ged.mail.access import SYSTEM, Actor
from ged.mail.batch import Batch, Sides, refuse_closed, refuse_stale
from ged.mail.batch_acts import BoardAct, BoardOrder, Seen, act_on
from ged.mail.batch_board import BatchPage, Board, interleaved, joined, laid_out
from ged.mail.batch_sheet import BatchSheet, SheetSort
from ged.services.add_to_batch import batch_registers
from ged.store.unit import Store, Unit

_INTERLEAVE = {BoardAct.INTERLEAVE: True, BoardAct.INTERLEAVE_STRAIGHT: False}


def put_on_board(batch_id: str, *, store: Store, clock: Clock) -> None:
    """Put the files of a lot that were looked at on its board, in the order they came, cut at separators; each once.

    A file waits for those before it. What was done on the board stays; undoing stops here. A sheet of the lot declares
    its counts.

    Raises:
        NotFound: `batch.unknown`.
    """
    now = clock()
    with store.unit() as unit:
        batch = unit.batches.get(batch_id, None, lock=True)
        if not batch.open:
            return
        for file in unit.batches.files(batch.id):
            if file.looked_at is not None:
                continue
            pages = unit.batches.pages(batch.id, file.rank)
            if len(pages) < file.page_count:
                break
            known = known_sheets(unit, batch, pages)
            board, _ = unit.batches.board(batch.id, batch.revision)
            added = joined(board, laid_out(pages, known, both_sides=batch.sides.two))
            batch = unit.batches.put_board(batch, added, act="fichier", before=None, at=now, login=SYSTEM.login)
            unit.batches.looked(batch.id, file.rank, now)
            batch = _declared(unit, batch, [known[page.code] for page in pages if page.code in known])
        unit.commit()


def act_on_batch(batch_id: str, order: BoardOrder, *, store: Store, actor: Actor, clock: Clock) -> Batch:
    """Do one act on a board, kept as its next revision when this returns.

    Raises:
        NotFound: `batch.unknown`.
        Conflict: `batch.closed`, `batch.changed`.
        Refused: `batch.no_page`, `batch.first`, `batch.no_reason`, `batch.no_blank`, `batch.odd`, `batch.no_undo`.
    """
    now = clock()
    with store.unit() as unit:
        batch = unit.batches.get(batch_id, batch_registers(actor), lock=True)
        refuse_closed(batch)
        refuse_stale(batch, order.revision)
        board, before = unit.batches.board(batch.id, batch.revision)
        if order.act is BoardAct.UNDO:
            if before is None:
                raise Refused("batch.no_undo", "Il n'y a rien à annuler.")
            done, goes_back = unit.batches.board(batch.id, before)
        else:
            done, goes_back = _done(unit, batch, board, order), batch.revision
        if done != board:
            batch = unit.batches.put_board(batch, done, act=order.act, before=goes_back, at=now, login=actor.login)
            unit.commit()
    return batch


def _done(unit: Unit, batch: Batch, board: Board, order: BoardOrder) -> Board:
    pages = unit.batches.pages(batch.id)
    if order.act in _INTERLEAVE:
        there = set(board.keys)
        on_board = [page for page in pages if page.key in there]
        mixed = interleaved(on_board, backwards=_INTERLEAVE[order.act])
        unit.batches.change(batch.id, sides=Sides.INTERLEAVED)
        return laid_out(mixed, known_sheets(unit, batch, pages), both_sides=True)
    return act_on(board, order, Seen(frozenset(page.key for page in pages if page.blank), batch.sides.two))


def known_sheets(unit: Unit, batch: Batch, pages: Sequence[BatchPage]) -> dict[str, BatchSheet]:
    """Return the sheets of the lot's own register that its pages carry, by code; a stranger's QR is a letter's own."""
    codes = [page.code for page in pages if page.code]
    if not codes:
        return {}
    known = unit.batches.sheets.by_codes(codes, [batch.register_id])
    back = [*unit.slips.by_codes(codes, batch.register_id), *unit.transmittals.by_codes(codes, batch.register_id)]
    return known | {code: BatchSheet(code, SheetSort.BACK, batch.register_id) for code in back}


def _declared(unit: Unit, batch: Batch, sheets: Sequence[BatchSheet]) -> Batch:
    """Return a lot with what its sheets declare added up; several bundles may have been scanned as one."""
    lots = {sheet.code: sheet for sheet in sheets if sheet.sort is SheetSort.LOT}.values()
    if lots:
        letters = _sum([batch.declared_letters, *(one.letters for one in lots)])
        pages = _sum([batch.declared_pages, *(one.pages for one in lots)])
        label = batch.label or next((one.label for one in lots if one.label), "")
        unit.batches.change(batch.id, declared_letters=letters, declared_pages=pages, label=label)
    return unit.batches.get(batch.id, None)


def _sum(counted: Sequence[int | None]) -> int | None:
    known = [one for one in counted if one is not None]
    return sum(known) if known else None
