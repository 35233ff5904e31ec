"""Acts on the folder of keys: a new key, a certificate asked of the site's authority, one that comes, one revoked.

Each act tells `announce` what it is about to put in force, then does so by one rename: what died in between was told
and did not happen, and can be done again. A file that no certificate names yet serves nobody.

Source: RFC 5280; RFC 2986.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from ged.errors import Conflict, NotFound, Refused
from ged.mail.said import Said, said_by
from ged.seal.certify import authority_certificate, certificate_request, revocation_list, revoked_certificate
from ged.seal.key_files import alone, in_number, keep, new_p256, new_rsa, numbered, read_private, settle
from ged.seal.keys import AUTHORITY, LISTS, SEAL, SealKeys, certified
from ged.seal.sealing_key import FileKey, Public, as_sealing, to_pem
from ged.seal.trust import Moment, TrustStore

ASKED = "demande"
_LIST = re.compile(rb"-----BEGIN X509 CRL-----.*?-----END X509 CRL-----\n?", re.DOTALL)
Announce = Callable[[x509.Certificate], None]
"""Records an act on a certificate; when it raises, the act is not done."""


def rotate_seal(
    keys: SealKeys, announce: Announce, *, rsa: bool = False, on_token: Public | None = None
) -> x509.Certificate:
    """Put a new sealing key in force, certified by the own authority; every process seals with it from its next seal.

    Args:
        keys: The folder.
        announce: Told of the certificate before it is in force.
        rsa: Whether the key that is made is RSA, not P-256.
        on_token: The public half of a key that a token made, where it is to seal.

    Raises:
        Corrupt: `seal.keys`.
    """
    with alone(keys.folder):
        number = _next(keys.folder, SEAL)
        if on_token is None:
            file = in_number(keys.folder, SEAL, number, ".key")
            _new_key(file, rsa=rsa)
            public: Public = read_private(file).public_key()
        else:
            public = on_token
        pem = certified(keys.folder, public, keys.organisation, keys.clock)
        made = x509.load_pem_x509_certificate(pem)
        announce(made)
        keep(in_number(keys.folder, SEAL, number, ".pem"), lambda: pem)
        return made


def rotate_authority(keys: SealKeys, announce: Announce) -> x509.Certificate:
    """Make another own authority, which certifies from now on; what the ones before certified is still believed."""
    with alone(keys.folder):
        number = _next(keys.folder, AUTHORITY)
        file = in_number(keys.folder, AUTHORITY, number, ".key")
        _new_key(file)
        made = authority_certificate(read_private(file), keys.organisation, keys.clock())
        announce(made)
        keep(in_number(keys.folder, AUTHORITY, number, ".pem"), lambda: to_pem(made))
        return made


def ask(keys: SealKeys, *, rsa: bool = False) -> bytes:
    """Return a request (PEM) for the site's authority over a new key, which waits in the folder for its certificate."""
    with alone(keys.folder):
        number = max(numbered(keys.folder, ASKED, ".key"), default=0) + 1
        file = in_number(keys.folder, ASKED, number, ".key")
        keep(file, new_rsa if rsa else new_p256)
        private = read_private(file)
        return certificate_request(private.public_key(), FileKey(private, ()).sign, keys.organisation)


def import_certificate(
    keys: SealKeys, pem: bytes, announce: Announce, *, on_token: Public | None = None
) -> x509.Certificate:
    """Put a certificate of the site's authority in force, with the key that it was asked for or a token's.

    Args:
        keys: The folder.
        pem: The certificate and its issuers up to one that signed itself.
        announce: As for a rotation.
        on_token: The public key of the token in use, where there is one.

    Raises:
        Refused: `keys.certificate`; the sentence says why it cannot serve.
    """
    with alone(keys.folder):
        certificate, chain = _readable(keys, pem)
        private = _asked(keys.folder, certificate)
        if private is None and (on_token is None or certificate.public_key() != on_token):
            raise _unfit(Said("sa clé n'est ni une de celles demandées ici (ged keys request), ni celle du jeton"))
        announce(certificate)
        number = _next(keys.folder, SEAL)
        if private is not None:
            file = in_number(keys.folder, SEAL, number, ".key")
            file.unlink(missing_ok=True)
            keep(file, private.read_bytes)
        keep(in_number(keys.folder, SEAL, number, ".pem"), lambda: to_pem(*chain))
        if private is not None:
            _forget(private)
        return certificate


def import_lists(keys: SealKeys, pem: bytes) -> int:
    """Keep the lists of revoked certificates of a file, once each; return how many are new.

    Raises:
        Refused: `keys.list`, a list that no authority known here signed.
    """
    with alone(keys.folder):
        known = {each.public_bytes(serialization.Encoding.DER) for each in keys.trust.lists}
        fresh = []
        for block in _LIST.findall(pem):
            each = _read_list(block)
            if not keys.trust.signed(each):
                raise Refused("keys.list", "Cette liste de révocation n'est signée par aucune autorité connue ici.")
            if each.public_bytes(serialization.Encoding.DER) not in known:
                fresh.append(each.public_bytes(serialization.Encoding.PEM))
        if fresh:
            keep(in_number(keys.folder, LISTS, _next(keys.folder, LISTS), ".pem"), lambda: b"".join(fresh))
        return len(fresh)


