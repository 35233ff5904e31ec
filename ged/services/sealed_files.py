"""Files under a seal: the original of a letter, what is kept with it, a print of a register, an inventory of a post."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ged.errors import NotFound
from ged.mail.access import Actor
from ged.mail.annex import Annex
from ged.mail.box import PaperGone
from ged.mail.disposal import Disposal
from ged.mail.dossier_piece import Version
from ged.mail.item import Letter
from ged.mail.kept import KeptFile
from ged.mail.register_book import RegisterPrint
from ged.mail.succession import Succession
from ged.services.succeed import recognise_inventory
from ged.store.unit import Unit


class Sort(StrEnum):
    """What a file is to this installation."""

    ORIGINAL = "original"
    ANNEX = "annexe"
    KEPT = "piece_gardee"
    PRINT = "impression_registre"
    INVENTORY = "inventaire"
    VERSION = "piece_dossier"
    CERTIFICATE = "certificat_elimination"
    PAPER = "certificat_papier"


@dataclass(frozen=True, slots=True)
class SealedFile:
    """One file, and where its seal stands.

    Attributes:
        label: What the file is called on the page of its letter; a code for a piece kept with it; "" for the others.
        leaf_index: Its entry in the log; None while its seal waits, and where none was made for it.
        leaf: The entry as it was written beside the file; None where the log alone has it.
        letter: The letter it belongs to, if it belongs to one; `print`, `inventory`, `disposal`, `version` and
            `paper` what it is itself, the last two a version of a piece of a dossier and a destruction of paper.
    """

    sort: Sort
    id: str
    label: str
    digest: str
    leaf_index: int | None = None
    leaf: bytes | None = None
    letter: Letter | None = None
    print: RegisterPrint | None = None
    inventory: Succession | None = None
    version: Version | None = None
    disposal: Disposal | None = None
    paper: PaperGone | None = None


def original_of(unit: Unit, letter: Letter) -> SealedFile:
    """Return the original of a letter that the asker was let to read."""
    record = unit.seals.of(letter.id)
    index, leaf = (record.leaf_index, record.leaf) if record else (None, None)
    return SealedFile(Sort.ORIGINAL, letter.id, "", letter.original, index, leaf, letter)


def pieces_of(unit: Unit, letter: Letter) -> Iterator[SealedFile]:
    """Give what is kept with a letter that the asker was let to read: its annexes, then its pieces."""
    for annex in unit.annexes.of(letter.id):
        yield _annex(annex, letter)
    for kept in unit.kept_files.of(letter.id):
        yield _kept(unit, kept, letter)


def piece_of(unit: Unit, letter: Letter, piece_id: str) -> SealedFile:
    """Return one of the things kept with a letter.

    Raises:
        NotFound: `annex.unknown`.
    """
    for each in pieces_of(unit, letter):
        if each.id == piece_id:
            return each
    raise NotFound("annex.unknown", "Cette pièce n'existe pas, ou son courrier n'est pas ouvert à votre poste.")


def recognise(unit: Unit, digest: str, actor: Actor, now: datetime) -> SealedFile | None:
    """Return what has these bytes among all that is open to the actor, originals of letters first.

    A print of a register is known by whoever is of its organisation: that it is authentic tells nothing of its lines.
    """
    tokens = actor.tokens()
    for letter in unit.letters.by_original(digest, tokens):
        return original_of(unit, letter)
    for annex in unit.annexes.by_digest(digest):
        if unit.letters.seen(annex.letter_id, tokens):
            return _annex(annex, unit.letters.get(annex.letter_id, tokens))
    for kept in unit.kept_files.by_digest(digest):
        if unit.letters.seen(kept.letter_id, tokens):
            return _kept(unit, kept, unit.letters.get(kept.letter_id, tokens))
    found = unit.register_prints.by_digest(digest, frozenset(post.tenant_id for post in actor.posts))
    if found:
        return SealedFile(Sort.PRINT, found.id, "", found.sha256, found.leaf_index, print=found)
    for version, dossier_id in unit.dossier_pieces.by_digest(digest):
        if unit.dossiers.seen(dossier_id, actor):
            record = unit.dossier_pieces.seal_of(version.id)
            index, leaf = (record.leaf_index, record.leaf) if record else (None, None)
            return SealedFile(Sort.VERSION, version.id, version.filename, digest, index, leaf, version=version)
    return _made_here(unit, digest, actor, now)


def _made_here(unit: Unit, digest: str, actor: Actor, now: datetime) -> SealedFile | None:
    """Return which paper of the house has these bytes: a certificate of a destruction, an inventory of a post."""
    tenants = frozenset(post.tenant_id for post in actor.posts)
    done = unit.disposals.by_certificate(digest, tenants)
    if done:
        return SealedFile(Sort.CERTIFICATE, done.id, "", digest, done.leaf_index, done.leaf, disposal=done)
    gone = unit.boxes.by_certificate(digest, tenants)
    if gone:
        about = unit.disposals.get(gone.about, None)
        return SealedFile(Sort.PAPER, gone.id, "", digest, gone.leaf_index, gone.leaf, disposal=about, paper=gone)
    inventory = recognise_inventory(unit, digest, actor, now)
    return SealedFile(Sort.INVENTORY, inventory.id, "", digest, inventory=inventory) if inventory else None


def _annex(annex: Annex, letter: Letter) -> SealedFile:
    return SealedFile(Sort.ANNEX, annex.id, annex.label, annex.digest, annex.leaf_index, annex.leaf, letter)


def _kept(unit: Unit, kept: KeptFile, letter: Letter) -> SealedFile:
    record = unit.kept_files.seal_of(kept.id)
    index, leaf = (record.leaf_index, record.leaf) if record else (None, None)
    return SealedFile(Sort.KEPT, kept.id, kept.kind, kept.sha256, index, leaf, letter)
