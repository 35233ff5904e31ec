"""What was in a sealed envelope: inspected and made durable like any file, then put under the envelope's number."""

from __future__ import annotations

from typing import BinaryIO

from ged.mail.access import Actor
from ged.mail.item import Confidentiality, Letter
from ged.services.capture import Door
from ged.services.envelope import Content, may_release, release
from ingest.capture.receive import Entrance, keep


def open_envelope(
    stream: BinaryIO,
    filename: str,
    letter_id: str,
    level: Confidentiality,
    *,
    door: Door,
    actor: Actor,
    entrance: Entrance,
) -> Letter:
    """Release an envelope into the circuit with its content; nothing of it is kept where its opening is refused.

    Raises:
        NotFound: `letter.unknown`, `envelope.unknown`.
        Forbidden: `envelope.not_addressee`.
        Conflict: `envelope.open`, `envelope.being_read`.
        Refused: `capture.*`, `envelope.not_handed`, `envelope.too_early`, `envelope.level`.
    """
    may_release(letter_id, store=entrance.store, actor=actor, clock=entrance.clock)
    kept = keep(stream, filename, door=door, actor=actor, entrance=entrance)
    content = Content(door, kept.filename, kept.media_type, kept.page_count, level, kept.pieces)
    return release(letter_id, content, kept.stored, store=entrance.store, actor=actor, clock=entrance.clock)
