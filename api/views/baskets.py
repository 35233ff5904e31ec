"""Baskets (bannettes): what waits for somebody, in the order to take it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.acts_form import Asked, sitting
from api.views.render import page, page_number
from api.views.selection import ASIDE, NOTE, SEND, act_on, named, send_off
from api.views.sieve import CLOSED, Filters, FiltersDep, listing_of
from api.views.words import BASKETS, MOVES, _
from api.wiring import House
from ged.mail.access import KEEPS_REGISTER, Actor
from ged.mail.baskets import basket_of, closed_reach
from ged.mail.draft import may_write
from ged.mail.item import Priority
from ged.mail.moves import LEADING, Move
from ged.services import consult

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
PUT_ASIDE = ("a-affecter", "a-traiter")
"""Baskets whose letters their reader may set aside."""
ANSWERED = ("a-affecter", "a-traiter", "mon-service", "suivis", "en-retard", "mis-de-cote")
"""Baskets whose letters may be answered."""
OTHER_ACTS = {ASIDE: _("Mettre de côté"), NOTE: _("Annoter"), SEND: _("Expédier")}
"""The verbs of what is done to a selection beside moves."""
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
    return page(request, "basket.html", **values, done=named(fait, house, actor))


@router.post("/b/{slug}", dependencies=[FormCheck])
def act_on_selection(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    slug: str,
    form: Annotated[Asked, Form()],
    choix: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Do one act to each ticked letter; say for each that was left as it was why."""
    basket_of(slug, actor)
    choices = (choix or [])[:PAGE_ROWS]
    if form.acte == SEND:
        did = send_off(choices, house=house, actor=actor)
    else:
        did = act_on(choices, form, house=house, actor=actor)
    values = _listed(request, house, actor, slug, Filters())
    said = {"done": None, "moved": len(did.moved), "refused": did.refused, "absent": did.absent, "undo": did.undo}
    return page(request, "basket.html", **(values | said | {"tried": form.acte, "given": form}))


def _listed(request: Request, house: House, actor: Actor, slug: str, filters: Filters) -> dict[str, Any]:
    today = house.clock().date()
    listing = listing_of(slug, filters, actor, today)
    number = page_number(request)
    offset = (number - 1) * PAGE_ROWS
    found = consult.letters(listing, store=house.store, actor=actor, limit=PAGE_ROWS, offset=offset)
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    progress = consult.reading_progress([row.letter for row in found.rows], store=house.store)
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
        "progress": progress,
        "mark": "-".join(f"{row.letter.id[:6]}{row.letter.revision}" for row in found.rows)
        + "".join(f"-{read}.{drawn}" for read, drawn in progress.values()),
        "reading": any(row.letter.reading == "en_lecture" for row in found.rows),
        "lists": lists,
        "services": lists.known,
        "sitting": sitting(lists.seats),
        "bulk": BULK.get(slug, ()),
        "prints_slips": any(post.role in LEADING | KEEPS_REGISTER for post in actor.posts),
        "ticks": slug != "a-qualifier",
        "aside": slug in PUT_ASIDE,
        "moves": MOVES,
        "notes": slug != "plis-fermes",
        "sends": slug == "a-expedier",
        "answers": slug in ANSWERED and may_write(actor),
        "other_acts": OTHER_ACTS,
        "moved": 0,
        "refused": [],
        "absent": [],
        "tried": "",
        "undo": {},
        "team": consult.team(lists, store=house.store, actor=actor, clock=house.clock) if slug in TEAM else (),
        "seats": {seat.position.id: seat for seat in lists.seats},
    }


def _filters(slug: str, actor: Actor) -> dict[str, str]:
    names = {"a-qualifier": ("", "urgent", "lecture"), "mon-service": ("", "urgent", CLOSED)}.get(slug, ("", "urgent"))
    return {name: FILTERS[name] for name in names if name != CLOSED or closed_reach(actor)}
