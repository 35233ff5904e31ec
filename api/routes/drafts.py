"""Drafts: written, sent round, approved and refused by programs; signed by people only, on a page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.deps import ApiActorDep, HouseDep
from api.schemas.drafts import (
    DraftFileOut,
    DraftIn,
    DraftListOut,
    DraftNoteIn,
    DraftOrderIn,
    DraftOut,
    LinkIn,
    LinkOut,
    VersionIn,
)
from api.schemas.letters import LetterOut
from ged.mail.baskets import draft_basket_of, draft_baskets_for
from ged.mail.links import LinkKind
from ged.services import circuit, read_draft
from ged.services.draft import annotate, begin, save
from ged.services.link import link, unlink

router = APIRouter(tags=["drafts"])


@router.get("/draft-baskets")
def list_baskets(house: HouseDep, actor: ApiActorDep) -> dict[str, int]:
    """Return the caller's baskets of drafts and how many drafts lie in each."""
    mine = draft_baskets_for(actor)
    listings = [basket.listing(actor, house.clock().date()) for basket in mine]
    counted = read_draft.draft_counts(listings, store=house.store, actor=actor)
    return {basket.slug: count for basket, count in zip(mine, counted, strict=True)}


@router.get("/draft-baskets/{slug}")
def list_basket(
    house: HouseDep,
    actor: ApiActorDep,
    slug: str,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> DraftListOut:
    """List a basket of drafts."""
    listing = draft_basket_of(slug, actor).listing(actor, house.clock().date())
    found = read_draft.drafts(listing, store=house.store, actor=actor, limit=limit, offset=offset)
    return DraftListOut(drafts=[DraftOut.of(draft) for draft in found.rows], total=found.total)


@router.post("/drafts", status_code=201)
def begin_draft(house: HouseDep, actor: ApiActorDep, written: DraftIn) -> DraftOut:
    """Begin a draft."""
    content = written.content(None)
    made = begin(written.plan(), content, comment=written.comment, store=house.store, actor=actor, clock=house.clock)
    return DraftOut.of(made)


@router.get("/drafts/{draft_id}")
def show_draft(house: HouseDep, actor: ApiActorDep, draft_id: str) -> DraftFileOut:
    """Return a draft with its circuit, versions and acts."""
    return DraftFileOut.of(read_draft.draft_file(draft_id, store=house.store, actor=actor, clock=house.clock))


@router.post("/drafts/{draft_id}/versions")
def write_version(house: HouseDep, actor: ApiActorDep, draft_id: str, written: VersionIn) -> DraftOut:
    """Keep a new version: 409 when somebody wrote or acted first."""
    file = read_draft.draft_file(draft_id, store=house.store, actor=actor, clock=house.clock)
    changed = save(
        draft_id,
        written.revision,
        written.plan(),
        written.content(file.standing.content),
        comment=written.comment,
        store=house.store,
        actor=actor,
        clock=house.clock,
    )
    return DraftOut.of(changed)


@router.post("/drafts/{draft_id}/acts")
def act_on_draft(house: HouseDep, actor: ApiActorDep, draft_id: str, order: DraftOrderIn) -> DraftOut:
    """Do an act: 409 when somebody acted first, 403 when it is not the caller's turn; a signature needs a page."""
    return DraftOut.of(circuit.act(draft_id, order.value(), store=house.store, actor=actor, clock=house.clock))


@router.post("/drafts/{draft_id}/notes", status_code=204)
def add_note(house: HouseDep, actor: ApiActorDep, draft_id: str, added: DraftNoteIn) -> Response:
    """Add a note, for every reader of the draft."""
    annotate(draft_id, added.text, store=house.store, actor=actor, clock=house.clock)
    return Response(status_code=204)


@router.get("/letters/{letter_id}/links")
def list_links(house: HouseDep, actor: ApiActorDep, letter_id: str) -> list[LinkOut]:
    """Return what a letter is bound to, on both sides, as far as the caller may read it."""
    return [LinkOut.of(one) for one in read_draft.relations(letter_id, store=house.store, actor=actor).links]


@router.post("/letters/{letter_id}/links")
def add_link(house: HouseDep, actor: ApiActorDep, letter_id: str, asked: LinkIn) -> LetterOut:
    """Bind a letter to the one of a number, and return that one."""
    return LetterOut.of(link(letter_id, asked.number, asked.kind, store=house.store, actor=actor, clock=house.clock))


@router.delete("/letters/{letter_id}/links/{kind}/{other_id}", status_code=204)
def remove_link(house: HouseDep, actor: ApiActorDep, letter_id: str, kind: LinkKind, other_id: str) -> Response:
    """Part two letters; `letter_id` is the one that answers, follows, replaces or cites."""
    unlink(letter_id, other_id, kind, store=house.store, actor=actor, clock=house.clock)
    return Response(status_code=204)
