"""What an audit asks of the database: which rows name an entry of the log, and which objects anything refers to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ged.mail.audit import Stratum
from ged.mail.item import Sealing
from ged.store.acting_tables import succession
from ged.store.anchor_tables import anchor
from ged.store.audit_tables import audit_run
from ged.store.batch_tables import batch_page
from ged.store.box_tables import paper_gone
from ged.store.dispatch_tables import annex
from ged.store.disposal_tables import disposal
from ged.store.dossier_tables import dossier, dossier_piece, dossier_version
from ged.store.envelope_tables import sealed_envelope
from ged.store.learning_tables import learned_model
from ged.store.letters import seen_by
from ged.store.paper_tables import discharge, transmittal
from ged.store.register_tables import block_number, register_closing, register_print
from ged.store.slip_tables import kept_file, routing_slip
from ged.store.tables import letter, original, page_image, register_counter, rendition, run, seal
from ged.store.transfer_tables import reception, transfer_package

_NONE = sa.null()
_CITED: tuple[sa.Column[str], ...] = (
    original.c.sha256,
    page_image.c.sha256,
    rendition.c.sha256,
    run.c.digest,
    batch_page.c.small,
    batch_page.c.large,
    routing_slip.c.picture,
    routing_slip.c.scan,
    discharge.c.proof,
    transmittal.c.scan,
    learned_model.c.digest,
    register_print.c.sha256,
    succession.c.sha256,
    audit_run.c.report_sha256,
    audit_run.c.pdf_sha256,
    transfer_package.c.held,
    reception.c.held,
    disposal.c.certificate,
    paper_gone.c.certificate,
)
"""Every column that names an object of the vault."""


@dataclass(frozen=True, slots=True)
class SealedRow:
    """A row that says where a document stands in the log.

    Attributes:
        number: Of the letter that it is, or belongs to.
        leaf: The bytes of the entry as the database keeps them; None where it keeps none.
        at: The instant that the entry must carry; None where another row says it.
    """

    id: str
    number: str
    sha256: str
    leaf: bytes | None
    leaf_index: int
    p7s_sha256: str | None
    at: datetime | None


class Audits:
    """Reads only; what it reads is not bounded by anybody's rights, and goes to auditors alone."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def sealed_between(self, first: int, end: int) -> dict[int, list[SealedRow]]:
        """Return the rows that name entries in [first, end), by entry."""
        found: dict[int, list[SealedRow]] = {}
        rows = _sealed().subquery()
        query = sa.select(rows).where(rows.c.leaf_index >= first, rows.c.leaf_index < end)
        for row in self._connection.execute(query):
            found.setdefault(row.leaf_index, []).append(SealedRow(*row))
        return found

    def sealed_from(self, first: int, limit: int = 1000) -> tuple[SealedRow, ...]:
        """Return the rows that name entries from one on."""
        rows = _sealed().subquery()
        query = sa.select(rows).where(rows.c.leaf_index >= first).order_by(rows.c.leaf_index).limit(limit)
        return tuple(SealedRow(*row) for row in self._connection.execute(query))

    def sealed_without_row(self, limit: int = 1000) -> tuple[str, ...]:
        """Return the numbers of letters that say they are sealed and have no seal."""
        query = (
            sa.select(letter.c.number)
            .outerjoin(seal, seal.c.letter_id == letter.c.id)
            .where(letter.c.sealing == Sealing.SEALED, seal.c.letter_id.is_(None))
        )
        return tuple(self._connection.scalars(query.limit(limit)))

    def waiting_since(self, at: datetime, limit: int = 1000) -> tuple[str, ...]:
        """Return the numbers of letters that have waited for their seal since an instant."""
        query = sa.select(letter.c.number).where(letter.c.sealing == Sealing.PENDING, letter.c.registered_at < at)
        return tuple(self._connection.scalars(query.order_by(letter.c.registered_at).limit(limit)))

    def numbers(self, documents: Sequence[str]) -> dict[str, str]:
        """Return, by document, the number of the letter that it is or belongs to; of what is known."""
        if not documents:
            return {}
        rows = _documents().subquery()
        found = self._connection.execute(sa.select(rows.c.id, rows.c.number).where(rows.c.id.in_(documents)))
        return {row.id: row.number for row in found}

    def numbers_of(self, digests: Sequence[str]) -> dict[str, str]:
        """Return, by SHA-256 of what was sealed, the number of the letter that it is or belongs to."""
        if not digests:
            return {}
        rows = _sealed().subquery()
        found = self._connection.execute(sa.select(rows.c.sha256, rows.c.number).where(rows.c.sha256.in_(digests)))
        return {row.sha256: row.number for row in found}

    def reserved_for(self, document: str) -> bool:
        """Whether a document is a letter entered from paper, under a number that was set apart before."""
        query = sa.select(block_number.c.sequence).where(block_number.c.letter_id == document)
        return self._connection.scalar(query.limit(1)) is not None

    def first_registered(self) -> datetime | None:
        """Return when the first letter was registered."""
        found: datetime | None = self._connection.scalar(sa.select(sa.func.min(letter.c.registered_at)))
        return found

    def growth(self, log: str, points: int) -> tuple[tuple[datetime, int], ...]:
        """Return (when, size) of some anchors of a log, in order, the last one among them."""
        rank = sa.func.row_number().over(order_by=anchor.c.size.desc()).label("rank")
        every = sa.select(anchor.c.made_at, anchor.c.size, rank).where(anchor.c.log == log).subquery()
        count = sa.select(sa.func.count()).select_from(every).scalar_subquery()
        query = sa.select(every.c.made_at, every.c.size).where(
            every.c.rank % (count / points + 1) == 1 % (count / points + 1)
        )
        return tuple((row.made_at, row.size) for row in self._connection.execute(query.order_by(every.c.size)))

    def drawn(
        self, seed: str, stratum: Stratum, count: int, tokens: frozenset[str]
    ) -> tuple[int, list[tuple[str, str, str]]]:
        """Return how many letters of a part these tokens open, and (key, letter, number) of those of smallest keys."""
        of_part = [seen_by(tokens)]
        if stratum.register_id:
            of_part.append(letter.c.register_id == stratum.register_id)
        if stratum.year is not None:
            of_part.append(letter.c.year == stratum.year)
        if stratum.kind:
            of_part.append(letter.c.kind == stratum.kind)
        named = sa.func.concat(seed, ":", letter.c.register_id, ":", letter.c.number)
        key = sa.func.encode(sa.func.sha256(sa.func.convert_to(named, "UTF8")), "hex").label("key")
        population = self._connection.scalar(sa.select(sa.func.count()).select_from(letter).where(*of_part)) or 0
        query = sa.select(key, letter.c.id, letter.c.number).where(*of_part).order_by("key").limit(count)
        return population, [(row[0], row[1], row[2]) for row in self._connection.execute(query)]

    def registers(self) -> tuple[str, ...]:
        """Return every register that gave a number, in order."""
        column = register_counter.c.register_id
        return tuple(self._connection.scalars(sa.select(column).distinct().order_by(column)))

    def closing_heads(self) -> tuple[str, ...]:
        """Return the heads of the log that were written down when registers were closed."""
        return tuple(self._connection.scalars(sa.select(register_closing.c.head)))

    def cited(self) -> Iterator[str]:
        """Give every digest that a row refers to, some of them twice, a few rows in memory at a time."""
        every = sa.union_all(*(sa.select(column.label("digest")).where(column.is_not(None)) for column in _CITED))
        with self._connection.execution_options(yield_per=5000).execute(every) as rows:
            yield from rows.scalars()

    def cites(self) -> bool:
        """Whether any row refers to something of the vault."""
        every = sa.union_all(*(sa.select(column).where(column.is_not(None)).limit(1) for column in _CITED))
        return self._connection.execute(every.limit(1)).one_or_none() is not None

    def unreferenced(self, digests: Sequence[str]) -> list[str]:
        """Return those that no row refers to now; slow where a column has no index: for a few."""
        if not digests:
            return []
        every = [sa.select(column).where(column.in_(digests)) for column in _CITED]
        known = set(self._connection.scalars(sa.union(*every)))
        return [each for each in digests if each not in known]


