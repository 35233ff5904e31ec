"""« Conservation »: what is over, letters and pieces of dossiers, until when each is kept and why; destroys nothing."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.deps import ActorDep, HouseDep
from api.views.history_words import harmless
from api.views.render import language_of, page, page_number
from api.views.sieve import FiltersDep
from api.views.words import CODES, _, tongue, translations, typed_day
from api.wiring import House
from ged.mail.access import Actor, Right, require
from ged.mail.filing import Disposition
from ged.mail.journal import Act
from ged.mail.reason import tell
from ged.services import consult
from ged.services.leave_line import leave_line
from retention.shelves import Shelf, Shelved, Wanted, shelved

router = APIRouter()
PAGE_ROWS = 50
_HEAD = (
    _("Numéro"),
    _("Objet"),
    _("Service"),
    _("Clos le"),
    _("Conservé jusqu'au"),
    _("Sort final"),
    _("Raisons"),
    _("Type"),
)
_TAKEN_HEAD = (
    *(_("Service d'archives"), _("Bordereau"), _("Paquet")),
    *(_("Accusé le"), _("Accepté le"), _("Cote de l'archive")),
)
MOST_ROWS = 10_000
SHELVES = {
    Shelf.CLOSED: _("Clos"),
    Shelf.DUE: _("Délai passé"),
    Shelf.HELD: _("Gelés"),
    Shelf.TRANSFERRED: _("Versés"),
}
EMPTY = {
    Shelf.CLOSED: (
        _("Rien de clos"),
        _(
            "Un courrier traité, classé ou expédié apparaîtra ici, avec le jour jusqu'auquel il est gardé ; "
            "une pièce aussi, une fois son dossier clos."
        ),
    ),
    Shelf.DUE: (
        _("Aucun délai n'est passé"),
        _("Les courriers et les pièces dont le délai est passé apparaîtront ici, avec la règle qui s'applique."),
    ),
    Shelf.HELD: (
        _("Aucun gel"),
        _("« Geler », sur un courrier ou un dossier, le garde ici, quelle que soit sa règle."),
    ),
    Shelf.TRANSFERRED: (
        _("Rien de versé"),
        _("Ce que le service d'archives a accepté apparaîtra ici, avec le jour, le bordereau et sa réponse."),
    ),
}


def _disposition(sort: str = "") -> Disposition | None:
    return Disposition(sort) if sort in set(Disposition) else None


def _shelf(rayon: str = "") -> Shelf:
    return Shelf(rayon) if rayon in set(Shelf) else Shelf.CLOSED


@router.get("/conservation")
def shelves(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    filters: FiltersDep,
    shelf: Annotated[Shelf, Depends(_shelf)],
    disposition: Annotated[Disposition | None, Depends(_disposition)],
) -> Response:
    """Show a shelf of letters and pieces, each with its fate."""
    number = page_number(request)
    wanted = Wanted(shelf, filters.sieve(house.clock().date()), disposition)
    found = shelved(
        wanted,
        store=house.store,
        actor=actor,
        clock=house.clock,
        limit=PAGE_ROWS,
        offset=(number - 1) * PAGE_ROWS,
    )
    given = filters.given | ({"sort": str(disposition)} if disposition else {})
    return page(
        request,
        "retention.html",
        shelf=shelf,
        shelves=SHELVES,
        found=found,
        number=number,
        pages=-(-max(found.total, found.piece_total) // PAGE_ROWS),
        asked=filters,
        disposition=disposition,
        dispositions=tuple(Disposition),
        narrowed=bool(given),
        address="/conservation?" + urlencode({"rayon": str(shelf)} | given),
        table="/conservation.csv?" + urlencode({"rayon": str(shelf)} | given),
        lists=consult.lists(store=house.store, actor=actor, clock=house.clock),
        nothing=EMPTY[shelf],
    )


@router.get("/conservation.csv")
def table(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    filters: FiltersDep,
    shelf: Annotated[Shelf, Depends(_shelf)],
    disposition: Annotated[Disposition | None, Depends(_disposition)],
) -> Response:
    """Return a shelf as a table that a spreadsheet opens, filtered as the page is."""
    require(actor, Right.EXPORT)
    wanted = Wanted(shelf, filters.sieve(house.clock().date()), disposition)
    found = shelved(wanted, store=house.store, actor=actor, clock=house.clock, limit=MOST_ROWS)
    leave_line(
        Act.LIST_EXPORTED,
        f"conservation/{shelf}",
        store=house.store,
        actor=actor,
        clock=house.clock,
        lines=len(found.rows) + len(found.pieces),
    )
    data = _as_csv(found, shelf, language_of(request), house, actor)
    offered = {"Content-Disposition": f'attachment; filename="conservation-{shelf}.csv"', "Cache-Control": "no-store"}
    return Response(data, media_type="text/csv; charset=utf-8", headers=offered)


def _as_csv(found: Shelved, shelf: Shelf, language: str, house: House, actor: Actor) -> bytes:
    say = translations(language).gettext
    services = consult.lists(store=house.store, actor=actor, clock=house.clock).known

    def acronym(service_id: str | None) -> str:
        service = services.get(service_id or "")
        return (service.acronym or service.name_fr) if service else ""

    def row(number: str, title: str, service_id: str | None, closed_on: date | None) -> list[str]:
        return [number, title, acronym(service_id), typed_day(closed_on)]

    listed = [
        (each.id, row(each.number, each.subject or each.filename, each.service_id, each.closed_on), fate, _("Courrier"))
        for each, fate in found.rows
    ] + [
        (
            each.piece.id,
            row(each.dossier.code, each.piece.title, each.dossier.owner_id, each.dossier.closed_on),
            fate,
            _("Pièce de dossier"),
        )
        for each, fate in found.pieces
    ]
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";", lineterminator="\r\n")
    rows.writerow(say(name) for name in (*_HEAD, *(_TAKEN_HEAD if shelf is Shelf.TRANSFERRED else ())))
    for subject_id, named, fate, sort in listed:
        cells = [
            *named,
            typed_day(fate.keep_until),
            say(CODES[fate.disposition]) if fate.disposition else "",
            " ".join(tell(reason, tongue(language)) for reason in fate.reasons),
            say(sort),
        ]
        taken = found.taken.get(subject_id)
        if taken is not None:
            days = [typed_day(at.date() if at else None) for at in (taken.acknowledged_at, taken.taken_at)]
            cells += [taken.archive_name, taken.number, taken.package, *days, taken.cote]
        rows.writerow(harmless(cell) for cell in cells)
    for shown, total, cut in (
        (len(found.rows), found.total, _("%(shown)s premiers courriers sur %(total)s")),
        (len(found.pieces), found.piece_total, _("%(shown)s premières pièces sur %(total)s")),
    ):
        if total > shown:
            rows.writerow([say(cut) % {"shown": shown, "total": total}])
    return text.getvalue().encode("utf-8-sig")
