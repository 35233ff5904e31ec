"""Files that come piece by piece: begun, added to by their owner alone, settled once, forgotten in the end."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from ged.clock import Clock
from ged.errors import Refused
from ged.mail.access import Actor
from ged.mail.upload import Room, Upload, Wish, out_of_step, refuse_crowding, unknown_upload
from ged.services.capture import received_instant, registering_post
from ged.store.unit import Store, Unit
from ged.store.vault.limits import too_large

Write = Callable[[int], None]
"""Makes the bytes of a piece durable at an offset, before anybody is told that they are."""


def begin(wish: Wish, *, room: Room, max_bytes: int, store: Store, actor: Actor, clock: Clock) -> Upload:
    """Open an upload for a file that its sender may register, if there is room for all of it.

    Raises:
        Forbidden: `access.right`.
        Refused: `capture.empty`, `capture.too_large`, `capture.received_later`, `upload.quota`.
        Unavailable: `upload.full`.
    """
    registering_post(actor, wish.direction)
    now = clock()
    received_instant(wish.received_on, now)
    if wish.size <= 0:
        raise Refused("capture.empty", "Ce fichier est vide. Numérisez de nouveau la pièce, puis envoyez-la.")
    if wish.size > max_bytes:
        raise too_large(max_bytes)
    ends = now + timedelta(hours=room.keep_hours)
    new = Upload(secrets.token_urlsafe(16), actor.person_id or "", actor.login, wish, 0, now, ends)
    with store.unit() as unit:
        refuse_crowding(unit.uploads.taken(new.person_id), wish.size, room)
        unit.uploads.add(new)
        unit.commit()
    return new


def find(upload_id: str, *, store: Store, actor: Actor, clock: Clock) -> Upload:
    """Return an upload of the actor's own.

    Raises:
        NotFound: `upload.unknown`.
    """
    with store.unit() as unit:
        return _own(unit, upload_id, actor, clock)


def unfinished(*, store: Store, actor: Actor, clock: Clock) -> tuple[Upload, ...]:
    """Return the actor's uploads of which nothing became yet."""
    with store.unit() as unit:
        return unit.uploads.unfinished(actor.person_id or "", clock())


def append(
    upload_id: str, offset: int, size: int, write: Write, *, room: Room, store: Store, actor: Actor, clock: Clock
) -> Upload:
    """Add a piece of `size` bytes at `offset`; when this returns, it is durable.

    The row is locked while `write` works: two senders of one file take turns, and the second finds itself out of step.

    Raises:
        NotFound: `upload.unknown`.
        Conflict: `upload.offset`.
        Refused: `upload.too_long`.
    """
    with store.unit() as unit:
        upload = _own(unit, upload_id, actor, clock, lock=True)
        if upload.written != offset:
            raise out_of_step(upload)
        if offset + size > upload.wish.size:
            raise Refused(
                "upload.too_long", "Ce fichier a changé depuis le début de l'envoi. Abandonnez-le, puis envoyez-le."
            )
        write(offset)
        changed = replace(upload, written=offset + size, expires_at=clock() + timedelta(hours=room.keep_hours))
        unit.uploads.advance(upload_id, changed.written, changed.expires_at)
        unit.commit()
    return changed


def settle(upload_id: str, outcome: Mapping[str, Any], *, store: Store) -> None:
    """Say what became of a whole file."""
    with store.unit() as unit:
        unit.uploads.settle(upload_id, outcome)
        unit.commit()


def abandon(upload_id: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Forget an upload at its owner's wish; a file that is whole is registered all the same.

    Raises:
        NotFound: `upload.unknown`.
        Refused: `upload.whole`.
    """
    with store.unit() as unit:
        upload = _own(unit, upload_id, actor, clock, lock=True)
        if upload.to_take:
            raise Refused("upload.whole", "Ce fichier est entièrement reçu : il est en cours d'enregistrement.")
        unit.uploads.drop(upload_id)
        unit.commit()


def drop_all(ids: Sequence[str], *, store: Store, actor: Actor) -> None:
    """Forget uploads of the actor's own that went elsewhere together.

    Raises:
        NotFound: `upload.unknown`.
    """
    with store.unit() as unit:
        unit.uploads.drop_owned(ids, actor.person_id or "")
        unit.commit()


def _own(unit: Unit, upload_id: str, actor: Actor, clock: Clock, *, lock: bool = False) -> Upload:
    found = unit.uploads.get(upload_id, lock=lock)
    if found is None or found.person_id != actor.person_id or found.over(clock()):
        raise unknown_upload()
    return found
