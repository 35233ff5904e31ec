"""What a draft looks like when its body is a file: its pages as one picture, to read without opening anything."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.deps import ActorDep, HouseDep
from api.press.picture import Pictures
from ged.mail.item import Confidentiality
from ged.mail.journal import Act
from ged.services import read_draft
from ged.services.circuit import signing_post
from ged.services.lay_out import preview
from ged.services.leave_line import leave_line

router = APIRouter()
_pictures = Pictures()


@router.get("/projet/{draft_id}/pages.webp")
def picture(house: HouseDep, actor: ActorDep, draft_id: str) -> Response:
    """Return the first pages of a draft as it would leave; rights are asked before anything kept is given."""
    draft = read_draft.draft(draft_id, store=house.store, actor=actor)
    leave_line(Act.DRAFT_READ, draft.id, once=True, store=house.store, actor=actor, clock=house.clock, file="images")
    post = signing_post(draft, actor)
    shown = f"{draft.id}:{draft.digest}:{post.position_id + actor.login if post else ''}"
    drawn = _pictures.of(
        shown,
        lambda: preview(draft.id, store=house.store, vault=house.vault, press=house.press, actor=actor)[1],
    )
    secret = draft.confidentiality.rank >= Confidentiality.CONFIDENTIAL.rank
    cache = "no-store" if secret else "private, max-age=600"
    return Response(drawn, media_type="image/webp", headers={"Cache-Control": cache})
