"""Receptions: a package of another house checked whole, every digest and every proof, then taken whole; or refused.

What is refused leaves its reasons and, where the package says what it is called, the reply that says no. What is taken
becomes letters and dossiers here, sealed here, each with where it comes from; killed anywhere, the next goes on.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from ged.clock import Clock
from ged.errors import NotFound, Refused
from ged.mail.access import SYSTEM, Actor, Right, require
from ged.mail.annex import AnnexKind
from ged.mail.dossier_piece import KeptPiece
from ged.mail.item import Confidentiality, Direction, Letter, State
from ged.mail.journal import Act
from ged.mail.reception import Proofs, Provenance, Reception, ReceptionState
from ged.mail.said import Said
from ged.ports import Stored, Vault
from ged.services.attach import attach
from ged.services.capture import Door
from ged.services.enter import Paper, begin_work, enter, register_of, take_number
from ged.store.unit import Store, Unit
from retention.check_package import Checked, CheckedFile, CheckedLetter, Hands, check, unit_file
from retention.received_dossier import Coming, day_of, instant_of, lay_letter, take_piece
from retention.seda.contents import Agency
from retention.seda.read import ReadPackage
from retention.seda.replies import Given, write_reply

_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Receiver:
    """What takes packages in: the engines, what looks into files, and who somebody is by their login."""

    store: Store
    vault: Vault
    clock: Clock
    hands: Hands
    who: Callable[[str], Actor]


def receive(
    stream: BinaryIO, filename: str, *, limit_bytes: int, store: Store, vault: Vault, actor: Actor, clock: Clock
) -> Reception:
    """Make a package durable as it came; a worker then checks it and takes it, or refuses it.

    Raises:
        Forbidden: `access.right`.
        Refused: `capture.too_large`.
        Unavailable: the vault does not answer; the sender still has the file.
    """
    require(actor, Right.KEEP_TRANSFERS)
    stored = vault.put(stream, media_type="application/zip", limit_bytes=limit_bytes, tenant_id=actor.tenant_id)
    new = Reception(
        id=secrets.token_urlsafe(16),
        tenant_id=actor.tenant_id,
        sha256=stored.digest,
        size=stored.size,
        filename=filename,
        state=ReceptionState.WAITING,
        received_at=clock(),
        login=actor.login,
        name=actor.name,
        held=stored.digest,
    )
    with store.unit() as unit:
        unit.receptions.add(new)
        unit.journal.write_about(
            new.received_at, Act.RECEPTION_CAME, actor, new.id, filename=filename, sha256=stored.digest
        )
        unit.queue.defer("take_reception", reception_id=new.id)
        unit.commit()
    return new


def receptions(*, store: Store, actor: Actor, limit: int = 100) -> tuple[Reception, ...]:
    """Return what the actor's house received, the last first.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.KEEP_TRANSFERS)
    with store.unit() as unit:
        return unit.receptions.page(actor.tenant_id, limit)


@dataclass(frozen=True, slots=True)
class Received:
    """A reception, and where each letter and piece of it that the reader may see comes from, with what it is here."""

    reception: Reception
    letters: tuple[tuple[Provenance, str], ...]
    pieces: tuple[tuple[Provenance, KeptPiece], ...]


def received(reception_id: str, *, store: Store, actor: Actor) -> Received:
    """Return a reception.

    Raises:
        Forbidden: `access.right`.
        NotFound: `reception.unknown`.
    """
    require(actor, Right.KEEP_TRANSFERS)
    with store.unit() as unit:
        found = unit.receptions.get(reception_id, actor.tenant_id)
        items = unit.receptions.items(found.id)[:_SHOWN]
        letters, pieces = _taken(unit, items)
        open_to = {key for key, each in letters.items() if unit.letters.seen(each.id, actor.tokens())}
        cases = {each.dossier.id for each in pieces.values()} if actor.has(Right.SEE_DOSSIERS) else set()
        cases = {each for each in cases if unit.dossiers.seen(each, actor)}
        return Received(
            found,
            tuple((one, letters[one.letter_id].number) for one in items if one.letter_id in open_to),
            tuple(
                (one, pieces[one.piece_id])
                for one in items
                if one.piece_id in pieces and pieces[one.piece_id].dossier.id in cases
            ),
        )


def _taken(unit: Unit, items: Sequence[Provenance]) -> tuple[dict[str | None, Letter], dict[str | None, KeptPiece]]:
    """Return the letters and the pieces of a reception, by id."""
    letters = unit.letters.many([one.letter_id for one in items if one.letter_id is not None])
    pieces = unit.dossier_pieces.kept([one.piece_id for one in items if one.piece_id is not None])
    return {each.id: each for each in letters}, {each.piece.id: each for each in pieces}


def provenance_of_piece(
    dossier_id: str, piece_id: str, *, store: Store, actor: Actor
) -> tuple[Provenance, Reception] | None:
    """Return where a piece of a dossier that the actor sees comes from; None for one of our own.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`, `dossier_piece.unknown`.
    """
    require(actor, Right.SEE_DOSSIERS)
    with store.unit() as unit:
        seen = unit.dossiers.get(dossier_id, actor)
        found = unit.receptions.provenance(unit.dossier_pieces.get(seen.id, piece_id).id)
        return (found, unit.receptions.get(found.reception_id, seen.tenant_id)) if found else None


