"""Finding pieces of dossiers: the index says which, by the tokens of their dossiers, and the store is asked again.

They are asked beside letters rather than among them: a search for letters bears no clause more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ged.mail.access import Actor
from ged.mail.dossier import piece_tokens
from ged.mail.dossier_piece import IndexedPiece
from ged.mail.indexing import piece_of_entry
from ged.store.unit import Store
from search.find import ask, with_names
from search.light import Light, Passage
from search.port import Query, Reach, SearchIndex
from search.spelling import respelt


@dataclass(frozen=True, slots=True)
class FoundPiece:
    """One piece of a dossier found, with the passages of its text that show why."""

    of: IndexedPiece
    score: float
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class PiecesFound:
    """One page of pieces found; `light`, `following` and `respelt` as in `search.find.Answer`."""

    found: tuple[FoundPiece, ...]
    total: int
    following: str | None
    light: Light
    respelt: str | None


def find_pieces(
    query: Query, *, index: SearchIndex, store: Store, actor: Actor, as_written: bool = False
) -> PiecesFound:
    """Return the pieces that match, of the dossiers that the actor may read; nothing where there is none.

    The rights are asked twice, as they are for letters. With `as_written` no word is looked for by likeness, which
    costs the most.

    Raises:
        Refused: `search.cursor`.
        Unavailable: `search.unavailable`.
    """
    readers = piece_tokens(actor)
    query = with_names(query, actor, store)
    hits = index.search(replace(query, reach=Reach.WRITTEN), readers) if as_written else ask(query, index, readers)
    light = Light(query.text, query.synonyms)
    scores = {piece_id: hit.score for hit in hits.hits if (piece_id := piece_of_entry(hit.id)) is not None}
    with store.unit() as unit:
        known = unit.dossier_pieces.indexed(list(scores), actor) if scores else {}
        texts = unit.version_texts.of_pieces(list(known)) if known else {}
    found = tuple(
        FoundPiece(known[each], score, light.passages(texts.get(each, [])))
        for each, score in scores.items()
        if each in known
    )
    read = [text for one in known.values() for text in (one.piece.title, one.dossier.title)]
    read += [page.text for pages in texts.values() for page in pages]
    total = hits.total - (len(hits.hits) - len(found))
    return PiecesFound(found, total, hits.following, light, respelt(query.text, read))
