"""Legal holds, and the letters and pieces that each has caught. Nothing here destroys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.mail.access import Actor
from ged.mail.filing import Hold
from ged.mail.folding import folded_words
from ged.mail.item import State
from ged.mail.legal_hold import HoldQuery, HoldSearch, LegalHold, Scope
from ged.store.correspondent_tables import correspondent, letter_party
from ged.store.database import among, text_array
from ged.store.dossier_tables import dossier, dossier_letter, dossier_piece, dossier_version
from ged.store.filing_rules import ACCENTED, UNACCENTED
from ged.store.hold_tables import hold, hold_letter, hold_piece, hold_search
from ged.store.letters import seen_by
from ged.store.page_text_tables import page_text
from ged.store.tables import letter, page
from ged.store.transfer_tables import reception_item
from ged.store.version_text_tables import version_page


@dataclass(frozen=True, slots=True)
class HoldsWanted:
    """Which holds: `words` begin nothing, they stand anywhere in what it is on, why, or who placed it."""

    scope: Scope | None = None
    lifted: bool = False
    to_review_on: date | None = None
    words: str = ""


class Holds:
    """Places and lifts holds."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def place(self, placed: LegalHold, at: datetime) -> int:
        """Place a hold and catch every letter and piece that it is on; give how many letters.

        One on a search catches nothing yet: what it is on today is for `look_on`, part by part.
        """
        values = {name: getattr(placed, name) for name in LegalHold.__slots__}
        self._connection.execute(sa.insert(hold).values(**values | {"query": _written(placed.query)}))
        if placed.scope is Scope.QUERY:
            self._begin(sa.select(hold.c.id, sa.literal(at)).where(hold.c.id == placed.id))
            return 0
        return self._catch([placed], None, at)

    def catch(self, letter_ids: Sequence[str], at: datetime) -> None:
        """Have every hold that stands catch what it is on among some letters.

        Called with whatever changes a letter, in the same transaction: what a hold is on later, it holds at once.
        """
        self._catch(self._read(hold.c.lifted_at.is_(None)), letter_ids, at)

    def catch_named(self, at: datetime) -> None:
        """Have every hold that stands, but those on a search, catch what it is on: no text is read."""
        self._catch(self._read(hold.c.lifted_at.is_(None), hold.c.scope != Scope.QUERY), None, at)

    def catch_before(self, letter_id: str) -> None:
        """Have the holds whose search goes on look at a letter before it changes: they are on what it said."""
        self._catch(self._at_it(), [letter_id])

    def catch_inside_before(self, dossier_id: str) -> None:
        """Have the holds whose search goes on look into a dossier before it changes, or a piece of it goes."""
        searching = self._at_it()
        if searching:
            inside = sa.select(dossier_letter.c.letter_id).where(dossier_letter.c.dossier_id == dossier_id)
            self._catch(searching, self._connection.scalars(inside).all())
            self._catch_pieces(searching, dossier_piece.c.dossier_id == dossier_id)

    def look_again(self, at: datetime) -> None:
        """Have every hold on a search that stands look at everything again; those that are at it go on."""
        standing = sa.select(hold.c.id, sa.literal(at)).where(hold.c.lifted_at.is_(None), hold.c.scope == Scope.QUERY)
        self._begin(standing)

    def searching(self) -> tuple[str, ...]:
        """Return the holds whose search goes on, the oldest first."""
        rows = sa.select(hold_search.c.hold_id).order_by(hold_search.c.begun_at, hold_search.c.hold_id)
        return tuple(self._connection.scalars(rows))

    def searches(self, hold_ids: Sequence[str]) -> dict[str, HoldSearch]:
        """Return how far the searches of some holds are, of those that go on."""
        rows = self._connection.execute(sa.select(hold_search).where(hold_search.c.hold_id.in_(hold_ids)))
        return {row.hold_id: HoldSearch(row.begun_at, row.looked, row.total, row.caught) for row in rows}

    def look_on(self, hold_id: str, part: int, at: datetime) -> HoldSearch | None:
        """Have a hold catch what it is on in the next part of what its search has not looked at; None at its end.

        Letters come first, as they were registered, then pieces of dossiers: those beside a letter are on hold with it.
        Nobody else places or lifts a hold before this transaction ends.
        """
        self.wait_for_others()
        going = self._connection.execute(sa.select(hold_search).where(hold_search.c.hold_id == hold_id)).one_or_none()
        if going is None:
            return None
        (one,) = self._read(hold.c.id == hold_id)
        total = going.total or self._to_look_at(one)
        pieces, after, caught = going.pieces, going.after, 0
        ids = () if pieces else self._next_letters(one, after, part)
        if ids:
            caught = self._catch([one], ids, at)
        else:
            after, pieces = after if pieces else "", True
            ids = self._next_pieces(one, after, part)
            self._catch_pieces([one], dossier_piece.c.id == sa.any_(text_array(ids)), at)
        if not ids:
            self._end(hold_id)
            return None
        far = HoldSearch(going.begun_at, going.looked + len(ids), total, going.caught + caught)
        change = sa.update(hold_search).where(hold_search.c.hold_id == hold_id)
        values = {"pieces": pieces, "after": ids[-1], "looked": far.looked, "total": far.total, "caught": far.caught}
        self._connection.execute(change.values(**values))
        return far

    def _begin(self, those: sa.Select[Any]) -> None:
        begun = insert(hold_search).from_select(["hold_id", "begun_at"], those)
        self._connection.execute(begun.on_conflict_do_nothing())

    def _at_it(self) -> tuple[LegalHold, ...]:
        """Return the holds whose search goes on."""
        return self._read(hold.c.id.in_(sa.select(hold_search.c.hold_id)))

    def _end(self, hold_id: str) -> None:
        self._connection.execute(sa.delete(hold_search).where(hold_search.c.hold_id == hold_id))

    def _to_look_at(self, one: LegalHold) -> int:
        letters = sa.select(sa.func.count()).select_from(letter).where(*_may_be_on(one))
        inside = dossier_piece.join(dossier, dossier.c.id == dossier_piece.c.dossier_id)
        pieces = sa.select(sa.func.count()).select_from(inside).where(*_may_be_on_piece(one))
        return sum(self._connection.scalar(each) or 0 for each in (letters, pieces))

    def _next_letters(self, one: LegalHold, after: str, part: int) -> Sequence[str]:
        """Return letters that a hold may be on, as they were registered, after one of them."""
        query = sa.select(letter.c.id).where(*_may_be_on(one))
        at = self._connection.scalar(sa.select(letter.c.registered_at).where(letter.c.id == after))
        if at is not None:
            place = sa.tuple_(letter.c.registered_at, letter.c.id)
            query = query.where(place > sa.tuple_(sa.literal(at), sa.literal(after)))
        return self._connection.scalars(query.order_by(letter.c.registered_at, letter.c.id).limit(part)).all()

    def _next_pieces(self, one: LegalHold, after: str, part: int) -> Sequence[str]:
        inside = dossier_piece.join(dossier, dossier.c.id == dossier_piece.c.dossier_id)
        query = sa.select(dossier_piece.c.id).select_from(inside).where(*_may_be_on_piece(one))
        query = query.where(dossier_piece.c.id > after).order_by(dossier_piece.c.id)
        return self._connection.scalars(query.limit(part)).all()

    def catch_pieces(self, piece_ids: Sequence[str], at: datetime) -> None:
        """Have every hold that stands catch what it is on among some pieces of dossiers, as `catch` does of letters."""
        some = dossier_piece.c.id == sa.any_(text_array(piece_ids))
        self._catch_pieces(self._read(hold.c.lifted_at.is_(None)), some, at)

    def wait_for_others(self) -> None:
        """Wait until no letter is being condemned and nobody else places or lifts a hold.

        Called before a letter is locked, so that nobody waits in a ring. Two at once would each see the other's hold
        as it was, and leave a letter marked as held that is free, or as free that is held.
        """
        self._connection.execute(sa.text("LOCK TABLE hold IN SHARE ROW EXCLUSIVE MODE"))

    def keep_still(self) -> None:
        """Let nobody place or lift a hold before this transaction ends; what others have begun is waited for."""
        self._connection.execute(sa.text("LOCK TABLE hold IN SHARE MODE"))

    def lift(self, hold_id: str, reason: str, actor: Actor, at: datetime) -> bool:
        """Lift one hold; what no other holds is free. Give whether it stood."""
        lifted = sa.update(hold).where(hold.c.id == hold_id, hold.c.lifted_at.is_(None))
        result = self._connection.execute(lifted.values(lifted_by=actor.name, lifted_at=at, lift_reason=reason))
        if result.rowcount:
            self._end(hold_id)
            caught = sa.select(hold_letter.c.letter_id).where(hold_letter.c.hold_id == hold_id)
            self._mark(letter.c.id.in_(caught), letter.c.held, ~_held_now(), held=False)
        return bool(result.rowcount)

    def amend(self, hold_id: str, owner_id: str | None, review_on: date | None) -> None:
        """Give a hold another owner and another day of review."""
        self._connection.execute(
            sa.update(hold).where(hold.c.id == hold_id).values(owner_id=owner_id, review_on=review_on)
        )

    def get(self, hold_id: str) -> LegalHold | None:
        """Return one hold."""
        return next(iter(self._read(hold.c.id == hold_id)), None)

    def page(
        self, tenant_id: str, tokens: frozenset[str], wanted: HoldsWanted, *, limit: int, offset: int = 0
    ) -> tuple[tuple[LegalHold, ...], int]:
        """Return some holds of a tenant, the last placed first, and how many there are; not those on letters unseen."""
        unseen = sa.select(letter.c.id).where(letter.c.id == hold.c.target, ~seen_by(tokens))
        where = [hold.c.tenant_id == tenant_id, sa.or_(hold.c.scope != Scope.LETTER, ~sa.exists(unseen))]
        if wanted.scope is not None:
            where.append(hold.c.scope == wanted.scope)
        where.append(hold.c.lifted_at.is_not(None) if wanted.lifted else hold.c.lifted_at.is_(None))
        if wanted.to_review_on is not None:
            where.append(hold.c.review_on <= wanted.to_review_on)
        told = sa.func.lower(hold.c.label + " " + hold.c.reason + " " + hold.c.placed_by)
        folded = sa.func.translate(told, ACCENTED, UNACCENTED)
        where += [folded.contains(word, autoescape=True) for word in folded_words(wanted.words)[:8]]
        total = self._connection.scalar(sa.select(sa.func.count()).select_from(hold).where(*where)) or 0
        return self._read(*where, limit=limit, offset=offset), total

    def on(self, scope: Scope, target: str) -> tuple[LegalHold, ...]:
        """Return the holds that stand on a letter, a dossier or a correspondent as such."""
        return self._read(hold.c.scope == scope, hold.c.target == target, hold.c.lifted_at.is_(None))

    def of_letter(self, letter_id: str) -> tuple[LegalHold, ...]:
        """Return every hold that has caught a letter, those that were lifted among them."""
        caught = sa.select(hold_letter.c.hold_id).where(hold_letter.c.letter_id == letter_id)
        return self._read(hold.c.id.in_(caught))

    def counts(self, hold_ids: Sequence[str], tokens: frozenset[str]) -> dict[str, int]:
        """Count the letters that some holds have caught, among those that these tokens open."""
        query = (
            sa.select(hold_letter.c.hold_id, sa.func.count())
            .join(letter, letter.c.id == hold_letter.c.letter_id)
            .where(hold_letter.c.hold_id.in_(hold_ids), seen_by(tokens))
            .group_by(hold_letter.c.hold_id)
        )
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def to_review(self, today: date) -> tuple[LegalHold, ...]:
        """Return the holds whose day of review has come."""
        return self._read(hold.c.lifted_at.is_(None), hold.c.review_on <= today)

    def standing(self, letter_id: str) -> tuple[Hold, ...]:
        """Return the holds that stand on a letter, whatever they were placed on."""
        return self.standing_on([letter_id]).get(letter_id, ())

    def standing_on(self, letter_ids: Sequence[str]) -> dict[str, tuple[Hold, ...]]:
        """Return the holds that stand on each of several letters, whatever they were placed on, oldest first."""
        return self._standing(hold_letter.c.letter_id, letter_ids)

    def standing_on_pieces(self, piece_ids: Sequence[str]) -> dict[str, tuple[Hold, ...]]:
        """Return the holds that stand on each of several pieces of dossiers, oldest first."""
        return self._standing(hold_piece.c.piece_id, piece_ids)

    def _standing(self, on: sa.Column[str], ids: Sequence[str]) -> dict[str, tuple[Hold, ...]]:
        rows = self._connection.execute(
            sa.select(on, hold.c.reason, hold.c.placed_by, hold.c.placed_at)
            .join(hold, hold.c.id == on.table.c.hold_id)
            .where(on == sa.any_(text_array(ids)), hold.c.lifted_at.is_(None))
            .order_by(hold.c.placed_at, hold.c.id)
        )
        found: dict[str, tuple[Hold, ...]] = {}
        for each, reason, placed_by, placed_at in rows:
            found[each] = (*found.get(each, ()), Hold(reason, placed_by, placed_at.date()))
        return found

    def _catch(self, holds: Sequence[LegalHold], letter_ids: Sequence[str] | None, at: datetime | None = None) -> int:
        """Write what each hold is on among some letters; what is destroyed already can no longer be held.

        Without `at`, they are held since the hold was placed.

        The pieces of the dossiers that these letters lie in are looked at with them.
        """
        some = [] if letter_ids is None else [among(letter.c.id, letter_ids)]
        total = 0
        for each in holds:
            there = (letter.c.tenant_id == each.tenant_id, letter.c.state != State.DESTROYED)
            before = sa.exists().where(hold_letter.c.hold_id == each.id, hold_letter.c.letter_id == letter.c.id)
            # Locked before it is written down: whoever changes one of these letters writes the same line.
            on = sa.select(letter.c.id).where(*there, _is_on(each, letter_ids), *some, ~before).order_by(letter.c.id)
            locked = on.with_for_update(key_share=True).subquery()
            new = sa.select(sa.literal(each.id), locked.c.id, sa.literal(at or each.placed_at))
            columns = ["hold_id", "letter_id", "since"]
            caught = insert(hold_letter).from_select(columns, new).on_conflict_do_nothing()
            total += self._connection.execute(caught).rowcount
        if total:
            self._mark(~letter.c.held, _held_now(), *some, held=True)
        beside = sa.select(dossier_letter.c.dossier_id).where(among(dossier_letter.c.letter_id, letter_ids or ()))
        within = sa.true() if letter_ids is None else dossier_piece.c.dossier_id.in_(beside)
        self._catch_pieces(holds, within, at)
        return total

    def _catch_pieces(
        self, holds: Iterable[LegalHold], within: sa.ColumnElement[bool], at: datetime | None = None
    ) -> None:
        for each in holds:
            if each.scope is Scope.LETTER:
                continue
            new = (
                sa.select(sa.literal(each.id), dossier_piece.c.id, sa.literal(at or each.placed_at))
                .join(dossier, dossier.c.id == dossier_piece.c.dossier_id)
                .where(dossier.c.tenant_id == each.tenant_id, within, _is_on_piece(each))
                .where(dossier_piece.c.condemned_at.is_(None))
            )
            caught = insert(hold_piece).from_select(["hold_id", "piece_id", "since"], new)
            self._connection.execute(caught.on_conflict_do_nothing())

    def _mark(self, *where: sa.ColumnElement[bool], held: bool) -> None:
        """Mark letters as held or as free, locked in the order of their ids: so does whoever locks several."""
        locked = sa.select(letter.c.id).where(*where).order_by(letter.c.id).with_for_update(key_share=True)
        self._connection.execute(sa.update(letter).where(letter.c.id.in_(locked)).values(held=held))

    def _read(self, *where: sa.ColumnElement[bool], limit: int | None = None, offset: int = 0) -> tuple[LegalHold, ...]:
        query = sa.select(*(hold.c[name] for name in LegalHold.__slots__)).where(*where)
        query = query.order_by(hold.c.placed_at.desc(), hold.c.id).limit(limit).offset(offset)
        return tuple(_value(row) for row in self._connection.execute(query))


