"""Taking our own sheets back: a file of them is proof and proposals, and never a new letter."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from ged.clock import Clock
from ged.errors import NotFound, Refused
from ged.mail.access import KEEPS_REGISTER, Actor
from ged.mail.custody import Way
from ged.mail.item import Direction
from ged.mail.journal import Act
from ged.mail.kept import KeptFile, KeptKind
from ged.mail.returned import DoubtfulFile, Fate, Returned, SheetPage, doubts_about
from ged.mail.slip import Layout, RoutingSlip
from ged.mail.transmittal import Discharge, Transmittal
from ged.ports import Stored, Vault
from ged.services.beside import told_digest
from ged.services.capture import Arrival, Door, Receipt, capture, registering_post
from ged.services.discharge import close
from ged.store.unit import Store, Unit


@dataclass(frozen=True, slots=True)
class Known:
    """The sheets of the actor's register that carry one of some codes, by code."""

    slips: dict[str, RoutingSlip]
    transmittals: dict[str, Transmittal]

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return bool(self.slips or self.transmittals)

    @property
    def layouts(self) -> dict[str, Layout]:
        """The boxes of each slip."""
        return {code: slip.layout for code, slip in self.slips.items()}


def known_sheets(codes: Sequence[str], direction: Direction, *, store: Store, actor: Actor) -> Known:
    """Return which codes are of sheets that the actor's own register made; a stranger's code is a letter's QR.

    Raises:
        Forbidden: `access.right`.
    """
    register_id = registering_post(actor, direction).register_id
    with store.unit() as unit:
        return _known(unit, codes, register_id)


def _known(unit: Unit, codes: Sequence[str], register_id: str) -> Known:
    return Known(unit.slips.by_codes(codes, register_id), unit.transmittals.by_codes(codes, register_id))


def take_back(
    arrival: Arrival,
    stored: Stored,
    pages: Sequence[SheetPage],
    *,
    store: Store,
    vault: Vault,
    actor: Actor,
    clock: Clock,
) -> tuple[Returned, ...]:
    """Attach what is sure, propose what was read, and put the rest before a person.

    A slip's ticks propose to whoever confirms them. A transmittal is discharged by its signed sheet when nothing in
    the file is in doubt. The same file again changes nothing.

    Raises:
        Forbidden: `access.right`.
    """
    post = registering_post(actor, arrival.direction)
    now = clock()
    pictures = {
        page.code: vault.put(BytesIO(page.picture), media_type="image/webp", tenant_id=actor.tenant_id).digest
        for page in pages
        if page.picture
    }
    with store.unit() as unit:
        unit.arrivals.hold_digest(stored.digest)
        unit.arrivals.know(stored, arrival.media_type, now)
        known = _known(unit, [page.code for page in pages if page.code], post.register_id)
        answers = [
            _slip_back(unit, slip, pages, pictures.get(code), arrival=arrival, stored=stored, actor=actor, now=now)
            for code, slip in known.slips.items()
        ]
        doubts = doubts_about(
            pages, [*known.slips, *known.transmittals], [code for code, made in known.transmittals.items() if made.open]
        )
        again = bool(known.transmittals) and all(made.scan == stored.digest for made in known.transmittals.values())
        if again:
            answers += [_said(made, "déjà rattaché") for made in known.transmittals.values()]
        elif doubts:
            answers.append(_before_a_person(unit, known, doubts, arrival, stored, actor=actor, now=now))
        else:
            answers += [
                _signed_back(unit, made.code, arrival, stored, actor=actor, now=now)
                for made in known.transmittals.values()
            ]
        unit.commit()
    return tuple(answers)


def _slip_back(
    unit: Unit,
    slip: RoutingSlip,
    pages: Sequence[SheetPage],
    picture: str | None,
    *,
    arrival: Arrival,
    stored: Stored,
    actor: Actor,
    now: datetime,
) -> Returned:
    letter = unit.letters.get(slip.letter_id, None)
    reading = next((page.reading for page in pages if page.code == slip.code and page.reading is not None), None)
    new = KeptFile(
        id=secrets.token_urlsafe(16),
        letter_id=letter.id,
        kind=KeptKind.SLIP,
        sha256=stored.digest,
        size=stored.size,
        media_type=arrival.media_type,
        filename=arrival.filename,
        added_at=now,
        added_by=actor.name,
        sealed_at=None,
    )
    told = told_digest(stored.digest, letter.confidentiality)
    if unit.kept_files.add(new):
        unit.journal.write(now, Act.KEPT_ADDED, actor, letter.id, kind=new.kind, **told)
        unit.queue.defer("seal_kept", kept_id=new.id)
    if slip.closed_at is not None or reading is None:
        return Returned(
            f"Fiche de {letter.number} : déjà traitée, gardée avec le courrier.", letter.id, None, waits=False
        )
    unit.slips.come_back(slip.id, stored.digest, picture, reading, now)
    unit.journal.write(now, Act.SLIP_READ, actor, letter.id, laid=reading.laid, **told)
    return Returned(f"Fiche d'imputation de {letter.number} : à confirmer.", letter.id, None, waits=True)


