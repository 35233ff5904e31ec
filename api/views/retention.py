"""« Conservation »: the letters that are over, until when each is kept and why; nothing is destroyed from here."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.deps import ActorDep, HouseDep
from api.views.render import page, page_number
from api.views.sieve import FiltersDep
from api.views.words import _
from ged.mail.filing import Disposition
from ged.services import consult
from retention.shelves import Shelf, Wanted, shelved

router = APIRouter()
PAGE_ROWS = 50
SHELVES = {Shelf.CLOSED: _("Clos"), Shelf.DUE: _("Délai passé"), Shelf.HELD: _("Gelés")}
EMPTY = {
    Shelf.CLOSED: (
        _("Aucun courrier clos"),
        _("Un courrier traité, classé ou expédié apparaîtra ici, avec le jour jusqu'auquel il est gardé."),
    ),
    Shelf.DUE: (
        _("Aucun délai n'est passé"),
        _("Les courriers dont le délai est passé apparaîtront ici, avec la règle qui s'applique."),
    ),
    Shelf.HELD: (_("Aucun gel"), _("« Geler », sur un courrier, le garde ici, quelle que soit sa règle.")),
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
    """Show a shelf of letters, each with its fate."""
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
        pages=-(-found.total // PAGE_ROWS),
        asked=filters,
        disposition=disposition,
        dispositions=tuple(Disposition),
        narrowed=bool(given),
        address="/conservation?" + urlencode({"rayon": str(shelf)} | given),
        lists=consult.lists(store=house.store, actor=actor, clock=house.clock),
        nothing=EMPTY[shelf],
    )
