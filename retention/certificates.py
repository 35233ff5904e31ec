"""A certificate, of files or of paper: it is known before it is sealed, and what was made once is what is sealed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from ged.clock import Clock
from ged.mail.item import Confidentiality
from ged.ports import Ledger, Signer, Vault
from ged.services.seal import set_seal
from ged.store.seals import SealRecord


@dataclass(frozen=True, slots=True)
class Certified:
    """What a certificate is of.

    Attributes:
        id: What its entry in the log names. `at`: when that was done, which is what the entry says.
        levels: Of the letters that it names, or that lie beside what it names.
        made: SHA-256 of the certificate, where one was made before.
    """

    id: str
    tenant_id: str
    at: datetime
    levels: Collection[Confidentiality]
    made: str | None


def seal_certificate(
    of: Certified,
    *,
    render: Callable[[], bytes],
    keep: Callable[[str], None],
    fault: Callable[[str], None],
    vault: Vault,
    signer: Signer,
    ledger: Ledger,
    clock: Clock,
) -> tuple[str, SealRecord]:
    """Make a certificate where there is none, seal it, and return its SHA-256 and its seal.

    Its digest is kept, durably, before the vault has it and before the log is told of it. Killed at any point and
    called again, there is one certificate, one entry and no file that nothing names: one that is known and is not in
    the vault was never sealed, and is made anew.

    Raises:
        Unavailable: the vault or the log does not answer; to be called again.
    """
    if of.made is None or vault.stat(of.made) is None:
        pdf = render()
        keep(hashlib.sha256(pdf).hexdigest())
        fault("named")
    else:
        with vault.open(of.made) as stream:
            pdf = stream.read()
    stored = vault.put(BytesIO(pdf), media_type="application/pdf", tenant_id=of.tenant_id)
    fault("made")
    level = max(of.levels, key=lambda level: level.rank, default=Confidentiality.INTERNAL)
    record = set_seal(
        of.id, stored, event="certificat", at=of.at, level=level, vault=vault, signer=signer, ledger=ledger, clock=clock
    )
    return stored.digest, record
