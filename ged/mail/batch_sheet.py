"""Sheets that go through the scanner with the mail: separators, which cut a lot, and the sheet of a lot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ged.errors import Refused
from ged.mail.said import Said

MOST_COPIES, MOST_LETTERS, MOST_PAGES = 100, 500, 5000


class SheetSort(StrEnum):
    """What a sheet with a QR of ours does in a lot."""

    SEPARATOR = "separateur"
    LOT = "fiche_de_lot"
    BACK = "retour"
    """A slip or a transmittal of ours that came back: printed elsewhere, a pile by itself here."""


@dataclass(frozen=True, slots=True)
class BatchSheet:
    """A sheet as it was printed; a separator serves again and again.

    Attributes:
        entity_id: The service that the letter after a separator is for, "" for none said; `kind` likewise.
        label: What the sheet of a lot is called.
        letters: How many letters its paper holds, as counted by hand; `pages` how many written pages.
    """

    code: str
    sort: SheetSort
    register_id: str
    entity_id: str = ""
    kind: str = ""
    label: str = ""
    letters: int | None = None
    pages: int | None = None
    printed_at: datetime | None = None
    printed_by: str = ""


def declared(letters: str, pages: str) -> tuple[int | None, int | None]:
    """Return the counts that were typed; an empty one was not counted.

    Raises:
        Refused: `batch.count`.
    """
    return _count(letters, MOST_LETTERS, "plis"), _count(pages, MOST_PAGES, "pages")


def _count(typed: str, most: int, field: str) -> int | None:
    text = typed.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= most):
        raise Refused("batch.count", Said("Écrivez un nombre de 1 à %(most)s, ou rien.", most=most), field=field)
    return int(text)
