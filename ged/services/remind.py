"""Reminding: what the rules say of deadlines today, each said once however many workers there are.

Every letter is a transaction of its own: the rule that speaks, the notices, the journal and, for an escalation,
the letter put before a position stand together. The table of what was said refuses the same words twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from ged.clock import Clock
from ged.mail.access import SYSTEM
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.mail.moves import OPEN, Holder, holder_of
from ged.mail.notice import ESCALATED, OPINION_REMINDER, PAPER_DUE, REMINDER
from ged.mail.organisation import Seat
from ged.mail.recipients import head_above
from ged.mail.reminders import (
    HEAD,
    HOLDER,
    Reminder,
    ReminderRule,
    Sort,
    opinion_reminders_due,
    reminders_due,
)
from ged.services.notify import Told, people_at, tell, tell_positions
from ged.store.unit import Store, Unit

_SLACK = timedelta(days=21)
"""Beside twice the working days that a rule speaks ahead: no week and no run of holidays is longer."""


def remind(*, store: Store, clock: Clock) -> int:
    """Say what is due of every deadline, and give how many reminders were said."""
    now = clock()
    with store.unit() as unit:
        rules = unit.reminders.rules()
        ahead = timedelta(days=2 * max((-rule.days for rule in rules), default=0)) + _SLACK
        near = unit.reminders.near(OPEN, (now + ahead).date()) if rules else []
    _ask_paper_back(store, now)
    return sum(_remind_of(letter_id, rules, store, clock()) for letter_id in near)


def _ask_paper_back(store: Store, now: datetime) -> None:
    """Tell who keeps paper past the day it was to be given back, and who lent it; once for each loan and day."""
    with store.unit() as unit:
        late = unit.custody.overdue(now.date())
        for loan in late:
            letter = unit.letters.get(loan.letter_id, None)
            told = Told(PAPER_DUE, letter, f"{loan.id}:{loan.return_by}", now, day=loan.return_by)
            tell(unit, told, [loan.login])
            if loan.keeper.entity_id is not None:
                lies_with = Holder(loan.keeper.entity_id, loan.keeper.position_id)
                tell_positions(unit, told, people_at(unit, letter, lies_with, now.date()))
        if late:
            unit.commit()


def _remind_of(letter_id: str, rules: tuple[ReminderRule, ...], store: Store, now: datetime) -> int:
    """Say what is due of one letter; it is locked only when something is, so that nobody waits for a look."""
    with store.unit() as unit:
        if not _due(unit, unit.letters.get(letter_id, None), rules, now.date()):
            return 0
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, None, lock=True)
        due = _due(unit, letter, rules, now.date())
        for reminder, holder, opinion_id in due:
            letter = _speak(unit, letter, reminder, holder, opinion_id, now)
        if due:
            unit.commit()
    return len(due)


def _due(
    unit: Unit, letter: Letter, rules: tuple[ReminderRule, ...], today: date
) -> list[tuple[Reminder, Holder, str]]:
    """Return what is due of a letter and of the opinions asked on it, each with whom it is for."""
    calendar, said = unit.organisation.calendar(letter.tenant_id), unit.reminders.said(letter.id)
    holder = holder_of(letter)
    own = reminders_due(letter, rules, calendar, today, said.get("", set())) if holder else ()
    found = [(reminder, holder, "") for reminder in own if holder]
    for opinion in unit.opinions.of(letter.id):
        asked = Holder(opinion.entity_id, opinion.position_id)
        already = said.get(opinion.id, set())
        found += [
            (reminder, asked, opinion.id)
            for reminder in opinion_reminders_due(opinion, rules, calendar, today, already)
        ]
    return found


def _speak(  # noqa: PLR0917 - private, the facts of one reminder
    unit: Unit, letter: Letter, reminder: Reminder, holder: Holder, opinion_id: str, now: datetime
) -> Letter:
    """Write one reminder with all that goes with it, and return the letter as it then stands."""
    rule, seats = reminder.rule, unit.organisation.seats(letter.tenant_id, now.date())
    to = _positions(unit, letter, rule.to, holder, seats, now.date())
    unit.reminders.say(letter.id, opinion_id, reminder, now)
    escalates = rule.sort is Sort.ESCALATE
    if escalates:
        letter = _bring(unit, letter, to, seats, reminder.due_date, now)
    told = Told(
        kind=ESCALATED if escalates else OPINION_REMINDER if opinion_id else REMINDER,
        letter=letter,
        mark=f"{letter.id}:{opinion_id}:{rule.code}:{reminder.due_date}",
        at=now,
        day=reminder.due_date,
        rank=reminder.rank,
    )
    reached = tell_positions(unit, told, to)
    act = Act.ESCALATED if escalates else Act.REMINDED
    unit.journal.write(
        now, act, SYSTEM, letter.id, rule=rule.code, due=str(reminder.due_date), told=", ".join(sorted(reached))
    )
    return letter


def _bring(  # noqa: PLR0917 - private, the facts of one escalation
    unit: Unit, letter: Letter, to: Iterable[str], seats: Iterable[Seat], due_date: date, now: datetime
) -> Letter:
    """Put a late letter before positions: they may read it from now on, and it stands in their late basket."""
    units = {seat.position.id: seat.position.entity_id for seat in seats}
    for position_id in to:
        unit.reminders.escalate(letter.id, position_id, due_date, now)
    readers = tuple(dict.fromkeys((*letter.concerned, *(units[each] for each in to))))
    changed = unit.letters.change(letter, concerned=readers)
    unit.outbox.add(letter.id, now)
    return changed


def _positions(  # noqa: PLR0917 - private
    unit: Unit, letter: Letter, words: Iterable[str], holder: Holder, seats: tuple[Seat, ...], today: date
) -> tuple[str, ...]:
    """Return the positions that a rule's words name for this letter; those of another tenant are not of them."""
    having = people_at(unit, letter, holder, today)
    known = {seat.position.id for seat in seats}
    found: list[str] = []
    for word in words:
        if word == HOLDER:
            found += having
        elif word == HEAD:
            found += head_above(having, seats, unit.organisation.entities(tenant_id=letter.tenant_id))
        elif word in known:
            found.append(word)
    return tuple(dict.fromkeys(found))
