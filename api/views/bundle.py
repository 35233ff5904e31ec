"""The proof bundle of a letter, taken away by one click."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import BinaryIO

from fastapi import APIRouter
from fastapi.responses import Response

from api.deps import ActorDep, HouseDep
from api.files import served
from ged.services.bundle import make_bundle

router = APIRouter()


@router.get("/courrier/{letter_id}/liasse")
def bundle(house: HouseDep, actor: ActorDep, letter_id: str) -> Response:
    """Return all that proves a letter, in one zip; whole on the disk before its first byte leaves."""
    file: BinaryIO = TemporaryFile(prefix="ged-liasse-")  # noqa: SIM115 - closed when sent
    try:
        letter = make_bundle(
            letter_id,
            file,
            store=house.store,
            vault=house.vault,
            signer=house.signer,
            ledger=house.ledger,
            journal_log=house.journal_log,
            published=house.published,
            actor=actor,
            clock=house.clock,
        )
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return served(_closing(file), media_type="application/zip", name=f"{letter.number}-liasse")


@contextmanager
def _closing(file: BinaryIO) -> Iterator[BinaryIO]:
    with file:
        yield file
