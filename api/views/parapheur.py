"""The parapheur: one flat queue for a tablet, one draft at a time; after an act the next one comes at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.draft_acts_form import AskedOfDraft
from api.views.draft_page import draft_values
from api.views.render import page
from api.wiring import House
from ged.errors import Conflict, Forbidden, GedError, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.baskets import parapheur
from ged.mail.draft_acts import DraftAct
from ged.services import circuit, consult, read_draft
from ged.services.draft import annotate

router = APIRouter()
_MOST = 999
"""Nobody does more in one sitting: what an address says beyond is brought back here."""


@router.get("/parapheur")
def queue(request: Request, house: HouseDep, actor: ActorDep, n: int = 1, fait: int = 0, acte: str = "") -> Response:
    """Show the n-th draft that waits for the actor, or that none does; `fait` were done in this sitting."""
    return shown(request, house, actor, n, fait, made=acte)


@router.post("/parapheur/{draft_id}/acte", dependencies=[FormCheck])
def act(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    draft_id: str,
    form: Annotated[AskedOfDraft, Form()],
    n: Annotated[int, Form()] = 1,
    fait: Annotated[int, Form()] = 0,
) -> Response:
    """Do an act and bring the next; a note stays with the draft that it is on."""
    try:
        if form.acte == DraftAct.NOTE:
            annotate(draft_id, form.said, store=house.store, actor=actor, clock=house.clock)
            return to_next(n, fait, DraftAct.NOTE)
        order = form.order(consult.lists(store=house.store, actor=actor, clock=house.clock).seats)
        circuit.act(draft_id, order, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict, Forbidden, NotFound) as error:
        return shown(request, house, actor, n, fait, asked=form, fault=error)
    return to_next(n, fait + 1, order.act)


@router.post("/parapheur/{draft_id}/plus-tard", dependencies=[FormCheck])
def later(house: HouseDep, actor: ActorDep, draft_id: str, fait: Annotated[int, Form()] = 0) -> Response:
    """Put a draft behind the others of the queue."""
    circuit.set_aside(draft_id, store=house.store, actor=actor, clock=house.clock)
    return to_next(1, fait, "plus_tard")


def to_next(n: int, fait: int, made: str) -> Response:
    """Send on to the n-th draft that waits now, `fait` being done."""
    return RedirectResponse(f"/parapheur?n={_within(n, 1)}&fait={_within(fait, 0)}&acte={made}", status_code=303)


def _within(number: int, least: int) -> int:
    return max(least, min(number, _MOST))


def shown(
    request: Request,
    house: House,
    actor: Actor,
    n: int,
    fait: int,
    *,
    asked: AskedOfDraft | None = None,
    fault: GedError | None = None,
    made: str = "",
) -> Response:
    """Return the n-th of the queue, the last one when there are fewer."""
    done, n = _within(fait, 0), _within(n, 1)
    listing = parapheur(actor)
    found = read_draft.drafts(listing, store=house.store, actor=actor, limit=1, offset=n - 1, queue=True)
    if not found.rows and found.total:
        n = found.total
        found = read_draft.drafts(listing, store=house.store, actor=actor, limit=1, offset=n - 1, queue=True)
    common = {"done_count": done, "n": n, "total": found.total, "act_fault": fault, "made": made}
    status = 200 if fault is None else 409 if isinstance(fault, Conflict) else 422
    if not found.rows:
        return page(request, "parapheur.html", status=status, draft=None, **common)
    file = read_draft.draft_file(found.rows[0].id, store=house.store, actor=actor, clock=house.clock)
    values = draft_values(house, actor, file) | common
    return page(
        request,
        "parapheur.html",
        status=status,
        asked=asked or AskedOfDraft(),
        today=house.clock().date(),
        **values,
    )
