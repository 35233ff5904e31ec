"""Drafts: written, sent round, approved, refused, compared; each page works without a script."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.files import file_response
from api.views.acts_form import step_of
from api.views.draft_acts_form import AskedOfDraft
from api.views.draft_form import TypedDraft, enclosed, joined_letter
from api.views.draft_page import PAGE_ROWS, draft_page, form_page, list_values
from api.views.render import page
from api.views.words import PARTS
from api.wiring import House
from ged.errors import Conflict, GedError, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.baskets import parapheur
from ged.mail.comparison import compare
from ged.mail.draft import Content, Draft
from ged.mail.draft_acts import DraftAct
from ged.services import circuit, consult, read_draft
from ged.services.draft import annotate, begin, save

router = APIRouter()
Files = Annotated[list[UploadFile] | None, File()]


@router.get("/projets/{slug}")
def basket(request: Request, house: HouseDep, actor: ActorDep, slug: str) -> Response:
    """Show a basket of drafts."""
    return page(request, "drafts.html", **list_values(request, house, actor, slug))


@router.post("/projets/{slug}", dependencies=[FormCheck])
def approve_selection(
    request: Request, house: HouseDep, actor: ActorDep, slug: str, choix: Annotated[list[str] | None, Form()] = None
) -> Response:
    """Approve each ticked draft, written `draft:revision:digest` as the screen showed it; say of each other why not."""
    approved, refused = 0, []
    for choice in (choix or [])[:PAGE_ROWS]:
        draft_id, revision, digest = (*choice.split(":"), "", "")[:3]
        try:
            order = AskedOfDraft(acte=DraftAct.APPROVE, revision=step_of(revision) or 0, empreinte=digest).order(())
            circuit.act(draft_id, order, store=house.store, actor=actor, clock=house.clock)
            approved += 1
        except GedError as error:
            refused.append((draft_id, error.sentence))
    if not choix:
        refused.append(("", "Cochez au moins un projet (touche X), puis visez."))
    values = list_values(request, house, actor, slug)
    return page(request, "drafts.html", **(values | {"approved": approved, "refused": refused}))


@router.post("/projet/repondre", dependencies=[FormCheck])
def answer_selection(_actor: ActorDep, choix: Annotated[list[str] | None, Form()] = None) -> Response:
    """Go to the form of one reply to all the ticked letters."""
    ids = dict.fromkeys(choice.partition(":")[0] for choice in (choix or [])[:PAGE_ROWS])
    return RedirectResponse(f"/projet/nouveau?{urlencode([('reponse_a', each) for each in ids])}", status_code=303)


@router.get("/projet/nouveau")
def new(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    reponse_a: Annotated[list[str] | None, Query()] = None,
    sens: str = "",
) -> Response:
    """Show the form of a new draft: a reply to one letter or several, or of one's own accord."""
    if reponse_a:
        letters = [consult.letter(each, store=house.store, actor=actor) for each in reponse_a[:PAGE_ROWS]]
        typed = TypedDraft.answering(*letters)
    else:
        typed = TypedDraft(cle=f"nouveau-{sens or 'depart'}", sens=sens or "depart", clore="1")
    return form_page(request, house, actor, typed, None)


@router.post("/projet/nouveau", dependencies=[FormCheck])
def write_new(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    form: Annotated[TypedDraft, Form()],
    fichier: Files = None,
    pieces: Files = None,
) -> Response:
    """Begin a draft, or show the form again with what was asked of it."""
    if form.inserer or form.appliquer:
        return form_page(request, house, actor, _helped(form, house, actor), None)
    try:
        content = _content(form, None, fichier, pieces, house, actor)
        seats = consult.lists(store=house.store, actor=actor, clock=house.clock).seats
        made = {"comment": form.commentaire, "store": house.store, "actor": actor, "clock": house.clock}
        draft = begin(form.plan(seats), content, **made)  # type: ignore[arg-type]
    except (Refused, NotFound) as error:
        return form_page(request, house, actor, form, None, fault=error, status=422)
    return _written(draft, form)


@router.get("/projet/{draft_id}")
def show(request: Request, house: HouseDep, actor: ActorDep, draft_id: str) -> Response:
    """Show a draft."""
    file = read_draft.draft_file(draft_id, store=house.store, actor=actor, clock=house.clock)
    return draft_page(request, house, actor, file)


@router.get("/projet/{draft_id}/ecrire")
def edit(request: Request, house: HouseDep, actor: ActorDep, draft_id: str) -> Response:
    """Show the form of a draft."""
    file = read_draft.draft_file(draft_id, store=house.store, actor=actor, clock=house.clock)
    return form_page(request, house, actor, TypedDraft.of(file), file)


