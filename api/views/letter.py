"""The letter page: its images, what the machine proposes, the form that qualifies it, what proves it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.files import file_response
from api.views.acts_form import Asked, acts_context
from api.views.also_read import also_read_context
from api.views.classify import filing_context
from api.views.correspondents import named_context
from api.views.dispatch_form import TypedSendings, dispatch_context
from api.views.disposals import destroyed_context
from api.views.dossiers import filed_context
from api.views.envelopes import envelope_context
from api.views.history import history_context
from api.views.holds import held_context
from api.views.letter_mail import mail_context
from api.views.links import links_context
from api.views.near_duplicates import doubts_context
from api.views.origin import Origin
from api.views.paper import paper_context
from api.views.qualification import FIELD_NAMES, FORM_NAMES, Typed, bonds_of, proposed
from api.views.receptions import provenance_context
from api.views.render import language_of, page, page_number, part
from api.views.search_language import typed_search
from api.views.second_number import second_context
from api.views.selection import named
from api.views.sieve import FiltersDep
from api.views.slips import slip_context
from api.views.viewer import PAGES_SHOWN, lit_file, lit_lines, views
from api.wiring import House
from ged.errors import Conflict, GedError, Refused
from ged.mail.access import Actor, Right
from ged.mail.item import Confidentiality, Priority, Reading, State
from ged.mail.moves import OPEN, Party, parties
from ged.mail.page_text import may_correct_text
from ged.services import consult
from ged.services.notices import mark_all_read
from ged.services.qualify import qualify
from retention.fate import fate_of
from search.find import light_of

router = APIRouter()


def origin_of(filters: FiltersDep, dans: str = "", q: str = "") -> Origin:
    """Return the list that the address names."""
    return Origin(dans, filters, q[:400])


OriginDep = Annotated[Origin, Depends(origin_of)]


@router.get("/courrier/{letter_id}")
def show(
    request: Request, house: HouseDep, actor: ActorDep, letter_id: str, origin: OriginDep, fait: str = ""
) -> Response:
    """Show a letter."""
    file = consult.letter_file(letter_id, store=house.store, actor=actor, clock=house.clock)
    mark_all_read(store=house.store, actor=actor, clock=house.clock, letter_id=letter_id)
    if request.headers.get("hx-request"):  # the page asks whether the reading is over
        if file.letter.reading is Reading.PENDING:
            return part(request, "parts/reading.html", file=file, letter=file.letter)
        return Response(status_code=204, headers={"HX-Refresh": "true"})
    return letter_page(request, house, actor, file, origin, typed=proposed(file), done=named(fait, house, actor))


@router.post("/courrier/{letter_id}", dependencies=[FormCheck])
def decide(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    letter_id: str,
    origin: OriginDep,
    form: Annotated[Typed, Form()],
) -> Response:
    """Qualify a letter and go on to the next of the list."""
    neighbours = origin.neighbours(letter_id, house, actor)
    try:
        decision, bonds = form.decision(house.clock().date()), bonds_of(form)
        qualify(letter_id, decision, bonds=bonds, store=house.store, actor=actor, clock=house.clock)
    except Refused as error:
        faults = error.diagnostics().get("faults")
        if not isinstance(faults, dict):
            raise
        file = consult.letter_file(letter_id, store=house.store, actor=actor, clock=house.clock)
        named = {FORM_NAMES.get(name, str(name)): str(sentence) for name, sentence in faults.items()}
        return letter_page(request, house, actor, file, origin, typed=form, faults=named, status=422)
    except Conflict as error:
        file = consult.letter_file(letter_id, store=house.store, actor=actor, clock=house.clock)
        return letter_page(request, house, actor, file, origin, typed=form, conflict=error, status=409)
    following = neighbours.following_id or neighbours.previous_id
    if following is None:
        return RedirectResponse(f"{origin.back}{'&' if '?' in origin.back else '?'}fait={letter_id}", status_code=303)
    mark = "&" if origin.query else "?"
    return RedirectResponse(f"/courrier/{following}{origin.query}{mark}fait={letter_id}", status_code=303)


@router.get("/courrier/{letter_id}/page/{number}/image")
def image(
    request: Request, house: HouseDep, actor: ActorDep, letter_id: str, number: int, largeur: int = 909
) -> Response:
    """Return a page's image, the one nearest to a width in pixels."""
    letter, sort, opened = consult.page_image(
        letter_id, number, largeur, store=house.store, vault=house.vault, actor=actor, clock=house.clock
    )
    return file_response(request, opened, letter, media_type=sort)


@router.get("/courrier/{letter_id}/original")
def original(request: Request, house: HouseDep, actor: ActorDep, letter_id: str) -> Response:
    """Return the original, byte for byte."""
    letter, opened = consult.original(letter_id, store=house.store, vault=house.vault, actor=actor, clock=house.clock)
    return file_response(request, opened, letter, media_type=letter.media_type, name=letter.number)


