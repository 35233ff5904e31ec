"""What the machine read beside the fields of the form: shown with its place, bound or taken over by a person."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from api.views.qualification import Typed
from api.wiring import House
from ged.mail.access import Actor
from ged.mail.links import LinkKind
from ged.mail.qualification import Field, Proposal
from ged.services.cited_letters import cited_letters
from ged.services.consult import LetterFile
from ged.services.read_contacts import read_contacts

SHOWN = (
    Field.SIGNER,
    Field.OUR_REFERENCE,
    Field.DEADLINE,
    Field.STAMP_DATE,
    Field.AMOUNT,
    Field.PIECES,
    Field.PHONE,
    Field.EMAIL,
    Field.ADDRESS,
)
TICKED = 0.85
"""A quoted number read this well, that is one letter of ours, is ticked beforehand: two things agree."""
DAYS = frozenset({Field.DEADLINE, Field.STAMP_DATE})


def also_read_context(file: LetterFile, house: House, actor: Actor, typed: Typed, *, again: bool) -> dict[str, Any]:
    """Return what stands under the form; `again` when the form comes back as it was typed."""
    letter, proposals = file.letter, file.proposals
    cited = cited_letters(letter, proposals, store=house.store, actor=actor)
    alone = len(cited) == 1 and cited[0].quoted.confidence >= TICKED
    bonds = set(typed.bonds) if again else {bond_of(cited[0].kind, cited[0].letter.id)} if alone else set()
    contacts = read_contacts(letter, proposals, store=house.store, actor=actor)
    offered = {"phone": contacts.phone, "email": contacts.email, "address": contacts.address} if contacts else {}
    query = urlencode({name: value for name, value in offered.items() if value})
    return {
        "cited": [(one, bond_of(one.kind, one.letter.id)) for one in cited],
        "bonds": bonds,
        "also_read": [(proposals[field], _shown(proposals[field])) for field in SHOWN if field in proposals],
        "read_days": DAYS,
        "contacts": contacts,
        "contacts_address": f"/correspondants/{contacts.correspondent.id}/modifier?{query}" if contacts else "",
    }


def _shown(proposal: Proposal) -> date | str:
    if proposal.field in DAYS:
        return date.fromisoformat(proposal.value)
    return f"{int(proposal.value):,} F CFA".replace(",", "\u202f") if proposal.field is Field.AMOUNT else proposal.value


def bond_of(kind: LinkKind, letter_id: str) -> str:
    """Return how a form writes a bond."""
    return f"{kind}:{letter_id}"
