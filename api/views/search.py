"""« Recherche »: words, filters with their counts, hits with the passage that shows why."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi import Query as Parameter
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, HouseDep
from api.views.render import page
from api.views.words import typed_day
from ged.errors import NotFound
from ged.mail.french_dates import parse_date
from ged.mail.item import State
from ged.services import consult
from ged.services.second_number import second_numbers
from search.find import find
from search.port import Query, Sort

router = APIRouter()
PAGE_HITS = 20


@router.get("/recherche")
def search(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    q: Annotated[str, Parameter(max_length=400)] = "",
    nature: Annotated[list[str] | None, Parameter()] = None,
    service: Annotated[list[str] | None, Parameter()] = None,
    etat: Annotated[list[str] | None, Parameter()] = None,
    du: str = "",
    au: str = "",
    tri: Sort = Sort.RELEVANCE,
    suite: str | None = None,
) -> Response:
    """Search; a number that names one letter opens it at once."""
    number = _named(q, house, actor)
    if number is not None:
        return RedirectResponse(f"/courrier/{number}", status_code=303)
    today = house.clock().date()
    since, until = (parse_date(text, today) if text.strip() else None for text in (du, au))
    query = Query(
        text=q,
        kinds=tuple(nature or ()),
        services=tuple(service or ()),
        states=tuple(State(one) for one in etat or () if one in set(State)),
        since=since,
        until=until,
        sort=tri,
        limit=PAGE_HITS,
        after=suite,
        counted=True,
    )
    answer = find(query, index=house.index, store=house.store, actor=actor)
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "suite" and value]
    values: dict[str, Any] = {
        "q": q,
        "answer": answer,
        "chosen": {"nature": nature or [], "service": service or [], "etat": etat or []},
        "since": typed_day(since) or du,
        "until": typed_day(until) or au,
        "sort": tri,
        "services": lists.known,
        "kinds": {kind.code: kind for kind in lists.kinds},
        "more": f"/recherche?{urlencode([*kept, ('suite', answer.following)])}" if answer.following else "",
        "first": suite is None,
        "second": second_numbers([one.row.letter.id for one in answer.found], store=house.store),
    }
    return page(request, "search.html", **values)


def _named(text: str, house: HouseDep, actor: ActorDep) -> str | None:
    """Return the id of the letter that a typed registration number names."""
    if not text.strip() or len(text) > 40 or not any(character.isdigit() for character in text):
        return None
    try:
        return consult.by_number(text, store=house.store, actor=actor).id
    except NotFound:
        return None
