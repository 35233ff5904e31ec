"""Classify: the kind of letter, by its words, with probabilities that mean something."""

from __future__ import annotations

from collections.abc import Sequence

from ged.mail.page import Page
from ged.mail.qualification import Field, Proposal
from ingest.models.kinds import load_kinds

MAX_CONFIDENCE = 0.95
"""The model was taught by composed letters only: it is never allowed to be surer than this."""


def classify(pages: Sequence[Page]) -> tuple[Proposal, ...]:
    """Return the most likely kind of a letter, by code; nothing when there is no text to judge by."""
    text = "\n".join(page.text for page in pages)
    model = load_kinds()
    found = model.probabilities(text)
    if not found:
        return ()
    kind = max(found, key=lambda name: found[name])
    return (Proposal(Field.KIND, kind, min(MAX_CONFIDENCE, found[kind]), None, f"natures {model.digest[:8]}"),)