def _sealed() -> sa.CompoundSelect[tuple[str, str, str, bytes, int, str, datetime]]:
    """Every row that names an entry, in the order of `SealedRow`."""
    of_cover = sealed_envelope.c
    return sa.union_all(
        sa.select(
            letter.c.id, letter.c.number, letter.c.original.label("sha256"),
            seal.c.leaf, seal.c.leaf_index, seal.c.p7s_sha256, letter.c.registered_at.label("at"),
        ).join(seal, seal.c.letter_id == letter.c.id),
        sa.select(
            annex.c.id, letter.c.number, annex.c.digest, annex.c.leaf, annex.c.leaf_index,
            sa.cast(_NONE, sa.Text), annex.c.added_at,
        ).join(letter, letter.c.id == annex.c.letter_id).where(annex.c.leaf_index.is_not(None)),
        sa.select(
            kept_file.c.id, letter.c.number, kept_file.c.sha256, kept_file.c.leaf, kept_file.c.leaf_index,
            kept_file.c.p7s_sha256, kept_file.c.added_at,
        ).join(letter, letter.c.id == kept_file.c.letter_id).where(kept_file.c.leaf_index.is_not(None)),
        sa.select(
            letter.c.id, letter.c.number, of_cover.cover_sha256, of_cover.cover_leaf, of_cover.cover_leaf_index,
            of_cover.cover_p7s_sha256, letter.c.registered_at,
        ).join(letter, letter.c.id == of_cover.letter_id).where(of_cover.cover_leaf_index.is_not(None)),
        sa.select(
            dossier_version.c.id, dossier.c.code, dossier_version.c.sha256, dossier_version.c.leaf,
            dossier_version.c.leaf_index, dossier_version.c.p7s_sha256, dossier_version.c.added_at,
        ).select_from(_in_dossiers()).where(dossier_version.c.leaf_index.is_not(None)),
        sa.select(
            register_print.c.id, register_print.c.first_number, register_print.c.sha256,
            sa.cast(_NONE, sa.LargeBinary), register_print.c.leaf_index,
            sa.cast(_NONE, sa.Text), register_print.c.printed_at,
        ).where(register_print.c.leaf_index.is_not(None)),
        sa.select(
            disposal.c.id, disposal.c.number, disposal.c.certificate.label("sha256"), disposal.c.leaf,
            disposal.c.leaf_index, disposal.c.p7s_sha256, disposal.c.finished_at.label("at"),
        ).where(disposal.c.leaf_index.is_not(None)),
        sa.select(
            paper_gone.c.id, disposal.c.number, paper_gone.c.certificate, paper_gone.c.leaf,
            paper_gone.c.leaf_index, paper_gone.c.p7s_sha256, paper_gone.c.recorded_at,
        ).join(disposal, disposal.c.id == paper_gone.c.about).where(paper_gone.c.leaf_index.is_not(None)),
    )  # fmt: skip


def _documents() -> sa.CompoundSelect[tuple[str, str]]:
    return sa.union_all(
        sa.select(letter.c.id, letter.c.number),
        sa.select(annex.c.id, letter.c.number).join(letter, letter.c.id == annex.c.letter_id),
        sa.select(kept_file.c.id, letter.c.number).join(letter, letter.c.id == kept_file.c.letter_id),
        sa.select(dossier_version.c.id, dossier.c.code).select_from(_in_dossiers()),
        sa.select(register_print.c.id, register_print.c.first_number),
        sa.select(disposal.c.id, disposal.c.number),
        sa.select(paper_gone.c.id, disposal.c.number).join(disposal, disposal.c.id == paper_gone.c.about),
    )


def _in_dossiers() -> sa.FromClause:
    pieces = dossier_version.join(dossier_piece, dossier_piece.c.id == dossier_version.c.piece_id)
    return pieces.join(dossier, dossier.c.id == dossier_piece.c.dossier_id)
