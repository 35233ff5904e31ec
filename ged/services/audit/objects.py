"""The vault, name by name: every byte of every object hashed; versions, delete markers and strangers told."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import starmap
from typing import TypeVar

from ged.mail.audit import Finding, Weight
from ged.mail.said import Said
from ged.ports import Found
from ged.services.audit.ground import Ground, Step
from ged.services.audit.hashing import Asked, handfuls
from ged.services.audit.in_order import ahead
from ged.services.audit.leaves import Leaves
from ged.services.audit.readers import Hashing, Read, Readers
from ged.services.second_digests import Originals

_COMPANION = re.compile(r"p7s|sel|\d+(\.\d+)?\.tlog-proof")
_VEILED = re.compile(r"([0-9a-f]{2})+")
_ANCHORED = re.compile(r"\d{1,18}\.\d{1,18}\.tlog-proof")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_STEP_BYTES = 256 << 20
_EARLY = 30_000
"""Names whose originals are hashed before the log is read: some 12 MB."""
T = TypeVar("T")
_Handful = list[tuple[Found, bool]]
"""Things listed, and whether each is read."""


@dataclass(slots=True)
class _Batch:
    """What was looked at since the last step, and the objects that something must refer to."""

    most: int
    looked: int = 0
    bytes_read: int = 0
    findings: list[Finding] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)

    @property
    def full(self) -> bool:
        return self.looked >= self.most or self.bytes_read >= _STEP_BYTES


class _Drawn:
    """The handfuls of what a vault lists; of some, hashing has begun before they are asked for."""

    def __init__(self, readers: Readers, handfuls: Iterator[_Handful]) -> None:
        self._readers, self._handfuls = readers, handfuls
        self._early = deque[tuple[_Handful, Hashing]]()
        self._names = 0

    def meanwhile(self, things: Iterable[T]) -> Iterator[T]:
        """Give things that are read with one core, while the others hash what comes first in the vault."""
        for count, one in enumerate(things):
            yield one
            while count and self._names < _EARLY and self._readers.spare() and (some := next(self._handfuls, None)):
                self._names += len(some)
                asked = [Asked(each.digest, each.size, each.suffix) for each, read in some if read]
                self._early.append((some, self._readers.hash(asked)))

    def __iter__(self) -> Iterator[tuple[_Handful, Hashing | None]]:
        while self._early:
            yield self._early.popleft()
        for some in self._handfuls:
            yield some, None


def check_objects(ground: Ground, position: str) -> Iterator[Step]:
    """Look at everything that the vault holds, in the order of its names."""
    batch, last, object_of = _Batch(ground.step), position, ""
    listed = ((one, _is_read(one)) for one in ground.vault.objects(position) if one.name != position)
    some_at_once = handfuls(listed, partial(_weight, ground.handful_bytes))
    with Leaves(ground.folder) as leaves, Originals(ground.folder) as originals, Readers(ground) as readers:
        drawn = _Drawn(readers, some_at_once)
        if not position:
            originals.read(drawn.meanwhile(ground.documents.readable()))
            _know(ground, leaves)
        for one, read, faults in _looked_at(ground, originals, readers, drawn):
            name, digest, suffix = one[:3]
            if name != last and batch.full:
                yield _step(ground, originals, leaves, batch, last)
                batch = _Batch(ground.step)
            last = name
            batch.looked += 1
            if faults:
                batch.findings += faults
            if suffix:
                if digest != object_of and (object_of or not position):
                    batch.findings.append(Finding("object.missing", name, "Ce fichier n'a plus d'original à côté."))
            elif digest and not one.delete_marker:
                object_of = digest
                batch.bytes_read += read
                batch.digests.append(digest)
        yield _step(ground, originals, leaves, batch, last)


def _looked_at(
    ground: Ground, originals: Originals, readers: Readers, drawn: Iterable[tuple[_Handful, Hashing | None]]
) -> Iterator[tuple[Found, int, list[Finding]]]:
    """Give each thing with how many bytes were read of it and what is wrong; only what has bytes is handed out."""

    def begun(some: _Handful, hashing: Hashing | None) -> tuple[_Handful, Callable[[], Iterator[Read]]]:
        return some, readers.begin([_asked(one, ground, originals) for one, read in some if read], hashing)

    for some, answers in ahead(starmap(begun, drawn), ground.readers * 2):
        answered = answers()
        for one, read in some:
            if read:
                yield one, *next(answered)
            else:
                yield one, 0, _named_wrong(one, veiled=ground.veiled)


def _asked(one: Found, ground: Ground, originals: Originals) -> Asked:
    expected = None if ground.veiled or one.suffix else originals.expected(one.digest, ground.vault)
    return Asked(one.digest, one.size, one.suffix, expected)


def _weight(handful_bytes: int, listed: tuple[Found, bool]) -> float:
    """Return the part of a handful that a thing is: an original by its bytes, a name alone next to nothing."""
    one, read = listed
    if one.suffix:
        return 0.01 if read else 0.002
    return 0.01 + one.size / handful_bytes


def _know(ground: Ground, leaves: Leaves) -> None:
    """Keep every digest that a row of the database refers to."""
    if ground.store is not None:
        with ground.store.unit() as unit:
            leaves.keep(each for each in unit.audits.cited() if is_digest(each))


def is_digest(text: str) -> bool:
    """Whether a text is a SHA-256 in hexadecimal."""
    return _DIGEST.fullmatch(text) is not None


def _is_read(one: Found) -> bool:
    """Whether it is an original as the vault gives it, to be read to its end, or a proof that stands beside one."""
    known = not one.suffix or _ANCHORED.fullmatch(one.suffix) is not None
    return known and bool(one.digest) and one.latest and not one.delete_marker


def _named_wrong(one: Found, *, veiled: bool) -> list[Finding]:
    wrong = _out_of_place(one, veiled=veiled)
    return [Finding(wrong[0], one.name, wrong[1], Weight.REMARK if one.keyless else Weight.FAULT)] if wrong else []


def _out_of_place(one: Found, *, veiled: bool) -> tuple[str, str] | None:
    """Return why a thing has no business in a vault that writes each name once and deletes nothing."""
    if one.delete_marker:
        return "vault.deleted", "Cet objet a été effacé : une marque d'effacement le cache."
    if one.keyless:
        return "vault.keyless", "Ce fichier chiffré n'a plus de clé."
    if one.stranger:
        return "vault.stranger", Said("Ce nom n'est pas du coffre (%(size)s octets).", size=one.size)
    if not one.latest:
        return "vault.version", Said("Une version plus ancienne existe (%(version)s).", version=one.version)
    if one.suffix and not _COMPANION.fullmatch(one.suffix) and not (veiled and _VEILED.fullmatch(one.suffix)):
        return "vault.stranger", "Le coffre n'écrit pas de fichier de ce nom."
    return None


def _step(ground: Ground, originals: Originals, leaves: Leaves, batch: _Batch, last: str) -> Step:
    unknown = leaves.unknown(originals.unnamed(batch.digests))
    if ground.store is not None:
        with ground.store.unit() as unit:
            unknown = unit.audits.unreferenced(unknown)
            numbers = unit.audits.numbers_of([each.about for each in batch.findings if is_digest(each.about)])
        batch.findings = [
            replace(each, about=f"{numbers[each.about]}, {each.about}") if each.about in numbers else each
            for each in batch.findings
        ]
        batch.findings += [
            Finding(
                "vault.unreferenced", each, "Aucune inscription, aucune ligne de la base ne le cite.", Weight.REMARK
            )
            for each in unknown
        ]
    return Step(last, batch.looked, batch.bytes_read, findings=tuple(batch.findings))
