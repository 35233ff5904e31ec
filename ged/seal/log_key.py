"""The keys of a log over its life: which one signs heads up to what size, and which note introduced the next one.

A log's key as text is its C2SP verifier key. Once the log was rotated, an empty line and its successions follow it,
oldest first, with an empty line between them. A succession is a head of the log with one line more, « succession
SECONDS OLD NEW », signed by both keys: the last head that the old key may sign, the first that the new one does.
Whoever knows one key of a log is led by its successions to the others.

Source: C2SP signed-note, tlog-checkpoint (extension lines); docs/decisions/0325.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ed25519

from ged.mail.said import Said
from ged.seal.cosignature import cosignatures
from ged.seal.note import (
    Checkpoint,
    SignatureLine,
    check_signature,
    head_text,
    open_note,
    read_number,
    read_verifier,
    sign_text,
    verifier_key,
)

SUCCESSIONS = "successions"
"""The file of successions in a log's folder."""
_WORD = "succession"
_SIGNATURE_BYTES = 64


class EndedKeyError(ValueError):
    """A head that a key of the log signed beyond its last one, or before its first: nobody who keeps the log does."""


@dataclass(frozen=True, slots=True)
class Succession:
    """One key of a log after another: `head` is the last that `old` signs, and the first that `new` does."""

    head: Checkpoint
    at: datetime
    old: str
    new: str
    note: str


@dataclass(frozen=True, slots=True)
class Period:
    """The sizes of the heads that a key signs, both included; `until` is None for the key in force."""

    verifier: str
    since: int
    until: int | None


def write_succession(
    head: Checkpoint, at: datetime, old: ed25519.Ed25519PrivateKey, new: ed25519.Ed25519PrivateKey
) -> str:
    """Return the note by which an old key introduces a new one at a head."""
    hinge = _hinge(head, at, *(verifier_key(head.origin, each.public_key()) for each in (old, new)))
    return f"{head_text(hinge)}\n{sign_text(hinge, old)}{sign_text(hinge, new)}"


def accepted_succession(head: Checkpoint, at: datetime, old: str, new: str) -> Checkpoint:
    """Return what a witness's operator signs in the old key's place, at the last head that the witness cosigned."""
    return _hinge(head, at, old, new)


def _hinge(head: Checkpoint, at: datetime, old: str, new: str) -> Checkpoint:
    return replace(head, extension=f"{_WORD} {int(at.timestamp())} {old} {new}")


def is_succession(head: Checkpoint) -> bool:
    """Whether a head introduces a key."""
    return head.extension.startswith(f"{_WORD} ")


def read_succession(note: str, operator: str = "") -> Succession:
    """Return what a note introduces, signed by both keys, or cosigned by an `operator`, a witness's verifier key.

    Raises:
        ValueError: it is malformed, or a signature is missing or does not verify.
    """
    head, lines = open_note(note)
    words = head.extension.split(" ")
    if len(words) != 4 or words[0] != _WORD or words[2] == words[3]:
        raise ValueError(Said("ce n'est pas une succession de clés"))
    made = Succession(head, datetime.fromtimestamp(read_number(words[1]), UTC), words[2], words[3], note)
    if not operator or not cosignatures(note, [operator]):
        for key in (made.old, made.new):
            if _line_of(key, head, lines) is None:
                raise ValueError(Said("une de ses clés n'a pas signé la succession"))
    return made


def successions(key: str) -> tuple[str, ...]:
    """Return the notes in the text of a log's key."""
    return notes_of(key.partition("\n\n")[2])


def notes_of(text: str) -> tuple[str, ...]:
    """Return the notes of a text, an empty line between them.

    Raises:
        ValueError: it is cut short.
    """
    blocks = text.strip("\n").split("\n\n") if text.strip("\n") else []
    if len(blocks) % 2:
        raise ValueError(Said("les successions de clés sont tronquées"))
    return tuple(f"{body}\n\n{lines}\n" for body, lines in zip(blocks[::2], blocks[1::2], strict=True))


def write_key(first: str, notes: tuple[str, ...]) -> str:
    """Return the text of a log's key; without successions, the verifier key alone."""
    return "\n\n".join([first, *(note.strip("\n") for note in notes)])


