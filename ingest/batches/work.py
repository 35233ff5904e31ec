"""The worker's part in lots: pages looked at side by side, each kept as it is done, then put on the board."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from shutil import copyfileobj

from ged.clock import Clock
from ged.errors import GedError, Refused
from ged.mail.batch import BatchFile
from ged.mail.batch_board import BatchPage
from ged.ports import Vault
from ged.services.lay_out_batch import put_on_board
from ged.store.unit import Store
from ingest.batches.look import Looked, look_at_page
from ingest.own_folder import own_folder
from ingest.side_by_side import Reading

_log = logging.getLogger(__name__)


class BatchHands:
    """Looks at the files of lots; killed anywhere, the next worker goes on with the pages that are missing."""

    def __init__(self, store: Store, vault: Vault, reading: Reading, clock: Clock) -> None:
        self._store = store
        self._vault = vault
        self._reading = reading
        self._clock = clock

    def look(self, batch_id: str, rank: int) -> None:
        """See to it that the pages of a file are looked at and on the board of their lot.

        Raises:
            NotFound: `batch.unknown`.
            Unavailable: an engine does not answer; the job is tried again.
        """
        with self._store.exclusive(f"batch:{batch_id}:{rank}") as alone:
            if not alone:
                return
            with self._store.unit() as unit:
                file = next(one for one in unit.batches.files(batch_id) if one.rank == rank)
                done = {page.number for page in unit.batches.pages(batch_id, rank)}
            missing = [number for number in range(1, file.page_count + 1) if number not in done]
            if missing:
                self._look_at(file, missing)
            put_on_board(batch_id, store=self._store, clock=self._clock)

    def _look_at(self, file: BatchFile, numbers: Sequence[int]) -> None:
        with own_folder("lot") as folder:
            path = folder / "fichier"
            with self._vault.open(file.sha256) as stream, path.open("wb") as copy:
                copyfileobj(stream, copy)
            for some in self._reading.shares(numbers):
                _log.info("pages %s of file %s of lot %s are looked at", list(some), file.rank, file.batch_id)
                pages = [self._page(file.rank, number, seen) for number, seen in self._seen(path, some)]
                with self._store.unit() as unit:
                    unit.batches.keep_pages(file.batch_id, pages)
                    unit.commit()

    def _seen(self, path: Path, numbers: Sequence[int]) -> list[tuple[int, Looked | None]]:
        """Return what is seen of some pages; None for one that cannot be drawn: a person sees the others, and it."""
        try:
            looked = self._reading.each(look_at_page, [(path, number) for number in numbers])
        except GedError as error:
            if len(numbers) > 1:
                return [pair for number in numbers for pair in self._seen(path, [number])]
            if not isinstance(error, Refused) and error.code != "reading.process_lost":
                raise
            _log.warning("page %s of a lot is not drawn: %s", numbers[0], error.diagnostics())
            return [(numbers[0], None)]
        return list(zip(numbers, looked, strict=True))

    def _page(self, rank: int, number: int, seen: Looked | None) -> BatchPage:
        if seen is None:
            return BatchPage(rank, number, blank=False, sheet="", code="", width_px=0, height_px=0, small="", large="")
        small, large = (self._vault.put(BytesIO(data), media_type="image/webp") for data in (seen.small, seen.large))
        return BatchPage(
            rank,
            number,
            blank=seen.blank,
            sheet=seen.sheet,
            code=seen.code,
            width_px=seen.width_px,
            height_px=seen.height_px,
            small=small.digest,
            large=large.digest,
        )
