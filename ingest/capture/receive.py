"""What every door does with a file: inspect it by content, make it durable, register it, or say why not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from ged.clock import Clock
from ged.errors import NotFound, Refused
from ged.mail.access import Actor
from ged.mail.batch import Sides
from ged.mail.electronic import Piece
from ged.mail.envelope import Cover
from ged.mail.item import Direction
from ged.mail.returned import Returned, SheetPage
from ged.mail.said import Said
from ged.ports import Vault
from ged.services.capture import (
    Arrival,
    Beside,
    Door,
    Habit,
    PaperUse,
    Receipt,
    capture,
    nothing_beside,
    received_instant,
    record_refusal,
    registering_post,
)
from ged.services.enter import Paper
from ged.services.ink import by_code, take_signed_copy
from ged.services.open_batch import NewBatch
from ged.services.take_back import known_sheets, take_back
from ged.services.take_pile import label_of, take_pile
from ged.store.unit import Store
from ged.store.vault.limits import too_large
from ingest.capture.names import shown_name
from ingest.capture.pieces import keep_pieces
from ingest.capture.screen import Screen
from ingest.capture.unopened import ask
from ingest.confined.confined import Confined
from ingest.own_folder import own_folder
from ingest.readers.inspection import Inspection, Limits, inspect
from ingest.sheets.codes import Seen, Sheet
from ingest.sheets.look import look
from ingest.sheets.read import read_sheets

Given = TypeVar("Given")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class SheetsBack:
    """What became of a file of our own sheets, one answer a sheet."""

    sheets: tuple[Returned, ...]


@dataclass(frozen=True, slots=True)
class Entrance:
    """What a door needs to take a file in."""

    store: Store
    vault: Vault
    clock: Clock
    limits: Limits
    confined: Confined
    screen: Screen | None = None

    def ask(self, act: Callable[..., Given], *arguments: Any) -> Given:
        """Return what an act says of a file that nobody has opened yet. Raises as `unopened.ask` does."""
        return ask(self.confined, act, *arguments)


def receive(
    stream: BinaryIO,
    filename: str,
    *,
    door: Door,
    actor: Actor,
    entrance: Entrance,
    direction: Direction = Direction.INCOMING,
    received_on: date | None = None,
    on_paper: PaperUse | None = None,
    sealed: Cover | None = None,
) -> Receipt:
    """Register the letter that a stream carries; when this returns, it is durable and numbered.

    A file that is refused leaves a line in the journal, and nothing in the vault.

    Raises:
        Forbidden: `access.right`.
        Refused: `capture.*`, with what is wrong with the file and what to do.
        Unavailable: an engine does not answer; the sender still has the file.
    """
    registering_post(actor, direction)
    received_instant(received_on, entrance.clock())
    kept = keep(stream, filename, door=door, actor=actor, entrance=entrance, opened=sealed is None)
    told = (direction, received_on, on_paper, sealed)
    arrival = Arrival(door, kept.filename, kept.media_type, kept.page_count, *told, pieces=kept.pieces)
    return capture(arrival, kept.stored, store=entrance.store, actor=actor, clock=entrance.clock)


def receive_scan(
    stream: BinaryIO,
    filename: str,
    *,
    door: Door,
    actor: Actor,
    entrance: Entrance,
    direction: Direction = Direction.INCOMING,
    received_on: date | None = None,
    habit: Habit | None = None,
    beside: Beside = nothing_beside,
    pile: bool = True,
) -> Receipt | SheetsBack:
    """Register the letter that a scan carries, unless it carries sheets of our own that came back.

    Those are no letters: they are known by their QR before any number is given, and what became of each is the
    answer. `beside` stands with the letter, `habit` is what those of its station have in common. With `pile`, a scan
    that separators of ours cut waits as a lot. Raises as `receive` does.
    """
    registering_post(actor, direction)
    received_instant(received_on, entrance.clock())
    with recording_refusals(door, filename, actor, entrance), _inspected(stream, entrance) as (path, found):
        seen = entrance.ask(look, path, found.page_count)
        copies = [each.code for each in seen if each.sheet is Sheet.SIGNED_COPY]
        sheets = _our_sheets(path, found.page_count, seen, direction, actor=actor, entrance=entrance)
        kept = _kept(path, found, filename, entrance, actor.tenant_id)
    told = (direction, received_on)
    ways: Any = {"store": entrance.store, "actor": actor, "clock": entrance.clock}
    new = NewBatch(door, label_of(kept.filename), direction, Sides.FRONT, received_on)
    if pile and (waits := _pile(seen, kept, new, ways)):
        return waits
    arrival = Arrival(door, kept.filename, kept.media_type, kept.page_count, *told, habit=habit, pieces=kept.pieces)
    if copies and (back := _signed_copy(copies[0], kept, ways)):
        return back
    if sheets:
        return SheetsBack(take_back(arrival, kept.stored, sheets, vault=entrance.vault, **ways))
    return capture(arrival, kept.stored, **ways, beside=beside)


def keep(
    stream: BinaryIO, filename: str, *, door: Door, actor: Actor, entrance: Entrance, opened: bool = True
) -> Paper:
    """Inspect a file by its content and make it durable, whatever it is then used for; a refusal is journaled.

    With `opened`, so is what it holds.

    Raises:
        Refused: `capture.*`.
        Unavailable: the vault or the antivirus does not answer.
    """
    with recording_refusals(door, filename, actor, entrance), _inspected(stream, entrance) as (path, found):
        return _kept(path, found, filename, entrance, actor.tenant_id, opened=opened)


@contextmanager
def recording_refusals(door: Door, filename: str, actor: Actor, entrance: Entrance) -> Iterator[None]:
    """Leave a line in the journal of a file that is refused meanwhile."""
    try:
        yield
    except Refused as error:
        name = shown_name(filename)
        record_refusal(error, door=door, filename=name, store=entrance.store, actor=actor, clock=entrance.clock)
        raise


@contextmanager
def _inspected(stream: BinaryIO, entrance: Entrance) -> Iterator[tuple[Path, Inspection]]:
    with own_folder("arrivee") as folder:
        path = folder / "arrivee"
        spool(stream, path, entrance.limits.max_bytes)
        screened(path, entrance)
        yield path, entrance.ask(inspect, path, entrance.limits)


def screened(path: Path, entrance: Entrance) -> None:
    """Let a file pass that the antivirus finds nothing in, or that there is no antivirus for.

    Raises:
        Infected: `capture.infected`; the file is in quarantine.
        Unavailable: `antivirus.unavailable`.
    """
    if entrance.screen is not None:
        with path.open("rb") as stream:
            entrance.screen.check(stream)


def _kept(
    path: Path, found: Inspection, filename: str, entrance: Entrance, tenant_id: str, *, opened: bool = True
) -> Paper:
    pieces: tuple[Piece, ...] = ()
    if opened:
        pieces = keep_pieces(
            path, found.media_type, entrance.ask, vault=entrance.vault, limits=entrance.limits, tenant_id=tenant_id
        )
    with path.open("rb") as copy:
        stored = entrance.vault.put(copy, media_type=found.media_type, tenant_id=tenant_id)
    count = found.page_count + sum(each.page_count for each in pieces)
    return Paper(stored, found.media_type, count, shown_name(filename), pieces)


def _signed_copy(code: str, paper: Paper, ways: dict[str, Any]) -> SheetsBack | None:
    """Make a scan the original of the letter that was printed for ink; None when no print of ours has that code."""
    try:
        printed = by_code(code, store=ways["store"], actor=ways["actor"])
    except NotFound:
        return None
    letter = take_signed_copy(printed.id, paper, **ways)
    said = f"Copie signée de {letter.number} : elle en est l'original. Le courrier attend d'être expédié."
    return SheetsBack((Returned(said, letter.id, None, waits=False),))


def _pile(seen: Sequence[Seen], paper: Paper, new: NewBatch, ways: dict[str, Any]) -> SheetsBack | None:
    """Let a scan wait as a lot, if separators of ours are on it."""
    codes = [each.code for each in seen if each.sheet is Sheet.BATCH]
    batch_id = take_pile(codes, paper, new, **ways)
    if batch_id is None:
        return None
    said = "Pile avec séparateurs : elle attend dans « Lots à préparer », rien n'est encore numéroté."
    return SheetsBack((Returned(said, None, None, waits=False, batch_id=batch_id),))


def _our_sheets(
    path: Path, page_count: int, seen: Sequence[Seen], direction: Direction, *, actor: Actor, entrance: Entrance
) -> tuple[SheetPage, ...]:
    """Return the pages of a file that carries sheets of the actor's own register; none for any other file."""
    if not seen:
        return ()
    known = known_sheets([each.code for each in seen], direction, store=entrance.store, actor=actor)
    return entrance.ask(read_sheets, path, page_count, seen, known.layouts) if known.any else ()


