"""Discharges: the receipt of paper attested on a screen, by the QR of a sheet, or by the signed sheet that came back.

Each way closes the hand-overs that it speaks of and writes who, when and how, in one transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from ged.clock import Clock
from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.custody import HandOver, Way, may_give
from ged.mail.dispatch import SendingState
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.mail.transmittal import Discharge, PublicSheet, Transmittal, answers_for, receives, scope_of
from ged.ports import Vault
from ged.services.dispatch import heard
from ged.services.hand_over import attest
from ged.store.unit import Store, Unit

MIN_NAME = 2
DRAWING_BYTES = 200_000
"""A signature drawn on a screen weighs some kilobytes; more than this is no signature."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A receipt attested on somebody's screen: a name, and the drawing (PNG) where there was something to draw with."""

    name: str
    drawing: bytes | None


def sign_transmittal(
    transmittal_id: str, signed: Signed, *, store: Store, vault: Vault, actor: Actor, clock: Clock
) -> Transmittal:
    """Discharge a sheet by who signs on the screen of whoever made it, or of who receives it.

    Raises:
        NotFound: `transmittal.unknown`.
        Forbidden: `transmittal.not_yours`.
        Refused: `discharge.name`, `discharge.drawing`, `transmittal.over`.
    """
    name, proof = _kept(signed, vault, actor.tenant_id)
    now = clock()
    with store.unit() as unit:
        made = unit.transmittals.get(transmittal_id, scope_of(actor), lock=True)
        if not (answers_for(actor, made) or receives(actor, made)):
            raise Forbidden("transmittal.not_yours", "Ce bordereau est entre d'autres mains que les vôtres.")
        given = _discharge(Way.SIGNATURE, name, now, recorded_by=actor.name, proof=proof, proof_type="image/png")
        close(unit, made, given, actor, now)
        unit.commit()
    return made


def sign_letter(letter_id: str, signed: Signed, *, store: Store, vault: Vault, actor: Actor, clock: Clock) -> HandOver:
    """Discharge the hand-over of one letter by who signs on the giver's screen.

    Raises:
        NotFound: `letter.unknown`.
        Conflict: `custody.not_coming`.
        Forbidden: `custody.not_yours`.
        Refused: `discharge.name`, `discharge.drawing`.
    """
    name, proof = _kept(signed, vault, actor.tenant_id)
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        coming = unit.custody.coming([letter.id]).get(letter.id)
        if coming is None:
            raise Conflict("custody.not_coming", "Cette remise a déjà sa décharge, ou elle a été annulée.")
        if not may_give(actor, letter, unit.custody.standing([letter.id]).get(letter.id)):
            raise Forbidden("custody.not_yours", "Seul qui remet l'original fait signer sa décharge ici.")
        given = _discharge(Way.SIGNATURE, name, now, recorded_by=actor.name, proof=proof, proof_type="image/png")
        unit.transmittals.add_discharge(given)
        received = attest(unit, coming, Way.SIGNATURE, name, actor=actor, now=now)
        unit.custody.discharged([coming.id], given.id)
        unit.journal.write(now, Act.DISCHARGED, actor, letter.id, way=given.way, by=name, sha256=proof)
        unit.commit()
    return received


def discharge_of(
    letter_id: str, hand_over_id: str, *, store: Store, actor: Actor
) -> tuple[Letter, HandOver, Discharge]:
    """Return by what the hand-over of a letter's paper was discharged.

    Raises:
        NotFound: `letter.unknown`, `discharge.none`.
    """
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        given = next((one for one in unit.custody.of(letter.id) if one.id == hand_over_id), None)
        found = unit.transmittals.discharge_of(hand_over_id) if given else None
    if given is None or found is None:
        raise NotFound("discharge.none", "Aucune décharge n'est gardée pour cette remise.")
    return letter, given, found


def public_sheet(code: str, *, store: Store, clock: Clock) -> PublicSheet:
    """Return what the sheet of a code may say, to whoever holds it.

    Raises:
        NotFound: `transmittal.unknown`.
    """
    with store.unit() as unit:
        made = unit.transmittals.by_code(code)
        office = unit.organisation.entity(made.entity_id)
    return PublicSheet(
        number=made.number,
        made_at=made.made_at,
        office=office.name_fr,
        office_en=office.name_en,
        pieces=len(made.lines),
        open=made.open,
        expired=made.expires_at < clock(),
        discharge=made.discharge,
    )


