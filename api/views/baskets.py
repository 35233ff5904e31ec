"""Baskets (bannettes): what waits for somebody, in the order to take it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.acts_form import Asked, day_typed, sitting, step_of
from api.views.render import page, page_number
from api.views.sieve import CLOSED, Filters, FiltersDep, listing_of
from api.views.words import BASKETS, MOVES, _
from api.wiring import House
from ged.errors import GedError, NotFound, Refused
from ged.mail.access import KEEPS_REGISTER, Actor
from ged.mail.baskets import basket_of, closed_reach
from ged.mail.item import Priority
from ged.mail.moves import LEADING, Move, Order
from ged.services import consult
from ged.services.route import move
from ged.services.set_aside import set_aside

router = APIRouter()
PAGE_ROWS = 25
EMPTY: dict[str, tuple[str, str]] = {
    "retournes": (_("Aucun retour"), _("Les courriers qu'un service vous rend arriveront ici, avec son motif.")),
    "a-expedier": (_("Rien à expédier"), _("Les courriers signés arriveront ici, avec leurs destinataires.")),
    "a-presenter": (_("Rien à présenter"), _("Les courriers qui attendent l'autorité que vous servez arriveront ici.")),
    "a-affecter": (_("Rien à affecter"), _("Les courriers affectés à votre service arriveront ici.")),
    "a-traiter": (_("Rien à traiter"), _("Les courriers que vous prenez en charge arriveront ici.")),
    "mis-de-cote": (_("Rien de côté"), _("Un courrier mis de côté attend ici le jour que vous avez choisi.")),
    "avis": (_("Aucun avis à donner"), _("Les questions que l'on vous pose arriveront ici.")),
    "en-retard": (_("Aucun retard"), _("Un courrier dont l'échéance est passée viendrait ici.")),
    "mon-service": (_("Rien en cours"), _("Les courriers ouverts de votre service sont listés ici.")),
    "fiches-revenues": (
        _("Aucune fiche à confirmer"),
        _("Les fiches d'imputation signées que le scanner a lues sont listées ici."),
    ),
    "papier-a-remettre": (
        _("Aucun papier à remettre"),
        _("Les originaux qui sont chez vous alors que le courrier est à un autre service sont listés ici."),
    ),
    "papier-a-rendre": (
        _("Aucun papier à rendre"),
        _("Les originaux prêtés, à rendre un jour, sont listés ici."),
    ),
    "plis-fermes": (
        _("Aucun pli fermé"),
        _("Les plis fermés que le bureau d'ordre vous remet arrivent ici."),
    ),
    "suivis": (_("Vous ne suivez aucun courrier"), _("« Suivre » sur un courrier le garde ici, où qu'il aille.")),
}
BULK: dict[str, tuple[Move, ...]] = {
    "retournes": (Move.ASSIGN,),
    "a-affecter": (Move.ASSIGN, Move.TAKE, Move.FINISH),
    "a-traiter": (Move.TAKE, Move.FINISH),
}
"""What may be done to several letters of a basket at once."""
ASIDE = "mettre_de_cote"
PUT_ASIDE = ("a-affecter", "a-traiter")
"""Baskets whose letters their reader may set aside."""
TEAM = ("a-affecter", "mon-service")
"""Baskets beside which a head sees the team, and what each has in hand."""
FILTERS = {"": _("Tous"), "urgent": _("Urgents"), "lecture": _("En lecture"), CLOSED: _("Services fermés")}


@router.get("/b/{slug}")
def basket(
    request: Request, house: HouseDep, actor: ActorDep, slug: str, filters: FiltersDep, fait: str = ""
) -> Response:
    """Show a basket; polled by the page while letters are being read, it answers 204 when nothing changed."""
    values = _listed(request, house, actor, slug, filters)
    if request.headers.get("hx-request") and request.query_params.get("vu") == values["mark"]:
        return Response(status_code=204)
    return page(request, "basket.html", **values, done=just_done(fait, house, actor))


@router.post("/b/{slug}", dependencies=[FormCheck])
def act_on_selection(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    slug: str,
    form: Annotated[Asked, Form()],
    choix: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Make one move on each ticked letter, each by itself; say for each that was not moved why."""
    basket_of(slug, actor)
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    act = (
        _aside(form, house, actor)
        if form.acte == ASIDE
        else _move(form.order(lists, house.clock().date()), house, actor)
    )
    moved, refused = [], []
    for choice in (choix or [])[:PAGE_ROWS]:
        letter_id, _sep, step = choice.partition(":")
        try:
            act(letter_id, step_of(step))
            moved.append(letter_id)
        except GedError as error:
            refused.append((just_done(letter_id, house, actor), error.sentence))
    if not choix:
        refused.append((None, "Cochez au moins un courrier (touche X), puis appliquez."))
    values = _listed(request, house, actor, slug, Filters())
    lasting = form.acte in {Move.RECALL, ASIDE}
    undo = {} if lasting else consult.last_steps(moved, store=house.store, actor=actor)
    said = {"done": None, "moved": len(moved), "refused": refused, "tried": form.acte, "undo": undo}
    return page(request, "basket.html", **(values | said))


