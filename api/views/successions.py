"""« Passations » : the inventory of a post made and sealed, accepted by who comes, kept for both."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from api.deps import ActorDep, FormCheck, HouseDep
from api.files import stream_chunks
from api.prints import ARCHIVED, print_pdf
from api.views.render import language_of, page
from ged.services import succeed

router = APIRouter(prefix="/passations")


@router.get("")
def show(request: Request, house: HouseDep, actor: ActorDep, fait: str = "") -> Response:
    """List the passations that concern the reader."""
    seen = succeed.view(store=house.store, actor=actor, clock=house.clock)
    return page(request, "successions.html", seen=seen, done=next((o for o in seen.successions if o.id == fait), None))


@router.post("", dependencies=[FormCheck])
def make(
    request: Request, house: HouseDep, actor: ActorDep, poste: Annotated[str, Form(max_length=80)] = ""
) -> Response:
    """Make an inventory."""
    made = succeed.make(
        poste,
        render=lambda inventory: print_pdf(
            "prints/succession.html", language_of(request), variant=ARCHIVED, inventory=inventory
        ),
        store=house.store,
        vault=house.vault,
        signer=house.signer,
        actor=actor,
        clock=house.clock,
    )
    return RedirectResponse(f"/passations?fait={made.id}", status_code=303)


@router.post("/{succession_id}/accepter", dependencies=[FormCheck])
def accept(
    house: HouseDep, actor: ActorDep, succession_id: str, remarque: Annotated[str, Form(max_length=2000)] = ""
) -> Response:
    """Accept one."""
    succeed.accept(succession_id, remarque, store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse(f"/passations?fait={succession_id}", status_code=303)


@router.get("/{succession_id}/inventaire.pdf")
def inventory(house: HouseDep, actor: ActorDep, succession_id: str) -> Response:
    """Return the inventory, byte for byte as it was sealed."""
    found, opened = succeed.open_inventory(
        succession_id, store=house.store, vault=house.vault, actor=actor, clock=house.clock
    )
    name = f"passation-{found.position_id}-{found.made_at:%Y%m%d}-{found.sha256[:8]}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(stream_chunks(opened), media_type="application/pdf", headers=headers)


@router.get("/{succession_id}/inventaire.p7s")
def seal(house: HouseDep, actor: ActorDep, succession_id: str) -> Response:
    """Return the house's seal on the inventory."""
    signature = succeed.seal_of(succession_id, store=house.store, vault=house.vault, actor=actor, clock=house.clock)
    headers = {"Content-Disposition": 'attachment; filename="inventaire.p7s"', "Cache-Control": "no-store"}
    return Response(signature, media_type="application/pkcs7-signature", headers=headers)
