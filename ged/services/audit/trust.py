"""Whether the certificate of a seal is one to believe, at the time that counts: a timestamp's where there is one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from cryptography.x509 import Certificate

from ged.seal.signature import Signature
from ged.seal.trust import Moment, TrustStore
from ged.services.audit.ground import Ground


def why_untrusted(
    signature: Signature, trust: TrustStore, proved_at: datetime | None, path: Callable[..., tuple[Certificate, ...]]
) -> str:
    """Return, in French, why a signature's certificate is not to be believed; "" when it is."""
    moment = Moment(signature.claimed_at, proved=False) if proved_at is None else Moment(proved_at, proved=True)
    try:
        trust.judge(path(signature.certificate, signature.presented), moment)
    except ValueError as error:
        return f"{error}."
    return ""


class ProvedTimes:
    """When a timestamp authority vouched for the head that first held an entry, asked in the order of the log."""

    def __init__(self, ground: Ground) -> None:
        self._store = ground.store
        self._covers = (0, -1)
        self._at: datetime | None = None

    def at(self, index: int) -> datetime | None:
        """Return the proved time of an entry; None where no token covers it, or no database says which does."""
        if self._store is not None and not self._covers[0] <= index < self._covers[1]:
            with self._store.unit() as unit:
                anchor = unit.anchors.covering("documents", index)
            self._at = anchor.stamp.at if anchor and anchor.stamp else None
            self._covers = (index, anchor.size if anchor else index + 1)
        return self._at
