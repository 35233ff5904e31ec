"""Baskets (bannettes): what waits for somebody, in the order to take it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import ActorDep, HouseDep
from api.views.render import page, page_number
from api.views.words import _
from api.wiring import House
from ged.errors import NotFound
from ged.mail.access import Actor, Right, require
from ged.mail.item import State
from ged.mail.listing import Listing
from ged.services import consult

router = APIRouter()
PAGE_ROWS = 25
BASKETS: dict[str, tuple[str, Listing]] = {
    "a-qualifier": (_("À qualifier"), consult.TO_QUALIFY),
    "a-traiter": (_("À traiter"), Listing(states=(State.ASSIGNED,), newest_first=False)),
}
FILTERS = {"": _("Tous"), "urgent": _("Urgents"), "lecture": _("En lecture")}


def listing_of(slug: str, chosen: str) -> Listing:
    """Return what a basket lists under a filter.

    Raises:
        NotFound: `basket.unknown`.
    """
    if slug not in BASKETS:
        raise NotFound("basket.unknown", "Cette bannette n'existe pas. Choisissez-en une dans le menu.")
    return replace(BASKETS[slug][1], urgent=chosen == "urgent", being_read=chosen == "lecture")


@router.get("/b/{slug}")
def basket(request: Request, house: HouseDep, actor: ActorDep, slug: str, filtre: str = "", fait: str = "") -> Response:
    """Show a basket; polled by the page while letters are being read, it answers 204 when nothing changed."""
    listing = listing_of(slug, filtre)
    if slug == "a-qualifier":
        require(actor, Right.QUALIFY)
    number = page_number(request)
    offset = (number - 1) * PAGE_ROWS
    found = consult.letters(listing, store=house.store, actor=actor, limit=PAGE_ROWS, offset=offset)
    mark = "-".join(f"{row.letter.id[:6]}{row.letter.revision}" for row in found.rows)
    if request.headers.get("hx-request") and request.query_params.get("vu") == mark:
        return Response(status_code=204)
    values: dict[str, Any] = {
        "slug": slug,
        "title": BASKETS[slug][0],
        "chosen": filtre,
        "filters": FILTERS,
        "rows": found.rows,
        "total": found.total,
        "number": number,
        "pages": -(-found.total // PAGE_ROWS),
        "mark": mark,
        "done": just_done(fait, house, actor),
        "reading": any(row.letter.reading == "en_lecture" for row in found.rows),
        "lists": consult.lists(store=house.store, actor=actor, clock=house.clock),
    }
    return page(request, "basket.html", **values)


def just_done(letter_id: str, house: House, actor: Actor) -> tuple[str, str, str] | None:
    """Return (id, number, service) of the letter just qualified, for the green line."""
    if not letter_id:
        return None
    try:
        letter = consult.letter(letter_id, store=house.store, actor=actor)
    except NotFound:
        return None
    names = {entity.id: entity.acronym for entity in consult.lists(store=house.store, actor=actor, clock=house.clock).entities}
    return letter.id, letter.number, names.get(letter.service_id or "", "")
