"""A scan with separators of ours on it, come by a door for single letters: it is a pile, and waits as a lot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from ged.clock import Clock
from ged.mail.access import Actor, Right
from ged.services.add_to_batch import add_to_batch, batch_registers
from ged.services.enter import Paper
from ged.services.open_batch import NewBatch, open_batch
from ged.store.unit import Store


def take_pile(
    codes: Sequence[str], paper: Paper, new: NewBatch, *, store: Store, actor: Actor, clock: Clock
) -> str | None:
    """Return the lot that a file now waits in; None when none of its codes is of a separator of the actor's register.

    The same bytes again are the lot that they wait in already.

    Raises:
        Refused: `capture.received_later`.
    """
    if not codes or not actor.has(Right.CAPTURE):
        return None
    registers = batch_registers(actor)
    with store.unit() as unit:
        if not unit.batches.sheets.by_codes(codes, registers):
            return None
        there = unit.batches.waiting_with(paper.stored.digest, registers)
    if there is not None:
        return there
    opened = open_batch(new, store=store, actor=actor, clock=clock)
    add_to_batch(opened.id, paper, store=store, actor=actor, clock=clock)
    return opened.id


def label_of(filename: str) -> str:
    """Return what a lot is called that a file came as: the file's name, without what says its format."""
    return PurePath(filename).stem
