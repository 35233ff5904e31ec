"""Pieces of a dossier: brought, described, reserved, brought again, withdrawn; each act in the journal.

Nobody writes over what somebody else brought meanwhile: a new version names the one that it was made from (conflict
detection), and whoever works on a piece for long reserves it (check-out, check-in).
"""

from __future__ import annotations

import secrets
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from ged.clock import Clock
from ged.errors import Conflict, NotFound, Refused
from ged.mail.access import Actor, Right, require
from ged.mail.dossier import Dossier
from ged.mail.dossier_piece import DossierModel, DossierPiece, Said, Version, read_said
from ged.mail.folding import folded_words
from ged.mail.item import Reading
from ged.mail.journal import Act
from ged.mail.said import Said as Told
from ged.ports import Stored, Vault
from ged.store.unit import Store, Unit


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that is durable in the vault: `media_type` by content, `filename` for display only."""

    stored: Stored
    media_type: str
    filename: str


@dataclass(frozen=True, slots=True)
class PieceFile:
    """A piece with its dossier and its versions, newest first; of the last one so many pages are read."""

    dossier: Dossier
    piece: DossierPiece
    versions: tuple[Version, ...]
    pages_read: int


def pieces_of(
    dossier_id: str, *, store: Store, actor: Actor, words: str = ""
) -> tuple[tuple[DossierPiece, Version], ...]:
    """Return the pieces of a dossier with the version of each that stands, those whose words begin as those typed.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`.
    """
    require(actor, Right.SEE_DOSSIERS)
    with store.unit() as unit:
        pieces = unit.dossier_pieces.of(unit.dossiers.get(dossier_id, actor).id, folded_words(words[:200])[:8])
        versions = unit.dossier_pieces.versions([each.id for each in pieces])
    return tuple((each, versions[each.id][0]) for each in pieces)


def piece_file(dossier_id: str, piece_id: str, *, store: Store, actor: Actor) -> PieceFile:
    """Return a piece with all its versions.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`, `dossier_piece.unknown`.
    """
    require(actor, Right.SEE_DOSSIERS)
    with store.unit() as unit:
        seen = unit.dossiers.get(dossier_id, actor)
        piece = unit.dossier_pieces.get(seen.id, piece_id)
        versions = unit.dossier_pieces.versions([piece.id])[piece.id]
        read = unit.version_texts.count_read([versions[0].id])
        return PieceFile(seen, piece, versions, read.get(versions[0].id, 0))


def dossier_model(*, store: Store) -> DossierModel:
    """Return the kinds of pieces, their metadata and the structures that dossiers start with."""
    with store.unit() as unit:
        return unit.dossier_pieces.model()


def may_bring(dossier_id: str, *, store: Store, actor: Actor) -> None:
    """Let pass who may bring something to a dossier, before any byte of it is kept.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`.
        Refused: `dossier.closed`.
    """
    with store.unit() as unit:
        _open(unit, dossier_id, actor)


def bring(dossier_id: str, file: Brought, part: str = "", *, store: Store, actor: Actor, clock: Clock) -> DossierPiece:
    """Add a piece to a dossier, named as its file until somebody says better.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`.
        Refused: `dossier.closed`, `dossier_piece.part`.
    """
    now = clock()
    with store.unit() as unit:
        into = _open(unit, dossier_id, actor)
        if part and part not in into.parts:
            raise Refused("dossier_piece.part", "Ce dossier n'a pas cette partie. Choisissez-en une autre.")
        title = file.filename.rpartition(".")[0] or file.filename
        piece = DossierPiece(secrets.token_urlsafe(16), into.id, part, title, "", {}, 1, "", "", None, "", 1)
        unit.dossier_pieces.add(piece)
        version = _keep(unit, piece, 1, file, remark="", actor=actor, now=now)
        unit.outbox.add_pieces([piece.id], now)
        unit.journal.write_about(
            now, Act.PIECE_BROUGHT, actor, into.id, piece=piece.id, title=title, version=1, sha256=version.sha256
        )
        unit.commit()
    return piece


def bring_version(
    dossier_id: str,
    piece_id: str,
    file: Brought,
    remark: str = "",
    *,
    made_from: int,
    store: Store,
    actor: Actor,
    clock: Clock,
) -> Version:
    """Add a version to a piece, made from one that still stands; the piece is free again afterwards.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`, `dossier_piece.unknown`, `dossier_piece.destroyed`.
        Refused: `dossier.closed`, `dossier_piece.withdrawn`, `dossier_piece.same`, these bytes are that version's.
        Conflict: `dossier_piece.transferred`; `dossier_piece.newer`, somebody brought one meanwhile;
            `dossier_piece.reserved`, by somebody else.
    """
    now = clock()
    with store.unit() as unit:
        into = _open(unit, dossier_id, actor)
        piece = _standing(unit, into, piece_id)
        _refuse_reserved(piece, actor)
        latest = unit.dossier_pieces.versions([piece.id])[piece.id][0]
        if made_from != latest.number:
            raise Conflict(
                "dossier_piece.newer",
                Told(
                    "%(name)s a déposé la version %(version)s entre-temps. Votre fichier n'a pas été ajouté, et il est "
                    "toujours sur votre poste : lisez cette version, reportez-y vos changements, puis déposez-le.",
                    name=latest.name,
                    version=latest.number,
                ),
                latest=latest.number,
            )
        if latest.sha256 == file.stored.digest:
            raise Refused(
                "dossier_piece.same",
                Told("Ce fichier est la version %(version)s, à l'octet près : rien à ajouter.", version=latest.number),
            )
        unit.version_texts.forget(piece.id)
        free = {"reserved_by": "", "reserved_name": "", "reserved_at": None}
        unit.dossier_pieces.change(piece, latest=latest.number + 1, **free)
        said = " ".join(remark.split())[:500]
        version = _keep(unit, piece, latest.number + 1, file, remark=said, actor=actor, now=now)
        unit.outbox.add_pieces([piece.id], now)
        about = {"piece": piece.id, "title": piece.title, "version": version.number, "sha256": version.sha256}
        unit.journal.write_about(now, Act.PIECE_BROUGHT, actor, into.id, **about)
        unit.commit()
    return version


def describe(
    dossier_id: str, piece_id: str, said: Said, *, revision: int, store: Store, actor: Actor, clock: Clock
) -> None:
    """Say what a piece is: its title, its part of the dossier, its kind and what is to be known of that kind.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`, `dossier_piece.unknown`, `dossier_piece.destroyed`.
        Refused: `dossier.closed`, `dossier_piece.withdrawn`, `dossier_piece.faulty`; diagnostics `faults`.
        Conflict: `dossier_piece.transferred`, `dossier_piece.revision`.
    """
    now = clock()
    with store.unit() as unit:
        into = _open(unit, dossier_id, actor)
        piece = _standing(unit, into, piece_id)
        kept, faults = read_said(said, into.parts, unit.dossier_pieces.model(), now.date())
        if faults:
            raise Refused("dossier_piece.faulty", "Corrigez les champs signalés, puis enregistrez.", faults=faults)
        stale = DossierPiece(**{name: getattr(piece, name) for name in DossierPiece.__slots__} | {"revision": revision})
        unit.dossier_pieces.describe(stale, kept)
        unit.outbox.add_pieces([piece.id], now)
        before = {"title": piece.title, "part": piece.part, "kind": piece.kind, **piece.metadata}
        after = {"title": kept.title, "part": kept.part, "kind": kept.kind, **kept.metadata}
        changes = {
            name: [before.get(name, ""), after.get(name, "")]
            for name in before | after
            if before.get(name, "") != after.get(name, "")
        }
        unit.journal.write_about(
            now, Act.PIECE_DESCRIBED, actor, into.id, piece=piece.id, title=kept.title, changes=changes
        )
        unit.commit()


def reserve(dossier_id: str, piece_id: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Reserve a piece: until it is freed, or until they bring a version, this person alone brings one.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`, `dossier_piece.unknown`, `dossier_piece.destroyed`.
        Refused: `dossier.closed`, `dossier_piece.withdrawn`.
        Conflict: `dossier_piece.transferred`, `dossier_piece.reserved`.
    """
    now = clock()
    with store.unit() as unit:
        into = _open(unit, dossier_id, actor)
        piece = _standing(unit, into, piece_id)
        _refuse_reserved(piece, actor)
        if not piece.reserved_by:
            unit.dossier_pieces.reserve(piece, actor, now)
            unit.journal.write_about(now, Act.PIECE_RESERVED, actor, into.id, piece=piece.id, title=piece.title)
        unit.commit()


