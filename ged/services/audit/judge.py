"""What is wrong with an entry of the log of documents and what it leads to: its original, its signature, its proof."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache, partial
from typing import NamedTuple

from cryptography.x509 import Certificate

from ged.errors import Corrupt, NotFound
from ged.mail.audit import Finding, Weight
from ged.mail.said import Said, said_by
from ged.seal.cosignature import cosignatures
from ged.seal.leaf import DISPOSAL, Leaf
from ged.seal.log_key import log_signed, read_checkpoint
from ged.seal.note import Checkpoint, open_note, proof_text, read_proof, write_hashes
from ged.seal.second_digest import is_second_digests
from ged.seal.signature import Signature, read_signature
from ged.seal.tiles import WIDTH
from ged.seal.tree import Subtree, check_consistency, check_inclusion, consistency, inclusion, leaf_hash
from ged.seal.trust import Moment, TrustStore
from ged.services.audit.disposals import disposals_of
from ged.services.audit.ground import Ground
from ged.services.beside import proof_suffix

_NO_LEAF = "Ce n'est pas une inscription de sceau."
_GONE = frozenset({"object.missing", "leaf.masked"})
_GONE_WITH_IT = _GONE | {"p7s.missing", "proof.missing"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log as its bytes stand.

    Attributes:
        original: The object that a blinded one is of; "" where nothing here says of which, or where the leaf does.
        proved_at: When a timestamp authority vouched for it.
        leaf: What the bytes say, where it was read already.
    """

    index: int
    data: bytes
    original: str = ""
    proved_at: datetime | None = None
    leaf: Leaf | None = None


def leaf_of(entry: Entry) -> Leaf | None:
    """Return the leaf that an entry is the encoding of."""
    if entry.leaf is not None:
        return entry.leaf
    try:
        return Leaf.decode(entry.data)
    except ValueError:
        return None


def about_entry(index: int, leaf: Leaf) -> str:
    """Return what a finding of an entry is about."""
    return Said("inscription n° %(index)s, %(document)s", index=index, document=leaf.document)


def original_of(entry: Entry, leaf: Leaf) -> str:
    """Return the object that an entry is of; "" where its digest is blinded and nothing here says of which."""
    return entry.original or ("" if leaf.blinded else leaf.sha256)


class _Spanned(NamedTuple):
    """The path asked for last: thousands of signatures in a row have the same, and hashing it is dear."""

    certificate: Certificate
    presented: tuple[Certificate, ...]
    span: tuple[datetime, datetime] | None


