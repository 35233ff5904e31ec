"""What is asked across letters: search, verification of a presented file, lists to choose from, how things stand."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, UploadFile
from fastapi import Query as Parameter
from pydantic import StringConstraints

from api.deps import ApiActorDep, HouseDep
from api.schemas.answers import AnswerOut, PiecesFoundOut, state_of
from api.schemas.letters import VerdictOut
from api.views.search_language import typed_search, words_for
from ged.mail.item import Direction, State
from ged.services import consult
from ged.services.verify import verify_file
from search.find import find, find_pieces
from search.language import understood
from search.port import Sort

router = APIRouter(tags=["lookups"])


@router.get("/search")
def search(
    house: HouseDep,
    actor: ApiActorDep,
    q: Annotated[
        str,
        Parameter(
            max_length=400,
            description='Words, "phrases", -exclusions, numbers, de: à: objet: réf: nature: cote: depuis: 2024..2026.',
        ),
    ] = "",
    direction: Annotated[list[Direction] | None, Parameter()] = None,
    state: Annotated[list[State] | None, Parameter()] = None,
    kind: Annotated[list[str] | None, Parameter()] = None,
    service: Annotated[list[str] | None, Parameter()] = None,
    code: Annotated[
        list[Annotated[str, StringConstraints(min_length=1, max_length=60)]] | None,
        Parameter(description="File codes: with each, all that the plan has under it."),
    ] = None,
    since: date | None = None,
    until: date | None = None,
    sort: Sort = Sort.RELEVANCE,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 20,
    cursor: str | None = None,
    *,
    facets: bool = False,
) -> AnswerOut:
    """Search the letters that the caller may read; no text is an error."""
    known = words_for(house, actor)
    asked = understood(q, house.clock().date(), known)
    query = asked.query(
        directions=tuple(direction or asked.directions),
        states=tuple(state or asked.states),
        kinds=tuple(kind or asked.kinds),
        services=tuple(service or asked.services),
        codes=tuple(low for one in code for low in known.filed(one)) if code else asked.filed,
        since=since or asked.since,
        until=until or asked.until,
        sort=sort,
        limit=limit,
        after=cursor,
        counted=facets,
    )
    return AnswerOut.of(find(query, index=house.index, store=house.store, actor=actor, meaning=house.meaning))


@router.get("/search/pieces")
def search_pieces(
    house: HouseDep,
    actor: ApiActorDep,
    q: Annotated[str, Parameter(max_length=400, description="As for letters.")] = "",
    sort: Sort = Sort.RELEVANCE,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 20,
    cursor: str | None = None,
) -> PiecesFoundOut:
    """Search the pieces of the dossiers that the caller may read; no text is an error."""
    query = typed_search(q, house, actor).query(sort=sort, limit=limit, after=cursor)
    return PiecesFoundOut.of(find_pieces(query, index=house.index, store=house.store, actor=actor))


@router.post("/verifications")
def verify(
    house: HouseDep,
    actor: ApiActorDep,
    file: Annotated[UploadFile, File()],
    number: Annotated[str, Form(max_length=60)] = "",
) -> VerdictOut:
    """Say whether a presented file is one that was sealed: of that letter, or of any that the caller may read."""
    what, verdict = verify_file(
        file.file,
        number,
        store=house.store,
        vault=house.vault,
        signer=house.signer,
        ledger=house.ledger,
        actor=actor,
        clock=house.clock,
        time_roots=house.time_roots,
    )
    return VerdictOut.of(verdict, what.letter.number if what and what.letter else None, what)


@router.get("/lists")
def lists(house: HouseDep, actor: ApiActorDep) -> dict[str, list[dict[str, str]]]:
    """Return what forms choose from: entities, posts with their holders, kinds, instructions, modes, templates."""
    found = consult.lists(store=house.store, actor=actor, clock=house.clock)
    return {
        "services": [{"id": one.id, "acronym": one.acronym, "name": one.name_fr} for one in found.entities],
        "positions": [
            {
                "id": one.position.id,
                "entity": one.position.entity_id,
                "title": one.position.title,
                "holders": ", ".join(one.holders),
                "interim": one.interim,
                "absent_until": one.absent_until.isoformat() if one.absent_until else "",
            }
            for one in found.seats
        ],
        "mentions": [{"id": one.code, "name": one.label_fr} for one in found.mentions],
        "kinds": [{"id": one.code, "name": one.label_fr} for one in found.kinds],
        "delivery_modes": [{"id": one.code, "name": one.label_fr} for one in found.delivery_modes],
        "transmittal_kinds": [{"id": one.code, "name": one.label_fr} for one in found.transmittal_kinds],
        "templates": [
            {"id": one.code, "name": one.label_fr, "kind": one.kind, "entity": one.entity_id, "sha256": one.digest}
            for one in found.templates
        ],
    }


@router.get("/status")
def status(house: HouseDep, actor: ApiActorDep) -> dict[str, Any]:
    """Return how the installation stands, engine by engine."""
    return state_of(house, actor)
