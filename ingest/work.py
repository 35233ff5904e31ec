"""What each stage of the table does for one letter: fetches the original, calls pure stages, keeps what they give.

Whatever looks into the original does so behind walls (`ingest/confined`), pages side by side.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from shutil import copyfileobj
from typing import Any

from ged.mail.electronic import Piece
from ged.mail.item import Letter
from ged.mail.page import IMAGE_TYPE, AnalysedPage, Box, Evidence, Page, TextSource
from ged.mail.qualification import LEAST, Field, Proposal
from ged.ports import Vault
from ged.services.arrived_signatures import STAGE
from ged.services.known_sender import known_sender
from ged.store.pages import PageImage, Rendition
from ged.store.unit import Store, Unit
from ingest.lookalikes import lookalikes
from ingest.models.served import ServedModels
from ingest.office.converter import Office
from ingest.own_folder import own_folder
from ingest.paged import set_pages, set_piece
from ingest.pipeline import TABLE, kept_before
from ingest.readers.table import facts_of, is_mail, is_paged, of_type
from ingest.runner import Result, Work
from ingest.side_by_side import Reading
from ingest.signatures import JudgeSignatures
from ingest.stages.classify import classify
from ingest.stages.extract import extract
from ingest.stages.fields.headers import from_headers
from ingest.stages.lay_out import lay_out
from ingest.stages.propose import by_separator, propose
from ingest.stages.reading import read_page
from ingest.stages.render import page_images, render_pdf
from ingest.stages.triage import triage

_log = logging.getLogger(__name__)
SMALL_PX, LARGE_PX = 909, 1800
Analyse = Callable[[Page], AnalysedPage]
MAIL_REMARK = "Cette copie réunit le texte du message et les pages de ses pièces jointes."
LAID_OUT_REMARK = "Cette copie est mise en pages d'après l'original et ses pièces, qui restent tels que reçus."


def works(  # noqa: PLR0917 - what every stage together needs
    store: Store,
    vault: Vault,
    reading: Reading,
    office: Office,
    max_pages: int,
    signatures: JudgeSignatures,
    analyse: Analyse,
) -> dict[str, Work]:
    """Return what the runner calls for each kept stage.

    A letter is shown on `max_pages` at most; what its pages say is put as the index wants it by `analyse`.
    """
    hands = _Hands(store, vault, reading, office, max_pages, analyse)
    return {
        "lay_out": hands.lay_out,
        "triage": hands.triage,
        "recognize": hands.recognize,
        "extract": hands.extract,
        "classify": hands.classify,
        "propose": hands.propose,
        "resemble": hands.resemble,
        "render": hands.render,
        STAGE: lambda letter, _outputs: signatures(letter, hands.pieces(letter), hands.fetched),
    }


class _Hands:
    def __init__(  # noqa: PLR0917 - private
        self, store: Store, vault: Vault, reading: Reading, office: Office, max_pages: int, analyse: Analyse
    ) -> None:
        self._store = store
        self._vault = vault
        self._reading = reading
        self._models = ServedModels(store, vault)
        self._max_pages = max_pages
        self._analyse = analyse
        self._office = office

    def lay_out(self, letter: Letter, _outputs: dict[str, Any]) -> Result:
        pieces = self.pieces(letter)
        if is_paged(letter.media_type) and not pieces:
            return Result({"pages": None})
        with self.fetched(letter.original) as path:
            files = [self._piece(piece, path.with_name(f"piece-{piece.rank}")) for piece in pieces]
            media_type = set_pages(path, letter.media_type, reading=self._reading, office=self._office)
            (made,) = self._reading.each(lay_out, [(path, media_type, files, self._max_pages)])
        digest = self._put(letter, made.pdf, "application/pdf")
        shown = {each.rank: (each.page_count, each.remark) for each in made.pieces}

        def keep(unit: Unit, current: Letter, _run: int) -> None:
            unit.electronic.show_pieces(letter.id, shown)
            unit.letters.change(current, page_count=made.page_count)

        return Result({"pages": digest, "shown": sorted(shown.items())}, keep)

    def pieces(self, letter: Letter) -> tuple[Piece, ...]:
        """Return the pieces of a letter."""
        with self._store.unit() as unit:
            return unit.electronic.pieces(letter.id)

    def _piece(self, piece: Piece, path: Path) -> tuple[Piece, Path]:
        """Fetch a piece, as pages where that takes a program of its own: it may fail without the others."""
        self._fetch(piece.digest, path)
        return (piece, path) if piece.remark else set_piece(piece, path, reading=self._reading, office=self._office)

    def triage(self, letter: Letter, outputs: dict[str, Any]) -> Result:
        with self._laid_out(letter, outputs) as path:
            (sources,) = self._reading.each(triage, [(path,)])
        return Result([str(source) for source in sources])

    def recognize(self, letter: Letter, outputs: dict[str, Any]) -> Result:
        sources = [TextSource(source) for source in outputs["triage"]]
        key = _key(_pages_digest(letter, outputs), *sources, *_versions("recognize"), self._reading.engines)
        with self._store.unit() as unit:
            done = unit.pages.read(letter.id, key)
        missing = [(number, source) for number, source in enumerate(sources, 1) if number not in done]
        with self._laid_out(letter, outputs) if missing else nullcontext(Path()) as path:
            for some in self._reading.shares(missing):
                _say("are read", letter, [number for number, _ in some])
                read: list[Page] = self._reading.each(read_page, [(path, *each, self._reading.engine) for each in some])
                read = self._reading.again(path, read)
                done |= {page.number: page for page in read}
                with self._store.unit() as unit:
                    unit.pages.keep_read(letter.id, key, read)
                    unit.commit()
        pages = [done[number] for number in range(1, len(sources) + 1)]
        analysed = [self._analyse(page) for page in pages]

        def keep(unit: Unit, current: Letter, _run: int) -> None:
            unit.pages.keep(letter.id, pages, analysed)
            unit.letters.change(current, page_count=len(pages))

        return Result([[page.source, round(page.confidence, 3), page.text] for page in pages], keep)

    def extract(self, letter: Letter, _outputs: dict[str, Any]) -> Result:
        found = extract(self._told(letter), senders=True)
        if is_mail(letter.media_type):
            with self.fetched(letter.original) as path:
                (facts,) = self._reading.each(facts_of, [(path, letter.media_type)])
            found = from_headers(facts, found)
        return Result([_written(each) for each in found])

    def classify(self, letter: Letter, _outputs: dict[str, Any]) -> Result:
        return Result([_written(each) for each in classify(self._told(letter), self._models.of(letter.tenant_id))])

    def propose(self, letter: Letter, outputs: dict[str, Any]) -> Result:
        found = [_read(each) for each in [*outputs["extract"], *outputs["classify"]]]
        with self._store.unit() as unit:
            on = letter.registered_at.date()
            entities = unit.organisation.entities(tenant_id=letter.tenant_id, open_on=on)
            kinds = unit.organisation.kinds()
            plan = unit.schedules.plan_on(letter.tenant_id, on)
            separator = unit.batches.said_of(letter.id)
            found = known_sender(unit, letter.tenant_id, found)
        proposals = by_separator(propose(self._told(letter), found, entities, kinds, plan), *separator)

        def keep(unit: Unit, _current: Letter, run: int) -> None:
            unit.proposals.keep(letter.id, run, proposals)

        return Result([_written(each) for each in proposals], keep)

    def resemble(self, letter: Letter, outputs: dict[str, Any]) -> Result:
        proposed = {
            each.field: each.value for each in map(_read, reversed(outputs["extract"])) if each.confidence >= LEAST
        }
        found = lookalikes(letter, proposed, self._store)

        def keep(unit: Unit, current: Letter, _run: int) -> None:
            unit.near_duplicates.keep(current.id, found)

        return Result([[other_id, resemblance.share] for other_id, resemblance in found], keep)

    def render(self, letter: Letter, outputs: dict[str, Any]) -> Result:
        pages = self._pages(letter)
        with self._laid_out(letter, outputs) as path:
            read = json.dumps([_pages_digest(letter, outputs), outputs["recognize"]])
            images = self._images(letter, path, pages, _key(read, *_versions("render")))
            (rendered,) = self._reading.each(render_pdf, [(path, pages, letter.number)])
        laid_out = MAIL_REMARK if is_mail(letter.media_type) else LAID_OUT_REMARK
        remark = laid_out if outputs["lay_out"]["pages"] else rendered.remark
        copy = Rendition(self._put(letter, rendered.data, "application/pdf"), len(rendered.data), remark)

        def keep(unit: Unit, _current: Letter, _run: int) -> None:
            unit.pages.keep_images(letter.id, images)
            unit.pages.keep_rendition(letter.id, copy)

        return Result({"copy": copy.digest, "images": [image.digest for image in images]}, keep)

    def _images(self, letter: Letter, path: Path, pages: tuple[Page, ...], key: str) -> list[PageImage]:
        """Return the images of pages, small before large; those of a page that was drawn are not drawn again."""
        with self._store.unit() as unit:
            done = list(unit.pages.drawn(letter.id, key))
        there = {image.number for image in done}
        for some in self._reading.shares([page for page in pages if page.number not in there]):
            _say("are drawn", letter, [page.number for page in some])
            widths = (SMALL_PX, LARGE_PX)
            drawn = self._reading.each(page_images, [(path, page, widths) for page in some])
            images = [
                self._image(letter, page, width, data)
                for page, two in zip(some, drawn, strict=True)
                for width, data in zip(widths, two, strict=True)
            ]
            with self._store.unit() as unit:
                unit.pages.keep_drawn(letter.id, key, images)
                unit.commit()
            done += images
        return sorted(done, key=lambda image: (image.number, image.width_px))

    def _image(self, letter: Letter, page: Page, width_px: int, data: bytes) -> PageImage:
        height_px = round(width_px * page.height_px / page.width_px)
        return PageImage(page.number, width_px, height_px, self._put(letter, data, IMAGE_TYPE))

    def _pages(self, letter: Letter) -> tuple[Page, ...]:
        with self._store.unit() as unit:
            return unit.pages.of(letter.id)

    def _told(self, letter: Letter) -> tuple[Page, ...]:
        """Return the pages that say something of the letter: a list of what it holds, made by us, does not."""
        pages, known = self._pages(letter), of_type(letter.media_type)
        return pages[1:] if known is not None and known.lists and len(pages) > 1 else pages

    def _put(self, letter: Letter, data: bytes, media_type: str) -> str:
        return self._vault.put(BytesIO(data), media_type=media_type, tenant_id=letter.tenant_id).digest

    @contextmanager
    def _laid_out(self, letter: Letter, outputs: dict[str, Any]) -> Iterator[Path]:
        """Lend a letter's pages: its original when it is made of pages, else what was made of it."""
        with self.fetched(_pages_digest(letter, outputs)) as path:
            yield path

    @contextmanager
    def fetched(self, digest: str) -> Iterator[Path]:
        """Lend a copy of a file of the vault."""
        with own_folder("lecture") as folder:
            path = folder / "original"
            self._fetch(digest, path)
            yield path

    def _fetch(self, digest: str, path: Path) -> None:
        with self._vault.open(digest) as stream, path.open("wb") as copy:
            copyfileobj(stream, copy)


