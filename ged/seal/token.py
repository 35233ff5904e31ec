"""A key that never leaves its token (a smart card, an HSM, softhsm2): reached by PKCS#11, reopened after it was gone.

A PIN that the token refused is never tried again by this process: three tries lock most tokens. One signature at
a time goes through one session, whichever thread asks; a forked process opens its own.

Source: OASIS PKCS#11 v3.1, 5.4 (forks), 6.3.12 (ECDSA gives r then s), 6.1.9 (RSA PKCS#1 v1.5 with SHA-256).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pkcs11.util.ec import encode_ec_public_key
from pkcs11.util.rsa import encode_rsa_public_key

from ged.errors import GedError, Refused, Unavailable
from ged.seal.keys import SealKeys, ensure_certificate, refuse_revoked
from ged.seal.sealing_key import Public, as_sealing
from ged.seal.trust import TrustStore

Given = TypeVar("Given")
Pin = Callable[[], str]
"""Gives the PIN when the token is opened, so that it is kept nowhere else."""


class Token:
    """One key on one token, by their labels."""

    def __init__(self, module: Path, token: str, key: str, pin: Pin) -> None:
        self._module = str(module)
        self._token = token
        self._label = key
        self._pin = pin
        self._lock = Lock()
        self._process = 0
        self._opened: tuple[Any, Public] | None = None
        self._refused = False

    def public(self) -> Public:
        """Return the public key.

        Raises:
            Unavailable: `seal.token`, `seal.token_pin`.
            Refused: `seal.token_key`, the token has no key of that label that seals.
        """
        return self._held(lambda _key, public: public)

    def sign(self, data: bytes) -> bytes:
        """Return a signature over the SHA-256 of data: ECDSA (DER) or RSA PKCS#1 v1.5.

        Raises:
            Unavailable, Refused: as `public`.
        """
        return self._held(lambda key, _public: _signed(key, data))

    def _held(self, act: Callable[[Any, Public], Given]) -> Given:
        with self._lock:
            try:
                return act(*self._open())
            except (RuntimeError, OSError):  # PKCS11Error is a RuntimeError, and so is a module that does not load
                self._drop()
            try:
                return act(*self._open())
            except (RuntimeError, OSError) as error:
                self._drop()
                raise self._gone(error) from error

    def _open(self) -> tuple[Any, Public]:
        if self._process not in {0, os.getpid()}:
            self._drop()
        if self._opened is None:
            if self._refused:
                raise _pin_refused()
            session = self._session()
            key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=self._label)
            public = session.get_key(object_class=pkcs11.ObjectClass.PUBLIC_KEY, label=self._label)
            self._opened = key, self._readable(public)
        return self._opened

    def _session(self) -> Any:
        library = pkcs11.lib(self._module)
        self._process = os.getpid()
        token = library.get_token(token_label=self._token)
        try:
            return token.open(user_pin=self._pin())
        except pkcs11.UserAlreadyLoggedIn:
            return token.open()  # another session of this process gave the PIN
        except (pkcs11.PinIncorrect, pkcs11.PinLocked, pkcs11.PinInvalid, pkcs11.PinLenRange) as error:
            self._refused = True
            raise _pin_refused() from error

    def _readable(self, key: Any) -> Public:
        rsa = key.key_type is pkcs11.KeyType.RSA
        try:
            return as_sealing(load_der_public_key(encode_rsa_public_key(key) if rsa else encode_ec_public_key(key)))
        except ValueError as error:
            raise Refused(
                "seal.token_key",
                f"La clé « {self._label} » du jeton ne convient pas : il faut P-256, ou RSA de 3072 bits au moins.",
            ) from error

    def _drop(self) -> None:
        """Forget the session, and have the library look for its tokens anew."""
        self._opened = None
        if self._process:
            self._process = 0
            with suppress(RuntimeError):  # it says why when it is opened
                pkcs11.lib(self._module).reinitialize()

    def _gone(self, error: Exception) -> GedError:
        if isinstance(error, (pkcs11.NoSuchKey, pkcs11.MultipleObjectsReturned)):
            return Refused("seal.token_key", f"Le jeton n'a pas une clé « {self._label} », et une seule.")
        return Unavailable(
            "seal.token",
            "Le jeton qui garde la clé du cachet ne répond pas. Les courriers sont gardés ; leur sceau attend.",
            token=self._token,
            reason=type(error).__name__,
        )


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A token's key with the chain of its certificate."""

    token: Token
    chain: tuple[x509.Certificate, ...]

    def sign(self, data: bytes) -> bytes:
        """Return a signature over the SHA-256 of data."""
        return self.token.sign(data)


class TokenKeys:
    """The key of a token as the one of today; its certificates lie in the folder with those that came before."""

    def __init__(self, keys: SealKeys, token: Token) -> None:
        self._keys = keys
        self._token = token
        self._made: tuple[TrustStore, TokenKey] | None = None

    def current(self) -> TokenKey:
        """Return the token's key; the own authority certifies it the first time, when no certificate was imported.

        Raises:
            Unavailable: `seal.token`, `seal.token_pin`, `seal.revoked`.
            Refused: `seal.token_key`.
        """
        trust = self._keys.trust
        if self._made is None or self._made[0] is not trust:
            public = self._token.public()
            ensure_certificate(self._keys, public)
            trust = self._keys.trust
            chain = self._keys.chain_of(public)
            if chain is None:
                raise Unavailable("seal.no_key", "Le certificat du cachet n'est pas dans le dossier des clés.")
            self._made = trust, TokenKey(self._token, chain)
        refuse_revoked(trust, self._made[1].chain)
        return self._made[1]

    @property
    def trust_pem(self) -> bytes:
        """Every certificate that seals or sealed, their authorities and the lists of revoked ones, PEM."""
        return self._keys.trust_pem


def _signed(key: Any, data: bytes) -> bytes:
    if key.key_type is pkcs11.KeyType.RSA:
        return bytes(key.sign(data, mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS))
    pair = bytes(key.sign(hashlib.sha256(data).digest(), mechanism=pkcs11.Mechanism.ECDSA))
    half = len(pair) // 2
    return encode_dss_signature(int.from_bytes(pair[:half], "big"), int.from_bytes(pair[half:], "big"))


def _pin_refused() -> Unavailable:
    return Unavailable(
        "seal.token_pin",
        "Le jeton refuse le code PIN. Il n'est plus essayé, pour ne pas bloquer le jeton : corrigez-le, puis "
        "redémarrez. Les courriers sont gardés ; leur sceau attend.",
    )