def free(dossier_id: str, piece_id: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """End a reservation: one's own, or somebody else's, whose name the journal then says.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`, `dossier_piece.unknown`, `dossier_piece.destroyed`.
        Refused: `dossier.closed`, `dossier_piece.withdrawn`.
        Conflict: `dossier_piece.transferred`.
    """
    now = clock()
    with store.unit() as unit:
        into = _open(unit, dossier_id, actor)
        piece = _standing(unit, into, piece_id)
        if piece.reserved_by:
            unit.dossier_pieces.reserve(piece, None, None)
            about = {"piece": piece.id, "title": piece.title, "held_by": piece.reserved_name}
            unit.journal.write_about(now, Act.PIECE_FREED, actor, into.id, **about)
        unit.commit()


def withdraw(dossier_id: str, piece_id: str, reason: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Say that a piece no longer counts, and why; its versions stay and can be read.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`, `dossier_piece.unknown`, `dossier_piece.destroyed`.
        Refused: `dossier.closed`, `dossier_piece.withdrawn`, `dossier_piece.no_reason`.
        Conflict: `dossier_piece.transferred`, `dossier_piece.reserved`.
    """
    now, reason = clock(), " ".join(reason.split())[:500]
    with store.unit() as unit:
        into = _open(unit, dossier_id, actor)
        piece = _standing(unit, into, piece_id)
        _refuse_reserved(piece, actor)
        if not reason:
            raise Refused("dossier_piece.no_reason", "Dites pourquoi cette pièce ne compte plus, en quelques mots.")
        unit.dossier_pieces.change(piece, withdrawn=reason, reserved_by="", reserved_name="", reserved_at=None)
        unit.outbox.add_pieces([piece.id], now)
        about = {"piece": piece.id, "title": piece.title, "reason": reason}
        unit.journal.write_about(now, Act.PIECE_WITHDRAWN, actor, into.id, **about)
        unit.commit()


def take_back(dossier_id: str, piece_id: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Let a piece that was withdrawn count again.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`, `dossier_piece.unknown`, `dossier_piece.destroyed`.
        Refused: `dossier.closed`.
        Conflict: `dossier_piece.transferred`.
    """
    now = clock()
    with store.unit() as unit:
        into = _open(unit, dossier_id, actor)
        piece = _there(unit, into, piece_id)
        if piece.withdrawn:
            unit.dossier_pieces.change(piece, withdrawn="")
            unit.outbox.add_pieces([piece.id], now)
            unit.journal.write_about(now, Act.PIECE_TAKEN_BACK, actor, into.id, piece=piece.id, title=piece.title)
        unit.commit()


def read_again(dossier_id: str, piece_id: str, *, store: Store, actor: Actor) -> None:
    """Have the last version of a piece read again, where the machine had given it up; nothing happens otherwise.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`, `dossier_piece.unknown`, `dossier_piece.destroyed`.
    """
    require(actor, Right.KEEP_DOSSIERS)
    with store.unit() as unit:
        piece = _there(unit, unit.dossiers.get(dossier_id, actor, lock=True), piece_id)
        latest = unit.dossier_pieces.versions([piece.id])[piece.id][0]
        if latest.reading is Reading.FAILED:
            unit.version_texts.try_again(latest.id)
            unit.queue.defer("read_version", version_id=latest.id)
        unit.commit()


def open_version(
    dossier_id: str, piece_id: str, number: int, *, store: Store, vault: Vault, actor: Actor, clock: Clock
) -> tuple[Version, AbstractContextManager[BinaryIO]]:
    """Open a version as it was brought, and write in the journal that it was read.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`, `dossier_piece.unknown`, `dossier_piece.destroyed`.
    """
    require(actor, Right.SEE_DOSSIERS)
    with store.unit() as unit:
        seen = unit.dossiers.get(dossier_id, actor)
        piece = unit.dossier_pieces.get(seen.id, piece_id)
        found = [one for one in unit.dossier_pieces.versions([piece.id])[piece.id] if one.number == number]
        if not found:
            raise NotFound("dossier_piece.unknown", "Cette pièce n'a pas de version de ce numéro.")
        _refuse_destroyed(piece)
        about = {"piece": piece.id, "title": piece.title, "version": number}
        unit.journal.write_about(clock(), Act.PIECE_READ, actor, seen.id, **about)
        unit.commit()
    return found[0], vault.open(found[0].sha256)


def _keep(
    unit: Unit, piece: DossierPiece, number: int, file: Brought, *, remark: str, actor: Actor, now: datetime
) -> Version:
    kept = (file.stored.digest, file.stored.size, file.media_type, file.filename)
    version = Version(secrets.token_urlsafe(16), piece.id, number, *kept, remark, now, actor.login, actor.name)
    keep_version(unit, version, file.stored, now)
    return version


def keep_version(unit: Unit, version: Version, stored: Stored, now: datetime) -> None:
    """Keep a version of a piece in the caller's transaction, its seal and its reading asked for."""
    unit.arrivals.know(stored, version.media_type, now)
    unit.dossier_pieces.add_version(version)
    unit.piece_locks.again(version.piece_id)
    unit.queue.defer("seal_version", version_id=version.id)
    unit.queue.defer("read_version", version_id=version.id)


def _open(unit: Unit, dossier_id: str, actor: Actor) -> Dossier:
    require(actor, Right.KEEP_DOSSIERS)
    current = unit.dossiers.get(dossier_id, actor, lock=True)
    if current.closed_on is not None:
        raise Refused(
            "dossier.closed", Told("Le dossier %(code)s est clos. Rouvrez-le pour y toucher.", code=current.code)
        )
    unit.holds.catch_inside_before(current.id)
    return current


def _standing(unit: Unit, into: Dossier, piece_id: str) -> DossierPiece:
    piece = _there(unit, into, piece_id)
    if piece.withdrawn:
        raise Refused("dossier_piece.withdrawn", "Cette pièce a été retirée du dossier. Remettez-la pour y toucher.")
    return piece


def _there(unit: Unit, into: Dossier, piece_id: str) -> DossierPiece:
    piece = unit.dossier_pieces.get(into.id, piece_id, lock=True)
    _refuse_destroyed(piece)
    if piece.transferred_at is not None:
        raise Conflict(
            "dossier_piece.transferred",
            "Cette pièce a été versée aux archives : elle se lit encore ici, et rien n'y change plus.",
        )
    return piece


def _refuse_destroyed(piece: DossierPiece) -> None:
    if piece.condemned_at is not None:
        raise NotFound(
            "dossier_piece.destroyed",
            "Cette pièce a été éliminée : ses fichiers n'existent plus. Sa page dit ce qu'elle était.",
        )


def _refuse_reserved(piece: DossierPiece, actor: Actor) -> None:
    if piece.reserved_by and piece.reserved_by != actor.login:
        raise Conflict(
            "dossier_piece.reserved",
            Told(
                "%(name)s travaille sur cette pièce et l'a réservée. Rien n'a été changé : demandez-lui de la libérer, "
                "ou libérez-la vous-même si ce travail est abandonné.",
                name=piece.reserved_name,
            ),
        )
