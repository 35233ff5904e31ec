"""What goes into a proof bundle, as values, and the names that it gets there.

A name in a bundle is ours, never that of a file that came in: lower-case letters, digits, hyphens, at most four levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from cryptography.x509 import Certificate

from ged.seal.log_key import periods, successions
from ged.seal.trust import TrustStore


@dataclass(frozen=True, slots=True)
class Head:
    """A head of a log to which proofs lead, with what others say of it.

    Attributes:
        log: `documents` or `journal`.
        note: The checkpoint as the log alone signed it: the bytes that a token is over.
        token: An RFC 3161 answer over `note`, DER; b"" when there is none.
        missing: Why a `cosignature` or an `horodatage` is not there, a French sentence each.
    """

    log: str
    size: int
    note: bytes
    token: bytes
    missing: dict[str, str]

    @property
    def folder(self) -> str:
        """Where it lies in the bundle."""
        return f"tetes/{self.log}-{self.size}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves one file: its signature (DER), its leaf, the way from the leaf to a head.

    Attributes:
        claimed_at: When the signature says that it was made, seconds since 1970: a claim.
        stamped_at: When the head was stamped, the same; None while it is not.
        salt: What blinds the leaf of a confidential document; b"" for the others.
    """

    p7s: bytes
    leaf: bytes
    proof: str
    head: Head
    claimed_at: int
    stamped_at: int | None
    salt: bytes = b""

    @property
    def at(self) -> int:
        """The instant at which certificates are judged."""
        return self.claimed_at if self.stamped_at is None else self.stamped_at


@dataclass(frozen=True, slots=True)
class BundledFile:
    """A file that the bundle carries whole.

    Attributes:
        role: `original`, or what it is to the letter.
        place: Its folder and its name there without extension, `original/original`.
        digest: SHA-256, hexadecimal: its name in the vault.
        evidence: None while its seal waits; `missing` then says so.
    """

    role: str
    label: str
    place: str
    extension: str
    media_type: str
    digest: str
    size: int
    evidence: Evidence | None
    missing: str = ""

    @property
    def name(self) -> str:
        """Its name in the bundle."""
        return f"{self.place}.{self.extension}"

    @property
    def folder(self) -> str:
        """The folder that it lies in, with its evidence."""
        return self.place.rsplit("/", 1)[0]

    def described(self) -> dict[str, Any]:
        """Return its entry in the table of contents."""
        sealed = self.evidence is not None
        return {
            "role": self.role,
            "nom": self.label,
            "fichier": self.name,
            "type": self.media_type,
            "signature": f"{self.place}.p7s" if sealed else None,
            "inscription": f"{self.folder}/inscription.json" if sealed else None,
            "preuve": f"{self.folder}/preuve.tlog-proof" if sealed else None,
            "sel": f"{self.place}.sel" if self.evidence and self.evidence.salt else None,
            "tete": self.evidence.head.folder if self.evidence else None,
            "manque": self.missing,
        }


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A line of the history, and what proves that the log of acts has it.

    Attributes:
        line: Its number in the journal, which it has in the history too.
        entry: The entry of the log, byte for byte; b"" while it waits, and `missing` says so.
        stamped_at: When the head was stamped, seconds since 1970; None while it is not.
    """

    line: int
    entry: bytes = b""
    proof: str = ""
    head: Head | None = None
    stamped_at: int | None = None
    missing: str = ""

    @property
    def place(self) -> str:
        """Where it lies in the bundle, without extension."""
        return f"journal/{self.line}"

    def described(self) -> dict[str, Any]:
        """Return its entry in the table of contents."""
        return {
            "ligne": self.line,
            "inscription": f"{self.place}.json" if self.head else None,
            "preuve": f"{self.place}.tlog-proof" if self.head else None,
            "tete": self.head.folder if self.head else None,
            "manque": self.missing,
        }


@dataclass(frozen=True, slots=True)
class TrustMaterial:
    """The keys to check against, as the installation has them: to be compared with those that it published.

    Attributes:
        seals: Whom to believe of seals.
        logs: C2SP verifier keys of the logs, each that they ever had; `witnesses` those of the witnesses.
        successions: The notes by which one key of a log introduced the next, oldest first (`ged.seal.log_key`).
        stamps: Root certificates of the timestamp authorities.
    """

    seals: TrustStore
    logs: tuple[str, ...]
    witnesses: tuple[str, ...] = ()
    stamps: tuple[Certificate, ...] = ()
    successions: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        seals: TrustStore,
        keys: tuple[str, ...],
        witnesses: tuple[str, ...] = (),
        stamps: tuple[Certificate, ...] = (),
    ) -> Self:
        """Return the material of logs by the texts of their keys (`ged.seal.log_key`)."""
        logs = tuple(period.verifier for text in keys for period in periods(text))
        return cls(seals, logs, witnesses, stamps, tuple(note for text in keys for note in successions(text)))


@dataclass(frozen=True, slots=True)
class Contents:
    """A whole bundle, but for the bytes of its files, which are read from the vault while it is written.

    Attributes:
        letter: What is known of the letter, or of the piece, JSON; `history` what happened to it, JSON.
        piece: Of a piece of a dossier, the dossier and the piece; `letter_id` is then its last version, which the leaf
            of its original names.
        files: The original first.
        journal: A line for each of `history`, in its order.
    """

    letter_id: str
    number: str
    letter: bytes
    history: bytes
    files: tuple[BundledFile, ...]
    trust: TrustMaterial
    missing: dict[str, str]
    journal: tuple[HistoryLine, ...] = ()
    piece: tuple[str, str] | None = None

    @property
    def heads(self) -> tuple[Head, ...]:
        """The heads that its proofs lead to, each once."""
        found = {one.evidence.head.folder: one.evidence.head for one in self.files if one.evidence}
        found |= {one.head.folder: one.head for one in self.journal if one.head}
        return tuple(found.values())

    def stamped_at(self, head: Head) -> int:
        """Return the instant at which the token of a head is judged, seconds since 1970."""
        of_files = (one.evidence.at for one in self.files if one.evidence and one.evidence.head.folder == head.folder)
        of_lines = (one.stamped_at for one in self.journal if one.head and one.head.folder == head.folder)
        return next(at for at in (*of_files, *of_lines) if at is not None)
