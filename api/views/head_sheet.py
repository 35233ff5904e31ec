"""« Tête du jour »: the heads of the logs on paper, to be pasted in a register that no computer can write to."""

from __future__ import annotations

import segno
from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.audits import logs_of
from api.deps import ActorDep, HouseDep
from api.prints import print_pdf
from api.views.render import language_of
from ged.mail.access import Right, require
from ged.mail.journal import Act
from ged.services.audit.integrity import LogState, log_state
from ged.services.leave_line import leave_line

router = APIRouter()


@router.get("/integrite/tete.pdf")
def sheet(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Return the heads as they stand, on one sheet; what is on it is in the journal too."""
    require(actor, Right.PRINT_REGISTER)
    logs = [log_state(log, store=house.store) for log in logs_of(house)]
    sound = [log for log in logs if not log.fault]
    leave_line(
        Act.HEAD_PRINTED,
        "integrite",
        store=house.store,
        actor=actor,
        clock=house.clock,
        heads=[typed_line(log) for log in sound],
    )
    pdf = print_pdf(
        "prints/heads.html",
        language_of(request),
        heads=[(log, in_groups(log.root), _drawing(typed_line(log))) for log in sound],
        faults=[(log.name, log.fault) for log in logs if log.fault],
        at=house.clock(),
        name=actor.name,
    )
    headers = {"Content-Disposition": 'inline; filename="tete-du-jour.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


def typed_line(log: LogState) -> str:
    """Return a head as `ged audit --heads` reads it when it is typed from paper."""
    return f"{log.name} {log.size} {log.root}"


def in_groups(root: str) -> list[str]:
    """Return a root in sixteen groups of four digits, as people read and type it."""
    return [root[at : at + 4] for at in range(0, len(root), 4)]


def _drawing(text: str) -> str:
    return segno.make(text, error="m", micro=False).svg_inline(scale=3, border=2)
