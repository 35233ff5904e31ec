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
from ged.mail.said import Said
from ged.seal.keys import SealKeys, ensure_certificate, refuse_revoked
from ged.seal.sealing_key import Public, as_sealing
from ged.seal.trust import TrustStore

Given = TypeVar("Given")
Pin = Callable[[], str]
"""Gives the PIN when the token is opened, so that it is kept nowhere else."""


class Token:
    """The keys of one token, by their labels; `key` is the label of the one that the configuration names."""

    def __init__(self, module: Path, token: str, key: str, pin: Pin) -> None:
        self._module = str(module)
        self._token = token
        self.label = key
        self._pin = pin
        self._lock = Lock()
        self._process = 0
        self._opened: Any = None
        self._keys: dict[str, tuple[Any, Public]] = {}
        self._refused = False

    def public(self, label: str = "") -> Public:
        """Return the public key of a label; "" is that of the configuration.

        Raises:
            Unavailable: `seal.token`, `seal.token_pin`.
            Refused: `seal.token_key`, the token has no key of that label that seals.
        """
        label = label or self.label
        return self._held(lambda session: self._pair(session, label)[1], label)

    def label_of(self, public: Public) -> str | None:
        """Return the label of the key whose public half is given; None when it is not on the token.

        Raises:
            Unavailable: as `public`.
        """
        return self._held(lambda session: self._found(session, public), self.label)

    def sign(self, data: bytes, label: str = "") -> bytes:
        """Return a signature over the SHA-256 of data: ECDSA (DER) or RSA PKCS#1 v1.5; "" is the configuration's key.

        Raises:
            Unavailable, Refused: as `public`.
        """
        label = label or self.label
        return self._held(lambda session: _signed(self._pair(session, label)[0], data), label)

    def _held(self, act: Callable[[Any], Given], label: str) -> Given:
        with self._lock:
            try:
                return act(self._open())
            except (RuntimeError, OSError):  # PKCS11Error is a RuntimeError, and so is a module that does not load
                self._drop()
            try:
                return act(self._open())
            except (RuntimeError, OSError) as error:
                self._drop()
                raise self._gone(error, label) from error

    def _open(self) -> Any:
        if self._process not in {0, os.getpid()}:
            self._drop()
        if self._opened is None:
            if self._refused:
                raise _pin_refused()
            self._opened = self._session()
        return self._opened

    def _pair(self, session: Any, label: str) -> tuple[Any, Public]:
        if label not in self._keys:
            key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=label)
            public = session.get_key(object_class=pkcs11.ObjectClass.PUBLIC_KEY, label=label)
            self._keys[label] = key, _readable(public, label)
        return self._keys[label]

    def _found(self, session: Any, public: Public) -> str | None:
        for each in list(session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PUBLIC_KEY})):
            with suppress(Refused, KeyError):  # another key of the site's, of a kind that does not seal
                if _readable(each, each.label) == public:
                    return str(each.label)
        return None

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

    def _drop(self) -> None:
        """Forget the session, and have the library look for its tokens anew."""
        self._opened = None
        self._keys = {}
        if self._process:
            self._process = 0
            with suppress(RuntimeError):  # it says why when it is opened
                pkcs11.lib(self._module).reinitialize()

    def _gone(self, error: Exception, label: str) -> GedError:
        if isinstance(error, (pkcs11.NoSuchKey, pkcs11.MultipleObjectsReturned)):
            return Refused("seal.token_key", Said("Le jeton n'a pas une clé « %(label)s », et une seule.", label=label))
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
    label: str
    chain: tuple[x509.Certificate, ...]

    def sign(self, data: bytes) -> bytes:
        """Return a signature over the SHA-256 of data."""
        return self.token.sign(data, self.label)


class TokenKeys:
    """The key of a token as the one of today; its certificates lie in the folder with those that came before.

    The newest certificate says which key of the token seals, so that a rotation made by another process serves here
    from the next seal on. The label of the configuration says it when that certificate is of no key of the token, and
    when its own key was never certified: it is a new one.
    """

    def __init__(self, keys: SealKeys, token: Token) -> None:
        self._keys = keys
        self._token = token
        self._made: tuple[TrustStore, TokenKey] | None = None

    def current(self) -> TokenKey:
        """Return the token's key; the own authority certifies a new one, when no certificate was imported.

        Raises:
            Unavailable: `seal.token`, `seal.token_pin`, `seal.revoked`.
            Refused: `seal.token_key`.
        """
        trust = self._keys.trust
        if self._made is None or self._made[0] is not trust:
            public, label = self._of_today()
            trust = self._keys.trust
            chain = self._keys.chain_of(public)
            if chain is None:
                raise Unavailable("seal.no_key", "Le certificat du cachet n'est pas dans le dossier des clés.")
            self._made = trust, TokenKey(self._token, label, chain)
        refuse_revoked(trust, self._made[1].chain)
        return self._made[1]

    def _of_today(self) -> tuple[Public, str]:
        newest = as_sealing(self._keys.newest.public_key())
        label = self._token.label_of(newest)
        if label is not None and (label == self._token.label or self._certified()):
            return newest, label
        public = self._token.public()
        ensure_certificate(self._keys, public)
        return public, self._token.label

    def _certified(self) -> bool:
        """Whether the key of the configuration has had its turn, or is no longer there: the newest is followed then."""
        try:
            return self._keys.chain_of(self._token.public()) is not None
        except Refused:
            return True

    @property
    def trust_pem(self) -> bytes:
        """Every certificate that seals or sealed, their authorities and the lists of revoked ones, PEM."""
        return self._keys.trust_pem


def _readable(key: Any, label: str) -> Public:
    rsa = key.key_type is pkcs11.KeyType.RSA
    try:
        return as_sealing(load_der_public_key(encode_rsa_public_key(key) if rsa else encode_ec_public_key(key)))
    except ValueError as error:
        raise Refused(
            "seal.token_key",
            Said(
                "La clé « %(label)s » du jeton ne convient pas : il faut P-256, ou RSA de 3072 bits au moins.",
                label=label,
            ),
        ) from error


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
