"""The archiving policy of art. 127, printed from what this installation is set to do: nothing in it is typed."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import ActorDep, HouseDep
from api.prints import print_pdf
from api.views.render import language_of
from ged.mail.access import Right, require
from ged.mail.journal import Act
from ged.services import consult, records_schedule
from ged.services.leave_line import leave_line
from ingest.readers.table import accepted
from retention.fate import LEGAL_FLOOR

router = APIRouter()


@router.get("/politique-archivage.pdf")
def policy(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Return the policy as one reads and signs it: formats, storage, seals, terms, who decides.

    Source: loi n° 2017-007 du 22 juin 2017, art. 127 (each institution defines its archiving mode and formats).
    """
    require(actor, Right.SEE_RETENTION)
    file = records_schedule.version_file("", store=house.store, actor=actor, clock=house.clock)
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    leave_line(
        Act.LIST_PRINTED,
        "politique-archivage",
        store=house.store,
        actor=actor,
        clock=house.clock,
        what=f"politique d'archivage, version {file.version.number}",
    )
    pdf = print_pdf(
        "prints/policy.html",
        language_of(request),
        file=file,
        tenant=lists.known[actor.post.tenant_id],
        settings=house.settings,
        formats=", ".join(each[1:].upper() for each in accepted().split(",") if each.startswith(".")),
        floor=LEGAL_FLOOR,
        at=house.clock(),
        name=actor.name,
    )
    headers = {"Content-Disposition": 'inline; filename="politique-archivage.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)
