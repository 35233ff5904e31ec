"""Correspondents on the wire."""

from __future__ import annotations

from dataclasses import asdict

from pydantic import BaseModel, Field

from ged.mail.correspondent import Card, Correspondent, Sort
from ged.services.correspondents import Pair


class CorrespondentOut(BaseModel):
    """A correspondent; `label` is what to write in a letter's field so that it leads here."""

    id: str
    sort: str
    label: str
    name: str
    civility: str
    organisation: str
    function: str
    addresses: tuple[str, ...]
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    merged_into: str | None
    revision: int

    @classmethod
    def of(cls, one: Correspondent) -> CorrespondentOut:
        """Return a correspondent on the wire."""
        card = one.card
        return cls(id=one.id, label=card.label, merged_into=one.merged_into, revision=one.revision, **asdict(card))


class FoundCorrespondents(BaseModel):
    """One page of a search."""

    total: int
    correspondents: list[CorrespondentOut]


class PairOut(BaseModel):
    """Two that may be one, and why."""

    one: CorrespondentOut
    other: CorrespondentOut
    score: float
    reasons: tuple[str, ...]

    @classmethod
    def of(cls, pair: Pair) -> PairOut:
        """Return a pair on the wire."""
        likeness = pair.likeness
        one, other = CorrespondentOut.of(pair.one), CorrespondentOut.of(pair.other)
        return cls(one=one, other=other, score=likeness.score, reasons=likeness.reasons)


class CardIn(BaseModel):
    """A card to enter, or to write anew over `revision`."""

    revision: int = 0
    sort: Sort = Sort.ORGANISATION
    name: str = Field(max_length=200)
    civility: str = Field(default="", max_length=200)
    organisation: str = Field(default="", max_length=200)
    function: str = Field(default="", max_length=200)
    addresses: list[str] = Field(default=[], max_length=20)
    emails: list[str] = Field(default=[], max_length=20)
    phones: list[str] = Field(default=[], max_length=20)

    def value(self) -> Card:
        """Return the card."""
        many = {name: tuple(getattr(self, name)) for name in ("addresses", "emails", "phones")}
        return Card(**(self.model_dump(exclude={"revision"}) | many))
