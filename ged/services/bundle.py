"""Proof bundles: a letter's original, its pieces and all that proves them, gathered for whoever may take it away.

Of a piece of a dossier, its last version stands for the original, and the versions before it beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import BinaryIO

from cryptography.x509 import Certificate

from ged.clock import Clock
from ged.errors import NotFound
from ged.mail.access import Actor, Right, require
from ged.mail.anchor import DOCUMENTS, JOURNAL, LogAnchor
from ged.mail.disposal import refuse_destroyed
from ged.mail.dossier_piece import KeptPiece, Version
from ged.mail.entry_details import goes_along
from ged.mail.history import Event, chain, events
from ged.mail.item import Letter
from ged.mail.journal import Act, JournalEntry
from ged.ports import Ledger, Signer, Vault
from ged.seal.bundle.contents import BundledFile, Contents, Evidence, Head, HistoryLine, TrustMaterial
from ged.seal.bundle.write import write_bundle
from ged.seal.journal_leaf import read_entry
from ged.seal.log import TileLog
from ged.seal.log_key import read_checkpoint
from ged.seal.note import read_proof
from ged.seal.signature import read_signature
from ged.seal.trust import TrustStore
from ged.services.beside import proof_suffix, salt_of
from ged.services.evidence import evidence_of
from ged.services.export import EXTENSIONS
from ged.store.seals import SealRecord
from ged.store.unit import Store, Unit

UNSEALED = "Son sceau est en attente : refaites la liasse quand il sera posé."
UNLOGGED = "Le journal n'a pas l'inscription que la base dit de ce fichier : prévenez l'auditeur."
NOT_STAMPED = "pas encore horodatée"
NO_AUTHORITY = "aucune autorité d'horodatage n'est configurée"
NOT_COSIGNED = "pas encore cosignée"
NO_WITNESS = "aucun témoin n'est configuré"
DEMONSTRATION = "le jeton vient d'une autorité de démonstration : il ne prouve rien à un tiers"
TOLD = "les textes et les valeurs qu'il dit ne sont pas dans les inscriptions, qui disent qui, quand et quel acte"
WAITS = "elles attendent leur inscription au journal des actes : refaites la liasse dans une minute"
STAYS = "leur inscription nomme autre chose que ce courrier : elle reste au journal des actes, que l'auditeur peut lire"
Own = Callable[[Mapping[str, object], Mapping[str, object]], bool]
"""Whether an entry of the log of acts, and its details, are of what a bundle is of."""
NOBODY = ""
"""A login that nobody has: the notes that it may read are those that everybody may."""
ELSEWHERE = "le journal des actes n'a pas cette ligne où la base le dit : prévenez l'auditeur"


@dataclass(frozen=True, slots=True)
class Published:
    """Whom the site asks to vouch for its logs: roots of its timestamp authorities, verifier keys of its witnesses."""

    stamps: tuple[Certificate, ...] = ()
    witnesses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A file of a letter as the store knows it, with its seal."""

    role: str
    label: str
    place: str
    media_type: str
    digest: str
    size: int
    seal: SealRecord | None


def make_bundle(
    letter_id: str,
    target: BinaryIO,
    *,
    store: Store,
    vault: Vault,
    signer: Signer,
    ledger: Ledger,
    journal_log: TileLog | None,
    published: Published,
    actor: Actor,
    clock: Clock,
) -> Letter:
    """Write the proof bundle of a letter, and in the journal that it was taken; what is missing is said in it.

    Raises:
        Forbidden: `access.right`.
        NotFound: `letter.unknown`.
        Unavailable: the vault does not answer; no bundle was written.
        Corrupt: `vault.altered`, what the vault holds is not what was sealed.
    """
    require(actor, Right.EXPORT)
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        refuse_destroyed(letter)
        unit.journal.write(clock(), Act.EXPORTED, actor, letter.id, medium="liasse")
        gathered = _gathered(unit, letter)
        unit.commit()
    contents = _contents(gathered, _Gather(store, vault, ledger, published), signer, journal_log)
    write_bundle(contents, target, vault.open)
    return letter


def evidence_contents(
    of: Letter | str,
    *,
    store: Store,
    vault: Vault,
    signer: Signer,
    ledger: Ledger,
    journal_log: TileLog | None,
    published: Published,
) -> Contents:
    """Return what the bundle of a letter, or of a piece by its id, holds, for who packs it; they asked the rights.

    Raises:
        Unavailable: the vault does not answer.
    """
    gather = _Gather(store, vault, ledger, published)
    if isinstance(of, str):
        return _piece_contents(of, gather, signer, journal_log)
    with store.unit() as unit:
        gathered = _gathered(unit, of)
    return _contents(gathered, gather, signer, journal_log)


