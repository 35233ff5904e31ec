"""Reading a version of a dossier's piece: laid out, sorted and read by the stages that letters are read by.

A piece is not qualified, so nothing is proposed of it, and what is made on the way is not kept: its words are. Pages
are kept as they are read; killed anywhere, the next worker reads those that are missing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from shutil import copyfileobj
from typing import Any

from ged.clock import Clock
from ged.errors import GedError, Unavailable
from ged.mail.electronic import Piece, fitting
from ged.ports import Vault
from ged.store.unit import Store
from ged.store.version_texts import ToRead
from ingest.capture.names import shown_path
from ingest.office.converter import Office
from ingest.own_folder import own_folder
from ingest.paged import set_pages, set_piece
from ingest.pipeline import TABLE
from ingest.readers.limits import Limits
from ingest.readers.table import is_paged
from ingest.readers.unpack import unpack
from ingest.runner import BACKOFF_S
from ingest.side_by_side import Reading
from ingest.stages.lay_out import lay_out
from ingest.stages.reading import read_page
from ingest.stages.triage import triage

_log = logging.getLogger(__name__)
_CHAIN = ("lay_out", "triage", "rasterize", "clean", "recognize")
_TRIES, _DEATHS = 3, 9
"""How often a failing version is tried, and how often one with whose reading its worker died: others kill it too."""
UNREAD = "Le texte de cette pièce n'a pas pu être lu. Le fichier est intact : ouvrez-le, ou relancez la lecture."

Fault = Callable[[str, str], None]
"""Called as (version id, point): by it the tests kill a worker there."""


def no_fault(_version_id: str, _point: str) -> None:
    """Let the work go on."""


@dataclass(frozen=True, slots=True)
class PieceReader:
    """What reading versions takes; a version is read on as many pages as a letter is shown on at most."""

    store: Store
    vault: Vault
    reading: Reading
    office: Office
    limits: Limits
    clock: Clock
    fault: Fault = no_fault

    def read(self, version_id: str) -> None:
        """Read a version to its end, or leave it to a person with the reason; nothing when it does not wait."""
        with self.store.exclusive(f"read_version:{version_id}") as alone:
            with self.store.unit() as unit:
                version = unit.version_texts.to_read(version_id) if alone else None
                tries = unit.version_texts.begin(version_id) if version else 0
                unit.commit()
            if version is None:
                return
            try:
                _refuse_endless(version, tries)
                self._read(version)
            except Exception as error:  # noqa: BLE001 - here any failure becomes a person's work
                self._failed(version, tries, error)

    def _read(self, version: ToRead) -> None:
        with own_folder("piece") as folder:
            path = folder / "original"
            self.fault(version.id, "begun")
            with self.vault.open(version.sha256) as stream, path.open("wb") as copy:
                copyfileobj(stream, copy)
            self.fault(version.id, "fetched")
            paged = self._laid_out(path, version.media_type, folder)
            (sources,) = self.reading.each(triage, [(paged,)])
            key = self._key(version)
            with self.store.unit() as unit:
                there = unit.version_texts.read(version.id, key)
            missing = [(number, source) for number, source in enumerate(sources, 1) if number not in there]
            for some in self.reading.shares(missing):
                pages = self.reading.each(read_page, [(paged, *each, self.reading.engine) for each in some])
                pages = self.reading.again(paged, pages)
                with self.store.unit() as unit:
                    if unit.version_texts.to_read(version.id, lock=True) is None:  # replaced or condemned meanwhile
                        return
                    unit.version_texts.keep(version.id, key, pages)
                    unit.commit()
                self.fault(version.id, "some pages")
        self.fault(version.id, "before settled")
        with self.store.unit() as unit:
            if unit.version_texts.to_read(version.id, lock=True) is not None:
                unit.version_texts.settle(version.id, key, len(sources))
                unit.outbox.add_pieces([version.piece_id], self.clock())
            unit.commit()
        self.fault(version.id, "settled")

    def _laid_out(self, path: Path, media_type: str, folder: Path) -> Path:
        """Return the file as one of pages, with those of the files that it holds."""
        held = folder / "held"
        held.mkdir()
        unpacked = unpack(path, media_type, held, self.limits, self._ask)
        if is_paged(media_type) and not unpacked:
            return path
        named = [
            Piece("", one.rank, one.parent, "", 0, shown_path(one.name), one.media_type, one.page_count, one.remark)
            for one in unpacked
        ]
        files = [
            self._set_piece(piece, one.path)
            for piece, one in zip(fitting(named, self.limits.max_pages), unpacked, strict=True)
        ]
        set_as = set_pages(path, media_type, reading=self.reading, office=self.office)
        (made,) = self.reading.each(lay_out, [(path, set_as, files, self.limits.max_pages)])
        whole = folder / "pages.pdf"
        whole.write_bytes(made.pdf)
        return whole

    def _set_piece(self, piece: Piece, path: Path) -> tuple[Piece, Path]:
        return (piece, path) if piece.remark else set_piece(piece, path, reading=self.reading, office=self.office)

    def _ask(self, act: Any, /, *arguments: Any) -> Any:
        (given,) = self.reading.each(act, [arguments])
        return given

    def _key(self, version: ToRead) -> str:
        """Return a digest of what the words of a version depend on."""
        stages = [f"{each.name} {each.version}" for each in TABLE if each.name in _CHAIN]
        return sha256("\n".join([version.sha256, *stages, self.reading.engines]).encode()).hexdigest()

    def _failed(self, version: ToRead, tries: int, error: Exception) -> None:
        """Try again later, or, when that is no use, leave the version to a person with the reason."""
        known = error if isinstance(error, GedError) else None
        hopeless = known is not None and not known.retryable
        last = hopeless or tries >= _TRIES  # also when what comes after its worker's death fails
        with self.store.unit() as unit:
            if unit.version_texts.to_read(version.id) is None:  # replaced or destroyed meanwhile: its file may be gone
                return
        facts = known.diagnostics() if known else {"type": type(error).__name__}
        _log.warning("version %s could not be read: %s", version.id, facts, exc_info=not hopeless)
        with self.store.unit() as unit:
            if last:
                unit.version_texts.give_up(version.id, known.sentence if known else UNREAD)
            else:
                unit.queue.defer("read_version", delay_s=BACKOFF_S * 2 ** (tries - 1), version_id=version.id)
            unit.commit()


def _refuse_endless(version: ToRead, tries: int) -> None:
    """Let pass a version whose reading did not end with its worker too often.

    Raises:
        Unavailable: `reading.worker_lost`.
    """
    if tries > _DEATHS:
        raise Unavailable("reading.worker_lost", UNREAD, version=version.id)
