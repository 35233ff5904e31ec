"""Extract: what a letter says of itself, each field with its probability and where it was seen."""

from __future__ import annotations

from collections.abc import Sequence

from ged.mail.page import Page
from ged.mail.qualification import Proposal
from ingest.stages.fields.choose import choose
from ingest.stages.fields.sheet import Sheet


def extract(pages: Sequence[Page], *, senders: bool = False) -> tuple[Proposal, ...]:
    """Return what the pages that carry text say of the letter; a field that is not found is left out.

    With `senders`, everybody who may write is told, likeliest first.
    """
    sheet = Sheet(pages)
    return choose(sheet, senders=senders) if sheet.lines else ()
