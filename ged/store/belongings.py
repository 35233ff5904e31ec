"""What a letter or a piece has: what still happens around it, its files and who else has them, its words in tables.

The tables that hold a letter's content are listed here, once: a disposal asks here what to destroy. A new table with
content of letters is a line here, and `tests/integration/test_disposal_leaves_nothing.py` finds the one forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ged.mail.draft import OVER
from ged.mail.item import Reading, Sealing, State
from ged.mail.message import MessageState
from ged.mail.reason import Reason, said
from ged.store.batch_tables import batch_file, batch_letter, batch_page
from ged.store.database import text_array
from ged.store.dispatch_tables import annex, ink_print
from ged.store.disposal_tables import disposal_object
from ged.store.dossier_tables import dossier, dossier_letter, dossier_piece, dossier_version
from ged.store.draft_tables import draft, draft_version, letter_link
from ged.store.envelope_tables import sealed_envelope
from ged.store.learning_tables import learned_model
from ged.store.lists_tables import template_file
from ged.store.mail_tables import mail_aside, message, message_return, piece
from ged.store.meaning_tables import letter_meaning
from ged.store.near_duplicate_tables import near_duplicate, text_sketch
from ged.store.page_text_tables import page_text
from ged.store.paper_tables import discharge, hand_over, transmittal
from ged.store.reading_tables import page_read
from ged.store.register_tables import register_print
from ged.store.routing_tables import note, opinion
from ged.store.slip_tables import doubtful_file, kept_file, routing_slip
from ged.store.tables import arrival, due, letter, original, page, page_image, proposal, rendition, run, seal
from ged.store.transfer_tables import reception_item

_SHA256 = "[0-9a-f]{64}"
_OVER = (State.DONE, State.FOLLOWED_UP, State.NO_FURTHER_ACTION, State.DISPATCHED, State.CANCELLED)
_GONE = (*_OVER, State.TRANSFERRED, State.DESTROYED)


@dataclass(frozen=True, slots=True)
class SealedPart:
    """An entry of the log that a letter, or something kept with it, was sealed by."""

    id: str
    leaf: bytes


class Belongings:
    """Reads and removes what one letter has; nothing here touches the vault."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def under_way(self, letter_ids: Sequence[str]) -> dict[str, Reason]:
        """Return what still happens around each letter; nothing for those where nothing does."""
        found: dict[str, str] = {}
        for sentence, query in self._under_way(letter_ids):
            found = dict.fromkeys(self._connection.scalars(query), sentence) | found
        return {each: said(found[each]) for each in letter_ids if each in found}

    def sealed_parts(self, letter_id: str) -> tuple[SealedPart, ...]:
        """Return every entry of the log that a letter's files were sealed by: original, annexes, pieces, cover."""
        parts = (
            sa.select(seal.c.letter_id.label("id"), seal.c.leaf).where(seal.c.letter_id == letter_id),
            sa.select(annex.c.id, annex.c.leaf).where(annex.c.letter_id == letter_id, annex.c.leaf.is_not(None)),
            sa.select(kept_file.c.id, kept_file.c.leaf).where(
                kept_file.c.letter_id == letter_id, kept_file.c.leaf.is_not(None)
            ),
            sa.select(sealed_envelope.c.letter_id, sealed_envelope.c.cover_leaf).where(
                sealed_envelope.c.letter_id == letter_id, sealed_envelope.c.cover_leaf.is_not(None)
            ),
        )
        return tuple(SealedPart(row.id, row.leaf) for part in parts for row in self._connection.execute(part))

    def objects(self, letter_id: str) -> tuple[str, ...]:
        """Return the SHA-256 of every file of a letter, in order: what came in, what was made of it, what was said."""
        found: set[str] = set()
        for query in self._objects(letter_id):
            found.update(one for one in self._connection.scalars(query) if one)
        return tuple(sorted(found))

    def parts_of_piece(self, piece_id: str) -> tuple[SealedPart, ...]:
        """Return every entry of the log that the versions of a piece of a dossier were sealed by, the last first."""
        version = dossier_version.c
        query = sa.select(version.id, version.leaf).where(version.piece_id == piece_id, version.leaf.is_not(None))
        rows = self._connection.execute(query.order_by(version.number.desc()))
        return tuple(SealedPart(row.id, row.leaf) for row in rows)

    def objects_of_piece(self, piece_id: str) -> tuple[str, ...]:
        """Return the SHA-256 of every file of a piece of a dossier, in order: its versions, what came to prove it."""
        versions = sa.select(dossier_version.c.sha256).where(dossier_version.c.piece_id == piece_id)
        proofs = sa.select(reception_item.c.evidence).where(reception_item.c.piece_id == piece_id)
        found = versions.union(proofs.where(reception_item.c.evidence.is_not(None)))
        return tuple(sorted(self._connection.scalars(found)))

    def has_another(self, digest: str) -> bool:
        """Whether something that is not destroyed has these bytes: a letter, a piece, a lot, a draft, a print."""
        return any(self._connection.scalar(sa.select(query.exists())) for query in self._others(digest))

    def mark_destroyed(self, digest: str, at: datetime) -> None:
        """Write that these bytes were destroyed."""
        self._connection.execute(sa.update(original).where(original.c.sha256 == digest).values(destroyed_at=at))

    def destroyed_originals(self, since: datetime) -> tuple[str, ...]:
        """Return the files destroyed since an instant that nothing has again."""
        query = sa.select(original.c.sha256).where(original.c.destroyed_at >= since)
        return tuple(
            one for one in self._connection.scalars(query.order_by(original.c.sha256)) if not self.has_another(one)
        )

    def remove_words(self, letter_id: str) -> None:
        """Remove what the database knows of a letter's content; its number, names, subject, dates and acts stay."""
        for table, column in (
            (page, page.c.letter_id), (page_text, page_text.c.letter_id), (page_read, page_read.c.letter_id),
            (page_image, page_image.c.letter_id), (rendition, rendition.c.letter_id),
            (proposal, proposal.c.letter_id), (run, run.c.letter_id), (text_sketch, text_sketch.c.letter_id),
            (note, note.c.letter_id), (due, due.c.letter_id), (letter_meaning, letter_meaning.c.letter_id),
        ):  # fmt: skip
            self._connection.execute(sa.delete(table).where(column == letter_id))
        either = sa.or_(near_duplicate.c.first_id == letter_id, near_duplicate.c.second_id == letter_id)
        self._connection.execute(sa.delete(near_duplicate).where(either))
        emptied = draft_version.c.content.op("||")(sa.literal({"text": "", "file": None, "attachments": []}, JSONB))
        self._connection.execute(
            sa.update(draft_version)
            .where(draft_version.c.draft_id.in_(_own_drafts(letter_id)))
            .values(content=emptied, comment="")
        )
        slips = sa.update(routing_slip).where(routing_slip.c.letter_id == letter_id)
        self._connection.execute(slips.values(scan=None, picture=None, reading=None))
        sent = sa.update(message).where(message.c.letter_id == letter_id)
        self._connection.execute(sent.values(body="", enclosures=[]))

    def _under_way(self, letter_ids: Sequence[str]) -> Iterator[tuple[str, sa.Select[Any]]]:
        """Give sentences, the first to be said first, each with a query of the letters that it is true of."""
        ids = text_array(letter_ids)
        some, own = sa.any_(ids), letter.c.id == sa.any_(ids)
        yield "Le courrier n'est pas clos.", sa.select(letter.c.id).where(own, letter.c.state.not_in(_OVER))
        yield "La machine le lit encore.", sa.select(letter.c.id).where(own, letter.c.reading == Reading.PENDING)
        yield "Son sceau est en attente.", sa.select(letter.c.id).where(own, letter.c.sealing != Sealing.SEALED)
        for table in (annex, kept_file):
            waits = (table.c.letter_id == some, table.c.leaf_index.is_(None))
            yield "Une pièce attend encore son sceau.", sa.select(table.c.letter_id).where(*waits)
        yield (
            "Un projet de réponse est en cours.",
            sa.select(sa.func.unnest(draft.c.answers)).where(draft.c.answers.overlap(ids), draft.c.state.not_in(OVER)),
        )
        yield (
            "Un avis est encore attendu.",
            sa.select(opinion.c.letter_id).where(
                opinion.c.letter_id == some, opinion.c.given_at.is_(None), opinion.c.withdrawn_at.is_(None)
            ),
        )
        yield (
            "Un courriel est encore à envoyer.",
            sa.select(message.c.letter_id).where(message.c.letter_id == some, message.c.state == MessageState.WAITING),
        )
        yield (
            "Son original papier est en chemin.",
            sa.select(hand_over.c.letter_id).where(
                hand_over.c.letter_id == some, hand_over.c.received_at.is_(None), hand_over.c.withdrawn_at.is_(None)
            ),
        )
        yield (
            "Il est dans un dossier ouvert.",
            sa.select(dossier_letter.c.letter_id)
            .join(dossier, dossier.c.id == dossier_letter.c.dossier_id)
            .where(dossier_letter.c.letter_id == some, dossier.c.closed_on.is_(None)),
        )
        for near, far in ((letter_link.c.from_id, letter_link.c.to_id), (letter_link.c.to_id, letter_link.c.from_id)):
            linked = sa.select(near).join(letter, letter.c.id == far)
            yield "Il est lié à un courrier en cours.", linked.where(near == some, letter.c.state.not_in(_GONE))

    def _objects(self, letter_id: str) -> Iterator[sa.Select[Any]]:
        """Give queries of digests: columns that name a file, and digests that stand in what stages and drafts kept."""
        yield sa.select(letter.c.original).where(letter.c.id == letter_id)
        for column, owner in (
            (arrival.c.sha256, arrival.c.letter_id), (piece.c.digest, piece.c.letter_id),
            (annex.c.digest, annex.c.letter_id), (kept_file.c.sha256, kept_file.c.letter_id),
            (sealed_envelope.c.cover_sha256, sealed_envelope.c.letter_id),
            (page_image.c.sha256, page_image.c.letter_id), (rendition.c.sha256, rendition.c.letter_id),
            (routing_slip.c.scan, routing_slip.c.letter_id), (routing_slip.c.picture, routing_slip.c.letter_id),
            (ink_print.c.digest, ink_print.c.letter_id), (mail_aside.c.digest, mail_aside.c.letter_id),
        ):  # fmt: skip
            yield sa.select(column).where(owner == letter_id)
        own = _own_drafts(letter_id)
        yield _named_in(run.c.output, run.c.letter_id == letter_id)
        yield _named_in(page_read.c.page, page_read.c.letter_id == letter_id)
        yield _named_in(draft_version.c.content, draft_version.c.draft_id.in_(own))
        yield _named_in(message.c.enclosures, message.c.letter_id == letter_id)
        yield (
            sa.select(message_return.c.digest)
            .join(message, message.c.id == message_return.c.message_id)
            .where(message.c.letter_id == letter_id)
        )
        lots = sa.select(batch_letter.c.batch_id).where(batch_letter.c.letter_id == letter_id)
        yield sa.select(batch_file.c.sha256).where(batch_file.c.batch_id.in_(lots))
        for column in (batch_page.c.small, batch_page.c.large):
            yield sa.select(column).where(batch_page.c.batch_id.in_(lots))

    def _others(self, digest: str) -> Iterator[sa.Select[Any]]:
        """Give queries of rows that have a file and whose letter, if they have one, is not destroyed."""
        lives = sa.select(letter.c.id).where(letter.c.state != State.DESTROYED)
        for column, owner in (
            (letter.c.original, letter.c.id), (arrival.c.sha256, arrival.c.letter_id),
            (piece.c.digest, piece.c.letter_id), (annex.c.digest, annex.c.letter_id),
            (kept_file.c.sha256, kept_file.c.letter_id),
            (sealed_envelope.c.cover_sha256, sealed_envelope.c.letter_id),
            (page_image.c.sha256, page_image.c.letter_id), (rendition.c.sha256, rendition.c.letter_id),
            (routing_slip.c.scan, routing_slip.c.letter_id), (routing_slip.c.picture, routing_slip.c.letter_id),
            (ink_print.c.digest, ink_print.c.letter_id),
        ):  # fmt: skip
            yield sa.select(column).where(column == digest, owner.in_(lives))
        living_lots = sa.select(batch_letter.c.batch_id).where(
            sa.or_(batch_letter.c.letter_id.is_(None), batch_letter.c.letter_id.in_(lives))
        )
        entered = sa.select(batch_letter.c.batch_id)
        for column, lot in (
            (batch_file.c.sha256, batch_file.c.batch_id), (batch_page.c.small, batch_page.c.batch_id),
            (batch_page.c.large, batch_page.c.batch_id),
        ):  # fmt: skip
            yield sa.select(column).where(column == digest, sa.or_(lot.in_(living_lots), lot.not_in(entered)))
        for column in (
            doubtful_file.c.sha256, discharge.c.proof, transmittal.c.scan, learned_model.c.digest,
            register_print.c.sha256, template_file.c.digest,
        ):  # fmt: skip
            yield sa.select(column).where(column == digest)
        living_piece = sa.select(dossier_piece.c.id).where(dossier_piece.c.condemned_at.is_(None))
        yield sa.select(dossier_version.c.id).where(
            dossier_version.c.sha256 == digest, dossier_version.c.piece_id.in_(living_piece)
        )
        yield sa.select(reception_item.c.unit).where(
            reception_item.c.evidence == digest, reception_item.c.piece_id.in_(living_piece)
        )
        aside = sa.or_(mail_aside.c.letter_id.is_(None), mail_aside.c.letter_id.in_(lives))
        yield sa.select(mail_aside.c.digest).where(mail_aside.c.digest == digest, aside)
        bounced = sa.select(message_return.c.digest).join(message, message.c.id == message_return.c.message_id)
        yield bounced.where(
            message_return.c.digest == digest, sa.or_(message.c.letter_id.is_(None), message.c.letter_id.in_(lives))
        )
        same = sa.select(disposal_object.c.letter_id).where(disposal_object.c.digest == digest)
        elsewhere = sa.cast(run.c.output, sa.Text).contains(digest)
        twins = sa.select(letter.c.id).where(
            letter.c.state != State.DESTROYED,
            letter.c.original.in_(sa.select(letter.c.original).where(letter.c.id.in_(same))),
        )
        yield sa.select(run.c.id).where(run.c.letter_id.in_(twins), elsewhere)
        living = sa.or_(draft.c.letter_id.is_(None), draft.c.letter_id.in_(lives))
        written = sa.cast(draft_version.c.content, sa.Text).contains(digest)
        yield (
            sa.select(draft_version.c.draft_id)
            .join(draft, draft.c.id == draft_version.c.draft_id)
            .where(living, written)
        )
        enclosed = sa.cast(message.c.enclosures, sa.Text).contains(digest)
        yield sa.select(message.c.id).where(enclosed, message.c.letter_id.in_(lives))


def _own_drafts(letter_id: str) -> sa.Select[Any]:
    """What a letter was written as, and what was begun in answer to it and abandoned."""
    abandoned = sa.and_(draft.c.answers == [letter_id], draft.c.state == State.NO_FURTHER_ACTION)
    return sa.select(draft.c.id).where(sa.or_(draft.c.letter_id == letter_id, abandoned))


def _named_in(column: sa.Column[Any], where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Every SHA-256 that a JSON value names; one that is no file of the vault does no harm."""
    found = sa.func.regexp_matches(sa.cast(column, sa.Text), _SHA256, "g")
    return sa.select(sa.func.unnest(found)).where(where, column.is_not(None))