def evidence_of_piece(
    dossier_id: str, piece_id: str, *, store: Store, vault: Vault, actor: Actor, clock: Clock
) -> AbstractContextManager[BinaryIO]:
    """Open what came to prove a piece, and write in the journal that it was read.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`, `dossier_piece.unknown`; `dossier_piece.no_evidence`, none came or it is gone.
    """
    require(actor, Right.SEE_DOSSIERS)
    with store.unit() as unit:
        seen = unit.dossiers.get(dossier_id, actor)
        piece = unit.dossier_pieces.get(seen.id, piece_id)
        found = unit.receptions.provenance(piece.id)
        if found is None or found.evidence is None or piece.condemned_at is not None:
            raise NotFound("dossier_piece.no_evidence", "Cette pièce n'est pas venue avec des preuves.")
        about = {"piece": piece.id, "title": piece.title, "sha256": found.evidence}
        unit.journal.write_about(clock(), Act.PIECE_READ, actor, seen.id, **about)
        unit.commit()
    return vault.open(found.evidence)


def provenance_of(letter_id: str, *, store: Store, actor: Actor) -> tuple[Provenance, Reception] | None:
    """Return where a letter of another house comes from, and the package that brought it; None for one of our own.

    Raises:
        NotFound: `letter.unknown`.
    """
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        found = unit.receptions.provenance(letter.id)
        return (found, unit.receptions.get(found.reception_id, letter.tenant_id)) if found else None


def reply_of(reception_id: str, *, store: Store, actor: Actor) -> Reception:
    """Return a reception whose reply can be given to the house that transferred.

    Raises:
        Forbidden: `access.right`.
        NotFound: `reception.unknown`; `reception.no_reply`.
    """
    found = received(reception_id, store=store, actor=actor).reception
    if not found.reply:
        raise NotFound(
            "reception.no_reply", "Il n'y a pas de réponse : le paquet n'est pas contrôlé, ou ne dit pas qui il est."
        )
    return found


def take(reception_id: str, folder: Path, receiver: Receiver) -> None:
    """Check a package and take it, or refuse it; one that has ended is left alone. `folder` is the process's own.

    Raises:
        Unavailable: an engine does not answer; call again.
        Corrupt: the vault does not hold what came.
    """
    with receiver.store.exclusive(f"reception:{reception_id}") as alone:
        if not alone:
            return
        with receiver.store.unit() as unit:
            found = unit.receptions.get(reception_id, None)
        if found.state in {ReceptionState.ACCEPTED, ReceptionState.REFUSED} or found.held is None:
            return
        package = folder / "paquet.zip"
        with receiver.vault.open(found.held) as stream, package.open("wb") as copy:
            while chunk := stream.read(1 << 20):
                copy.write(chunk)
        read: ReadPackage | None = None
        try:
            read, checked = check(package, folder, receiver.hands)
            _begin(found, read, checked, receiver)
        except Refused as error:
            _refuse(found, receiver.hands.last or read, error, receiver)
            return
        for one in checked.letters:
            _take_letter(found, read, one, checked.proofs[one.unit.id], package, receiver)
        _accept(found, read, receiver)


def _begin(found: Reception, read: ReadPackage, checked: Checked, receiver: Receiver) -> None:
    """Write that a package is sound, unless this house took that transfer already."""
    with receiver.store.unit() as unit:
        taken = unit.receptions.taken(found.tenant_id, read.sender, read.identifier)
        if taken is not None and taken.id != found.id:
            raise Refused(
                "reception.taken",
                Said(
                    "Ce versement (%(package)s) a déjà été pris, le %(day)s. Rien n'a été repris.",
                    package=read.identifier,
                    day=f"{taken.received_at:%d/%m/%Y}",
                ),
            )
        unit.receptions.change(
            found.id,
            state=ReceptionState.CHECKED,
            identifier=read.identifier,
            sender=read.sender,
            sender_name=read.sender_name,
            total=len(checked.letters),
        )
        unit.commit()


def _take_letter(  # noqa: PLR0917 - private; one letter and where it is
    found: Reception, read: ReadPackage, one: CheckedLetter, proofs: Proofs, package: Path, receiver: Receiver
) -> None:
    with receiver.store.unit() as unit:
        done = {each.unit for each in unit.receptions.items(found.id)}
    if one.unit.id in done:
        return
    actor = receiver.who(found.login)
    now = receiver.clock()
    coming = Coming(found, read, one, proofs, actor, now)
    kept = {file.uri: _keep(file, package, found.tenant_id, receiver) for file in coming.files}
    with receiver.store.unit() as unit:
        unit.receptions.get(found.id, None, lock=True)
        if coming.is_piece:
            unit.receptions.add_item(take_piece(unit, coming, kept))
        else:
            letter = _register(unit, one, kept, actor, now)
            unit.receptions.add_item(replace(coming.provenance(), letter_id=letter.id))
            unit.journal.write(
                now, Act.CAME_BY_TRANSFER, actor, letter.id,
                transfer=read.identifier, house=read.sender, number=one.unit.number, proofs=proofs,
                sha256=letter.original,
            )  # fmt: skip
            lay_letter(unit, coming, letter)
            begin_work(unit, letter)
        unit.receptions.change(found.id, done=len(done) + 1)
        unit.commit()


