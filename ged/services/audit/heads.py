"""The heads: each log's is signed by its key, and the log only grew since every head that was kept elsewhere.

A kept head is what an insider with every key cannot rewrite: it was out of reach. Source: RFC 9162, 2.1.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from ged.errors import Corrupt
from ged.mail.audit import Finding, Head, Weight
from ged.mail.said import Said, said_by
from ged.seal.log_key import read_succession, successions
from ged.seal.note import Checkpoint
from ged.seal.tree import EMPTY, check_consistency, consistency
from ged.services.audit.ground import Ground, Step
from ged.services.audit.read_log import ReadLog
from ged.services.audit.retained import read_heads


def compare_heads(ground: Ground, position: str) -> Iterator[Step]:
    """Check the signature of each head, and that its log grew from every head that is known of it."""
    if position:
        return
    found, looked = list[Finding](), 0
    for log in ground.logs:
        known = [head for head in known_heads(ground) if head.log == log.name]
        try:
            head = log.head()
            known += [_introduced(log, note) for note in successions(log.key_text)]
        except (ValueError, OSError) as error:
            found.append(
                Finding("head.unsigned", log.name, Said("La tête ne se vérifie pas : %(why)s.", why=said_by(error)))
            )
            continue
        if not head.size and not known:
            found.append(Finding("head.none", log.name, "Ce journal est vide.", Weight.REMARK))
        looked += 1 + len(known)
        grown = Grown(log)
        found += [fault for one in known for fault in grown.against(one)]
    yield Step("fini", looked, total=looked, findings=tuple(found))


def known_heads(ground: Ground) -> tuple[Head, ...]:
    """Return the heads that the auditor brought and those that the installation itself wrote down: closed registers."""
    if ground.store is None:
        return ground.retained
    with ground.store.unit() as unit:
        notes = unit.audits.closing_heads()
    origin = ground.documents.key.partition("+")[0]
    closings = [head for note in notes if note for head in read_heads(note, origins={origin: "documents"})]
    return (*ground.retained, *closings)


def _introduced(log: ReadLog, note: str) -> Head:
    """Return the head at which a key followed another: both signed that the log was so then."""
    then = read_succession(note).head
    return Head(log.name, then.size, then.root.hex(), note)


class Grown:
    """Says whether a log grew from heads that are known of it; what it reads of its tiles it reads once."""

    def __init__(self, log: ReadLog) -> None:
        self._log = log
        self._read()

    def _read(self) -> None:
        try:
            self._head: Checkpoint | None = self._log.head()
        except (ValueError, OSError):
            self._head = None  # told by the check of heads
        self._subtree = lru_cache(8192)(self._log.tiles(self._head.size if self._head else 0).subtrees())

    def against(self, kept: Head) -> list[Finding]:
        """Return what a head says of the log as it stands."""
        head = self._head
        if head is None:
            return []
        if kept.size > head.size:
            self._read()  # it may have grown meanwhile
            head = self._head or head
        about = Said("%(log)s, tête gardée de %(size)s entrées", log=self._log.name, size=kept.size)
        if kept.size > head.size:
            return [
                Finding("log.rolled_back", about, Said("Le journal n'a plus que %(size)s entrées.", size=head.size))
            ]
        if kept.size == head.size and kept.root != head.root.hex():
            detail = Said(
                "Deux têtes de même taille : %(kept)s… gardée, %(shown)s… présentée.",
                kept=kept.root[:16],
                shown=head.root.hex()[:16],
            )
            return [Finding("log.two_heads", about, detail)]
        try:
            proof = consistency(kept.size, head.size, self._subtree)
        except (Corrupt, OSError):
            lacking = "Une tuile nécessaire à la comparaison manque ou n'a pas sa longueur."
            return [Finding("log.altered", about, lacking)]
        older = bytes.fromhex(kept.root)
        grew = check_consistency(kept.size, head.size, proof, older, head.root) if kept.size else older == EMPTY
        return [] if grew else [Finding("log.rewritten", about, "Le journal d'aujourd'hui n'en est pas la suite.")]
