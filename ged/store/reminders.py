"""What was said of deadlines, and to which positions a late letter was brought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.mail.item import State
from ged.mail.message import check_address
from ged.mail.reminders import Reminder, ReminderRule, Sort, Watched
from ged.store.notice_tables import escalation, person_address, reminder, reminder_rule
from ged.store.routing_tables import opinion
from ged.store.tables import letter, person


class Reminders:
    """Loads the rules, remembers what each said, and finds the letters whose deadline comes."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def load(self, rules: Sequence[ReminderRule], addresses: Sequence[tuple[str, str]]) -> None:
        """Put the rules, and the addresses by login, in the place of those that stand."""
        self._connection.execute(sa.delete(reminder_rule))
        rows = [
            {"code": each.code, "watched": each.watched, "days": each.days, "to": list(each.to), "sort": each.sort}
            for each in rules
        ]
        if rows:
            self._connection.execute(sa.insert(reminder_rule), rows)
        self._connection.execute(sa.delete(person_address))
        for login, address in addresses:
            person_id = self._connection.scalar(sa.select(person.c.id).where(person.c.login == login))
            values = {"person_id": person_id, "address": check_address(address)}
            self._connection.execute(sa.insert(person_address).values(**values))

    def rules(self) -> tuple[ReminderRule, ...]:
        """Return the rules, by what they watch and when they speak."""
        query = sa.select(reminder_rule).order_by(reminder_rule.c.watched.desc(), reminder_rule.c.days)
        return tuple(
            ReminderRule(row.code, Watched(row.watched), row.days, tuple(row.to), Sort(row.sort))
            for row in self._connection.execute(query)
        )

    def addresses(self) -> tuple[tuple[str, str], ...]:
        """Return (login, e-mail address) of the active people who have one."""
        query = (
            sa.select(person.c.login, person_address.c.address)
            .join(person, person.c.id == person_address.c.person_id)
            .where(person.c.active)
        )
        return tuple((row[0], row[1]) for row in self._connection.execute(query.order_by(person.c.login)))

    def near(self, states: Sequence[State], horizon: date) -> list[str]:
        """Return the letters in some states that have a deadline, or an opinion's, up to a day."""
        asked = sa.select(opinion.c.letter_id).where(
            opinion.c.given_at.is_(None), opinion.c.withdrawn_at.is_(None), opinion.c.due_date <= horizon
        )
        query = sa.select(letter.c.id).where(
            letter.c.state.in_(states),
            sa.or_(
                sa.and_(letter.c.due_date <= horizon, letter.c.suspended_on.is_(None)),
                letter.c.id.in_(asked),
            ),
        )
        return list(self._connection.scalars(query.order_by(letter.c.due_date, letter.c.id)))

    def said(self, letter_id: str) -> dict[str, set[tuple[str, date]]]:
        """Return what was said of a letter's deadlines: (rule, deadline) by opinion, "" for the letter's own."""
        found: dict[str, set[tuple[str, date]]] = {}
        rows = self._connection.execute(
            sa.select(reminder.c.opinion_id, reminder.c.rule, reminder.c.due_date).where(
                reminder.c.letter_id == letter_id
            )
        )
        for opinion_id, rule, due_date in rows:
            found.setdefault(opinion_id, set()).add((rule, due_date))
        return found

    def say(self, letter_id: str, opinion_id: str, said: Reminder, at: datetime) -> None:
        """Remember that a rule spoke of a deadline; twice is refused by the table itself."""
        self._connection.execute(
            sa.insert(reminder).values(
                letter_id=letter_id, opinion_id=opinion_id, rule=said.rule.code, due_date=said.due_date, at=at
            )
        )

    def escalate(self, letter_id: str, position_id: str, due_date: date, at: datetime) -> None:
        """Put a late letter before a position."""
        row = {"letter_id": letter_id, "position_id": position_id, "due_date": due_date, "at": at}
        self._connection.execute(insert(escalation).values(**row).on_conflict_do_nothing())

    def escalated(self, letter_ids: Sequence[str]) -> set[str]:
        """Return those of some letters that were brought before somebody for the deadline that stands."""
        query = (
            sa.select(escalation.c.letter_id)
            .join(letter, letter.c.id == escalation.c.letter_id)
            .where(escalation.c.letter_id.in_(letter_ids), escalation.c.due_date == letter.c.due_date)
        )
        return set(self._connection.scalars(query))
