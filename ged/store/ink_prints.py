"""Letters printed for a signature in ink, until the signed copy comes back."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.store.dispatch_tables import ink_print


@dataclass(frozen=True, slots=True)
class InkPrint:
    """A letter printed to be signed by hand: of which draft and which text, by and for whom.

    Attributes:
        digest: Of the version that was printed; another one that stands makes this print worthless.
        code: What the QR of the sheet says, 128 random bits.
        login: Of who signs: the print is their act, the scan only brings it back.
    """

    letter_id: str
    draft_id: str
    digest: str
    code: str
    printed_at: datetime
    login: str
    name: str


_COLUMNS = [ink_print.c[one.name] for one in fields(InkPrint)]


class InkPrints:
    """One print a letter: printing again replaces it."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def keep(self, made: InkPrint) -> None:
        """Remember a print; a later one of the same letter takes the place of the earlier."""
        values = {name: value for name, value in asdict(made).items() if name != "letter_id"}
        self._connection.execute(
            insert(ink_print)
            .values(letter_id=made.letter_id, **values)
            .on_conflict_do_update(index_elements=[ink_print.c.letter_id], set_=values)
        )

    def of_letter(self, letter_id: str) -> InkPrint | None:
        """Return the print of a letter."""
        return self._one(ink_print.c.letter_id == letter_id)

    def of_draft(self, draft_id: str) -> tuple[InkPrint, ...]:
        """Return the prints of a draft, first to last: one for each number that it was given."""
        query = sa.select(*_COLUMNS).where(ink_print.c.draft_id == draft_id).order_by(ink_print.c.printed_at)
        return tuple(InkPrint(*row) for row in self._connection.execute(query))

    def by_code(self, code: str) -> InkPrint | None:
        """Return the print whose QR says a code."""
        return self._one(ink_print.c.code == code)

    def _one(self, where: sa.ColumnElement[bool]) -> InkPrint | None:
        row = self._connection.execute(sa.select(*_COLUMNS).where(where)).one_or_none()
        return InkPrint(*row) if row else None
