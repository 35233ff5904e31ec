"""What a witness remembers: the last head that it cosigned of each log, durable before it answers, and what it refused.

It holds no entry of any log. In its folder, under `journaux/`, each log has a folder of its own: `verifier` (the key
that it trusts), `head` (the last head, cosigned), `jours/` (the last head of each day), `preuves/` (two heads of one
size, signed by the log: a fraud that anybody can check) and `refus/` (heads that were not proved to extend the last).
Source: C2SP tlog-witness, tlog-cosignature.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from ged.clock import Clock, system_clock
from ged.errors import Corrupt, NotFound, Unavailable
from ged.mail.said import Said
from ged.seal.cosignature import Cosignature, cosign, cosignatures, cosigner_key
from ged.seal.keys import LogKey
from ged.seal.log_key import (
    EndedKeyError,
    accepted_succession,
    bare_succession,
    in_force,
    is_succession,
    log_signed,
    periods,
    read_checkpoint,
    read_succession,
    successions,
    write_key,
)
from ged.seal.note import Checkpoint, head_text, open_note, read_hashes, read_number, read_verifier
from ged.seal.tiles import Write, durable_write
from ged.seal.tree import EMPTY, check_consistency

_MOST_HASHES, _MOST_REFUSALS = 63, 100


class Ruling(IntEnum):
    """What a witness answers; the numbers are those that the protocol gives."""

    COSIGNED = 200
    MALFORMED = 400
    NOT_SIGNED = 403
    UNKNOWN_LOG = 404
    CONFLICT = 409
    NOT_PROVED = 422


@dataclass(frozen=True, slots=True)
class Answer:
    """A ruling, and its text: the cosignature, or the size that is remembered, or nothing."""

    ruling: Ruling
    text: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What is remembered of one log.

    Attributes:
        verifier: The text of the log's key: those that it had, and what introduced each (`ged.seal.log_key`).
        head: None when none was ever cosigned.
        frauds: Files of `preuves/`; a fraud is never forgotten.
        refusals: Files of `refus/`.
    """

    id: str
    verifier: str
    head: Checkpoint | None
    seen: Cosignature | None
    note: str
    frauds: tuple[Path, ...]
    refusals: tuple[Path, ...]

    @property
    def origin(self) -> str:
        """The log's name."""
        return self.verifier.partition("+")[0]

    def in_force(self, witness: str) -> str:
        """Return the key of the log that is followed today; `witness` is the key of whoever remembers this."""
        return in_force(self.verifier, witness)