def _signed_back(unit: Unit, code: str, arrival: Arrival, stored: Stored, *, actor: Actor, now: datetime) -> Returned:
    made = unit.transmittals.by_code(code, lock=True)
    given = Discharge(
        id=secrets.token_urlsafe(16),
        at=now,
        way=Way.SLIP,
        name="Signature sur le bordereau",
        login=None,
        recorded_by=actor.name,
        proof=stored.digest,
        proof_type=arrival.media_type,
    )
    close(unit, made, given, actor, now)
    unit.transmittals.keep_scan(made.id, stored.digest, arrival.media_type)
    return _said(made, "décharge enregistrée")


def _said(made: Transmittal, what: str) -> Returned:
    return Returned(f"Bordereau {made.number} : {what}.", None, made.id, waits=False)


def _before_a_person(
    unit: Unit,
    known: Known,
    doubts: Sequence[str],
    arrival: Arrival,
    stored: Stored,
    *,
    actor: Actor,
    now: datetime,
) -> Returned:
    post = registering_post(actor, arrival.direction)
    file = DoubtfulFile(
        id=secrets.token_urlsafe(16),
        tenant_id=post.tenant_id,
        register_id=post.register_id,
        sha256=stored.digest,
        size=stored.size,
        media_type=arrival.media_type,
        page_count=arrival.page_count,
        filename=arrival.filename,
        door=arrival.door,
        came_at=now,
        login=actor.login,
        transmittals=tuple(made.code for made in known.transmittals.values()),
        doubts=tuple(doubts),
        fate=Fate.WAITING,
    )
    unit.slips.add_file(file)
    unit.journal.write(now, Act.SHEET_DOUBTFUL, actor, sha256=stored.digest, doubts=list(doubts))
    return Returned(f"À vérifier : {doubts[0]}", None, None, waits=True)


def _registers(actor: Actor) -> tuple[str, ...]:
    return tuple(post.register_id for post in actor.posts if post.role in KEEPS_REGISTER)


def doubtful_files(*, store: Store, actor: Actor) -> tuple[tuple[DoubtfulFile, tuple[Transmittal, ...]], ...]:
    """Return the files that wait for the actor's registry, each with the transmittals that it may be the sheet of."""
    with store.unit() as unit:
        files = unit.slips.files(_registers(actor))
        return tuple((file, _sheets_of(unit, file)) for file in files)


def doubtful_file(file_id: str, *, store: Store, actor: Actor) -> DoubtfulFile:
    """Return a file of the actor's registry.

    Raises:
        NotFound: `returned.unknown`.
    """
    with store.unit() as unit:
        return unit.slips.file(file_id, _registers(actor))


def attach_file(file_id: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Take a file for the signed sheet of its transmittals: those that await a receipt have it by this file.

    Raises:
        NotFound: `returned.unknown`.
        Refused: `returned.over`; `returned.no_sheet`, no transmittal is on it.
    """
    now = clock()
    with store.unit() as unit:
        file = _waiting(unit, file_id, actor)
        if not file.transmittals:
            raise Refused("returned.no_sheet", "Aucun bordereau n'est sur ce fichier. Enregistrez-le comme courrier.")
        stored = Stored(file.sha256, file.size, "", existed=True)
        arrival = _arrival(file)
        for code in file.transmittals:
            made = unit.transmittals.by_code(code, lock=True)
            if made.open:
                _signed_back(unit, code, arrival, stored, actor=actor, now=now)
            else:
                unit.transmittals.keep_scan(made.id, file.sha256, file.media_type)
        unit.slips.decide_file(file.id, Fate.ATTACHED)
        unit.journal.write(now, Act.SHEET_DECIDED, actor, sha256=file.sha256, fate=Fate.ATTACHED)
        unit.commit()


def register_file(file_id: str, *, store: Store, vault: Vault, actor: Actor, clock: Clock) -> Receipt:
    """Register a file as a letter after all.

    Raises:
        NotFound: `returned.unknown`.
        Refused: `returned.over`.
        Forbidden: `access.right`.
    """
    now = clock()
    with store.unit() as unit:
        file = _waiting(unit, file_id, actor)
    stored = vault.stat(file.sha256) or Stored(file.sha256, file.size, "", existed=True)
    receipt = capture(_arrival(file), stored, store=store, actor=actor, clock=clock)
    with store.unit() as unit:
        unit.slips.decide_file(file.id, Fate.REGISTERED)
        unit.journal.write(now, Act.SHEET_DECIDED, actor, receipt.letter_id, sha256=file.sha256, fate=Fate.REGISTERED)
        unit.commit()
    return receipt


def _waiting(unit: Unit, file_id: str, actor: Actor) -> DoubtfulFile:
    file = unit.slips.file(file_id, _registers(actor), lock=True)
    if file.fate is not Fate.WAITING:
        raise Refused("returned.over", "Ce fichier a déjà été rattaché, ou enregistré.")
    return file


def _arrival(file: DoubtfulFile) -> Arrival:
    return Arrival(Door(file.door), file.filename, file.media_type, file.page_count)


def _sheets_of(unit: Unit, file: DoubtfulFile) -> tuple[Transmittal, ...]:
    found = []
    for code in file.transmittals:
        try:
            found.append(unit.transmittals.by_code(code))
        except NotFound:
            continue
    return tuple(found)
