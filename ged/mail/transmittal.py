"""Transmittals (bordereaux): paper of several letters that moves or leaves together, numbered, discharged as one.

A transmittal is numbered within (entity, kind, year), without a hole. Its QR carries an address and a code of
128 random bits; whoever holds the sheet can attest the receipt by it, once, until it expires.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ged.errors import Forbidden, NotFound, Refused
from ged.mail.access import KEEPS_REGISTER, Actor, Post, Role
from ged.mail.custody import HandOver, Keeper, Way
from ged.mail.item import Confidentiality, Letter
from ged.mail.said import Said

CODE_TERM = timedelta(days=60)
"""The code of a sheet that never came back stops working after this long; the sheet itself can still be scanned."""
MAX_LINES = 100
DESPATCH, DESPATCH_LABEL = "envoi", "Bordereau d'envoi"
"""Code, in the list of kinds, of the sheet that leaves the house with what is sent, and its label by default."""
_SMALL = frozenset({"de", "d", "du", "des", "la", "le", "l"})


@dataclass(frozen=True, slots=True)
class TransmittalLine:
    """One line of the sheet: number of pieces, what it is, what is said about it.

    Attributes:
        hand_over_id: The hand-over of the original that it begins; None on a sheet that leaves the house.
        sending_id: The sending that leaves on it; None on a sheet that moves an original.
        called_back: Whether that sending was taken back, and leaves on another sheet or not at all.
    """

    rank: int
    letter_id: str
    hand_over_id: str | None
    sending_id: str | None
    quantity: int
    description: str
    observation: str
    called_back: bool = False


@dataclass(frozen=True, slots=True)
class Discharge:
    """Who attested a receipt, when and how.

    Attributes:
        name: As signed, typed or written.
        login: Of who was signed in when attesting; None for a bearer from outside.
        recorded_by: Who showed the screen or scanned the sheet; "" when the receiver did it alone.
        proof: SHA-256 of the drawing or of the scanned sheet, in the vault; None where the act itself is the proof.
    """

    id: str
    at: datetime
    way: Way
    name: str
    login: str | None
    recorded_by: str
    proof: str | None
    proof_type: str


@dataclass(frozen=True, slots=True)
class Transmittal:
    """A sheet that goes with paper.

    Attributes:
        kind: Code of the list of transmittal kinds.
        address: Where what leaves is carried, and `delivery` the code of its way; "" for paper that stays in the house.
        mention: Code of the instruction that a soit-transmis carries; "" for none.
        scan: SHA-256 of the returned sheet as scanned, whatever the discharge; None until it comes back.
        awaited: How many of its lines nobody has attested yet.
    """

    id: str
    tenant_id: str
    register_id: str
    entity_id: str
    kind: str
    year: int
    sequence: int
    number: str
    keeper: Keeper
    address: str
    delivery: str
    mention: str
    text: str
    return_by: date | None
    made_at: datetime
    made_by: str
    made_title: str
    login: str
    code: str
    expires_at: datetime
    withdrawn_at: datetime | None
    scan: str | None
    scan_type: str
    discharge: Discharge | None
    lines: tuple[TransmittalLine, ...]
    awaited: int

    @property
    def open(self) -> bool:
        """Whether its receipt is still to be attested."""
        return self.withdrawn_at is None and self.awaited > 0

    @property
    def despatched(self) -> bool:
        """Whether it left the house with sendings: they are called back, and the sheet is not cancelled."""
        return any(line.sending_id is not None for line in self.lines)

    @property
    def called_back(self) -> bool:
        """Whether all that was to leave on it was taken back."""
        return all(line.called_back for line in self.lines)


@dataclass(frozen=True, slots=True)
class PublicSheet:
    """What anybody who holds the sheet may know of it: never what its pieces are."""

    number: str
    made_at: datetime
    office: str
    office_en: str
    pieces: int
    open: bool
    expired: bool
    discharge: Discharge | None


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose transmittals an actor sees: made by or sent to these, or of these registers, or of these tenants."""

    positions: tuple[str, ...]
    units: tuple[str, ...]
    registers: tuple[str, ...]
    tenants: tuple[str, ...]