def receive_by_code(code: str, name: str, *, store: Store, actor: Actor | None, clock: Clock) -> Transmittal:
    """Discharge a sheet by its QR: by somebody signed in, or by a bearer from outside who gives a name. Once.

    Raises:
        NotFound: `transmittal.unknown`.
        Refused: `discharge.name`, `discharge.expired`, `transmittal.over`.
    """
    now = clock()
    name = actor.name if actor else _name(name)
    with store.unit() as unit:
        made = unit.transmittals.by_code(code, lock=True)
        if made.expires_at < now:
            raise Refused(
                "discharge.expired",
                "Ce QR n'est plus valable. Signez le bordereau papier et rendez-le au bureau d'ordre.",
            )
        given = _discharge(Way.QR, name, now, login=actor.login if actor else None)
        close(unit, made, given, actor or Actor(None, "porteur", name, "fr", ()), now)
        unit.commit()
    return made


def close(unit: Unit, made: Transmittal, given: Discharge, actor: Actor, now: datetime) -> None:
    """Attest in the caller's transaction what is still awaited on a locked sheet.

    Raises:
        Refused: `transmittal.over`.
    """
    if not made.open:
        raise _over()
    awaited = set(unit.transmittals.awaited_hand_overs(made.id))
    coming: Sequence[HandOver] = [
        one for one in unit.custody.coming([line.letter_id for line in made.lines]).values() if one.id in awaited
    ]
    for one in coming:
        attest(unit, one, given.way, given.name, actor=actor, now=now)
    delivered = _delivered(unit, made, given, actor, now)
    if not coming and not delivered:  # called back, or answered, since the sheet was looked at
        raise _over()
    unit.transmittals.discharge(made.id, given)
    unit.custody.discharged([one.id for one in coming], given.id)
    unit.journal.write(now, Act.DISCHARGED, actor, number=made.number, way=given.way, by=given.name, sha256=given.proof)


def _delivered(unit: Unit, made: Transmittal, given: Discharge, actor: Actor, now: datetime) -> int:
    """Write that what left on a sheet was received; return how many sendings that was of.

    Letters are locked in one order, after the sheet: whoever calls a sending back holds its letter, and no sheet.
    """
    told = 0
    for each in sorted(unit.sendings.on_sheet(made.id), key=lambda one: (one.letter_id, one.rank)):
        letter = unit.letters.get(each.letter_id, None, lock=True)
        now_stands = unit.sendings.get(letter.id, each.id)
        if now_stands.state is SendingState.SENT and now_stands.transmittal_id == made.id:
            heard(unit, letter, now_stands, SendingState.DELIVERED, actor=actor, now=now, remark=_remark(made, given))
            told += 1
    return told


def _remark(made: Transmittal, given: Discharge) -> str:
    how = {Way.QR: "par son QR", Way.SIGNATURE: f"signé à l'écran par {given.name}", Way.SLIP: "revenu signé"}
    return f"Bordereau {made.number}, {how[given.way]}"


def _over() -> Refused:
    return Refused("transmittal.over", "Ce bordereau a déjà sa décharge, ou il a été annulé.")


def _discharge(
    way: Way,
    name: str,
    at: datetime,
    *,
    login: str | None = None,
    recorded_by: str = "",
    proof: str | None = None,
    proof_type: str = "",
) -> Discharge:
    return Discharge(secrets.token_urlsafe(16), at, way, name, login, recorded_by, proof, proof_type if proof else "")


def _kept(signed: Signed, vault: Vault, tenant_id: str) -> tuple[str, str | None]:
    """Return the name, and the digest of the drawing once it is durable."""
    name = _name(signed.name)
    if signed.drawing is None:
        return name, None
    if len(signed.drawing) > DRAWING_BYTES or not signed.drawing.startswith(b"\x89PNG\r\n\x1a\n"):
        raise Refused("discharge.drawing", "La signature n'a pas pu être lue. Effacez-la et recommencez.")
    return name, vault.put(BytesIO(signed.drawing), media_type="image/png", tenant_id=tenant_id).digest


def _name(name: str) -> str:
    plain = " ".join(name.split())[:120]
    if len(plain) < MIN_NAME:
        raise Refused("discharge.name", "Indiquez le nom de la personne qui reçoit.", field="nom")
    return plain
