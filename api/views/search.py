"""« Recherche »: words, filters with their counts, hits with the passage that shows why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi import Query as Parameter
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, HouseDep
from api.views.menu import CountedView, address_of
from api.views.render import page
from api.views.search_files import MOST_PRINTED, MOST_ROWS
from api.views.search_language import REMARKS, vocabulary_of, words_for
from api.views.words import typed_day
from api.wiring import House
from ged.errors import NotFound, Unavailable
from ged.mail.access import Actor, Right, require
from ged.mail.dossier_piece import IndexedPiece
from ged.mail.french_dates import parse_date
from ged.mail.item import State
from ged.mail.saved_search import PLACE as SEARCH
from ged.services import consult, saved_searches, saved_views
from ged.services.index_state import letters_behind
from ged.services.second_number import second_numbers
from search.find import Answer, count, find, find_pieces
from search.language import Understood, Vocabulary, hyphened, understood, without_each, written
from search.port import Query, Sort
from search.synonyms import Synonyms

router = APIRouter()
PAGE_HITS = 20
_FACETS = {"service": "service", "nature": "kind", "etat": "state", "cote": "code"}
"""The lists of the panel, and the facet that counts each."""
_RECENT = 6
_LEFT_OUT = 6
"""Of a search that finds nothing, so many things are left out, one at a time, to see which it was."""
_BESIDE = 3
"""Pieces of dossiers shown above the letters; the page of pieces has all."""


@router.get("/recherche")
def search(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    q: Annotated[str, Parameter(max_length=400)] = "",
    nature: Annotated[list[str] | None, Parameter()] = None,
    service: Annotated[list[str] | None, Parameter()] = None,
    etat: Annotated[list[str] | None, Parameter()] = None,
    cote: Annotated[list[str] | None, Parameter()] = None,
    du: str = "",
    au: str = "",
    tri: Sort = Sort.RELEVANCE,
    suite: str | None = None,
) -> Response:
    """Search; a number that names one letter opens it at once, and what the panel asks is written in the language."""
    number = _named(q, house, actor)
    if number is not None:
        return RedirectResponse(f"/courrier/{number}", status_code=303)
    lists = consult.search_lists(store=house.store, actor=actor, clock=house.clock)
    known, today = vocabulary_of(lists), house.clock().date()
    asked = understood(q, today, known)
    if nature or service or etat or cote or du.strip() or au.strip():
        ticked = replace(
            _ticked(asked, nature, service, etat, du, au, today), codes=known.lowest(list(dict.fromkeys(cote or ())))
        )
        return _written(ticked, known, tri)
    behind = letters_behind(store=house.store, actor=actor, clock=house.clock)
    try:
        answer = find(
            asked.query(sort=tri, limit=PAGE_HITS, after=suite, counted=True),
            index=house.index,
            store=house.store,
            actor=actor,
            meaning=house.meaning,
        )
        beside = _beside(asked, answer.names, house, actor) if suite is None else None
        without = _without(q, known, answer.names, house, actor) if not (answer.total or answer.near or suite) else ()
    except Unavailable as error:
        return page(request, "search_away.html", status=503, q=q, sentence=error.sentence, behind=behind)
    if q.strip() and suite is None:
        saved_searches.remember(" ".join(q.split()), store=house.store, actor=actor, clock=house.clock)
    following = {"q": q, "tri": tri, "suite": answer.following}
    address = urlencode({"q": q} | ({"tri": tri} if tri is not Sort.RELEVANCE else {})) if q else ""
    values: dict[str, Any] = {
        "q": q,
        "behind": behind,
        "words": asked.text,
        "remarks": _remarks(asked),
        "answer": answer,
        "light": answer.light.pieces,
        "respelt": written(replace(asked, text=answer.respelt), known) if answer.respelt else "",
        "chosen": (chosen := _chosen(asked)),
        "counts": {name: _counts(name, chosen[name], answer.facets, known) for name in chosen},
        "titles": {line.code: line.title for line in lists.plan},
        "since": typed_day(asked.since),
        "until": typed_day(asked.until),
        "sort": tri,
        "services": lists.known,
        "kinds": {kind.code: kind for kind in lists.kinds},
        "more": f"/recherche?{urlencode(following)}" if answer.following else "",
        "first": suite is None,
        "beside": beside,
        "without": without,
        "address_of_pieces": f"/recherche/pieces?{urlencode({'q': q})}",
        "address": address,
        "most_rows": MOST_ROWS,
        "most_printed": MOST_PRINTED,
        **_mine(address, house, actor),
        "second": second_numbers([one.row.letter.id for one in (*answer.found, *answer.near)], store=house.store),
    }
    return page(request, "search.html", **values)


@router.get("/recherche/pieces")
def search_pieces(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    q: Annotated[str, Parameter(max_length=400)] = "",
    tri: Sort = Sort.RELEVANCE,
    suite: str | None = None,
) -> Response:
    """Search the pieces of dossiers, in the language of *Recherche*."""
    require(actor, Right.SEE_DOSSIERS)
    known = words_for(house, actor)
    asked = understood(q, house.clock().date(), known)
    query = asked.query(sort=tri, limit=PAGE_HITS, after=suite)
    try:
        answer = find_pieces(query, index=house.index, store=house.store, actor=actor)
    except Unavailable as error:
        return page(request, "search_away.html", status=503, q=q, sentence=error.sentence, behind=0)
    following = urlencode({"q": q, "tri": tri, "suite": answer.following})
    return page(
        request,
        "search_pieces.html",
        q=q,
        words=asked.text,
        answer=answer,
        light=answer.light.pieces,
        remarks=_remarks(asked),
        respelt=written(replace(asked, text=answer.respelt), known) if answer.respelt else "",
        more=f"/recherche/pieces?{following}" if answer.following else "",
        letters=f"/recherche?{urlencode({'q': q})}",
    )


def _beside(asked: Understood, names: Synonyms, house: House, actor: Actor) -> Answer[IndexedPiece] | None:
    """Return the best pieces of dossiers for what is typed, as written; None where nothing says which are best."""
    if not asked.text or not actor.has(Right.SEE_DOSSIERS):
        return None
    query = replace(asked.query(limit=_BESIDE), synonyms=names)
    return find_pieces(query, index=house.index, store=house.store, actor=actor, as_written=True)


def _without(q: str, known: Vocabulary, names: Synonyms, house: House, actor: Actor) -> list[tuple[str, str, int]]:
    """Return (what is left out, the search without it, how many letters it finds) where that finds some."""
    today = house.clock().date()
    found = []
    for part, rest in without_each(q, _LEFT_OUT):
        query = understood(rest, today, known).query()
        if query == Query():
            continue  # what is left would be every letter
        query = replace(query, synonyms=names)
        if total := count(query, index=house.index, store=house.store, actor=actor):
            found.append((part, rest, total))
    return found


def _remarks(asked: Understood) -> list[tuple[str, dict[str, str]]]:
    return [(REMARKS[one.kind], {"name": one.name, "value": one.value}) for one in asked.remarks]


def _chosen(asked: Understood) -> dict[str, tuple[str, ...]]:
    """Return what is asked for of each list of the panel."""
    return {"service": asked.services, "nature": asked.kinds, "etat": asked.states, "cote": asked.codes}


def _counts(
    name: str, chosen: Sequence[str], facets: Mapping[str, Mapping[str, int]], known: Vocabulary
) -> dict[str, int]:
    """Return how many letters found have each value of a list; what is asked for is there, were it with none.

    File codes that are asked for come first, each with all that is under it.
    """
    counts = facets.get(_FACETS[name], {})
    if name != "cote":
        return {**counts, **{value: 0 for value in chosen if value not in counts}}
    branches = {code: sum(counts.get(low, 0) for low in known.under.get(code, (code,))) for code in chosen}
    return branches | {code: count for code, count in counts.items() if code not in branches}


def _mine(address: str, house: House, actor: Actor) -> dict[str, Any]:
    """Return what the page shows of the reader's own searches: kept ones, last ones, and whether this is one."""
    kept = [view for view in saved_views.mine(store=house.store, actor=actor) if view.place == SEARCH]
    searches = [CountedView(view, address_of(view.place, view.query), None) for view in kept]
    recent = saved_searches.recent(_RECENT + 1, store=house.store, actor=actor)
    return {
        "searches": searches,
        "kept": next((one for one in searches if one.view.query == address), None),
        "alerting": saved_searches.alerting(store=house.store, actor=actor) if kept else frozenset(),
        "recent": [one for one in recent if urlencode({"q": one}) != address][:_RECENT],
    }