class WitnessBook:
    """The memory of one witness, in a folder; one process at a time writes it."""

    def __init__(self, folder: Path, key: LogKey, *, clock: Clock = system_clock, write: Write = durable_write) -> None:
        self.folder = folder
        self._logs = folder / "journaux"
        self._key = key
        self._clock = clock
        self._write = write
        self._alone = threading.Lock()
        self._stopped = False

    @property
    def verifier_key(self) -> str:
        """The witness's public key, which goes into the configuration of a log."""
        return cosigner_key(self._key.origin, self._key.private.public_key())

    def trust(self, verifier: str) -> Held:
        """Remember the heads of one more log; one known already keeps its memory.

        Raises:
            ValueError: this is no verifier key of a log.
            Corrupt: `witness.another_key`, a log of that name is known by another key.
        """
        origin = read_verifier(verifier).name
        kept = self._logs / _id(origin) / "verifier"
        if not kept.exists():
            self._write(kept, f"{verifier}\n".encode())
        held = self._held(kept.parent)
        if verifier not in {period.verifier for period in periods(held.verifier, self.verifier_key)}:
            raise Corrupt(
                "witness.another_key",
                Said(
                    "Le journal « %(log)s » est déjà connu sous une autre clé. Demandez à son administrateur pourquoi.",
                    log=origin,
                ),
                origin=origin,
            )
        return held

    def accept(self, verifier: str) -> Held:
        """Follow another key of a log from the next head on, on the word of whoever keeps this witness.

        Raises:
            ValueError: this is no verifier key of a log, or the log had that key before.
            NotFound: `witness.unknown`.
        """
        origin = read_verifier(verifier).name
        folder = self._logs / _id(origin)
        if not (folder / "verifier").exists():
            raise _unknown()
        held = self._held(folder)
        if held.in_force(self.verifier_key) == verifier:
            return held
        head, at = held.head or Checkpoint(origin, 0, EMPTY), self._clock()
        hinge = accepted_succession(head, at, held.in_force(self.verifier_key), verifier)
        note = f"{head_text(hinge)}\n{cosign(hinge, self._key.origin, self._key.private, at)}"
        self._follow(folder, held, note)
        return self._held(folder)

    def _follow(self, folder: Path, held: Held, note: str) -> None:
        """Remember a succession; nothing is remembered of one that does not follow what is known."""
        first = held.verifier.partition("\n")[0]
        text = write_key(first, (*successions(held.verifier), note))
        periods(text, self.verifier_key)
        self._write(folder / "verifier", f"{text}\n".encode())

    def logs(self) -> tuple[Held, ...]:
        """Return what is remembered of every log, by name."""
        folders = [path.parent for path in self._logs.glob("*/verifier")]
        return tuple(sorted((self._held(folder) for folder in folders), key=lambda held: held.origin))

    def note(self, log_id: str) -> str:
        """Return the last cosigned head of a log.

        Raises:
            NotFound: `witness.unknown`.
        """
        found = [held.note for held in self.logs() if held.id == log_id and held.note]
        if not found:
            raise _unknown()
        return found[0]

    def add(self, request: bytes) -> Answer:
        """Cosign a head that extends the last one of its log, and remember it; or say why not.

        Raises:
            Unavailable: `witness.stopped`, the disk refused: this process cosigns no more.
            Corrupt: `witness.memory`, what is remembered of that log is not what this witness signed.
        """
        try:
            older, proof, note = _read(request)
            head, _ = open_note(note)
        except ValueError:
            return Answer(Ruling.MALFORMED)
        with self._alone:
            if self._stopped:
                raise _stopped()
            try:
                return self._rule(older, proof, head, note)
            except OSError as error:
                self._stopped = True
                raise _stopped() from error

    def _rule(self, older: int, proof: tuple[bytes, ...], head: Checkpoint, note: str) -> Answer:
        folder = self._logs / _id(head.origin)
        if not (folder / "verifier").exists():
            return Answer(Ruling.UNKNOWN_LOG)
        held = self._held(folder)
        try:
            new = self._introduces(folder, held, head, note)
            signed = log_signed(note, held.verifier, self.verifier_key)
        except ValueError as error:
            if isinstance(error, EndedKeyError):
                self._keep_refusal(folder, held, note)
            return Answer(Ruling.NOT_SIGNED)
        if older > head.size:
            return Answer(Ruling.MALFORMED)
        self._keep_fraud(folder, held, head, signed)
        last = held.head or Checkpoint(head.origin, 0, EMPTY)
        if older != last.size or (head.size == last.size and head.root != last.root):
            return Answer(Ruling.CONFLICT, f"{last.size}\n")
        if not _extends(last, head, proof):
            self._keep_refusal(folder, held, signed)
            return Answer(Ruling.NOT_PROVED)
        at = self._clock()
        line = cosign(head, self._key.origin, self._key.private, at)
        if new:
            self._follow(folder, held, signed)
        self._write(folder / "head", (signed + line).encode())
        self._write(folder / "jours" / f"{at.date().isoformat()}.note", (signed + line).encode())
        return Answer(Ruling.COSIGNED, line)

    def _introduces(self, folder: Path, held: Held, head: Checkpoint, note: str) -> bool:
        """Whether a head introduces a key not known yet; a second successor of one key is kept beside the first.

        Raises:
            ValueError: it is no succession, or not one of the key in force.
        """
        if not is_succession(head):
            return False
        made = read_succession(note)
        for each in successions(held.verifier):
            known = read_succession(each, self.verifier_key)
            if (known.old, known.new) == (made.old, made.new):
                return False
            if known.old == made.old and len(held.frauds) < _MOST_REFUSALS:
                for one in (each, bare_succession(note)):
                    self._keep(folder / "preuves" / f"cle-{_digest(one)}.note", one)
        if made.old != held.in_force(self.verifier_key):
            raise ValueError("not introduced by the key in force")
        return True

    def _keep_fraud(self, folder: Path, held: Held, head: Checkpoint, signed: str) -> None:
        """Keep two signed heads of one size and different roots side by side, as soon as the second is seen."""
        remembered = [held.note, *(path.read_text(encoding="utf-8") for path in sorted((folder / "jours").glob("*")))]
        for note in filter(None, remembered):
            other = read_checkpoint(note, held.verifier, self.verifier_key)
            if other.size == head.size and other.root != head.root:
                for each in (log_signed(note, held.verifier, self.verifier_key), signed):
                    self._keep(folder / "preuves" / f"{head.size}-{_digest(each)}.note", each)

    def _keep_refusal(self, folder: Path, held: Held, signed: str) -> None:
        if len(held.refusals) < _MOST_REFUSALS:
            self._keep(folder / "refus" / f"{_digest(signed)}.note", signed)

    def _keep(self, path: Path, note: str) -> None:
        if not path.exists():
            self._write(path, note.encode())

    def _held(self, folder: Path) -> Held:
        verifier = (folder / "verifier").read_text(encoding="utf-8").strip()
        frauds, refusals = (tuple(sorted((folder / name).glob("*.note"))) for name in ("preuves", "refus"))
        try:
            note = (folder / "head").read_text(encoding="utf-8")
        except FileNotFoundError:
            if any((folder / "jours").glob("*.note")):
                raise _memory(folder, "the last head is missing") from None
            return Held(folder.name, verifier, None, None, "", frauds, refusals)
        try:
            head = read_checkpoint(note, verifier, self.verifier_key)
            (seen,) = cosignatures(note, [self.verifier_key])
        except ValueError as error:
            raise _memory(folder, str(error)) from error
        return Held(folder.name, verifier, head, seen, note, frauds, refusals)


