"""The model of fields: boosted trees choose among candidates, one more line of weights says how sure the choice is.

`scripts/train_fields.py` makes `fields.npz` and its card; numpy alone reads them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ged.errors import Corrupt
from ged.mail.qualification import Field

WEIGHTS = Path(__file__).parent / "fields.npz"
CARD = Path(__file__).parent / "fields.json"


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees as one table of nodes: a leaf has no left child, and its value; `roots` are where each tree begins."""

    roots: NDArray[np.int32]
    column: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float32]
    bias: float
    depth: int

    def scores(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the log-odds of each row, shape (rows,)."""
        count = len(rows)
        at = np.repeat(self.roots[None, :], count, axis=0)
        lines = np.arange(count)[:, None]
        for _ in range(self.depth):
            inner = self.left[at] >= 0
            below = rows[lines, self.column[at]] <= self.threshold[at]
            at = np.where(inner, np.where(below, self.left[at], self.right[at]), at)
        found: NDArray[np.float32] = self.value[at].sum(axis=1) + np.float32(self.bias)
        return found


@dataclass(frozen=True, slots=True)
class Certainty:
    """Weights of what says how likely a choice is right; see `sureness` for their order."""

    weights: tuple[float, ...]

    def probability(self, told: Sequence[float]) -> float:
        """Return the calibrated probability of a choice."""
        total = sum(weight * value for weight, value in zip(self.weights, (*told, 1.0), strict=True))
        return float(1 / (1 + np.exp(-np.clip(total, -12, 12))))


def sureness(first: float, second: float, least: float, mean: float, *, printed: bool) -> tuple[float, ...]:
    """Return what tells whether a choice is right.

    The log-odds of the choice, its lead over the next other value, how well its worst word and its words were read.
    """
    lead = min(12.0, first - second)
    doubt = 0.0 if printed else 1.0
    return (
        min(6.0, first), max(0.0, -first), lead, min(3.0, lead),
        doubt * max(0.0, 0.9 - least), doubt * max(0.0, 0.6 - least), doubt * (1 - mean), doubt,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldModel:
    """What is known of each field."""

    digest: str
    trees: dict[Field, Trees]
    certainty: dict[Field, Certainty]

    @property
    def origin(self) -> str:
        """What a proposal says it comes from."""
        return f"champs {self.digest[:8]}"


@cache
def load_fields() -> FieldModel:
    """Return the model that ships with the product.

    Raises:
        Corrupt: `model.altered`, the weights are not those of the card.
    """
    return read_model(WEIGHTS, json.loads(CARD.read_text(encoding="utf-8")))


def read_model(weights: Path, card: Mapping[str, Any]) -> FieldModel:
    """Return the model of a file of weights and its card.

    Raises:
        Corrupt: `model.altered`.
    """
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    if digest != card["digest"]:
        raise Corrupt("model.altered", "Le modèle des champs n'est pas celui de sa fiche. Réinstallez le logiciel.")
    with np.load(weights, allow_pickle=False) as stored:
        trees = {Field(name): unpacked(stored, name, card["fields"][name]) for name in card["fields"]}
    certainty = {Field(name): Certainty(tuple(told["certainty"])) for name, told in card["fields"].items()}
    return FieldModel(digest, trees, certainty)


def unpacked(stored: Mapping[str, NDArray[np.float32]], name: str, told: Mapping[str, Any]) -> Trees:
    """Return the trees of a field from the tables of the file."""
    return Trees(
        roots=stored[f"{name}.roots"].astype(np.int32),
        column=stored[f"{name}.column"].astype(np.int16),
        threshold=stored[f"{name}.threshold"].astype(np.float32),
        left=stored[f"{name}.left"].astype(np.int32),
        right=stored[f"{name}.right"].astype(np.int32),
        value=stored[f"{name}.value"].astype(np.float32),
        bias=float(told["bias"]),
        depth=int(told["depth"]),
    )
