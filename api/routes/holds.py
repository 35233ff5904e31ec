"""Holds: placed on letters, dossiers, correspondents or searches, lifted one by one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.deps import ApiActorDep, HouseDep
from ged.mail.legal_hold import HoldQuery, HoldSearch, LegalHold, Scope
from ged.services import hold
from ged.services.hold import NewHold
from ged.store.holds import HoldsWanted

router = APIRouter(prefix="/holds", tags=["holds"])


class HoldQueryIn(BaseModel):
    """What a letter must be for a hold on a search to catch it."""

    words: str = Field(default="", max_length=200)
    service: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None


class HoldIn(BaseModel):
    """A hold to place: `target` is the id of a letter, a dossier or a correspondent; a search has a `query`."""

    scope: Scope
    target: str = ""
    reason: str = Field(max_length=500)
    query: HoldQueryIn | None = None
    owner: str = Field(default="", description="The position that answers for it; empty for the archivists.")
    review_on: date | None = None

    def value(self) -> NewHold:
        """Return the hold asked for."""
        query = HoldQuery(**self.query.model_dump()) if self.query else None
        return NewHold(self.scope, self.target, self.reason, query, self.owner, self.review_on)


class SearchOut(BaseModel):
    """How far a hold on a search is: letters and pieces looked at, of so many (0 before the first)."""

    looked: int
    total: int


class HoldOut(BaseModel):
    """A hold; `letters` and `pieces` of dossiers count what it has caught and the caller may open, where given.

    `searching` is there while a search still looks for what it is on: it is in force, and nothing that it is on is
    destroyed meanwhile.
    """

    id: str
    scope: Scope
    target: str
    label: str
    query: HoldQueryIn | None
    reason: str
    owner: str
    review_on: date | None
    placed_by: str
    placed_at: datetime
    lifted_by: str | None
    lifted_at: datetime | None
    lift_reason: str
    letters: int | None = None
    pieces: int | None = None
    searching: SearchOut | None = None

    @classmethod
    def of(
        cls, one: LegalHold, letters: int | None = None, pieces: int | None = None, going: HoldSearch | None = None
    ) -> HoldOut:
        """Return a hold on the wire."""
        left_out = {"query", "owner", "letters", "pieces", "searching"}
        plain: dict[str, Any] = {name: getattr(one, name) for name in cls.model_fields if name not in left_out}
        names = HoldQueryIn.model_fields
        query = HoldQueryIn(**{name: getattr(one.query, name) for name in names}) if one.query else None
        searching = SearchOut(looked=going.looked, total=going.total) if going else None
        counts = {"letters": letters, "pieces": pieces}
        return cls(query=query, owner=one.owner_id or "", searching=searching, **counts, **plain)


class LiftIn(BaseModel):
    """Why a hold is lifted."""

    reason: str = Field(max_length=500)


class FoundHolds(BaseModel):
    """One page of holds, the last placed first."""

    total: int
    holds: list[HoldOut]


@router.get("")
def search(
    house: HouseDep,
    actor: ApiActorDep,
    q: Annotated[str, Query(max_length=200)] = "",
    scope: Scope | None = None,
    *,
    lifted: bool = False,
    limit: Annotated[int, Query(ge=1, le=100)] = 25,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> FoundHolds:
    """List the holds that stand, or those lifted."""
    wanted = HoldsWanted(scope=scope, lifted=lifted, words=q)
    rows, total = hold.listed(wanted, store=house.store, actor=actor, limit=limit, offset=offset)
    return FoundHolds(total=total, holds=[HoldOut.of(*each) for each in rows])


@router.post("", status_code=201)
def place(house: HouseDep, actor: ApiActorDep, new: HoldIn) -> HoldOut:
    """Place a hold: what it is on now is held at once, what it is on later from then on.

    A search is in force at once; what it is on is written down by the worker (`searching`).
    """
    return show(house, actor, hold.place(new.value(), store=house.store, actor=actor, clock=house.clock).id)


@router.get("/{hold_id}")
def show(house: HouseDep, actor: ApiActorDep, hold_id: str) -> HoldOut:
    """Return a hold, with how much of it the caller may open."""
    found = hold.hold_file(hold_id, store=house.store, actor=actor, limit=1)
    return HoldOut.of(found.hold, found.letters.total, found.piece_total, found.search)


@router.post("/{hold_id}/lift")
def lift(house: HouseDep, actor: ApiActorDep, hold_id: str, said: LiftIn) -> HoldOut:
    """Lift one hold, with a reason; what others hold stays held."""
    return HoldOut.of(hold.lift(hold_id, said.reason, store=house.store, actor=actor, clock=house.clock))