def _keep(file: CheckedFile, package: Path, tenant_id: str, receiver: Receiver) -> Stored:
    path = unit_file(package, file, package.with_name("fichier"), receiver.hands)
    with path.open("rb") as stream:
        return receiver.vault.put(stream, media_type=file.media_type, tenant_id=tenant_id)


def _register(unit: Unit, one: CheckedLetter, kept: dict[str, Stored], actor: Actor, now: datetime) -> Letter:
    """Enter a letter in the register of arrivals, closed as it came, with what is joined to it."""
    said, master = one.unit, one.master
    register = register_of(actor.post.entity_id, unit)
    kinds = {each.code for each in unit.organisation.kinds()}
    letter = enter(
        unit,
        take_number(unit, register, Direction.INCOMING, now),
        Paper(kept[master.uri], master.media_type, master.page_count, master.filename or said.title),
        door=Door.TRANSFER,
        actor=actor,
        state=State.DONE,
        confidentiality=_level(said.access),
        service_id=actor.post.entity_id,
        kind=said.kind if said.kind in kinds else None,
        subject=said.title or None,
        sender=said.sender or None,
        recipient=said.recipient or None,
        sender_reference=said.reference or None,
        letter_date=day_of(said.written) or day_of(said.sent),
        received_at=instant_of(said.received, now) or now,
        closed_on=day_of(said.ended) or now.date(),
    )
    for kind, files in ((AnnexKind.ENCLOSURE, one.pieces), (AnnexKind.PROVENANCE, one.proofs)):
        for file in files:
            label = file.filename or file.uri
            attach(unit, letter, kind, kept[file.uri], media_type=file.media_type, label=label, actor=actor, now=now)
    return letter


def _accept(found: Reception, read: ReadPackage, receiver: Receiver) -> None:
    with receiver.store.unit() as unit:
        items = unit.receptions.items(found.id)
        letters, pieces = _taken(unit, items)
        numbers = {key: one.number for key, one in letters.items()} | {key: one.label for key, one in pieces.items()}
        units = tuple((one.unit, numbers[one.letter_id or one.piece_id]) for one in items)
        _end(unit, found, read, _Word(ReceptionState.ACCEPTED, receiver.clock(), units))
        unit.commit()


def _refuse(found: Reception, read: ReadPackage | None, error: Refused, receiver: Receiver) -> None:
    with receiver.store.unit() as unit:
        word = _Word(ReceptionState.REFUSED, receiver.clock(), reasons=(error.sentence,), code=error.code)
        _end(unit, found, read, word)
        unit.commit()


@dataclass(frozen=True, slots=True)
class _Word:
    """What is said in the end: to which units which numbers were given, or why nothing was taken."""

    state: ReceptionState
    at: datetime
    units: tuple[tuple[str, str], ...] = ()
    reasons: tuple[str, ...] = ()
    code: str = ""


def _end(unit: Unit, found: Reception, read: ReadPackage | None, word: _Word) -> None:
    reply, named = "", {}
    if read is not None:
        house = unit.organisation.entity(found.tenant_id)
        named = {"identifier": read.identifier, "sender": read.sender, "sender_name": read.sender_name}
        given = Given(
            identifier=f"{house.id}-REPONSE-{found.id[:10]}",
            request=read.identifier,
            at=word.at,
            archive=Agency(house.id, house.name_fr),
            sender=Agency(read.sender or "INCONNU", read.sender_name),
            units=word.units,
            reasons=word.reasons,
        )
        reply = write_reply(given).decode()
    reasons = list(word.reasons)
    unit.receptions.change(found.id, **named, state=word.state, reply=reply, reasons=reasons, finished_at=word.at)
    unit.journal.write_about(
        word.at, Act.RECEPTION_ENDED, SYSTEM, found.id,
        outcome=word.state, reasons=reasons, code=word.code, sha256=found.sha256, letters=len(word.units),
    )  # fmt: skip
    unit.queue.defer("forget_reception", reception_id=found.id)


def forget(reception_id: str, *, store: Store, vault: Vault) -> None:
    """Destroy a package that was taken or refused: its letters have their own place, or none.

    Raises:
        Unavailable: the vault does not answer; call again.
    """
    with store.unit() as unit:
        found = unit.receptions.get(reception_id, None)
        wanted = unit.receptions.under_way(found.sha256)
    if found.held is None or found.state not in {ReceptionState.ACCEPTED, ReceptionState.REFUSED}:
        return
    if not wanted:
        vault.shred(found.held)
    with store.unit() as unit:
        unit.receptions.change(found.id, held=None)
        unit.commit()


def _level(access: str) -> Confidentiality:
    """Return the level that a letter had; one that is not known here is kept narrow."""
    return Confidentiality(access) if access in set(Confidentiality) else Confidentiality.RESTRICTED
