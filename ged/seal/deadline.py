"""What ends by itself on a known day: certificates. Said a year ahead, and again as the day comes near; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from ged.seal.trust import named

SAID_AT = (365, 180, 90, 30, 7, 1, 0)
"""Days before the end at which it is said; the last one is said on the day and says that it has ended."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something that ends: what it is, as it is shown, whose, and when."""

    what: str
    name: str
    ends_at: datetime

    def days(self, now: datetime) -> int:
        """Return how many whole days are left; below 0 once it has ended."""
        return (self.ends_at - now).days

    def stage(self, now: datetime) -> int | None:
        """Return which of `SAID_AT` is reached, None while none is."""
        return next((each for each in reversed(SAID_AT) if self.days(now) <= each), None)


def of_chain(chain: Sequence[x509.Certificate]) -> tuple[Deadline, ...]:
    """Return the ends of a sealing certificate and of those above it."""
    words = ["Certificat du cachet", *["Autorité du cachet"] * (len(chain) - 1)]
    return tuple(Deadline(word, named(each), each.not_valid_after_utc) for word, each in zip(words, chain, strict=True))


def of_roots(roots: Iterable[x509.Certificate]) -> tuple[Deadline, ...]:
    """Return the ends of the certificates that tokens of time must lead to."""
    return tuple(Deadline("Autorité d'horodatage", named(each), each.not_valid_after_utc) for each in roots)


def of_tokens(ends: Mapping[str, datetime]) -> tuple[Deadline, ...]:
    """Return the ends of what signed the last token of each authority, by its name, at the first of its certificates.

    Keys of witnesses have no end of their own: they are followed from one succession to the next.
    """
    return tuple(Deadline("Certificat d'horodatage", name, at) for name, at in ends.items())


def soonest(deadlines: Iterable[Deadline]) -> tuple[Deadline, ...]:
    """Return deadlines, the one that ends first first."""
    return tuple(sorted(deadlines, key=lambda each: each.ends_at))
