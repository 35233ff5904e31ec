"""Dossiers: found, opened, filled."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.deps import ApiActorDep, HouseDep
from api.schemas.letters import ListOut
from ged.mail.dossier import Dossier
from ged.services import dossier

router = APIRouter(prefix="/dossiers", tags=["dossiers"])


class DossierOut(BaseModel):
    """A dossier; `label` is what to write in a field so that it leads here."""

    id: str
    code: str
    title: str
    label: str
    owner: str
    units: tuple[str, ...]
    closed_on: date | None
    revision: int

    @classmethod
    def of(cls, one: Dossier) -> DossierOut:
        """Return a dossier on the wire."""
        plain: dict[str, Any] = {name: getattr(one, name) for name in cls.model_fields if name != "owner"}
        return cls(owner=one.owner_id, **plain)


class FoundDossiers(BaseModel):
    """One page of a search."""

    total: int
    dossiers: list[DossierOut]


class DossierIn(BaseModel):
    """A dossier to open; without a code it gets the next of its owner."""

    code: str = Field(default="", max_length=40)
    title: str = Field(max_length=200)
    owner: str
    units: list[str] = []


@router.get("")
def search(
    house: HouseDep,
    actor: ApiActorDep,
    q: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 12,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
    *,
    open_only: bool = True,
) -> FoundDossiers:
    """Return the dossiers that the caller sees, whose words begin so."""
    rows, total = dossier.found(q, store=house.store, actor=actor, limit=limit, offset=offset, only_open=open_only)
    return FoundDossiers(total=total, dossiers=[DossierOut.of(row) for row in rows])


@router.post("", status_code=201)
def begin(house: HouseDep, actor: ApiActorDep, given: DossierIn) -> DossierOut:
    """Open a dossier."""
    opened = dossier.begin(
        given.code, given.title, given.owner, tuple(given.units), store=house.store, actor=actor, clock=house.clock
    )
    return DossierOut.of(opened)


@router.get("/{dossier_id}")
def get(house: HouseDep, actor: ApiActorDep, dossier_id: str) -> DossierOut:
    """Return a dossier."""
    return DossierOut.of(dossier.dossier_file(dossier_id, store=house.store, actor=actor, limit=1).dossier)


@router.get("/{dossier_id}/letters")
def letters(
    house: HouseDep,
    actor: ApiActorDep,
    dossier_id: str,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> ListOut:
    """Return a page of the letters of a dossier in date order, those that the caller may read."""
    found = dossier.dossier_file(dossier_id, store=house.store, actor=actor, limit=limit, offset=offset).letters
    return ListOut.of(found.rows, found.total, None)


@router.put("/{dossier_id}/letters/{letter_id}", status_code=204)
def put(house: HouseDep, actor: ApiActorDep, dossier_id: str, letter_id: str) -> Response:
    """Put a letter in."""
    dossier.put_in(dossier_id, letter_id, store=house.store, actor=actor, clock=house.clock)
    return Response(status_code=204)


@router.delete("/{dossier_id}/letters/{letter_id}", status_code=204)
def take(house: HouseDep, actor: ApiActorDep, dossier_id: str, letter_id: str) -> Response:
    """Take a letter out."""
    dossier.take_out(dossier_id, letter_id, store=house.store, actor=actor, clock=house.clock)
    return Response(status_code=204)
