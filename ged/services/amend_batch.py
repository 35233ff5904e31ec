"""Putting right what was said of a lot when it was opened: its name, day, sides and counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ged.clock import Clock
from ged.errors import Refused
from ged.mail.access import Actor
from ged.mail.batch import Batch, Sides, refuse_closed
from ged.mail.journal import Act
from ged.services.add_to_batch import batch_registers
from ged.services.capture import received_instant
from ged.services.open_batch import LABEL_LENGTH
from ged.store.unit import Store


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of a lot; None where nobody counted, or for a day that is the day of entry."""

    label: str
    sides: Sides
    received_on: date | None
    letters: int | None
    pages: int | None


def amend_batch(batch_id: str, said: Said, *, store: Store, actor: Actor, clock: Clock) -> Batch:
    """Return an open lot of which these things are said now; its board is as it was, and the journal has both.

    Raises:
        NotFound: `batch.unknown`.
        Conflict: `batch.closed`.
        Refused: `capture.received_later`; `batch.received`, some of its letters have their day already.
    """
    now = clock()
    received_instant(said.received_on, now)
    with store.unit() as unit:
        batch = unit.batches.get(batch_id, batch_registers(actor), lock=True)
        refuse_closed(batch)
        if said.received_on != batch.received_on and unit.batches.letters(batch.id):
            raise Refused(
                "batch.received",
                "Des plis de ce lot sont déjà enregistrés à leur date. Rien n'a été changé : corrigez-la sur chacun.",
                field="recu",
            )
        values = {
            "label": " ".join(said.label.split())[:LABEL_LENGTH],
            "sides": said.sides,
            "received_on": said.received_on,
            "declared_letters": said.letters,
            "declared_pages": said.pages,
        }
        changed = {name: value for name, value in values.items() if value != getattr(batch, name)}
        if changed:
            unit.batches.change(batch.id, **changed)
            before = {name: _plain(getattr(batch, name)) for name in changed}
            after = {name: _plain(value) for name, value in changed.items()}
            unit.journal.write(now, Act.BATCH_AMENDED, actor, batch=batch.id, before=before, after=after)
        amended = unit.batches.get(batch.id, None)
        unit.commit()
    return amended


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
