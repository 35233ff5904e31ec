"""Verifying a proof bundle that somebody presents: by its own steps, under the keys of this installation alone."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import BinaryIO

from ged.clock import Clock
from ged.mail.access import Actor, Right, require
from ged.mail.journal import Act
from ged.ports import Ledger, Signer
from ged.seal.bundle.contents import TrustMaterial
from ged.seal.bundle.verifier import ABSENT, BAD, Step, Trust, verify
from ged.seal.log import TileLog
from ged.seal.trust import TrustStore
from ged.seal.verify import Outcome
from ged.services.bundle import Published
from ged.store.unit import Store

_FIRST = b"liasse.json"
_NAME_AT = 30
"""Where the name of the first entry stands in a zip. Source: PKWARE APPNOTE, 4.3.7."""


@dataclass(frozen=True, slots=True)
class BundleReport:
    """What is to be said of a bundle.

    Attributes:
        number: The number that it claims, "" when it cannot be read: nothing proves it.
        steps: In order, each under the file that it is about.
    """

    number: str
    outcome: Outcome
    steps: tuple[Step, ...]

    @property
    def reserves(self) -> tuple[Step, ...]:
        """The pieces of evidence that are not there."""
        return tuple(step for step in self.steps if step.state == ABSENT)


def is_bundle(stream: BinaryIO) -> bool:
    """Return whether a file means to be a bundle, be it cut short."""
    stream.seek(0)
    start = stream.read(_NAME_AT + len(_FIRST))
    stream.seek(0)
    if start.startswith(b"PK\x03\x04") and start[_NAME_AT:] == _FIRST:
        return True
    try:
        with zipfile.ZipFile(stream) as archive:
            return _FIRST.decode() in archive.NameToInfo
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
    finally:
        stream.seek(0)


def verify_bundle(
    stream: BinaryIO,
    *,
    store: Store,
    signer: Signer,
    ledger: Ledger,
    journal_log: TileLog | None,
    published: Published,
    actor: Actor,
    clock: Clock,
) -> BundleReport:
    """Return what a bundle is worth; that it was looked at stands in the journal.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.VERIFY)
    steps, manifest, _ = verify(stream, _pinned(signer, ledger, journal_log, published))
    outcome = Outcome.ALTERED if any(step.state == BAD for step in steps) else Outcome.INTACT
    letter = manifest.get("courrier")
    number = str(letter.get("numero", ""))[:60] if isinstance(letter, dict) else ""
    with store.unit() as unit:
        unit.journal.write(clock(), Act.VERIFIED, actor, None, outcome=outcome, bundle=number)
        unit.commit()
    return BundleReport(number, outcome, tuple(steps))


def _pinned(signer: Signer, ledger: Ledger, journal_log: TileLog | None, published: Published) -> Trust:
    seals = TrustStore.from_pem(signer.trust_pem)
    logs = (ledger,) if journal_log is None else (ledger, journal_log)
    ours = TrustMaterial.of(seals, tuple(log.key_text for log in logs))
    return Trust(
        authorities=seals.authorities,
        logs=ours.logs,
        successions=ours.successions,
        witnesses=published.witnesses,
        stamps=published.stamps,
        seals=seals.seals,
        links=seals.links,
        crls=seals.lists,
    )
