"""A search as files: a table that a spreadsheet opens, and a print; the hits that one may read, in the page's order."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi import Query as Parameter
from fastapi.responses import Response

from api.deps import ActorDep, HouseDep
from api.prints import print_pdf
from api.views.history_words import harmless
from api.views.render import language_of
from api.views.search_language import typed_search
from api.views.words import CODES, LEVELS, translations, typed_day
from api.wiring import House
from ged.mail.access import Actor, Right, require
from ged.mail.dossier_piece import IndexedPiece
from ged.mail.journal import Act
from ged.mail.listing import ListedLetter
from ged.mail.qualification import Field
from ged.services import consult, dossier_pieces
from ged.services.leave_line import leave_line
from ged.services.second_number import second_numbers
from search.entries import LETTERS, PIECES
from search.find import Gathered, gather
from search.port import Sort

router = APIRouter()
MOST_ROWS, MOST_PRINTED = 10_000, 1_000
"""Letters in a table, and on paper, and as many pieces of dossiers; beyond, the file says that there are more."""
_HEAD = (
    "Numéro", "Numéros de service", "Sens", "Enregistré", "Expéditeur", "Destinataire", "Objet", "Référence",
    "Daté du", "Nature", "Service", "État", "Confidentialité", "Échéance", "Dossier de la pièce", "Partie",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file of a search holds: letters first, then pieces of dossiers, each in the order of the search."""

    letters: Gathered[ListedLetter]
    pieces: Gathered[IndexedPiece]


@router.get("/recherche.csv")
def table(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    q: Annotated[str, Parameter(max_length=400)] = "",
    tri: Sort = Sort.RELEVANCE,
) -> Response:
    """Return the hits of a search as a table, best first or newest first as the page has them."""
    found = _gathered(q, tri, MOST_ROWS, Act.LIST_EXPORTED, house, actor)
    data = as_csv(found, language_of(request), house, actor)
    offered = {"Content-Disposition": 'attachment; filename="recherche.csv"', "Cache-Control": "no-store"}
    return Response(data, media_type="text/csv; charset=utf-8", headers=offered)


@router.get("/recherche.pdf")
def paper(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    q: Annotated[str, Parameter(max_length=400)] = "",
    tri: Sort = Sort.RELEVANCE,
) -> Response:
    """Return the hits of a search on paper."""
    found = _gathered(q, tri, MOST_PRINTED, Act.LIST_PRINTED, house, actor)
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    values: dict[str, Any] = {
        "found": found.letters,
        "pieces": found.pieces,
        "piece_kinds": _piece_kinds(language_of(request), house),
        "q": q,
        "newest": tri is Sort.NEWEST,
        "printed_by": actor.name,
        "printed_at": house.clock(),
        "services": lists.known,
        "second": _second(found.letters.rows, house),
    }
    offered = {"Content-Disposition": 'attachment; filename="recherche.pdf"', "Cache-Control": "no-store"}
    pdf = print_pdf("prints/search.html", language_of(request), **values)
    return Response(pdf, media_type="application/pdf", headers=offered)


def as_csv(found: Taken, language: str, house: House, actor: Actor) -> bytes:
    """Return hits as a table that a French spreadsheet opens: semicolons, UTF-8 with its mark."""
    say = translations(language).gettext
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    kinds = {kind.code: kind.label_en if language == "en" else kind.label_fr for kind in lists.kinds}
    services = {code: entity.acronym or entity.name_fr for code, entity in lists.known.items()}
    second = _second(found.letters.rows, house)
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";", lineterminator="\r\n")
    rows.writerow(say(name) for name in _HEAD)
    for row in found.letters.rows:
        letter, kind, service = row.letter, row.shown(Field.KIND), row.shown(Field.SERVICE)
        cells = (
            letter.number,
            ", ".join(second.get(letter.id, ())),
            say(CODES[letter.direction]),
            typed_day(letter.registered_at.date()),
            row.shown(Field.SENDER),
            row.shown(Field.RECIPIENT),
            row.shown(Field.SUBJECT),
            row.shown(Field.SENDER_REFERENCE),
            typed_day(letter.letter_date),
            kinds.get(kind, kind),
            services.get(service, service),
            say(CODES[letter.state]),
            say(LEVELS[letter.confidentiality]),
            typed_day(letter.due_date),
            "",
            "",
        )
        rows.writerow(harmless(cell) for cell in cells)
    kinds = _piece_kinds(language, house)
    for one in found.pieces.rows:
        piece, case = one.piece, one.dossier
        cells = (
            *("", "", say("Pièce de dossier"), typed_day(one.added_at.date()), "", "", piece.title, "", ""),
            *(kinds.get(piece.kind, piece.kind), services.get(case.owner_id, case.owner_id), "", "", ""),
            *(case.label, piece.part),
        )
        rows.writerow(harmless(cell) for cell in cells)
    for part, more in (
        (found.letters, "%(shown)s premiers courriers sur %(total)s"),
        (found.pieces, "%(shown)s premières pièces de dossier sur %(total)s"),
    ):
        if part.total > len(part.rows):
            rows.writerow([say(more) % {"shown": len(part.rows), "total": part.total}])
    return text.getvalue().encode("utf-8-sig")


def _gathered(text: str, sort: Sort, most: int, act: Act, house: House, actor: Actor) -> Taken:
    """Return the hits, once the journal says who took them."""
    require(actor, Right.EXPORT)
    query = typed_search(text, house, actor).query(sort=sort)
    use: dict[str, Any] = {"index": house.index, "store": house.store, "actor": actor}
    found = Taken(gather(LETTERS, query, most, **use), gather(PIECES, query, most, **use))
    lines = len(found.letters.rows) + len(found.pieces.rows)
    leave_line(act, "recherche", store=house.store, actor=actor, clock=house.clock, asked=text, lines=lines)
    return found


def _piece_kinds(language: str, house: House) -> dict[str, str]:
    return {kind.code: kind.label(language) for kind in dossier_pieces.dossier_model(store=house.store).kinds}


def _second(rows: Sequence[ListedLetter], house: House) -> dict[str, tuple[str, ...]]:
    numbers = second_numbers([row.letter.id for row in rows], store=house.store)
    return {letter_id: tuple(each.number for each in many) for letter_id, many in numbers.items()}
