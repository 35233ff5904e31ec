"""Sealing: sign the original's digest, log it, keep the proof beside it, verify at once."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from ged.clock import Clock
from ged.errors import Corrupt, GedError, Unavailable
from ged.mail.access import SYSTEM
from ged.mail.item import Confidentiality, Letter, Sealing
from ged.mail.journal import Act
from ged.ports import Ledger, Signer, Stored, Vault
from ged.seal.leaf import SALT_BYTES, Leaf, blind
from ged.seal.trust import TrustStore
from ged.seal.verify import Outcome, check
from ged.services.beside import SALT, is_blinded, proof_suffix, salt_of
from ged.store.seals import SealRecord
from ged.store.unit import Store

_log = logging.getLogger(__name__)

T = TypeVar("T")


TOGETHER = 32
"""Letters sealed under one head, when so many wait: what a head costs is flushes, whatever it holds."""


@dataclass(frozen=True, slots=True)
class ToSeal:
    """Stored bytes to be sealed: a letter's original, or a piece of it, as the leaf names them."""

    document: str
    stored: Stored
    event: str
    at: datetime
    level: Confidentiality


def seal(letter_id: str, *, store: Store, vault: Vault, signer: Signer, ledger: Ledger, clock: Clock) -> None:
    """Seal the original of a letter, and those that wait beside it; one sealed already is left alone.

    Others are a help and never a hindrance: where one of them cannot be sealed, this letter is, alone.

    Raises:
        Unavailable: the vault or the log does not answer; the letter stays visibly « sceau en attente ».
        Corrupt: what was just written does not verify.
    """
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, None)
    if letter.sealing is Sealing.SEALED:
        return
    with store.exclusive("seal") as alone:  # whoever comes meanwhile seals its own letter only, not these twice
        others = _waiting(letter, store) if alone else ()
        sealing = partial(_seal_all, store=store, vault=vault, signer=signer, ledger=ledger, clock=clock)
        try:
            together(letter, others, sealing)
        except Unavailable as error:
            _delayed(letter, error, store=store, clock=clock)
            raise


def together(one: T, others: Sequence[T], act: Callable[[Sequence[T]], None]) -> None:
    """Act on one thing and on others with it; where that cannot be done for all of them, on the one alone."""
    if others:
        try:
            act([one, *others])
        except GedError as error:
            _log.warning("seal together: %s", error.diagnostics())
        else:
            return
    act([one])


def _waiting(letter: Letter, store: Store) -> tuple[Letter, ...]:
    with store.unit() as unit:
        return unit.letters.waiting_for_seal(TOGETHER - 1, besides=letter.id)


def _seal_all(
    letters: Sequence[Letter], *, store: Store, vault: Vault, signer: Signer, ledger: Ledger, clock: Clock
) -> None:
    with store.unit() as unit:
        versions = {each.id: unit.arrivals.version_of(each.original) for each in letters}
    things = [
        ToSeal(
            each.id,
            Stored(each.original, each.original_size, versions[each.id], existed=True),
            "capture",
            each.registered_at,
            each.confidentiality,
        )
        for each in letters
    ]
    records = set_seals(things, vault=vault, signer=signer, ledger=ledger, clock=clock)
    for letter, record in zip(letters, records, strict=True):
        _sealed(letter, record, store=store)


def set_seal(
    document: str,
    stored: Stored,
    *,
    event: str,
    at: datetime,
    level: Confidentiality,
    vault: Vault,
    signer: Signer,
    ledger: Ledger,
    clock: Clock,
) -> SealRecord:
    """Seal one thing: as `set_seals`."""
    thing = ToSeal(document, stored, event, at, level)
    return set_seals([thing], vault=vault, signer=signer, ledger=ledger, clock=clock)[0]


def set_seals(
    things: Sequence[ToSeal], *, vault: Vault, signer: Signer, ledger: Ledger, clock: Clock
) -> list[SealRecord]:
    """Sign stored bytes, log them under one head, keep the proof beside each and verify it all.

    A signature that is kept already wins over a new one, and the leaf is made of what is kept only,
    so that sealing twice gives one signature and one leaf. From « confidentiel » on, the leaf's digest is blinded
    with a salt that is kept beside the original.

    Raises:
        Unavailable: the vault or the log does not answer.
        Corrupt: `seal.unverified`, what was just written does not verify.
    """
    signed = [_signed(thing, vault, signer, clock) for thing in things]
    placed = ledger.append([leaf for _, _, leaf in signed])
    trust, log_key, records = TrustStore.from_pem(signer.trust_pem), ledger.key_text, list[SealRecord]()
    for thing, (signature, salt, leaf), entry in zip(things, signed, placed, strict=True):
        vault.attach(thing.stored.digest, proof_suffix(entry.index), entry.proof.encode())
        verdict = check(
            digest=thing.stored.digest,
            size=thing.stored.size,
            p7s=signature,
            leaf=leaf,
            proof=entry.proof,
            trust=trust,
            log_key=log_key,
            salt=salt,
        )
        if verdict.outcome is not Outcome.INTACT:
            raise Corrupt(
                "seal.unverified",
                "Le sceau qui vient d'être posé ne se vérifie pas.",
                document=thing.document,
                steps=[step.title for step in verdict.steps if not step.passed],
            )
        records.append(SealRecord(leaf, entry.index, hashlib.sha256(signature).hexdigest(), clock()))
    return records


def _signed(thing: ToSeal, vault: Vault, signer: Signer, clock: Clock) -> tuple[bytes, bytes, bytes]:
    """Return the signature, the salt and the leaf of a thing, the first two kept beside it."""
    digest = thing.stored.digest
    signature = vault.attach(digest, "p7s", signer.sign(bytes.fromhex(digest), clock()))
    salt = salt_of(digest, vault)
    if not salt and is_blinded(thing.level):
        salt = vault.attach(digest, SALT, secrets.token_bytes(SALT_BYTES))
    leaf = Leaf(
        document=thing.document,
        sha256=blind(digest, salt) if salt else digest,
        size=thing.stored.size,
        p7s_sha256=hashlib.sha256(signature).hexdigest(),
        version=thing.stored.version,
        event=thing.event,
        actor=SYSTEM.login,
        time=thing.at.isoformat(),
        blinded=bool(salt),
    )
    return signature, salt, leaf.encode()


def told_of(record: SealRecord) -> dict[str, object]:
    """Return what the journal says of a seal: as its leaf does, so that a blinded digest stays so there too."""
    leaf = Leaf.decode(record.leaf)
    return {"leaf_index": record.leaf_index, "blinded_sha256" if leaf.blinded else "sha256": leaf.sha256}


def _sealed(letter: Letter, record: SealRecord, *, store: Store) -> None:
    with store.unit() as unit:
        current = unit.letters.get(letter.id, None, lock=True)
        if unit.seals.add(letter.id, record):
            unit.letters.change(current, sealing=Sealing.SEALED)
            unit.journal.write(record.sealed_at, Act.SEALED, SYSTEM, letter.id, **told_of(record))
            unit.outbox.add(letter.id, record.sealed_at)
        unit.commit()


def _delayed(letter: Letter, error: Unavailable, *, store: Store, clock: Clock) -> None:
    with store.unit() as unit:
        unit.journal.write(clock(), Act.SEAL_DELAYED, SYSTEM, letter.id, code=error.code)
        unit.commit()
