"""The circuit of a draft: stages in order, each with one or several approvers side by side; the last one signs.

Where a circuit stands is not written down: it is the first stage that has not passed on the digest that stands.
So a changed text goes round again by itself, and a text that came back unchanged goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ged.errors import Refused
from ged.mail.access import Capacity, Role
from ged.mail.circuit_template import StageKind
from ged.mail.item import Confidentiality
from ged.mail.moves import Destination
from ged.mail.organisation import Seat
from ged.mail.said import Said as Told

Approver = Destination
"""A position, or whoever works in a unit."""
LONGEST = 20
"""Stages of a circuit."""
__all__ = ["ADVICE", "Approver", "Circuit", "Said", "Stage", "StageKind", "Visa", "refuse_circuit"]


class Said(StrEnum):
    """What an approver's act comes to; only a visa and a signature agree."""

    APPROVED = "vise"
    SIGNED = "signe"
    FAVOURABLE = "favorable"
    RESERVED = "reserve"
    UNFAVOURABLE = "defavorable"
    SKIPPED = "passe_outre"
    REFUSED = "refuse"


ADVICE = frozenset({Said.FAVOURABLE, Said.RESERVED, Said.UNFAVOURABLE})


@dataclass(frozen=True, slots=True)
class Visa:
    """What one approver said of one digest.

    Attributes:
        title: The post in which it was said; `capacity` and `instrument` by what title.
        void: Whether a refusal further on took its effect away.
    """

    approver: Approver
    said: Said
    digest: str
    version: int
    at: datetime
    login: str
    name: str
    title: str
    capacity: Capacity = Capacity.HOLDER
    instrument: str = ""
    text: str = ""
    void: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: it passes when all its approvers have spoken on the digest that stands."""

    kind: StageKind
    approvers: tuple[Approver, ...]
    delay_days: int | None = None
    visas: tuple[Visa, ...] = ()

    def standing(self, digest: str) -> tuple[Visa, ...]:
        """Return what counts for a digest."""
        return tuple(v for v in self.visas if v.digest == digest and not v.void and v.said is not Said.REFUSED)

    def waiting(self, digest: str) -> tuple[Approver, ...]:
        """Return the approvers who have not spoken on a digest."""
        spoken = {visa.approver for visa in self.standing(digest)}
        return tuple(each for each in self.approvers if each not in spoken)

    def voided(self) -> Stage:
        """Return the stage with nothing that counts."""
        return replace(self, visas=tuple(replace(visa, void=True) for visa in self.visas))


@dataclass(frozen=True, slots=True)
class Circuit:
    """Stages in order; none while the author has chosen none."""

    stages: tuple[Stage, ...] = ()

    def at(self, digest: str) -> int:
        """Return the index of the first stage that has not passed on a digest; their number when all have."""
        return next((n for n, stage in enumerate(self.stages) if stage.waiting(digest)), len(self.stages))

    def waiting(self, digest: str) -> tuple[Approver, ...]:
        """Return who has to speak now."""
        at = self.at(digest)
        return self.stages[at].waiting(digest) if at < len(self.stages) else ()

    def said(self, digest: str, visa: Visa) -> Circuit:
        """Return the circuit with something said at the stage that a digest waits at."""
        at = self.at(digest)
        stage = replace(self.stages[at], visas=(*self.stages[at].visas, visa))
        return Circuit((*self.stages[:at], stage, *self.stages[at + 1 :]))

    def back(self, digest: str, visa: Visa, *, to_author: bool) -> Circuit:
        """Return the circuit after a refusal: its stage must be gone through anew.

        One stage back, the stage before it must be as well; back to the author, what was agreed before stands while
        the text does.
        """
        at = self.at(digest)
        voided = self.stages[at].voided()
        refused = replace(voided, visas=(*voided.visas, visa))
        before = self.stages[:at] if to_author or at == 0 else (*self.stages[: at - 1], self.stages[at - 1].voided())
        return Circuit((*before, refused, *self.stages[at + 1 :]))

    def inserted(self, digest: str, stage: Stage) -> Circuit:
        """Return the circuit with a stage more, before the one that a digest waits at."""
        at = self.at(digest)
        return Circuit((*self.stages[:at], stage, *self.stages[at:]))

    def outdated(self, digest: str) -> Iterator[Visa]:
        """Yield each approver's last word that was on another text than the one that stands."""
        for stage in self.stages:
            for approver in stage.approvers:
                spoken = [v for v in stage.visas if v.approver == approver and v.said is not Said.REFUSED]
                if spoken and all(visa.digest != digest for visa in spoken):
                    yield spoken[-1]


