"""What crosses the process: the protocols that the store and the seal fulfil with real engines.

Every pair of adapters passes one contract suite in tests/contract, on the real thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from ged.mail.anchor import Stamp
from ged.mail.sheet import Sheet
from ged.mail.signature_block import SignatureBlock


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes that are durable in the vault.

    Attributes:
        digest: SHA-256, 64 lower-case hexadecimal digits: the object's only name.
        size: In bytes.
        version: The store's own version identifier (S3), or "" where there is none.
        existed: Whether the same bytes were already there: nothing was written.
    """

    digest: str
    size: int
    version: str
    existed: bool


class Found(NamedTuple):
    """One thing that a store holds: an object, a companion, a version of one, a delete marker, or a stranger.

    Attributes:
        name: The store's own name for it: what `Vault.objects` can be resumed from.
        digest: The object it is, or that it goes with; "" for what does not bear a name of ours (a stranger).
        suffix: Of a companion; "" for the object itself.
        size: Of an object, in bytes, as `Vault.open` would read them; 0 for a companion and for a delete marker.
        version: The store's own version identifier (S3), or "" where there is none.
        latest: Whether it is what a read gets; an older version, or what a delete marker hides, is not.
        delete_marker: Whether it only says that the name was deleted (S3).
        keyless: Whether it is ciphertext that nobody can open: its key was shredded and a lock keeps the bytes, or it
            is of a deposit that died before it was acknowledged. Its `digest` is "", and nothing is missing.
    """

    name: str
    digest: str
    suffix: str
    size: int
    version: str
    latest: bool = True
    delete_marker: bool = False
    keyless: bool = False

    @property
    def stranger(self) -> bool:
        """Whether it bears no name that this vault gives."""
        return not self.digest and not self.keyless


@dataclass(frozen=True, slots=True)
class Shredded:
    """What became of an object that was shredded.

    Attributes:
        unreadable: Whether nobody can read it any more. Without encryption a lock keeps the bytes, and their meaning.
        remains: Whether bytes stay in the store, under a lock.
    """

    unreadable: bool
    remains: bool


@dataclass(frozen=True, slots=True)
class VaultReport:
    """What the status page says of the vault: where, and whether it can promise immutability."""

    kind: str
    place: str
    object_lock: bool
    reachable: bool
    remark: str
    encrypted: bool = False


class Vault(Protocol):
    """Originals and renditions by SHA-256. Put-if-absent; nothing here deletes but `shred`, for a disposal.

    Every method raises `Unavailable` when the engine does not answer, and `Corrupt` when what it
    gives back does not hash to its name.
    """

    def put(self, stream: BinaryIO, *, media_type: str, limit_bytes: int | None = None, tenant_id: str = "") -> Stored:
        """Make the stream's bytes durable under their SHA-256; the same bytes again change nothing.

        An encrypted vault gives them a key under the organisation's own (`tenant_id`, "" for the house).

        Raises:
            Refused: `capture.too_large`, the stream went past `limit_bytes`; nothing is kept.
        """
        ...

    def open(self, digest: str) -> AbstractContextManager[BinaryIO]:
        """Open an object for reading, seekable. Its bytes are what is stored: who must be sure of them hashes them.

        Raises:
            NotFound: `vault.unknown`.
        """
        ...

    def hashed(self, digest: str) -> tuple[str, int]:
        """Return (SHA-256 in hexadecimal, size in bytes) of what is stored under a digest, read to its end.

        Raises:
            NotFound: `vault.unknown`.
            OSError: a disk does not give its bytes.
        """
        ...

    def plain_folder(self) -> Path | None:
        """Return the folder where each object is a file that anybody can hash; None where its bytes lie otherwise."""
        ...

    def stat(self, digest: str) -> Stored | None:
        """Return what is stored under a digest, without reading it; None when nothing is."""
        ...

    def attach(self, digest: str, suffix: str, data: bytes) -> bytes:
        """Keep a small companion (`p7s`, `tlog-proof`) beside an object and return what stands.

        Put-if-absent: when a companion of that suffix is already there, its bytes win and are returned.
        """
        ...

    def companion(self, digest: str, suffix: str) -> bytes | None:
        """Return the bytes of a companion, or None."""
        ...

    def shred(self, digest: str) -> Shredded:
        """Take an object, its companions and its key away for good; what is not there is unreadable already.

        Nobody asks whether another letter has the same bytes, or whether they are held: the disposal that calls does.
        Killed anywhere and called again, it ends the same; what an encrypted vault began is finished by the next call.

        Raises:
            Unavailable: `vault.unavailable`; call again.
        """
        ...

    def retain(self, digest: str, until: datetime) -> bool:
        """Let nobody delete an object and its companions before an instant; a lock that ends later stays as it is.

        Gives whether the store locks objects; where it does not, nothing is done.

        Raises:
            Unavailable: `vault.unavailable`; call again.
        """
        ...

    def objects(self, since: str = "") -> Iterator[Found]:
        """Give everything that is stored, in the order of the store's names, from the name `since` on, itself included.

        Every version and delete marker of a name follow each other, the newest first. Memory stays flat however much
        there is; nothing is read. Resumed from the name that was given last, it misses nothing that stayed, and gives
        that name a second time.

        Raises:
            Unavailable: `vault.unavailable`.
        """
        ...

    def report(self) -> VaultReport:
        """Say where the vault is, whether it answers and whether it locks objects. Never raises."""
        ...


