"""Proofs that outlive us: beside each original, once its head is vouched for, the way from its entry to that head."""

from __future__ import annotations

from ged.ports import Ledger, Vault
from ged.seal.note import Proof, write_proof
from ged.store.unit import Store


def anchored_suffix(index: int, size: int) -> str:
    """Return the name under which the proof of an entry under the head of `size` is kept beside its original."""
    return f"{index}.{size}.tlog-proof"


def keep_proofs(log: str, *, ledger: Ledger, store: Store, vault: Vault) -> int:
    """Keep the proof of every original sealed since the last time, under the last head vouched for; give how many.

    A head with a token comes before one that only witnesses signed. Killed anywhere, it starts again where it
    was. A proof can be made anew from the log and the anchor: one that is missing here is no loss.

    Raises:
        Unavailable: the vault does not answer.
    """
    with store.unit() as unit:
        kept = unit.anchors.proofs_kept(log)
        anchor = unit.anchors.last(log, stamped=True) or unit.anchors.last(log, cosigned=True)
        if anchor is None or anchor.size <= kept:
            return 0
        originals = unit.seals.between(kept, anchor.size)
    note = anchor.cosigned_note.decode()
    for index, digest in originals:
        path = tuple(ledger.inclusion(index, anchor.size))
        vault.attach(digest, anchored_suffix(index, anchor.size), write_proof(Proof(index, path, note)).encode())
    with store.unit() as unit:
        unit.anchors.keep_proofs(anchor)
        unit.commit()
    return len(originals)
