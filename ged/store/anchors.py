"""Anchors of the logs: added, completed with what others give, never removed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert

from ged.mail.anchor import Anchoring, AuthorityState, LogAnchor, Stamp
from ged.store.anchor_tables import anchor, evidence_record, timestamp_authority

_COSIGNED = sa.func.cardinality(anchor.c.cosignatures) > 0


class Anchors:
    """The heads of both logs that were taken to be vouched for."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, added: LogAnchor) -> None:
        """Keep a head; one of that size that is there already stays as it is."""
        values = {
            "log": added.log,
            "size": added.size,
            "root": added.root,
            "note": added.note,
            "made_at": added.made_at,
            "attempts": added.attempts,
            "tried_at": added.tried_at,
            "said": added.said,
        }
        self._connection.execute(insert(anchor).values(**values).on_conflict_do_nothing())

    def cosign(self, one: LogAnchor, line: str) -> None:
        """Add the line of a witness."""
        added = sa.func.array_append(anchor.c.cosignatures, line)
        self._change(one, cosignatures=added)

    def stamp(self, one: LogAnchor, stamp: Stamp) -> None:
        """Keep the token of a head; its wait ends."""
        self._change(
            one,
            token=stamp.token,
            token_authority=stamp.authority,
            token_at=stamp.at,
            token_ends=stamp.ends,
            demonstration=stamp.demonstration,
            said="",
        )

    def missed(self, one: LogAnchor, at: datetime, said: str) -> None:
        """Write down that no authority gave a token."""
        self._change(one, attempts=anchor.c.attempts + 1, tried_at=at, said=said)

    def keep_proofs(self, one: LogAnchor) -> None:
        """Write down that the proofs under a head lie beside the originals."""
        self._change(one, proofs_kept=True)

    def proofs_kept(self, log: str) -> int:
        """Return the size of the last head whose proofs lie beside the originals, 0 when there is none."""
        query = sa.select(sa.func.max(anchor.c.size)).where(anchor.c.log == log, anchor.c.proofs_kept)
        return int(self._connection.scalar(query) or 0)

    def last(self, log: str, *, stamped: bool = False, cosigned: bool = False) -> LogAnchor | None:
        """Return the largest head of a log, of all, of those with a token, or of those that a witness signed."""
        query = _of(log).order_by(anchor.c.size.desc()).limit(1)
        if stamped:
            query = query.where(anchor.c.token.is_not(None))
        return self._one(query.where(_COSIGNED) if cosigned else query)

    def covering(self, log: str, index: int) -> LogAnchor | None:
        """Return the first head that holds an entry and has a token; without any, the first that a witness signed."""
        query = _of(log).where(anchor.c.size > index).order_by(anchor.c.size).limit(1)
        stamped = self._one(query.where(anchor.c.token.is_not(None)))
        return stamped or self._one(query.where(_COSIGNED))

    def stamp_of(self, log: str, index: int) -> Stamp | None:
        """Return the token over the first head that holds an entry; None while it waits."""
        found = self.covering(log, index)
        return found.stamp if found else None

    def before(self, log: str, index: int) -> LogAnchor | None:
        """Return the last head with a token that does not hold an entry: the entry was made after it."""
        query = _of(log).where(anchor.c.size <= index, anchor.c.token.is_not(None))
        return self._one(query.order_by(anchor.c.size.desc()).limit(1))

    def page(self, log: str, after: int = -1, limit: int = 1000) -> tuple[LogAnchor, ...]:
        """Return heads larger than a size, in order."""
        query = _of(log).where(anchor.c.size > after).order_by(anchor.c.size).limit(limit)
        return tuple(_read(row) for row in self._connection.execute(query).mappings())

    def state(self, log: str) -> Anchoring:
        """Return how a log stands with those who vouch for it."""
        last, stamped = self.last(log), self.last(log, stamped=True)
        covered, stamp = (stamped.size if stamped else 0), (stamped.stamp if stamped else None)
        waiting = sa.select(sa.func.min(anchor.c.made_at)).where(anchor.c.log == log, anchor.c.size > covered)
        return Anchoring(
            log=log,
            size=last.size if last else 0,
            stamped=covered,
            witnesses=len(last.cosignatures) if last else 0,
            stamped_at=stamp.at if stamp else None,
            authority=stamp.authority if stamp else "",
            demonstration=bool(stamp and stamp.demonstration),
            waiting_since=self._connection.scalar(waiting),
            said=last.said if last else "",
            ends=self._connection.scalar(_first_end(log)),
        )

    def authorities(self) -> tuple[AuthorityState, ...]:
        """Return how each authority that was ever asked last answered."""
        columns = (timestamp_authority.c[name] for name in ("name", "answered_at", "failed_at", "said"))
        rows = self._connection.execute(sa.select(*columns).order_by(timestamp_authority.c.name))
        return tuple(AuthorityState(*row) for row in rows)

    def ends(self, names: Sequence[str]) -> dict[str, datetime]:
        """Return, of authorities by name, when the first certificate under the last token of each ends."""
        query = (
            sa.select(anchor.c.token_authority, anchor.c.token_ends)
            .ext(distinct_on(anchor.c.token_authority))
            .where(anchor.c.token_authority.in_(names), anchor.c.token_ends.is_not(None))
            .order_by(anchor.c.token_authority, anchor.c.token_at.desc())
        )
        return {row.token_authority: row.token_ends for row in self._connection.execute(query)}

    def note_authority(self, name: str, at: datetime, said: str) -> None:
        """Write down how an authority just answered: "" when it gave a token, else why it did not."""
        values: dict[str, Any] = {"said": said, ("failed_at" if said else "answered_at"): at}
        query = insert(timestamp_authority).values(name=name, **values)
        self._connection.execute(query.on_conflict_do_update(index_elements=["name"], set_=values))

    def _change(self, one: LogAnchor, **values: object) -> None:
        change = sa.update(anchor).where(anchor.c.log == one.log, anchor.c.size == one.size)
        self._connection.execute(change.values(**values))

    def _one(self, query: sa.Select[Any]) -> LogAnchor | None:
        row = self._connection.execute(query).mappings().first()
        return None if row is None else _read(row)


def _of(log: str) -> sa.Select[Any]:
    return sa.select(anchor).where(anchor.c.log == log)


def _first_end(log: str) -> sa.Select[Any]:
    """Say when the first token loses its worth, renewals counted."""
    same = sa.and_(evidence_record.c.log == anchor.c.log, evidence_record.c.size == anchor.c.size)
    ends = sa.func.coalesce(evidence_record.c.ends, anchor.c.token_ends)
    return sa.select(sa.func.min(ends)).select_from(anchor.outerjoin(evidence_record, same)).where(anchor.c.log == log)


def _read(row: sa.RowMapping) -> LogAnchor:
    stamp = None
    if row["token"] is not None:
        stamp = Stamp(
            bytes(row["token"]), row["token_authority"], row["token_at"], row["token_ends"], row["demonstration"]
        )
    names: Sequence[str] = ("log", "size", "root", "made_at", "attempts", "tried_at", "said")
    return LogAnchor(
        note=bytes(row["note"]),
        cosignatures=tuple(row["cosignatures"]),
        stamp=stamp,
        **{name: row[name] for name in names},
    )
