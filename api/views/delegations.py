"""« Délégations » : who acts for whom, by which act, until when; granted and ended by the holder or the head above."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.acts_form import day_typed
from api.views.render import page
from api.wiring import House
from ged.errors import GedError, NotFound, Refused
from ged.mail.access import ACTING, Actor, Capacity
from ged.mail.organisation import Grant
from ged.services import absent, consult, delegate

router = APIRouter()


class GrantTyped(BaseModel):
    """The form as typed."""

    poste: str = ""
    identifiant: str = ""
    type: str = Capacity.INTERIM
    depuis: str = ""
    jusqu_au: str = ""
    acte: str = ""
    natures: list[str] = []

    def grant(self, today: date) -> Grant:
        """Return what is asked for; the first day is today when none is typed.

        Raises:
            Refused: `move.date`, a day that cannot be read; `delegation.kind`, no title by which one acts for another.
        """
        if self.type not in ACTING:
            raise Refused(
                "delegation.kind", "Choisissez un intérim, une délégation ou une signature par ordre.", field="type"
            )
        return Grant(
            position_id=self.poste,
            login=self.identifiant,
            capacity=Capacity(self.type),
            since=day_typed(self.depuis, today, "depuis") or today,
            until=day_typed(self.jusqu_au, today, "jusqu_au"),
            instrument=self.acte[:120],
            kinds=() if self.type == Capacity.INTERIM else tuple(self.natures),
        )


@router.get("/delegations")
def show(request: Request, house: HouseDep, actor: ActorDep, fait: str = "") -> Response:
    """Show who acts for whom, and the form to grant it."""
    return _page(request, house, actor, GrantTyped(poste=actor.post.position_id), done=fait)


@router.post("/delegations", dependencies=[FormCheck])
def grant(request: Request, house: HouseDep, actor: ActorDep, form: Annotated[GrantTyped, Form()]) -> Response:
    """Grant an interim, a delegation or a signature by order."""
    try:
        delegate.grant(form.grant(house.clock().date()), store=house.store, actor=actor, clock=house.clock)
    except (Refused, NotFound) as error:
        return _page(request, house, actor, form, fault=error)
    return RedirectResponse("/delegations?fait=accordee", status_code=303)


@router.post("/delegations/{delegation_id}/fin", dependencies=[FormCheck])
def end(house: HouseDep, actor: ActorDep, delegation_id: str) -> Response:
    """End one at once."""
    delegate.end(delegation_id, store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse("/delegations?fait=retiree", status_code=303)


def _page(
    request: Request, house: House, actor: Actor, typed: GrantTyped, *, fault: GedError | None = None, done: str = ""
) -> Response:
    today = house.clock().date()
    seen = delegate.view(store=house.store, actor=actor, clock=house.clock)
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    values: dict[str, Any] = {
        "seen": seen,
        "standing": [one for one in seen.delegations if not one.is_over(today)],
        "over": [one for one in seen.delegations if one.is_over(today)][:20],
        "kinds": lists.kinds,
        "leaves": absent.view(store=house.store, actor=actor, clock=house.clock),
        "services": {entity.id: entity for entity in lists.entities},
        "typed": typed,
        "fault": fault,
        "fault_field": fault.diagnostics().get("field") if fault else None,
        "done_what": done,
        "today": today,
    }
    return page(request, "delegations.html", status=422 if fault else 200, **values)
