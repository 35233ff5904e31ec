"""What an audit stands on: the vault, the logs as anybody may read them, and the database where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from ged.clock import Clock
from ged.mail.audit import Finding, Head
from ged.ports import Vault
from ged.services.audit.read_log import ReadLog
from ged.store.unit import Store

PATIENCE = (2.0, 10.0, 30.0)


@dataclass(frozen=True, slots=True)
class Ground:
    """What one audit may look at.

    Attributes:
        store: None for an auditor who was given the vault and the logs alone.
        trust_pem: Whom to believe of seals: certificates, authorities, lists of revoked ones.
        retained: Heads that somebody kept apart from this machine.
        folder: Where the audit keeps its own files.
        time_roots: Whose timestamps are believed.
        witnesses: Verifier keys of those who cosign heads; `witnesses_needed` of them must have signed a recent one.
        veiled: Whether the vault is encrypted and nobody gave the audit its keys: ciphertexts are counted, not opened.
        readers: How many originals are read at once.
        step: How many names of the vault are looked at between two places where the audit can be taken up again.
        handful_bytes: About how many bytes of originals are handed to a reader at once. Of 200 KB each, by processes,
            32 MiB take 5 µs an original less than 4, of some 210 (2 cores, page cache, 2026-11-30).
        patience: Seconds to wait, one after the other, for what stopped answering; a check that gets on has them anew.
    """

    vault: Vault
    documents: ReadLog
    store: Store | None
    trust_pem: bytes
    retained: tuple[Head, ...]
    folder: Path
    clock: Clock
    seed: str
    sample: int
    readers: int
    journal: ReadLog | None = None
    time_roots: tuple[x509.Certificate, ...] = ()
    witnesses: tuple[str, ...] = ()
    witnesses_needed: int = 0
    veiled: bool = False
    step: int = 4096
    handful_bytes: int = 32 << 20
    patience: tuple[float, ...] = PATIENCE

    @property
    def logs(self) -> tuple[ReadLog, ...]:
        """Every log that is there to be read."""
        return (self.documents, self.journal) if self.journal is not None else (self.documents,)


@dataclass(frozen=True, slots=True)
class Step:
    """What a check says as it goes: where it could be taken up again, and what it did since the step before.

    Attributes:
        position: Everything before it is done, and its findings are told.
    """

    position: str
    looked: int = 0
    bytes_read: int = 0
    total: int | None = None
    findings: tuple[Finding, ...] = ()


Look = Callable[[Ground, str], Iterator[Step]]
"""Looks from a position on, "" being the start; never raises for what it looks at, only when it cannot look."""
