"""What the pages of drafts show: the basket, the form, the draft with its circuit, and what may be done now."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import Response

from api.views.acts_form import sitting
from api.views.draft_acts_form import AskedOfDraft
from api.views.draft_form import TypedDraft
from api.views.render import page, page_number
from api.views.words import BASKETS, DRAFT_ACTS, _
from api.wiring import House
from ged.errors import GedError
from ged.mail.access import Actor
from ged.mail.baskets import draft_basket_of
from ged.mail.circuit import StageKind
from ged.mail.draft import IN_CIRCUIT, WRITING, Draft
from ged.mail.draft_acts import DraftAct, acting, open_acts, stage_of
from ged.mail.item import Confidentiality, Priority
from ged.mail.markup import blocks
from ged.services import consult, read_draft
from ged.services.read_draft import DraftFile

PAGE_ROWS = 25
_SPARE_ROWS = 3
"""Empty lines under a circuit, to be filled without a script."""
EMPTY: dict[str, tuple[str, str]] = {
    "a-viser": (_("Rien à viser"), _("Les projets qui attendent votre visa ou votre avis arriveront ici.")),
    "a-signer": (_("Rien à signer"), _("Les projets visés qui attendent votre signature arriveront ici.")),
    "mes-projets": (_("Aucun projet en cours"), _("Les projets que vous écrivez restent ici jusqu'à leur signature.")),
}


def list_values(request: Request, house: House, actor: Actor, slug: str) -> dict[str, Any]:
    """Return what a basket of drafts shows; `tickable` are those that may be approved from the list."""
    listing = draft_basket_of(slug, actor).listing(actor, house.clock().date())
    number = page_number(request)
    found = read_draft.drafts(listing, store=house.store, actor=actor, limit=PAGE_ROWS, offset=(number - 1) * PAGE_ROWS)
    return {
        "slug": slug,
        "title": BASKETS[slug][0],
        "nothing": EMPTY[slug],
        "rows": found.rows,
        "tickable": {one.id for one in found.rows if slug == "a-viser" and _awaits_visa(one)},
        "approved": 0,
        "refused": [],
        "total": found.total,
        "number": number,
        "pages": -(-found.total // PAGE_ROWS),
        "today": house.clock().date(),
        **names(house, actor),
    }


def _awaits_visa(draft: Draft) -> bool:
    stage = stage_of(draft)
    return stage is not None and stage.kind is StageKind.VISA


def names(house: House, actor: Actor) -> dict[str, Any]:
    """Return what turns codes of units and posts into words."""
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    return {
        "lists": lists,
        "services": {entity.id: entity for entity in lists.entities},
        "seats": {seat.position.id: seat for seat in lists.seats},
        "sitting": sitting(lists.seats),
        "kinds": {kind.code: kind for kind in lists.kinds},
        "draft_acts": DRAFT_ACTS,
    }


def form_page(
    request: Request,
    house: House,
    actor: Actor,
    typed: TypedDraft,
    file: DraftFile | None,
    *,
    fault: GedError | None = None,
    status: int = 200,
) -> Response:
    """Return the form of a draft: with what was typed kept, and what was wrong with it said."""
    answered = [consult.letter(letter_id, store=house.store, actor=actor) for letter_id in typed.repond_a]
    posts = [post for post in actor.posts if post.role in WRITING]
    clearance = max((post.clearance for post in posts), key=lambda level: level.rank, default=Confidentiality.PUBLIC)
    return page(
        request,
        "draft_form.html",
        status=status,
        typed=typed,
        rows=typed.rows(),
        spare=_SPARE_ROWS,
        file=file,
        standing=file.standing.content if file else None,
        answered=answered,
        posts=posts,
        levels=list(clearance.up_to()),
        priorities=list(Priority),
        formulas=read_draft.formulas(store=house.store, actor=actor),
        fault=fault,
        fault_field=fault.diagnostics().get("field") if fault else None,
        draft_of=f"{actor.login}:{typed.cle}",
        **names(house, actor),
    )


def draft_values(house: House, actor: Actor, file: DraftFile) -> dict[str, Any]:
    """Return what shows a draft, its circuit, and what its reader may do."""
    draft = file.draft
    spoken = acting(actor, draft)
    last = next((step for step in reversed(file.steps) if step.act is not DraftAct.NOTE), None)
    at = draft.circuit.at(draft.digest) if draft.state in IN_CIRCUIT else -1
    mine = {post.position_id for post in actor.posts}
    outdated = tuple(draft.circuit.outdated(draft.digest))
    return {
        "file": file,
        "draft": draft,
        "content": file.standing.content,
        "blocks": blocks(file.standing.content.text),
        "open_acts": open_acts(actor, draft, last),
        "stage": stage_of(draft),
        "stage_at": at,
        "acts_for": spoken[0] if spoken else None,
        "notes": [step for step in file.steps if step.act is DraftAct.NOTE],
        "outdated": outdated,
        "mine_outdated": [one for one in outdated if one.approver.position_id in mine or one.login == actor.login],
        "formulas": read_draft.formulas(store=house.store, actor=actor),
        **names(house, actor),
    }


def draft_page(
    request: Request,
    house: House,
    actor: Actor,
    file: DraftFile,
    *,
    asked: AskedOfDraft | None = None,
    fault: GedError | None = None,
    status: int = 200,
) -> Response:
    """Return the page of a draft."""
    return page(
        request,
        "draft.html",
        status=status,
        asked=asked or AskedOfDraft(),
        act_fault=fault,
        written=request.query_params.get("ecrit", ""),
        made=request.query_params.get("acte", ""),
        today=house.clock().date(),
        **draft_values(house, actor, file),
    )
