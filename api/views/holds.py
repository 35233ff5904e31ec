"""« Gels »: what is held, why, by whom, until when it is looked at again; placed and lifted one by one."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.render import page, page_number, part
from api.views.words import HOLD_SCOPES
from api.wiring import House
from ged.errors import Conflict, GedError, Refused
from ged.mail.access import Actor, Right, require
from ged.mail.french_dates import parse_date
from ged.mail.legal_hold import HoldQuery, LegalHold, Scope
from ged.services import consult, hold
from ged.services.hold import NewHold
from ged.store.holds import HoldsWanted

router = APIRouter()
PAGE_ROWS = 25


class HoldForm(BaseModel):
    """The form of a hold as typed."""

    portee: Scope = Scope.QUERY
    cible: str = Field(default="", max_length=100)
    motif: str = Field(default="", max_length=500)
    poste: str = Field(default="", max_length=100)
    revoir: str = Field(default="", max_length=40)
    mots: str = Field(default="", max_length=200)
    service: str = Field(default="", max_length=100)
    nature: str = Field(default="", max_length=100)
    du: str = Field(default="", max_length=40)
    au: str = Field(default="", max_length=40)

    def new(self, today: date) -> NewHold:
        """Return the hold asked for.

        Raises:
            Refused: `hold.day`, a day cannot be read.
        """
        query = HoldQuery(
            " ".join(self.mots.split()),
            self.service,
            self.nature,
            _day(self.du, "du", today),
            _day(self.au, "au", today),
        )
        scoped = query if self.portee is Scope.QUERY else None
        return NewHold(self.portee, self.cible, self.motif, scoped, self.poste, _day(self.revoir, "revoir", today))


def _day(typed: str, field: str, today: date) -> date | None:
    if not typed.strip():
        return None
    found = parse_date(typed, today)
    if found is None:
        raise Refused("hold.day", "Ce jour ne se lit pas. Écrivez-le comme 15/03/2027.", field=field)
    return found


@router.get("/gels")
def listed(
    request: Request, house: HouseDep, actor: ActorDep, etat: str = "", portee: str = "", q: str = ""
) -> Response:
    """Show the holds that stand, or those lifted, or those to be looked at again."""
    number, today = page_number(request), house.clock().date()
    wanted = HoldsWanted(
        scope=Scope(portee) if portee in set(Scope) else None,
        lifted=etat == "leves",
        to_review_on=today if etat == "a_revoir" else None,
        words=q[:200],
    )
    rows, total = hold.listed(wanted, store=house.store, actor=actor, limit=PAGE_ROWS, offset=(number - 1) * PAGE_ROWS)
    given = {name: value for name, value in (("etat", etat), ("portee", portee), ("q", q[:200])) if value}
    return page(
        request,
        "holds/list.html",
        rows=rows,
        total=total,
        number=number,
        pages=-(-total // PAGE_ROWS),
        address="/gels?" + urlencode(given),
        state=etat,
        wanted=wanted,
        today=today,
        narrowed=bool(portee or q),
        seats=_seats(house, actor),
        scopes=HOLD_SCOPES,
    )


@router.get("/gels/nouveau")
def ask(
    request: Request, house: HouseDep, actor: ActorDep, portee: str = "", cible: str = "", mots: str = ""
) -> Response:
    """Show the form of a new hold."""
    require(actor, Right.HOLD)
    scope = Scope(portee) if portee in set(Scope) else Scope.QUERY
    return _form(request, house, actor, HoldForm(portee=scope, cible=cible[:100], mots=mots[:200]))


@router.post("/gels/nouveau", dependencies=[FormCheck])
def place(request: Request, house: HouseDep, actor: ActorDep, form: Annotated[HoldForm, Form()]) -> Response:
    """Place a hold and show what it has caught."""
    require(actor, Right.HOLD)
    try:
        placed = hold.place(form.new(house.clock().date()), store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        return _form(request, house, actor, form, error)
    return _to(placed.id)


@router.post("/courrier/{letter_id}/gel", dependencies=[FormCheck])
def hold_letter(
    house: HouseDep, actor: ActorDep, letter_id: str, motif: Annotated[str, Form(max_length=500)] = ""
) -> Response:
    """Put a letter on hold from its own page."""
    hold.place(NewHold(Scope.LETTER, letter_id, motif), store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse(f"/courrier/{letter_id}", status_code=303)


@router.get("/gels/{hold_id}")
def show(request: Request, house: HouseDep, actor: ActorDep, hold_id: str) -> Response:
    """Show a hold with what it has caught."""
    return _page(request, house, actor, hold_id)


@router.get("/gels/{hold_id}/avancement")
def progress(request: Request, house: HouseDep, actor: ActorDep, hold_id: str) -> Response:
    """Say how far the search of a hold is; one that has ended is shown anew, with what it caught."""
    found = hold.hold_file(hold_id, store=house.store, actor=actor, limit=1)
    if found.search is None:
        return Response(status_code=204, headers={"HX-Refresh": "true"})
    return part(request, "holds/progress.html", one=found.hold, search=found.search)


@router.post("/gels/{hold_id}/lever", dependencies=[FormCheck])
def lift(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    hold_id: str,
    motif: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Lift a hold."""
    try:
        hold.lift(hold_id, motif, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        return _page(request, house, actor, hold_id, error)
    return _to(hold_id)


@router.post("/gels/{hold_id}/suivi", dependencies=[FormCheck])
def amend(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    hold_id: str,
    poste: Annotated[str, Form(max_length=100)] = "",
    revoir: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Give a hold another owner or another day of review."""
    try:
        day = _day(revoir, "revoir", house.clock().date())
        hold.amend(hold_id, poste, day, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        return _page(request, house, actor, hold_id, error)
    return _to(hold_id)


def held_context(letter_id: str, house: House, actor: Actor) -> dict[str, Any]:
    """Return what the page of a letter shows of its holds."""
    own = {post.position_id for post in actor.posts}

    def hold_opens(one: LegalHold) -> bool:
        return actor.has(Right.SEE_RETENTION) or one.owner_id in own

    found = hold.on_letter(letter_id, store=house.store, actor=actor)
    return {"holds": found, "scopes": HOLD_SCOPES, "hold_opens": hold_opens}


def _form(
    request: Request, house: House, actor: Actor, form: HoldForm, error: Refused | Conflict | None = None
) -> Response:
    status = {None: 200, "conflict": 409}.get(error.kind if error else None, 422)
    return page(
        request,
        "holds/form.html",
        status=status,
        form=form,
        on=_named(form, house, actor),
        error=error,
        wrong=str(error.diagnostics().get("field", "")) if error else "",
        seats=_seats(house, actor),
        lists=consult.lists(store=house.store, actor=actor, clock=house.clock),
        scopes=HOLD_SCOPES,
    )


def _named(form: HoldForm, house: House, actor: Actor) -> str:
    """Return what the form says that the hold is on.

    Raises:
        NotFound: the thing is unknown, or closed to the actor.
    """
    if form.portee is Scope.QUERY:
        return ""
    return hold.named(form.portee, form.cible, store=house.store, actor=actor)


def _page(request: Request, house: House, actor: Actor, hold_id: str, error: GedError | None = None) -> Response:
    number = page_number(request)
    found = hold.hold_file(hold_id, store=house.store, actor=actor, limit=PAGE_ROWS, offset=(number - 1) * PAGE_ROWS)
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    return page(
        request,
        "holds/show.html",
        status={None: 200, "conflict": 409}.get(error.kind if error else None, 422),
        file=found,
        number=number,
        pages=-(-max(found.letters.total, found.piece_total) // PAGE_ROWS),
        error=error,
        wrong=str(error.diagnostics().get("field", "")) if error else "",
        today=house.clock().date(),
        seats=_seats(house, actor),
        lists=lists,
        kinds={kind.code: kind for kind in lists.kinds},
        scopes=HOLD_SCOPES,
    )


def _seats(house: House, actor: Actor) -> dict[str, Any]:
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    return {seat.position.id: seat for seat in lists.seats}


def _to(hold_id: str) -> Response:
    return RedirectResponse(f"/gels/{hold_id}", status_code=303)