class Judge:
    """Says what is wrong with one entry and what it leads to; may be asked from several threads."""

    def __init__(self, ground: Ground, head: Checkpoint) -> None:
        self._ground, self._head = ground, head
        self._trust = TrustStore.from_pem(ground.trust_pem)
        self._subtree = lru_cache(8192)(ground.documents.tiles(head.size).subtrees())
        self._line = lru_cache(8192)(lambda start, end: write_hashes([self._proved(start, end)]))
        self._path = lru_cache(64)(self._trust.path)
        self._spanned: _Spanned | None = None
        self._head_wrong = lru_cache(256)(self._vouched)  # thousands of proofs are under one head
        self._grew_from = lru_cache(4096)(self._grew)
        self._checkpoint = lru_cache(4096)(partial(read_checkpoint, key=ground.documents.key_text))

    @property
    def size(self) -> int:
        """How many entries the head has that it judges by."""
        return self._head.size

    def findings(self, entry: Entry, *, every_byte: bool = False) -> list[Finding]:
        """Return what is wrong; with `every_byte` the original is read to its end, else its size is asked."""
        return self.every((entry,), every_byte=every_byte)[0]

    def every(self, entries: Sequence[Entry], *, every_byte: bool = False) -> list[list[Finding]]:
        """Return what `findings` does of each entry: of all the original, then the signature, then the proof.

        A signature verified right after another takes a sixth less: what it works with is in the processor's caches.
        """
        leaves = [leaf_of(each) for each in entries]
        sealed = {
            at: (entry, original_of(entry, leaf), leaf)
            for at, (entry, leaf) in enumerate(zip(entries, leaves, strict=True))
            if leaf is not None and leaf.event != DISPOSAL
        }
        wrong: list[list[tuple[str, str]]] = [[] for _ in entries]
        for at, (_, original, leaf) in sealed.items():
            wrong[at] += self._object(original, leaf, every_byte=every_byte)
        there = [(at, *each) for at, each in sealed.items() if each[1]]
        for at, entry, original, leaf in there:
            wrong[at] += self._signature(entry, original, leaf)
        for at, entry, original, _ in there:
            wrong[at] += self._proof(entry, original)
        return [self._told(*each) for each in zip(entries, leaves, wrong, strict=True)]

    def _told(self, entry: Entry, leaf: Leaf | None, wrong: list[tuple[str, str]]) -> list[Finding]:
        """Return as findings (code, detail) of each thing that is wrong with an entry."""
        if leaf is None:
            if is_second_digests(entry.data):
                return []  # what it says of originals is held against their bytes where those are read
            return [Finding("leaf.unreadable", Said("inscription n° %(index)s", index=entry.index), _NO_LEAF)]
        if leaf.event == DISPOSAL:
            return self._remains(original_of(entry, leaf), entry.index, leaf)
        if not wrong:
            return []
        about = about_entry(entry.index, leaf)
        found = [Finding(code, about, detail) for code, detail in wrong]
        gone = any(each.code in _GONE for each in found)
        if gone and (disposal := self.disposed_after(entry.index, leaf)) is not None:
            detail = Said("Détruit : son élimination est inscrite, n° %(index)s.", index=disposal)
            kept = [each for each in found if each.code not in _GONE_WITH_IT]
            return [*kept, Finding("object.disposed", about, detail, Weight.REMARK)]
        return found

    def disposed_after(self, index: int, leaf: Leaf) -> int | None:
        """Return the entry that tells of the disposal of what an older entry is of; None when there is none."""
        disposal = self._disposals.get(leaf.subject, -1)
        return disposal if disposal > index else None

    @cached_property
    def _disposals(self) -> dict[tuple[str, str, bool, str], int]:
        """Read once, when the first original is missing; two threads that need it at once read the same."""
        return disposals_of(self._ground.documents, self._head.size)

    def _remains(self, original: str, index: int, leaf: Leaf) -> list[Finding]:
        if not original or self._ground.vault.stat(original) is None:
            return []
        detail = Said("L'original %(digest)s est encore dans le coffre.", digest=original)
        return [Finding("disposal.remains", about_entry(index, leaf), detail, Weight.REMARK)]

    def _object(self, original: str, leaf: Leaf, *, every_byte: bool) -> Iterator[tuple[str, str]]:
        if not original:
            yield "leaf.masked", "Son empreinte est masquée, et aucun sel du coffre ne la rend."
            return
        try:
            if every_byte:
                digest, size = self._ground.vault.hashed(original)
            else:
                stored = self._ground.vault.stat(original)
                digest, size = original, -1 if stored is None else stored.size
        except (NotFound, Corrupt) as error:
            size, digest = -1, ""
            if isinstance(error, Corrupt):
                yield "object.altered", error.sentence
                return
        if size < 0:
            yield "object.missing", Said("L'original %(digest)s n'est plus dans le coffre.", digest=original)
        elif (digest, size) != (original, leaf.size):
            yield (
                "object.altered",
                Said(
                    "%(size)s octets, SHA-256 %(digest)s… ; inscrit : %(due)s, %(original)s…",
                    size=size,
                    digest=digest[:16],
                    due=leaf.size,
                    original=original[:16],
                ),
            )

    def _signature(self, entry: Entry, original: str, leaf: Leaf) -> Iterator[tuple[str, str]]:
        p7s = self._ground.vault.companion(original, "p7s")
        if p7s is None:
            yield "p7s.missing", "Le fichier de signature n'est plus à côté de l'original."
            return
        if hashlib.sha256(p7s).hexdigest() != leaf.p7s_sha256:
            yield "p7s.altered", "Le fichier de signature n'est pas celui qui fut inscrit."
        try:
            signature = read_signature(p7s)
        except (ValueError, KeyError) as error:
            yield "p7s.invalid", Said("La signature ne se vérifie pas (%(why)s).", why=said_by(error))
            return
        if signature.message_digest.hex() != original:
            yield "p7s.invalid", "La signature porte sur un autre fichier."
        if why := self._untrusted(signature, entry.proved_at):
            yield "certificate.untrusted", why

    def _untrusted(self, signature: Signature, proved_at: datetime | None) -> str:
        """Do what `why_untrusted` does, having asked once until when a path holds that nothing revoked."""
        last = self._spanned
        if last is None or (last.certificate, last.presented) != (signature.certificate, signature.presented):
            last = self._spanned = self._span_of(signature)
        if last.span is not None and last.span[0] <= (proved_at or signature.claimed_at) <= last.span[1]:
            return ""
        return why_untrusted(signature, self._trust, proved_at, self._path)

    def _span_of(self, signature: Signature) -> _Spanned:
        try:
            span = self._trust.span(self._path(signature.certificate, signature.presented))
        except ValueError:
            span = None
        return _Spanned(signature.certificate, signature.presented, span)

    def _proof(self, entry: Entry, original: str) -> Iterator[tuple[str, str]]:
        kept = self._ground.vault.companion(original, proof_suffix(entry.index))
        if kept is None:
            yield "proof.missing", "La preuve d'inscription n'est plus à côté de l'original."
        else:
            yield from self._kept(entry, kept)

    def anchored_proof(self, original: str, suffix: str) -> list[Finding]:
        """Return what is wrong with the proof, kept beside an original, under a head that others vouched for."""
        about = f"{original}.{suffix}"
        index, size = (int(each) for each in suffix.split(".")[:2])
        kept = self._ground.vault.companion(original, suffix)
        if kept is None:
            return []  # gone since it was listed: a destruction takes it away with the original
        if not self._given_by_the_log(index, kept):
            try:
                data = self._ground.documents.tiles(self._head.size).entries(index // WIDTH)[index % WIDTH]
            except (Corrupt, OSError, IndexError):
                return [Finding("proof.invalid", about, "Le journal n'a pas l'inscription dont elle est la preuve.")]
            if wrong := list(self._kept(Entry(index, data), kept)):
                return [Finding(code, about, detail) for code, detail in wrong]
        note = kept.decode().partition("\n\n")[2]
        return [Finding(code, about, detail) for code, detail in self._head_wrong(note, size)]

    def _vouched(self, note: str, size: int) -> list[tuple[str, str]]:
        """Say whether a proof that holds is of the head of its name, with no line that no witness gave for it."""
        head, lines = open_note(note)
        if head.size != size:
            return [("proof.invalid", "La preuve n'est pas celle de la tête de son nom.")]
        own = log_signed(note, self._ground.documents.key_text)
        try:
            cosignatures(note, self._ground.witnesses)
        except ValueError as error:
            return [("proof.invalid", Said("Une ligne de témoin ne tient pas (%(why)s).", why=said_by(error)))]
        given = self._given(size)
        if given is None or all(one.text in own or one.text in given for one in lines):
            return []
        return [("proof.invalid", "Une ligne de témoin n'est pas de celles que cette tête a reçues.")]

    def _given(self, size: int) -> tuple[str, ...] | None:
        """Return the lines that witnesses gave for a head; None where there is no database to say it."""
        if self._ground.store is None:
            return None
        with self._ground.store.unit() as unit:
            page = unit.anchors.page(self._ground.documents.name, size - 1, 1)
        return page[0].cosignatures if page and page[0].size == size else ()

    def _kept(self, entry: Entry, kept: bytes) -> Iterator[tuple[str, str]]:
        if self._given_by_the_log(entry.index, kept, entry.data):
            return
        try:
            proof = read_proof(kept.decode())
            then = self._checkpoint(proof.checkpoint)
        except (ValueError, UnicodeDecodeError) as error:
            yield "proof.invalid", Said("La preuve ne se lit pas (%(why)s).", why=said_by(error))
            return
        if proof.index != entry.index or not check_inclusion(
            leaf_hash(entry.data), proof.index, then.size, proof.path, then.root
        ):
            yield "proof.invalid", "La preuve gardée ne mène pas de cette inscription à la tête qu'elle porte."
        elif not self._grew_from(then):
            yield "log.rewritten", "La tête que porte la preuve gardée n'est pas un début du journal d'aujourd'hui."

    def _given_by_the_log(self, index: int, kept: bytes, data: bytes | None = None) -> bool:
        """Whether a proof is to the letter what the log gives for an entry under the head that the proof carries.

        With the bytes of the entry, whether they are what it has there too. Then it holds, for less than reading it
        takes. One that is not may hold still, or tells what is wrong with it.
        """
        try:
            text = kept.decode()
            note = text.partition("\n\n")[2]
            then, subtree = self._checkpoint(note), self._proved
            return (
                index < then.size <= self._head.size
                and subtree(0, then.size) == then.root
                and (data is None or subtree(index, index + 1) == leaf_hash(data))
                and text == proof_text(index, "".join(inclusion(index, 0, then.size, self._line)), note)
            )
        except (ValueError, Corrupt):
            return False

    @cached_property
    def _proved(self) -> Subtree:
        return self._ground.documents.tiles(self._head.size).proved_subtrees(self._head.root)

    def _grew(self, then: Checkpoint) -> bool:
        if then.size > self._head.size:
            return False
        try:
            path = consistency(then.size, self._head.size, self._subtree)
        except (Corrupt, OSError):
            return False
        return check_consistency(then.size, self._head.size, path, then.root, self._head.root)


def why_untrusted(
    signature: Signature, trust: TrustStore, proved_at: datetime | None, path: Callable[..., tuple[Certificate, ...]]
) -> str:
    """Return, in French, why a signature's certificate is not to be believed; "" when it is."""
    moment = Moment(signature.claimed_at, proved=False) if proved_at is None else Moment(proved_at, proved=True)
    try:
        trust.judge(path(signature.certificate, signature.presented), moment)
    except ValueError as error:
        return Said("%(why)s.", why=said_by(error))
    return ""