def _move(order: Order, house: House, actor: Actor) -> Callable[[str, int | None], object]:
    return lambda letter_id, step: move(
        letter_id, replace(order, after=step), store=house.store, actor=actor, clock=house.clock
    )


def _aside(form: Asked, house: House, actor: Actor) -> Callable[[str, int | None], object]:
    until = day_typed(form.jusqu_au, house.clock().date(), "jusqu_au")
    if until is None:
        raise Refused("move.date", "Indiquez jusqu'à quel jour : 30/11/2026, par exemple.", field="jusqu_au")
    return lambda letter_id, _step: set_aside(letter_id, until, store=house.store, actor=actor, clock=house.clock)


def _listed(request: Request, house: House, actor: Actor, slug: str, filters: Filters) -> dict[str, Any]:
    today = house.clock().date()
    listing = listing_of(slug, filters, actor, today)
    number = page_number(request)
    offset = (number - 1) * PAGE_ROWS
    found = consult.letters(listing, store=house.store, actor=actor, limit=PAGE_ROWS, offset=offset)
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    return {
        "slug": slug,
        "title": BASKETS[slug][0],
        "nothing": EMPTY.get(slug),
        "today": today,
        "chosen": filters.filtre,
        "asked": filters,
        "unread_days": filters.faults(today),
        "priorities": list(Priority),
        "filters": _filters(slug, actor),
        "rows": found.rows,
        "total": found.total,
        "number": number,
        "pages": -(-found.total // PAGE_ROWS),
        "mark": "-".join(f"{row.letter.id[:6]}{row.letter.revision}" for row in found.rows),
        "reading": any(row.letter.reading == "en_lecture" for row in found.rows),
        "lists": lists,
        "services": lists.known,
        "sitting": sitting(lists.seats),
        "bulk": BULK.get(slug, ()),
        "prints_slips": any(post.role in LEADING | KEEPS_REGISTER for post in actor.posts),
        "ticks": slug != "a-qualifier",
        "aside": slug in PUT_ASIDE,
        "moves": MOVES,
        "moved": 0,
        "refused": [],
        "tried": "",
        "undo": {},
        "team": consult.team(lists, store=house.store, actor=actor, clock=house.clock) if slug in TEAM else (),
        "seats": {seat.position.id: seat for seat in lists.seats},
    }


def _filters(slug: str, actor: Actor) -> dict[str, str]:
    names = {"a-qualifier": ("", "urgent", "lecture"), "mon-service": ("", "urgent", CLOSED)}.get(slug, ("", "urgent"))
    return {name: FILTERS[name] for name in names if name != CLOSED or closed_reach(actor)}


def just_done(letter_id: str, house: House, actor: Actor) -> tuple[str, str, str, str] | None:
    """Return (id, number, state, service id) of the letter just acted on, for the green line."""
    if not letter_id:
        return None
    try:
        letter = consult.letter(letter_id, store=house.store, actor=actor)
    except NotFound:
        return None
    return letter.id, letter.number, letter.state, letter.service_id or ""
