"""The directory of correspondents: found as one types, read with their letters, entered, corrected, merged."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.render import page, page_number
from api.wiring import House
from ged.errors import Conflict, Refused
from ged.mail.access import Actor, Right, require
from ged.mail.correspondent import Card, Side, Sort
from ged.mail.legal_hold import Scope
from ged.services import consult, correspondents, hold, keep_correspondent, merge_correspondents
from ged.services.name_parties import enter_party

router = APIRouter()
PAGE_ROWS = 25


class CardForm(BaseModel):
    """The form of a card as typed: one address, e-mail or telephone a line."""

    revision: int = 0
    sort: str = Sort.ORGANISATION
    civility: str = ""
    name: str = ""
    organisation: str = ""
    function: str = ""
    addresses: str = ""
    emails: str = ""
    phones: str = ""

    @classmethod
    def of(cls, card: Card, revision: int) -> CardForm:
        """Return the form that shows a card as it stands."""
        plain = {name: getattr(card, name) for name in ("sort", "civility", "name", "organisation", "function")}
        many = {name: "\n".join(getattr(card, name)) for name in ("addresses", "emails", "phones")}
        return cls(revision=revision, **plain, **many)

    def card(self) -> Card:
        """Return the card that was typed, spaces made single."""
        return Card(
            sort=Sort.PERSON if self.sort == Sort.PERSON else Sort.ORGANISATION,
            name=_line(self.name),
            civility=_line(self.civility),
            organisation=_line(self.organisation),
            function=_line(self.function),
            addresses=_lines(self.addresses),
            emails=_lines(self.emails),
            phones=_lines(self.phones),
        )


def _line(text: str) -> str:
    return " ".join(text.split())[:200]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(line.split())[:300] for line in text.splitlines()[:20] if line.strip()))


@router.get("/correspondants")
def directory(request: Request, house: HouseDep, actor: ActorDep, q: str = "") -> Response:
    """Show the correspondents whose words begin as those typed; without any, all of them by name."""
    number = page_number(request)
    rows, total = correspondents.found(
        q, store=house.store, actor=actor, limit=PAGE_ROWS, offset=(number - 1) * PAGE_ROWS
    )
    values: dict[str, Any] = {
        "rows": rows,
        "total": total,
        "number": number,
        "pages": -(-total // PAGE_ROWS),
        "typed": q[:200],
    }
    return page(request, "correspondents/list.html", **values)


@router.get("/correspondants/nouveau")
def ask(request: Request, actor: ActorDep, nom: str = "") -> Response:
    """Show the form of a new card."""
    require(actor, Right.KEEP_CORRESPONDENTS)
    return _form(request, CardForm(name=nom[:200]), "/correspondants/nouveau")


@router.post("/correspondants/nouveau", dependencies=[FormCheck])
def enter(request: Request, house: HouseDep, actor: ActorDep, form: Annotated[CardForm, Form()]) -> Response:
    """Enter a correspondent and show its card, with who may be the same."""
    try:
        added = keep_correspondent.enter(form.card(), store=house.store, actor=actor, clock=house.clock)
    except Refused as error:
        return _form(request, form, "/correspondants/nouveau", error)
    return _to(added.id)


@router.get("/correspondants/doublons")
def doubles(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show the correspondents that may be one."""
    return page(request, "correspondents/doubles.html", pairs=correspondents.doubles(store=house.store, actor=actor))


