"""« Vérifier un document »: a presented file against what was sealed, or a proof bundle, in numbered steps."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import Response

from api.deps import ActorDep, FormCheck, HouseDep, page_actor
from api.views.render import page
from api.wiring import House
from ged.mail.access import Actor, Right
from ged.services import consult
from ged.services.sealed_files import SealedFile, Sort
from ged.services.verify import verify_file, verify_letter, verify_piece
from ged.services.verify_bundle import BundleReport, is_bundle, verify_bundle
from ingest.capture.names import shown_name

router = APIRouter()
_NOTHING: dict[str, Any] = {
    "number": "",
    "verdict": None,
    "letter": None,
    "what": None,
    "name": "",
    "fault": "",
    "may_open": False,
    "bundle": None,
}
"""What the page shows before anything was presented."""


@router.get("/verifier", dependencies=[Depends(page_actor)])
def ask(request: Request, numero: str = "") -> Response:
    """Show the form."""
    return page(request, "verify.html", **(_NOTHING | {"number": numero}))


@router.post("/verifier", dependencies=[FormCheck])
def check(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    fichier: Annotated[UploadFile | None, File()] = None,
    numero: Annotated[str, Form(max_length=60)] = "",
) -> Response:
    """Say whether the presented file is one that was sealed, among what is open to the asker, or a bundle."""
    if fichier is None or not (fichier.filename or fichier.size):
        fault = "Choisissez le fichier à vérifier."
        return page(request, "verify.html", status=422, **(_NOTHING | {"number": numero, "fault": fault}))
    what, verdict = verify_file(fichier.file, numero, **_engines(house, actor))
    said: dict[str, Any] = {"number": numero, "name": shown_name(fichier.filename or "")}
    if what is None and is_bundle(fichier.file):
        said["bundle"] = _bundle(fichier, house, actor)
    else:
        said |= {"verdict": verdict} | _about(what, actor)
    return page(request, "verify.html", **(_NOTHING | said))


def _about(what: SealedFile | None, actor: Actor) -> dict[str, Any]:
    """Say what a file is: open prints are those of whoever prints registers."""
    if what is None:
        return {}
    may_open = what.sort is not Sort.PRINT or actor.has(Right.PRINT_REGISTER)
    return {"what": what, "letter": what.letter, "may_open": may_open}


def _engines(house: House, actor: Actor) -> dict[str, Any]:
    return {
        "store": house.store,
        "vault": house.vault,
        "signer": house.signer,
        "ledger": house.ledger,
        "actor": actor,
        "clock": house.clock,
        "time_roots": house.time_roots,
    }


def _bundle(file: UploadFile, house: House, actor: Actor) -> BundleReport:
    return verify_bundle(
        file.file,
        store=house.store,
        signer=house.signer,
        ledger=house.ledger,
        journal_log=house.journal_log,
        published=house.published,
        actor=actor,
        clock=house.clock,
    )


@router.post("/courrier/{letter_id}/verifier", dependencies=[FormCheck])
def check_letter(request: Request, house: HouseDep, actor: ActorDep, letter_id: str) -> Response:
    """Read the stored original of a letter anew, every byte, and say whether it is what was sealed."""
    verdict = verify_letter(letter_id, **_engines(house, actor))
    letter = consult.letter(letter_id, store=house.store, actor=actor)
    said = {"number": letter.number, "verdict": verdict, "letter": letter}
    return page(request, "verify.html", **(_NOTHING | said))


@router.post("/courrier/{letter_id}/piece-scellee/{piece_id}/verifier", dependencies=[FormCheck])
def check_piece(request: Request, house: HouseDep, actor: ActorDep, letter_id: str, piece_id: str) -> Response:
    """Read an annex or a piece kept with a letter anew, every byte, and say whether it is what was sealed."""
    what, verdict = verify_piece(letter_id, piece_id, **_engines(house, actor))
    number = what.letter.number if what.letter else ""
    said = {"number": number, "verdict": verdict} | _about(what, actor)
    return page(request, "verify.html", **(_NOTHING | said))