def with_kept(key: str, folder: Path) -> str:
    """Return the text of a log's key with the successions kept beside the log.

    Raises:
        ValueError: those that were known are not among them, or one does not hold.
    """
    try:
        kept = notes_of((folder / SUCCESSIONS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return key.strip()
    known = successions(key)
    if kept[: len(known)] != known:
        raise ValueError(Said("les successions posées près du journal ne sont pas celles qui étaient connues"))
    text = write_key(key.strip().partition("\n")[0], kept)
    periods(text)
    return text


@lru_cache(64)
def periods(key: str, operator: str = "") -> tuple[Period, ...]:
    """Return the periods of a log's keys, oldest first; the text may begin with any of them.

    Raises:
        ValueError: a succession does not hold, does not follow the one before, or none is of that key.
    """
    first, *_ = key.strip().split("\n", 1)
    origin = read_verifier(first).name
    made = [read_succession(note, operator) for note in successions(key)]
    if not made:
        return (Period(first, 0, None),)
    for older, newer in pairwise(made):
        if newer.old != older.new or newer.head.size < older.head.size or newer.at < older.at:
            raise ValueError(Said("une succession ne suit pas celle d'avant"))
    verifiers = [made[0].old, *(each.new for each in made)]
    if first not in verifiers or len(set(verifiers)) != len(verifiers):
        raise ValueError(Said("les successions ne sont pas celles de cette clé"))
    if any(read_verifier(each).name != origin for each in verifiers) or any(s.head.origin != origin for s in made):
        raise ValueError(Said("la succession est celle d'un autre journal"))
    starts = [0, *(each.head.size for each in made)]
    ends = [*(each.head.size for each in made), None]
    return tuple(Period(*each) for each in zip(verifiers, starts, ends, strict=True))


def in_force(key: str, operator: str = "") -> str:
    """Return the verifier key that signs today.

    Raises:
        ValueError: as `periods`.
    """
    return periods(key, operator)[-1].verifier


def read_checkpoint(note: str, key: str, operator: str = "") -> Checkpoint:
    """Return the head of a note that a key of the log signed in its period; lines of others are well formed, ignored.

    Raises:
        ValueError: the note is malformed, or no key of the log signed it; `EndedKeyError`, one did out of its period.
    """
    head, lines = open_note(note)
    _signed(head, lines, key, operator)
    return head


def log_signed(note: str, key: str, operator: str = "") -> str:
    """Return a note with the log's own signature alone, as it was before witnesses cosigned it.

    A succession keeps both of its lines.

    Raises:
        ValueError: as `read_checkpoint`.
    """
    head, lines = open_note(note)
    line = _signed(head, lines, key, operator)
    return bare_succession(note, operator) if is_succession(head) else f"{head_text(head)}\n{line.text}"


def bare_succession(note: str, operator: str = "") -> str:
    """Return a succession with the lines of its two keys alone.

    Raises:
        ValueError: as `read_succession`.
    """
    made = read_succession(note, operator)
    found = [_line_of(each, made.head, open_note(note)[1]) for each in (made.old, made.new)]
    return f"{head_text(made.head)}\n{''.join(line.text for line in found if line is not None)}"


def _signed(head: Checkpoint, lines: tuple[SignatureLine, ...], key: str, operator: str) -> SignatureLine:
    ended = False
    for period in reversed(periods(key, operator)):
        line = _line_of(period.verifier, head, lines)
        if line is None:
            continue
        if period.since <= head.size and (period.until is None or head.size <= period.until):
            return line
        ended = True
    raise (
        EndedKeyError(Said("signée par une clé hors de sa période"))
        if ended
        else ValueError(Said("elle n'est pas signée par ce journal"))
    )


def _line_of(verifier: str, head: Checkpoint, lines: tuple[SignatureLine, ...]) -> SignatureLine | None:
    """Return the line of a key under a head; None when there is not exactly one.

    Raises:
        ValueError: it does not verify.
    """
    log = read_verifier(verifier)
    ours = [line for line in lines if (line.name, line.key_id) == (log.name, log.key_id)]
    if head.origin != log.name or len(ours) != 1 or len(ours[0].signature) != _SIGNATURE_BYTES:
        return None
    check_signature(log.key, ours[0].signature, head_text(head).encode())
    return ours[0]