def _ticked(
    asked: Understood,
    kinds: list[str] | None,
    services: list[str] | None,
    states: list[str] | None,
    since: str,
    until: str,
    today: date,
) -> Understood:
    """Return a search with what is ticked in the panel, which shows all that was typed and so stands for it.

    A day that cannot be read is written as it was typed, so that the page says so.
    """
    days = [parse_date(typed, today) for typed in (since, until)]
    unread = [
        f"{name}:{hyphened(typed)}"
        for name, typed, day in (("depuis", since, days[0]), ("jusqu'à", until, days[1]))
        if typed.strip() and day is None
    ]
    return replace(
        asked,
        text=" ".join([*([asked.text] if asked.text else []), *unread]),
        kinds=tuple(kinds or ()),
        services=tuple(services or ()),
        states=tuple(State(one) for one in states or () if one in set(State)),
        since=days[0],
        until=days[1],
    )


def _written(asked: Understood, known: Vocabulary, sort: Sort) -> Response:
    given = {"q": written(asked, known)} | ({"tri": sort} if sort is not Sort.RELEVANCE else {})
    return RedirectResponse(f"/recherche?{urlencode(given)}", status_code=303)


def _named(text: str, house: HouseDep, actor: ActorDep) -> str | None:
    """Return the id of the letter that a typed registration number names."""
    if not text.strip() or len(text) > 40 or not any(character.isdigit() for character in text):
        return None
    try:
        return consult.by_number(text, store=house.store, actor=actor).id
    except NotFound:
        return None
