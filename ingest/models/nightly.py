"""The night's training: each tenant's decisions teach a model a field; it serves only if it is better than what does.

The latest fifth of the decisions teaches nothing: on it the new model and the standing way of proposing (the model that
serves, or the configuration's words) propose side by side, exactly as they would for a letter of today.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from ged.clock import Clock
from ged.mail.learning import (
    HELD_BACK,
    MAX_DECISIONS,
    MIN_DECISIONS,
    MIN_NEW,
    TAUGHT,
    Example,
    ModelCard,
    ModelState,
    Trial,
)
from ged.mail.qualification import Field, Proposal
from ged.ports import Vault
from ged.services.models import enter_model
from ged.store.unit import Store
from ingest.models.linear import LinearModel
from ingest.models.served import ServedModels
from ingest.models.training import train
from ingest.models.words import features
from ingest.stages.classify import classify, text_of
from ingest.stages.propose import propose

_AT_ONCE = 100
_MEDIA_TYPE = "application/x-npz"
_TENTHS = 10


@dataclass(frozen=True, slots=True)
class _Seen:
    """What both ways of proposing are tried on: a held-back letter, and what they propose of it by field."""

    truth: dict[Field, str]
    before: dict[Field, Proposal]
    after: dict[Field, Proposal]


def train_models(store: Store, vault: Vault, clock: Clock) -> tuple[ModelCard, ...]:
    """Train what is to be trained for every tenant, and return the cards of this night."""
    with store.unit() as unit:
        tenants = sorted({one.tenant_id for one in unit.organisation.entities()})
    return tuple(card for tenant_id in tenants for card in _train(tenant_id, store, vault, clock))


def _train(tenant_id: str, store: Store, vault: Vault, clock: Clock) -> Iterator[ModelCard]:
    with store.unit() as unit:
        examples = unit.learning.examples(tenant_id, MAX_DECISIONS)
        latest = max((card.trained_at for card in unit.learning.cards(tenant_id)), default=None)
        standing = unit.learning.serving(tenant_id)
    fresh = [one for one in examples if latest is None or one.at > latest]
    if len(examples) < MIN_DECISIONS or len(fresh) < MIN_NEW:
        return
    cut = round(len(examples) * (1 - HELD_BACK))
    taught, held_back = examples[:cut], examples[cut:]
    counts = _features(taught, store)
    models = {field: _model(field, taught, counts) for field in TAUGHT}
    new = {field: (_put(model, vault, tenant_id), model) for field, model in models.items() if model is not None}
    seen = list(_tried(tenant_id, held_back, new, ServedModels(store, vault), store))
    for field, (digest, model) in new.items():
        card = ModelCard(
            id=secrets.token_urlsafe(12),
            tenant_id=tenant_id,
            field=field,
            digest=digest,
            trained_at=clock(),
            letters=len(taught),
            labels=len(model.labels),
            since=taught[0].at.date(),
            until=taught[-1].at.date(),
            trial=trial_of(field, seen),
            replaces=standing[field].id if field in standing else None,
            state=ModelState.REJECTED,
            said_by="",
        )
        yield enter_model(card, store=store, clock=clock)


def _features(examples: Sequence[Example], store: Store) -> list[Counter[int]]:
    """Return the word hashes of each letter; pages are fetched some at a time, since all would not fit."""
    found = []
    for start in range(0, len(examples), _AT_ONCE):
        some = examples[start : start + _AT_ONCE]
        with store.unit() as unit:
            pages = unit.pages.of_letters([one.letter_id for one in some])
        found += [features(text_of(pages.get(one.letter_id, ()))) for one in some]
    return found


def _model(field: Field, examples: Sequence[Example], counts: Sequence[Counter[int]]) -> LinearModel | None:
    known = [(count, one.labels[field]) for one, count in zip(examples, counts, strict=True) if one.labels[field]]
    return train([count for count, _ in known], [label for _, label in known]) if known else None


def _put(model: LinearModel, vault: Vault, tenant_id: str) -> str:
    return vault.put(BytesIO(model.as_bytes()), media_type=_MEDIA_TYPE, tenant_id=tenant_id).digest


def _tried(
    tenant_id: str,
    held_back: Sequence[Example],
    new: Mapping[Field, tuple[str, LinearModel]],
    served: ServedModels,
    store: Store,
) -> Iterator[_Seen]:
    standing = served.of(tenant_id)
    for start in range(0, len(held_back), _AT_ONCE):
        some = held_back[start : start + _AT_ONCE]
        with store.unit() as unit:
            pages = unit.pages.of_letters([one.letter_id for one in some])
            proposals = unit.proposals.of_letters([one.letter_id for one in some])
            entities, kinds = unit.organisation.entities(tenant_id=tenant_id), unit.organisation.kinds()
            plan = unit.schedules.plan_on(tenant_id, some[-1].at.date())
        for one in some:
            read = pages.get(one.letter_id, [])
            found = [each for each in proposals.get(one.letter_id, {}).values() if each.field not in TAUGHT]
            ways = [
                {each.field: each for each in propose(read, [*found, *classify(read, models)], entities, kinds, plan)}
                for models in (standing, new)
            ]
            yield _Seen(one.labels, *ways)


def trial_of(field: Field, seen: Sequence[_Seen]) -> Trial:
    """Return how a field fared on the held-back letters."""
    pairs = [(_right(one.after, one, field), _right(one.before, one, field)) for one in seen]
    said = [(one.after[field].confidence, _right(one.after, one, field)) for one in seen if field in one.after]
    return Trial(
        held_back=len(seen),
        right=sum(new for new, _ in pairs),
        right_before=sum(old for _, old in pairs),
        won=sum(new and not old for new, old in pairs),
        lost=sum(old and not new for new, old in pairs),
        calibration=calibration_gap(said),
    )


def _right(way: Mapping[Field, Proposal], one: _Seen, field: Field) -> bool:
    return field in way and way[field].value == one.truth[field]


def calibration_gap(said: Sequence[tuple[float, bool]]) -> float:
    """Return the expected calibration error over ten equal bins of confidence.

    Source: Naeini et al., Obtaining well calibrated probabilities using Bayesian binning, AAAI 2015.
    """
    gap = 0.0
    for tenth in range(_TENTHS):
        held = [(one, right) for one, right in said if min(int(one * _TENTHS), _TENTHS - 1) == tenth]
        if held:
            gap += abs(sum(one for one, _ in held) - sum(right for _, right in held))
    return round(gap / len(said), 4) if said else 0.0
