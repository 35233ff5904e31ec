"""What units were called: a letter of then is shown with the names of then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from ged.mail.organisation import Entity


@dataclass(frozen=True, slots=True)
class FormerName:
    """What an entity was called, and where it stood, up to a day, that day in."""

    entity_id: str
    until: date
    parent_id: str | None
    acronym: str
    name_fr: str
    name_en: str

    @classmethod
    def of(cls, entity: Entity, until: date) -> FormerName:
        """Return what an entity is called now, as of the past."""
        return cls(entity.id, until, entity.parent_id, entity.acronym, entity.name_fr, entity.name_en)


@dataclass(frozen=True, slots=True)
class EntityNames:
    """Every entity that ever was in a tenant, closed ones in, and what they were called before."""

    entities: tuple[Entity, ...]
    former: tuple[FormerName, ...]

    def on(self, entity_id: str | None, day: date) -> Entity | None:
        """Return an entity as it was called on a day; None when there is none of that id."""
        entity = next((each for each in self.entities if each.id == entity_id), None)
        if entity is None:
            return None
        then = min(
            (each for each in self.former if each.entity_id == entity_id and day <= each.until),
            key=lambda each: each.until,
            default=None,
        )
        if then is None:
            return entity
        return replace(
            entity, parent_id=then.parent_id, acronym=then.acronym, name_fr=then.name_fr, name_en=then.name_en
        )


def renamed(before: Iterable[Entity], after: Iterable[Entity], until: date) -> tuple[FormerName, ...]:
    """Return what entities were called until a day, for those that a new loading calls or places otherwise."""
    known = {each.id: each for each in before}
    old = [(known[each.id], each) for each in after if each.id in known]
    return tuple(
        FormerName.of(was, until) for was, now in old if FormerName.of(was, until) != FormerName.of(now, until)
    )
