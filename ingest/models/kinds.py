"""The model of kinds: TF-IDF and one linear score a kind; numpy alone reads it. `scripts/train_kinds.py` makes it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ged.errors import Corrupt
from ingest.models.words import features

WEIGHTS = Path(__file__).parent / "kinds.npz"
CARD = Path(__file__).parent / "kinds.json"
MIN_WORDS = 5


@dataclass(frozen=True, slots=True)
class KindModel:
    """Weights of shape (kinds, features), float32; `temperature` makes scores into calibrated probabilities."""

    digest: str
    kinds: tuple[str, ...]
    vocabulary: dict[str, int]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    temperature: float

    def probabilities(self, text: str) -> dict[str, float]:
        """Return the probability of each kind; empty when the text has too few words that the model knows."""
        counts = features(text)
        known = [(self.vocabulary[word], count) for word, count in counts.items() if word in self.vocabulary]
        if len(known) < MIN_WORDS:
            return {}
        index = np.array([each[0] for each in known])
        values = (1 + np.log(np.array([each[1] for each in known], np.float32))) * self.idf[index]
        values /= np.linalg.norm(values)
        scores = (self.weights[:, index] @ values + self.bias) / self.temperature
        shifted = np.exp(scores - scores.max())
        return dict(zip(self.kinds, (shifted / shifted.sum()).tolist(), strict=True))


@cache
def load_kinds() -> KindModel:
    """Return the model that ships with the product.

    Raises:
        Corrupt: `model.altered`, the weights are not those of the card.
    """
    card = json.loads(CARD.read_text(encoding="utf-8"))
    digest = hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()
    if digest != card["digest"]:
        raise Corrupt("model.altered", "Le modèle des natures n'est pas celui de sa fiche. Réinstallez le logiciel.")
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        return KindModel(
            digest=digest,
            kinds=tuple(card["kinds"]),
            vocabulary={str(word): i for i, word in enumerate(stored["vocabulary"])},
            idf=stored["idf"].astype(np.float32),
            weights=stored["weights"].astype(np.float32),
            bias=stored["bias"].astype(np.float32),
            temperature=float(card["temperature"]),
        )
