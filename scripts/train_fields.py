"""Trains the model of fields on letters of the tuning templates, and writes its weights and its card.

    python -m scripts.train_fields [--count N] [--only FIELD ...]

scikit-learn fits, numpy alone reads (ingest/stages/fields/model.py). Half of the letters are misread as OCR misreads.
How sure a choice is, is fitted on letterheads that the trees of that fold never saw; templates held out of all this
are for `scripts/measure_fields.py`. Trees that choose a number also see each scan with other numbers, elsewhere.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from ged.mail.folding import fold
from ged.mail.qualification import Field
from ingest.stages.fields.blocks import ECHOES
from ingest.stages.fields.candidates import Candidate
from ingest.stages.fields.choose import BLOCKS, FAMILIES, candidates_of, choice_of, value_of
from ingest.stages.fields.model import CARD, WEIGHTS, unpacked
from ingest.stages.fields.sheet import Sheet
from scripts.field_letters import Sample, composed, spoilt
from scripts.field_truth import TRUTH, right, true_value
from scripts.sample_letters.elsewhere import elsewhere
from scripts.sample_letters.misread import misread
from scripts.sample_letters.templates import TEMPLATES

SEED, FOLDS, MOST_WRONG = 5, 4, 40
LATER_SEED, LATER_COUNT, LATER_SCANS = 7, 240, 160
"""Letters of the templates that came later, drawn apart."""
WEIGHT_OF_SCAN, WEIGHT_OF_MISREAD = 3.0, 0.3
"""How sure a choice is on a scan is told by scans: letters misread by chance have no engine's doubt in them."""
ELSEWHERE = 2
"""How often each scan is seen again with its number in another shape, without its label or at another place."""
LOCATED = 0.8
"""A misread value is still the right place to look: what chooses learns it, what says how sure does not."""
WITH_ECHOES = frozenset({Field.SENDER})
"""Blocks whose trees look at the echoes of a name: they helped senders between templates, and misled recipients."""
_HEADS = {one.name: one.head for one in TEMPLATES}
Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Seen:
    """One letter, looked at: its candidates, their numbers, and which of them say what is true."""

    head: str
    truth: dict[str, Any]
    sheet: Sheet
    candidates: dict[Field, list[Candidate]]
    scan: bool
    moved: bool = False

    @property
    def weight(self) -> float:
        """How much it tells of doubt."""
        return 1.0 if self.sheet.printed else WEIGHT_OF_SCAN if self.scan else WEIGHT_OF_MISREAD


