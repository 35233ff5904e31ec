"""Reminders and escalation: rules as data, and the pure rule that says which of them are due.

A rule speaks so many working days before (negative) or after a deadline. Of the rules reached and not yet spoken,
only the last of each sort speaks: a house that was off for a week reminds once, not four times. A deadline that
moves is another deadline, with its own reminders; one that is suspended has none.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ged.mail.calendar import WorkingCalendar
from ged.mail.item import Letter
from ged.mail.moves import OPEN
from ged.mail.opinion import Opinion


class Watched(StrEnum):
    """What has the deadline."""

    LETTER = "courrier"
    OPINION = "avis"


class Sort(StrEnum):
    """Whether it reminds who has the work, or tells somebody above."""

    REMIND = "rappel"
    ESCALATE = "escalade"


HOLDER, HEAD = "detenteur", "responsable"
"""Whom a rule may speak to beside positions by their code: who has the work, and the nearest head above."""


@dataclass(frozen=True, slots=True)
class ReminderRule:
    """One line of `rappels.csv`; `days` are working days from the deadline, negative before it."""

    code: str
    watched: Watched
    days: int
    to: tuple[str, ...]
    sort: Sort


@dataclass(frozen=True, slots=True)
class Reminder:
    """A rule that is to speak now of a deadline; `rank` counts the rules of its sort from 1."""

    rule: ReminderRule
    due_date: date
    rank: int


def reminders_due(
    letter: Letter,
    rules: Sequence[ReminderRule],
    calendar: WorkingCalendar,
    today: date,
    already: Collection[tuple[str, date]],
) -> tuple[Reminder, ...]:
    """Return what is to be said today of a letter's deadline; `already` holds (rule, deadline) said before."""
    if letter.state not in OPEN or letter.due_date is None or letter.suspended_on is not None:
        return ()
    of_letters = [rule for rule in rules if rule.watched is Watched.LETTER]
    return _due(letter.due_date, letter.registered_at.date(), of_letters, calendar, today, already)


def opinion_reminders_due(
    opinion: Opinion,
    rules: Sequence[ReminderRule],
    calendar: WorkingCalendar,
    today: date,
    already: Collection[tuple[str, date]],
) -> tuple[Reminder, ...]:
    """Return what is to be said today of an opinion's own deadline."""
    if not opinion.awaited or opinion.due_date is None:
        return ()
    of_opinions = [rule for rule in rules if rule.watched is Watched.OPINION]
    return _due(opinion.due_date, opinion.asked_at.date(), of_opinions, calendar, today, already)


def moment(rule: ReminderRule, due_date: date, calendar: WorkingCalendar) -> date:
    """Return the day on which a rule speaks; a deadline on a day off is spoken of on the working day before."""
    if rule.days > 0:
        return calendar.after(due_date, rule.days)
    day = due_date if calendar.works(due_date) else calendar.before(due_date, 1)
    return calendar.before(day, -rule.days)


def _due(  # noqa: PLR0917 - private, the facts of one deadline
    due_date: date,
    since: date,
    rules: Sequence[ReminderRule],
    calendar: WorkingCalendar,
    today: date,
    already: Collection[tuple[str, date]],
) -> tuple[Reminder, ...]:
    found: list[Reminder] = []
    for sort in Sort:
        ordered = sorted((rule for rule in rules if rule.sort is sort), key=lambda rule: (rule.days, rule.code))
        spoken = [(rank, rule, moment(rule, due_date, calendar)) for rank, rule in enumerate(ordered, 1)]
        # What would have spoken before the term began has nothing to say: the letter itself has just arrived.
        reached = [(rank, rule) for rank, rule, day in spoken if day <= today and (rule.days > 0 or day > since)]
        if reached and (reached[-1][1].code, due_date) not in already:
            found.append(Reminder(reached[-1][1], due_date, reached[-1][0]))
    return tuple(found)