@router.post("/projet/{draft_id}/ecrire", dependencies=[FormCheck])
def write(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    draft_id: str,
    form: Annotated[TypedDraft, Form()],
    fichier: Files = None,
    pieces: Files = None,
) -> Response:
    """Keep a new version."""
    file = read_draft.draft_file(draft_id, store=house.store, actor=actor, clock=house.clock)
    if form.inserer or form.appliquer:
        return form_page(request, house, actor, _helped(form, house, actor), file)
    try:
        content = _content(form, file.standing.content, fichier, pieces, house, actor)
        seats = consult.lists(store=house.store, actor=actor, clock=house.clock).seats
        made = {"comment": form.commentaire, "store": house.store, "actor": actor, "clock": house.clock}
        draft = save(draft_id, form.revision, form.plan(seats), content, **made)  # type: ignore[arg-type]
    except (Refused, NotFound, Conflict) as error:
        status = 409 if isinstance(error, Conflict) else 422
        return form_page(request, house, actor, form, file, fault=error, status=status)
    return _written(draft, form)


@router.post("/projet/{draft_id}/acte", dependencies=[FormCheck])
def act(
    request: Request, house: HouseDep, actor: ActorDep, draft_id: str, form: Annotated[AskedOfDraft, Form()]
) -> Response:
    """Do an act, then show the draft again; the next of the basket when that was asked for."""
    try:
        seats = consult.lists(store=house.store, actor=actor, clock=house.clock).seats
        order = form.order(seats)
        circuit.act(draft_id, order, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        file = read_draft.draft_file(draft_id, store=house.store, actor=actor, clock=house.clock)
        status = 409 if isinstance(error, Conflict) else 422
        return draft_page(request, house, actor, file, asked=form, fault=error, status=status)
    if form.suite:
        waiting = read_draft.drafts(parapheur(actor), store=house.store, actor=actor, limit=1, queue=True).rows
        return RedirectResponse(f"/projet/{waiting[0].id}" if waiting else "/projets/a-viser", status_code=303)
    return _after(draft_id, order.act, house, actor)


@router.post("/projet/{draft_id}/note", dependencies=[FormCheck])
def add_note(
    house: HouseDep,
    actor: ActorDep,
    draft_id: str,
    note: Annotated[str, Form(max_length=5000)] = "",
) -> Response:
    """Add a note."""
    annotate(draft_id, note, store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse(f"/projet/{draft_id}#notes", status_code=303)


@router.get("/projet/{draft_id}/comparer")
def versions_compared(
    request: Request, house: HouseDep, actor: ActorDep, draft_id: str, de: int = 0, a: int = 0
) -> Response:
    """Show what changed between two versions; by default the last two."""
    file = read_draft.draft_file(draft_id, store=house.store, actor=actor, clock=house.clock)
    new_one = file.version(a or file.draft.version)
    old_one = file.version(de or max(1, new_one.number - 1))
    parts = compare(old_one.content, new_one.content)
    values: dict[str, Any] = {"old": old_one, "new": new_one, "parts": parts, "compared_parts": PARTS}
    return page(request, "compare.html", file=file, draft=file.draft, **values)


@router.get("/projet/{draft_id}/fichier/{digest}")
def attached(request: Request, house: HouseDep, actor: ActorDep, draft_id: str, digest: str) -> Response:
    """Return a file of a draft."""
    draft, one, opened = read_draft.attached(
        draft_id, digest, store=house.store, vault=house.vault, actor=actor, clock=house.clock
    )
    return file_response(request, opened, draft, media_type=one.media_type, name=one.label.rsplit(".", 1)[0])


def _content(
    form: TypedDraft, standing: Content | None, body: Files, joined: Files, house: House, actor: Actor
) -> Content:
    whole = enclosed(body, house, actor, as_body=True)
    beside = (*enclosed(joined, house, actor), *joined_letter(form.numero, house, actor))
    return form.content(standing, whole[0] if whole else None, beside)


def _helped(form: TypedDraft, house: House, actor: Actor) -> TypedDraft:
    if form.inserer:
        return form.inserted()
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    return form.with_circuit(read_draft.formulas(store=house.store, actor=actor), lists, actor)


def _written(draft: Draft, form: TypedDraft) -> Response:
    return RedirectResponse(f"/projet/{draft.id}?{urlencode({'ecrit': form.cle})}", status_code=303)


def _after(draft_id: str, made: DraftAct, house: House, actor: Actor) -> Response:
    try:
        read_draft.draft(draft_id, store=house.store, actor=actor)
    except GedError:
        return RedirectResponse("/projets/mes-projets", status_code=303)
    return RedirectResponse(f"/projet/{draft_id}?acte={made}", status_code=303)
