"""Renewal: tokens whose authority's certificate will end are covered by newer ones, many by one, before it does.

Before a digest grows weak, the heads are hashed anew with a stronger one, together with all that was proved of them.
A batch is written whole or not at all: killed anywhere, the next run goes on with what is still due.
Source: RFC 4998, 5.2 (time-stamp renewal, hash-tree renewal).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from ged.clock import Clock
from ged.errors import Conflict, Corrupt, GedError, Refused, Unavailable
from ged.mail.access import SYSTEM
from ged.mail.anchor import RENEW_AHEAD, Ending, Renewable, Stamp
from ged.mail.journal import Act
from ged.mail.said import Said
from ged.ports import TimestampAuthority
from ged.seal.evidence.hashtree import Reduced, grow
from ged.seal.evidence.record import ArchiveStamp, EvidenceRecord
from ged.seal.log import TileLog
from ged.seal.recheck import altered
from ged.seal.second_digest import WholeLog
from ged.seal.timestamp.request import read_response
from ged.seal.timestamp.token import read_token
from ged.store.unit import Store

BATCH = 1000
STRONGER = "sha512"
"""The digest of a hash-tree renewal."""


@dataclass(frozen=True, slots=True)
class Rehashing:
    """What a hash-tree renewal costs: records whose last chain is of a weaker digest; `tokens` to ask for, at most.

    Attributes:
        lost: Those whose last token ended already: nothing renews them any more.
    """

    due: int
    tokens: int
    lost: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What ends when, and what renewing costs.

    Attributes:
        due: Records to renew now; `tokens` to ask for. No original is read again.
        lost: Records whose last token ended already: nothing renews them any more.
    """

    endings: tuple[Ending, ...]
    due: int
    tokens: int
    lost: int


