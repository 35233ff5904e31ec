"""Classify: the kind of a letter and the service for it, by what people decided of letters with such words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ged.mail.page import Page
from ged.mail.qualification import Field, Proposal
from ingest.models.linear import LinearModel

READ_PAGES = 2
"""What a letter is stands on its first pages; annexes would drown it."""
MAX_CONFIDENCE = 0.98


def classify(pages: Sequence[Page], models: Mapping[Field, tuple[str, LinearModel]]) -> tuple[Proposal, ...]:
    """Return the likeliest value of each field that a model serves; nothing when there is no text to judge by."""
    text = text_of(pages)
    found = []
    for field, (digest, model) in models.items():
        likely = model.probabilities(text)
        if likely:
            value = max(likely, key=lambda label: likely[label])
            found.append(Proposal(field, value, min(MAX_CONFIDENCE, likely[value]), None, f"appris {digest[:8]}"))
    return tuple(found)


def text_of(pages: Sequence[Page]) -> str:
    """Return what the models read of a letter."""
    return "\n".join(page.text for page in pages[:READ_PAGES])