def _held_now() -> sa.ColumnElement[bool]:
    """Whether a hold that stands has caught a letter."""
    caught = sa.select(hold_letter.c.letter_id).join(hold, hold.c.id == hold_letter.c.hold_id)
    return sa.exists(caught.where(hold_letter.c.letter_id == letter.c.id, hold.c.lifted_at.is_(None)))


def _may_be_on(one: LegalHold) -> tuple[sa.ColumnElement[bool], ...]:
    """Return what parts the letters whose words a hold on a search has to look for from all others."""
    there = (letter.c.tenant_id == one.tenant_id, letter.c.state != State.DESTROYED)
    return (*there, *_asked(one.query or HoldQuery()))


def _may_be_on_piece(one: LegalHold) -> tuple[sa.ColumnElement[bool], ...]:
    return dossier.c.tenant_id == one.tenant_id, dossier_piece.c.condemned_at.is_(None)


def _is_on(one: LegalHold, letter_ids: Sequence[str] | None) -> sa.ColumnElement[bool]:
    """Return what parts the letters that a hold is on from all others; of a search, among some letters."""
    if one.scope is Scope.LETTER:
        return letter.c.id == one.target
    if one.scope is Scope.DOSSIER:
        return letter.c.id.in_(sa.select(dossier_letter.c.letter_id).where(dossier_letter.c.dossier_id == one.target))
    if one.scope is Scope.CORRESPONDENT:
        held = sa.select(correspondent.c.survivor_id).where(correspondent.c.id == one.target).scalar_subquery()
        named = sa.select(letter_party.c.letter_id).join(
            correspondent, correspondent.c.id == letter_party.c.correspondent_id
        )
        return letter.c.id.in_(named.where(correspondent.c.survivor_id == held))
    query = one.query or HoldQuery()
    return sa.and_(*_asked(query), *(_says(word, letter_ids or ()) for word in folded_words(query.words)))


