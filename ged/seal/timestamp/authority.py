"""A time-stamping authority, most often over HTTP: one question, one answer, every part of the answer checked.

Source: RFC 3161, 3.4 (HTTP).
"""

from __future__ import annotations

import secrets
import urllib.request
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError

from cryptography import x509

from ged.errors import Corrupt, Unavailable
from ged.mail.anchor import Stamp
from ged.mail.said import Said
from ged.seal.der import oid
from ged.seal.timestamp.chain import CheckedToken, check_response
from ged.seal.timestamp.request import write_request

MAX_SKEW = timedelta(minutes=5)
"""How far an authority's clock may be from ours."""
MAX_STEP_BACK = timedelta(minutes=1)
"""How far the time of a token may lie before that of the one before it: two authorities, two clocks."""
_MAX_BYTES = 1 << 18
"""A longer answer is cut, and then refused as malformed."""
_HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


Ask = Callable[[bytes], bytes]
"""Puts a TimeStampReq and returns what came back; raises OSError (with the reason) when nothing did."""


class TokenAuthority:
    """An authority by the way to ask it. `roots` are the certificates that its own must lead to."""

    def __init__(self, name: str, ask: Ask, roots: Sequence[x509.Certificate], *, policy: str = "") -> None:
        self._name, self._ask, self._roots, self._policy = name, ask, tuple(roots), policy

    @property
    def name(self) -> str:
        """The name that the site gave it."""
        return self._name

    def stamp(self, imprint: bytes, *, now: datetime, after: datetime | None, algorithm: str = "sha256") -> Stamp:
        """Return a token over a digest. Raises as the port says."""
        nonce = secrets.randbits(64)
        try:
            response = self._ask(write_request(imprint, algorithm, nonce, self._policy))
        except OSError as error:
            raise self._away(str(error)) from error
        try:
            found = check_response(response, imprint, self._roots, algorithm)
            self._check(found, nonce, now, after)
        except ValueError as error:
            raise self._refused(str(error)) from error
        return Stamp(response, self._name, found.token.at, found.ends, found.demonstration)

    def _check(self, found: CheckedToken, nonce: int, now: datetime, after: datetime | None) -> None:
        token = found.token
        if token.nonce != nonce:
            raise ValueError(Said("la réponse est à une autre question : son nonce n'est pas le nôtre"))
        if self._policy and token.policy != oid(self._policy):
            raise ValueError(Said("le jeton suit une autre politique"))
        if abs(token.at - now) > MAX_SKEW:
            raise ValueError(
                Said(
                    "son heure, %(time)s, est loin de la nôtre, %(ours)s (UTC)",
                    time=f"{token.at:%Y-%m-%d %H:%M:%S}",
                    ours=f"{now:%Y-%m-%d %H:%M:%S}",
                )
            )
        if after is not None and token.at < after - MAX_STEP_BACK:
            raise ValueError(
                Said("son heure, %(time)s (UTC), précède celle du dernier jeton", time=f"{token.at:%Y-%m-%d %H:%M:%S}")
            )

    def _away(self, reason: str) -> Unavailable:
        return Unavailable(
            "timestamp.unavailable",
            Said(
                "L'autorité d'horodatage « %(authority)s » ne répond pas. Rien n'est perdu : l'horodatage attend, et "
                "il est demandé à nouveau.",
                authority=self._name,
            ),
            authority=self._name,
            reason=reason[:200],
        )

    def _refused(self, reason: str) -> Corrupt:
        return Corrupt(
            "timestamp.refused",
            Said(
                "La réponse de l'autorité d'horodatage « %(authority)s » ne tient pas : elle n'est pas gardée. "
                "Prévenez l'administrateur si cela dure.",
                authority=self._name,
            ),
            authority=self._name,
            reason=reason[:200],
        )


def http_authority(
    name: str, url: str, roots: Sequence[x509.Certificate], *, policy: str = "", timeout_s: float = 10
) -> TokenAuthority:
    """Return the authority that answers at an address."""
    return TokenAuthority(name, over_http(url, timeout_s), roots, policy=policy)


def over_http(url: str, timeout_s: float) -> Ask:
    """Return how to ask at an address, through the proxy that the environment names, if it names one."""
    opener = urllib.request.build_opener(_Stay)

    def ask(question: bytes) -> bytes:
        request = urllib.request.Request(url, question, _HEADERS)  # noqa: S310 - the settings admit http and https alone
        try:
            with opener.open(request, timeout=timeout_s) as answer:
                body: bytes = answer.read(_MAX_BYTES)
        except HTTPError as error:
            error.close()
            raise OSError(f"HTTP {error.code}") from error
        except HTTPException as error:
            raise OSError(repr(error)) from error
        return body

    return ask


class _Stay(urllib.request.HTTPRedirectHandler):
    """The address comes from the configuration, and no answer leads elsewhere."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None