def refuse_circuit(
    circuit: Circuit, *, author: Approver, level: Confidentiality, seats: tuple[Seat, ...], units: frozenset[str]
) -> None:
    """Refuse a circuit that could not be gone through to its end; `seats` and `units` are the tenant's.

    Raises:
        Refused: `circuit.empty`, `circuit.last`, `circuit.signer`, `circuit.long`, `circuit.circular`, `circuit.self`,
            `circuit.unknown`, `circuit.no_holder`, `circuit.clearance`.
    """
    _refuse_shape(circuit)
    named = [each for stage in circuit.stages for each in stage.approvers]
    by_position = {seat.position.id: seat for seat in seats}
    twice = next((each for n, each in enumerate(named) if each in named[:n]), None)
    if twice is not None:
        raise Refused(
            "circuit.circular",
            Told(
                "« %(name)s » est deux fois dans le circuit : un refus y tournerait en rond. Gardez une seule de ses "
                "étapes.",
                name=_called(twice, by_position),
            ),
            field="circuit",
        )
    if all(each == author for each in named):
        raise Refused(
            "circuit.self",
            "Celui qui écrit le projet ne peut pas être seul à l'approuver. Ajoutez au moins un viseur ou un "
            "autre signataire.",
            field="circuit",
        )
    for each in named:
        _refuse_approver(each, level, seats, units)
    signer = by_position[circuit.stages[-1].approvers[0].position_id or ""]
    if signer.position.role is not Role.HEAD:
        raise _signer()


def _refuse_shape(circuit: Circuit) -> None:
    stages = circuit.stages
    if not stages or any(not stage.approvers for stage in stages):
        raise Refused(
            "circuit.empty", "Composez le circuit : au moins une étape, et quelqu'un à chacune.", field="circuit"
        )
    if len(stages) > LONGEST:
        raise Refused("circuit.long", Told("Un circuit compte %(most)s étapes au plus.", most=LONGEST), field="circuit")
    signing = [n for n, stage in enumerate(stages) if stage.kind is StageKind.SIGNATURE]
    if signing != [len(stages) - 1]:
        raise Refused("circuit.last", "La dernière étape du circuit est la signature, et elle seule.", field="circuit")
    if len(stages[-1].approvers) != 1 or stages[-1].approvers[0].position_id is None:
        raise _signer()


def _signer() -> Refused:
    return Refused("circuit.signer", "La signature revient à un seul poste, celui d'un responsable.", field="circuit")


def _refuse_approver(each: Approver, level: Confidentiality, seats: tuple[Seat, ...], units: frozenset[str]) -> None:
    """A position must be held today and cleared; in a unit, somebody must be."""
    sitting = [s for s in seats if each.position_id in {None, s.position.id} and s.position.entity_id == each.entity_id]
    if each.entity_id not in units or (each.position_id is not None and not sitting):
        raise Refused("circuit.unknown", "Un poste du circuit n'existe plus. Choisissez-en un autre.", field="circuit")
    works = {Role.HEAD, Role.SECRETARY, Role.OFFICER} if each.position_id is None else set(Role)
    held = [seat for seat in sitting if seat.holders and seat.position.role in works]
    what = sitting[0].position.title if each.position_id else each.entity_id
    if not held:
        raise Refused(
            "circuit.no_holder",
            Told(
                "Personne n'occupe aujourd'hui « %(name)s ». Choisissez un autre viseur, ou son intérimaire.", name=what
            ),
            field="circuit",
        )
    if not any(level in seat.position.clearance.up_to() for seat in held):
        raise Refused(
            "circuit.clearance",
            Told(
                "« %(name)s » n'est pas habilité à lire un projet de cette confidentialité. Choisissez un autre "
                "viseur.",
                name=what,
            ),
            field="circuit",
        )


def _called(each: Approver, by_position: dict[str, Seat]) -> str:
    return by_position[each.position_id].position.title if each.position_id in by_position else each.entity_id
