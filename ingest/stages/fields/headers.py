"""What a message's headers say of the letter: sender, subject and date, as their author wrote them."""

from __future__ import annotations

from collections.abc import Sequence

from ged.mail.electronic import MailFacts
from ged.mail.qualification import Field, Proposal

ORIGIN = "en-tetes 1"
_CONFIDENCE = 0.95


def from_headers(facts: MailFacts, found: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """Return what the headers say, and of what the pages say the rest."""
    said = {
        Field.SENDER: facts.name or facts.sender,
        Field.SUBJECT: facts.subject,
        Field.LETTER_DATE: facts.sent_at.date().isoformat() if facts.sent_at else "",
    }
    written = [Proposal(name, value, _CONFIDENCE, None, ORIGIN) for name, value in said.items() if value]
    known = {each.field for each in written}
    return (*written, *(each for each in found if each.field not in known))
