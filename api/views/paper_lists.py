"""The paper twins of a disposal or a transfer: the list by box, to print and sign, then recorded as done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.files import served
from api.prints import print_pdf
from api.views.paper_forms import places, return_day
from api.views.render import language_of, page
from api.wiring import House
from ged.errors import Conflict, GedError, Refused
from ged.mail.access import Actor, Right
from ged.mail.journal import Act
from ged.services.leave_line import leave_line
from retention import paper_lists
from retention.paper_certificates import certificate_of
from retention.paper_lists import PaperList, Whose

router = APIRouter()


_READ: dict[Whose, Callable[..., PaperList]] = {
    Whose.DISPOSAL: paper_lists.of_disposal,
    Whose.TRANSFER: paper_lists.of_transfer,
}


@router.get("/archives-papier/listes/{sort}/{list_id}")
def show(request: Request, house: HouseDep, actor: ActorDep, sort: Whose, list_id: str) -> Response:
    """Show the paper of a disposal or of a transfer, by box."""
    return _page(request, house, actor, sort, list_id)


@router.get("/archives-papier/listes/{sort}/{list_id}/liste.pdf")
def printed(request: Request, house: HouseDep, actor: ActorDep, sort: Whose, list_id: str) -> Response:
    """Return the list on paper: boxes to tick, two signatures; what was done already is said."""
    found = _READ[sort](list_id, store=house.store, actor=actor)
    leave_line(
        Act.LIST_PRINTED, list_id, store=house.store, actor=actor, clock=house.clock, what="originaux papier",
        letters=len(found.twins),
    )  # fmt: skip
    pdf = print_pdf(
        "prints/paper_list.html",
        language_of(request),
        found=found,
        destroys=sort is Whose.DISPOSAL,
        at=house.clock(),
        **places(house, actor),
    )
    headers = {"Content-Disposition": f'inline; filename="{found.number}-papier.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.get("/archives-papier/destructions/{gone_id}/certificat.pdf")
def certificate(house: HouseDep, actor: ActorDep, gone_id: str) -> Response:
    """Return the certificate of paper destroyed, as it was sealed."""
    one, opened = certificate_of(gone_id, store=house.store, vault=house.vault, actor=actor, clock=house.clock)
    return served(opened, media_type="application/pdf", name=f"certificat-papier-{one.number}")


@router.post("/archives-papier/listes/{sort}/{list_id}", dependencies=[FormCheck])
def record(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    sort: Whose,
    list_id: str,
    choix: Annotated[list[str] | None, Form()] = None,
    premier: Annotated[str, Form(max_length=300)] = "",
    second: Annotated[str, Form(max_length=300)] = "",
    jour: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Write that the signed list was carried out for what is ticked."""
    by: Any = {"store": house.store, "actor": actor, "clock": house.clock}
    typed = {"choix": choix or [], "premier": premier, "second": second, "jour": jour}
    try:
        today = house.clock().date()
        paper_lists.record(sort, list_id, choix or (), (premier, second), return_day(jour, today) or today, **by)
    except (Refused, Conflict) as error:
        return _page(request, house, actor, sort, list_id, error, typed)
    return RedirectResponse(f"/archives-papier/listes/{sort}/{list_id}", status_code=303)


def _page(
    request: Request,
    house: House,
    actor: Actor,
    sort: Whose,
    list_id: str,
    fault: GedError | None = None,
    typed: dict[str, Any] | None = None,
) -> Response:
    found = _READ[sort](list_id, store=house.store, actor=actor)
    return page(
        request,
        "boxes/paper_list.html",
        status=200 if fault is None else 409 if isinstance(fault, Conflict) else 422,
        found=found,
        sort=sort,
        destroys=sort is Whose.DISPOSAL,
        fault=fault,
        wrong=str(fault.diagnostics().get("field", "")) if fault else "",
        typed=typed,
        keeps=actor.has(Right.KEEP_PAPER),
        **places(house, actor),
    )
