"""Acts on the sealing keys, each in the journal before it is in force; and how they all stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from ged.clock import Clock
from ged.mail.access import Actor, Right, require
from ged.mail.journal import Act
from ged.seal import rotation
from ged.seal.keys import LogKey, SealKeys
from ged.seal.ledger import TileLedger
from ged.seal.log_rotation import rotate_log
from ged.seal.sealing_key import Public
from ged.seal.trust import named
from ged.store.unit import Store


class KeyState(StrEnum):
    """How a certificate stands today."""

    IN_FORCE = "en_vigueur"
    OLD = "ancienne"
    ENDED = "echue"
    REVOKED = "revoquee"


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One certificate as it is listed; `until` is when it was revoked, if it was, else when it ends."""

    serial: str
    name: str
    since: datetime
    until: datetime
    state: KeyState
    reason: str
    fingerprint: str


def key_lines(*, keys: SealKeys, actor: Actor, clock: Clock) -> tuple[KeyLine, ...]:
    """Return every certificate that seals, sealed or vouches for one, oldest first.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.SEE_STATUS)
    trust, now = keys.trust, clock()
    lines = []
    for each in (*trust.authorities, *trust.links, *trust.seals):
        path = trust.path(each) if each in trust.seals else (each,)
        revoked = trust.revocation(each, path[1]) if len(path) > 1 else None
        if revoked is not None:
            state = KeyState.REVOKED
        elif each.not_valid_after_utc < now:
            state = KeyState.ENDED
        else:
            state = KeyState.IN_FORCE if each in {keys.newest, keys.issuer} else KeyState.OLD
        lines.append(
            KeyLine(
                serial=serial_of(each),
                name=named(each),
                since=each.not_valid_before_utc,
                until=each.not_valid_after_utc if revoked is None else revoked.at,
                state=state,
                reason="" if revoked is None else revoked.reason,
                fingerprint=fingerprint_of(each),
            )
        )
    return tuple(lines)


def rotate_keys(
    *,
    keys: SealKeys,
    rsa: bool = False,
    authority: bool = False,
    on_token: Public | None = None,
    store: Store,
    actor: Actor,
    clock: Clock,
) -> x509.Certificate:
    """Put a new sealing key in force, that of a token where it is given; with `authority`, a new own one certifies it.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.KEEP_KEYS)
    announce = _announce(Act.KEY_ROTATED, store, actor, clock)
    if authority:
        rotation.rotate_authority(keys, announce)
    return rotation.rotate_seal(keys, announce, rsa=rsa, on_token=on_token)


def rotate_log_key(log: str, key: LogKey, ledger: TileLedger, *, store: Store, actor: Actor, clock: Clock) -> str:
    """Put a new key of a log (`documents`, `journal`) in force, introduced by the one before; give its verifier key.

    Raises:
        Forbidden: `access.right`.
        Unavailable, Corrupt: as `ged.seal.log_rotation.rotate_log`.
    """
    require(actor, Right.KEEP_KEYS)

    def announce(verifier: str) -> None:
        with store.unit() as unit:
            unit.journal.write(clock(), Act.LOG_KEY_ROTATED, actor, log=log, key=verifier)
            unit.commit()

    return rotate_log(key, ledger, announce, clock)


def ask_certificate(*, keys: SealKeys, rsa: bool = False, store: Store, actor: Actor, clock: Clock) -> bytes:
    """Return a request (PEM) for the site's authority; its key waits here for the certificate.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.KEEP_KEYS)
    with store.unit() as unit:
        unit.journal.write(clock(), Act.KEY_ASKED, actor, kind="rsa" if rsa else "p256")
        unit.commit()
    return rotation.ask(keys, rsa=rsa)


def import_keys(
    pem: bytes, *, keys: SealKeys, on_token: Public | None, store: Store, actor: Actor, clock: Clock
) -> tuple[x509.Certificate | None, int]:
    """Take what a file brings: a certificate with its chain, put in force, and lists of revoked ones, kept.

    Returns:
        The certificate, if there was one, and how many lists are new.

    Raises:
        Forbidden: `access.right`.
        Refused: `keys.certificate`, `keys.list`; nothing of the file was taken, but lists that came with it may be.
    """
    require(actor, Right.KEEP_KEYS)
    lists = rotation.import_lists(keys, pem)
    if lists:
        with store.unit() as unit:
            unit.journal.write(clock(), Act.KEY_LISTS, actor, lists=lists)
            unit.commit()
    if lists and b"BEGIN CERTIFICATE" not in pem:
        return None, lists
    announce = _announce(Act.KEY_IMPORTED, store, actor, clock)
    return rotation.import_certificate(keys, pem, announce, on_token=on_token), lists


def revoke_key(
    serial: str,
    *,
    reason: x509.ReasonFlags,
    suspected: datetime | None,
    keys: SealKeys,
    store: Store,
    actor: Actor,
    clock: Clock,
) -> x509.Certificate:
    """Publish that a sealing certificate is not to be believed; one whose key seals now is rotated first.

    Raises:
        Forbidden: `access.right`.
        NotFound, Conflict, Refused: as `ged.seal.rotation.revoke`.
    """
    require(actor, Right.KEEP_KEYS)
    number = int(serial, 16)
    announce = _announce(Act.KEY_REVOKED, store, actor, clock, reason=reason.value, suspected=str(suspected or ""))
    return rotation.revoke(keys, number, announce, reason=reason, suspected=suspected)


def serial_of(certificate: x509.Certificate) -> str:
    """Return a serial number as openssl shows it."""
    return f"{certificate.serial_number:X}"


def fingerprint_of(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate, hexadecimal."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def _announce(act: Act, store: Store, actor: Actor, clock: Clock, **details: str) -> rotation.Announce:
    def announce(certificate: x509.Certificate) -> None:
        with store.unit() as unit:
            unit.journal.write(
                clock(),
                act,
                actor,
                serial=serial_of(certificate),
                sha256=fingerprint_of(certificate),
                name=named(certificate),
                until=certificate.not_valid_after_utc.isoformat(),
                **details,
            )
            unit.commit()

    return announce