def _is_on_piece(one: LegalHold) -> sa.ColumnElement[bool]:
    """Return what parts the pieces of dossiers that a hold is on from all others.

    A correspondent or a search is on the pieces of the dossiers where it has caught a letter; a search also on those
    that say its words by themselves or by their dossier, brought on its days to its service. One that asks for a kind
    of letters is on no other piece; a hold on one letter is on that letter alone.
    """
    if one.scope is Scope.DOSSIER:
        return dossier_piece.c.dossier_id == one.target
    caught = (
        sa.select(dossier_letter.c.dossier_id)
        .join(hold_letter, hold_letter.c.letter_id == dossier_letter.c.letter_id)
        .where(hold_letter.c.hold_id == one.id)
    )
    beside = dossier_piece.c.dossier_id.in_(caught)
    query = one.query
    if query is None or query.empty or query.kind:
        return beside
    brought = sa.select(dossier_version.c.id).where(dossier_version.c.piece_id == dossier_piece.c.id)
    if query.since is not None:
        brought = brought.where(dossier_version.c.added_at >= datetime.combine(query.since, time.min, UTC))
    if query.until is not None:
        brought = brought.where(
            dossier_version.c.added_at < datetime.combine(query.until + timedelta(days=1), time.min, UTC)
        )
    rules = [sa.exists(brought), *(_piece_says(word) for word in folded_words(query.words))]
    if query.service:
        rules.append(dossier.c.owner_id == query.service)
    return sa.or_(beside, sa.and_(*rules))


