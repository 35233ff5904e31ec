"""The signatures of what came in: three answers for each, asked from the letter's page."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.trusted_authorities import trusted_pem
from api.views.render import page
from api.views.signature_words import shown
from ged.mail.arrived_signature import ArrivedSignature, Bearer
from ged.services.arrived_signatures import judge_signatures
from ingest.own_folder import own_folder
from ingest.readers.arrived import judge_arrived

router = APIRouter()


@router.post("/courrier/{letter_id}/signatures", dependencies=[FormCheck])
def judge(request: Request, house: HouseDep, actor: ActorDep, letter_id: str) -> Response:
    """Say of each signature whether it is intact, valid and trusted, under the authorities that the site trusts."""
    trusted = trusted_pem(house.settings.seal.trusted_ca)

    def asked(files: list[tuple[Bearer, Path]]) -> list[ArrivedSignature]:
        return house.confined.call(judge_arrived, files, trusted)

    with own_folder("signatures") as folder:
        letter, found = judge_signatures(
            letter_id, asked, folder, store=house.store, vault=house.vault, actor=actor, clock=house.clock
        )
    return page(
        request,
        "arrived_signatures.html",
        letter=letter,
        signatures=[shown(each) for each in found],
        listed=bool(trusted),
    )
