"""Learning: the card of a model that was taught by people's decisions, and the rule by which one takes over.

A model belongs to one tenant and says one field. It is never altered: another takes its place, and it stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from math import comb

from ged.mail.item import Confidentiality
from ged.mail.qualification import Field

TAUGHT = (Field.KIND, Field.SERVICE, Field.FILE_CODE)
"""What people's decisions teach."""
OPEN_LEVELS = (Confidentiality.PUBLIC, Confidentiality.INTERNAL)
"""Only letters that any clerk reads teach: what a model says must not hint at a letter above its reader's level."""
MIN_DECISIONS = 60
"""Fewer teach nothing that the configuration does not say. Source: scripts/measure_learning.py, 2026-11-24."""
MAX_DECISIONS = 6_000
"""The latest decisions: an organisation changes, and a night's training stays within seconds."""
HELD_BACK = 0.2
"""Share of the decisions, the latest, that no model under comparison was taught by."""
MIN_NEW = 20
"""A night with fewer new decisions than this trains nothing."""
CHANCE = 0.1
"""How likely, at most, chance alone would part two models so (McNemar's exact test, one-sided)."""


class ModelState(StrEnum):
    """Whether a model serves, may be put to serve again, or was not better than the one that served."""

    SERVING = "en_service"
    KEPT = "garde"
    REJECTED = "ecarte"


@dataclass(frozen=True, slots=True)
class Trial:
    """Two ways of proposing on the same held-back letters: `won` counts those that only the new one has right.

    Attributes:
        right: Held-back letters that the new one has right; `right_before` the standing one.
        calibration: Mean gap between the confidence said and the share that was right, in [0, 1].
    """

    held_back: int
    right: int
    right_before: int
    won: int
    lost: int
    calibration: float

    @property
    def better(self) -> bool:
        """Whether the new one takes over: it wins more than it loses, and chance alone would hardly part them so."""
        return self.won > self.lost and chance_of(self.won, self.lost) <= CHANCE


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is to be known of a model.

    Attributes:
        digest: SHA-256 of its weights in the vault.
        letters: Decisions that taught it; `since` and `until` the days of the first and the last.
        labels: How many kinds, services or file codes it tells apart.
        replaces: The model that served before, None when it was the configuration's words.
        said_by: Who put it to serve, or took it out, last.
    """

    id: str
    tenant_id: str
    field: Field
    digest: str
    trained_at: datetime
    letters: int
    labels: int
    since: date
    until: date
    trial: Trial
    replaces: str | None
    state: ModelState
    said_by: str


@dataclass(frozen=True, slots=True)
class Example:
    """One decision that teaches: when, on which letter, and what was decided of each field."""

    letter_id: str
    at: datetime
    labels: dict[Field, str]


def chance_of(won: int, lost: int) -> float:
    """Return how likely it is that of `won + lost` letters at least `won` fall to one of two equal models.

    Source: McNemar, Psychometrika 12 (1947), in its exact binomial form.
    """
    n = won + lost
    return sum(comb(n, k) for k in range(won, n + 1)) / 2**n if n else 1.0
