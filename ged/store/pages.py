"""Pages as read, their images, and the rendition that people download."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONPATH, insert

from ged.mail.page import (
    DOUBTED,
    WORD_END,
    AnalysedPage,
    Box,
    Page,
    PageText,
    PageWords,
    Region,
    RegionKind,
    TextSource,
    Word,
    ended,
)
from ged.mail.page_text import corrected
from ged.store.database import Question, among_given
from ged.store.page_texts import PageTexts, standing_text
from ged.store.reading_tables import page_read
from ged.store.tables import page, page_image, rendition

_PLAIN = ("number", "width_px", "height_px", "resolution_dpi", "rotation_deg", "skew_deg", "confidence", "engine")
_FORM = ("exact", "stems", "grams")
_NO_FORM = dict.fromkeys(("analysis", *_FORM))
_SELECT = sa.select(*(each for each in page.c if each.name not in _NO_FORM))
_TEXT, _CONFIDENCE, _LINE = 0, 5, 6
"""Where its text, its confidence and its line stand in a word that is kept."""
_READ, _DRAWN = "lu ", "image "
"""What the key of a page begins with that is done while others of its letter are not."""


@dataclass(frozen=True, slots=True)
class PageImage:
    """One image of an upright page, by digest in the vault; its format is `IMAGE_TYPE`."""

    number: int
    width_px: int
    height_px: int
    digest: str


@dataclass(frozen=True, slots=True)
class Rendition:
    """The searchable copy: its digest in the vault, its size in bytes, and what is to be said of it, if anything."""

    digest: str
    size: int
    remark: str


class Pages:
    """Keeps what the reading stages give; a stage that runs again replaces its own output."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def keep(self, letter_id: str, pages: Sequence[Page], analysed: Sequence[AnalysedPage] = ()) -> None:
        """Keep the pages of a letter, all of them, in place of those that were there; `analysed`, each or none."""
        self._connection.execute(sa.delete(page).where(page.c.letter_id == letter_id))
        self._forget_parts(letter_id)
        if pages:
            forms = {each.number: _form(each) for each in analysed}
            rows = [_row(letter_id, each) | forms.get(each.number, _NO_FORM) for each in pages]
            self._connection.execute(sa.insert(page), rows)

    def keep_read(self, letter_id: str, key: str, pages: Sequence[Page]) -> None:
        """Keep pages as they are read, until all of the letter's are; `key` says of what and by what they were."""
        self._keep_part(letter_id, f"{_READ}{key}", {each.number: _row(letter_id, each) for each in pages})

    def read(self, letter_id: str, key: str) -> dict[int, Page]:
        """Return the pages that were read under a key and wait for the others, by number."""
        return {number: _page(part) for number, part in self._parts(letter_id, f"{_READ}{key}")}

    def keep_drawn(self, letter_id: str, key: str, images: Sequence[PageImage]) -> None:
        """Keep images of pages as they are drawn, all of a page at once, until all of the letter's are."""
        parts: dict[int, list[list[Any]]] = {}
        for each in images:
            parts.setdefault(each.number, []).append([each.width_px, each.height_px, each.digest])
        self._keep_part(letter_id, f"{_DRAWN}{key}", parts)

    def drawn(self, letter_id: str, key: str) -> tuple[PageImage, ...]:
        """Return the images that were drawn under a key and wait for the others, by page."""
        parts = self._parts(letter_id, f"{_DRAWN}{key}")
        return tuple(PageImage(number, *image) for number, part in parts for image in part)

    def count_parts(self, letter_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Count the pages of some letters that are (read, drawn) while others are not; no entry for one without."""
        read, drawn = (sa.func.count().filter(page_read.c.key.startswith(begin)) for begin in (_READ, _DRAWN))
        rows = self._connection.execute(
            sa.select(page_read.c.letter_id, read, drawn)
            .where(page_read.c.letter_id.in_(letter_ids))
            .group_by(page_read.c.letter_id)
        )
        return {row[0]: (row[1], row[2]) for row in rows}

    def _keep_part(self, letter_id: str, key: str, parts: Mapping[int, Any]) -> None:
        rows = [{"letter_id": letter_id, "key": key, "number": number, "page": part} for number, part in parts.items()]
        if rows:
            self._connection.execute(insert(page_read).on_conflict_do_nothing(), rows)

    def _parts(self, letter_id: str, key: str) -> list[tuple[int, Any]]:
        query = sa.select(page_read.c.number, page_read.c.page).where(
            page_read.c.letter_id == letter_id, page_read.c.key == key
        )
        return [(row.number, row.page) for row in self._connection.execute(query.order_by(page_read.c.number))]

    def _forget_parts(self, letter_id: str) -> None:
        self._connection.execute(sa.delete(page_read).where(page_read.c.letter_id == letter_id))

    def of(self, letter_id: str) -> tuple[Page, ...]:
        """Return the pages of a letter, in order, saying what people corrected."""
        return tuple(self.of_letters([letter_id]).get(letter_id, ()))

    def as_read(self, letter_id: str) -> tuple[Page, ...]:
        """Return the pages of a letter, in order, as they were read."""
        query = _SELECT.where(page.c.letter_id == letter_id).order_by(page.c.number)
        return tuple(_page(row) for row in self._connection.execute(query).mappings())

    def of_letters(self, letter_ids: list[str]) -> dict[str, list[Page]]:
        """Return the pages of several letters, in order, saying what people corrected."""
        found: dict[str, list[Page]] = {}
        texts = PageTexts(self._connection).standing(letter_ids)
        query = _SELECT.where(page.c.letter_id.in_(letter_ids)).order_by(page.c.letter_id, page.c.number)
        for row in self._connection.execute(query).mappings():
            text = texts.get((row["letter_id"], row["number"]))
            read = _page(row)
            found.setdefault(row["letter_id"], []).append(read if text is None else corrected(read, text))
        return found

    def words_of(self, letter_ids: Sequence[str]) -> dict[str, list[PageWords]]:
        """Return what the pages of several letters say and what of it is doubted, in order, as people corrected it.

        The boxes stay in the database: a fifth of the time of `of_letters`.
        """
        found: dict[str, list[PageWords]] = {}
        for letter_id, number, said, doubted, text in _WORDS.ask(self._connection, ids=sorted(letter_ids)):
            if text is None:
                words = PageWords(number, _DECODED.decode(said), doubted=_DECODED.decode(doubted))
            else:
                words = PageWords(number, tuple(text.split()))
            found.setdefault(letter_id, []).append(words)
        return found

    def analysed_of(self, letter_ids: Sequence[str], analysis: int) -> dict[str, list[AnalysedPage]]:
        """Return the pages of letters as an analysis made them; none of a letter with a page that it did not make.

        A page that somebody corrected is one of these.
        """
        found: dict[str, list[AnalysedPage]] = {}
        others = set()
        rows = _ANALYSED.ask(self._connection, ids=sorted(letter_ids), analysis=analysis)
        for letter_id, number, stands, *form in rows:
            if stands:
                found.setdefault(letter_id, []).append(AnalysedPage(number, analysis, *form))
            else:
                others.add(letter_id)
        return {letter_id: pages for letter_id, pages in found.items() if letter_id not in others}

    def texts_of(self, letter_ids: Sequence[str]) -> dict[str, list[PageText]]:
        """Return what the pages of several letters say, in order, as people corrected it: words are not taken apart."""
        found: dict[str, list[PageText]] = {}
        for letter_id, number, words, lines, text in _TEXTS.ask(self._connection, ids=sorted(letter_ids)):
            read = PageText(number, _ended(words), lines) if text is None else _corrected(number, text)
            found.setdefault(letter_id, []).append(read)
        return found

    def keep_images(self, letter_id: str, images: Sequence[PageImage]) -> None:
        """Keep the images of a letter's pages in place of those that were there."""
        self._forget_parts(letter_id)
        self._connection.execute(sa.delete(page_image).where(page_image.c.letter_id == letter_id))
        rows = [
            {
                "letter_id": letter_id,
                "number": image.number,
                "width_px": image.width_px,
                "height_px": image.height_px,
                "sha256": image.digest,
            }
            for image in images
        ]
        if rows:
            self._connection.execute(sa.insert(page_image), rows)

    def images(self, letter_id: str) -> tuple[PageImage, ...]:
        """Return the images of a letter, by page, small before large."""
        columns = [page_image.c[name] for name in ("number", "width_px", "height_px", "sha256")]
        rows = self._connection.execute(
            sa.select(*columns).where(page_image.c.letter_id == letter_id).order_by(columns[0], columns[1])
        )
        return tuple(PageImage(*row) for row in rows)

    def keep_rendition(self, letter_id: str, kept: Rendition) -> None:
        """Keep the searchable copy of a letter in place of the one that was there."""
        values = {"sha256": kept.digest, "size": kept.size, "remark": kept.remark}
        self._connection.execute(
            insert(rendition)
            .values(letter_id=letter_id, **values)
            .on_conflict_do_update(index_elements=[rendition.c.letter_id], set_=values)
        )

    def rendition(self, letter_id: str) -> Rendition | None:
        """Return the searchable copy of a letter, once it is made."""
        row = self._connection.execute(
            sa.select(rendition.c.sha256, rendition.c.size, rendition.c.remark).where(
                rendition.c.letter_id == letter_id
            )
        ).one_or_none()
        return None if row is None else Rendition(*row)


def _corrected(number: int, text: str) -> PageText:
    lines = [line.split() for line in text.splitlines() if line.strip()]
    rows = [row for row, line in enumerate(lines) for _ in line]
    return PageText(number, ended([word for line in lines for word in line]), json.dumps(rows))


def _ended(words: str) -> str:
    """Return words, given as PostgreSQL writes an array of them in JSON, each with an end but the last."""
    return ended(_DECODED.decode(words)) if "\\" in words else words[2:-2].replace('", "', WORD_END)


def _parts_of_words(at: int) -> sa.ColumnElement[Any]:
    """Return the array of what stands at one place of each word of a page, as `_row` writes it."""
    return sa.func.jsonb_path_query_array(page.c.words, sa.cast(f"$[*][{at}]", JSONPATH))


# « strict »: else the filter would look into the word for words.
_DOUBTED = sa.func.jsonb_path_query_array(
    page.c.words, sa.cast(f"strict $[*] ? (@[{_CONFIDENCE}] < {DOUBTED})[{_TEXT}]", JSONPATH)
)


def _said(*parts: sa.ColumnElement[Any]) -> Question:
    """Return what gives (letter, page number, parts of its words as JSON, corrected text if any) in order."""
    texts = [sa.cast(each, sa.Text) for each in parts]  # decoded into what is wanted, not into lists first
    query = sa.select(page.c.letter_id, page.c.number, *texts, standing_text(page.c.letter_id, page.c.number))
    return Question(query.where(among_given(page.c.letter_id, "ids")).order_by(page.c.letter_id, page.c.number))


_DECODED = msgspec.json.Decoder(tuple[str, ...])
_WORDS = _said(_parts_of_words(_TEXT), _DOUBTED)
_TEXTS = _said(_parts_of_words(_TEXT), _parts_of_words(_LINE))


_ANALYSED = Question(
    sa.select(
        page.c.letter_id,
        page.c.number,
        sa.and_(
            page.c.analysis == sa.bindparam("analysis", type_=sa.Integer),
            standing_text(page.c.letter_id, page.c.number).is_(None),
        ),
        *(page.c[name] for name in _FORM),
    )
    .where(among_given(page.c.letter_id, "ids"))
    .order_by(page.c.letter_id, page.c.number)
)


def _form(value: AnalysedPage) -> dict[str, Any]:
    return {name: getattr(value, name) for name in ("analysis", *_FORM)}


def _row(letter_id: str, value: Page) -> dict[str, Any]:
    words = [
        [word.text, *_sides(word.box), round(word.confidence, 3), word.line, *([] if word.printed else [False])]
        for word in value.words
    ]
    regions = [[region.kind, *_sides(region.box)] for region in value.regions]
    outline = [[round(x, 6), round(y, 6)] for x, y in value.outline or ()]
    plain = {name: getattr(value, name) for name in _PLAIN}
    return {
        "letter_id": letter_id,
        "source": value.source,
        "words": words,
        "regions": regions,
        "outline": outline,
        **plain,
    }


def _sides(box: Box) -> tuple[float, float, float, float]:
    left, top, right, bottom = (round(side, 5) for side in (box.left, box.top, box.right, box.bottom))
    return left, top, right, bottom


def _page(row: Mapping[Any, Any]) -> Page:
    words = tuple(
        Word(text, Box(left, top, right, bottom), confidence, line, *printed)
        for text, left, top, right, bottom, confidence, line, *printed in row["words"]
    )
    regions = tuple(Region(RegionKind(kind), Box(*sides)) for kind, *sides in row.get("regions", ()))
    corners = [(x, y) for x, y in row.get("outline", ())]
    outline = (corners[0], corners[1], corners[2], corners[3]) if corners else None
    plain = {name: row[name] for name in _PLAIN}
    return Page(source=TextSource(row["source"]), words=words, regions=regions, outline=outline, **plain)
