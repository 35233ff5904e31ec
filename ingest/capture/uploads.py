"""The door of files that come piece by piece: pieces into a spool, and a whole file to `receive_scan` like any other.

A piece counts once it is on the disk: the row that says so is committed after. A process that dies in between leaves
bytes that nobody was told of, and that the same piece, sent again, covers.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from ged.errors import GedError, Refused, Unavailable
from ged.mail.access import Actor
from ged.mail.said import Said
from ged.mail.upload import Room, Upload, Wish, unknown_upload
from ged.services import upload as uploads
from ged.services.capture import Door, Receipt, record_refusal
from ingest.capture.receive import Entrance, SheetsBack, receive_scan

_log = logging.getLogger(__name__)
_STRAY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class UploadDoor:
    """Takes pieces in; every process that opens one on the same folder and database may take the next piece."""

    spool: Path
    entrance: Entrance
    room: Room

    def begin(self, wish: Wish, actor: Actor) -> Upload:
        """Open an upload. Raises as `ged.services.upload.begin` does."""
        limit = self.entrance.limits.max_bytes
        return uploads.begin(wish, room=self.room, max_bytes=limit, **self._ways(actor))

    def find(self, upload_id: str, actor: Actor) -> Upload:
        """Return an upload of the actor's own.

        Raises:
            NotFound: `upload.unknown`.
        """
        return uploads.find(upload_id, **self._ways(actor))

    def append(self, upload_id: str, offset: int, piece: bytes, actor: Actor) -> Upload:
        """Add a piece, on the disk when this returns.

        Raises:
            NotFound: `upload.unknown`.
            Conflict: `upload.offset`.
            Refused: `upload.too_long`.
            Unavailable: `upload.no_room`, the disk takes no more.
        """
        write = lambda at: self._write(upload_id, at, piece)  # noqa: E731
        return uploads.append(upload_id, offset, len(piece), write, room=self.room, **self._ways(actor))

    def abandon(self, upload_id: str, actor: Actor) -> None:
        """Forget an upload and its bytes. Raises as `ged.services.upload.abandon` does."""
        uploads.abandon(upload_id, **self._ways(actor))
        self._path(upload_id).unlink(missing_ok=True)

    def take(self, upload_id: str, actor: Actor) -> Upload:
        """Register a file that is whole, once, whoever asks how often; an engine that is down leaves it for later.

        Raises:
            NotFound: `upload.unknown`.
        """
        found = self.find(upload_id, actor)
        if not found.to_take:
            return found
        with self._alone(upload_id) as stream:
            found = self.find(upload_id, actor)
            if stream is None or not found.to_take:
                return found
            try:
                self._register(found, stream, actor)
            except Unavailable as error:
                _log.warning("upload %s waits: %s", upload_id, error.diagnostics())
                return found
            except GedError as error:
                said = {"error": error.sentence, "code": error.code}
                uploads.settle(upload_id, said, store=self.entrance.store)
            self._path(upload_id).unlink(missing_ok=True)
        return self.find(upload_id, actor)

    def _register(self, found: Upload, stream: BinaryIO, actor: Actor) -> None:
        wish = found.wish
        done = receive_scan(
            stream,
            wish.filename,
            door=Door(wish.door),
            actor=actor,
            entrance=self.entrance,
            direction=wish.direction,
            received_on=wish.received_on,
            beside=lambda unit, receipt: unit.uploads.settle(found.id, _told(receipt)),
        )
        if isinstance(done, SheetsBack):
            sheets = [asdict(each) for each in done.sheets]
            uploads.settle(found.id, {"sheets": sheets}, store=self.entrance.store)

    def sweep(self, who: Callable[[str], Actor]) -> None:
        """Register what is whole and was left so, and forget what expired, with a line in its owner's journal."""
        store, now = self.entrance.store, self.entrance.clock()
        with store.unit() as unit:
            whole, expired = unit.uploads.whole(), unit.uploads.expired(now)
        for act, some in ((self._take_left, whole), (self._forget, expired)):
            for each in some:
                try:
                    act(each, who(each.login))
                except GedError as error:
                    _log.warning("upload %s: %s", each.id, error.diagnostics())
        if not self.spool.is_dir():
            return
        with store.unit() as unit:
            known = unit.uploads.ids()
        for path in self.spool.iterdir():
            if path.name not in known and path.stat().st_mtime < (now - _STRAY).timestamp():
                path.unlink(missing_ok=True)

    def _take_left(self, each: Upload, owner: Actor) -> None:
        if self.path(each).exists():
            self.take(each.id, owner)
            return
        lost = Refused("upload.lost", "Le serveur n'a plus les octets de ce fichier. Envoyez-le de nouveau.")
        self._note(lost, each, owner)
        uploads.settle(each.id, {"error": lost.sentence, "code": lost.code}, store=self.entrance.store)

    def _note(self, error: Refused, each: Upload, owner: Actor) -> None:
        ways = self._ways(owner)
        record_refusal(error, door=Door(each.wish.door), filename=each.wish.filename, **ways)

    def _forget(self, each: Upload, owner: Actor) -> None:
        if each.outcome is None:
            self._note(_expired(each), each, owner)
        with self.entrance.store.unit() as unit:
            unit.uploads.drop(each.id)
            unit.commit()
        self.path(each).unlink(missing_ok=True)

    def _write(self, upload_id: str, offset: int, piece: bytes) -> None:
        """Put bytes at an offset of the spooled file and wait until the disk has them."""
        path = self._path(upload_id)
        try:
            if offset == 0:
                self.spool.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(path, os.O_WRONLY | (os.O_CREAT if offset == 0 else 0), 0o600)
            try:
                done = 0
                while done < len(piece):
                    done += os.pwrite(handle, piece[done:], offset + done)
                os.fsync(handle)
            finally:
                os.close(handle)
            if offset == 0:
                _keep_name(self.spool)
        except FileNotFoundError as error:
            raise unknown_upload() from error
        except OSError as error:
            raise Unavailable(
                "upload.no_room",
                "Le serveur n'a pas pu garder la suite de ce fichier. Ce qui est envoyé est gardé : "
                "reprenez plus tard.",
                reason=str(error),
            ) from error

    @contextmanager
    def _alone(self, upload_id: str) -> Iterator[BinaryIO | None]:
        """Hold the spooled file, for reading, if no other process does; the hold falls with the process."""
        try:
            stream = self._path(upload_id).open("rb")
        except FileNotFoundError:
            yield None
            return
        with stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield None
                return
            yield stream

    def path(self, upload: Upload) -> Path:
        """Return where the bytes of an upload lie."""
        return self._path(upload.id)

    def forget(self, ids: Iterable[str]) -> None:
        """Remove the bytes of uploads that are settled elsewhere."""
        for each in ids:
            self._path(each).unlink(missing_ok=True)

    def _path(self, upload_id: str) -> Path:
        return self.spool / upload_id

    def _ways(self, actor: Actor) -> dict[str, Any]:
        return {"store": self.entrance.store, "clock": self.entrance.clock, "actor": actor}


def _expired(each: Upload) -> Refused:
    """Return what the owner of a file that stood still too long is told."""
    if each.whole:
        said = "Cette page attendait d'être enregistrée avec d'autres, et ne l'a pas été : elle a été retirée."
    else:
        said = Said(
            "L'envoi de ce fichier s'est arrêté à %(percent)s %% et n'a pas été repris : il a été abandonné. "
            "Envoyez le fichier de nouveau.",
            percent=100 * each.written // each.wish.size,
        )
    return Refused("upload.expired", said)


def _told(receipt: Receipt) -> dict[str, Any]:
    return {**asdict(receipt), "registered_at": receipt.registered_at.isoformat()}


def _keep_name(folder: Path) -> None:
    """Wait until the disk has the names of a folder."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
