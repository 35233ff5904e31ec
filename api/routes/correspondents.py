"""Correspondents: search as one types, cards, merges."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import ApiActorDep, HouseDep
from api.schemas.correspondents import CardIn, CorrespondentOut, FoundCorrespondents, PairOut
from ged.services import correspondents, keep_correspondent, merge_correspondents

router = APIRouter(prefix="/correspondents", tags=["correspondents"])


@router.get("")
def search(
    house: HouseDep,
    actor: ApiActorDep,
    q: Annotated[str, Query(max_length=200, description="Beginnings of words; accents and case do not count.")] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 12,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> FoundCorrespondents:
    """Return the correspondents of the caller's tenant whose words begin so."""
    rows, total = correspondents.found(q, store=house.store, actor=actor, limit=limit, offset=offset)
    return FoundCorrespondents(total=total, correspondents=[CorrespondentOut.of(row) for row in rows])


@router.get("/duplicates")
def duplicates(house: HouseDep, actor: ApiActorDep) -> list[PairOut]:
    """Return the pairs that may be one, the likeliest first."""
    return [PairOut.of(pair) for pair in correspondents.doubles(store=house.store, actor=actor)]


@router.get("/{correspondent_id}")
def get(house: HouseDep, actor: ApiActorDep, correspondent_id: str) -> CorrespondentOut:
    """Return a correspondent, merged or not."""
    file = correspondents.card_file(correspondent_id, store=house.store, actor=actor, limit=1)
    return CorrespondentOut.of(file.correspondent)


@router.post("", status_code=201)
def enter(house: HouseDep, actor: ApiActorDep, card: CardIn) -> CorrespondentOut:
    """Enter a correspondent: 422 with one sentence a field when something is wrong."""
    return CorrespondentOut.of(
        keep_correspondent.enter(card.value(), store=house.store, actor=actor, clock=house.clock)
    )


@router.put("/{correspondent_id}")
def correct(house: HouseDep, actor: ApiActorDep, correspondent_id: str, card: CardIn) -> CorrespondentOut:
    """Write a card anew: 409 when somebody did since `revision`."""
    changed = keep_correspondent.correct(
        correspondent_id, card.value(), revision=card.revision, store=house.store, actor=actor, clock=house.clock
    )
    return CorrespondentOut.of(changed)


@router.put("/{correspondent_id}/merged/{other_id}")
def merge(house: HouseDep, actor: ApiActorDep, correspondent_id: str, other_id: str) -> CorrespondentOut:
    """Merge another correspondent into this one."""
    kept = merge_correspondents.merge(correspondent_id, other_id, store=house.store, actor=actor, clock=house.clock)
    return CorrespondentOut.of(kept)


@router.delete("/{correspondent_id}/merged/{other_id}")
def separate(house: HouseDep, actor: ApiActorDep, correspondent_id: str, other_id: str) -> CorrespondentOut:
    """Undo the merge of another correspondent into this one."""
    correspondents.card_file(correspondent_id, store=house.store, actor=actor, limit=1)
    restored = merge_correspondents.separate(other_id, store=house.store, actor=actor, clock=house.clock)
    return CorrespondentOut.of(restored)
