"""The organisation: tenants, entities in a tree, positions, the people who hold them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from ged.mail.access import Capacity, Role
from ged.mail.calendar import Holiday
from ged.mail.circuit_template import CircuitTemplate
from ged.mail.dossier_piece import DossierModel
from ged.mail.filing import Kind
from ged.mail.item import Confidentiality, Priority
from ged.mail.lists import Letterhead, ReplyTemplate, Term
from ged.mail.reminders import ReminderRule
from ged.mail.schedule import Schedule
from ged.mail.second_number import SecondPattern
from ged.mail.station import ScanStation


@dataclass(frozen=True, slots=True)
class Entity:
    """An organisational unit (entité). Its id is its code in the configuration folder, stable for ever.

    Attributes:
        tenant_id: The root entity of the sealed tenant it belongs to; itself for a root.
        keeps_register: Whether it has registers of its own; otherwise the nearest above does.
        number_pattern: How its registers print numbers; "" where it keeps none.
        words: Words and names by which letters call it, for the proposals.
        since: Its first day, and `until` its last; None when it always was, or has no end in sight.
    """

    id: str
    tenant_id: str
    parent_id: str | None
    acronym: str
    name_fr: str
    name_en: str
    keeps_register: bool
    number_pattern: str
    words: tuple[str, ...]
    since: date | None = None
    until: date | None = None

    def open_on(self, day: date) -> bool:
        """Whether it receives letters on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Position:
    """A post (poste): rights stay with it while people come and go.

    Attributes:
        authority_id: The position that a secretary is attached to; None for one who serves the heads of her unit.
    """

    id: str
    entity_id: str
    title: str
    role: Role
    clearance: Confidentiality
    authority_id: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in."""

    login: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Holding:
    """A person holds a position from a date, to a date or until further notice."""

    login: str
    position_id: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Grant:
    """Acting for another as the folder gives it: who may act in which post, by which title and act."""

    position_id: str
    login: str
    capacity: Capacity
    since: date
    until: date | None
    instrument: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leave:
    """An absence: somebody is away from a day to a day, both in."""

    login: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Mention:
    """An instruction that goes with an assignment; `must_act` parts what asks for work from what informs."""

    code: str
    label_fr: str
    label_en: str
    must_act: bool
    rank: int


@dataclass(frozen=True, slots=True)
class TenantCalendar:
    """The country whose holidays a tenant keeps, and its working days, 0 for Monday."""

    tenant_id: str
    country: str
    week: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Delay:
    """How many working days a letter of that priority may take."""

    priority: Priority
    working_days: int


@dataclass(frozen=True, slots=True)
class Seat:
    """A position as others see it.

    Attributes:
        holders: Names of who holds it today; when nobody does, the name of who acts in it.
        interim: Name of who acts in it by interim today; "" when nobody does.
        absent_until: The last day on which every holder is absent; None while one is there.
    """

    position: Position
    holders: tuple[str, ...]
    interim: str = ""
    absent_until: date | None = None

    @property
    def deserted(self) -> bool:
        """Whether whoever holds it is absent and nobody acts for them."""
        return self.absent_until is not None and not self.interim


@dataclass(frozen=True, slots=True)
class Organisation:
    """Everything that `ged init FOLDER` reads, checked whole before any of it is written.

    Attributes:
        schedules: The file plan and the retention schedule of each tenant, by its id.
        addresses: E-mail addresses of people, as (login, address).
        files: The bytes of the templates, by digest.
        synonyms: Groups of names of one thing, by which the search finds one for the other.
    """

    entities: tuple[Entity, ...]
    positions: tuple[Position, ...]
    people: tuple[Person, ...]
    holdings: tuple[Holding, ...]
    kinds: tuple[Kind, ...]
    schedules: Mapping[str, Schedule]
    mentions: tuple[Mention, ...]
    holidays: tuple[Holiday, ...]
    calendars: tuple[TenantCalendar, ...]
    delays: tuple[Delay, ...]
    terms: tuple[Term, ...] = ()
    letterheads: tuple[Letterhead, ...] = ()
    templates: tuple[ReplyTemplate, ...] = ()
    reminders: tuple[ReminderRule, ...] = ()
    addresses: tuple[tuple[str, str], ...] = ()
    circuits: tuple[CircuitTemplate, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    grants: tuple[Grant, ...] = ()
    leaves: tuple[Leave, ...] = ()
    second_patterns: tuple[SecondPattern, ...] = ()
    stations: tuple[ScanStation, ...] = ()
    dossiers: DossierModel = field(default_factory=DossierModel)
    synonyms: tuple[tuple[str, ...], ...] = ()


def upwards(entity_id: str, entities: Iterable[Entity]) -> tuple[str, ...]:
    """Return an entity and those above it, nearest first, up to the root of its tenant."""
    parents = {each.id: None if each.id == each.tenant_id else each.parent_id for each in entities}
    found: dict[str, None] = {}
    each: str | None = entity_id
    while each is not None and each not in found:
        found[each] = None
        each = parents.get(each)
    return tuple(found)