def _piece_says(word: str) -> sa.ColumnElement[bool]:
    """Whether a word stands in what is known of a piece, its versions and its dossier, or in its text."""
    told = sa.func.concat_ws(" ", dossier.c.search_text, dossier_piece.c.search_text)
    version = sa.select(dossier_version.c.id).where(dossier_version.c.piece_id == dossier_piece.c.id)
    named = sa.func.concat_ws(" ", dossier_version.c.filename, dossier_version.c.remark)
    said_there = sa.select(reception_item.c.unit).where(reception_item.c.piece_id == dossier_piece.c.id)
    elsewhere = (
        (version, named),
        (version.join(version_page), sa.cast(version_page.c.words, sa.Text)),
        (said_there, sa.cast(reception_item.c.facts, sa.Text)),
    )
    return sa.or_(
        told.contains(word, autoescape=True),
        *(sa.exists(rows.where(_folded(text).contains(word, autoescape=True))) for rows, text in elsewhere),
    )


def _asked(query: HoldQuery) -> list[sa.ColumnElement[bool]]:
    if query.empty:
        return [sa.false()]
    rules: list[sa.ColumnElement[bool]] = []
    if query.service:
        rules.append(letter.c.service_id == query.service)
    if query.kind:
        rules.append(letter.c.kind == query.kind)
    if query.since is not None:
        rules.append(letter.c.registered_at >= datetime.combine(query.since, time.min, UTC))
    if query.until is not None:
        rules.append(letter.c.registered_at < datetime.combine(query.until + timedelta(days=1), time.min, UTC))
    return rules


