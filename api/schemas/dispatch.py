"""Departures on the wire: to whom a letter goes and how, what became of each sending, its annexes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from ged.mail.annex import Annex
from ged.mail.dispatch import Plan, Sending, SendingState


class PlanIn(BaseModel):
    """One sending to plan: `way` is a code of the delivery modes, `plateforme` with a tenant, `interne` with a unit."""

    recipient: str = Field(max_length=500)
    way: str = ""
    address: str = Field(default="", max_length=500)
    tenant_id: str | None = None
    entity_id: str | None = None
    copy_only: bool = Field(default=False, description="A copy for information (ampliation).")

    def value(self) -> Plan:
        """Return the plan."""
        return Plan(self.recipient, self.way, self.address, self.tenant_id, self.entity_id, self.copy_only)


class PlansIn(BaseModel):
    """What replaces the sendings that have not left: `seen` are their ids, as last read."""

    plans: list[PlanIn] = Field(max_length=200)
    seen: list[str] = []


class AnswerIn(BaseModel):
    """What became of a sending: remis, ar_recu or retour."""

    state: SendingState
    remark: str = Field(default="", max_length=500)


class SendingOut(BaseModel):
    """One sending as it stands; `receipt` is the token of the other organisation's acknowledgement."""

    id: str
    recipient: str
    way: str
    address: str
    tenant_id: str | None
    entity_id: str | None
    copy_only: bool
    state: str
    sent_at: datetime | None
    sent_by: str
    answered_at: datetime | None
    answered_by: str
    remark: str
    arrival_number: str
    receipt: str

    @classmethod
    def of(cls, sending: Sending) -> SendingOut:
        """Return a sending on the wire."""
        plain: dict[str, Any] = {name: getattr(sending, name, None) for name in cls.model_fields}
        plan = {name: getattr(sending.plan, name) for name in ("recipient", "way", "address", "tenant_id", "entity_id")}
        return cls(**(plain | plan | {"copy_only": sending.plan.copy}))


class AnnexOut(BaseModel):
    """A file that belongs to a letter beside its original."""

    id: str
    kind: str
    label: str
    digest: str
    media_type: str
    size: int
    added_at: datetime
    sending_id: str | None
    sealed_at: datetime | None

    @classmethod
    def of(cls, annex: Annex) -> AnnexOut:
        """Return an annex on the wire."""
        return cls(**{name: getattr(annex, name) for name in cls.model_fields})


class DepartureOut(BaseModel):
    """What belongs to a letter that leaves."""

    sendings: list[SendingOut]
    annexes: list[AnnexOut]