class Signer(Protocol):
    """The key that seals originals."""

    @property
    def chain_pem(self) -> bytes:
        """The certificate and its issuers, leaf first, PEM."""
        ...

    @property
    def trust_pem(self) -> bytes:
        """Every certificate that seals or sealed, their authorities and the lists of revoked ones, PEM."""
        ...

    def sign(self, digest: bytes, at: datetime) -> bytes:
        """Return a detached CMS signature (CAdES-B-B, DER) over a document of that SHA-256.

        Source: ETSI EN 319 122-1; RFC 5652; RFC 5035 (ESSCertIDv2).
        """
        ...


@dataclass(frozen=True, slots=True)
class LogEntry:
    """Where an entry stands in the log: index from 0, and the proof to hand out beside the original."""

    index: int
    proof: str


@dataclass(frozen=True, slots=True)
class LogHead:
    """The signed head of the log: its size, root (base64) and the whole checkpoint note."""

    origin: str
    size: int
    root: str
    note: str


class Ledger(Protocol):
    """An append-only log that a stranger can check. Source: C2SP tlog-tiles, RFC 9162."""

    @property
    def verifier_key(self) -> str:
        """The log's public key in force as a C2SP note verifier key (`name+hash+base64`)."""
        ...

    @property
    def key_text(self) -> str:
        """Every key that the log ever had, as `ged.seal.log_key` reads them."""
        ...

    def append(self, entries: Sequence[bytes]) -> list[LogEntry]:
        """Make entries durable and return where they stand; an entry already logged keeps its place.

        Raises:
            Unavailable: the disk refused a write or an fsync; no index was given out.
            Corrupt: what is on disk is not the log that was signed.
        """
        ...

    def head(self) -> LogHead:
        """Return the last signed head."""
        ...

    def entry(self, index: int) -> bytes:
        """Return the bytes logged at an index.

        Raises:
            NotFound: `ledger.unknown`, the log is shorter.
        """
        ...

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """Return the path from an entry to the root of the first `size` entries.

        Raises:
            NotFound: `ledger.unknown`.
        """
        ...

    def consistency(self, older: int, size: int) -> list[bytes]:
        """Return the proof that the tree of the first `older` entries is a prefix of that of the first `size`.

        Raises:
            NotFound: `ledger.unknown`.
        """
        ...


class TimestampAuthority(Protocol):
    """Somebody whose clock and signature strangers trust. Source: RFC 3161."""

    @property
    def name(self) -> str:
        """The name that the site gave it."""
        ...

    def stamp(self, imprint: bytes, *, now: datetime, after: datetime | None, algorithm: str = "sha256") -> Stamp:
        """Return a token over a digest (`imprint`, by `algorithm`), every part of it checked.

        A token whose time is far from `now`, our clock, is refused, and so is one from before `after`, the time
        of the token before it in the same log.

        Raises:
            Unavailable: `timestamp.unavailable`, it does not answer, or says that it cannot now.
            Corrupt: `timestamp.refused`, what it gave does not hold; diagnostics `reason`.
        """
        ...


