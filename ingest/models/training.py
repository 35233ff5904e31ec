"""Training: examples in the order of time become a model. The only code that needs scikit-learn, loaded when called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.models.linear import LinearModel, softmax, weighted

MIN_LETTERS, MAX_FEATURES = 2, 20_000
MIN_OF_A_LABEL = 3
"""A kind or a service decided less often teaches nothing yet: it stays with the configuration's words."""
TUNED = 0.15
"""Share of the examples, the latest, by which the temperature is set."""


def train(counts: Sequence[Counter[int]], labels: Sequence[str]) -> LinearModel | None:
    """Return a model of the examples; None where fewer than two labels were decided often enough."""
    often = {label for label, n in Counter(labels).items() if n >= MIN_OF_A_LABEL}
    kept = [(count, label) for count, label in zip(counts, labels, strict=True) if label in often]
    cut = round(len(kept) * (1 - TUNED))
    taught, tuned = kept[:cut], kept[cut:]
    if len({label for _, label in taught}) < 2:
        return None
    model = _fit(taught)
    known = [(count, label) for count, label in tuned if label in model.labels]
    return _tempered(model, known) if known else model


def _fit(examples: Sequence[tuple[Counter[int], str]]) -> LinearModel:
    from scipy.sparse import csr_matrix  # noqa: PLC0415 - slow to load, and only a night's training needs them
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    letters = Counter(each for count, _ in examples for each in count)
    frequent = [each for each, n in letters.most_common(MAX_FEATURES) if n >= min(MIN_LETTERS, len(examples))]
    columns = np.array(sorted(frequent), np.int64)
    rarity = np.array([np.log(len(examples) / letters[int(each)]) + 1 for each in columns], np.float32)
    rows = [weighted(count, columns, rarity) for count, _ in examples]
    ends = np.cumsum([0, *(len(at) for at, _ in rows)])
    matrix = csr_matrix(
        (np.concatenate([values for _, values in rows]), np.concatenate([at for at, _ in rows]), ends),
        shape=(len(rows), len(columns)),
    )
    fitted = LogisticRegression(C=20, max_iter=300).fit(matrix, [label for _, label in examples])
    weights, bias = fitted.coef_.astype(np.float32), fitted.intercept_.astype(np.float32)
    if len(fitted.classes_) == 2:  # one column for the second of the two
        weights, bias = np.vstack([-weights / 2, weights / 2]), np.concatenate([-bias / 2, bias / 2])
    return LinearModel(tuple(str(each) for each in fitted.classes_), columns, rarity, weights, bias, 1.0)


def _tempered(model: LinearModel, examples: Sequence[tuple[Counter[int], str]]) -> LinearModel:
    """Return the model with the temperature under which letters that it has not seen are likeliest."""
    rows = [model.scores(*weighted(count, model.columns, model.rarity)) for count, _ in examples]
    scores, truth = np.array(rows), np.array([model.labels.index(label) for _, label in examples])

    def loss(temperature: float) -> float:
        found: NDArray[np.float32] = softmax(scores / temperature)
        return float(-np.log(np.maximum(found[np.arange(len(truth)), truth], 1e-9)).mean())

    best = float(min(np.geomspace(0.1, 5, 60), key=loss))
    return LinearModel(model.labels, model.columns, model.rarity, model.weights, model.bias, best)
