"""What a letter says of how to reach its sender, beside what the directory knows: offered, never written."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ged.mail.access import Actor, Right
from ged.mail.correspondent import Correspondent, name_key
from ged.mail.folding import fold, folded_words
from ged.mail.item import Letter
from ged.mail.qualification import Field, Proposal
from ged.store.unit import Store

_BOX = re.compile(r"(?:\bb\.?\s?p|\bbox)\D{0,6}(\d+)")
OFFERED = 0.7
"""From this probability on a person is asked: the form of the card shows it before anything is written."""


@dataclass(frozen=True, slots=True)
class ReadContacts:
    """The correspondent that a letter's sender leads to, and what the letter says that its card does not."""

    correspondent: Correspondent
    phone: str
    email: str
    address: str


def read_contacts(
    letter: Letter, proposals: dict[Field, Proposal], *, store: Store, actor: Actor
) -> ReadContacts | None:
    """Return what a card could take from a letter; None where there is nothing, or nobody who may write it."""
    sender = letter.sender or (proposals[Field.SENDER].value if Field.SENDER in proposals else "")
    if not sender or not actor.has(Right.KEEP_CORRESPONDENTS):
        return None
    with store.unit() as unit:
        found = unit.correspondents.matching(letter.tenant_id, name_key(sender))
        if len(found) != 1:
            return None
        known = unit.correspondents.get(found[0], letter.tenant_id)
    phone, email, address = (_read(proposals, name) for name in (Field.PHONE, Field.EMAIL, Field.ADDRESS))
    digits = re.sub(r"\D", "", phone)[-8:]
    if any(re.sub(r"\D", "", each).endswith(digits) for each in known.card.phones):
        phone = ""
    if email.lower() in {each.lower() for each in known.card.emails}:
        email = ""
    if any(_is_same(address, each) for each in known.card.addresses):
        address = ""
    return ReadContacts(known, phone, email, address) if phone or email or address else None


def _is_same(read: str, known: str) -> bool:
    """Whether two addresses are one: the same post box, or the same words where the one that was read has none."""
    box = _BOX.search(fold(read))
    return box[1] in re.findall(r"\d+", known) if box else set(folded_words(read)) <= set(folded_words(known))


def _read(proposals: dict[Field, Proposal], name: Field) -> str:
    found = proposals.get(name)
    return found.value if found is not None and found.confidence >= OFFERED else ""