def _piece_contents(piece_id: str, gather: _Gather, signer: Signer, journal_log: TileLog | None) -> Contents:
    with gather.store.unit() as unit:
        (one,) = unit.dossier_pieces.kept([piece_id])
        versions = unit.dossier_pieces.versions([piece_id])[piece_id]
        files = tuple(_version(unit, each, latest=each is versions[0]) for each in versions)
        lines = lines_of_piece(unit, one)
        marks = unit.shipping.marks([line.id for line in lines])
    latest = versions[0]
    told = events(lines, steps=(), opinions=(), notes=(), decisions=(), proposals={})
    digests = chain(latest.id, latest.sha256, told)

    def own(said: Mapping[str, object], details: Mapping[str, object]) -> bool:
        named = (said.get("letter"), said.get("about"), details.get("piece"))
        return named == (None, one.dossier.id, piece_id)

    return Contents(
        latest.id,
        one.label,
        _json({"dossier": asdict(one.dossier), "piece": asdict(one.piece), "versions": [asdict(v) for v in versions]}),
        _json([asdict(event) | {"sha256": digest} for event, digest in zip(told, digests, strict=True)]),
        tuple(gather.file(each) for each in files),
        _trust(gather, signer, journal_log),
        {"historique.json": TOLD},
        tuple(gather.line(each.id, marks.get(each.id), own, latest.sha256, journal_log) for each in told),
        (one.dossier.id, piece_id),
    )


def lines_of_piece(unit: Unit, one: KeptPiece) -> tuple[JournalEntry, ...]:
    """Return the lines of the journal that tell what happened to a piece of a dossier, readings left out."""
    lines = unit.journal.about(one.dossier.id)
    return tuple(each for each in lines if each.details.get("piece") == one.piece.id and each.act is not Act.PIECE_READ)


def _version(unit: Unit, one: Version, *, latest: bool) -> _Sealed:
    role, place = ("original", "original/original") if latest else ("version", f"versions/{one.number}/version")
    seal = unit.dossier_pieces.seal_of(one.id)
    return _Sealed(role, f"Version {one.number}", place, one.media_type, one.sha256, one.size, seal)


@dataclass(frozen=True, slots=True)
class _Gathered:
    letter: Letter
    files: tuple[_Sealed, ...]
    told: tuple[Event, ...]
    marks: Mapping[int, int]


def _gathered(unit: Unit, letter: Letter) -> _Gathered:
    told = _history(unit, letter)
    return _Gathered(letter, tuple(_files(unit, letter)), told, unit.shipping.marks([event.id for event in told]))


def _contents(gathered: _Gathered, gather: _Gather, signer: Signer, journal_log: TileLog | None) -> Contents:
    letter, told = gathered.letter, gathered.told

    def own(said: Mapping[str, object], _details: Mapping[str, object]) -> bool:
        return said.get("letter") == letter.id

    digests = chain(letter.id, letter.original, told)
    return Contents(
        letter.id,
        letter.number,
        _json(asdict(letter)),
        _json([asdict(event) | {"sha256": digest} for event, digest in zip(told, digests, strict=True)]),
        tuple(gather.file(one) for one in gathered.files),
        _trust(gather, signer, journal_log),
        {"historique.json": TOLD},
        tuple(gather.line(each.id, gathered.marks.get(each.id), own, letter.original, journal_log) for each in told),
    )


def _trust(gather: _Gather, signer: Signer, journal_log: TileLog | None) -> TrustMaterial:
    keys = (gather.ledger.key_text,) if journal_log is None else (gather.ledger.key_text, journal_log.key_text)
    published = gather.published
    return TrustMaterial.of(TrustStore.from_pem(signer.trust_pem), keys, published.witnesses, published.stamps)


def _files(unit: Unit, letter: Letter) -> Iterator[_Sealed]:
    """Give the original, then what is kept with the letter and sealed by itself, in the order in which it came."""
    yield _Sealed(
        "original",
        "Original",
        "original/original",
        letter.media_type,
        letter.original,
        letter.original_size,
        unit.seals.of(letter.id),
    )
    annexes = unit.annexes.of(letter.id)
    for number, annex in enumerate(annexes, 1):
        record = None
        if annex.leaf is not None and annex.leaf_index is not None and annex.sealed_at is not None:
            record = SealRecord(annex.leaf, annex.leaf_index, "", annex.sealed_at)
        yield _Sealed(
            annex.kind, annex.label, f"pieces/{number}/piece", annex.media_type, annex.digest, annex.size, record
        )
    for number, kept in enumerate(unit.kept_files.of(letter.id), len(annexes) + 1):
        yield _Sealed(
            kept.kind,
            kept.filename,
            f"pieces/{number}/piece",
            kept.media_type,
            kept.sha256,
            kept.size,
            unit.kept_files.seal_of(kept.id),
        )


