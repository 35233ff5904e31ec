"""Extract: sender, recipient, subject, reference and date, each with its confidence and where it was seen."""

from __future__ import annotations

from collections.abc import Sequence

from ged.mail.page import Page
from ged.mail.qualification import Proposal
from ingest.stages.fields.layout import lines_of
from ingest.stages.fields.letter_date import propose_date
from ingest.stages.fields.recipient import propose_recipient
from ingest.stages.fields.reference import propose_reference
from ingest.stages.fields.sender import propose_sender
from ingest.stages.fields.subject import propose_subject

_RULES = (propose_sender, propose_recipient, propose_subject, propose_reference, propose_date)


def extract(pages: Sequence[Page]) -> tuple[Proposal, ...]:
    """Return what the first page that carries text says of the letter; a field that is not found is left out."""
    first = next((page for page in pages if page.words), None)
    if first is None:
        return ()
    lines = lines_of(first)
    return tuple(found for rule in _RULES if (found := rule(lines)) is not None)
