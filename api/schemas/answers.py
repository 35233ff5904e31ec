"""Answers that are not one letter: a search, how the installation stands."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, Field

from api.audits import periods_of
from api.schemas.letters import LetterOut
from api.wiring import House
from ged.mail.access import Actor
from ged.mail.dossier_piece import IndexedPiece
from ged.mail.listing import ListedLetter
from ged.services.status import health
from ingest.engines import by_onnx
from search.find import Answer, Found


class FoundOut(BaseModel):
    """A letter found, and the passage that shows why: [text, whether it is lit]."""

    letter: LetterOut
    score: float
    page: int | None
    passage: list[tuple[str, bool]]

    @classmethod
    def of(cls, found: Found[ListedLetter]) -> FoundOut:
        """Return a found letter on the wire."""
        passage = found.passage
        return cls(
            letter=LetterOut.of(found.row.letter),
            score=round(found.score, 4),
            page=passage.page if passage else None,
            passage=list(passage.pieces) if passage else [],
        )


class AnswerOut(BaseModel):
    """One page of a search; `next` is the cursor of the following one."""

    total: int
    found: list[FoundOut]
    next: str | None
    facets: dict[str, dict[str, int]] = Field(description="Count of each value, by field.")
    near: list[FoundOut] = Field(
        description="Letters that hold too few of the words and mean nearly the same; with a model of meaning only."
    )
    respelt: str | None = Field(description="What was typed, spelt as the letters found spell it; null where it is.")

    @classmethod
    def of(cls, answer: Answer[ListedLetter]) -> AnswerOut:
        """Return an answer on the wire."""
        found, near = ([FoundOut.of(one) for one in some] for some in (answer.found, answer.near))
        return cls(
            total=answer.total,
            found=found,
            next=answer.following,
            facets=answer.facets,
            near=near,
            respelt=answer.respelt,
        )


class FoundPieceOut(BaseModel):
    """A piece of a dossier found, and the passage that shows why: [text, whether it is lit]."""

    id: str
    title: str
    part: str
    dossier: str
    code: str = Field(description="Of its dossier.")
    score: float
    page: int | None
    passage: list[tuple[str, bool]]

    @classmethod
    def of(cls, found: Found[IndexedPiece]) -> FoundPieceOut:
        """Return a found piece on the wire."""
        passage = found.passage
        piece, case = found.row.piece, found.row.dossier
        return cls(
            id=piece.id,
            title=piece.title,
            part=piece.part,
            dossier=case.id,
            code=case.code,
            score=round(found.score, 4),
            page=passage.page if passage else None,
            passage=list(passage.pieces) if passage else [],
        )


class PiecesFoundOut(BaseModel):
    """One page of a search of pieces; `next` is the cursor of the following one."""

    total: int
    found: list[FoundPieceOut]
    next: str | None
    respelt: str | None = Field(description="What was typed, spelt as the pieces found spell it; null where it is.")

    @classmethod
    def of(cls, answer: Answer[IndexedPiece]) -> PiecesFoundOut:
        """Return an answer on the wire."""
        found = [FoundPieceOut.of(one) for one in answer.found]
        return cls(total=answer.total, found=found, next=answer.following, respelt=answer.respelt)


def state_of(house: House, actor: Actor) -> dict[str, Any]:
    """Return how the installation stands, engine by engine, in JSON values.

    Raises:
        Forbidden: `access.right`.
    """
    head = house.ledger.head()
    stands = health(store=house.store, actor=actor, clock=house.clock, periods=periods_of(house))
    return {
        "store": asdict(stands),
        "vault": asdict(house.vault.report()),
        "index": asdict(house.index.report()),
        "meaning": {"model": house.meaning.name, "waiting": stands.meanings_waiting} if house.meaning else {},
        "antivirus": asdict(house.antivirus.report()) if house.antivirus else {},
        "confined": asdict(house.confined.report()),
        "second_engine": {"installed": by_onnx.installed()},
        "press": asdict(house.press.report()),
        "deadlines": deadlines_of(house),
        "ledger": {"origin": head.origin, "size": head.size, "root": head.root},
        "journal": _journal(house),
        "time": {
            "authorities": [given.name for given in house.outside.authorities],
            "witnesses": [given.name for given in house.outside.witnesses],
            "to_renew": [one.log for one in stands.anchorings if one.to_renew(stands.at)],
        },
        "mail": asdict(house.mailer.report()) if house.mailer else {},
    }


def deadlines_of(house: House) -> list[dict[str, Any]]:
    """Return what ends by itself, the soonest first, with the days left and whether it is to be seen to."""
    now = house.clock()
    return [asdict(each) | {"days": each.days(now), "near": each.stage(now) is not None} for each in house.deadlines]


def _journal(house: House) -> dict[str, Any]:
    log = house.journal_log
    head = log.head() if log else None
    return {"origin": head.origin, "size": head.size, "root": head.root} if head else {}
