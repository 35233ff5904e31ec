"""Anchors: the moments at which others vouched for the head of a log, and what they gave for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

DOCUMENTS, JOURNAL = "documents", "journal"
"""The two logs: of originals, and of acts."""

RETRY_FIRST, RETRY_LAST = timedelta(minutes=1), timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a time-stamping authority gave, checked.

    Attributes:
        token: The TimeStampResp as it came, DER.
        authority: The name under which the site configured the authority.
        at: The genTime of the token.
        ends: When the first certificate of the authority's chain ends: renew before.
        demonstration: Whether the authority is this machine's own, for demonstration: it proves nothing to a stranger.
    """

    token: bytes
    authority: str
    at: datetime
    ends: datetime
    demonstration: bool = False


@dataclass(frozen=True, slots=True)
class LogAnchor:
    """A head of a log and what vouches for it from outside.

    Attributes:
        log: `documents` or `journal`.
        root: Hexadecimal.
        note: The checkpoint as the log alone signed it: what the token covers, byte for byte.
        made_at: When the head was taken, by our clock.
        cosignatures: Lines that witnesses added, each ended by a newline.
        stamp: The token, or None where no authority is configured or none has answered yet.
        attempts: How many rounds asked the authorities for a token in vain, heads before this one included.
        said: What the last of them answered.
    """

    log: str
    size: int
    root: str
    note: bytes
    made_at: datetime
    cosignatures: tuple[str, ...] = ()
    stamp: Stamp | None = None
    attempts: int = 0
    tried_at: datetime | None = None
    said: str = ""

    @property
    def cosigned_note(self) -> bytes:
        """The checkpoint with the lines of the witnesses under that of the log."""
        return self.note + "".join(self.cosignatures).encode()

    @property
    def token(self) -> bytes:
        """The TimeStampResp (DER), or nothing."""
        return self.stamp.token if self.stamp else b""

    def due(self, now: datetime) -> bool:
        """Whether the authorities are to be asked now: at once, then after one minute, two, four, up to ten."""
        if self.stamp is not None or self.tried_at is None:
            return self.stamp is None
        minutes = 1 << max(0, min(self.attempts, 10) - 1)
        return now - self.tried_at >= min(RETRY_LAST, RETRY_FIRST * minutes)


@dataclass(frozen=True, slots=True)
class AuthorityState:
    """How a time-stamping authority last answered.

    Attributes:
        said: Why it failed last, or "" when it has answered since.
    """

    name: str
    answered_at: datetime | None
    failed_at: datetime | None
    said: str


RENEW_AHEAD = timedelta(days=365)
"""How long before the first certificate of an authority ends the alert is given."""


@dataclass(frozen=True, slots=True)
class Anchoring:
    """How a log stands with those who vouch for it.

    Attributes:
        size: Entries in the last head that was taken; `stamped` in the last that has a token.
        witnesses: How many signed the last head.
        stamped_at: The time of the last token; `authority` gave it.
        waiting_since: When the oldest head that still waits for a token was taken; None when none does.
        said: Why no authority gave a token, or "".
        ends: When the first token that is kept loses its worth, unless it is renewed.
    """

    log: str
    size: int
    stamped: int
    witnesses: int
    stamped_at: datetime | None
    authority: str
    demonstration: bool
    waiting_since: datetime | None
    said: str
    ends: datetime | None

    def to_renew(self, now: datetime) -> bool:
        """Whether it is time to renew, a year ahead."""
        return self.ends is not None and now >= self.ends - RENEW_AHEAD


@dataclass(frozen=True, slots=True)
class Ending:
    """Heads whose tokens lose their worth on one day, unless they are renewed."""

    log: str
    authority: str
    ends: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Renewable:
    """A head whose token can be renewed: the token as it came; the record of its renewals, empty before the first.

    Attributes:
        note: The head itself, which the token covers: what a renewal of the hash-tree hashes anew.
    """

    log: str
    size: int
    note: bytes
    token: bytes
    record: bytes
    ends: datetime
