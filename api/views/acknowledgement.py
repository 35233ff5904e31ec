"""The acknowledgement of receipt: on paper with its QR, and the public page that the QR opens."""

from __future__ import annotations

from typing import Annotated

import segno
from fastapi import APIRouter, Depends, File, Request, UploadFile
from fastapi.responses import Response

from api.deps import ActorDep, HouseDep, check_origin
from api.prints import print_pdf
from api.views.render import language_of, page
from api.wiring import House
from ged.services import consult
from ged.services.acknowledge import acknowledge, public_receipt
from ged.services.verify import digest_of

router = APIRouter()


@router.get("/courrier/{letter_id}/accuse.pdf")
def paper(request: Request, house: HouseDep, actor: ActorDep, letter_id: str) -> Response:
    """Return the acknowledgement on paper."""
    letter, made = acknowledge(letter_id, store=house.store, actor=actor, clock=house.clock)
    address = f"{public_address(request, house)}/accuse/{made.token}"
    # Level M stands a fold or a stain of the paper (ISO/IEC 18004: 15 % of the symbol may be lost).
    drawing = segno.make(address, error="m", micro=False).svg_inline(scale=3, border=2)
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    office = lists.names.on(letter.tenant_id, letter.registered_at.date())
    pdf = print_pdf(
        "prints/acknowledgement.html",
        language_of(request),
        letter=letter,
        made=made,
        office=office,
        address=address,
        drawing=drawing,
    )
    name = f"{letter.number}-accuse.pdf"
    return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


@router.get("/accuse/{token}")
def confirm(request: Request, house: HouseDep, token: str) -> Response:
    """Confirm a letter's existence to whoever holds its token."""
    receipt = public_receipt(token, store=house.store)
    return page(request, "receipt.html", receipt=receipt, token=token, same=None, fault="")


@router.post("/accuse/{token}", dependencies=[Depends(check_origin)])
def compare(
    request: Request, house: HouseDep, token: str, fichier: Annotated[UploadFile | None, File()] = None
) -> Response:
    """Say whether a presented file is the original, by its digest alone; the file is read and forgotten."""
    receipt = public_receipt(token, store=house.store)
    if fichier is None or not (fichier.filename or fichier.size):
        fault = "Choisissez le fichier à comparer."
        return page(request, "receipt.html", receipt=receipt, token=token, same=None, fault=fault, status=422)
    digest, _ = digest_of(fichier.file)
    return page(request, "receipt.html", receipt=receipt, token=token, same=digest == receipt.digest, fault="")


def public_address(request: Request, house: House) -> str:
    """Return the address under which people outside reach this installation, without a slash at its end."""
    return (house.settings.web.address or str(request.base_url)).rstrip("/")
