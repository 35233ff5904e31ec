"""The pages: each module answers one address of the menu; all of them read and write through services only."""

from __future__ import annotations

from fastapi import APIRouter

from api.views import (
    account,
    acknowledgement,
    acts,
    aside,
    baskets,
    capture,
    correction,
    correspondents,
    delegations,
    discharge,
    history,
    letter,
    messages,
    notices,
    paper,
    register_prints,
    registers,
    retention,
    search,
    status,
    transmittals,
    verify,
)

pages = APIRouter(include_in_schema=False)
_ROOMS = (
    account,
    acknowledgement,
    acts,
    aside,
    baskets,
    capture,
    correction,
    correspondents,
    discharge,
    delegations,
    history,
    letter,
    messages,
    notices,
    paper,
    register_prints,
    registers,
    retention,
    search,
    status,
    transmittals,
    verify,
)
for _room in _ROOMS:
    pages.include_router(_room.router)