def _say(what: str, letter: Letter, numbers: list[int]) -> None:
    """Leave a line before pages are worked on, so that work that was begun and lost with its worker is seen too."""
    _log.info("pages %s of letter %s %s", numbers, letter.id, what)


def _pages_digest(letter: Letter, outputs: dict[str, Any]) -> str:
    return str(outputs["lay_out"]["pages"] or letter.original)


def _key(*parts: str) -> str:
    """Return a digest of what a page that is kept by itself depends on."""
    return sha256("\n".join(parts).encode()).hexdigest()


def _versions(name: str) -> list[str]:
    """Return a stage with its version, and those that run in memory just before it with theirs."""
    stage = next(each for each in TABLE if each.name == name)
    return [f"{each.name} {each.version}" for each in (*kept_before(stage)[0], stage)]


def _written(proposal: Proposal) -> dict[str, Any]:
    evidence = proposal.evidence
    box = evidence.box if evidence else None
    return {
        "field": proposal.field,
        "value": proposal.value,
        "confidence": proposal.confidence,
        "page": evidence.page if evidence else None,
        "box": [box.left, box.top, box.right, box.bottom] if box else None,
        "origin": proposal.origin,
    }


def _read(written: dict[str, Any]) -> Proposal:
    evidence = Evidence(written["page"], Box(*written["box"])) if written["box"] else None
    return Proposal(Field(written["field"]), written["value"], written["confidence"], evidence, written["origin"])
