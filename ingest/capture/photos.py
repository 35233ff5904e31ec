"""Photographs that lie in the spool become one file, and that goes through a door like any other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from ged.errors import Refused
from ged.mail.access import Actor
from ged.mail.batch import Batch
from ged.mail.item import Direction
from ged.mail.photo import MOST_PHOTOS, PAGES
from ged.mail.said import Said
from ged.mail.upload import Upload
from ged.services.capture import Door, Receipt
from ged.services.open_batch import NewBatch, open_batch
from ged.services.upload import drop_all, unfinished
from ged.store.unit import Unit
from ingest.capture.deposit import deposit
from ingest.capture.receive import SheetsBack, receive_scan
from ingest.capture.uploads import UploadDoor
from ingest.own_folder import own_folder
from ingest.readers.photo import PhotoFacts, assemble, photo_facts


def photos_of(door: UploadDoor, actor: Actor) -> tuple[Upload, ...]:
    """Return the actor's photographs that were not sent yet, first taken first."""
    own = unfinished(store=door.entrance.store, actor=actor, clock=door.entrance.clock)
    return tuple(each for each in own if each.wish.door in PAGES)


def send_letter(
    ids: Sequence[str], door: UploadDoor, actor: Actor, direction: Direction, received_on: date | None
) -> Receipt | SheetsBack:
    """Register photographs, in the order given, as one letter; they leave the spool with that transaction.

    Raises:
        NotFound: `upload.unknown`, one was sent already, or removed.
        Refused: `photo.none`, `photo.incomplete`, `photo.not_jpeg`, `capture.*`.
    """
    chosen = _chosen(ids, door, actor)
    gone = [each.id for each in chosen]

    def beside(unit: Unit, _receipt: Receipt) -> None:
        unit.uploads.drop_owned(gone, actor.person_id or "")

    with own_folder("photos") as folder:
        path = _assembled(chosen, door, folder)
        with path.open("rb") as stream:
            done = receive_scan(
                stream,
                "pages.pdf",
                door=Door(chosen[0].wish.door),
                actor=actor,
                entrance=door.entrance,
                direction=direction,
                received_on=received_on,
                beside=beside,
            )
    if isinstance(done, SheetsBack):
        drop_all(gone, store=door.entrance.store, actor=actor)
    door.forget(gone)
    return done


def send_lot(
    ids: Sequence[str], door: UploadDoor, actor: Actor, direction: Direction, received_on: date | None
) -> Batch:
    """Put photographs into a new lot, where a person says what its letters are. Raises as `send_letter` does."""
    chosen, entrance = _chosen(ids, door, actor), door.entrance
    with own_folder("photos") as folder:
        path = _assembled(chosen, door, folder)
        new = NewBatch(Door(chosen[0].wish.door), direction=direction, received_on=received_on)
        batch = open_batch(new, store=entrance.store, actor=actor, clock=entrance.clock)
        with path.open("rb") as stream:
            deposit(stream, "pages.pdf", batch.id, door=Door(chosen[0].wish.door), actor=actor, entrance=entrance)
    gone = [each.id for each in chosen]
    drop_all(gone, store=entrance.store, actor=actor)
    door.forget(gone)
    return batch


def _chosen(ids: Sequence[str], door: UploadDoor, actor: Actor) -> list[Upload]:
    chosen = [door.find(each, actor) for each in dict.fromkeys(ids)][: MOST_PHOTOS + 1]
    if not chosen or len(chosen) > MOST_PHOTOS or any(each.wish.door not in PAGES for each in chosen):
        raise Refused(
            "photo.none", Said("Prenez d'abord une photo ; un courrier en a %(most)s au plus.", most=MOST_PHOTOS)
        )
    if not all(each.whole for each in chosen):
        raise Refused("photo.incomplete", "Une photo n'est pas encore arrivée. Attendez qu'elle soit envoyée.")
    return chosen


def _assembled(chosen: Sequence[Upload], door: UploadDoor, folder: Path) -> Path:
    facts: list[tuple[Path, PhotoFacts]] = []
    for each in chosen:
        path = door.path(each)
        facts.append((path, door.entrance.ask(photo_facts, path)))
    target = folder / "pages.pdf"
    assemble(facts, target)
    return target
