"""Notices of people, what was said of deadlines, and how each wants to be told by e-mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.mail.access import Actor
from ged.mail.item import Confidentiality
from ged.mail.notice import ALERT, Channel, Choice, Group, Notice, ShownNotice
from ged.store.acting_tables import delegation
from ged.store.database import text_array
from ged.store.dossier_tables import dossier, dossier_piece
from ged.store.dossiers import open_dossiers
from ged.store.notice_tables import notice, notice_choice, person_address
from ged.store.tables import holding, letter, person

SHOWN, MAILED_AT_ONCE = 100, 500
"""Notices on the page, unread first; notices taken by one e-mail."""


class Notices:
    """Tells once, lists, marks as read."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def tell(self, told: Notice) -> bool:
        """Add a notice, unless this person was told of that mark before; give whether it is new."""
        result = self._connection.execute(insert(notice).values(**asdict(told)).on_conflict_do_nothing())
        return bool(result.rowcount)

    def withdraw(self, letter_id: str, kind: str, at: datetime) -> None:
        """Mark as read, and never to be mailed, what was told of a letter by an act that its author went back on."""
        self._connection.execute(
            sa.update(notice)
            .where(notice.c.letter_id == letter_id, notice.c.kind == kind, notice.c.read_at.is_(None))
            .values(read_at=at, mailed_at=sa.func.coalesce(notice.c.mailed_at, at))
        )

    def unread(self, person_id: str) -> int:
        """Count what a person has not read."""
        query = sa.select(sa.func.count()).where(notice.c.person_id == person_id, notice.c.read_at.is_(None))
        return self._connection.scalar(query) or 0

    def listed(self, person_id: str, actor: Actor) -> tuple[ShownNotice, ...]:
        """Return a person's notices, unread first, newest first; the subject only of what the actor may read."""
        query = self._select(actor).where(notice.c.person_id == person_id)
        query = query.order_by(notice.c.read_at.is_not(None), notice.c.at.desc()).limit(SHOWN)
        return tuple(_shown(row) for row in self._connection.execute(query))

    def to_mail(self, person_id: str, actor: Actor) -> tuple[ShownNotice, ...]:
        """Return a person's notices that did not leave by e-mail, oldest first; nobody else takes them meanwhile."""
        query = self._select(actor).where(notice.c.person_id == person_id, notice.c.mailed_at.is_(None))
        query = query.order_by(notice.c.at).limit(MAILED_AT_ONCE).with_for_update(of=notice, skip_locked=True)
        return tuple(_shown(row) for row in self._connection.execute(query))

    def waiting_for_mail(self) -> list[str]:
        """Return the logins of those who have notices that did not leave by e-mail."""
        query = (
            sa.select(person.c.login)
            .join(notice, notice.c.person_id == person.c.id)
            .where(notice.c.mailed_at.is_(None))
            .distinct()
            .order_by(person.c.login)
        )
        return list(self._connection.scalars(query))

    def mailed(self, ids: Sequence[str], at: datetime) -> None:
        """Mark notices as settled for e-mail."""
        self._connection.execute(sa.update(notice).where(notice.c.id.in_(ids)).values(mailed_at=at))

    def get(self, notice_id: str, person_id: str) -> Notice | None:
        """Return one notice of a person."""
        query = sa.select(notice).where(notice.c.id == notice_id, notice.c.person_id == person_id)
        row = self._connection.execute(query).one_or_none()
        return _notice(row) if row else None

    def read(
        self,
        person_id: str,
        at: datetime,
        *,
        ids: Iterable[str] = (),
        letter_id: str | None = None,
        piece_id: str | None = None,
    ) -> int:
        """Mark a person's notices as read: of some ids, of a letter, of a piece, or all; give how many were not."""
        query = sa.update(notice).where(notice.c.person_id == person_id, notice.c.read_at.is_(None))
        chosen = list(ids)
        if chosen:
            query = query.where(notice.c.id.in_(chosen))
        if letter_id is not None:
            query = query.where(notice.c.letter_id == letter_id)
        if piece_id is not None:
            query = query.where(notice.c.piece_id == piece_id)
        return self._connection.execute(query.values(read_at=at)).rowcount

    def logins_at(self, positions: Iterable[str], today: date) -> list[str]:
        """Return the logins of the active people who hold some positions on a day, or act there for who does."""
        wanted = list(positions)
        holds = sa.select(holding.c.person_id).where(
            holding.c.position_id.in_(wanted),
            holding.c.since <= today,
            sa.or_(holding.c.until.is_(None), holding.c.until >= today),
        )
        acts = sa.select(delegation.c.person_id).where(
            delegation.c.position_id.in_(wanted),
            delegation.c.since <= today,
            sa.or_(delegation.c.until.is_(None), delegation.c.until >= today),
            delegation.c.ended_at.is_(None),
        )
        query = sa.select(person.c.login).where(person.c.active, person.c.id.in_(holds.union(acts)))
        return sorted(self._connection.scalars(query))

    def choice(self, person_id: str) -> Choice:
        """Return how a person wants notices by e-mail."""
        row = self._connection.execute(
            sa.select(notice_choice.c.channels, notice_choice.c.hour).where(notice_choice.c.person_id == person_id)
        ).one_or_none()
        if row is None:
            return Choice({})
        return Choice({Group(name): Channel(value) for name, value in row.channels.items()}, row.hour)

    def choose(self, person_id: str, choice: Choice) -> None:
        """Write how a person wants notices by e-mail."""
        values = {"channels": {str(group): str(channel) for group, channel in choice.channels.items()}}
        values |= {"hour": choice.hour}  # type: ignore[dict-item]
        self._connection.execute(
            insert(notice_choice)
            .values(person_id=person_id, **values)
            .on_conflict_do_update(index_elements=[notice_choice.c.person_id], set_=values)
        )

    def address(self, person_id: str) -> str:
        """Return a person's e-mail address, "" when the organisation gives none."""
        query = sa.select(person_address.c.address).where(person_address.c.person_id == person_id)
        return self._connection.scalar(query) or ""

    @staticmethod
    def _select(actor: Actor) -> sa.Select[Any]:
        open_now = letter.c.reader_tokens.overlap(text_array(actor.tokens()))
        piece_open = open_dossiers(actor) if actor.posts else sa.false()
        return sa.select(
            notice,
            # Whoever may read the letter no more is not told that it answers a search.
            sa.case(
                (piece_open, dossier.c.code), (sa.or_(open_now, notice.c.kind != ALERT.code), letter.c.number)
            ).label("number"),
            sa.case((open_now, letter.c.subject), (piece_open, dossier_piece.c.title)).label("subject"),
            sa.case((open_now, letter.c.sender)).label("sender"),
            sa.case((open_now, letter.c.confidentiality)).label("level"),
        ).select_from(
            notice.outerjoin(letter, letter.c.id == notice.c.letter_id)
            .outerjoin(dossier_piece, dossier_piece.c.id == notice.c.piece_id)
            .outerjoin(dossier, dossier.c.id == dossier_piece.c.dossier_id)
        )


def _notice(row: sa.Row[Any]) -> Notice:
    return Notice(**{one.name: getattr(row, one.name) for one in fields(Notice)})


def _shown(row: sa.Row[Any]) -> ShownNotice:
    level = Confidentiality(row.level) if row.level else None
    return ShownNotice(_notice(row), row.number or "", row.subject or "", row.sender or "", level)
