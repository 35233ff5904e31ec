"""A ministry in small for the rules of drafts: who sits where, actors without a database, a draft in one line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ged.mail.access import Actor, Post, Role
from ged.mail.calendar import CIVIL_SERVICE
from ged.mail.circuit import Approver, Circuit, Stage, StageKind
from ged.mail.draft import Content, Draft
from ged.mail.draft_acts import Surroundings
from ged.mail.item import Confidentiality, Direction, Priority, State
from ged.mail.organisation import Position, Seat

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TREE = {
    "MME": ("MME", "CAB", "SG", "DAF", "DAJ", "COMPTA"),
    "CAB": ("CAB",),
    "SG": ("SG", "DAF", "DAJ", "COMPTA"),
    "DAF": ("DAF", "COMPTA"),
    "DAJ": ("DAJ",),
    "COMPTA": ("COMPTA",),
}
POSTS = {
    "MIN": ("MME", Role.HEAD, Confidentiality.SECRET),
    "DIRCAB": ("CAB", Role.HEAD, Confidentiality.SECRET),
    "SG1": ("SG", Role.HEAD, Confidentiality.SECRET),
    "DAF1": ("DAF", Role.HEAD, Confidentiality.CONFIDENTIAL),
    "DAJ1": ("DAJ", Role.HEAD, Confidentiality.CONFIDENTIAL),
    "CPT": ("COMPTA", Role.OFFICER, Confidentiality.RESTRICTED),
    "VIDE": ("DAJ", Role.HEAD, Confidentiality.SECRET),
}


def at(position: str) -> Approver:
    return Approver(POSTS[position][0], position)


def somebody(*positions: str, login: str = "") -> Actor:
    posts = tuple(
        Post(name, name, POSTS[name][1], POSTS[name][2], "MME", POSTS[name][0], "MME", TREE[POSTS[name][0]])
        for name in positions
    )
    return Actor(f"id-{positions[0]}", login or positions[0].lower(), f"M. {positions[0]}", "fr", posts)


SEATS = tuple(
    Seat(Position(name, unit, name, role, clearance), () if name == "VIDE" else (f"M. {name}",))
    for name, (unit, role, clearance) in POSTS.items()
)
AROUND = Surroundings(NOW, SEATS, frozenset(TREE), CIVIL_SERVICE)


def visa(*positions: str, days: int | None = None) -> Stage:
    return Stage(StageKind.VISA, tuple(at(each) for each in positions), days)


def advice(*positions: str) -> Stage:
    return Stage(StageKind.ADVICE, tuple(at(each) for each in positions))


def signature(position: str = "MIN") -> Stage:
    return Stage(StageKind.SIGNATURE, (at(position),))


TEXT = Content("Réponse à votre demande", ("Société des Carrières",), "Monsieur,\n\nVotre demande est recevable.")


def a_draft(*stages: Stage, **changes: Any) -> Draft:
    """Return a draft of the accountant's, in writing."""
    made = Draft(
        id="draft",
        tenant_id="MME",
        entity_id="COMPTA",
        position_id="CPT",
        login="cpt",
        name="M. CPT",
        direction=Direction.OUTGOING,
        state=State.IN_PROGRESS,
        confidentiality=Confidentiality.INTERNAL,
        priority=Priority.NORMAL,
        subject=TEXT.subject,
        recipients=TEXT.recipients,
        kind="",
        answers=(),
        closes_answered=True,
        version=1,
        digest=TEXT.digest,
        revision=1,
        circuit=Circuit(stages),
        created_at=NOW,
        changed_at=NOW,
        due_date=None,
        letter_id=None,
    )
    return replace(made, **changes)
