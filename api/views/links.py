"""A letter's relations on its page: what it answers and what answers it, bound by number or found by search."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.render import page
from api.views.search_language import typed_search
from api.views.words import LINKS
from api.wiring import House
from ged.errors import NotFound, Refused
from ged.mail.access import Actor
from ged.mail.draft import may_write
from ged.mail.links import LinkKind
from ged.services import consult, read_draft
from ged.services.link import link, unlink
from search.find import find

router = APIRouter()
_HITS = 10


@router.post("/courrier/{letter_id}/lien", dependencies=[FormCheck])
def bind(
    house: HouseDep,
    actor: ActorDep,
    letter_id: str,
    genre: Annotated[str, Form()] = "",
    numero: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Bind a letter to the one of a number; words that are no number lead to what they find."""
    kind = _kind(genre)
    try:
        link(letter_id, numero, kind, store=house.store, actor=actor, clock=house.clock)
    except NotFound:
        consult.letter(letter_id, store=house.store, actor=actor)
        asked = urlencode({"q": numero, "genre": kind})
        return RedirectResponse(f"/courrier/{letter_id}/lier?{asked}", status_code=303)
    return RedirectResponse(f"/courrier/{letter_id}#liens", status_code=303)


@router.get("/courrier/{letter_id}/lier")
def choose(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    letter_id: str,
    q: Annotated[str, Query(max_length=400)] = "",
    genre: str = LinkKind.FOLLOWS,
) -> Response:
    """Show the letters that words find, each to be bound by one button."""
    letter = consult.letter(letter_id, store=house.store, actor=actor)
    answer = find(typed_search(q, house, actor).query(limit=_HITS), index=house.index, store=house.store, actor=actor)
    found = [one.row for one in answer.found if one.row.letter.id != letter.id]
    values = {"letter": letter, "found": found, "kind": _kind(genre), "links": LINKS, "sought": q}
    return page(request, "link.html", **values)  # type: ignore[arg-type]


@router.post("/courrier/{letter_id}/delier", dependencies=[FormCheck])
def part_two(
    house: HouseDep,
    actor: ActorDep,
    letter_id: str,
    de: Annotated[str, Form()] = "",
    vers: Annotated[str, Form()] = "",
    genre: Annotated[str, Form()] = "",
) -> Response:
    """Part two letters that were bound by mistake."""
    unlink(de, vers, _kind(genre), store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse(f"/courrier/{letter_id}#liens", status_code=303)


def links_context(letter_id: str, house: House, actor: Actor) -> dict[str, Any]:
    """Return what the letter page shows of the letter's relations."""
    return {
        "relations": read_draft.relations(letter_id, store=house.store, actor=actor),
        "links": LINKS,
        "may_answer": may_write(actor),
    }


def _kind(value: str) -> LinkKind:
    if value not in set(LinkKind):
        raise Refused("link.kind", "Choisissez ce que ce courrier est pour l'autre.", field="genre")
    return LinkKind(value)