def _read(request: bytes) -> tuple[int, tuple[bytes, ...], str]:
    """Return the old size, the proof and the note of a request."""
    start, separator, note = request.decode().partition("\n\n")
    lines = start.split("\n")
    if not separator or not lines[0].startswith("old ") or len(lines) > 1 + _MOST_HASHES:
        raise ValueError("not a request")
    return read_number(lines[0].removeprefix("old ")), read_hashes(lines[1:]), note


def _extends(last: Checkpoint, head: Checkpoint, proof: tuple[bytes, ...]) -> bool:
    if head.size == 0 and head.root != EMPTY:
        return False
    return check_consistency(last.size, head.size, proof, last.root, head.root)


def _id(origin: str) -> str:
    return hashlib.sha256(origin.encode()).hexdigest()[:16]


def _digest(note: str) -> str:
    return hashlib.sha256(note.encode()).hexdigest()[:16]


def _stopped() -> Unavailable:
    return Unavailable("witness.stopped", "Le disque du témoin refuse d'écrire : il ne signe plus rien.")


def _unknown() -> NotFound:
    return NotFound("witness.unknown", "Ce témoin ne tient aucune tête de ce journal.")


def _memory(folder: Path, reason: str) -> Corrupt:
    return Corrupt(
        "witness.memory",
        "La mémoire du témoin n'est pas ce qu'il a signé. Un témoin qui a perdu la mémoire prend une autre clé.",
        folder=str(folder),
        reason=reason,
    )
