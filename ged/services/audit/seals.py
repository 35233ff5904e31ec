"""Each entry of the log of documents leads to an object of its size, a signature of its digest, a proof that holds."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache, partial

from ged.errors import Corrupt, NotFound
from ged.mail.audit import Finding, Weight
from ged.seal.leaf import DISPOSAL, Leaf, blind
from ged.seal.log_key import read_checkpoint
from ged.seal.note import Checkpoint, read_proof
from ged.seal.signature import read_signature
from ged.seal.tiles import WIDTH
from ged.seal.tree import check_consistency, check_inclusion, consistency, leaf_hash
from ged.seal.trust import TrustStore
from ged.services.audit.disposals import disposals_of
from ged.services.audit.ground import Ground, Step
from ged.services.audit.hashing import digest_of_object, side_by_side
from ged.services.audit.leaves import Leaves
from ged.services.audit.trust import ProvedTimes, why_untrusted
from ged.services.audit.veiled import lacking, sealed_sizes
from ged.services.seal import SALT, proof_suffix, salt_of

_GONE = frozenset({"object.missing", "leaf.masked"})
_GONE_WITH_IT = _GONE | {"p7s.missing", "proof.missing"}
_EVERY = "tous"
"""Kept among blinded digests once every salt of the vault is there; no digest is written so."""
_MOMENT_S = 0.5
"""What the sealing of one original takes at most between its entry and its proof."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log as its bytes stand.

    Attributes:
        original: The object that it is of; "" where its digest is blinded and nothing here says of which.
        proved_at: When a timestamp authority vouched for it.
        leaf: What the bytes say, where it was read already.
    """

    index: int
    data: bytes
    original: str = ""
    proved_at: datetime | None = None
    leaf: Leaf | None = None


def check_seals(ground: Ground, position: str) -> Iterator[Step]:
    """Look at every entry and what it leads to."""
    try:
        head = ground.documents.head()
    except ValueError:
        return  # told by the check of heads: there is nothing to hold a proof against
    judge, times = Judge(ground, head), ProvedTimes(ground)
    if ground.store is None and not position:
        with Leaves(ground.folder) as known:
            known.mask_anew()
    if ground.veiled:
        yield from _check_veiled(ground, judge, head, position)
        return
    for first, entries in ground.documents.bundles(head.size, since=int(position or 0)):
        every = sealed_entries(ground, times, first, entries or ())
        judged = list(side_by_side(judge.findings, every, ground.readers))
        found = _told_again(ground, judged)
        step = min(first + WIDTH, head.size)
        yield Step(str(step), len(every), total=head.size, findings=named(ground, found))


def _check_veiled(ground: Ground, judge: Judge, head: Checkpoint, position: str) -> Iterator[Step]:
    """Judge the entries whose original lies in plain, and count the others against the ciphertexts; in one go."""
    if position:
        return
    needed, found, times = Counter[int](), list[Finding](), ProvedTimes(ground)
    with Leaves(ground.folder) as known:
        known.count_anew()
        for first, entries in ground.documents.bundles(head.size):
            for one in sealed_entries(ground, times, first, entries or ()):
                leaf = leaf_of(one)
                if leaf is None or (one.original and ground.vault.stat(one.original) is not None):
                    found += judge.findings(one)
                elif leaf.event == DISPOSAL or judge.disposed_after(one.index, leaf) is not None:
                    continue
                elif known.first_time(leaf.sha256):
                    needed[leaf.size] += 1
    found += lacking(needed, sealed_sizes(ground.vault))
    yield Step("fini", head.size, total=head.size, findings=tuple(found))


def _told_again(ground: Ground, judged: list[tuple[Entry, list[Finding]]]) -> list[Finding]:
    """Return the faults of entries that have them still a moment later: one just logged gets its proof then."""
    wrong = [entry for entry, found in judged if any(each.weight is Weight.FAULT for each in found)]
    if not wrong:
        return [each for _, found in judged for each in found]
    time.sleep(_MOMENT_S)
    judge = Judge(ground, ground.documents.head())
    remarks = [each for entry, found in judged if entry not in wrong for each in found]
    return [*remarks, *(each for entry in wrong for each in judge.findings(entry))]


def sealed_entries(ground: Ground, times: ProvedTimes, first: int, data: Sequence[bytes]) -> list[Entry]:
    """Return entries with the objects that they are of, and when they were vouched for."""
    plain = [Entry(first + n, each) for n, each in enumerate(data)]
    leaves = {one.index: leaf for one in plain if (leaf := leaf_of(one)) is not None}
    masked = _unmasked(ground, {index: leaf for index, leaf in leaves.items() if leaf.blinded})
    found = []
    for one in plain:
        leaf = leaves.get(one.index)
        original = masked.get(one.index, "") if leaf is None or leaf.blinded else leaf.sha256
        found.append(Entry(one.index, one.data, original, times.at(one.index), leaf))
    return found


def _unmasked(ground: Ground, leaves: dict[int, Leaf]) -> dict[int, str]:
    """Return, by entry, the object whose salt gives its blinded digest."""
    if not leaves:
        return {}
    if ground.store is None:
        with Leaves(ground.folder) as known:
            if not known.masked(_EVERY):  # walks every name of the vault: many houses have no blinded leaf
                _keep_salts(ground, known)
            return {index: found for index, leaf in leaves.items() if (found := known.masked(leaf.sha256))}
    with ground.store.unit() as unit:
        rows = unit.audits.sealed_between(min(leaves), max(leaves) + 1)
    candidates = [(index, row.sha256) for index in leaves for row in rows.get(index, ())]
    return {index: digest for index, digest in candidates if leaves[index].is_of(digest, salt_of(digest, ground.vault))}


def _keep_salts(ground: Ground, known: Leaves) -> None:
    """Keep which object each salt of the vault blinds, where no database says it."""
    for one in ground.vault.objects():
        if one.suffix == SALT and one.latest and not one.delete_marker:
            known.mask(blind(one.digest, salt_of(one.digest, ground.vault)), one.digest)
    known.mask(_EVERY, _EVERY)


def leaf_of(entry: Entry) -> Leaf | None:
    """Return the leaf that an entry is the encoding of."""
    if entry.leaf is not None:
        return entry.leaf
    try:
        return Leaf.decode(entry.data)
    except ValueError:
        return None


class Judge:
    """Says what is wrong with one entry and what it leads to; may be asked from several threads."""

    def __init__(self, ground: Ground, head: Checkpoint) -> None:
        self._ground, self._head = ground, head
        self._trust = TrustStore.from_pem(ground.trust_pem)
        self._subtree = lru_cache(8192)(ground.documents.tiles(head.size).subtrees())
        self._path = lru_cache(64)(self._trust.path)
        self._grew_from = lru_cache(4096)(self._grew)
        self._checkpoint = lru_cache(4096)(partial(read_checkpoint, key=ground.documents.key_text))

    def findings(self, entry: Entry, *, every_byte: bool = False) -> list[Finding]:
        """Return what is wrong; with `every_byte` the original is read to its end, else its size is asked."""
        leaf = leaf_of(entry)
        if leaf is None:
            return [
                Finding("leaf.unreadable", f"inscription n° {entry.index}", "Ce n'est pas une inscription de sceau.")
            ]
        said = partial(Finding, about=f"inscription n° {entry.index}, {leaf.document}")
        if leaf.event == DISPOSAL:
            return self._remains(entry, said)
        found = self._all(entry, leaf, said, every_byte=every_byte)
        gone = any(each.code in _GONE for each in found)
        if gone and (disposal := self.disposed_after(entry.index, leaf)) is not None:
            detail = f"Détruit : son élimination est inscrite, n° {disposal}."
            kept = [each for each in found if each.code not in _GONE_WITH_IT]
            return [*kept, said("object.disposed", detail=detail, weight=Weight.REMARK)]
        return found

    def disposed_after(self, index: int, leaf: Leaf) -> int | None:
        """Return the entry that tells of the disposal of what an older entry is of; None when there is none."""
        disposal = self._disposals.get(leaf.subject, -1)
        return disposal if disposal > index else None

    @cached_property
    def _disposals(self) -> dict[tuple[str, str, bool, str], int]:
        """Read once, when the first original is missing; two threads that need it at once read the same."""
        return disposals_of(self._ground.documents, self._head.size)

    def _remains(self, entry: Entry, said: Callable[..., Finding]) -> list[Finding]:
        if not entry.original or self._ground.vault.stat(entry.original) is None:
            return []
        detail = f"L'original {entry.original} est encore dans le coffre."
        return [said("disposal.remains", detail=detail, weight=Weight.REMARK)]

    def _all(self, entry: Entry, leaf: Leaf, said: Callable[..., Finding], *, every_byte: bool) -> list[Finding]:
        if not entry.original:
            return [said("leaf.masked", detail="Son empreinte est masquée, et aucun sel du coffre ne la rend.")]
        return [
            said(code, detail=detail)
            for code, detail in (
                *self._object(entry, leaf, every_byte=every_byte),
                *self._signature(entry, leaf),
                *self._proof(entry),
            )
        ]

    def _object(self, entry: Entry, leaf: Leaf, *, every_byte: bool) -> Iterator[tuple[str, str]]:
        try:
            if every_byte:
                digest, size = digest_of_object(self._ground.vault, entry.original)
            else:
                stored = self._ground.vault.stat(entry.original)
                digest, size = entry.original, -1 if stored is None else stored.size
        except (NotFound, Corrupt) as error:
            size, digest = -1, ""
            if isinstance(error, Corrupt):
                yield "object.altered", error.sentence
                return
        if size < 0:
            yield "object.missing", f"L'original {entry.original} n'est plus dans le coffre."
        elif (digest, size) != (entry.original, leaf.size):
            yield (
                "object.altered",
                f"{size} octets, SHA-256 {digest[:16]}… ; inscrit : {leaf.size}, {entry.original[:16]}…",
            )

    def _signature(self, entry: Entry, leaf: Leaf) -> Iterator[tuple[str, str]]:
        p7s = self._ground.vault.companion(entry.original, "p7s")
        if p7s is None:
            yield "p7s.missing", "Le fichier de signature n'est plus à côté de l'original."
            return
        if hashlib.sha256(p7s).hexdigest() != leaf.p7s_sha256:
            yield "p7s.altered", "Le fichier de signature n'est pas celui qui fut inscrit."
        try:
            signature = read_signature(p7s)
        except (ValueError, KeyError) as error:
            yield "p7s.invalid", f"La signature ne se vérifie pas ({error})."
            return
        if signature.message_digest.hex() != entry.original:
            yield "p7s.invalid", "La signature porte sur un autre fichier."
        if why := why_untrusted(signature, self._trust, entry.proved_at, self._path):
            yield "certificate.untrusted", why

    def _proof(self, entry: Entry) -> Iterator[tuple[str, str]]:
        kept = self._ground.vault.companion(entry.original, proof_suffix(entry.index))
        if kept is None:
            yield "proof.missing", "La preuve d'inscription n'est plus à côté de l'original."
            return
        try:
            proof = read_proof(kept.decode())
            then = self._checkpoint(proof.checkpoint)
        except (ValueError, UnicodeDecodeError) as error:
            yield "proof.invalid", f"La preuve ne se lit pas ({error})."
            return
        if proof.index != entry.index or not check_inclusion(
            leaf_hash(entry.data), proof.index, then.size, proof.path, then.root
        ):
            yield "proof.invalid", "La preuve gardée ne mène pas de cette inscription à la tête qu'elle porte."
        elif not self._grew_from(then):
            yield "log.rewritten", "La tête que porte la preuve gardée n'est pas un début du journal d'aujourd'hui."

    def _grew(self, then: Checkpoint) -> bool:
        if then.size > self._head.size:
            return False
        try:
            path = consistency(then.size, self._head.size, self._subtree)
        except (Corrupt, OSError):
            return False
        return check_consistency(then.size, self._head.size, path, then.root, self._head.root)


def named(ground: Ground, found: list[Finding]) -> tuple[Finding, ...]:
    """Return findings with the number of the letter that each document is, or belongs to, where that is known."""
    if ground.store is None or not found:
        return tuple(found)
    documents = {each.about.rpartition(", ")[2] for each in found}
    with ground.store.unit() as unit:
        numbers = unit.audits.numbers(sorted(documents))
    return tuple(_with_number(each, numbers) for each in found)


def _with_number(finding: Finding, numbers: dict[str, str]) -> Finding:
    about, _, document = finding.about.rpartition(", ")
    number = numbers.get(document)
    shown = f"{number}, {about}" if number else finding.about
    return Finding(finding.code, shown, finding.detail, finding.weight)
