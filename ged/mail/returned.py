"""Sheets that came back through the scanner, and what becomes of the file they came in.

What is sure is done at once; a doubt puts the file before a person, who attaches it or registers it as a letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ged.mail.slip import SlipReading


class Fate(StrEnum):
    """What a person decided of a file that was in doubt."""

    WAITING = "a_verifier"
    ATTACHED = "rattache"
    REGISTERED = "enregistre"


@dataclass(frozen=True, slots=True)
class SheetPage:
    """One page of a file that came in, as the scanner's path saw it.

    Attributes:
        code: Of the sheet of ours that the page is; "" for a page of something else.
        slip: Whether the code is a routing slip's; a transmittal's otherwise.
        signed: Whether the place for the receiver's signature is inked; None where it could not be looked at.
        reading: What the boxes of a slip hold.
        picture: The slip laid straight, WebP; b"" where there is none.
    """

    number: int
    code: str
    slip: bool
    blank: bool = False
    signed: bool | None = None
    reading: SlipReading | None = None
    picture: bytes = b""


@dataclass(frozen=True, slots=True)
class Returned:
    """What the door answers for a file of our own sheets: a sentence, and where to look.

    Attributes:
        letter_id: Of the one letter that the sheet speaks of; None for a transmittal, or several.
        waits: Whether a person has something to decide.
        batch_id: The lot that a pile with separators of ours waits in.
    """

    sentence: str
    letter_id: str | None
    transmittal_id: str | None
    waits: bool
    batch_id: str | None = None


@dataclass(frozen=True, slots=True)
class DoubtfulFile:
    """A file before a person: which transmittals it may be the signed sheet of, and what the doubt is."""

    id: str
    tenant_id: str
    register_id: str
    sha256: str
    size: int
    media_type: str
    page_count: int
    filename: str
    door: str
    came_at: datetime
    login: str
    transmittals: tuple[str, ...]
    doubts: tuple[str, ...]
    fate: Fate


def doubts_about(pages: Sequence[SheetPage], known: Sequence[str], open_codes: Sequence[str]) -> tuple[str, ...]:
    """Return why a file of our sheets cannot be dealt with by itself, in French sentences; none when it can.

    `known` are the codes of ours that the house knows, `open_codes` those of transmittals that await a receipt.
    """
    said: list[str] = []
    others = [page.number for page in pages if not page.blank and page.code not in known]
    if others:
        listed = ", ".join(str(number) for number in others)
        said.append(f"Ce fichier porte aussi d'autres pages ({listed}) : un courrier peut-être.")
    sheets = {page.code for page in pages if page.code in known and not page.slip}
    for code in sorted(sheets):
        signed = [page.signed for page in pages if page.code == code]
        if code not in open_codes:
            said.append("Ce bordereau n'attend plus de décharge.")
        elif not any(signed):
            said.append(
                "La case « Reçu par » paraît vide." if False in signed else "La case « Reçu par » n'a pas pu être lue."
            )
    return tuple(said)
