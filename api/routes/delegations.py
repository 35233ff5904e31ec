"""Who acts for whom."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.deps import ApiActorDep, HouseDep
from api.schemas.delegations import DelegationOut, GrantIn
from ged.services import delegate

router = APIRouter(prefix="/delegations", tags=["organisation"])


@router.get("")
def list_delegations(house: HouseDep, actor: ApiActorDep) -> list[DelegationOut]:
    """List the delegations of the posts that the caller leads or holds, and those given to the caller."""
    seen = delegate.view(store=house.store, actor=actor, clock=house.clock)
    return [DelegationOut.of(one, house.clock().date()) for one in seen.delegations]


@router.post("", status_code=201)
def grant(house: HouseDep, actor: ApiActorDep, asked: GrantIn) -> DelegationOut:
    """Give a post to somebody to act in."""
    made = delegate.grant(asked.value(), store=house.store, actor=actor, clock=house.clock)
    return DelegationOut.of(made, house.clock().date())


@router.delete("/{delegation_id}", status_code=204)
def end(house: HouseDep, actor: ApiActorDep, delegation_id: str) -> Response:
    """End one at once."""
    delegate.end(delegation_id, store=house.store, actor=actor, clock=house.clock)
    return Response(status_code=204)