@router.get("/courrier/{letter_id}/copie")
def copy(request: Request, house: HouseDep, actor: ActorDep, letter_id: str) -> Response:
    """Return the searchable copy."""
    letter, opened = consult.searchable(letter_id, store=house.store, vault=house.vault, actor=actor, clock=house.clock)
    return file_response(request, opened, letter, media_type="application/pdf", name=f"{letter.number}-copie")


@router.get("/courrier/{letter_id}/texte")
def text(request: Request, house: HouseDep, actor: ActorDep, letter_id: str, origin: OriginDep) -> Response:
    """Show the letter as text: the alternative to its images."""
    file = consult.letter_file(letter_id, store=house.store, actor=actor, clock=house.clock)
    may = may_correct_text(actor, file.letter)
    sought = typed_search(origin.words, house, actor).text
    lit = light_of(sought, store=house.store, actor=actor).on(file.pages) if sought.strip() else {}
    lines = {each.number: lit_lines(each, lit) for each in file.pages}
    return page(request, "text.html", file=file, letter=file.letter, origin=origin, may_correct_text=may, lines=lines)


def letter_page(
    request: Request,
    house: House,
    actor: Actor,
    file: consult.LetterFile,
    origin: Origin,
    *,
    typed: Typed,
    faults: dict[str, str] | None = None,
    conflict: GedError | None = None,
    asked: Asked | None = None,
    act_fault: Refused | Conflict | None = None,
    departing: tuple[TypedSendings | None, GedError] | None = None,
    done: tuple[str, str, str, str] | None = None,
    status: int = 200,
) -> Response:
    """Return the page of a letter: with what was typed kept, and what was wrong with it said."""
    letter, today = file.letter, house.clock().date()
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    start = page_number(request, "a_partir_de") if "a_partir_de" in request.query_params else None
    hit = page_number(request, "trouve") if "trouve" in request.query_params else 0
    sought = typed_search(origin.words, house, actor).text if origin.words.strip() else ""
    light = light_of(sought, store=house.store, actor=actor) if sought.strip() else None
    lit, start = lit_file(file.pages, light, hit, start)
    context: dict[str, Any] = {
        "file": file,
        "letter": letter,
        "time_asked": bool(house.outside.authorities),
        "views": views(file, lit, start),
        "lit": lit,
        "sought": sought,
        "start": start,
        "pages_shown": PAGES_SHOWN,
        "origin": origin,
        "place": origin.neighbours(letter.id, house, actor),
        "lists": lists,
        "services": lists.known,
        "entity_names": lists.names,
        "kinds": {kind.code: kind for kind in lists.kinds},
        "levels": [level for level in Confidentiality if level in actor.post.clearance.up_to()],
        "priorities": list(Priority),
        "typed": typed,
        "standing": Typed.of(letter),
        "faults": faults or {},
        "conflict": conflict,
        "done": done,
        "form_fields": FIELD_NAMES,
        "to_decide": actor.has(Right.QUALIFY)
        and (
            letter.state is State.TO_QUALIFY
            or (letter.state is State.RETURNED and Party.REGISTRY in parties(actor, letter))
        ),
        "may_correct": actor.has(Right.CORRECT) and letter.state in OPEN,
        "fate": fate_of(letter, file.retention, today),
        "q": origin.words,
        "draft_of": f"{actor.login}:{letter.id}",
        "today": today,
        "team": consult.team(lists, store=house.store, actor=actor, clock=house.clock),
        "made": request.query_params.get("acte", ""),
        **filing_context(house, actor, letter),
        "filed_at": f"/courrier/{letter.id}",
        **filed_context(letter.id, house, actor),
        **held_context(letter.id, house, actor),
        **destroyed_context(letter.id, house, actor),
        **provenance_context(letter.id, house, actor),
        **history_context(file, lists, language_of(request)),
        **named_context(letter.id, house, actor),
        **doubts_context(letter.id, house, actor),
        **second_context(letter.id, house, actor),
        **envelope_context(letter, house, actor),
        **acts_context(file, lists, actor, asked or Asked(), act_fault),
        **mail_context(letter, house),
        **links_context(letter.id, house, actor),
        **also_read_context(file, house, actor, typed, again=bool(faults or conflict)),
        **paper_context(letter, house, actor),
        **slip_context(letter, lists, house, actor),
        **dispatch_context(letter, house, actor, **_refused(departing)),
    }
    return page(request, "letter.html", status=status, **context)


def _refused(departing: tuple[TypedSendings | None, GedError] | None) -> dict[str, Any]:
    return {} if departing is None else {"typed": departing[0], "fault": departing[1]}
