"""A linear model of one field: one score a label over weighted word hashes. Reading and predicting need numpy only."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from ged.errors import Corrupt
from ingest.models.words import features

MIN_WORDS = 5


@dataclass(frozen=True, slots=True)
class LinearModel:
    """A model as it serves.

    Attributes:
        columns: The word hashes that it knows, ascending, int64, shape (features,).
        rarity: Weight of each by how few letters have it, float32, shape (features,).
        weights: float32, shape (labels, features); `bias` shape (labels,).
        temperature: Divisor of the scores that makes them calibrated probabilities.
    """

    labels: tuple[str, ...]
    columns: NDArray[np.int64]
    rarity: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    temperature: float

    def probabilities(self, text: str) -> dict[str, float]:
        """Return the probability of each label; empty when the text has too few words that the model knows."""
        at, values = weighted(features(text), self.columns, self.rarity)
        if len(at) < MIN_WORDS:
            return {}
        return dict(zip(self.labels, softmax(self.scores(at, values) / self.temperature).tolist(), strict=True))

    def scores(self, at: NDArray[np.int64], values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return one score a label for a text of weighted features."""
        found: NDArray[np.float32] = self.weights[:, at] @ values + self.bias
        return found

    def as_bytes(self) -> bytes:
        """Return the model as a file: the same model gives the same bytes."""
        out = BytesIO()
        np.savez_compressed(
            out,
            labels=np.array(self.labels),
            columns=self.columns,
            rarity=self.rarity.astype(np.float16),
            weights=self.weights.astype(np.float16),
            bias=self.bias,
            temperature=np.array(self.temperature, np.float64),
        )
        return out.getvalue()


def read_model(data: bytes) -> LinearModel:
    """Return the model of a file.

    Raises:
        Corrupt: `model.altered`, it is no such file.
    """
    try:
        with np.load(BytesIO(data), allow_pickle=False) as stored:
            return LinearModel(
                tuple(str(label) for label in stored["labels"]),
                stored["columns"].astype(np.int64),
                stored["rarity"].astype(np.float32),
                stored["weights"].astype(np.float32),
                stored["bias"].astype(np.float32),
                float(stored["temperature"]),
            )
    except (ValueError, KeyError, OSError) as error:
        sentence = (
            "Ce modèle ne se relit pas. Les mots de la configuration proposent à sa place ; remettez-en un autre."
        )
        raise Corrupt("model.altered", sentence) from error


def weighted(
    counts: dict[int, int], columns: NDArray[np.int64], rarity: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return (places of the known features, their TF-IDF weights of length 1)."""
    hashes = np.array(sorted(counts), np.int64)
    at = np.searchsorted(columns, hashes)
    known = (at < len(columns)) & (columns[np.minimum(at, max(len(columns) - 1, 0))] == hashes)
    places, found = at[known], hashes[known]
    values = (1 + np.log(np.array([counts[int(each)] for each in found], np.float32))) * rarity[places]
    return places, (values / max(float(np.linalg.norm(values)), 1e-9)).astype(np.float32)


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return probabilities, over the last axis."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    found: NDArray[np.float32] = shifted / shifted.sum(axis=-1, keepdims=True)
    return found
