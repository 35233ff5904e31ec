"""A file that comes piece by piece: what is known of it, and how much may lie unfinished at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ged.errors import Conflict, NotFound, Refused, Unavailable
from ged.mail.item import Direction
from ged.mail.photo import PAGES


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody is about to send.

    Attributes:
        filename: For display only.
        size: Bytes of the whole file.
        mark: What tells this file from others on the sender's device, so that a page can take it up again; "" for none.
    """

    filename: str
    size: int
    door: str
    direction: Direction = Direction.INCOMING
    received_on: date | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way.

    Attributes:
        id: 128 random bits; its owner alone may add to it.
        written: Bytes that are durable, from the first.
        outcome: What became of the file once it was whole; None until then.
    """

    id: str
    person_id: str
    login: str
    wish: Wish
    written: int
    created_at: datetime
    expires_at: datetime
    outcome: Mapping[str, Any] | None = None

    @property
    def whole(self) -> bool:
        """Whether every byte is here."""
        return self.written == self.wish.size

    @property
    def to_take(self) -> bool:
        """Whether it is to be registered now: whole, nothing became of it, and no photograph that waits for others."""
        return self.whole and self.outcome is None and self.wish.door not in PAGES

    def over(self, now: datetime) -> bool:
        """Whether its time is over; a file to be registered waits for that as long as it takes."""
        return self.expires_at <= now and not self.to_take


@dataclass(frozen=True, slots=True)
class Room:
    """How much may lie unfinished at once, in bytes and in files, and for how long."""

    of_one: int
    of_all: int
    most: int
    keep_hours: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What lies unfinished: files and bytes of one person, bytes of everybody."""

    files: int
    of_one: int
    of_all: int


def refuse_crowding(taken: Taken, size: int, room: Room) -> None:
    """Let pass a file for which there is room.

    Raises:
        Refused: `upload.quota`, the person's own unfinished files leave none.
        Unavailable: `upload.full`, everybody's do.
    """
    if taken.files >= room.most or taken.of_one + size > room.of_one:
        raise Refused(
            "upload.quota",
            "Vos envois inachevés prennent toute la place qui vous revient. Terminez-les ou abandonnez-les, "
            "puis envoyez ce fichier.",
        )
    if taken.of_all + size > room.of_all:
        raise Unavailable(
            "upload.full",
            "Trop d'envois sont en cours sur le serveur. Rien n'est perdu : réessayez dans quelques minutes.",
        )


def unknown_upload() -> NotFound:
    """Return the one answer for an upload that is not there, that expired, or that is somebody else's."""
    return NotFound("upload.unknown", "Cet envoi n'existe pas ou a expiré. Choisissez de nouveau le fichier.")


def out_of_step(upload: Upload) -> Conflict:
    """Return the answer to bytes that do not follow those that are here."""
    return Conflict(
        "upload.offset",
        "Cet envoi a continué ailleurs. Rien n'est perdu : il reprend où il en est.",
        written=upload.written,
    )
