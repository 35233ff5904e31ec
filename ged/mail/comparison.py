"""What changed between two versions of a draft, word by word: lines are matched first, then the words within."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from ged.mail.draft import Content

_WORD = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "inchange"
    ADDED = "ajoute"
    REMOVED = "retire"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text of one fate."""

    change: Change
    text: str


class Part(StrEnum):
    """What of a content is compared."""

    SUBJECT = "objet"
    RECIPIENTS = "destinataires"
    REFERENCE = "reference"
    KIND = "nature"
    TEMPLATE = "modele"
    TEXT = "texte"
    FILE = "fichier"
    ATTACHMENTS = "pieces"
    COPIES = "ampliations"


def compare(old: Content, new: Content) -> tuple[tuple[Part, tuple[Piece, ...]], ...]:
    """Return the parts that differ, each as pieces in reading order; all that either version says is in them."""
    before, after = _parts(old), _parts(new)
    return tuple((part, pieces(before[part], after[part])) for part in Part if before[part] != after[part])


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """Return two texts as one: the pieces that are not REMOVED are the new one, those that are not ADDED the old."""
    lines_before, lines_after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    found: list[Piece] = []
    for fate, before, after in _opcodes(lines_before, lines_after):
        if fate == "equal":
            found.append(Piece(Change.SAME, "".join(before)))
        else:
            found += _words("".join(before), "".join(after))
    return tuple(_joined(found))


def _words(old: str, new: str) -> Iterator[Piece]:
    """Yield the words; what changed side by side is said once, a comma that both share between two changes with it."""
    removed = added = ""
    for fate, before, after in _opcodes(_WORD.findall(old), _WORD.findall(new)):
        same = "".join(before) if fate == "equal" else ""
        if same and not ((removed or added) and not any(letter.isalnum() for letter in same)):
            yield from _changed(removed, added)
            yield Piece(Change.SAME, same)
            removed = added = ""
        else:
            removed, added = removed + "".join(before), added + "".join(after)
    yield from _changed(removed, added)


def _changed(removed: str, added: str) -> Iterator[Piece]:
    """Yield one change; an end that both share, as the full stop of a sentence, is no part of it."""
    end = 0
    while (
        end < min(len(removed), len(added)) and removed[-1 - end] == added[-1 - end] and not removed[-1 - end].isalnum()
    ):
        end += 1
    for change, text in ((Change.REMOVED, removed), (Change.ADDED, added)):
        if text[: len(text) - end]:
            yield Piece(change, text[: len(text) - end])
    if end:
        yield Piece(Change.SAME, removed[len(removed) - end :])


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    for fate, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield fate, old[i1:i2], new[j1:j2]


def _joined(found: list[Piece]) -> Iterator[Piece]:
    """Yield the pieces with neighbours of one fate made one."""
    held: Piece | None = None
    for piece in found:
        if held is not None and piece.change is held.change:
            held = Piece(held.change, held.text + piece.text)
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held


def _parts(content: Content) -> dict[Part, str]:
    return {
        Part.SUBJECT: content.subject,
        Part.RECIPIENTS: "\n".join(content.recipients),
        Part.REFERENCE: content.reference,
        Part.KIND: content.kind,
        Part.TEMPLATE: content.template,
        Part.TEXT: content.text,
        Part.FILE: f"{content.file.label} ({content.file.digest[:12]})" if content.file else "",
        Part.ATTACHMENTS: "\n".join(f"{one.label} ({one.digest[:12]})" for one in content.attachments),
        Part.COPIES: "\n".join(one.label for one in content.copies),
    }
