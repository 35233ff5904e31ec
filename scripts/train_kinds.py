"""Trains the model of kinds on composed letters, with the noise of OCR, and writes its weights and its card.

    python -m scripts.train_kinds

scikit-learn fits it; numpy alone reads it (ingest/models/kinds.py). Letters of seeds never used
for training give the scores on the card; the temperature that makes its probabilities honest is
fitted on a third set.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from ingest.models.kinds import CARD, WEIGHTS
from ingest.models.words import features
from scripts.sample_letters.compose import compose

TRAIN, TUNE, TEST = range(10_000_000, 10_003_000), range(20_000_000, 20_000_600), range(30_000_000, 30_000_600)
MIN_LETTERS, MAX_FEATURES = 8, 12_000
NOISE = 0.03


def noisy(text: str, r: random.Random) -> str:
    """Return a text with three letters in a hundred misread, as OCR does on poor paper."""
    confused = {"l": "i", "i": "l", "e": "c", "c": "e", "n": "u", "u": "n", "o": "0", "m": "rn", "t": "f"}
    return "".join(confused.get(c, c) if r.random() < NOISE else c for c in text)


def read(seeds: range) -> tuple[list[Counter[str]], list[str]]:
    """Return (features, kinds) of composed letters, half of them noisy, some of them cut short."""
    counts, kinds = [], []
    for seed in seeds:
        r, letter = random.Random(seed), compose(seed)
        text = letter.text if r.random() < 0.8 else "\n".join([letter.subject, *letter.paragraphs[:2]])
        counts.append(features(noisy(text, r) if r.random() < 0.5 else text))
        kinds.append(letter.kind)
    return counts, kinds


def matrix(counts: list[Counter[str]], vocabulary: dict[str, int], idf: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return TF-IDF rows of length 1, shape (letters, features)."""
    rows = np.zeros((len(counts), len(vocabulary)), np.float32)
    for row, count in zip(rows, counts, strict=True):
        for word, n in count.items():
            if word in vocabulary:
                row[vocabulary[word]] = (1 + np.log(n)) * idf[vocabulary[word]]
    scaled: NDArray[np.float32] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return scaled


def temperature(scores: NDArray[np.float32], truth: NDArray[np.int64]) -> float:
    """Return the divisor of scores that makes the likelihood of the truth greatest."""

    def loss(t: float) -> float:
        scaled = scores / t
        scaled -= scaled.max(axis=1, keepdims=True)
        return float(-np.mean(scaled[np.arange(len(truth)), truth] - np.log(np.exp(scaled).sum(axis=1))))

    return float(min(np.geomspace(0.2, 5, 60), key=loss))


def main() -> None:
    """Train, measure, write."""
    counts, kinds = read(TRAIN)
    seen = Counter(word for count in counts for word in count)
    kept = [word for word, n in seen.most_common(MAX_FEATURES) if n >= MIN_LETTERS]
    vocabulary = {word: i for i, word in enumerate(sorted(kept))}
    idf = np.array([np.log(len(counts) / seen[word]) + 1 for word in sorted(kept)], np.float32)
    model = LogisticRegression(C=20, max_iter=400).fit(matrix(counts, vocabulary, idf), kinds)
    names = [str(name) for name in model.classes_]
    weights, bias = model.coef_.astype(np.float16), model.intercept_.astype(np.float32)

    def judge(seeds: range) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        found, truth = read(seeds)
        scores = matrix(found, vocabulary, idf) @ weights.astype(np.float32).T + bias
        return scores, np.array([names.index(kind) for kind in truth])

    heat = temperature(*judge(TUNE))
    scores, truth = judge(TEST)
    np.savez_compressed(
        WEIGHTS, vocabulary=np.array(sorted(kept)), idf=idf.astype(np.float16), weights=weights, bias=bias
    )
    card = {
        "what": "Nature d'un courrier d'après ses mots (TF-IDF, régression logistique)",
        "kinds": names,
        "temperature": round(heat, 4),
        "digest": hashlib.sha256(WEIGHTS.read_bytes()).hexdigest(),
        "data": f"{len(TRAIN)} lettres composées, la moitié avec {NOISE:.0%} de lettres mal lues",
        "accuracy_unseen": round(float((scores.argmax(axis=1) == truth).mean()), 4),
        "limits": "Lettres de la même fabrique : le chiffre est optimiste. Les décisions des agents le corrigeront.",
    }
    CARD.write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"{len(vocabulary)} mots, justesse {card['accuracy_unseen']:.1%}, {WEIGHTS.stat().st_size // 1024} Ko")


if __name__ == "__main__":
    main()