def scope_of(actor: Actor) -> Scope:
    """Return whose transmittals an actor sees."""
    return Scope(
        positions=tuple(post.position_id for post in actor.posts),
        units=tuple(dict.fromkeys(post.entity_id for post in actor.posts)),
        registers=tuple(post.register_id for post in actor.posts if post.role in KEEPS_REGISTER),
        tenants=tuple(post.tenant_id for post in actor.posts if post.role is Role.AUDITOR),
    )


def answers_for(actor: Actor, made: Transmittal) -> bool:
    """Whether the actor works where the sheet was made, or in its registry: they record and cancel."""
    scope = scope_of(actor)
    return made.entity_id in scope.units or made.register_id in scope.registers


def receives(actor: Actor, made: Transmittal) -> bool:
    """Whether what the sheet lists is handed to a post or a unit of the actor's."""
    scope = scope_of(actor)
    return made.keeper.position_id in scope.positions or made.keeper.entity_id in scope.units


def issuing_post(actor: Actor, letter: Letter, standing: HandOver | None) -> Post:
    """Return the post that a transmittal is made from: the one that has the paper, else the registry's.

    Raises:
        Forbidden: `custody.not_yours`.
    """
    for post in actor.posts:
        if standing is not None and post.entity_id == standing.keeper.entity_id:
            return post
    for post in actor.posts:
        if post.role in KEEPS_REGISTER and post.register_id == letter.register_id:
            return post
    raise Forbidden(
        "custody.not_yours",
        Said(
            "L'original papier de %(number)s n'est pas chez vous : qui le détient, ou le bureau d'ordre, peut le "
            "remettre.",
            number=letter.number,
        ),
        letter_id=letter.id,
    )


def refuse_empty(letter_ids: Sequence[str]) -> None:
    """Let pass a selection that makes a sheet.

    Raises:
        Refused: `transmittal.empty`, `transmittal.too_long`.
    """
    if not letter_ids:
        raise Refused("transmittal.empty", "Cochez au moins un courrier (touche X), puis faites le bordereau.")
    if len(letter_ids) > MAX_LINES:
        raise Refused(
            "transmittal.too_long",
            Said("Un bordereau porte %(most)s lignes au plus. Faites-en plusieurs.", most=MAX_LINES),
        )


def initials(label: str) -> str:
    """Return the letters that a kind's numbers carry: BT for « Bordereau de transmission »."""
    words = label.replace("-", " ").replace("’", " ").replace("'", " ").split()
    return "".join(word[0].upper() for word in words if word.lower() not in _SMALL and word[0].isalnum()) or "B"


def format_number(label: str, acronym: str, year: int, sequence: int) -> str:
    """Return the printed number of a transmittal, `BT-BOC-2026-0001`."""
    return f"{initials(label)}-{acronym}-{year}-{sequence:04d}"


def described(letter: Letter, kinds: Mapping[str, str]) -> str:
    """Return the designation of a letter on a sheet that many hands hold: of a restricted one, the number alone."""
    if letter.confidentiality.rank >= Confidentiality.RESTRICTED.rank:
        return f"{letter.number} · Pli à diffusion restreinte"
    what = kinds.get(letter.kind or "", "Courrier")
    sender = f" de {letter.sender}" if letter.sender else ""
    subject = f" : {letter.subject}" if letter.subject else ""
    return f"{letter.number} · {what}{sender}{subject}"


def unknown_transmittal() -> NotFound:
    """Return the one answer for a transmittal that is not there and for one that the asker may not see."""
    return NotFound("transmittal.unknown", "Ce bordereau n'existe pas, ou il n'est pas ouvert à votre poste.")
