"""Adding a file to a lot: durable in the vault already, it is the lot's when this returns."""

from __future__ import annotations

from ged.clock import Clock
from ged.mail.access import KEEPS_REGISTER, Actor
from ged.mail.batch import BatchFile, refuse_closed
from ged.mail.journal import Act
from ged.services.enter import Paper
from ged.store.unit import Store


def batch_registers(actor: Actor) -> tuple[str, ...]:
    """Return the registers whose lots an actor prepares: those that he keeps."""
    return tuple(post.register_id for post in actor.posts if post.role in KEEPS_REGISTER)


def add_to_batch(batch_id: str, paper: Paper, *, store: Store, actor: Actor, clock: Clock) -> BatchFile:
    """Add a file to an open lot, and ask for its pages to be looked at; the same bytes again are the file it has.

    Raises:
        NotFound: `batch.unknown`.
        Conflict: `batch.closed`.
    """
    now = clock()
    with store.unit() as unit:
        batch = unit.batches.get(batch_id, batch_registers(actor), lock=True)
        refuse_closed(batch)
        unit.arrivals.know(paper.stored, paper.media_type, now)
        new = {
            "sha256": paper.stored.digest,
            "filename": paper.filename,
            "page_count": paper.page_count,
            "came_at": now,
            "login": actor.login,
        }
        file, added = unit.batches.add_file(batch.id, new)
        if added:
            unit.journal.write(
                now,
                Act.BATCH_FILE,
                actor,
                batch=batch.id,
                sha256=file.sha256,
                filename=file.filename,
                pages=file.page_count,
            )
            unit.queue.defer("look_at_batch", batch_id=batch.id, rank=str(file.rank))
        unit.commit()
    return file