def spool(stream: BinaryIO, path: Path, limit_bytes: int) -> None:
    """Write a stream to a new file, to its end.

    Raises:
        Refused: `capture.too_large`, `capture.unreadable`.
    """
    size = 0
    try:
        with path.open("xb") as copy:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if size > limit_bytes:
                    raise too_large(limit_bytes)
                copy.write(chunk)
    except OSError as error:
        raise Refused(
            "capture.unreadable", "Ce fichier n'a pas pu être lu jusqu'au bout. Envoyez-le de nouveau."
        ) from error


def remove_claimed(path: Path) -> None:
    """Remove a file whose letter is registered, durably."""
    path.unlink()
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def move_aside(path: Path, folder: Path, name: str) -> Path:
    """Move a file into a folder under a free name near to `name`, and return where it is."""
    folder.mkdir(exist_ok=True)
    stem, suffix = Path(name).stem, Path(name).suffix
    for attempt in range(10_000):
        target = folder / (name if attempt == 0 else f"{stem} ({attempt}){suffix}")
        try:
            os.link(path, target)
        except FileExistsError:
            continue
        except OSError:  # a filesystem without hard links
            shutil.move(path, target)
            return target
        path.unlink()
        return target
    raise Refused(
        "capture.rejects_full",
        Said("Le dossier %(folder)s contient trop de fichiers du même nom. Videz-le.", folder=folder.name),
    )