def main() -> None:
    """Train every field, write weights and card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=840)
    parser.add_argument("--scans", type=int, default=448, help="scans of tuning templates, read by OCR")
    parser.add_argument("--only", nargs="*", type=Field, help="fields to train; the others stay as they are")
    asked = parser.parse_args()
    samples = composed(asked.count, SEED, unseen=False)
    samples += composed(LATER_COUNT, LATER_SEED, unseen=False, later=True)
    fields = asked.only or list(FAMILIES)
    seen = [_seen(sample, index, fields) for index, sample in enumerate(samples)]
    scans = spoilt(asked.scans, SEED + 1, unseen=False) if asked.scans else []
    scans += spoilt(LATER_SCANS, LATER_SEED + 1, unseen=False, later=True)
    seen += [_seen(sample, None, fields) for sample in scans]
    if Field.SENDER_REFERENCE in fields:
        seen += [moved for sample in scans for turn in range(ELSEWHERE) if (moved := _moved(sample, turn))]
    tables: dict[str, NDArray[Any]] = {}
    card: dict[str, Any] = {}
    if asked.only:
        card |= json.loads(CARD.read_text("utf-8"))["fields"]
        with np.load(WEIGHTS, allow_pickle=False) as stored:
            tables |= {name: stored[name] for name in stored.files}
    for field in fields:
        told = _train(field, seen)
        tables |= told.pop("tables")
        card[field.value] = told
        print(field.value, told["accuracy_between_letterheads"], flush=True)
    np.savez_compressed(WEIGHTS, allow_pickle=False, **tables)
    digest = hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()
    whole = {
        "what": "Champs d'un courrier : arbres qui choisissent parmi des candidats, et une régression qui dit le doute",
        "data": f"{len(seen)} lettres composées selon les modèles de réglage, en partie mal lues",
        "limits": "Lettres composées par nous ; docs/measures.md dit ce que valent les champs ailleurs.",
        "digest": digest,
        "fields": card,
    }
    CARD.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{WEIGHTS.stat().st_size // 1024} Ko")


def _seen(sample: Sample, index: int | None, fields: Sequence[Field]) -> Seen:
    pages = sample.pages if index is None else tuple(misread(page, SEED * 1000 + index) for page in sample.pages)
    sheet = Sheet(pages)
    return Seen(_HEADS[str(sample.truth["template"])], sample.truth, sheet, candidates_of(sheet, fields), index is None)


def _moved(sample: Sample, turn: int) -> Seen | None:
    """Return a letter with its number in another shape, bare or elsewhere; None where it was not read right."""
    field = Field.SENDER_REFERENCE
    sheet = Sheet(sample.pages)
    found = (one for one in candidates_of(sheet, [field])[field] if right(field, one.value, sample.truth))
    number = next(found, None) if true_value(sample.truth, field) else None
    if number is None:
        return None
    line = sheet.lines[number.line].line.words
    at = next(index for index, word in enumerate(line) if word is number.words[0])
    seed = int(sample.truth["seed"]) * ELSEWHERE + turn
    pages, value = elsewhere(sample.pages, line[:at], number.words, number.value, seed)
    truth = sample.truth | {TRUTH[field]: value}
    return replace(_seen(replace(sample, pages=pages, truth=truth), None, [field]), moved=True)


def _located(field: Field, one: Seen) -> list[bool]:
    """Return which candidates stand where the truth is: the likest, misread letters forgiven."""
    wanted = fold(true_value(one.truth, field))
    found = one.candidates[field]
    if not wanted:
        return [False] * len(found)
    if field not in BLOCKS:
        near = [right(field, candidate.value, one.truth) for candidate in found]
        if any(near) or field not in {Field.SENDER_REFERENCE, Field.OUR_REFERENCE, Field.EMAIL, Field.DEADLINE}:
            return near
        if field is Field.DEADLINE:
            return [candidate.value.startswith("+") for candidate in found]
        likely = [SequenceMatcher(None, fold(candidate.value), wanted).ratio() for candidate in found]
    else:
        likely = [
            _like(fold(value_of(field, candidate)[0]), wanted) if _near(candidate, wanted) else 0.0
            for candidate in found
        ]
        if field is Field.RECIPIENT:  # « à l'attention de » or not, the same block
            likely = [round(each, 1) if each > LOCATED else each for each in likely]
    best = max(likely, default=0.0)
    return [best >= LOCATED and each >= best - 1e-9 for each in likely]


def _near(candidate: Candidate, wanted: str) -> bool:
    """Whether a block is about as long as what is looked for: the cheap question before the dear one."""
    return 0.6 < len(candidate.value) / len(wanted) < 1.9


def _like(value: str, wanted: str) -> float:
    if value == wanted:
        return 1.0
    if not 0.7 < len(value) / len(wanted) < 1.4 or set(value.split()).isdisjoint(wanted.split()):
        return 0.0
    return SequenceMatcher(None, value, wanted, autojunk=False).ratio()


def _train(field: Field, seen: Sequence[Seen]) -> dict[str, Any]:
    kept = [one for one in seen if one.candidates.get(field)]
    rows = [_rows(field, one) for one in kept]
    marks = [np.array(_located(field, one)) for one in kept]
    groups = np.array([one.head for one in kept])
    scores: list[NDArray[np.float32]] = [np.zeros(0, np.float32)] * len(kept)
    for train, test in GroupKFold(FOLDS).split(np.zeros(len(kept)), groups=groups):
        fitted = _fit([rows[at] for at in train], [marks[at] for at in train])
        for at in test:
            scores[at] = fitted.decision_function(rows[at])
    told, good, weights, asked = [], [], [], 0
    for one, found in zip(kept, scores, strict=True):
        if one.moved:  # an engine read it where it was: it tells where numbers stand, not how sure one is
            continue
        choice = choice_of(field, one.candidates[field], found.tolist(), one.sheet)
        if choice is None:
            continue
        value = choice.value
        said = bool(true_value(one.truth, field))
        span = field is Field.DEADLINE and value.startswith("+") and choice.candidate in _true_spans(one)
        asked += said
        told.append(choice.told(printed=one.sheet.printed))
        good.append(said and (span or right(field, value, one.truth)))
        weights.append(one.weight)
    sure = LogisticRegression(C=3.0, max_iter=1000).fit(np.array(told), np.array(good), np.array(weights))
    final = _fit(rows, marks)
    tables, bias, depth = _packed(field, final)
    trees = unpacked(tables, field.value, {"bias": bias, "depth": depth})
    if not np.allclose(trees.scores(rows[0]), final.decision_function(rows[0]), atol=1e-3):
        message = f"{field.value}: the written trees do not say what the fitted ones do"
        raise SystemExit(message)
    return {
        "tables": tables,
        "bias": bias,
        "depth": depth,
        "certainty": [round(float(each), 5) for each in (*sure.coef_[0], sure.intercept_[0])],
        "letters": asked,
        "seen": len(seen),
        "accuracy_between_letterheads": round(sum(good) / max(1, asked), 4),
    }


def _rows(field: Field, one: Seen) -> Rows:
    """Return the numbers of a letter's candidates; echoes that a field's trees do not look at all say the same."""
    found = np.array([each.numbers for each in one.candidates[field]], np.float32)
    if field in BLOCKS - WITH_ECHOES:
        found[:, ECHOES] = 0
    return found


def _true_spans(one: Seen) -> list[Candidate]:
    return [
        each for each, good in zip(one.candidates[Field.DEADLINE], _located(Field.DEADLINE, one), strict=True) if good
    ]


def _fit(rows: Sequence[Rows], marks: Sequence[NDArray[np.bool_]]) -> HistGradientBoostingClassifier:
    """Return trees taught by every right candidate and some of the wrong ones of each letter."""
    chance = np.random.default_rng(SEED)
    chosen = []
    for mark in marks:
        wrong = np.flatnonzero(~mark)
        chosen.append(np.concatenate([np.flatnonzero(mark), chance.permutation(wrong)[:MOST_WRONG]]))
    x = np.concatenate([row[at] for row, at in zip(rows, chosen, strict=True)])
    y = np.concatenate([mark[at] for mark, at in zip(marks, chosen, strict=True)])
    trees = HistGradientBoostingClassifier(
        max_iter=130, learning_rate=0.12, max_leaf_nodes=10, min_samples_leaf=15, l2_regularization=2.0,
        max_features=0.25, early_stopping=False, random_state=SEED,
    )  # fmt: skip
    return trees.fit(x, y)


def _packed(field: Field, fitted: HistGradientBoostingClassifier) -> tuple[dict[str, NDArray[Any]], float, int]:
    """Return the tables of the trees, one after the other, their bias and how deep the deepest goes."""
    nodes = [predictors[0].nodes for predictors in fitted._predictors]  # noqa: SLF001  # no public way to the trees
    starts = np.cumsum([0, *(len(each) for each in nodes[:-1])])
    leaf = np.concatenate([each["is_leaf"].astype(bool) for each in nodes])
    left = np.concatenate([each["left"].astype(np.int64) + at for each, at in zip(nodes, starts, strict=True)])
    right_ = np.concatenate([each["right"].astype(np.int64) + at for each, at in zip(nodes, starts, strict=True)])
    tables: dict[str, NDArray[Any]] = {
        "roots": starts.astype(np.int32),
        "column": np.concatenate([each["feature_idx"] for each in nodes]).astype(np.int16),
        "threshold": np.concatenate([each["num_threshold"] for each in nodes]).astype(np.float32),
        "left": np.where(leaf, -1, left).astype(np.int32),
        "right": np.where(leaf, -1, right_).astype(np.int32),
        "value": np.concatenate([each["value"] for each in nodes]).astype(np.float32),
    }
    bias = float(np.ravel(fitted._baseline_prediction)[0])  # noqa: SLF001
    depth = int(max(each["depth"].max() for each in nodes)) + 1
    return {f"{field.value}.{name}": table for name, table in tables.items()}, bias, depth


if __name__ == "__main__":
    main()