def plan(*, store: Store, clock: Clock, ahead: timedelta = RENEW_AHEAD) -> Plan:
    """Return what a renewal now would do."""
    now = clock()
    with store.unit() as unit:
        endings = unit.evidence_records.endings()
    due = sum(each.count for each in endings if now < each.ends <= now + ahead)
    lost = sum(each.count for each in endings if each.ends <= now)
    return Plan(endings, due, -(-due // BATCH), lost)


def renew(
    *,
    store: Store,
    authorities: Sequence[TimestampAuthority],
    clock: Clock,
    ahead: timedelta = RENEW_AHEAD,
    batch: int = BATCH,
) -> Iterator[int]:
    """Renew what ends within `ahead`, batch by batch; give how many were renewed so far.

    Raises:
        Refused: `renew.no_authority`, or `renew.no_gain`, the new tokens would end as soon.
        Conflict: `renew.under_way`, another process is at it.
        Unavailable: no authority answers; the batches before this one are kept.
    """
    if not authorities:
        raise Refused("renew.no_authority", "Aucune autorité d'horodatage n'est configurée : rien n'est renouvelé.")
    done = 0
    with store.exclusive("renew") as alone:
        if not alone:
            raise Conflict("renew.under_way", "Un autre renouvellement est en cours. Attendez sa fin.")
        while True:
            now = clock()
            with store.unit() as unit:
                rows = unit.evidence_records.due(now, now + ahead, batch)
            if not rows:
                return
            for algorithm, group in groupby(sorted(rows, key=_algorithm), key=_algorithm):
                records = {(row.log, row.size): record_of(row) for row in group}
                root, reduced = grow([each.last.digest() for each in records.values()], algorithm)
                stamp = _stamp(root, algorithm, authorities, clock)
                if stamp.ends <= now + ahead:
                    raise _no_gain(stamp)
                _keep(records, reduced, algorithm, stamp, store=store, clock=clock)
                done += len(records)
                yield done


def plan_rehash(*, store: Store, clock: Clock, batch: int = BATCH) -> Rehashing:
    """Return what a hash-tree renewal now would do; every record is read, a page at a time."""
    now, due, tokens, lost = clock(), 0, 0, 0
    for page in _pages(store, batch):
        weak = [row for row in page if _algorithm(row) != STRONGER]
        alive = sum(row.ends > now for row in weak)
        due, tokens, lost = due + alive, tokens + bool(alive), lost + len(weak) - alive
    return Rehashing(due, tokens, lost)


def rehash(
    *,
    store: Store,
    logs: Mapping[str, TileLog],
    authorities: Sequence[TimestampAuthority],
    clock: Clock,
    batch: int = BATCH,
) -> Iterator[int]:
    """Give every record that can still be renewed a chain of a stronger digest; give how many have one so far.

    The digest covers the head, hashed anew, and every token that it had; beside it, under the same token, stands the
    stronger digest of all the entries below it, for the logs that are given, computed anew first. Records that have
    such a chain are left alone, so that a run after a death goes on where that one was.

    Raises:
        Refused: `renew.no_authority`.
        Conflict: `renew.under_way`, another process is at it.
        Unavailable: no authority answers; the batches before this one are kept.
        Corrupt: `ledger.altered`, a log is not, or no longer, what its heads say.
    """
    if not authorities:
        raise Refused("renew.no_authority", "Aucune autorité d'horodatage n'est configurée : rien n'est renouvelé.")
    done = 0
    with store.exclusive("renew") as alone:
        if not alone:
            raise Conflict("renew.under_way", "Un autre renouvellement est en cours. Attendez sa fin.")
        for log in logs.values():
            log.recheck()
        whole = {name: WholeLog(log.bundles()) for name, log in logs.items()}
        for page in _pages(store, batch):
            now = clock()
            rows = [row for row in page if row.ends > now and _algorithm(row) != STRONGER]
            if not rows:
                continue
            records = {(row.log, row.size): record_of(row) for row in rows}
            digests = {
                (row.log, row.size): records[row.log, row.size].rehash_digest(
                    hashlib.new(STRONGER, row.note).digest(), STRONGER
                )
                for row in rows
            }
            beside = {digests[row.log, row.size]: _beside(whole[row.log], row) for row in rows if row.log in whole}
            root, reduced = grow(list(digests.values()), STRONGER, beside)
            stamp = _stamp(root, STRONGER, authorities, clock)
            token = read_response(stamp.token)
            made = {
                key: record.rehashed(ArchiveStamp(token, STRONGER, reduced[digests[key]])).encode()
                for key, record in records.items()
            }
            _kept(made, stamp, Act.HEADS_HASHED, store=store, clock=clock)
            done += len(made)
            yield done


def _beside(whole: WholeLog, row: Renewable) -> tuple[bytes, ...]:
    try:
        return whole.beside(row.size)
    except ValueError as error:
        raise altered(row.size) from error


def _pages(store: Store, size: int) -> Iterator[tuple[Renewable, ...]]:
    """Give every stamped head, a page at a time."""
    log, at = "", -1
    while True:
        with store.unit() as unit:
            page = unit.evidence_records.after(log, at, size)
        if not page:
            return
        log, at = page[-1].log, page[-1].size
        yield page


def record_of(row: Renewable) -> EvidenceRecord:
    """Return the record of a head; of one never renewed, that of its one token."""
    if row.record:
        return EvidenceRecord.decode(row.record)
    token = read_response(row.token)
    return EvidenceRecord(((ArchiveStamp(token, read_token(token).algorithm),),))


def _algorithm(row: Renewable) -> str:
    return record_of(row).last.algorithm


def _keep(
    records: Mapping[tuple[str, int], EvidenceRecord],
    reduced: Mapping[bytes, Reduced],
    algorithm: str,
    stamp: Stamp,
    *,
    store: Store,
    clock: Clock,
) -> None:
    token = read_response(stamp.token)
    renewed = {
        key: record.renewed(ArchiveStamp(token, algorithm, reduced[record.last.digest()])).encode()
        for key, record in records.items()
    }
    _kept(renewed, stamp, Act.TIMESTAMPS_RENEWED, store=store, clock=clock)


def _kept(made: Mapping[tuple[str, int], bytes], stamp: Stamp, act: Act, *, store: Store, clock: Clock) -> None:
    """Keep the records of a batch, and in the journal that it was made."""
    now = clock()
    with store.unit() as unit:
        unit.evidence_records.renew(made, stamp.ends, now)
        unit.journal.write(now, act, SYSTEM, count=len(made), authority=stamp.authority)
        unit.commit()


def _no_gain(stamp: Stamp) -> Refused:
    return Refused(
        "renew.no_gain",
        Said(
            "L'autorité « %(authority)s » donne des horodatages qui finissent le %(day)s : rien n'y gagne. Attendez "
            "son nouveau certificat, ou configurez une autre autorité.",
            authority=stamp.authority,
            day=f"{stamp.ends:%d/%m/%Y}",
        ),
    )


def _stamp(root: bytes, algorithm: str, authorities: Sequence[TimestampAuthority], clock: Clock) -> Stamp:
    """Return a token over the root by the first authority that gives one."""
    failure: GedError | None = None
    for authority in authorities:
        try:
            return authority.stamp(root, now=clock(), after=None, algorithm=algorithm)
        except (Unavailable, Corrupt) as error:
            failure = error
    raise Unavailable(
        "renew.no_answer",
        "Aucune autorité d'horodatage n'a donné de jeton. Ce qui est renouvelé le reste : relancez plus tard.",
    ) from failure
