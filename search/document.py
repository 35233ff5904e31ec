"""A letter or a piece of a dossier as the index holds it: analysed words by field, and what filters and facets use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ged.mail.access import readers_of
from ged.mail.dossier import piece_readers
from ged.mail.dossier_piece import IndexedPiece
from ged.mail.indexing import entry_of_piece
from ged.mail.item import Letter, State
from ged.mail.page import AnalysedPage, Page, PageWords
from search.damaged import all_grams, grams_of
from search.french import analysed, joined
from search.meaning import NO_VECTORS, Vector

TEXT_FIELDS = ("subject", "sender", "recipient", "body", "exact", "refs", "grams")
"""Words separated by spaces, ready for an engine that only cuts at spaces."""
ORDERED_FIELD = "exact"
"""The one text field whose words are kept in order, for phrases."""
UNSCORED_FIELD = "grams"
"""The one text field that is found or not, whatever it holds."""
ANALYSIS = 5
"""Raised when words are analysed otherwise: an index of another analysis asks to be rebuilt."""
KEYWORD_FIELDS = ("direction", "state", "kind", "service", "code")
LISTED_FIELDS = ("whole", "readers")
NUMBER_FIELDS = ("day", "registered", "year")
Said = Page | PageWords | AnalysedPage
FACETS = ("direction", "state", "kind", "service", "code", "year")


@dataclass(frozen=True, slots=True)
class Document:
    """One letter, or one piece of a dossier, in the index: the tokens of readers part them.

    Attributes:
        revision: The entry's; an older one never replaces a newer one.
        body: Stems of the whole letter, subject and names too: whoever looks for words in any place looks here. The
            references that it quotes stand there as one word as well.
        exact: Every word of the letter folded, in order, small words too: for phrases and near words.
        refs: Parts of its numbers and references, without leading zeros.
        grams: Trigrams of the words that the reading doubts (`search.damaged`).
        whole: Numbers and references as one word, to be found by their beginning.
        code: File code (cote), as the plan writes it; "" while nobody said.
        readers: Reader tokens (`ged.mail.access`), of which an asker needs one.
        day: Registration day as 20261124; `registered` the instant in milliseconds since 1970.
        meaning: Vector of what the letter says (`search.meaning`), where there is a model and it had time.
    """

    id: str
    revision: int
    subject: str
    sender: str
    recipient: str
    body: str
    exact: str
    refs: str
    grams: str
    whole: tuple[str, ...]
    readers: tuple[str, ...]
    direction: str
    state: str
    kind: str
    service: str
    code: str
    day: int
    registered: int
    year: int
    meaning: Vector | None = None


def analysed_page(page: Page | PageWords) -> AnalysedPage:
    """Return what a page says as the index holds it."""
    exact, stems = analysed(page.said)
    return AnalysedPage(page.number, ANALYSIS, exact, stems, grams_of(page.doubted))


def _as_indexed(pages: Sequence[Said]) -> list[AnalysedPage]:
    return [page if isinstance(page, AnalysedPage) else analysed_page(page) for page in pages]


def document(letter: Letter, pages: Sequence[Said], meaning: Vector | None = None) -> Document:
    """Return the document of a letter as it stands; of one that was destroyed, what the register keeps and no page."""
    destroyed = letter.state is State.DESTROYED
    told = [] if destroyed else _as_indexed(pages)
    subject, sender, recipient = (
        analysed((text or "").split()) for text in (letter.subject, letter.sender, letter.recipient)
    )
    references = [letter.number, letter.sender_reference or ""]
    parts = analysed(references)[0]
    return Document(
        id=letter.id,
        revision=letter.revision,
        subject=subject[1],
        sender=sender[1],
        recipient=recipient[1],
        body=" ".join(filter(None, [subject[1], sender[1], recipient[1], parts, *(page.stems for page in told)])),
        exact=" ".join(filter(None, [subject[0], sender[0], recipient[0], parts, *(page.exact for page in told)])),
        refs=parts,
        grams=all_grams([page.grams for page in told]),
        whole=tuple(word for reference in references for word in joined(reference)),
        readers=tuple(sorted(readers_of(letter))),
        direction=letter.direction,
        state=letter.state,
        kind=letter.kind or "",
        service=letter.service_id or "",
        code=letter.file_code or "",
        day=_day(letter.registered_at),
        registered=int(letter.registered_at.timestamp() * 1000),
        year=letter.year,
        meaning=meaning,
    )


def document_of_piece(one: IndexedPiece, pages: Sequence[Said]) -> Document:
    """Return the document of a piece as it stands; of one withdrawn or condemned, an entry that nobody finds.

    That entry is bare rather than removed: its revision keeps a write that comes late from bringing the words back.
    """
    piece, case = one.piece, one.dossier
    counts = not piece.withdrawn and piece.condemned_at is None
    texts = [piece.title, case.title, piece.part, *piece.metadata.values(), *one.told_there, one.filename]
    if not counts:
        texts, pages = [""], ()
    said = _as_indexed(pages)
    told = [*(analysed(text.split()) for text in texts), *((page.exact, page.stems) for page in said)]
    parts = analysed([case.code] if counts else [])[0]
    return Document(
        id=entry_of_piece(piece.id),
        revision=one.revision,
        subject=told[0][1],
        sender="",
        recipient="",
        body=" ".join(filter(None, [parts, *(stems for _, stems in told)])),
        exact=" ".join(filter(None, [parts, *(words for words, _ in told)])),
        refs=parts,
        grams=all_grams([page.grams for page in said]),
        whole=tuple(joined(case.code)) if counts else (),
        readers=tuple(sorted(piece_readers(case))) if counts else (),
        direction="",
        state="",
        kind="",
        service=case.owner_id,
        code=case.file_code or "",
        day=_day(one.added_at),
        registered=int(one.added_at.timestamp() * 1000),
        year=one.added_at.year,
    )


def _day(at: datetime) -> int:
    return 10_000 * at.year + 100 * at.month + at.day


def documents(
    found: Iterable[tuple[Letter | IndexedPiece, Sequence[Said]]],
    meanings: Mapping[str, Vector] = NO_VECTORS,
) -> list[Document]:
    """Return the documents of letters and pieces with their pages, and with what is known of what letters mean."""
    return [
        document_of_piece(one, pages) if isinstance(one, IndexedPiece) else document(one, pages, meanings.get(one.id))
        for one, pages in found
    ]
