"""What lies beside an original in the vault, and under which suffixes."""

from __future__ import annotations

from ged.mail.item import Confidentiality
from ged.ports import Vault


def proof_suffix(leaf_index: int) -> str:
    """Return the name under which the proof of a leaf is kept beside its original."""
    return f"{leaf_index}.tlog-proof"


SALT = "sel"
"""The suffix of the companion that holds what blinds a leaf: it goes with the original, and dies with its key."""


def salt_of(digest: str, vault: Vault) -> bytes:
    """Return what blinds the leaf of an original; b"" where its digest stands in the log as it is."""
    return vault.companion(digest, SALT) or b""


def is_blinded(level: Confidentiality) -> bool:
    """Whether what is sealed at a level has its digest blinded in the logs."""
    return level.rank >= Confidentiality.CONFIDENTIAL.rank


def told_digest(digest: str, level: Confidentiality, name: str = "sha256") -> dict[str, str]:
    """Return what the journal says of bytes outside the line of their seal: their SHA-256, unless a leaf blinds it."""
    return {} if is_blinded(level) else {name: digest}
