"""What lies beside an original in the vault, and under which suffixes."""

from __future__ import annotations

from ged.ports import Vault


def proof_suffix(leaf_index: int) -> str:
    """Return the name under which the proof of a leaf is kept beside its original."""
    return f"{leaf_index}.tlog-proof"


SALT = "sel"
"""The suffix of the companion that holds what blinds a leaf: it goes with the original, and dies with its key."""


def salt_of(digest: str, vault: Vault) -> bytes:
    """Return what blinds the leaf of an original; b"" where its digest stands in the log as it is."""
    return vault.companion(digest, SALT) or b""