@router.get("/correspondants/{correspondent_id}")
def show(request: Request, house: HouseDep, actor: ActorDep, correspondent_id: str) -> Response:
    """Show a card with the letters exchanged that the reader may open."""
    number = page_number(request)
    file = correspondents.card_file(
        correspondent_id, store=house.store, actor=actor, limit=PAGE_ROWS, offset=(number - 1) * PAGE_ROWS
    )
    values: dict[str, Any] = {"file": file, "number": number, "pages": -(-file.letters.total // PAGE_ROWS)}
    values["holds"] = hold.standing_on(Scope.CORRESPONDENT, correspondent_id, store=house.store, actor=actor)
    return page(request, "correspondents/card.html", **values)


@router.get("/correspondants/{correspondent_id}/modifier")
def edit(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    correspondent_id: str,
    phone: Annotated[str, Query(max_length=60)] = "",
    email: Annotated[str, Query(max_length=200)] = "",
    address: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Show the form of a card that stands, with what a letter says added to it for a person to keep or strike."""
    require(actor, Right.KEEP_CORRESPONDENTS)
    found = correspondents.card_file(correspondent_id, store=house.store, actor=actor).correspondent
    form = CardForm.of(found.card, found.revision)
    added = {
        name: "\n".join(filter(None, (getattr(form, name), value.strip())))
        for name, value in (("phones", phone), ("emails", email), ("addresses", address))
    }
    return _form(request, form.model_copy(update=added), f"/correspondants/{found.id}/modifier")


@router.post("/correspondants/{correspondent_id}/modifier", dependencies=[FormCheck])
def correct(
    request: Request, house: HouseDep, actor: ActorDep, correspondent_id: str, form: Annotated[CardForm, Form()]
) -> Response:
    """Write a card anew."""
    try:
        keep_correspondent.correct(
            correspondent_id,
            form.card(),
            revision=form.revision,
            store=house.store,
            actor=actor,
            clock=house.clock,
        )
    except (Refused, Conflict) as error:
        return _form(request, form, f"/correspondants/{correspondent_id}/modifier", error)
    return _to(correspondent_id)


@router.post("/correspondants/{correspondent_id}/fusion", dependencies=[FormCheck])
def merge(
    house: HouseDep,
    actor: ActorDep,
    correspondent_id: str,
    autre: Annotated[str, Form(max_length=60)] = "",
    retour: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Merge another correspondent into this one."""
    merge_correspondents.merge(correspondent_id, autre, store=house.store, actor=actor, clock=house.clock)
    return _back(retour, correspondent_id)


@router.post("/correspondants/{correspondent_id}/separation", dependencies=[FormCheck])
def separate(house: HouseDep, actor: ActorDep, correspondent_id: str) -> Response:
    """Undo a merge."""
    merge_correspondents.separate(correspondent_id, store=house.store, actor=actor, clock=house.clock)
    return _to(correspondent_id)


@router.post("/correspondants/{correspondent_id}/distinct", dependencies=[FormCheck])
def keep_apart(
    house: HouseDep,
    actor: ActorDep,
    correspondent_id: str,
    autre: Annotated[str, Form(max_length=60)] = "",
    retour: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Remember that another correspondent is not this one."""
    merge_correspondents.keep_apart(correspondent_id, autre, store=house.store, actor=actor, clock=house.clock)
    return _back(retour, correspondent_id)


@router.post("/courrier/{letter_id}/correspondant", dependencies=[FormCheck])
def enter_named(
    house: HouseDep,
    actor: ActorDep,
    letter_id: str,
    cote: Annotated[Side, Form()],
    rang: Annotated[int, Form(ge=1, le=99)],
) -> Response:
    """Enter a name of a letter in the directory."""
    enter_party(letter_id, cote, rang, store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse(f"/courrier/{letter_id}", status_code=303)


def named_context(letter_id: str, house: House, actor: Actor) -> dict[str, Any]:
    """Return what the letter page shows of who it is from and to: each name by side."""
    named = consult.named(letter_id, store=house.store, actor=actor)
    return {"named": {side: [each for each in named if each.side is side] for side in Side}}


def _form(request: Request, form: CardForm, target: str, error: Refused | Conflict | None = None) -> Response:
    faults = error.diagnostics().get("faults", {}) if error else {}
    status = 200 if error is None else 409 if isinstance(error, Conflict) else 422
    values: dict[str, Any] = {"form": form, "target": target, "faults": faults, "error": error, "sorts": list(Sort)}
    return page(request, "correspondents/form.html", status=status, **values)


def _back(where: str, correspondent_id: str) -> Response:
    return (
        RedirectResponse("/correspondants/doublons", status_code=303) if where == "doublons" else _to(correspondent_id)
    )


def _to(correspondent_id: str) -> Response:
    return RedirectResponse(f"/correspondants/{correspondent_id}", status_code=303)
