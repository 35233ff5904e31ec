"""Absences: who is away from a day to a day. They warn; they take no right away and give none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from ged.errors import Refused
from ged.mail.access import Actor
from ged.mail.delegation import may_grant
from ged.mail.organisation import Leave, Position
from ged.mail.said import Said


@dataclass(frozen=True, slots=True)
class Absence:
    """A leave that was declared; `name` is whose it is, for display."""

    id: str
    leave: Leave
    name: str
    declared_by: str
    declared_at: datetime
    ended_at: datetime | None = None


def may_declare(actor: Actor, login: str, held: Iterable[Position]) -> bool:
    """Whether somebody may say that a person is away: the person, or the head above one of the posts they hold."""
    return actor.login == login or any(may_grant(actor, position) for position in held)


def check_leave(new: Leave, known: Iterable[Absence], name: str, today: date) -> None:
    """Let pass an absence that can be declared; `name` is the person's.

    Raises:
        Refused: `absence.dates`, `absence.overlap`.
    """
    if new.until < new.since:
        raise Refused("absence.dates", "Le dernier jour précède le premier.", field="jusqu_au")
    if new.until < today:
        raise Refused("absence.dates", "Cette absence est déjà passée.", field="jusqu_au")
    for each in known:
        if each.leave.since <= new.until and new.since <= each.leave.until:
            raise Refused(
                "absence.overlap",
                Said(
                    "%(name)s a déjà une absence du %(since)s au %(until)s. Retirez-la d'abord, ou changez les dates.",
                    name=name,
                    since=f"{each.leave.since:%d/%m/%Y}",
                    until=f"{each.leave.until:%d/%m/%Y}",
                ),
                field="depuis",
            )
