"""Another key for a log: made, introduced by the one in force, and that one forgotten.

One write puts it in force (`TileLedger.succeed`): before it the old key signs, after it the new one does, in every
process, without restart. What died before it left a key that nobody uses; after it, an old key that the next rotation
removes. Source: docs/decisions/0325.
"""

from __future__ import annotations

from collections.abc import Callable

from ged.clock import Clock
from ged.seal.key_files import alone, in_number, keep, new_ed25519, numbered, read_ed25519, settle
from ged.seal.keys import LogKey, pin_of
from ged.seal.ledger import TileLedger
from ged.seal.note import verifier_key
from ged.seal.tiles import durable_write


def rotate_log(key: LogKey, ledger: TileLedger, announce: Callable[[str], None], clock: Clock) -> str:
    """Put a new key of a log in force, forget the one before, and return the new one's verifier key.

    `announce` records the verifier key that is about to be in force; when it raises, nothing changes.

    Raises:
        Unavailable: `ledger.stopped`, `seal.no_log_key`.
        Corrupt: `ledger.head`.
    """
    assert key.file is not None  # noqa: S101 - a key in memory alone is a test's
    with alone(key.file.parent):
        pin = pin_of(key.file)
        keep(pin, f"{ledger.key_text}\n".encode)
        _forget_all_but(key, ledger.verifier_key)
        number = max(numbered(key.file.parent, key.file.stem, key.file.suffix)) + 1
        file = in_number(key.file.parent, key.file.stem, number, key.file.suffix)
        keep(file, new_ed25519)
        private = read_ed25519(file)
        made = verifier_key(key.origin, private.public_key())
        announce(made)
        ledger.succeed(private, clock())
        durable_write(pin, f"{ledger.key_text}\n".encode())
        _forget_all_but(key, made)
        return made


def _forget_all_but(key: LogKey, verifier: str) -> None:
    """Remove every private key of a log but that of a verifier key."""
    assert key.file is not None  # noqa: S101
    for file in numbered(key.file.parent, key.file.stem, key.file.suffix).values():
        if verifier_key(key.origin, read_ed25519(file).public_key()) != verifier:
            file.unlink()
    settle(key.file.parent)