class Witness(Protocol):
    """Somebody elsewhere who signs a head once it is shown to continue the one signed before.

    Source: C2SP tlog-witness.
    """

    @property
    def name(self) -> str:
        """The name of its key, as its lines carry it."""
        ...

    def introduce(self, successions: Sequence[str], consistency: Callable[[int, int], Sequence[bytes]]) -> None:
        """Show the keys that followed one another in a log, oldest first, to a witness that may know the first alone.

        `consistency` gives the proof between two sizes.

        Raises:
            Unavailable, Corrupt: as `cosign`.
        """
        ...

    def cosign(self, note: bytes, size: int, consistency: Callable[[int], Sequence[bytes]]) -> str:
        """Return the line to add under a checkpoint of `size` entries, ended by a newline.

        `consistency` gives the proof that the tree of that many entries is a prefix of the checkpoint's.

        Raises:
            Unavailable: `witness.unavailable`, it does not answer; the next round asks again.
            Corrupt: `witness.refused`, it saw another history, or what it gave does not verify.
        """
        ...


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message; its name is shown, never obeyed."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """What a mailer is given to send.

    Attributes:
        id: Becomes part of the Message-ID: the same message sent again is known as the same.
        answers: Message-ID of what it answers, or "".
        automatic: Marked as written by a machine (RFC 3834).
    """

    id: str
    to: str
    subject: str
    body: str
    made_at: datetime
    attachments: tuple[Attachment, ...]
    answers: str
    automatic: bool


@dataclass(frozen=True, slots=True)
class MailerReport:
    """What the status page says of the mail server: where it is, whether it takes us, and what it said."""

    place: str
    reachable: bool
    remark: str


class Mailer(Protocol):
    """The server that our messages are given to."""

    def send(self, message: OutgoingMessage) -> None:
        """Give a message to the server; it has taken charge of it when this returns.

        Raises:
            Unavailable: `mail.unavailable`, the server does not answer or says "later"; diagnostics `said`.
            Refused: `mail.refused`, the server will never take it; diagnostics `said` holds its words.
        """
        ...

    def report(self) -> MailerReport:
        """Say where the server is and whether it lets us in. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class PressReport:
    """What the status page says of the press.

    Attributes:
        reachable: Whether Word documents can be laid out now.
        isolated: Whether this machine lets them be laid out without a network.
        files: Whether what lays them out neither reads, writes nor removes a file of others.
        calls: Whether system calls that it does not need are refused.
    """

    kind: str
    version: str
    reachable: bool
    isolated: bool
    files: bool
    calls: bool


class Press(Protocol):
    """Lays letters out as PDF. Templates and documents are not trusted: they are confined, and bring nothing in.

    Every method that takes a Word file raises `Refused` (`press.not_docx`, `press.too_large`, `press.macro`,
    `press.outside`, `press.template`, `press.failed`) or `Unavailable` (`press.no_office`, `press.busy`,
    `press.too_slow`); nothing is written anywhere else.
    """

    def fill(self, template: bytes, sheet: Sheet, *, later: bool = False) -> bytes:
        """Return a Word template filled; with `later`, what the signature gives stays as fields, for a second time."""
        ...

    def print_document(self, docx: bytes) -> bytes:
        """Return a Word document as PDF/A-2b, its fonts embedded."""
        ...

    def print_sheet(self, sheet: Sheet) -> bytes:
        """Return a letter written here, on its letterhead, as PDF/A, its fonts embedded."""
        ...

    def with_code(self, pdf: bytes, code: str) -> bytes:
        """Return a PDF with a code as a QR in free room of its first page, so that its scan says what it is.

        Raises:
            Refused: `press.unreadable`, this is not a PDF that can be printed.
        """
        ...

    def with_copies(self, pdf: bytes, copies: tuple[str, ...]) -> bytes:
        """Return a PDF with who receives a copy (ampliations) at the foot of its last page, unless it says so itself.

        Raises:
            Refused: `press.unreadable`, this is not a PDF that can be printed.
        """
        ...

    def print_block(self, block: SignatureBlock) -> bytes:
        """Return the block of a signature, a PDF of one page of the block's own size."""
        ...

    def report(self) -> PressReport:
        """Say whether it works. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class AntivirusReport:
    """What the status page says of the antivirus: where it listens, whether it answers, which signatures it has."""

    place: str
    reachable: bool
    version: str
    remark: str


class Antivirus(Protocol):
    """What looks for known malicious programs in files that come in."""

    def scan(self, stream: BinaryIO) -> str | None:
        """Return the name of what was found in a stream, None when nothing was.

        Raises:
            Unavailable: `antivirus.unavailable`.
        """
        ...

    def report(self) -> AntivirusReport:
        """Say where it is and whether it answers. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class SignedPdf:
    """A PDF signed, and the PAdES baseline level that it reached: `B-LTA`, or `B-B` without time from outside."""

    data: bytes
    level: str


class PdfSigner(Protocol):
    """The key that signs PDF that leave."""

    def sign(self, pdf: bytes, block: bytes, *, name: str, reason: str, at: datetime) -> SignedPdf:
        """Return the PDF signed, with a block (a PDF of one page) shown on its last page.

        Where time-stamping authorities are configured and one answers, PAdES-B-LTA; else PAdES-B-B: nobody waits.
        The block goes where the words of `ANCHOR` stand, else in free room on the last page, else on a page added.

        Raises:
            Refused: `pades.unreadable`, this is not a PDF that can be signed.
        Source: ETSI EN 319 142-1; ISO 32000-2, 12.8.
        """
        ...
