"""Who is away."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel

from api.deps import ApiActorDep, HouseDep
from ged.mail.absence import Absence
from ged.mail.organisation import Leave
from ged.services import absent

router = APIRouter(prefix="/absences", tags=["organisation"])


class LeaveIn(BaseModel):
    """An absence to declare, both days in."""

    login: str
    since: date
    until: date


class AbsenceOut(LeaveIn):
    """One that was declared."""

    id: str
    name: str
    declared_by: str

    @classmethod
    def of(cls, one: Absence) -> AbsenceOut:
        """Return one on the wire."""
        leave = {name: getattr(one.leave, name) for name in Leave.__slots__}
        return cls(id=one.id, name=one.name, declared_by=one.declared_by, **leave)


@router.get("")
def list_absences(house: HouseDep, actor: ApiActorDep) -> list[AbsenceOut]:
    """List the absences, now or to come, of the caller and of those the caller leads."""
    return [AbsenceOut.of(one) for one in absent.view(store=house.store, actor=actor, clock=house.clock).absences]


@router.post("", status_code=201)
def declare(house: HouseDep, actor: ApiActorDep, asked: LeaveIn) -> AbsenceOut:
    """Declare an absence."""
    leave = Leave(**asked.model_dump())
    return AbsenceOut.of(absent.declare(leave, store=house.store, actor=actor, clock=house.clock))


@router.delete("/{absence_id}", status_code=204)
def end(house: HouseDep, actor: ApiActorDep, absence_id: str) -> Response:
    """Take an absence back."""
    absent.end(absence_id, store=house.store, actor=actor, clock=house.clock)
    return Response(status_code=204)
