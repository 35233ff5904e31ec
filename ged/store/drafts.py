"""Drafts as they stand, their versions and acts. The access filter is added here, in `_seen_by`, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.mail.access import Actor
from ged.mail.draft import Draft, DraftListing, DraftPage, Version, unknown_draft
from ged.mail.draft_acts import DraftAct, DraftStep
from ged.store.database import text_array
from ged.store.draft_rows import draft_of, draft_row, plain_content, step_of, version_of
from ged.store.draft_tables import draft, draft_step, draft_version, set_aside
from ged.store.letters import Tokens


def _seen_by(tokens: Tokens) -> sa.ColumnElement[bool]:
    return sa.true() if tokens is None else draft.c.reader_tokens.overlap(text_array(tokens))


class Drafts:
    """Reads and writes drafts; a version or an act, once written, stays."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, new: Draft) -> None:
        """Enter a draft, its reader tokens with it."""
        self._connection.execute(sa.insert(draft).values(**draft_row(new)))

    def get(self, draft_id: str, tokens: Tokens, *, lock: bool = False) -> Draft:
        """Return a draft; with `lock`, nobody else changes it before this transaction ends.

        Raises:
            NotFound: `draft.unknown`, there is none, or none that these tokens open.
        """
        query = sa.select(draft).where(draft.c.id == draft_id, _seen_by(tokens))
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise unknown_draft()
        return draft_of(row)

    def change(self, changed: Draft) -> None:
        """Write a draft that this transaction holds locked."""
        self._connection.execute(sa.update(draft).where(draft.c.id == changed.id).values(**draft_row(changed)))

    def of_letter(self, letter_id: str) -> Draft | None:
        """Return the draft that became a letter, if one did."""
        row = self._connection.execute(sa.select(draft).where(draft.c.letter_id == letter_id)).first()
        return draft_of(row) if row else None

    def add_version(self, version: Version) -> None:
        """Keep a version."""
        self._connection.execute(
            sa.insert(draft_version).values(
                draft_id=version.draft_id,
                number=version.number,
                at=version.at,
                login=version.login,
                name=version.name,
                title=version.title,
                comment=version.comment,
                content=plain_content(version.content),
                digest=version.digest,
            )
        )

    def versions(self, draft_id: str) -> tuple[Version, ...]:
        """Return the versions of a draft, first to last."""
        query = sa.select(draft_version).where(draft_version.c.draft_id == draft_id).order_by(draft_version.c.number)
        return tuple(version_of(row) for row in self._connection.execute(query))

    def version(self, draft_id: str, number: int) -> Version | None:
        """Return one version of a draft."""
        query = sa.select(draft_version).where(draft_version.c.draft_id == draft_id, draft_version.c.number == number)
        row = self._connection.execute(query).one_or_none()
        return version_of(row) if row else None

    def add_step(self, step: DraftStep) -> None:
        """Record an act on a draft; the database gives its id."""
        values = {one.name: getattr(step, one.name) for one in fields(DraftStep) if one.name != "id"}
        self._connection.execute(sa.insert(draft_step).values(**values))

    def steps(self, draft_id: str) -> tuple[DraftStep, ...]:
        """Return the acts on a draft, first to last."""
        query = sa.select(draft_step).where(draft_step.c.draft_id == draft_id).order_by(draft_step.c.id)
        return tuple(step_of(row) for row in self._connection.execute(query))

    def last(self, draft_id: str) -> DraftStep | None:
        """Return the last act on a draft that was no note."""
        query = sa.select(draft_step).where(draft_step.c.draft_id == draft_id, draft_step.c.act != DraftAct.NOTE)
        row = self._connection.execute(query.order_by(draft_step.c.id.desc()).limit(1)).one_or_none()
        return step_of(row) if row else None

    def open(self, step_id: int, actor: Actor, at: datetime) -> None:
        """Mark that the next person has opened the draft; the first one stays."""
        self._connection.execute(
            sa.update(draft_step)
            .where(draft_step.c.id == step_id, draft_step.c.opened_at.is_(None))
            .values(opened_at=at, opened_by=actor.name)
        )

    def page(
        self, listing: DraftListing, tokens: Tokens, *, limit: int, offset: int = 0, person_id: str | None = None
    ) -> DraftPage:
        """Return one page of a list; with a person, what that person set aside comes last, in the order of doing so."""
        where = _where(listing, tokens)
        query = sa.select(draft).where(where)
        order: list[sa.ColumnElement[Any]] = [draft.c.changed_at.desc(), draft.c.id]
        if listing.waiting_for is not None:
            order = [draft.c.due_date.asc().nulls_last(), draft.c.changed_at, draft.c.id]
        if person_id is not None:
            aside = sa.and_(set_aside.c.draft_id == draft.c.id, set_aside.c.person_id == person_id)
            query, order = query.outerjoin(set_aside, aside), [set_aside.c.at.asc().nulls_first(), *order]
        rows = self._connection.execute(query.order_by(*order).limit(limit).offset(offset)).all()
        total = self._connection.scalar(sa.select(sa.func.count()).select_from(draft).where(where)) or 0
        return DraftPage(tuple(draft_of(row) for row in rows), total)

    def counts(self, listings: Sequence[DraftListing], tokens: Tokens) -> tuple[int, ...]:
        """Count several lists at once, each as `page` counts it."""
        if not listings:
            return ()
        each = [
            sa.select(sa.func.count()).select_from(draft).where(_where(one, tokens)).scalar_subquery()
            for one in listings
        ]
        return tuple(self._connection.execute(sa.select(*each)).one())

    def set_aside(self, draft_id: str, person_id: str, at: datetime) -> None:
        """Put a draft behind the others of a person's queue."""
        row = {"person_id": person_id, "draft_id": draft_id, "at": at}
        again = insert(set_aside).values(**row)
        self._connection.execute(again.on_conflict_do_update(index_elements=["person_id", "draft_id"], set_={"at": at}))

    def take_up(self, draft_id: str) -> None:
        """Forget who had set a draft aside: it has moved."""
        self._connection.execute(sa.delete(set_aside).where(set_aside.c.draft_id == draft_id))


def _where(listing: DraftListing, tokens: Tokens) -> sa.ColumnElement[bool]:
    rules = [_seen_by(tokens)]
    if listing.states:
        rules.append(draft.c.state.in_(listing.states))
    if listing.waiting_for is not None:
        positions, units = listing.waiting_for
        at_position = draft.c.waiting_positions.overlap(text_array(positions))
        rules.append(sa.or_(at_position, draft.c.waiting_units.overlap(text_array(units))))
    if listing.written_by is not None:
        rules.append(draft.c.position_id.in_(listing.written_by))
    if listing.answering is not None:
        rules.append(draft.c.answers.contains([listing.answering]))
    return sa.and_(*rules)
