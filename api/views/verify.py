"""« Vérifier un document »: a presented file against what was sealed, or a proof bundle, in numbered steps."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import Response

from api.deps import ActorDep, FormCheck, HouseDep, page_actor
from api.views.render import page
from api.wiring import House
from ged.mail.access import Actor, Right
from ged.mail.register_book import RegisterPrint
from ged.services import consult
from ged.services.print_register import recognise_print
from ged.services.verify import digest_of, verify_file, verify_letter
from ged.services.verify_bundle import BundleReport, is_bundle, verify_bundle
from ingest.capture.names import shown_name

router = APIRouter()
_NOTHING: dict[str, Any] = {
    "number": "",
    "verdict": None,
    "letter": None,
    "name": "",
    "fault": "",
    "found": None,
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
    """Say whether the presented file is the original of a letter."""
    if fichier is None or not (fichier.filename or fichier.size):
        fault = "Choisissez le fichier à vérifier."
        return page(request, "verify.html", status=422, **(_NOTHING | {"number": numero, "fault": fault}))
    letter, verdict = verify_file(
        fichier.file,
        numero,
        store=house.store,
        vault=house.vault,
        signer=house.signer,
        ledger=house.ledger,
        actor=actor,
        clock=house.clock,
        time_roots=house.time_roots,
    )
    said: dict[str, Any] = {"number": numero, "letter": letter, "name": shown_name(fichier.filename or "")}
    if letter is None and is_bundle(fichier.file):
        said["bundle"] = _bundle(fichier, house, actor)
        return page(request, "verify.html", **(_NOTHING | said))
    found = None if letter else _print(fichier, house, actor)
    return page(request, "verify.html", **(_NOTHING | said | {"verdict": verdict, "found": found}))


def _bundle(file: UploadFile, house: House, actor: Actor) -> BundleReport:
    return verify_bundle(
        file.file,
        store=house.store,
        signer=house.signer,
        ledger=house.ledger,
        published=house.published,
        actor=actor,
        clock=house.clock,
    )


def _print(file: UploadFile, house: House, actor: Actor) -> tuple[RegisterPrint, bool] | None:
    """Return the kept print that a file is, if it is one, and whether the actor may open it."""
    file.file.seek(0)
    digest, _ = digest_of(file.file)
    found = recognise_print(digest, store=house.store, actor=actor)
    return (found, actor.has(Right.PRINT_REGISTER)) if found else None


@router.post("/courrier/{letter_id}/verifier", dependencies=[FormCheck])
def check_letter(request: Request, house: HouseDep, actor: ActorDep, letter_id: str) -> Response:
    """Read the stored original of a letter anew, every byte, and say whether it is what was sealed."""
    verdict = verify_letter(
        letter_id,
        store=house.store,
        vault=house.vault,
        signer=house.signer,
        ledger=house.ledger,
        actor=actor,
        clock=house.clock,
        time_roots=house.time_roots,
    )
    letter = consult.letter(letter_id, store=house.store, actor=actor)
    said = {"number": letter.number, "verdict": verdict, "letter": letter}
    return page(request, "verify.html", **(_NOTHING | said))