@dataclass(frozen=True, slots=True)
class _Gather:
    """Finds what proves a file, under the strongest head that there is."""

    store: Store
    vault: Vault
    ledger: Ledger
    published: Published

    def file(self, one: _Sealed) -> BundledFile:
        try:
            evidence = self._evidence(one)
            missing = "" if evidence else UNSEALED
        except NotFound:
            evidence, missing = None, UNLOGGED
        return BundledFile(
            role=one.role,
            label=one.label,
            place=one.place,
            extension=EXTENSIONS.get(one.media_type, "bin"),
            media_type=one.media_type,
            digest=one.digest,
            size=one.size,
            evidence=evidence,
            missing=missing,
        )

    def _evidence(self, one: _Sealed) -> Evidence | None:
        """Return what proves a file; nothing while its seal waits.

        Raises:
            NotFound: `ledger.unknown`, the log is shorter than the database says.
        """
        p7s = self.vault.companion(one.digest, "p7s")
        if one.seal is None or p7s is None:
            return None
        found = evidence_of(one.seal.leaf_index, DOCUMENTS, ledger=self.ledger, store=self.store)
        claimed = int(read_signature(p7s).claimed_at.timestamp())
        salt = salt_of(one.digest, self.vault)
        if found is not None:
            stamped = int(found.stamped_at.timestamp()) if found.stamped_at else None
            return Evidence(p7s, one.seal.leaf, found.proof, self._head(found.anchor), claimed, stamped, salt)
        kept = self.vault.companion(one.digest, proof_suffix(one.seal.leaf_index))
        if kept is None:
            return None
        note = read_proof(kept.decode()).checkpoint
        size = read_checkpoint(note, self.ledger.key_text).size
        head = Head(DOCUMENTS, size, note.encode(), b"", self._missing(stamped=False, cosigned=False))
        return Evidence(p7s, one.seal.leaf, kept.decode(), head, claimed, None, salt)

    def line(self, line: int, place: int | None, own: Own, original: str, log: TileLog | None) -> HistoryLine:
        """Return what proves a line of the history, whose place in the log of acts the database tells.

        `original` is the SHA-256 of the only file that it may name.
        """
        if place is None or log is None:
            return HistoryLine(line, missing=WAITS)
        try:
            entry = log.entry(place)
        except NotFound:
            return HistoryLine(line, missing=ELSEWHERE)
        said = read_entry(entry)
        details = said.get("details")
        if said["id"] != line or not isinstance(details, dict) or not own(said, details):
            return HistoryLine(line, missing=ELSEWHERE)
        if not goes_along(str(said.get("act")), details, original):
            return HistoryLine(line, missing=STAYS)
        found = evidence_of(place, JOURNAL, ledger=log, store=self.store)
        if found is not None:
            stamped = int(found.stamped_at.timestamp()) if found.stamped_at else None
            return HistoryLine(line, entry, found.proof, self._head(found.anchor), stamped)
        proof = log.prove(place).proof
        note = read_proof(proof).checkpoint
        size = read_checkpoint(note, log.key_text).size
        return HistoryLine(
            line, entry, proof, Head(JOURNAL, size, note.encode(), b"", self._missing(stamped=False, cosigned=False))
        )

    def _head(self, anchor: LogAnchor) -> Head:
        missing = self._missing(stamped=anchor.stamp is not None, cosigned=bool(anchor.cosignatures))
        if anchor.stamp is not None and anchor.stamp.demonstration:
            missing["valeur de l'horodatage"] = DEMONSTRATION
        return Head(anchor.log, anchor.size, anchor.note, anchor.token, missing)

    def _missing(self, *, stamped: bool, cosigned: bool) -> dict[str, str]:
        missing = {}
        if not stamped:
            missing["horodatage"] = NOT_STAMPED if self.published.stamps else NO_AUTHORITY
        if not cosigned:
            missing["cosignature"] = NOT_COSIGNED if self.published.witnesses else NO_WITNESS
        return missing


def _history(unit: Unit, letter: Letter) -> tuple[Event, ...]:
    """Return what a stranger may be told: no private note, whoever takes the bundle."""
    return events(
        unit.journal.of(letter.id),
        steps=unit.steps.of(letter.id),
        opinions=unit.opinions.of(letter.id),
        notes=unit.notes.of(letter.id, NOBODY),
        decisions=unit.proposals.decisions(letter.id),
        proposals=unit.proposals.of(letter.id),
    )


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n").encode()
