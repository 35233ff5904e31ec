"""The door to lots: a file is inspected, made durable and added to a lot; none of it is numbered yet."""

from __future__ import annotations

from typing import BinaryIO

from ged.errors import Refused
from ged.mail.access import Actor
from ged.mail.batch import BatchFile
from ged.services.add_to_batch import add_to_batch
from ged.services.capture import Door
from ged.services.enter import Paper
from ingest.capture.receive import Entrance, keep, recording_refusals
from ingest.readers.table import of_type


def deposit(
    stream: BinaryIO, filename: str, batch_id: str, *, door: Door, actor: Actor, entrance: Entrance
) -> BatchFile:
    """Add the file that a stream carries to an open lot (`open_batch`); when this returns, it is durable.

    A file that is refused leaves a line in the journal, and nothing in the lot. The same bytes again change nothing.

    Raises:
        NotFound: `batch.unknown`.
        Conflict: `batch.closed`.
        Refused: `batch.no_pages`; `capture.*`, with what is wrong with the file and what to do.
        Unavailable: an engine does not answer; the sender still has the file.
    """
    paper = keep(stream, filename, door=door, actor=actor, entrance=entrance)
    with recording_refusals(door, filename, actor, entrance):
        _refuse_without_pages(paper)
    return add_to_batch(batch_id, paper, store=entrance.store, actor=actor, clock=entrance.clock)


def _refuse_without_pages(paper: Paper) -> None:
    found = of_type(paper.media_type)
    if found is None or found.pages is None:
        raise Refused(
            "batch.no_pages",
            "Ce fichier n'est pas fait de pages numérisées : il ne se coupe pas. Enregistrez-le par « Numériser ».",
        )