def revoke(
    keys: SealKeys,
    serial: int,
    announce: Announce,
    *,
    reason: x509.ReasonFlags,
    suspected: datetime | None = None,
) -> x509.Certificate:
    """Publish that a sealing certificate of the own authority is not to be believed any more, and forget its key.

    Raises:
        NotFound: `keys.unknown`.
        Conflict: `keys.revoked`, it is already; or `keys.in_force`, its key seals now: rotate first.
        Refused: `keys.foreign`, another authority made it and alone revokes it.
    """
    with alone(keys.folder):
        certificate = next((each for each in keys.trust.seals if each.serial_number == serial), None)
        if certificate is None:
            raise NotFound("keys.unknown", "Aucun cachet de cette installation ne porte ce numéro de série.")
        issuer = keys.trust.path(certificate)[1]
        own = _own_key(keys.folder, issuer)
        if own is None:
            raise Refused(
                "keys.foreign",
                "Ce certificat vient d'une autre autorité : elle seule le révoque. Demandez-lui sa liste de "
                "révocation, puis importez-la (ged keys import).",
            )
        if keys.trust.revocation(certificate, issuer) is not None:
            raise Conflict("keys.revoked", "Ce certificat est déjà révoqué. Rien n'a changé.")
        file = _key_file(keys.folder, certificate)
        if file is not None and certificate == keys.newest:
            raise Conflict("keys.in_force", "Cette clé scelle encore. Changez-la d'abord (ged keys rotate).")
        announce(certificate)
        now = keys.clock()
        before = [entry for each in keys.trust.lists if each.issuer == issuer.subject for entry in each]
        once = {entry.serial_number: entry for entry in reversed(before)}
        once[serial] = revoked_certificate(certificate, now, reason, suspected)
        number = _next(keys.folder, LISTS)
        made = revocation_list(once.values(), issuer, read_private(own), number, now)
        pem = made.public_bytes(serialization.Encoding.PEM)
        keep(in_number(keys.folder, LISTS, number, ".pem"), lambda: pem)
        if file is not None:
            _forget(file)
        return certificate


def _next(folder: Path, stem: str) -> int:
    return max(numbered(folder, stem, ".pem"), default=0) + 1


def _new_key(file: Path, *, rsa: bool = False) -> None:
    """Make a key where a rotation that died may have left one that no certificate names."""
    file.unlink(missing_ok=True)
    keep(file, new_rsa if rsa else new_p256)


def _forget(file: Path) -> None:
    file.unlink()
    settle(file.parent)


def _asked(folder: Path, certificate: x509.Certificate) -> Path | None:
    for file in numbered(folder, ASKED, ".key").values():
        if read_private(file).public_key() == certificate.public_key():
            return file
    return None


def _key_file(folder: Path, certificate: x509.Certificate) -> Path | None:
    for file in numbered(folder, SEAL, ".key").values():
        if read_private(file).public_key() == certificate.public_key():
            return file
    return None


def _own_key(folder: Path, issuer: x509.Certificate) -> Path | None:
    for number, file in numbered(folder, AUTHORITY, ".pem").items():
        if x509.load_pem_x509_certificate(file.read_bytes()) == issuer:
            key = in_number(folder, AUTHORITY, number, ".key")
            return key if key.exists() else None
    return None


def _readable(keys: SealKeys, pem: bytes) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    """Return a certificate that may seal here today, and its chain."""
    try:
        given = TrustStore.from_pem(pem)
        certificate = given.seals[0]
        as_sealing(certificate.public_key())
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (ValueError, IndexError) as error:
        raise _unfit(Said("le fichier n'a pas de certificat de clé P-256, ou RSA de 3072 bits au moins")) from error
    except x509.ExtensionNotFound as error:
        raise _unfit(Said("il ne dit pas à quoi sa clé sert")) from error
    if not (usage.digital_signature or usage.content_commitment):
        raise _unfit(Said("sa clé n'est pas faite pour signer"))
    known = TrustStore.from_pem(pem + keys.trust_pem)
    try:
        chain = known.path(certificate)
        known.judge(chain, Moment(keys.clock(), proved=False))
    except ValueError as error:
        raise _unfit(
            Said("%(why)s. Joignez au fichier toute la chaîne, jusqu'à l'autorité racine", why=said_by(error))
        ) from error
    return certificate, chain


def _read_list(block: bytes) -> x509.CertificateRevocationList:
    try:
        return x509.load_pem_x509_crl(block)
    except ValueError as error:
        raise Refused("keys.list", "Cette liste de révocation n'est pas lisible.") from error


def _unfit(why: str) -> Refused:
    return Refused("keys.certificate", Said("Ce certificat ne peut pas sceller ici : %(why)s.", why=why))
