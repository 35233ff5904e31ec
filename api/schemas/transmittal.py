"""Transmittals on the wire."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from api.schemas.paper import KeeperOut
from ged.mail.custody import Keeper
from ged.mail.transmittal import Transmittal
from ged.services.transmit import Wanted


class TransmittalIn(BaseModel):
    """A sheet to make; without an addressee, one for each service that has letters of the selection."""

    kind: str
    letters: list[str]
    entity: str | None = None
    position: str | None = None
    outside: str = Field(default="", max_length=120)
    mention: str = ""
    text: str = Field(default="", max_length=2000)
    return_by: date | None = None
    observations: dict[str, str] = {}

    def wanted(self) -> Wanted:
        """Return the sheet that is asked for."""
        named = self.entity is not None or self.outside
        return Wanted(
            kind=self.kind,
            letter_ids=tuple(self.letters),
            to=Keeper(self.entity, self.position, self.outside) if named else None,
            mention=self.mention,
            text=self.text,
            return_by=self.return_by,
            observations=self.observations,
        )


class LineOut(BaseModel):
    """One line of a sheet."""

    letter_id: str
    quantity: int
    description: str
    observation: str


class DischargeOut(BaseModel):
    """Who attested the receipt, when and how; `proof` is the SHA-256 of a drawing or of the signed sheet."""

    at: datetime
    way: str
    name: str
    recorded_by: str
    proof: str | None


class TransmittalOut(BaseModel):
    """A sheet."""

    id: str
    number: str
    kind: str
    keeper: KeeperOut
    mention: str
    text: str
    return_by: date | None
    made_at: datetime
    made_by: str
    withdrawn_at: datetime | None
    awaited: int
    discharge: DischargeOut | None
    lines: list[LineOut]

    @classmethod
    def of(cls, made: Transmittal) -> TransmittalOut:
        """Return a sheet on the wire; its code stays on paper."""
        given = made.discharge
        apart = {"keeper", "discharge", "lines"}
        plain = {name: getattr(made, name) for name in cls.model_fields if name not in apart}
        return cls(
            keeper=KeeperOut.of(made.keeper),
            discharge=DischargeOut(**{name: getattr(given, name) for name in DischargeOut.model_fields})
            if given
            else None,
            lines=[LineOut(**{name: getattr(line, name) for name in LineOut.model_fields}) for line in made.lines],
            **plain,
        )
