"""Entities, positions, kinds and rules as the configuration folder says them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by, array, insert

from ged.errors import NotFound
from ged.mail.access import Role
from ged.mail.calendar import CIVIL_SERVICE, Holiday, WorkingCalendar
from ged.mail.entity_names import EntityNames, FormerName, renamed
from ged.mail.filing import Kind
from ged.mail.item import Confidentiality, Priority
from ged.mail.organisation import Entity, Holding, Mention, Organisation, Person, Position, Seat
from ged.mail.said import Said
from ged.store.acting_tables import absence
from ged.store.database import Question
from ged.store.delegations import Delegations
from ged.store.tables import (
    delay,
    entity,
    former_name,
    holding,
    holiday,
    kind,
    mention,
    person,
    position,
    synonym_group,
    tenant_calendar,
)


def _names_of_things() -> sa.Select[Any]:
    """Return what gives all groups of names in one text: a row each takes longer to hand over than to find."""
    listed = sa.select(sa.literal(0).label("own"), synonym_group.c.rank, synonym_group.c.names)
    named = sa.func.row_number().over(order_by=entity.c.id)
    names = array([entity.c.acronym, entity.c.name_fr, entity.c.name_en])
    own = entity.c.tenant_id == sa.bindparam("tenant")
    both = sa.union_all(listed, sa.select(sa.literal(1), named, names).where(own, ~entity.c.retired)).subquery()
    groups = sa.func.json_agg(aggregate_order_by(both.c.names, both.c.own, both.c.rank))
    return sa.select(sa.cast(groups, sa.Text))


_NAMES = Question(_names_of_things())
"""Made once: each search asks it."""


@lru_cache(maxsize=100)
def _groups(listed: str | None) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(dict.fromkeys(names)) for names in json.loads(listed or "[]"))


class Organisations:
    """Loads an organisation over the one that stands; what is gone from it is retired, not removed."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def load(self, loaded: Organisation, new_ids: Sequence[str], today: date) -> None:
        """Write an organisation that was checked whole; `new_ids` gives one fresh id for each person.

        What its entities were called until yesterday is kept; an entity that left it closed yesterday.
        """
        yesterday = date.fromordinal(today.toordinal() - 1)
        self._remember(renamed(self.every_entity(), loaded.entities, yesterday))
        self._retire(kind, [each.code for each in loaded.kinds], kind.c.code)
        self._upsert(kind, [_plain(each) | {"retired": False} for each in loaded.kinds], "code")
        self._close([each.id for each in loaded.entities], yesterday)
        self._upsert(entity, [_plain(each) | {"retired": False} for each in _parents_first(loaded.entities)], "id")
        self._retire(position, [each.id for each in loaded.positions], position.c.id)
        served_first = sorted(loaded.positions, key=lambda each: each.authority_id is not None)
        self._upsert(position, [_plain(each) | {"retired": False} for each in served_first], "id")
        self._upsert(delay, [_plain(each) for each in loaded.delays], "priority")
        self._upsert(tenant_calendar, [_plain(each) for each in loaded.calendars], "tenant_id")
        self._retire(mention, [each.code for each in loaded.mentions], mention.c.code)
        self._upsert(mention, [_plain(each) | {"retired": False} for each in loaded.mentions], "code")
        self._connection.execute(sa.delete(holiday))
        if loaded.holidays:
            self._connection.execute(sa.insert(holiday), [_plain(each) for each in loaded.holidays])
        self._connection.execute(sa.delete(synonym_group))
        if loaded.synonyms:
            groups = [{"rank": rank, "names": list(names)} for rank, names in enumerate(loaded.synonyms, 1)]
            self._connection.execute(sa.insert(synonym_group), groups)
        self._load_people(loaded.people, new_ids)
        for each in loaded.holdings:
            self._load_holding(each)

    def _load_people(self, people: Sequence[Person], new_ids: Sequence[str]) -> None:
        known = [each.login for each in people]
        self._connection.execute(sa.update(person).where(person.c.login.not_in(known)).values(active=False))
        for each, new_id in zip(people, new_ids, strict=True):
            values = {"name": each.name, "active": True}
            self._connection.execute(
                insert(person)
                .values(id=new_id, login=each.login, language=each.language, **values)
                .on_conflict_do_update(index_elements=[person.c.login], set_=values)
            )

    def _load_holding(self, each: Holding) -> None:
        person_id = self._connection.scalar(sa.select(person.c.id).where(person.c.login == each.login))
        key = {"person_id": person_id, "position_id": each.position_id, "since": each.since}
        self._connection.execute(
            insert(holding)
            .values(**key, until=each.until)
            .on_conflict_do_update(index_elements=list(key), set_={"until": each.until})
        )

    def end_other_holdings(self, holdings: Sequence[Holding], today: date) -> None:
        """End the day before `today` each holding that stands and is not among those given."""
        wanted = {(each.login, each.position_id, each.since) for each in holdings}
        rows = self._connection.execute(
            sa.select(holding.c.id, person.c.login, holding.c.position_id, holding.c.since)
            .join(person, person.c.id == holding.c.person_id)
            .where(sa.or_(holding.c.until.is_(None), holding.c.until >= today))
        )
        gone = [row[0] for row in rows if tuple(row[1:]) not in wanted]
        yesterday = date.fromordinal(today.toordinal() - 1)
        self._connection.execute(sa.update(holding).where(holding.c.id.in_(gone)).values(until=yesterday))

    def entities(self, *, tenant_id: str | None = None, open_on: date | None = None) -> tuple[Entity, ...]:
        """Return the entities of the folder, parents before children: of one tenant or all, open on a day or ever."""
        known = self.every_entity(tenant_id=tenant_id, retired=False)
        return known if open_on is None else tuple(each for each in known if each.open_on(open_on))

    def every_entity(self, *, tenant_id: str | None = None, retired: bool = True) -> tuple[Entity, ...]:
        """Return every entity that ever was, parents before children; or, without the retired, those of the folder."""
        query = sa.select(entity).order_by(entity.c.id)
        if tenant_id is not None:
            query = query.where(entity.c.tenant_id == tenant_id)
        if not retired:
            query = query.where(~entity.c.retired)
        return tuple(_parents_first([_entity(row) for row in self._connection.execute(query)]))

    def names(self, tenant_id: str) -> EntityNames:
        """Return what the entities of a tenant are called, and were."""
        query = sa.select(former_name).join(entity, entity.c.id == former_name.c.entity_id)
        rows = self._connection.execute(query.where(entity.c.tenant_id == tenant_id))
        return EntityNames(self.every_entity(tenant_id=tenant_id), tuple(FormerName(*row) for row in rows))

    def holidays(self) -> tuple[Holiday, ...]:
        """Return the holidays of every country, by day."""
        query = sa.select(holiday.c.country, holiday.c.day, holiday.c.name).order_by(holiday.c.country, holiday.c.day)
        return tuple(Holiday(*row) for row in self._connection.execute(query))

    def entity(self, entity_id: str) -> Entity:
        """Return one entity, retired or not.

        Raises:
            NotFound: `organisation.entity`.
        """
        row = self._connection.execute(sa.select(entity).where(entity.c.id == entity_id)).one_or_none()
        if row is None:
            raise NotFound(
                "organisation.entity", Said("L'entité %(unit)s n'existe pas dans l'organisation.", unit=entity_id)
            )
        return _entity(row)

    def kinds(self) -> tuple[Kind, ...]:
        """Return the document kinds in use, by French label."""
        query = sa.select(*(kind.c[name] for name in Kind.__slots__)).where(~kind.c.retired).order_by(kind.c.label_fr)
        rows = self._connection.execute(query)
        return tuple(Kind(row.code, row.label_fr, row.label_en, row.rule, tuple(row.words)) for row in rows)

    def rules_of_kinds(self) -> dict[str, str]:
        """Return the code of the rule of each kind, by kind code, kinds out of use included."""
        rows = self._connection.execute(sa.select(kind.c.code, kind.c.rule))
        return {str(row[0]): str(row[1]) for row in rows}

    def mentions(self) -> tuple[Mention, ...]:
        """Return the instructions in use, in the order in which they are shown."""
        query = sa.select(*(mention.c[name] for name in Mention.__slots__)).where(~mention.c.retired)
        return tuple(Mention(*row) for row in self._connection.execute(query.order_by(mention.c.rank)))

    def synonyms(self) -> tuple[tuple[str, ...], ...]:
        """Return the groups of names of one thing, as listed."""
        rows = self._connection.scalars(sa.select(synonym_group.c.names).order_by(synonym_group.c.rank))
        return tuple(tuple(names) for names in rows)

    def names_of_things(self, tenant_id: str) -> tuple[tuple[str, ...], ...]:
        """Return the groups of names of one thing: those listed, then acronym and names of each entity of a tenant."""
        [(listed,)] = _NAMES.ask(self._connection, tenant=tenant_id)
        return _groups(listed)

    def calendar(self, tenant_id: str) -> WorkingCalendar:
        """Return when a tenant works."""
        row = self._connection.execute(
            sa.select(tenant_calendar.c.week, tenant_calendar.c.country).where(tenant_calendar.c.tenant_id == tenant_id)
        ).one_or_none()
        if row is None:
            return CIVIL_SERVICE
        days = self._connection.scalars(sa.select(holiday.c.day).where(holiday.c.country == row.country))
        return WorkingCalendar(frozenset(row.week), frozenset(days))

    def delay(self, priority: Priority) -> int | None:
        """Return the working days that a priority allows; None where the tenant sets none."""
        return self._connection.scalar(sa.select(delay.c.working_days).where(delay.c.priority == priority))

    def positions(self) -> tuple[Position, ...]:
        """Return the positions in use of every tenant, by id."""
        columns = [position.c[name] for name in Position.__slots__]
        query = sa.select(*columns).where(~position.c.retired).order_by(position.c.id)
        return tuple(_position(row) for row in self._connection.execute(query))

    def seats(self, tenant_id: str, today: date) -> tuple[Seat, ...]:
        """Return the positions in use of a tenant, by entity, with who sits there on a day, or acts, or is away."""
        query = (
            sa.select(*(position.c[name] for name in Position.__slots__))
            .join(entity, entity.c.id == position.c.entity_id)
            .where(entity.c.tenant_id == tenant_id, ~position.c.retired)
            .order_by(position.c.entity_id, position.c.title)
        )
        held, acting = self._held(tenant_id, today), Delegations(self._connection).interims(tenant_id, today)
        found = []
        for row in self._connection.execute(query):
            names = held.get(row.id, {})
            interim = acting.get(row.id, "")
            away = [until for until in names.values() if until is not None]
            found.append(
                Seat(
                    _position(row),
                    tuple(sorted(names)) or ((interim,) if interim else ()),
                    interim,
                    min(away) if away and len(away) == len(names) else None,
                )
            )
        return tuple(found)

    def _held(self, tenant_id: str, today: date) -> dict[str, dict[str, date | None]]:
        """Return, for each position, who holds it on a day and the last day of their absence, if they are away."""
        away = (
            sa.select(absence.c.person_id, sa.func.max(absence.c.until).label("until"))
            .where(absence.c.since <= today, absence.c.until >= today, absence.c.ended_at.is_(None))
            .group_by(absence.c.person_id)
            .subquery()
        )
        query = (
            sa.select(holding.c.position_id, person.c.name, away.c.until)
            .join(person, person.c.id == holding.c.person_id)
            .join(position, position.c.id == holding.c.position_id)
            .join(entity, entity.c.id == position.c.entity_id)
            .outerjoin(away, away.c.person_id == person.c.id)
            .where(
                entity.c.tenant_id == tenant_id,
                person.c.active,
                holding.c.since <= today,
                sa.or_(holding.c.until.is_(None), holding.c.until >= today),
            )
        )
        found: dict[str, dict[str, date | None]] = {}
        for row in self._connection.execute(query):
            found.setdefault(row.position_id, {})[row.name] = row.until
        return found

    def holdings(self, today: date) -> tuple[Holding, ...]:
        """Return who holds which post, today or later, in every tenant."""
        query = (
            sa.select(person.c.login, holding.c.position_id, holding.c.since, holding.c.until)
            .join(person, person.c.id == holding.c.person_id)
            .where(person.c.active, sa.or_(holding.c.until.is_(None), holding.c.until >= today))
            .order_by(person.c.login, holding.c.since)
        )
        return tuple(Holding(*row) for row in self._connection.execute(query))

    def _upsert(self, table: sa.Table, rows: list[dict[str, Any]], key: str) -> None:
        if not rows:
            return
        statement = insert(table)
        changes = {name: statement.excluded[name] for name in rows[0] if name != key}
        self._connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=changes), rows)

    def _remember(self, former: Sequence[FormerName]) -> None:
        """Keep former names; of two on one day, the first was in use."""
        if former:
            rows = [asdict(each) for each in former]
            self._connection.execute(insert(former_name).on_conflict_do_nothing(), rows)

    def _close(self, known: list[str], yesterday: date) -> None:
        """Retire the entities that are not among those known; one without a last day had it yesterday."""
        last = sa.func.coalesce(entity.c.until, yesterday)
        gone = sa.update(entity).where(entity.c.id.not_in(known), ~entity.c.retired)
        self._connection.execute(gone.values(retired=True, until=last))

    def _retire(self, table: sa.Table, known: list[str], key: sa.ColumnElement[str]) -> None:
        self._connection.execute(sa.update(table).where(key.not_in(known)).values(retired=True))


def _plain(value: Any) -> dict[str, Any]:
    return {name: list(item) if isinstance(item, tuple) else item for name, item in asdict(value).items()}


def _entity(row: sa.Row[Any]) -> Entity:
    fields: dict[str, Any] = {name: getattr(row, name) for name in Entity.__slots__}
    return Entity(**(fields | {"words": tuple(row.words)}))


def _position(row: sa.Row[Any]) -> Position:
    return Position(row.id, row.entity_id, row.title, Role(row.role), Confidentiality(row.clearance), row.authority_id)


def _parents_first(entities: Sequence[Entity]) -> list[Entity]:
    by_id = {each.id: each for each in entities}

    def depth(each: Entity) -> int:
        parent = by_id.get(each.parent_id or "")
        return 0 if parent is None else 1 + depth(parent)

    return sorted(entities, key=lambda each: (depth(each), each.id))
