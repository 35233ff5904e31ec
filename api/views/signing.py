"""Signing on a page: the password first, once for a sitting, then the draft that was read becomes a letter."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import COOKIE, ActorDep, FormCheck, HouseDep
from api.views.draft_acts_form import AskedOfDraft
from api.views.draft_page import draft_page
from api.views.parapheur import shown, to_next
from api.views.render import page
from api.wiring import House
from ged.errors import Conflict, Forbidden, GedError, Refused, Unavailable
from ged.mail.access import Actor
from ged.mail.draft_acts import DraftAct
from ged.services import read_draft
from ged.services.confirm import confirm, confirmed
from ged.services.sign_draft import sign_draft

router = APIRouter()


@router.post("/projet/{draft_id}/signer", dependencies=[FormCheck])
def sign(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    draft_id: str,
    form: Annotated[AskedOfDraft, Form()],
    mot_de_passe: Annotated[str, Form(max_length=200)] = "",
    n: Annotated[int, Form()] = 0,
    fait: Annotated[int, Form()] = 0,
) -> Response:
    """Sign what the screen showed, once the password was given in this sitting; from the parapheur, bring the next."""
    secret = request.cookies.get(COOKIE, "")
    try:
        if mot_de_passe:
            confirm(secret, mot_de_passe, store=house.store, actor=actor, clock=house.clock)
    except Forbidden as error:
        return _password(request, house, actor, draft_id, form, n, fait, fault=error)
    if not confirmed(secret, store=house.store, clock=house.clock):
        return _password(request, house, actor, draft_id, form, n, fait)
    try:
        sign_draft(
            draft_id,
            form.empreinte,
            store=house.store,
            vault=house.vault,
            press=house.press,
            pdf_signer=house.pdf_signer,
            actor=actor,
            clock=house.clock,
        )
    except (Refused, Conflict, Forbidden, Unavailable) as error:
        if n:
            return shown(request, house, actor, n, fait, asked=form, fault=error)
        file = read_draft.draft_file(draft_id, store=house.store, actor=actor, clock=house.clock)
        status = 409 if isinstance(error, Conflict) else 422
        return draft_page(request, house, actor, file, asked=form, fault=error, status=status)
    if n:
        return to_next(n, fait + 1, DraftAct.SIGN)
    return RedirectResponse(f"/projet/{draft_id}?acte={DraftAct.SIGN}", status_code=303)


def _password(
    request: Request,
    house: House,
    actor: Actor,
    draft_id: str,
    form: AskedOfDraft,
    n: int,
    fait: int,
    fault: GedError | None = None,
) -> Response:
    """Ask for the password, keeping what is to be signed."""
    draft = read_draft.draft(draft_id, store=house.store, actor=actor)
    status = 200 if fault is None else 422
    return page(request, "confirm.html", status=status, draft=draft, asked=form, n=n, done_count=fait, fault=fault)
