"""The letter page's part about e-mail: its pieces, how it came, what went out about it and came back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import ActorDep, HouseDep
from api.files import SHOWN_INLINE, file_response
from api.views.viewer import PAGES_SHOWN
from api.wiring import House
from ged.mail.arrived_signature import bearers
from ged.mail.electronic import Piece
from ged.mail.item import Letter
from ged.mail.message import Purpose
from ged.services.pieces import electronic, open_piece

router = APIRouter()


@router.get("/courrier/{letter_id}/piece/{rank}")
def piece(request: Request, house: HouseDep, actor: ActorDep, letter_id: str, rank: int) -> Response:
    """Return a piece, byte for byte as it came."""
    letter, found, opened = open_piece(
        letter_id, rank, store=house.store, vault=house.vault, actor=actor, clock=house.clock
    )
    inline = found.media_type in SHOWN_INLINE
    shown = found.media_type if inline else "application/octet-stream"
    name = f"{letter.number}-piece-{rank}"
    answer = file_response(request, opened, letter, media_type=shown, name=name, digest=found.digest)
    if not inline:
        extension = found.name.rpartition(".")[2] if "." in found.name else "bin"
        safe = "".join(c for c in extension if c.isascii() and c.isalnum())[:8] or "bin"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{safe}"'
    return answer


def mail_context(letter: Letter, house: House) -> dict[str, Any]:
    """Return what e-mail has to do with a letter; notices to colleagues are not part of it."""
    found = electronic(letter, store=house.store)
    return {
        "pieces": found.pieces,
        "may_be_signed": bool(bearers(letter.original, letter.media_type, found.pieces)),
        "first_pages": found.first_pages,
        "piece_depths": _depths(found.pieces),
        "piece_starts": {first: piece.name for piece in found.pieces if (first := found.first_pages.get(piece.rank))},
        "page_links": {rank: page_link(letter, first) for rank, first in found.first_pages.items()},
        "mail_arrival": found.arrival,
        "letter_messages": [each for each in found.messages if each.purpose is not Purpose.NOTICE],
        "returns": found.returns,
        "escalated": found.escalated,
    }


def _depths(pieces: Sequence[Piece]) -> dict[int, int]:
    """Return how deep each piece lies in what the letter holds: 0 for one that the original itself holds."""
    depths: dict[int, int] = {}
    for each in pieces:  # what holds others comes before them
        depths[each.rank] = 0 if each.parent is None else depths.get(each.parent, 0) + 1
    return depths


def page_link(letter: Letter, number: int) -> str:
    """Return the address at which a page of a letter is seen."""
    start = (number - 1) // PAGES_SHOWN * PAGES_SHOWN + 1
    query = f"?a_partir_de={start}" if start > 1 else ""
    return f"/courrier/{letter.id}{query}#page-{number}"
