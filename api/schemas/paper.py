"""The paper original on the wire."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from ged.mail.custody import HandOver, Keeper


class KeeperOut(BaseModel):
    """Who holds paper: a position of a unit, a unit, or somebody outside."""

    entity: str | None
    position: str | None
    outside: str

    @classmethod
    def of(cls, keeper: Keeper) -> KeeperOut:
        """Return a keeper on the wire."""
        return cls(entity=keeper.entity_id, position=keeper.position_id, outside=keeper.outside)


class HandOverIn(BaseModel):
    """Paper to hand over: to a unit or one of its positions, or to somebody outside."""

    entity: str | None = None
    position: str | None = None
    outside: str = Field(default="", max_length=120)
    return_by: date | None = None

    def keeper(self) -> Keeper:
        """Return to whom."""
        return Keeper(self.entity, self.position, self.outside)


class HandOverOut(BaseModel):
    """A hand-over; `received_at` is null while its receipt is awaited."""

    id: str
    letter_id: str
    keeper: KeeperOut
    given_at: datetime
    given_by: str
    return_by: date | None
    received_at: datetime | None
    received_by: str
    way: str | None

    @classmethod
    def of(cls, one: HandOver) -> HandOverOut:
        """Return a hand-over on the wire."""
        plain = {name: getattr(one, name) for name in cls.model_fields if name != "keeper"}
        return cls(keeper=KeeperOut.of(one.keeper), **plain)
