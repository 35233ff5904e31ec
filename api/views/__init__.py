"""The pages: each module answers one address of the menu; all of them read and write through services only."""

from __future__ import annotations

from fastapi import APIRouter

from api.views import (
    absences,
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
    drafts,
    history,
    letter,
    letter_mail,
    links,
    mail_asides,
    messages,
    notices,
    number_blocks,
    paper,
    parapheur,
    register_checks,
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
    absences,
    account,
    acknowledgement,
    acts,
    aside,
    mail_asides,
    baskets,
    capture,
    correction,
    correspondents,
    discharge,
    delegations,
    drafts,
    history,
    letter,
    links,
    letter_mail,
    messages,
    notices,
    number_blocks,
    paper,
    register_checks,
    register_prints,
    parapheur,
    registers,
    retention,
    search,
    status,
    transmittals,
    verify,
)
for _room in _ROOMS:
    pages.include_router(_room.router)
