"""The models that serve, fetched from the vault by digest and kept in this process."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import lru_cache

from ged.errors import Corrupt, NotFound
from ged.mail.qualification import Field
from ged.ports import Vault
from ged.store.unit import Store
from ingest.models.linear import LinearModel, read_model

_log = logging.getLogger(__name__)
_KEPT = 32


class ServedModels:
    """Gives the models of a tenant as they serve now; a change of model is seen by the next letter."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault
        self._model = lru_cache(maxsize=_KEPT)(self._fetched)

    def of(self, tenant_id: str) -> Mapping[Field, tuple[str, LinearModel]]:
        """Return (digest, model) for each field that has one; one that cannot be read back leaves its field out."""
        with self._store.unit() as unit:
            serving = unit.learning.serving(tenant_id)
        found = {}
        for field, card in serving.items():
            try:
                found[field] = (card.digest, self._model(card.digest))
            except (Corrupt, NotFound) as error:
                _log.error("model %s of %s: %s", card.digest, tenant_id, error.diagnostics())
        return found

    def _fetched(self, digest: str) -> LinearModel:
        with self._vault.open(digest) as stream:
            return read_model(stream.read())