def _says(word: str, letter_ids: Sequence[str]) -> sa.ColumnElement[bool]:
    """Whether a word stands in what is known of letters, or in their text, as it was read or as it was corrected.

    Where a page keeps its words folded they are read instead of its boxes; not for zeros before a number, which these
    have lost: they only say where to look.
    """
    bare = word.lstrip("0") or "0" if word.isdigit() else word
    known = ("number", "subject", "sender", "recipient", "sender_reference", "filename")
    told = sa.func.concat_ws(" ", *(letter.c[name] for name in known))
    boxes = _folded(sa.cast(page.c.words, sa.Text)).contains(word, autoescape=True)
    unfolded, folded = page.c.exact.is_(None), page.c.exact.contains(bare, autoescape=True)
    said = sa.case((unfolded, boxes), else_=folded) if bare == word else sa.and_(sa.or_(unfolded, folded), boxes)
    read = sa.select(page.c.letter_id).where(among(page.c.letter_id, letter_ids), said)
    corrected = sa.select(page_text.c.letter_id).where(
        among(page_text.c.letter_id, letter_ids), _folded(page_text.c.text).contains(word, autoescape=True)
    )
    by_text = letter.c.id.in_(read.union_all(corrected))
    return sa.or_(_folded(told).contains(word, autoescape=True), by_text)


def _folded(text: sa.ColumnElement[Any] | sa.Column[Any]) -> sa.ColumnElement[str]:
    return sa.func.translate(sa.func.lower(text), ACCENTED, UNACCENTED)


def _written(query: HoldQuery | None) -> dict[str, Any] | None:
    if query is None:
        return None
    values = {name: getattr(query, name) for name in HoldQuery.__slots__}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _value(row: sa.Row[Any]) -> LegalHold:
    values = {name: getattr(row, name) for name in LegalHold.__slots__}
    query = values["query"]
    if query is not None:
        days = {name: date.fromisoformat(query[name]) for name in ("since", "until") if query.get(name)}
        query = HoldQuery(**query | days)
    return LegalHold(**values | {"scope": Scope(row.scope), "query": query})
